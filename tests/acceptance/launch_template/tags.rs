//! Tags as modules give them: null for what a caller left out, and too many of them.

use serde_json::json;

use super::template;
use crate::support::{Ground, assert_says, ec2, with_a_cli, with_tofu};

const TAGS: &str = "  tags = { team = \"ml\", owner = null }\n  tag_specifications = [{ resource_type = \"instance\", tags = { team = \
                    \"ml\", owner = null } }]";

#[test]
fn a_tag_that_is_null_is_left_out() {
    with_a_cli(|cli| {
        let ground = Ground::with(cli, "null-tags", |name| template(name, TAGS));
        ground.settle();
        let made = ec2::template(&ground.name);
        assert!(made.has_tag("team", "ml") && !made.has_tag("owner", ""));
        assert!(!ec2::latest_data(&ground.name).contains("owner"));
        assert_eq!(ground.this()["tags"], json!({"team": "ml", "owner": null}));
        assert_eq!(ground.this()["tags_all"], json!({"team": "ml"}));
        // The same without the nulls: no version for that.
        ground.write(&template(&ground.name, &TAGS.replace(", owner = null", "")));
        assert!(!ground.plan_words().contains("rolls nodes"));
        ground.settle();
        assert_eq!(ec2::template(&ground.name).latest_version, 1);
        // A value where there was none.
        ground.write(&template(
            &ground.name,
            &TAGS.replace("owner = null", "owner = \"a\""),
        ));
        ground.settle();
        assert!(ec2::template(&ground.name).has_tag("owner", "a"));
        // And back: the tag goes.
        ground.write(&template(&ground.name, TAGS));
        ground.settle();
        assert!(!ec2::template(&ground.name).has_tag("owner", "a"));
    });
}

#[test]
fn the_provider_block_counts_and_may_have_nulls_too() {
    with_tofu(|cli| {
        let block = |count: usize| {
            format!(
                "provider \"mig\" {{\n  default_tags = merge({{ for n in range({count}) : \"k${{n}}\" => \"v\" }}, {{ none = null }})\n}}\n"
            )
        };
        let ground = Ground::with(cli, "many-tags", |name| {
            format!("{}{}", block(49), template(name, "  tags = { a = \"b\" }"))
        });
        ground.settle();
        ground.write(&format!(
            "{}{}",
            block(50),
            template(&ground.name, "  tags = { a = \"b\" }")
        ));
        assert_says(
            &ground.refused_plan(),
            &["There are too many tags", "Found 51", "default_tags"],
        );
        let own = "  tags = { for n in range(51) : \"k${n}\" => \"v\" }";
        ground.write(&template(&ground.name, own));
        assert_says(&ground.refused_plan(), &["too many tags", "Found 51"]);
    });
}
