//! Fields without an option.

use serde_json::{Value, json};

use super::*;

#[test]
fn further_fields_are_merged_and_refused_where_there_is_an_option() {
    let with = |extra: Value| NodeClassOptions {
        extra: extra.as_object().unwrap().clone(),
        ..options()
    };
    let later = json!({"ofALaterVersion": {"a": 1}, "metadataOptions": {"httpNew": "x"}, "kubelet": null});
    let rendered = NodeClass::render(&sliced(), &with(later), Catalog::builtin()).unwrap();
    let spec = &rendered.objects[0]["spec"];
    assert_eq!(spec["ofALaterVersion"], json!({"a": 1}));
    assert_eq!(spec["metadataOptions"]["httpNew"], "x");
    assert_eq!(spec["metadataOptions"]["httpTokens"], "required");
    let own = json!({"userData": "x", "role": "r", "metadataOptions": {"httpTokens": "optional"}, "cpuOptions": {"nestedVirtualization": "enabled"}});
    let faults = NodeClass::render(&sliced(), &with(own), Catalog::builtin()).unwrap_err();
    assert_eq!(
        fault_paths(&faults),
        ["extra", "extra", "extra", "extra"],
        "{faults:?}"
    );
}

/// What is rendered for whatever options is in the list of fields that have one.
#[test]
fn every_rendered_field_is_listed() {
    let full = NodeClassOptions {
        connection_tracking: Some(ConnectionTracking {
            tcp_established_timeout: Some(300),
            ..ConnectionTracking::default()
        }),
        cpu_options: Some(CpuOptions {
            nested_virtualization: Some("enabled".to_owned()),
        }),
        enclave_options: Some(EnclaveOptions { enabled: true }),
        tags: tags("a", "b"),
        ..options()
    };
    let rendered = NodeClass::render(&sliced(), &full, Catalog::builtin()).unwrap();
    let spec = rendered.objects[0]["spec"].as_object().unwrap();
    for (field, value) in spec {
        let listed = |path: &str| render::FIELDS.contains(&path);
        let parts = value.as_object().into_iter().flatten();
        let by_parts =
            parts.clone().count() > 0 && parts.clone().all(|(part, _)| listed(&format!("{field}.{part}")));
        assert!(listed(field) || by_parts, "{field}");
    }
}
