//! What to do about a finding, in Terraform's language.

use mig::finding::{Listing, Remedy, Unwanted};

use super::notation::HCL;

/// A way out, as it is written in a configuration.
pub(super) fn say(remedy: &Remedy) -> String {
    if let Some(given) = HCL.given(remedy) {
        return given;
    }
    match remedy {
        Remedy::Clean(Unwanted::CarriageReturns) => r#"take them away with replace(text, "\r", "")"#.into(),
        Remedy::Clean(Unwanted::ByteOrderMark) => r#"take it away with trimprefix(text, "\uFEFF")"#.into(),
        Remedy::Clean(Unwanted::Space) => "take it away with trimspace(text)".into(),
        Remedy::LookUp(Listing::InstanceTypes) => "see data.mig_instance_types, which lists all".into(),
        Remedy::LookUp(Listing::Gpus) => "see data.mig_profiles, which lists the GPUs".into(),
        Remedy::LookUp(Listing::Profiles) => {
            "see data.mig_profiles, which lists what each GPU can be cut into".into()
        }
        _ => remedy.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use mig::finding::Advice;
    use serde_json::json;

    use super::*;

    #[test]
    fn ways_out_are_written_as_in_a_configuration() {
        let sharing = json!({"replicas": 4, "strategy": "mps"});
        let remedies = [
            Remedy::write("sharing", sharing),
            Remedy::Add("gpus".into(), json!({"devices": [2, 3], "slices": {}})),
            Remedy::write("slices", json!({"1g.10gb": 7})),
            Remedy::Remove("slices".into()),
        ];
        assert_eq!(
            Advice::new("It is so.", remedies).in_words(say),
            "It is so. Set sharing = { replicas = 4, strategy = \"mps\" }, or add { devices = [2, 3], slices = {} } to gpus, \
             or set slices = { \"1g.10gb\" = 7 }, or leave slices out."
        );
    }
}
