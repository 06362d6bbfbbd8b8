//! What to do about a finding, for the reader of a program. Names of attributes become those of properties where it is told.

use mig::finding::{Listing, Remedy, Unwanted};

use super::notation::PROGRAM;

/// A way out, as it is written in YAML and, but for quotes, in other languages.
pub(super) fn say(remedy: &Remedy) -> String {
    if let Some(given) = PROGRAM.given(remedy) {
        return given;
    }
    match remedy {
        Remedy::Clean(Unwanted::CarriageReturns) => "take them away: the text needs line ends of Unix".into(),
        Remedy::Clean(Unwanted::ByteOrderMark) => "take it away: save the text as UTF-8 without it".into(),
        Remedy::Clean(Unwanted::Space) => "take it away".into(),
        Remedy::LookUp(Listing::InstanceTypes) => "see mig:getInstanceTypes, which lists all".into(),
        Remedy::LookUp(Listing::Gpus) => "see mig:getProfiles, which lists the GPUs".into(),
        Remedy::LookUp(Listing::Profiles) => {
            "see mig:getProfiles, which lists what each GPU can be cut into".into()
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
    fn ways_out_are_written_as_in_a_program() {
        let remedies = [
            Remedy::write("sharing", json!({"replicas": 4, "strategy": "mps"})),
            Remedy::Add("gpus".into(), json!({"devices": [2, 3], "slices": {}})),
            Remedy::write("slices", json!({"1g.10gb": 7})),
            Remedy::LookUp(Listing::Profiles),
        ];
        assert_eq!(
            Advice::new("It is so.", remedies).in_words(say),
            "It is so. Set sharing: {replicas: 4, strategy: \"mps\"}, or add {devices: [2, 3], slices: {}} to gpus, or set slices: \
             {\"1g.10gb\": 7}, or see mig:getProfiles, which lists what each GPU can be cut into."
        );
    }
}
