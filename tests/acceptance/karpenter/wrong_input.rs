//! What Karpenter accepts without a word, or refuses late, is refused at plan.

use super::{Wish, configuration};
use crate::support::{Ground, assert_says, with_a_cli};

/// What is written, and what the plan says.
type Case = (Wish<'static>, &'static [&'static str]);

fn cases() -> Vec<Case> {
    let class = |class| Wish {
        class,
        ..Wish::default()
    };
    let pool = |pool| Wish {
        pool,
        ..Wish::default()
    };
    let overlay = |overlay| Wish {
        overlay,
        ..Wish::default()
    };
    vec![
        (
            class("on_failure = \"join_tainted\""),
            &["on_failure = \"join_tainted\"", "Karpenter buy the next one"],
        ),
        (
            class("kubelet = { extra = jsonencode({ maxpods = 5 }) }"),
            &["It is written maxPods"],
        ),
        (class("kubelet = { max_pods = -1 }"), &["-1 is not possible here"]),
        (
            class("tags = { \"karpenter.sh/nodepool\" = \"x\" }"),
            &["The tag karpenter.sh/nodepool cannot be set"],
        ),
        (
            class("metadata_options = { http_tokens = \"never\" }"),
            &["\"never\" is not possible here"],
        ),
        (class("partition_timeout = \"10x\""), &["Not a time"]),
        (
            pool(
                "requirements = [{ key = \"karpenter.k8s.aws/instance-gpu-name\", operator = \"In\", values = [\"H100\"] }]",
            ),
            &["It is written \"h100\""],
        ),
        (pool("expire_after = \"30d\""), &["days are unknown", "720h"]),
        (
            pool("limits = { \"nvidia.com/mig-9g.90gb\" = \"8\" }"),
            &["No node of the layout has nvidia.com/mig-9g.90gb"],
        ),
        (
            pool("taints = [{ key = \"nvidia.com/gpu\", value = \"present\", effect = \"Never\" }]"),
            &["\"Never\" is not possible here"],
        ),
        (
            pool("slice_limits = { \"1g.10gb\" = -7 }"),
            &["-7 slices are not possible"],
        ),
        (
            pool("layout = { instance_types = [\"p4d.24xlarge\"], slices = { \"1g.5gb\" = 7 } }"),
            &["Two layouts are given"],
        ),
        (overlay("capacity = { \"example.com/x\" = \"-1\" }"), &["\"-1\""]),
        (overlay("capacity = { cpu = \"4\" }"), &["cpu cannot be overlaid"]),
        (overlay("weight = 20000"), &["20000 is not possible here"]),
    ]
}

#[test]
fn each_is_refused_at_plan() {
    with_a_cli(|cli| {
        let ground = Ground::with(cli, "kp-wrong", |name| configuration(name, &Wish::default()));
        for (wish, says) in cases() {
            ground.write(&configuration(&ground.name, &wish));
            assert_says(&ground.refused_plan(), says);
        }
    });
}

#[test]
fn a_class_of_auto_mode_is_refused_with_the_reason() {
    with_a_cli(|cli| {
        let ground = Ground::with(cli, "kp-auto", |name| {
            format!(
                "provider \"mig\" {{}}\n\nresource \"mig_karpenter_nodepool\" \"this\" {{\n  nodeclass = {{ name = \"{name}\", group \
                 = \"eks.amazonaws.com\", kind = \"NodeClass\" }}\n  cluster = {{ name = \"absent\" }}\n  layout = {}\n}}\n",
                super::LAYOUT
            )
        });
        assert_says(&ground.refused_plan(), &["EKS Auto Mode cannot cut GPUs"]);
    });
}
