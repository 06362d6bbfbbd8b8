//! Imports of groups.

use serde_json::json;

use super::{ADDRESS, SIZES, SMALL, ground, group};
use crate::support::{Ground, assert_says, eks, with_each_cli};

#[test]
fn an_import_is_followed_by_an_empty_plan() {
    with_each_cli(|cli| {
        let own = format!("{SIZES}\n  labels = {{ team = \"ml\" }}\n  tags = {{ team = \"ml\" }}");
        let owner = ground(cli, "import-group", &own);
        owner.apply();
        let before = eks::group(&owner.name, &owner.name).unwrap();
        let id = format!("{0}:{0}", owner.name);
        let other = Ground::with(cli, "import-group-here", |_| group(&owner.name, SMALL, &own));
        let imports = [("mig_launch_template.this", owner.name.as_str()), (ADDRESS, &id)];
        for (address, id) in imports {
            other.project.try_import(address, id).unwrap().success().unwrap();
        }
        other.assert_settled();
        other.settle();
        assert_eq!(
            eks::group(&owner.name, &owner.name).unwrap(),
            before,
            "nothing was asked of EKS"
        );
        let this = other.resource(ADDRESS);
        assert_eq!(this["labels"], json!({"team": "ml"}));
        assert_eq!(this["layout"]["slices"], json!({"1g.10gb": 7}));

        let third = Ground::new(cli, "import-group-written");
        third.settle_generated(&imports);
    });
}

#[test]
fn what_names_no_group_is_refused() {
    with_each_cli(|cli| {
        let ground = ground(cli, "import-nothing", SIZES);
        let text = |id: &str| ground.project.try_import(ADDRESS, id).unwrap().words();
        assert_says(&text("mig-small"), &["names no node group", "CLUSTER:NAME"]);
        assert_says(&text(&format!("{}:none", ground.name)), &["non-existent"]);
    });
}
