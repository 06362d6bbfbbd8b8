//! `data.mig_ami`.

use serde_json::{Value, json};

use crate::support::{Ground, assert_says, with_a_cli, with_each_cli};

fn ami(arguments: &str) -> String {
    format!(
        "data \"mig_ami\" \"this\" {{\n  kubernetes_version = \"1.35\"\n{arguments}\n}}\n\noutput \"all\" {{ value = data.mig_ami.this }}\n"
    )
}

const LAYOUT: &str = "  layout = { instance_types = [\"p5.48xlarge\"], slices = { \"1g.10gb\" = 7 } }";

fn all(ground: &Ground) -> Value {
    ground.project.output("all").unwrap()
}

#[test]
fn an_image_is_found_by_release_and_by_recommendation() {
    with_each_cli(|cli| {
        let ground = Ground::with(cli, "ami", |_| {
            ami(&format!("  release = \"v20260917\"\n{LAYOUT}"))
        });
        ground.apply();
        let found = all(&ground);
        assert_eq!(found["release_version"], json!("1.35.2-20260917"));
        assert_eq!(found["ami_alias"], json!("al2023@v20260917"));
        assert_eq!(found["ami_type"], json!("AL2023_x86_64_NVIDIA"));
        assert_eq!(found["driver_version"], json!("580.159.03"));
        assert!(found["image_id"].as_str().unwrap().starts_with("ami-"));

        ground.write(&ami(
            "  ami_family = \"Bottlerocket\"\n  architecture = \"arm64\"",
        ));
        ground.apply();
        let found = all(&ground);
        assert_eq!(found["ami_alias"], json!("bottlerocket@1.68.0"));
        assert_eq!(found["ami_type"], json!("BOTTLEROCKET_ARM_64_NVIDIA"));
        assert_eq!(found["driver_version"], Value::Null);

        ground.write(&ami(""));
        let said = ground.apply().words();
        assert_says(
            &said,
            &[
                "al2023@v20261003 has a known fault",
                "may panic",
                "pull request 2845",
            ],
        );
    });
}

#[test]
fn what_is_no_image_is_refused() {
    with_a_cli(|cli| {
        let ground = Ground::with(cli, "ami-refused", |_| ami(""));
        let refused: [(&str, &[&str]); 5] = [
            (
                "  release = \"1.68.0\"",
                &["The release cannot be read", "v20261003"],
            ),
            (
                "  release = \"v20200101\"",
                &["AWS publishes no such image", "nvidia-1.35-v20200101/image_id"],
            ),
            ("  fips = true", &["There is no such image", "Bottlerocket"]),
            (
                "  architecture = \"arm64\"\n  layout = { instance_types = [\"p5.48xlarge\"], slices = { \"1g.10gb\" = 7 } }",
                &["another architecture"],
            ),
            ("  ami_family = \"AL2\"", &["ami_family"]),
        ];
        for (arguments, parts) in refused {
            ground.write(&ami(arguments));
            assert_says(&ground.refused_plan(), parts);
        }
    });
}

/// Beside a node group: the release that was found is the one that the group gets.
#[test]
fn a_release_is_handed_on_to_a_group() {
    with_a_cli(|cli| {
        let ground = Ground::with(cli, "ami-group", |name| {
            crate::support::eks::add_cluster(crate::support::REGION, name);
            let group = crate::node_group::group(
                name,
                "\"1g.10gb\" = 7",
                "  scaling_config  = { min_size = 0, max_size = 1 }\n  release_version = data.mig_ami.this.release_version\n  ami_type        = data.mig_ami.this.ami_type",
            );
            ami("  release = \"v20261003\"") + &group
        });
        ground.settle();
        let group = crate::support::eks::group(&ground.name, &ground.name).unwrap();
        assert_eq!(group["releaseVersion"], json!("1.35.2-20261003"));
    });
}
