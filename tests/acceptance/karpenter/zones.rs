//! Where AWS has the instance types of a pool.

use counterparts::fault_proxy::{Fault, Rule};

use super::{POOL, Wish, configuration, ground};
use crate::support::{assert_says, with_a_cli, with_tofu};

/// The call that tells of zones.
const ASKED: &str = "DescribeInstanceTypeOfferings";

/// A type that only two zones of us-east-1 have.
const LAYOUT: &str = r#"{ instance_types = ["p5en.48xlarge"], slices = { "1g" = 7 } }"#;

const WARNING: &str = "AWS has none of the instance types where the pool wants them";

#[test]
fn zones_without_the_instance_type_are_told_at_plan() {
    with_a_cli(|cli| {
        let ground = ground(cli, "kp-zones");
        let name = &ground.name;
        let write = |zones: &str| {
            let pool = &format!("zones = [{zones}]");
            let layout = LAYOUT;
            let wish = Wish {
                layout,
                pool,
                ..Wish::default()
            };
            ground.write(&configuration(name, &wish));
        };
        write("\"us-east-1b\"");
        let words = ground.plan_words();
        assert_says(
            &words,
            &[WARNING, "p5en.48xlarge is available in us-east-1a, us-east-1c."],
        );
        write("\"us-east-1b\", \"us-east-1c\"");
        assert!(!ground.plan_words().contains("AWS has none"));
        ground.settle();
        // Nothing of it is asked again while nothing changes.
        let asked = || ground.proxy.count(ASKED);
        let before = asked();
        assert!(before > 0);
        ground.assert_settled();
        assert_eq!(asked(), before);
    });
}

#[test]
fn who_may_not_ask_for_zones_has_a_plan_all_the_same() {
    with_tofu(|cli| {
        let ground = ground(cli, "kp-zoneless");
        let refusal = Fault::ec2_error(403, "UnauthorizedOperation", "You are not authorized.");
        ground.proxy.add(Rule::action(ASKED, refusal));
        let pool = "zones = [\"us-east-1e\"]";
        ground.write(&configuration(
            &ground.name,
            &Wish {
                pool,
                ..Wish::default()
            },
        ));
        let plan = ground.plan();
        assert_eq!(plan.actions(POOL), ["create"]);
        assert!(
            !plan.output.words().contains("available in"),
            "{}",
            plan.output.words()
        );
        assert!(ground.proxy.count(ASKED) > 0);
    });
}
