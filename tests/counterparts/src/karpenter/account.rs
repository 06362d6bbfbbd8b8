//! What an AWS account holds before Karpenter is installed: network, security group, role.

use crate::error::{Error, Result};
use crate::moto::Moto;

/// Zones of us-east-1 that a subnet is made in.
const ZONES: [&str; 5] = [
    "us-east-1a",
    "us-east-1b",
    "us-east-1c",
    "us-east-1d",
    "us-east-1f",
];

const REGION: &str = "us-east-1";

const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;

/// The parts of an account that node classes refer to. Subnets and security group carry the tag
/// `karpenter.sh/discovery` with the cluster's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The VPC's id.
    pub vpc: String,
    /// Zone and id of each subnet.
    pub subnets: Vec<(String, String)>,
    /// The id of the nodes' security group.
    pub security_group: String,
    /// The name of the nodes' IAM role.
    pub role: String,
    /// The name of an instance profile with that role.
    pub instance_profile: String,
}

impl Account {
    /// Creates everything for a cluster of this name in us-east-1.
    ///
    /// # Errors
    /// moto refuses something.
    pub fn create(moto: &Moto, cluster: &str) -> Result<Self> {
        let ec2 = Caller {
            moto,
            service: "ec2",
            version: "2016-11-15",
            cluster,
        };
        let iam = Caller {
            service: "iam",
            version: "2010-05-08",
            ..ec2
        };
        let vpc = ec2.tagged("CreateVpc", "vpc", &[("CidrBlock", "10.77.0.0/16")], "vpcId")?;
        let mut subnets = Vec::new();
        for (number, zone) in ZONES.iter().enumerate() {
            let cidr = format!("10.77.{number}.0/24");
            let parameters = [
                ("VpcId", vpc.as_str()),
                ("CidrBlock", &cidr),
                ("AvailabilityZone", zone),
            ];
            let id = ec2.tagged("CreateSubnet", "subnet", &parameters, "subnetId")?;
            subnets.push(((*zone).to_owned(), id));
        }
        let parameters = [
            ("VpcId", vpc.as_str()),
            ("GroupName", "nodes"),
            ("GroupDescription", "nodes"),
        ];
        let security_group = ec2.tagged("CreateSecurityGroup", "security-group", &parameters, "groupId")?;
        let role = format!("KarpenterNodeRole-{cluster}");
        let profile = format!("nodes-{cluster}");
        let with_role = [("RoleName", role.as_str()), ("InstanceProfileName", &profile)];
        iam.call(
            "CreateRole",
            &[with_role[0], ("AssumeRolePolicyDocument", TRUST)],
            "Arn",
        )?;
        iam.call("CreateInstanceProfile", &with_role[1..], "Arn")?;
        iam.call("AddRoleToInstanceProfile", &with_role, "RequestId")?;
        Ok(Self {
            vpc,
            subnets,
            security_group,
            role,
            instance_profile: profile,
        })
    }
}

/// Calls one query service of moto.
#[derive(Clone, Copy)]
struct Caller<'a> {
    moto: &'a Moto,
    service: &'static str,
    version: &'static str,
    cluster: &'a str,
}

impl Caller<'_> {
    /// Calls an action and gives the text of the first element of this name in its answer.
    fn call(&self, action: &str, parameters: &[(&str, &str)], element: &str) -> Result<String> {
        let mut all = vec![("Action", action), ("Version", self.version)];
        all.extend(parameters);
        let answer = self.moto.query(self.service, REGION, &all)?;
        let found = answer.elements(element).first().map(|text| (*text).to_owned());
        found
            .filter(|_| answer.status == 200)
            .ok_or_else(|| Error::Answer {
                request: format!("{}:{action}", self.service),
                fact: format!("status {}: {}", answer.status, answer.body),
            })
    }

    /// Creates a resource that carries the discovery tag.
    fn tagged(&self, action: &str, kind: &str, parameters: &[(&str, &str)], element: &str) -> Result<String> {
        let mut all = parameters.to_vec();
        all.extend([
            ("TagSpecification.1.ResourceType", kind),
            ("TagSpecification.1.Tag.1.Key", "karpenter.sh/discovery"),
            ("TagSpecification.1.Tag.1.Value", self.cluster),
        ]);
        self.call(action, &all, element)
    }
}
