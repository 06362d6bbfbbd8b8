use super::*;

#[test]
fn a_path_says_where() {
    let path = FieldPath::of("gpus").index(0).attr("slices").key("1g.10gb");
    assert_eq!(path.to_string(), r#"gpus[0].slices["1g.10gb"]"#);
    assert_eq!(path.last_attribute(), Some("slices"));
    assert!(FieldPath::from("").is_empty());
}

#[test]
fn a_finding_says_place_fact_and_next_step() {
    let finding = Finding::error(FindingKind::Ec2, "No size", "Give one.");
    assert_eq!(finding.to_string(), "No size. Give one.");
    assert_eq!(finding.clone().at("ebs").to_string(), "ebs: No size. Give one.");
    assert_eq!(finding.severity(), Severity::Error);
    assert_eq!(finding.problem(), None);
    let warning = Finding::warning(FindingKind::Manifest, "It may surprise", "So it is.");
    assert_eq!(warning.severity(), Severity::Warning);
}

#[test]
fn ways_out_follow_the_reason_one_of_them_is_enough() {
    let write = Remedy::Write("market_type".into(), "spot".into());
    let advice = Advice::new(
        "They are of Spot.",
        [write, Remedy::Remove("spot_options".into())],
    );
    let finding = Finding::error(FindingKind::Ec2, "Which market", &advice);
    assert_eq!(finding.detail(), "They are of Spot.");
    assert_eq!(finding.remedies().len(), 2);
    assert_eq!(
        finding.to_string(),
        "Which market. They are of Spot. Set market_type to \"spot\", or leave spot_options out."
    );
}
