//! The published plugin protocol file.

#[test]
fn the_published_protocol_is_version_6_of_the_pinned_module() {
    let path = counterparts::published_tfplugin6_proto().unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(
        path.display().to_string().contains("terraform@v1.16.0"),
        "{}",
        path.display()
    );
    assert!(text.contains("package tfplugin6;"));
    assert!(text.contains("rpc GetProviderSchema("));
}
