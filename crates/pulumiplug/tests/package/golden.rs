//! The bytes of the schema.

use std::fs;
use std::path::Path;

use pulumiplug::schema::package;

use super::declarations::{info, schemas};

/// With UPDATE=1 it writes the file anew.
#[test]
fn the_schema_is_as_committed() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/package/card.json");
    let made = package(&schemas(), &info()).unwrap().to_json();
    if std::env::var_os("UPDATE").is_some_and(|value| value == "1") {
        fs::write(&path, &made).unwrap();
    }
    let committed = fs::read_to_string(&path).unwrap();
    assert!(
        committed == made,
        "tests/package/card.json is another; UPDATE=1 writes it:\n{made}"
    );
}

#[test]
fn the_schema_is_the_same_each_time() {
    let made = || package(&schemas(), &info()).unwrap().to_json();
    assert_eq!(made(), made());
}
