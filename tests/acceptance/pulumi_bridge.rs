//! The provider as Terraform has it, in Pulumi by Pulumi's own bridge.

use counterparts::PulumiProject;
use counterparts::eks::{ADMIN, aws_env};

use crate::support::{MOTO, provider};

/// A resource, a data source and a function. The bridge makes plurals of the names of lists: `gpuses`.
const PROGRAM: &str = r#"
resources:
  small:
    type: mig:LaunchTemplate
    properties:
      name: mig-bridged
      region: us-east-1
      layout:
        instanceTypes: [p5.48xlarge]
        slices: {"1g.10gb": SLICES}
variables:
  layout:
    fn::invoke:
      function: mig:getLayout
      arguments:
        instanceTypes: [p5.48xlarge]
        slices: {"1g.10gb": SLICES}
  limit:
    fn::invoke:
      function: mig:resourceName
      arguments: {profile: 1g.10gb}
outputs:
  version: ${small.latestVersion}
  gpus: ${layout.gpuses}
  limit: ${limit}
"#;

/// A project with the provider behind the bridge, and a stack.
pub(crate) struct Bridged {
    pub(crate) project: PulumiProject,
    /// What the program begins with.
    head: String,
}

impl Bridged {
    /// A project with an administrator's environment and no program yet.
    pub(crate) fn new() -> Self {
        let mut project = PulumiProject::new(&[]).unwrap();
        project.set_envs(aws_env(&MOTO.url(), &ADMIN));
        project.write_yaml("").unwrap();
        project.add_bridged(&provider().binary).unwrap();
        let head = std::fs::read_to_string(project.dir().join("Pulumi.yaml")).unwrap();
        project.init("dev").unwrap();
        Self { project, head }
    }

    /// Replaces the program.
    pub(crate) fn write(&self, program: &str) {
        let program = format!("{}{program}", self.head);
        self.project.write("Pulumi.yaml", &program).unwrap();
    }
}

#[test]
fn a_template_lives_through_the_bridge() {
    let bridged = Bridged::new();
    let project = &bridged.project;
    let write = |slices: &str| bridged.write(&PROGRAM.replace("SLICES", slices));
    write("7");
    assert_eq!(project.preview(&[]).unwrap().ops("small"), ["create"]);
    project.up(&[]).unwrap();
    assert_eq!(project.output("version").unwrap(), 1);
    assert_eq!(project.output("limit").unwrap(), "nvidia.com/mig-1g.10gb");
    assert!(project.preview(&[]).unwrap().is_empty());
    write("6");
    assert_eq!(project.preview(&[]).unwrap().ops("small"), ["update"]);
    project.up(&[]).unwrap();
    assert_eq!(project.output("version").unwrap(), 2);
    write("8");
    let refused = project.try_up(&[]).unwrap();
    assert!(
        refused.words().contains("1g.10gb") && refused.code != 0,
        "{}",
        refused.words()
    );
    write("6");
    project.destroy(&[]).unwrap();
}
