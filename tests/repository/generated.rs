//! What is generated from the provider's schema, its command line, the examples and the catalog: `schemas/`, `docs/`, `man/` and `completions/`.
//!
//! The tests make all of it anew and compare; with UPDATE=1 they write it. The generator is a part of the tests, so
//! that the provider's binary carries none of it.

mod command_line;
mod docs;
mod files;
mod guide;
mod pulumi;
mod registry;
mod schema;

use std::sync::LazyLock;

use provider::provider::Mig;
use tfplug::Server;
use tfplug::schema::ProviderSchemas;

use super::root;
use files::{Files, compare_or_update};

static SERVER: LazyLock<Server<Mig>> = LazyLock::new(|| Server::new(Mig::default()).unwrap());

fn schemas() -> &'static ProviderSchemas {
    SERVER.schemas()
}

#[test]
fn schemas_are_up_to_date() {
    let terraform = provider::cli::schema_json(schemas(), provider::cli::ADDRESS);
    let pulumi = provider::pulumi::package::schema_json(schemas()).unwrap();
    compare_or_update(
        "schemas",
        &Files::from([
            ("pulumi.json".to_owned(), pulumi),
            ("terraform.json".to_owned(), terraform),
        ]),
        &["drift-report.json"],
    );
}

#[test]
fn docs_are_up_to_date() {
    compare_or_update("docs", &pages(), &["guides", "design"]);
}

/// Every generated page by its path below `docs/`.
fn pages() -> Files {
    let guide = Files::from([
        (guide::PATH.to_owned(), guide::page()),
        (guide::cost::PATH.to_owned(), guide::cost::page()),
    ]);
    docs::pages(
        schemas(),
        &root().join("examples"),
        &root().join("docs/guides"),
        guide,
    )
}
