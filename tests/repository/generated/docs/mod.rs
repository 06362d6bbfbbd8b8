//! The reference in the layout of the Terraform registry, made from the schema itself rather than from its JSON: that
//! one knows no defaults, no allowed values and no replacement.

mod attributes;
mod examples;
mod functions;
mod page;
mod sections;

use std::path::Path;

use tfplug::schema::{IdentitySchema, ObjectKind, ProviderSchemas, Schema};

use super::files::{Files, entries};
use examples::Examples;
use page::{Kind, Page};

/// The section of the registry's menu that an object is listed in.
fn subcategory(name: &str) -> &'static str {
    match name {
        "mig_launch_template" | "mig_autoscaling_group_tags" => "EC2",
        "mig_node_group" | "mig_ami" | "mig_cluster_token" => "EKS",
        "mig_device_plugin" | "mig_node_status" => "Kubernetes",
        "mig_instance_types" | "mig_layout" | "mig_profiles" | "profile" | "resource_name"
        | "slices_per_node" => "Layouts",
        "user_data" | "bottlerocket_settings" => "EC2",
        "node_labels" | "node_taints" | "node_template_tags" => "Kubernetes",
        "mig_manifests" => "Kubernetes",
        "preference" | "mig_karpenter_nodeclass" | "mig_karpenter_nodepool" | "mig_karpenter_nodeoverlay" => {
            "Karpenter"
        }
        _ => panic!("{name} needs a line in subcategory() of tests/repository/generated/docs/mod.rs"),
    }
}

/// Every generated page by its path below `docs/`: `made`, guides that are generated, and one for each object.
pub(crate) fn pages(schemas: &ProviderSchemas, examples: &Path, guides: &Path, made: Files) -> Files {
    let examples = Examples::new(examples);
    let guides = guide_list(guides, &made);
    let mut pages = made;
    pages.insert(
        "index.md".to_owned(),
        index(&schemas.provider, &examples, &guides),
    );
    for kind in ObjectKind::ALL {
        for (name, schema) in schemas.of(kind) {
            let (folder, text) = match kind {
                ObjectKind::Resource => {
                    let identity = schemas.identities.get(name);
                    ("resources", resource(name, schema, identity, &examples))
                }
                ObjectKind::DataSource => ("data-sources", data_source(name, schema, &examples)),
                ObjectKind::EphemeralResource => {
                    ("ephemeral-resources", ephemeral_resource(name, schema, &examples))
                }
                ObjectKind::ListResource => ("list-resources", list_resource(name, schema, &examples)),
                _ => panic!(
                    "the generator has no page for the {} {name}; write one",
                    kind.noun()
                ),
            };
            pages.insert(format!("{folder}/{}.md", short(name)), text);
        }
    }
    for (name, signature) in &schemas.functions {
        let text = functions::page(name, signature, &examples);
        pages.insert(format!("functions/{name}.md"), text);
    }
    pages
}

/// The name without the provider's prefix, by which the registry finds a page.
fn short(name: &str) -> &str {
    name.strip_prefix("mig_").unwrap_or(name)
}

fn index(schema: &Schema, examples: &Examples, guides: &str) -> String {
    let mut page = Page::new(Kind::Provider, "mig", &schema.description);
    page.section("Example Usage", &examples.usage("provider", "provider"));
    page.section("Guides", guides);
    page.section("Schema", &attributes::schema(&schema.attributes));
    page.text()
}

/// Links to the guides, those by hand and the generated ones, by the titles in their front matter.
fn guide_list(guides: &Path, made: &Files) -> String {
    let by_hand = entries(guides).into_iter().map(|path| {
        let name = path.file_name().unwrap().to_str().unwrap();
        (format!("guides/{name}"), std::fs::read_to_string(&path).unwrap())
    });
    let mut all: Files = by_hand.collect();
    all.extend(made.clone());
    let link = |(path, text): (&String, &String)| {
        let title = text.lines().find_map(|line| line.strip_prefix("page_title: "));
        let title = title.unwrap_or_else(|| panic!("{path} needs a page_title"));
        format!("- [{}]({path})\n", title.trim_matches('"'))
    };
    all.iter().map(link).collect()
}

fn resource(name: &str, schema: &Schema, identity: Option<&IdentitySchema>, examples: &Examples) -> String {
    assert!(
        schema.blocks.is_empty(),
        "the generator knows attributes only; teach it blocks for {name}"
    );
    let mut page = Page::new(Kind::Resource, name, &schema.description);
    page.section(
        "Example Usage",
        &examples.usage(&format!("resources/{name}"), "resource"),
    );
    page.section("Schema", &attributes::schema(&schema.attributes));
    page.section("Replacement", &sections::replacement(schema));
    page.section("Timeouts", &sections::timeouts(schema));
    page.section("Rights", &sections::rights(&format!("`{name}`"), name, schema));
    page.section("Import", &import(name, identity, examples));
    page.text()
}

fn data_source(name: &str, schema: &Schema, examples: &Examples) -> String {
    assert!(
        schema.blocks.is_empty(),
        "the generator knows attributes only; teach it blocks for {name}"
    );
    let mut page = Page::new(Kind::DataSource, name, &schema.description);
    page.section(
        "Example Usage",
        &examples.usage(&format!("data-sources/{name}"), "data-source"),
    );
    page.section("Schema", &attributes::schema(&schema.attributes));
    page.section(
        "Rights",
        &sections::rights(&format!("`data.{name}`"), &format!("data.{name}"), schema),
    );
    page.text()
}

fn ephemeral_resource(name: &str, schema: &Schema, examples: &Examples) -> String {
    assert!(
        schema.blocks.is_empty(),
        "the generator knows attributes only; teach it blocks for {name}"
    );
    let mut page = Page::new(Kind::EphemeralResource, name, &schema.description);
    let example = examples.usage(&format!("ephemeral-resources/{name}"), "ephemeral-resource");
    let note = "Terraform 1.10 or OpenTofu 1.11, or later.";
    page.section("Example Usage", &format!("{note}\n\n{example}"));
    page.section("Schema", &attributes::schema(&schema.attributes));
    page.section(
        "Rights",
        &sections::rights(&format!("`ephemeral.{name}`"), "", schema),
    );
    page.text()
}

fn list_resource(name: &str, schema: &Schema, examples: &Examples) -> String {
    assert!(
        schema.blocks.is_empty(),
        "the generator knows attributes only; teach it blocks for {name}"
    );
    let mut page = Page::new(Kind::ListResource, name, &schema.description);
    let example = examples.one(
        &format!("list-resources/{name}/list-resource.tfquery.hcl"),
        "terraform",
    );
    let note = "With `terraform query`, Terraform 1.14 or later. For OpenTofu and older versions `mig list` prints import blocks of the same \
                objects; [Modules, tests and imports](../guides/modules-and-tests.md#list-what-exists) shows both.";
    page.section("Example Usage", &format!("{note}\n\n{example}"));
    page.section("Schema", &attributes::schema(&schema.attributes));
    page.section(
        "Rights",
        &sections::rights(&format!("lists of `{name}`"), list_role(name), schema),
    );
    page.text()
}

/// The section of the guide with the rights of lists: those of objects in AWS are in its table.
fn list_role(name: &str) -> &'static str {
    match name.starts_with("mig_karpenter_") {
        true => "Lists of Karpenter's objects",
        false => "",
    }
}

/// The ways to import, each with its example.
fn import(name: &str, identity: Option<&IdentitySchema>, examples: &Examples) -> String {
    let example = |file: &str, language: &str| examples.one(&format!("resources/{name}/{file}"), language);
    let by_id = example("import-by-string-id.tf", "terraform");
    let by_command = example("import.sh", "shell");
    let by_identity = identity.map(|identity| {
        let block = example("import-by-identity.tf", "terraform");
        let parts = attributes::identity(identity);
        format!("### By identity\n\nTerraform 1.12, OpenTofu 1.12 or later:\n\n{block}\n{parts}\n")
    });
    format!(
        "### By ID\n\nAn `import` block is planned before it is applied. Terraform 1.5, OpenTofu 1.6 or later:\n\n{by_id}\n\
         {}### By command\n\n{by_command}",
        by_identity.unwrap_or_default()
    )
}
