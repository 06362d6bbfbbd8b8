//! The life of the three objects.

use serde_json::json;

use super::{CLASS, OVERLAY, POOL, Wish, configuration, ground, overlay_name};
use crate::support::karpenter::{live, make_claim, set_condition};
use crate::support::{assert_says, with_each_cli, with_tofu};

#[test]
fn one_apply_makes_all_three_of_one_layout_and_a_destroy_leaves_nothing() {
    with_each_cli(|cli| {
        let ground = ground(cli, "kp-life");
        let name = &ground.name;
        let plan = ground.plan();
        for address in [CLASS, POOL, OVERLAY] {
            assert_eq!(plan.actions(address), ["create"], "{address}");
        }
        assert_says(&plan.output.words(), &["settings.featureGates.nodeOverlay=true"]);
        ground.settle();

        let class = live("EC2NodeClass", name).unwrap();
        let user_data = class["spec"]["userData"].as_str().unwrap();
        assert_eq!(ground.resource(CLASS)["user_data"], user_data);
        assert!(user_data.contains("MIME-Version"), "{user_data}");
        let pool = live("NodePool", name).unwrap();
        let template = &pool["spec"]["template"]["spec"];
        assert_eq!(template["nodeClassRef"]["name"], name.as_str());
        assert_eq!(template["requirements"][0]["values"], json!(["p5.48xlarge"]));
        assert_eq!(pool["spec"]["limits"]["nodes"], "10");
        let overlay = live("NodeOverlay", &overlay_name(name)).unwrap();
        assert_eq!(overlay["spec"]["capacity"]["nvidia.com/mig-1g.10gb"], "56");
        assert_eq!(overlay["spec"]["capacity"]["nvidia.com/gpu"], "0");

        ground.project.destroy().unwrap();
        assert!(live("EC2NodeClass", name).is_none());
        assert!(live("NodePool", name).is_none());
        assert!(live("NodeOverlay", &overlay_name(name)).is_none());
    });
}

#[test]
fn a_change_of_the_layout_changes_all_three_and_says_how_many_nodes_it_rolls() {
    with_each_cli(|cli| {
        let ground = ground(cli, "kp-change");
        let name = &ground.name;
        ground.settle();
        make_claim(&format!("{name}-1"), name);
        let wish = Wish {
            layout: r#"{ instance_types = ["p5.48xlarge"], slices = { "3g.40gb" = 2 } }"#,
            ..Wish::default()
        };
        ground.write(&configuration(name, &wish));
        let plan = ground.plan();
        for address in [CLASS, POOL, OVERLAY] {
            assert_eq!(plan.actions(address), ["update"], "{address}");
        }
        assert_says(
            &plan.output.words(),
            &[
                "The change rolls nodes",
                "userData",
                "There is 1 node (NodeClaim) of it now",
                "Pods ask for what the new layout does not have",
                &format!("nvidia.com/mig-1g.10gb: NodeClaims launched for it: {name}-1."),
            ],
        );
        ground.settle();
        let overlay = live("NodeOverlay", &overlay_name(name)).unwrap();
        assert_eq!(overlay["spec"]["capacity"]["nvidia.com/mig-3g.40gb"], "16");
        assert!(overlay["spec"]["capacity"]["nvidia.com/mig-1g.10gb"].is_null());

        // Limits, budgets and weight roll nothing.
        let pool = "weight = 7";
        ground.write(&configuration(name, &Wish { pool, ..wish }));
        let plan = ground.plan();
        assert_eq!(plan.actions(POOL), ["update"]);
        assert!(
            !plan.output.words().contains("rolls nodes"),
            "{}",
            plan.output.words()
        );
    });
}

#[test]
fn a_pool_without_its_class_and_an_overlay_without_its_pool_are_told_at_apply() {
    with_each_cli(|cli| {
        let ground = ground(cli, "kp-need");
        let whole = configuration(&ground.name, &Wish::default());
        let words = ground.apply().words();
        assert!(!words.contains("There is no"), "{words}");
        ground.project.destroy().unwrap();

        for (attribute, kind) in [("nodeclass", "EC2NodeClass"), ("nodepool", "NodePool")] {
            let by_name = format!(
                "{attribute} = {{ name = \"{}-absent\" }}\n  cluster = {{ name = \"prod\" }}\n  layout = {}",
                ground.name,
                super::LAYOUT
            );
            let whole_reference = format!("{attribute} = mig_karpenter_{attribute}.this");
            ground.write(&whole.replace(&whole_reference, &by_name));
            let words = ground.apply().words();
            let told = format!("Warning: There is no {kind}/{}-absent", ground.name);
            assert_says(&words, &[&told, &format!("{attribute} = {{ name")]);
            assert_eq!(words.matches("There is no").count(), 1, "{words}");
            ground.assert_settled();
            ground.project.destroy().unwrap();
        }
    });
}

#[test]
fn a_rename_replaces_all_three() {
    with_each_cli(|cli| {
        let ground = ground(cli, "kp-rename");
        ground.settle();
        let other = format!("{}-2", ground.name);
        ground.write(&configuration(&other, &Wish::default()));
        let plan = ground.plan();
        for address in [CLASS, POOL, OVERLAY] {
            let mut actions = plan.actions(address);
            actions.sort_unstable();
            assert_eq!(actions, ["create", "delete"], "{address}");
        }
        ground.settle();
        assert!(live("NodePool", &ground.name).is_none());
        assert!(live("NodePool", &other).is_some());
    });
}

#[test]
fn an_import_by_name_finds_all_objects() {
    with_each_cli(|cli| {
        let ground = ground(cli, "kp-import");
        let name = &ground.name;
        ground.settle();
        for address in [OVERLAY, POOL, CLASS] {
            ground.project.run(&["state", "rm", address]).unwrap();
        }
        for address in [CLASS, POOL, OVERLAY] {
            let imported = ground
                .project
                .try_import(address, &format!("prod/{name}"))
                .unwrap();
            imported.success().unwrap();
        }
        let plan = ground.plan();
        for address in [CLASS, POOL, OVERLAY] {
            assert_ne!(plan.actions(address), ["create"], "{address}");
            assert!(!plan.actions(address).contains(&"delete".to_owned()), "{address}");
        }
        ground.settle();
        assert!(live("NodeOverlay", &overlay_name(name)).is_some());
    });
}

#[test]
fn an_import_by_identity_finds_the_pool() {
    with_tofu(|cli| {
        let ground = ground(cli, "kp-identity");
        let name = &ground.name;
        ground.settle();
        ground.project.run(&["state", "rm", POOL]).unwrap();
        let import = format!(
            "import {{\n  to = {POOL}\n  identity = {{ name = \"{name}\", cluster_name = \"prod\" }}\n}}\n"
        );
        ground.write(&format!("{}{import}", configuration(name, &Wish::default())));
        ground.settle();
        assert!(live("NodePool", name).is_some());
    });
}

#[test]
fn a_refused_overlay_is_told_in_karpenters_words_and_an_unread_one_with_the_gate() {
    with_each_cli(|cli| {
        let ground = ground(cli, "kp-gate");
        let name = &ground.name;
        let overlay = "acceptance_timeout = \"2s\"";
        ground.write(&configuration(
            name,
            &Wish {
                overlay,
                ..Wish::default()
            },
        ));
        let applied = ground.apply();
        assert_says(
            &applied.words(),
            &[
                "Nothing has read the overlay",
                "settings.featureGates.nodeOverlay=true",
            ],
        );
        // An update that changes nothing of the object: what Karpenter has said of it still counts.
        set_condition(
            "NodeOverlay",
            &overlay_name(name),
            "ValidationSucceeded",
            "False",
            "it is in conflict",
        );
        let overlay = "acceptance_timeout = \"3s\"";
        ground.write(&configuration(
            name,
            &Wish {
                overlay,
                ..Wish::default()
            },
        ));
        assert_says(
            &ground.failed_apply(),
            &["Karpenter does not accept NodeOverlay", "it is in conflict"],
        );
        set_condition(
            "NodeOverlay",
            &overlay_name(name),
            "ValidationSucceeded",
            "True",
            "",
        );
        let overlay = "acceptance_timeout = \"4s\"";
        ground.write(&configuration(
            name,
            &Wish {
                overlay,
                ..Wish::default()
            },
        ));
        ground.settle();
    });
}

#[test]
fn a_wait_for_readiness_says_what_is_missing() {
    with_each_cli(|cli| {
        let ground = ground(cli, "kp-ready");
        let name = &ground.name;
        ground.settle();
        set_condition("EC2NodeClass", name, "Ready", "False", "no subnet was found");
        let class = "wait_for_ready = true\n  ready_timeout = \"1s\"";
        ground.write(&configuration(
            name,
            &Wish {
                class,
                ..Wish::default()
            },
        ));
        assert_says(
            &ground.failed_apply(),
            &["is not ready", "Ready=False", "no subnet was found"],
        );
        set_condition("EC2NodeClass", name, "Ready", "True", "");
        ground.settle();
    });
}

#[test]
fn what_was_made_before_a_wait_failed_can_be_kept() {
    with_each_cli(|cli| {
        let ground = ground(cli, "kp-keep");
        let name = &ground.name;
        let class = "wait_for_ready = true\n  ready_timeout = \"1s\"";
        ground.write(&configuration(
            name,
            &Wish {
                class,
                ..Wish::default()
            },
        ));
        assert_says(&ground.failed_apply(), &["is not ready", "terraform untaint"]);
        let uid = || live("EC2NodeClass", name).unwrap()["metadata"]["uid"].clone();
        let before = uid();
        set_condition("EC2NodeClass", name, "Ready", "True", "");
        ground
            .project
            .run(&["untaint", CLASS])
            .unwrap()
            .success()
            .unwrap();
        ground.settle();
        assert_eq!(uid(), before);
        ground.project.destroy().unwrap();
    });
}
