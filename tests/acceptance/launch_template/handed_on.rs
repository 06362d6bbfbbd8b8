//! One layout, handed on.

use serde_json::json;

use super::template;
use crate::support::{Ground, ec2, with_each_cli};

#[test]
fn from_a_data_source_and_from_resource_to_resource() {
    with_each_cli(|cli| {
        let ground = Ground::with(cli, "handed-on", |name| {
            let second = template(&format!("{name}-2"), "")
                .replace("\"this\"", "\"second\"")
                .replace(super::LAYOUT, "mig_launch_template.this.layout");
            let first = template(&format!("{name}-1"), "").replace(super::LAYOUT, "data.mig_layout.x.layout");
            let data = "data \"mig_layout\" \"x\" {\n  instance_types = [\"p5.48xlarge\", \"p5e.48xlarge\"]\n  slices = { \"1g\" = 4, \"3g\" = 1 }\n  strategy = \"mixed\"\n}\n";
            format!("{data}{first}{second}")
        });
        ground.settle();
        let [one, two] = ["1", "2"].map(|n| ec2::user_data(&format!("{}-{n}", ground.name)));
        assert_eq!(one, two);
        let [first, second] =
            ["this", "second"].map(|n| ground.resource(&format!("mig_launch_template.{n}")));
        assert_eq!(first["layout"], second["layout"]);
        assert_eq!(first["layout"]["slices"], json!({ "1g": 4, "3g": 1 }));
        assert_eq!(first["user_data_sha256"], second["user_data_sha256"]);
    });
}

const MODULE: &str = r#"
variable "name" { type = string }
variable "layout" {
  type = object({
    instance_types = list(string)
    slices         = optional(map(number))
    gpus           = optional(list(object({ devices = list(number), slices = map(number) })))
    strategy       = optional(string)
    sharing        = optional(object({ strategy = string, replicas = number }))
  })
}
resource "mig_launch_template" "this" {
  name   = var.name
  layout = var.layout
}
output "layout" { value = mig_launch_template.this.layout }
"#;

#[test]
fn through_a_module_variable() {
    with_each_cli(|cli| {
        let ground = Ground::new(cli, "module");
        let head = crate::support::HEAD;
        std::fs::create_dir_all(ground.project.dir().join("pool")).unwrap();
        ground
            .project
            .write("pool/main.tf", &format!("{head}{MODULE}"))
            .unwrap();
        let layouts = "locals {\n  layouts = {\n    same = { instance_types = [\"p5.48xlarge\"], slices = { \"1g.10gb\" = 7 } }\n    groups = { instance_types = [\"p5.48xlarge\"], gpus = [{ devices = [0, 1, 2, 3], slices = { \"3g.40gb\" = 2 } }, { devices = [4, 5, 6, 7], slices = {} }] }\n  }\n}\n";
        let call = "module \"pool\" {\n  for_each = local.layouts\n  source   = \"./pool\"\n  name     = \"NAME-${each.key}\"\n  layout   = each.value\n}\nresource \"mig_launch_template\" \"copy\" {\n  name   = \"NAME-copy\"\n  layout = module.pool[\"groups\"].layout\n}\n";
        ground.write(&format!("{layouts}{}", call.replace("NAME", &ground.name)));
        ground.project.init().unwrap();
        ground.settle();
        let data = |part: &str| ec2::user_data(&format!("{}-{part}", ground.name));
        assert_eq!(data("groups"), data("copy"));
        assert_ne!(data("groups"), data("same"));
        assert_eq!(ec2::names(&ground.name).len(), 3);
    });
}
