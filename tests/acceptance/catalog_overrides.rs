//! `catalog_overrides` of the provider block: a GPU and an instance type that no release has yet.

use counterparts::{Cli, Project};

use crate::support::{HEAD, assert_says, provider, with_a_cli};

const PROVIDER: &str = r#"
variable "starts" {
  type    = list(number)
  default = [0, 4]
}
provider "mig" {
  region = "us-east-1"
  catalog_overrides = {
    gpus = {
      "r100-100gb" = {
        product        = "NVIDIA R100 100GB"
        compute_slices = 7
        memory_slices  = 8
        memory_gb      = 100
        pci_device_ids = ["0x3999"]
        profiles = {
          "1g.13gb" = { gpu_instance_profile_id = 19, memory_slices = 1, starts = [0, 1, 2, 3, 4, 5, 6], max_instances = 7 }
          "3g.50gb" = { gpu_instance_profile_id = 9, memory_slices = 4, starts = var.starts, max_instances = 2 }
        }
      }
    }
    instance_types = {
      "p9.48xlarge" = { gpu = "r100-100gb", gpu_count = 8, fabric_manager = true }
    }
  }
}
"#;

const LAYOUT: &str = r#"
data "mig_layout" "new" {
  instance_types = ["p9.48xlarge"]
  slices         = { "3g" = 1, "1g" = 4 }
}
data "mig_profiles" "new" {
  instance_type = "p9.48xlarge"
}
output "resources" { value = data.mig_layout.new.nodes["p9.48xlarge"].resources }
output "profiles"  { value = data.mig_profiles.new.profiles[*].profile }
"#;

fn project(cli: &Cli, configuration: &str) -> Project {
    let project = Project::new(cli, &[provider()]).unwrap();
    project
        .write("main.tf", &format!("{HEAD}{configuration}"))
        .unwrap();
    project.init().unwrap();
    project
}

fn refused(project: &Project, arguments: &[&str]) -> String {
    let output = project.try_plan(arguments).unwrap();
    assert_eq!(output.code, 1, "{}", output.stdout);
    output.words()
}

#[test]
fn a_type_of_ones_own_is_checked_and_used() {
    with_a_cli(|cli| {
        let project = project(cli, &format!("{PROVIDER}{LAYOUT}"));
        project.validate().unwrap();
        project.apply(&[]).unwrap();
        let resources = project.output("resources").unwrap();
        assert_eq!(resources["nvidia.com/mig-1g.13gb"], 32);
        assert_eq!(resources["nvidia.com/mig-3g.50gb"], 8);
        assert_eq!(project.output("profiles").unwrap()[1], "3g.50gb");
        assert_eq!(project.try_plan(&[]).unwrap().code, 0);
    });
}

#[test]
fn wrong_additions_are_told_at_their_place() {
    with_a_cli(|cli| {
        let project = project(cli, &format!("{PROVIDER}{LAYOUT}"));
        let text = refused(&project, &["-var=starts=[0,5]"]);
        assert_says(
            &text,
            &[
                "catalog_overrides.gpus[\"r100-100gb\"].profiles[\"3g.50gb\"].starts",
                "each 0 to 4",
            ],
        );
    });
}

/// Without the additions the type is unknown, and the error says what the nearest known ones are.
#[test]
fn without_them_the_type_is_unknown() {
    with_a_cli(|cli| {
        let project = project(cli, LAYOUT);
        let text = refused(&project, &[]);
        assert_says(
            &text,
            &["Unknown GPU instance type", "p9.48xlarge", "p5.48xlarge"],
        );
    });
}

/// Layouts are checked at plan, so what is known only after apply is refused, and at its attribute.
#[test]
fn additions_known_only_after_apply_are_refused() {
    with_a_cli(|cli| {
        let late = PROVIDER.replace("starts = var.starts", "starts = terraform_data.starts.output");
        let source = "resource \"terraform_data\" \"starts\" {\n  input = [0, 4]\n}\n";
        let project = project(cli, &format!("{late}{source}{LAYOUT}"));
        let text = refused(&project, &[]);
        assert_says(&text, &["catalog_overrides", "known only after apply"]);
    });
}
