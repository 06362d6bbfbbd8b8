//! The published plugin protocol file.

use counterparts::Program;

#[test]
fn the_published_protocol_is_version_6_of_the_pinned_module() {
    let path = counterparts::published_tfplugin6_proto().unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    let module = format!("terraform@{}", Program::Terraform.version().unwrap());
    assert!(path.display().to_string().contains(&module), "{}", path.display());
    assert!(text.contains("package tfplugin6;"));
    assert!(text.contains("rpc GetProviderSchema("));
}
