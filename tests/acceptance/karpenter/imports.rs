//! Objects that exist already, and what an import shows of them.

use serde_json::{Value, json};

use super::{CLASS, OVERLAY, POOL, Wish, configuration, ground, overlay_name};
use crate::support::karpenter::{edit, know_karpenter, live};
use crate::support::{Ground, assert_says, with_each_cli};

const ALL: [&str; 3] = [CLASS, POOL, OVERLAY];

/// Attributes of all kinds, beside those that every test has.
pub(crate) fn everything() -> Wish<'static> {
    Wish {
        layout: r#"{ instance_types = ["p4d.24xlarge", "p5.48xlarge"], slices = { "1g" = 7 } }"#,
        class: r#"
  on_failure        = "terminate"
  partition_timeout = "90s"
  render_version    = 2
  labels            = { team = "ml" }
  tags              = { team = "ml" }
  metadata_options  = { http_put_response_hop_limit = 2 }
  kubelet           = { max_pods = 110, extra = jsonencode({ topologyManagerPolicy = "single-numa-node" }) }
  extra_user_data   = { before = [{ content_type = "text/cloud-config", content = "packages: [jq]\n" }] }
  block_device_mappings = [{ device_name = "/dev/xvda", ebs = { volume_size = "1Ti", volume_type = "gp3" } }]"#,
        pool: r#"
  capacity_types = ["on-demand", "spot"]
  zones          = ["us-east-1a"]
  requirements   = [{ key = "karpenter.k8s.aws/instance-gpu-count", operator = "Gt", values = ["4"] }]
  node_labels    = { team = "ml" }
  annotations    = { note = "x" }
  taints         = [{ key = "mig.eks/slices", value = "true", effect = "NoSchedule" }]
  startup_taints = [{ key = "node.cilium.io/agent-not-ready", effect = "NoExecute" }]
  limits         = { cpu = "1k" }
  disruption     = { consolidate_after = "30m", budgets = [{ nodes = "10%", reasons = ["Drifted"] }] }
  weight         = 7"#,
        overlay: r#"
  weight             = 40
  capacity           = { "example.com/licence" = "1" }
  acceptance_timeout = "0s""#,
        ..Wish::default()
    }
}

/// The configuration without the one attribute that no object holds: how long an apply waits for Karpenter, which runs nowhere
/// here.
fn waiting_as_by_default(configured: &str) -> String {
    configured.replace("acceptance_timeout = \"0s\"", "")
}

fn forget_all(ground: &Ground) {
    for address in ALL {
        ground
            .project
            .run(&["state", "rm", address])
            .unwrap()
            .success()
            .unwrap();
    }
}

fn import_all(ground: &Ground) {
    for address in ALL {
        let id = format!("prod/{}", ground.name);
        ground
            .project
            .try_import(address, &id)
            .unwrap()
            .success()
            .unwrap();
    }
}

fn generations(name: &str) -> [Value; 2] {
    ["EC2NodeClass", "NodePool"].map(|kind| live(kind, name).unwrap()["metadata"]["generation"].clone())
}

#[test]
fn after_an_import_nothing_is_left_to_do() {
    with_each_cli(|cli| {
        for wish in [Wish::default(), everything()] {
            let ground = ground(cli, "kp-imports");
            let configured = configuration(&ground.name, &wish);
            ground.write(&configured);
            ground.settle();
            forget_all(&ground);
            ground.write(&waiting_as_by_default(&configured));
            import_all(&ground);
            let words = ground.plan_words();
            assert!(words.contains("No changes"), "{words}");
            ground.project.destroy().unwrap();
        }
    });
}

#[test]
fn a_generated_configuration_plans_to_nothing() {
    with_each_cli(|cli| {
        know_karpenter();
        for (number, wish) in [Wish::default(), everything()].into_iter().enumerate() {
            let ground = Ground::new(cli, &format!("kp-generated-{number}"));
            let made = Ground::with(cli, "elsewhere", |_| configuration(&ground.name, &wish));
            made.apply();
            let before = generations(&ground.name);
            let id = format!("prod/{}", ground.name);
            ground.settle_generated(&ALL.map(|address| (address, id.as_str())));
            assert_eq!(generations(&ground.name), before);
            made.project.destroy().unwrap();
        }
    });
}

/// A class with user data of another tool keeps its fields, and no layout is shown for it.
#[test]
fn what_does_not_follow_from_the_cluster_is_said() {
    with_each_cli(|cli| {
        let ground = ground(cli, "kp-not-ours");
        let name = &ground.name;
        ground.settle();
        forget_all(&ground);
        edit(
            "EC2NodeClass",
            name,
            &json!({"spec": {"userData": "echo theirs"}}),
        );
        let said = [
            (CLASS, "The user data of the node class is not ours"),
            (POOL, "The layout of the pool does not follow from the cluster"),
            (
                OVERLAY,
                "The layout of the overlays does not follow from the cluster",
            ),
        ];
        for (address, warning) in said {
            let imported = ground
                .project
                .try_import(address, &format!("prod/{name}"))
                .unwrap();
            assert_eq!(imported.code, 0);
            assert_says(&imported.words(), &[warning]);
            let state = ground.resource(address);
            assert!(state["layout"].is_null(), "{state}");
        }
        assert_eq!(ground.resource(CLASS)["role"], "KarpenterNodeRole-prod");
        assert_eq!(ground.resource(POOL)["nodeclass"]["name"], name.as_str());
        assert_says(&ground.plan_words(), &["The change rolls nodes", "userData"]);
        ground.settle();
        assert!(live("NodeOverlay", &overlay_name(name)).is_some());
    });
}
