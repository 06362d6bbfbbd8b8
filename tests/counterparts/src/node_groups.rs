//! What a test can order for EKS managed node groups in moto: failures, health, the pace, changes by somebody else.

use std::time::Duration;

use serde_json::{Value, json};

use crate::error::Result;
use crate::moto::{ACCOUNT, Moto};

/// Something that EKS reports of a node group, or an error of an update of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issue {
    code: String,
    message: String,
    resources: Vec<String>,
}

impl Issue {
    /// An issue by EKS's code for it, for example `NodeCreationFailure`.
    #[must_use]
    pub fn new(code: &str, message: &str) -> Self {
        Self {
            code: code.to_owned(),
            message: message.to_owned(),
            resources: Vec::new(),
        }
    }

    /// The same about one more resource, for example an instance.
    #[must_use]
    pub fn on(mut self, resource: &str) -> Self {
        self.resources.push(resource.to_owned());
        self
    }

    fn json(&self) -> Value {
        json!({"code": self.code, "message": self.message, "resourceIds": self.resources})
    }
}

/// The managed node groups of one cluster, past EKS's own API. See [`Moto::node_groups`].
#[derive(Debug, Clone)]
pub struct NodeGroups<'moto> {
    moto: &'moto Moto,
    region: String,
    cluster: String,
}

impl<'moto> NodeGroups<'moto> {
    pub(crate) fn new(moto: &'moto Moto, region: &str, cluster: &str) -> Self {
        Self {
            moto,
            region: region.to_owned(),
            cluster: cluster.to_owned(),
        }
    }

    /// From now on that many looks (`DescribeNodegroup`, `DescribeUpdate`) still see the old state; 1 unless ordered.
    ///
    /// # Errors
    /// moto refuses it.
    pub fn looks(&self, count: u32) -> Result<()> {
        self.order("pace", &json!({"looks": count}))
    }

    /// From now on whatever begins takes that long, however often somebody looks.
    ///
    /// # Errors
    /// moto refuses it.
    pub fn takes(&self, time: Duration) -> Result<()> {
        self.order("pace", &json!({"seconds": time.as_secs_f64()}))
    }

    /// The next creation of this group ends as `CREATE_FAILED`.
    ///
    /// # Errors
    /// moto refuses it.
    pub fn fail_next_create(&self, group: &str, issues: &[Issue]) -> Result<()> {
        self.fail("create", group, issues)
    }

    /// The next update of this group ends as `Failed`, and changes nothing.
    ///
    /// # Errors
    /// moto refuses it.
    pub fn fail_next_update(&self, group: &str, issues: &[Issue]) -> Result<()> {
        self.fail("update", group, issues)
    }

    /// The next deletion of this group ends as `DELETE_FAILED`.
    ///
    /// # Errors
    /// moto refuses it.
    pub fn fail_next_delete(&self, group: &str, issues: &[Issue]) -> Result<()> {
        self.fail("delete", group, issues)
    }

    /// The group is `DEGRADED`.
    ///
    /// # Errors
    /// There is no such group.
    pub fn degrade(&self, group: &str, issues: &[Issue]) -> Result<()> {
        self.order("degrade", &json!({"nodegroup": group, "issues": as_json(issues)}))
    }

    /// The group is `ACTIVE` again.
    ///
    /// # Errors
    /// There is no such group.
    pub fn recover(&self, group: &str) -> Result<()> {
        self.degrade(group, &[])
    }

    /// Someone else changes the group, at once: `fields` are named as `DescribeNodegroup` names them.
    ///
    /// # Errors
    /// There is no such group.
    pub fn change(&self, group: &str, fields: &Value) -> Result<()> {
        self.order("change", &json!({"nodegroup": group, "set": fields}))
    }

    fn fail(&self, operation: &str, group: &str, issues: &[Issue]) -> Result<()> {
        self.order(
            "fail",
            &json!({"operation": operation, "nodegroup": group, "issues": as_json(issues)}),
        )
    }

    fn order(&self, name: &str, order: &Value) -> Result<()> {
        let mut body = json!({"account": ACCOUNT, "region": self.region, "cluster": self.cluster});
        for (key, value) in order.as_object().into_iter().flatten() {
            body[key] = value.clone();
        }
        let path = format!("moto-api/eks-node-groups/{name}");
        self.moto.post(&path, &body.to_string(), 204)
    }
}

fn as_json(issues: &[Issue]) -> Vec<Value> {
    issues.iter().map(Issue::json).collect()
}
