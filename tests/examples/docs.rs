//! What the documents show: every configuration is planned, tests of modules are run, Kubernetes objects are given to an API server,
//! `kubectl` runs as it is written.

mod configuration;
mod kubernetes;
mod migrating;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use counterparts::{Cli, Project};

use crate::markdown::{Block, Document, documents};
use crate::{HEAD, examples, provider, stack};
use configuration::{Configuration, configurations};

/// Texts of `examples/` and of the modules' own files, which other tests of this program carry out.
fn carried_out() -> Vec<String> {
    let modules = examples().with_file_name("modules");
    let (mut open, mut texts) = (vec![examples(), modules], Vec::new());
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            if path.is_dir() && name != "node_modules" {
                open.push(path);
            } else if name.ends_with(".tf") || name.ends_with(".hcl") {
                texts.push(fs::read_to_string(path).unwrap().trim_end().to_owned());
            }
        }
    }
    texts
}

/// The blocks of configuration in a document that no example is.
fn blocks(document: &Document, carried_out: &[String]) -> Vec<Block> {
    let mut blocks = document.blocks_in(&["hcl", "terraform", "tf"]);
    blocks.retain(|block| !carried_out.contains(&block.text.trim_end().to_owned()));
    blocks
}

/// Every configuration of every document that users read.
fn all() -> Vec<Configuration> {
    let carried_out = carried_out();
    let documents = documents();
    let for_users = documents.iter().filter(|document| document.is_for_users());
    for_users
        .flat_map(|document| configurations(&blocks(document, &carried_out)))
        .collect()
}

fn empty_project(cli: &Cli, environment: Vec<(&'static str, String)>) -> Project {
    let mut project = Project::new(cli, &[provider()]).unwrap();
    project.set_envs(environment);
    project
}

/// All of them in one plan, each as a module: what a document takes from elsewhere is a value that is not known yet.
#[test]
fn every_configuration_is_planned() {
    let all = all();
    assert!(all.len() > 10, "{}", all.len());
    let cli = Cli::any().unwrap();
    let stack = stack(cli.flavor());
    let project = empty_project(&cli, stack.env());
    let mut main = HEAD.to_owned();
    let mut places = BTreeMap::new();
    for (number, configuration) in all.iter().enumerate() {
        let name = format!("doc{number}");
        project
            .write(&format!("{name}/main.tf"), &configuration.text())
            .unwrap();
        main += &format!("\nmodule \"{name}\" {{\n  source = \"./{name}\"\n}}\n");
        places.insert(name, configuration.places.join(", "));
    }
    project.write("main.tf", &main).unwrap();
    project
        .init()
        .unwrap_or_else(|error| panic!("{error}\n{places:#?}"));
    let planned = project.plan(&[]);
    let planned = planned.unwrap_or_else(|error| panic!("{error}\n{places:#?}"));
    let changes = planned.changes();
    for (name, place) in &places {
        let start = format!("module.{name}.");
        let of_document = changes.iter().filter(|change| change.address.starts_with(&start));
        let ours = of_document
            .filter(|change| change.resource_type.starts_with("mig_"))
            .count();
        let expected = all
            .iter()
            .map(Configuration::resources)
            .nth(name[3..].parse().unwrap())
            .unwrap();
        assert!(
            ours >= expected,
            "{place}: {ours} of {expected} resources are planned"
        );
    }
}

/// A document with these blocks.
fn of_blocks(texts: &[&str]) -> Vec<Configuration> {
    let blocks = texts.iter().enumerate().map(|(number, text)| Block {
        place: format!("here:{number}"),
        language: "terraform".to_owned(),
        text: (*text).to_owned(),
    });
    configurations(&blocks.collect::<Vec<_>>())
}

/// What the rules give a block from elsewhere hides none of its own faults.
#[test]
fn a_configuration_that_is_wrong_fails() {
    let wrong = "resource \"mig_launch_template\" \"a\" {\n  layout = { instance_types = [\"p5.48xlarge\"], slices = { \"1g.10gb\" = 8 } }\n}\n";
    let unknown =
        "resource \"mig_launch_template\" \"b\" {\n  layout   = var.layout\n  no_such  = module.vpc.id\n}\n";
    let cli = Cli::any().unwrap();
    let stack = stack(cli.flavor());
    for (text, words) in [(wrong, "does not fit on"), (unknown, "Unsupported argument")] {
        let configuration = of_blocks(&[text]).remove(0);
        let project = empty_project(&cli, stack.env());
        project.write("main.tf", &configuration.text()).unwrap();
        project.init().unwrap();
        let said = project.try_plan(&[]).unwrap();
        assert!(said.code == 1 && said.words().contains(words), "{}", said.words());
    }
}

#[test]
fn what_a_document_declares_anew_begins_another_configuration() {
    let template =
        |name: &str| format!("resource \"mig_launch_template\" \"{name}\" {{\n  layout = local.layout\n}}\n");
    let found = of_blocks(&[&template("a"), &template("b"), &template("a")]);
    let places: Vec<_> = found
        .iter()
        .map(|one| (one.places.len(), one.resources()))
        .collect();
    assert_eq!(places, [(2, 2), (3, 2)]);
    let foreign = of_blocks(&[
        "resource \"aws_x\" \"a\" {}\nresource \"mig_launch_template\" \"b\" {\n  name = aws_x.a.name\n}\n",
    ]);
    let text = foreign[0].text();
    assert!(
        text.contains("name = local.elsewhere") && !text.contains("aws_x"),
        "{text}"
    );
}

/// The blocks whose IDs name objects that this cluster does not have reach the provider, which takes their form.
#[test]
fn import_blocks_are_of_the_form_that_the_provider_reads() {
    let imports: Vec<_> = all()
        .into_iter()
        .flat_map(|configuration| configuration.imports)
        .collect();
    let cli = Cli::any().unwrap();
    let stack = stack(cli.flavor());
    for import in &imports {
        let project = empty_project(&cli, stack.env());
        project.write("main.tf", HEAD).unwrap();
        project.write("import.tf", &import.text).unwrap();
        project.init().unwrap();
        let said = project.try_plan(&["-generate-config-out=generated.tf"]).unwrap();
        assert_eq!(said.code, 1, "{}: {}", import.place, said.words());
        let absent = ["non-existent remote object", "does not exist", "No cluster found"];
        let words = said.words();
        assert!(
            absent.iter().any(|text| words.contains(text)),
            "{}: {words}",
            import.place
        );
    }
    assert!(!imports.is_empty());
}

/// A block with `run` is a file of tests of what the document showed before it.
#[test]
fn tests_of_modules_pass() {
    let mut number = 0;
    for configuration in all() {
        for test in &configuration.tests {
            number += 1;
            let cli = Cli::any().unwrap();
            let stack = stack(cli.flavor());
            let project = empty_project(&cli, stack.env());
            project.write("main.tf", &configuration.text()).unwrap();
            project.write("main.tftest.hcl", &test.text).unwrap();
            project.init().unwrap();
            let said = project.run(&["test", "-no-color"]).unwrap();
            assert_eq!(said.code, 0, "{}: {}", test.place, said.words());
            assert!(said.stdout.contains("passed, 0 failed"), "{}", said.stdout);
        }
    }
    assert!(number >= 2, "{number}");
}

/// The programs here may be too old for `terraform query`, so that such blocks are held against the schema.
#[test]
fn list_blocks_name_what_the_provider_lists() {
    let text =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas/terraform.json")).unwrap();
    let schemas: serde_json::Value = serde_json::from_str(&text).unwrap();
    let lists = &schemas["provider_schemas"]["registry.terraform.io/eks-mig/mig"]["list_resource_schemas"];
    let mut number = 0;
    for (place, list) in all().iter().flat_map(|configuration| &configuration.lists) {
        number += 1;
        let schema = &lists[&list.0]["block"]["attributes"];
        assert!(schema.is_object(), "{place}: there is no list {}", list.0);
        for argument in &list.1 {
            assert!(
                schema[argument].is_object(),
                "{place}: {} has no {argument}",
                list.0
            );
        }
    }
    assert!(number >= 2, "{number}");
}
