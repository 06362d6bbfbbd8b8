//! From creation to destruction.

use serde_json::json;
use sha2::{Digest, Sha256};

use super::template;
use crate::support::{Ground, REGION, assert_says, ec2, with_each_cli};

const ADDRESS: &str = "mig_launch_template.this";

#[test]
fn a_template_is_made_and_destroyed() {
    with_each_cli(|cli| {
        let ground = Ground::with(cli, "made", |name| template(name, "  tags = { team = \"ml\" }"));
        let planned = ground.plan().changes()[0].after.clone();
        ground.settle();
        let (this, made) = (ground.this(), ec2::template(&ground.name));
        let stored = ec2::user_data(&ground.name);
        assert_eq!(planned["user_data"], json!(stored), "planned, and at EC2");
        assert_eq!(this["user_data"], json!(stored));
        assert_eq!(this["user_data_bytes"], json!(stored.len()));
        assert_eq!(this["user_data_sha256"], json!(sha256(&stored)));
        assert_eq!(this["id"], json!(made.id));
        assert_eq!(
            this["arn"],
            json!(format!(
                "arn:aws:ec2:{REGION}:123456789012:launch-template/{}",
                made.id
            ))
        );
        assert_eq!(this["region"], json!(REGION));
        assert!(made.has_tag("team", "ml"));
        ground.project.destroy().unwrap();
        assert_eq!(ec2::names(&ground.name), Vec::<String>::new());
    });
}

/// A module passes on what its caller left out.
#[test]
fn empty_writings_make_no_version_again_and_again() {
    with_each_cli(|cli| {
        let empty = "  description = \"\"\n  placement = {}\n  monitoring = { enabled = null }\n  tags = {}";
        let ground = Ground::with(cli, "empty", |name| template(name, empty));
        ground.settle();
        assert_eq!(ground.this()["latest_version"], json!(1));
        assert_eq!(ground.this()["description"], json!(""));
    });
}

/// A template that an earlier provider made keeps its bytes, until its owner asks for others.
#[test]
fn an_older_rendering_stays_until_another_is_asked_for() {
    with_each_cli(|cli| {
        let ground = Ground::with(cli, "rendering", |name| template(name, "  render_version = 1"));
        ground.settle();
        let first = ec2::user_data(&ground.name);
        ground.write(&template(&ground.name, ""));
        ground.assert_settled();
        assert_eq!(ec2::user_data(&ground.name), first);
        ground.write(&template(&ground.name, "  render_version = 2"));
        let plan = ground.plan();
        assert_eq!(plan.actions(ADDRESS), ["update"]);
        assert_says(&plan.output.words(), &["rolls nodes", "render version 2"]);
        ground.settle();
        assert_ne!(ec2::user_data(&ground.name), first);
    });
}

fn sha256(text: &str) -> String {
    let bytes = Sha256::digest(text);
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn a_change_of_what_nodes_run_makes_a_new_default_version() {
    with_each_cli(|cli| {
        let ground = Ground::with(cli, "changed", |name| template(name, ""));
        ground.apply();
        ground.write(&template(&ground.name, "").replace("\"1g.10gb\" = 7", "\"3g.40gb\" = 2"));
        let plan = ground.plan();
        assert_eq!(plan.actions(ADDRESS), ["update"]);
        let words = plan.output.words();
        assert_says(
            &words,
            &["A new version of the launch template rolls nodes", "user_data"],
        );
        assert_readable_diff(&plan.output.stdout);
        ground.settle();
        let made = ec2::template(&ground.name);
        assert_eq!((made.default_version, made.latest_version), (2, 2));
        assert!(ec2::user_data(&ground.name).contains("gpus 0-7 9:0,9:4"));
        let this = ground.this();
        assert_eq!(
            [&this["default_version"], &this["latest_version"]],
            [&json!(2), &json!(2)]
        );
    });
}

/// Lines of the script appear as lines, removed and added; nothing is base64.
fn assert_readable_diff(stdout: &str) {
    let lines = |sign: char, part: &str| {
        let found = stdout
            .lines()
            .any(|line| line.trim_start().starts_with(sign) && line.contains(part));
        assert!(found, "no line {sign} {part:?} in:\n{stdout}");
    };
    lines('-', "gpus 0-7 19:0,19:1,");
    lines('+', "gpus 0-7 9:0,9:4");
    let longest = stdout
        .split_whitespace()
        .filter(|w| w.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'+'))
        .map(str::len)
        .max();
    assert!(longest < Some(100), "something looks like base64 in:\n{stdout}");
}

#[test]
fn a_change_of_tags_makes_no_version() {
    with_each_cli(|cli| {
        let ground = Ground::with(cli, "tags", |name| {
            template(name, "  tags = { a = \"1\", gone = \"x\" }")
        });
        ground.apply();
        ground.write(&template(&ground.name, "  tags = { a = \"2\", new = \"y\" }"));
        let plan = ground.plan();
        assert_eq!(plan.actions(ADDRESS), ["update"]);
        assert!(!plan.output.words().contains("rolls nodes"));
        ground.settle();
        let made = ec2::template(&ground.name);
        assert_eq!(made.latest_version, 1);
        assert!(made.has_tag("a", "2") && made.has_tag("new", "y") && !made.has_tag("gone", "x"));
    });
}

#[test]
fn default_tags_reach_the_template_and_are_not_its_own() {
    let provider =
        |team: &str| format!("provider \"mig\" {{\n  default_tags = {{ team = \"{team}\" }}\n}}\n");
    with_each_cli(|cli| {
        let ground = Ground::with(cli, "default-tags", |name| {
            provider("ml") + &template(name, "  tags = { own = \"1\" }")
        });
        ground.settle();
        assert_eq!(ground.this()["tags"], json!({ "own": "1" }));
        assert_eq!(ground.this()["tags_all"], json!({ "own": "1", "team": "ml" }));
        ground.write(&(provider("dl") + &template(&ground.name, "  tags = { own = \"1\" }")));
        ground.settle();
        let made = ec2::template(&ground.name);
        assert!(made.has_tag("team", "dl") && made.has_tag("own", "1"));
        assert_eq!(made.latest_version, 1);
    });
}

#[test]
fn the_default_version_stays_where_it_is_on_request() {
    with_each_cli(|cli| {
        let keep = "  update_default_version = false\n  description = \"DESC\"";
        let ground = Ground::with(cli, "kept-default", |name| template(name, keep));
        ground.apply();
        ground.write(&template(&ground.name, keep).replace("DESC", "second"));
        ground.settle();
        let made = ec2::template(&ground.name);
        assert_eq!((made.default_version, made.latest_version), (1, 2));
        ground.write(&template(&ground.name, "  description = \"second\""));
        ground.settle();
        let made = ec2::template(&ground.name);
        assert_eq!((made.default_version, made.latest_version), (2, 2));
    });
}

#[test]
fn another_name_or_region_is_another_template() {
    with_each_cli(|cli| {
        let ground = Ground::with(cli, "replaced", |name| template(name, ""));
        ground.apply();
        let moved = format!("{}-b", ground.name);
        ground.write(&template(&moved, ""));
        let plan = ground.plan();
        assert_eq!(plan.actions(ADDRESS), ["delete", "create"]);
        assert_eq!(plan.changes()[0].replace_paths, json!([["name"]]));
        ground.settle();
        assert_eq!(ec2::names(&ground.name), [moved.as_str()]);
        ground.write(&template(&moved, "  region = \"eu-west-1\""));
        let plan = ground.plan();
        assert_eq!(plan.actions(ADDRESS), ["delete", "create"]);
        assert_eq!(plan.changes()[0].replace_paths, json!([["region"]]));
        ground.settle();
        assert_eq!(ec2::names(&ground.name), Vec::<String>::new());
        assert_eq!(ec2::names_in("eu-west-1", &ground.name), [moved]);
        ground.project.destroy().unwrap();
        assert_eq!(ec2::names_in("eu-west-1", &ground.name), Vec::<String>::new());
    });
}

#[test]
fn a_prefix_lets_the_new_one_come_first() {
    let with_prefix = |prefix: &str| {
        template("NAME", "  lifecycle {\n    create_before_destroy = true\n  }")
            .replace("name   = \"NAME\"", &format!("name_prefix = \"{prefix}\""))
    };
    with_each_cli(|cli| {
        let ground = Ground::with(cli, "prefix", |name| with_prefix(&format!("{name}-a-")));
        ground.settle();
        let first = ground.this()["name"].as_str().unwrap().to_owned();
        assert!(first.starts_with(&format!("{}-a-", ground.name)));
        ground.write(&with_prefix(&format!("{}-b-", ground.name)));
        let plan = ground.plan();
        assert_eq!(plan.actions(ADDRESS), ["create", "delete"]);
        ground.settle();
        let now = ground.this()["name"].as_str().unwrap().to_owned();
        assert_eq!(ec2::names(&ground.name), [now.as_str()]);
        assert!(now.starts_with(&format!("{}-b-", ground.name)));
        ground.project.destroy().unwrap();
        assert_eq!(ec2::names(&ground.name), Vec::<String>::new());
    });
}

#[test]
fn one_provider_block_serves_several_regions() {
    let regions = ["us-west-2", "ap-northeast-1"];
    with_each_cli(|cli| {
        let ground = Ground::with(cli, "regions", |name| {
            template(
                name,
                "  for_each = toset([\"us-west-2\", \"ap-northeast-1\"])\n  region   = each.key",
            )
        });
        ground.settle();
        for region in regions {
            assert_eq!(ec2::names_in(region, &ground.name), [ground.name.as_str()]);
            let id = ec2::template_in(region, &ground.name).id;
            let this = ground.resource(&format!("mig_launch_template.this[\"{region}\"]"));
            assert_eq!([&this["id"], &this["region"]], [&json!(id), &json!(region)]);
        }
        ground.project.destroy().unwrap();
        for region in regions {
            assert_eq!(ec2::names_in(region, &ground.name), Vec::<String>::new());
        }
    });
}

/// A replaced template gets no new version, so the plan does not warn of one.
#[test]
fn a_replacement_tells_of_no_new_version() {
    with_each_cli(|cli| {
        let ground = Ground::with(cli, "made-anew", |name| template(name, ""));
        ground.settle();
        let plan = |args: &[&str]| ground.project.plan(args).unwrap();
        let words = plan(&["-replace=mig_launch_template.this"]).output.words();
        assert!(
            words.contains("must be replaced") || words.contains("will be replaced"),
            "{words}"
        );
        assert!(!words.contains("new version"), "{words}");
        // Another name, and another content beside it.
        let other = template(&format!("{}-2", ground.name), "  description = \"other\"");
        ground.write(&other);
        let words = plan(&[]).output.words();
        assert!(words.contains("must be replaced"), "{words}");
        assert!(!words.contains("new version"), "{words}");
        ground.settle();
    });
}
