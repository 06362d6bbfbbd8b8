//! Objects that are to live in another cluster.

use super::{CLASS, OVERLAY, POOL, Wish, configuration, ground, overlay_name};
use crate::rights::RIGHTS;
use crate::support::karpenter::{at, live};
use crate::support::with_each_cli;

#[test]
fn another_cluster_means_other_objects() {
    with_each_cli(|cli| {
        let ground = ground(cli, "kp-move");
        let name = &ground.name;
        ground.settle();
        let token = ground.project.write("token", RIGHTS.admin_token()).unwrap();
        ground.project.write("ca.crt", RIGHTS.ca_pem()).unwrap();
        let cluster = format!(
            "host = \"{}\", token_file = \"{}\", cluster_ca_certificate = file(\"ca.crt\")",
            RIGHTS.url(),
            token.display()
        );
        let wish = Wish {
            cluster: &cluster,
            ..Wish::default()
        };
        // The cluster is said once, by the class; pool and overlay follow it.
        ground.write(&configuration(name, &wish));
        let plan = ground.plan();
        for address in [CLASS, POOL, OVERLAY] {
            let change = plan
                .changes()
                .into_iter()
                .find(|change| change.address == address);
            let change = change.unwrap();
            assert_eq!(change.actions, ["delete", "create"], "{address}");
            assert_eq!(
                change.replace_paths,
                serde_json::json!([["cluster"]]),
                "{address}"
            );
        }
        ground.settle();
        let objects = [
            ("EC2NodeClass", name.clone()),
            ("NodePool", name.clone()),
            ("NodeOverlay", overlay_name(name)),
        ];
        for (kind, object) in &objects {
            assert!(live(kind, object).is_none(), "{kind} is left behind");
            assert!(RIGHTS.get(&at(kind, object)).unwrap().is_some(), "{kind}");
        }
        ground.project.destroy().unwrap();
        for (kind, object) in &objects {
            assert!(RIGHTS.get(&at(kind, object)).unwrap().is_none(), "{kind}");
        }
    });
}
