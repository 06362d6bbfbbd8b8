//! `terraform query`: objects that exist, found by Terraform itself.

use counterparts::Cli;
use serde_json::{Value, json};

use super::{groups, make_others};
use crate::karpenter::{Wish, configuration};
use crate::support::karpenter::know_karpenter;
use crate::support::{Ground, assert_says, eks, with_newest_terraform};

/// A region of this test alone.
const HERE: &str = "eu-south-2";
const FILE: &str = "all.tfquery.hcl";

/// A `list` block; every name is `this`.
fn block(type_name: &str, rest: &str) -> String {
    format!("list \"{type_name}\" \"this\" {{\n  provider = mig\n{rest}}}\n")
}

/// A project with nothing but a provider block and a query, initialised.
fn asking(cli: &Cli, test: &str, provider: &str, query: &str) -> Ground {
    let ground = Ground::new(cli, test);
    ground.write(&format!("provider \"mig\" {{\n{provider}}}\n"));
    ground.project.write(FILE, query).unwrap();
    ground.project.init().unwrap();
    ground
}

/// What a query finds, block by block: type, name and identity, and the whole object if the query asks for it.
fn found(ground: &Ground) -> Vec<Value> {
    let mut found = ground.project.query().unwrap();
    // The blocks are asked at the same time, and AWS names the objects in the order in which they were made.
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    found.sort_by_key(|one| (text(&one["address"]), text(&one["display_name"])));
    found
}

fn names(found: &[Value]) -> Vec<&str> {
    found
        .iter()
        .map(|one| one["display_name"].as_str().unwrap())
        .collect()
}

/// Lets the query write a configuration, which imports this many objects and changes nothing.
fn assert_generated(ground: &Ground, number: usize) {
    let query = ["query", "-no-color", "-generate-config-out=found.tf"];
    ground.project.run(&query).unwrap().success().unwrap();
    let all = format!("{number} to import, 0 to add, 0 to change, 0 to destroy");
    assert_says(&ground.plan_words(), &[&all]);
    ground.settle();
}

#[test]
fn a_query_finds_templates_and_node_groups() {
    with_newest_terraform(|cli| {
        let owner = Ground::with(cli, "queried", |name| {
            eks::add_cluster(HERE, name);
            groups(HERE, name)
        });
        owner.apply();
        make_others(HERE, &owner.name);
        let query = [
            block("mig_launch_template", "  include_resource = true\n"),
            block("mig_node_group", ""),
        ];
        let region = format!("  region = \"{HERE}\"\n");
        let other = asking(cli, "queried-here", &region, &query.concat());
        let all = found(&other);
        let second = format!("2nd.{}", owner.name);
        let group = format!("{0}:{0}", owner.name);
        assert_eq!(names(&all), [&second, &owner.name, &group]);
        let layout = &all[0]["resource_object"]["layout"];
        assert_eq!(layout["slices"], json!({ "1g.10gb": 7 }));
        assert_eq!(all[2]["identity"]["cluster_name"], json!(owner.name));
        assert_generated(&other, 3);

        let everything = query.map(|block| block.replace("}\n", "  config {\n    all = true\n  }\n}\n"));
        other.project.write(FILE, &everything.concat()).unwrap();
        assert_eq!(found(&other).len(), 5);
    });
}

#[test]
fn a_query_finds_karpenters_objects() {
    know_karpenter();
    with_newest_terraform(|cli| {
        let owner = Ground::with(cli, "queried-karpenter", |name| {
            configuration(name, &Wish::default())
        });
        owner.apply();
        let kinds = ["nodeclass", "nodepool", "nodeoverlay"];
        let config = format!(
            "  config {{\n    cluster_name = \"prod\"\n    region = \"{}\"\n  }}\n",
            crate::support::REGION
        );
        let query = kinds.map(|kind| block(&format!("mig_karpenter_{kind}"), &config));
        let other = asking(cli, "queried-karpenter-here", "", &query.concat());
        // Other tests have objects in the cluster, too.
        let mut all = found(&other);
        all.retain(|one| one["identity"]["name"] == *owner.name);
        assert_eq!(names(&all), [&owner.name; 3]);
    });
}

#[test]
fn a_query_that_cannot_be_answered_says_why() {
    with_newest_terraform(|cli| {
        let query = block("mig_node_group", "  config {\n    cluster_name = \"none\"\n  }\n");
        let ground = asking(cli, "unanswered", "", &query);
        let failed = ground.project.run(&["query", "-no-color"]).unwrap();
        assert_eq!(failed.code, 1, "{}", failed.words());
        assert_says(
            &failed.words(),
            &[
                "The node groups cannot be listed",
                "none",
                "on all.tfquery.hcl line",
            ],
        );
        let wrong = block(
            "mig_launch_template",
            "  config {\n    region = \"Frankfurt\"\n  }\n",
        );
        ground.project.write(FILE, &wrong).unwrap();
        let refused = ground.project.run(&["query", "-no-color"]).unwrap();
        assert_eq!(refused.code, 1, "{}", refused.words());
        assert_says(&refused.words(), &["Frankfurt", "region"]);
    });
}
