//! Findings, paths and capabilities in protobuf.

use crate::diag::{Diagnostic, Severity};
use crate::path::{Path, Step};
use crate::rpc::ClientCapabilities;
use crate::wire::r#gen::tfplugin6 as pb;
use pb::attribute_path::step::Selector;

pub(super) fn to_proto(finding: &Diagnostic) -> pb::Diagnostic {
    let severity = match finding.severity {
        Severity::Error => pb::diagnostic::Severity::Error,
        Severity::Warning => pb::diagnostic::Severity::Warning,
    };
    pb::Diagnostic {
        severity: severity.into(),
        summary: finding.summary.clone(),
        detail: located(finding),
        attribute: (!finding.path.is_root()).then(|| path_to_proto(&finding.path)),
    }
}

/// The detail, with the place in words where it is deeper than one attribute: older Terraform then points at
/// the whole block, and no version can point into a value that comes from elsewhere.
fn located(finding: &Diagnostic) -> String {
    let place = finding.path.to_string();
    let told = finding.summary.contains(&place) || finding.detail.contains(&place);
    if finding.path.steps().len() < 2 || told {
        return finding.detail.clone();
    }
    format!("{}\n\nAttribute: {place}", finding.detail)
}

/// A path as far as Terraform can follow it: there is no step into a set.
pub(super) fn path_to_proto(path: &Path) -> pb::AttributePath {
    let selector = |step: &Step| match step {
        Step::Attribute(name) => Some(Selector::AttributeName(name.clone())),
        Step::Key(key) => Some(Selector::ElementKeyString(key.clone())),
        Step::Index(index) => i64::try_from(*index).ok().map(Selector::ElementKeyInt),
        Step::Element(_) => None,
    };
    let steps = path.steps().iter().map_while(selector);
    pb::AttributePath {
        steps: steps
            .map(|s| pb::attribute_path::Step { selector: Some(s) })
            .collect(),
    }
}

pub(super) fn client_capabilities(sent: Option<pb::ClientCapabilities>) -> ClientCapabilities {
    let sent = sent.unwrap_or_default();
    ClientCapabilities {
        deferral_allowed: sent.deferral_allowed,
        write_only_attributes_allowed: sent.write_only_attributes_allowed,
        store_planned_private: sent.store_planned_private,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Value;

    #[test]
    fn deep_places_are_told_in_words() {
        let at = |path| located(&Diagnostic::error("Wrong", "Do better.").at(path));
        assert_eq!(at(Path::attr("name")), "Do better.");
        assert_eq!(
            at(Path::attr("layout").attribute("slices").key("9g")),
            "Do better.\n\nAttribute: layout.slices[\"9g\"]"
        );
    }

    #[test]
    fn paths_end_where_terraform_can_point() {
        let path = Path::attr("a")
            .key("k")
            .index(2)
            .element(Value::Null)
            .attribute("b");
        let steps: Vec<_> = path_to_proto(&path)
            .steps
            .into_iter()
            .filter_map(|s| s.selector)
            .collect();
        assert_eq!(
            steps,
            [
                Selector::AttributeName("a".into()),
                Selector::ElementKeyString("k".into()),
                Selector::ElementKeyInt(2)
            ]
        );
    }
}
