//! Where programs run: AWS, the cluster, and what has to be there before.

use counterparts::eks::{ADMIN, aws_env};
use counterparts::{Plugin, PulumiProject};

use crate::support::karpenter::know_karpenter;
use crate::support::kube::make_namespace;
use crate::support::pulumi::foreign;
use crate::support::{MOTO, REGION, ec2, eks, provider};

/// A project with our plugin and a stack `dev`; nothing of AWS is known to it.
pub(super) fn offline(program: &str) -> PulumiProject {
    let mut project = PulumiProject::new(&[Plugin::mig(provider().binary)]).unwrap();
    project.judge_messages(foreign);
    project.write_yaml(program).unwrap();
    project.init("dev").unwrap();
    project
}

/// The same with an administrator's environment.
pub(super) fn project(program: &str) -> PulumiProject {
    let mut project = offline(program);
    connect(&mut project);
    project
}

/// Gives a project an administrator's environment.
pub(super) fn connect(project: &mut PulumiProject) {
    project.set_envs(aws_env(&MOTO.url(), &ADMIN));
}

/// What every resource of that name needs: a cluster of EKS, an Auto Scaling group that somebody else made, Karpenter's kinds, and
/// a namespace.
pub(crate) fn make(name: &str) {
    know_karpenter();
    make_namespace(name);
    eks::add_cluster(REGION, name);
    make_auto_scaling_group(name);
}

fn make_auto_scaling_group(name: &str) {
    let template = format!("{name}-of-another");
    let data = [
        ("LaunchTemplateName", template.as_str()),
        ("LaunchTemplateData.InstanceType", "p5.48xlarge"),
        ("LaunchTemplateData.ImageId", "ami-0123456789abcdef0"),
    ];
    ec2::call(REGION, "CreateLaunchTemplate", &data);
    let zone = format!("{REGION}a");
    let group = [
        ("AutoScalingGroupName", name),
        ("LaunchTemplate.LaunchTemplateName", template.as_str()),
        ("LaunchTemplate.Version", "$Latest"),
        ("MinSize", "0"),
        ("MaxSize", "3"),
        ("AvailabilityZones.member.1", zone.as_str()),
    ];
    eks::auto_scaling("CreateAutoScalingGroup", &group);
}

/// The subnets that there are, as JSON.
pub(super) fn subnets() -> String {
    serde_json::to_string(&MOTO.default_subnets(REGION).unwrap()).unwrap()
}
