//! Rules of the selectors: of images, subnets, security groups, reservations, and of the placement group.

use crate::catalog::{Catalog, ImageAlias};
use crate::ec2::ids::Kind;
use crate::layout::Layout;
use crate::manifests::karpenter::choices;
use crate::manifests::karpenter::family::AmiFamily;
use crate::manifests::karpenter::field::Field;
use crate::manifests::karpenter::place::Findings;

/// Most terms of one selector, and most tags of one term.
const MOST_TERMS: usize = 30;
const MOST_TAGS: usize = 20;

/// Most letters of an alias.
const LONGEST_ALIAS: usize = 30;

/// Families that Karpenter knows and we have no user data for.
const OTHER_FAMILIES: [&str; 4] = ["AL2", "Windows2019", "Windows2022", "Windows2025"];

/// Says where the driver of a pinned image is too old for the slices, or not known.
pub(super) fn drivers(findings: &mut Findings, layout: &Layout, spec: &Field<'_>, catalog: &Catalog) {
    for term in spec.get("amiSelectorTerms").items() {
        let field = term.get("alias");
        let alias = field.text().and_then(|alias| alias.parse::<ImageAlias>().ok());
        // One that is not pinned has been warned of already.
        let Some(alias) = alias.filter(|alias| alias.release.is_some()) else {
            continue;
        };
        for warning in layout.image_warnings(catalog, &alias) {
            findings.warn(&field, warning.summary(), warning.advice());
        }
    }
}

/// Checks images and their family; gives the family, where it is certain.
pub(super) fn images(findings: &mut Findings, spec: &Field<'_>) -> Option<AmiFamily> {
    let field = spec.get("amiSelectorTerms");
    let terms = field.items();
    list(findings, &field, true);
    for term in &terms {
        image(findings, term);
    }
    let aliases = terms.iter().filter(|term| term.get("alias").is_given()).count();
    if terms.len() > 1 && aliases > 0 {
        findings.fault(
            &field,
            "An alias stands alone",
            "Karpenter accepts one alias and no other term beside it.",
        );
    }
    if aliases == 0 && !terms.is_empty() {
        findings.warn(
            &field,
            "Karpenter does not look whether these images have NVIDIA's driver",
            "Only with an alias does it take the NVIDIA image for GPU types; otherwise it matches nothing but the \
             architecture. Make sure that every image that is selected is an EKS image for NVIDIA GPUs: a node of \
             another one never joins.",
        );
    }
    family(findings, spec)
}

fn image(findings: &mut Findings, term: &Field<'_>) {
    for name in ["name", "owner", "ssmParameter"] {
        findings.not_blank(&term.get(name));
    }
    tags(findings, term);
    id(findings, term, Kind::Image);
    let given = given(term, &["id", "name", "owner", "ssmParameter", "tags"]);
    let alias = term.get("alias");
    if let Some(text) = alias.text() {
        alone(findings, term, "alias", &given);
        check_alias(findings, &alias, text);
    } else if given.contains(&"id") {
        alone(findings, term, "id", &given);
    } else if given.contains(&"ssmParameter") {
        alone(findings, term, "ssmParameter", &given);
    } else if given.iter().all(|name| *name == "owner") {
        needs_one(findings, term, "alias, id, name, SSM parameter or tags");
    }
}

/// Those of the fields that a term has.
fn given<'a>(term: &Field<'_>, names: &[&'a str]) -> Vec<&'a str> {
    let names = names.iter().copied();
    names.filter(|name| !term.get(name).is_empty()).collect()
}

fn check_alias(findings: &mut Findings, place: &Field<'_>, alias: &str) {
    let (family, version) = alias.split_once('@').unwrap_or((alias, ""));
    let plain = |text: &str, others: &[u8]| {
        !text.is_empty()
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || others.contains(&byte))
    };
    if !plain(family, b"") || !plain(version, b".-_") || alias.len() > LONGEST_ALIAS {
        findings.fault(
            place,
            format!("{alias:?} is not an alias"),
            format!(
                "It is FAMILY@VERSION, for example al2023@v20261003 or bottlerocket@v1.68.0, with up to {LONGEST_ALIAS} \
                 letters."
            ),
        );
    } else if AmiFamily::of_alias(alias).is_none() {
        findings.fault(
            place,
            format!("Images of {family:?} cannot be used"),
            "Nodes with MIG run al2023 or bottlerocket: Amazon Linux 2 has no nodeadm and ended with Kubernetes 1.32, and \
             Windows has no device plugin for MIG.",
        );
    } else if version == "latest" {
        findings.warn(
            place,
            format!("{alias} rolls all nodes whenever AWS publishes an image"),
            format!(
                "Karpenter follows the newest image and replaces every node of the class. Pin a release, for example {}.",
                if family == "al2023" { "al2023@v20261003" } else { "bottlerocket@v1.68.0" }
            ),
        );
    }
}

/// The family of the user data: said outright, or by the alias.
fn family(findings: &mut Findings, spec: &Field<'_>) -> Option<AmiFamily> {
    let field = spec.get("amiFamily");
    let terms = spec.get("amiSelectorTerms").items();
    let alias = terms.iter().find_map(|term| term.get("alias").text());
    let by_alias = alias.and_then(AmiFamily::of_alias);
    let Some(word) = field.text() else {
        // A class without any term has a fault at the terms.
        if alias.is_none() && !terms.is_empty() {
            findings.fault(
                &field,
                "Without an alias the image family must be said",
                "It decides the form of the user data: AL2023, Bottlerocket or Custom.",
            );
        }
        return by_alias;
    };
    let Some(said) = AmiFamily::parse(word) else {
        let detail = if OTHER_FAMILIES.contains(&word) {
            "Karpenter has it, but no MIG: Amazon Linux 2 has no nodeadm and ended with Kubernetes 1.32, and Windows has no \
             device plugin for MIG. Use AL2023, Bottlerocket or Custom."
        } else {
            "It is AL2023, Bottlerocket or Custom."
        };
        findings.fault(
            &field,
            format!("The image family {word:?} cannot be used"),
            detail,
        );
        return None;
    };
    if by_alias.is_some_and(|found| said != found && said != AmiFamily::Custom) {
        let alias = alias.unwrap_or_default();
        findings.fault(
            &field,
            format!("{word} contradicts the alias {alias}"),
            "Leave it out, or use \"Custom\" to have the user data handed on as it is.",
        );
        return None;
    }
    Some(said)
}

pub(super) fn networks(findings: &mut Findings, spec: &Field<'_>) {
    let field = spec.get("subnetSelectorTerms");
    list(findings, &field, true);
    for term in &field.items() {
        id(findings, term, Kind::Subnet);
        tags(findings, term);
        match given(term, &["id", "tags"]).as_slice() {
            [] => needs_one(findings, term, "id or tags"),
            others => by_id_alone(findings, term, others),
        }
    }
    let field = spec.get("securityGroupSelectorTerms");
    list(findings, &field, true);
    for term in &field.items() {
        id(findings, term, Kind::SecurityGroup);
        findings.not_blank(&term.get("name"));
        tags(findings, term);
        match given(term, &["id", "name", "tags"]).as_slice() {
            [] => needs_one(findings, term, "id, name or tags"),
            others @ ["name", "tags"] => alone(findings, term, "name", others),
            others => by_id_alone(findings, term, others),
        }
    }
}

pub(super) fn reservations(findings: &mut Findings, spec: &Field<'_>) {
    let field = spec.get("capacityReservationSelectorTerms");
    list(findings, &field, false);
    for term in &field.items() {
        id(findings, term, Kind::CapacityReservation);
        tags(findings, term);
        findings.one_of(&term.get("instanceMatchCriteria"), &choices::MATCH_CRITERIA);
        let owner = term.get("ownerID");
        let is_account = |owner: &str| owner.len() == 12 && owner.bytes().all(|byte| byte.is_ascii_digit());
        if let Some(account) = owner.text().filter(|account| !is_account(account)) {
            let summary = format!("{account:?} is not an account number");
            findings.fault(&owner, summary, "It has 12 digits.");
        }
        match given(term, &["id", "instanceMatchCriteria", "ownerID", "tags"]).as_slice() {
            [] | ["ownerID"] => needs_one(findings, term, "id, instance match criteria or tags"),
            others => by_id_alone(findings, term, others),
        }
    }
}

pub(super) fn placement_group(findings: &mut Findings, spec: &Field<'_>) {
    let selector = spec.get("placementGroupSelector");
    if !selector.is_given() {
        return;
    }
    id(findings, &selector, Kind::PlacementGroup);
    findings.not_blank(&selector.get("name"));
    match given(&selector, &["id", "name"]).as_slice() {
        [] => needs_one(findings, &selector, "id or name"),
        others => by_id_alone(findings, &selector, others),
    }
}

fn list(findings: &mut Findings, terms: &Field<'_>, needed: bool) {
    findings.at_most(terms, terms.len(), MOST_TERMS);
    if needed && terms.is_empty() {
        findings.fault(terms, "Nothing is selected", "Give at least one term.");
    }
}

fn id(findings: &mut Findings, term: &Field<'_>, kind: Kind) {
    let id = term.get("id");
    findings.ec2(&id, id.text().and_then(|id| kind.fault(id)));
}

fn tags(findings: &mut Findings, term: &Field<'_>) {
    let tags = term.get("tags");
    findings.at_most(&tags, tags.len(), MOST_TAGS);
    let empty = |(key, tag): &(&str, Field<'_>)| key.is_empty() || tag.text() == Some("");
    for (_, tag) in tags.entries().into_iter().filter(empty) {
        findings.fault(
            &tag,
            "A tag to select by has a key and a value",
            "The value \"*\" stands for any.",
        );
    }
}

/// An ID leaves nothing for others to select.
fn by_id_alone(findings: &mut Findings, term: &Field<'_>, given: &[&str]) {
    if given.contains(&"id") {
        alone(findings, term, "id", given);
    }
}

fn alone(findings: &mut Findings, term: &Field<'_>, name: &str, given: &[&str]) {
    let others: Vec<&str> = given
        .iter()
        .filter(|other| **other != name)
        .map(|other| words(other))
        .collect();
    if !others.is_empty() {
        findings.fault(
            term,
            format!("{} selects alone", words(name)),
            format!("Leave {} out, or make another term of it.", others.join(", ")),
        );
    }
}

/// A field in words that need no API at hand.
fn words(name: &str) -> &str {
    match name {
        "ssmParameter" => "SSM parameter",
        "instanceMatchCriteria" => "instance match criteria",
        "ownerID" => "owner",
        name => name,
    }
}

fn needs_one(findings: &mut Findings, term: &Field<'_>, names: &str) {
    findings.fault(term, "The term selects nothing", format!("Give {names}."));
}
