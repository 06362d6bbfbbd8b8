//! Fields without an attribute.

use serde_json::{Value, json};

use super::*;

#[test]
fn further_fields_are_merged_and_refused_where_they_have_a_place_of_their_own() {
    let own_fields = [
        "spec.role",
        "spec.cpuOptions.nestedVirtualization",
        "spec.userData",
    ];
    let with = |extra: Value| NodeClassOptions {
        extra: extra.as_object().unwrap().clone(),
        own_fields: own_fields.map(str::to_owned).to_vec(),
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
