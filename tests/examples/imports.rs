//! The three ways to import each resource.

use counterparts::{Cli, Project, Stack};
use serde_json::Value;

use crate::{HEAD, files, knows_identity, name, project, text, with_each_cli};

/// What the identity example of a launch template has in place of an ID that only EC2 gives.
const ID_PLACEHOLDER: &str = "lt-0123456789abcdef0";

/// The projects of one resource: one that made the object, and the texts by which another takes it over.
struct Import<'a> {
    cli: &'a Cli,
    stack: &'a Stack,
    resource_type: String,
    example: String,
    made: Value,
    /// Import blocks of what the example has beside the object.
    others: String,
}

/// An import block of an object by its ID.
fn import_block(project: &Project, address: &str) -> String {
    let id = project.resource(address).unwrap().unwrap()["id"].clone();
    format!("import {{\n  to = {address}\n  id = {id}\n}}\n")
}

#[test]
fn every_way_to_import_finds_what_there_is() {
    for folder in files("resources") {
        with_each_cli(|cli, stack| {
            let resource_type = name(&folder).to_owned();
            let example = text(&format!("resources/{resource_type}/resource.tf"));
            let maker = project(cli, stack, &[HEAD, &example]);
            maker.apply(&[]).unwrap();
            let mut others = maker.state_list().unwrap();
            let own = format!("{resource_type}.");
            let at = others
                .iter()
                .position(|address| address.starts_with(&own))
                .unwrap();
            let address = others.remove(at);
            let made = maker.resource(&address).unwrap().unwrap();
            let others = others.iter().map(|other| import_block(&maker, other)).collect();
            let import = Import {
                cli,
                stack,
                resource_type,
                example,
                made,
                others,
            };
            import.by_string_id();
            import.by_identity();
            import.by_command(&address);
            maker.destroy().unwrap();
        });
    }
}

impl Import<'_> {
    /// A project that has the resource in its configuration and not in its state.
    fn importer(&self) -> Project {
        self.importer_of(self.cli)
    }

    fn importer_of(&self, cli: &Cli) -> Project {
        project(cli, self.stack, &[HEAD, &self.example, &self.others])
    }

    fn file(&self, name: &str) -> String {
        text(&format!("resources/{}/{name}", self.resource_type))
    }

    fn by_string_id(&self) {
        let importer = self.importer();
        importer
            .write("import.tf", &self.file("import-by-string-id.tf"))
            .unwrap();
        only_imports(&importer);
    }

    fn by_identity(&self) {
        let newer;
        let cli = if knows_identity(self.cli) {
            self.cli
        } else {
            newer = Cli::newest_terraform().unwrap();
            &newer
        };
        let importer = self.importer_of(cli);
        let block = self.file("import-by-identity.tf");
        let block = block.replace(ID_PLACEHOLDER, self.made["id"].as_str().unwrap());
        importer.write("import.tf", &block).unwrap();
        only_imports(&importer);
    }

    /// All the way: what was imported is what was made, and then there is nothing left to do.
    fn by_command(&self, address: &str) {
        let script = self.file("import.sh");
        let command = script.lines().last().unwrap();
        let ["terraform", "import", to, id] = command.split(' ').collect::<Vec<_>>()[..] else {
            panic!("expected terraform import ADDRESS ID, found {command}");
        };
        assert_eq!(to, address);
        let importer = self.importer();
        importer.try_import(to, id).unwrap().success().unwrap();
        importer.apply(&[]).unwrap();
        let found = importer.resource(address).unwrap().unwrap();
        assert_eq!(found["id"], self.made["id"], "{address}");
        // Absent in both where a resource has no versions.
        let versions = [&found["latest_version"], &self.made["latest_version"]];
        assert_eq!(versions[0], versions[1], "{address} has a new version");
        assert_eq!(importer.try_plan(&[]).unwrap().code, 0);
    }
}

/// The plan takes over what there is: it makes nothing and removes nothing.
fn only_imports(project: &Project) {
    let plan = project.plan(&[]).unwrap();
    for change in plan.resources() {
        let harmless = matches!(change.actions.as_slice(), [one] if one == "no-op" || one == "update");
        assert!(harmless, "{}: {:?}", change.address, change.actions);
    }
    let changes = plan.json["resource_changes"].as_array().unwrap();
    assert!(
        changes
            .iter()
            .all(|change| change["change"]["importing"].is_object()),
        "{changes:?}"
    );
}
