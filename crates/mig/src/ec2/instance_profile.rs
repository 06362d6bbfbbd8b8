//! Rules of instance profiles.

use super::{Given, collector};
use crate::finding::Finding;

/// What is wrong with an instance profile that is given by name or by ARN.
pub fn check(name: Given<&str>, arn: Given<&str>) -> Vec<Finding> {
    let mut faults = collector();
    match (name, arn) {
        (Given::Known(_), Given::Known(_)) => faults.fault(
            "name",
            "name and arn exclude one another",
            "EC2 accepts one of them. Leave out the other.",
        ),
        (Given::Absent, Given::Absent) => faults.fault(
            "",
            "Which instance profile?",
            "Give its name or its arn, or leave it out.",
        ),
        _ => {}
    }
    if let Some(fault) = name.known().and_then(name_fault) {
        faults.take(fault.at("name"));
    }
    if let Some(arn) = arn.known().filter(|arn| profile_of(arn).is_none()) {
        let role = if arn.contains(":role/") {
            "That is the ARN of a role. "
        } else {
            ""
        };
        let detail = format!("{role}It is arn:aws:iam::ACCOUNT:instance-profile/NAME.");
        faults.fault(
            "arn",
            format!("{arn:?} is not the ARN of an instance profile"),
            detail,
        );
    }
    faults.faults
}

/// What is wrong with the name of an instance profile, if anything is. Source: the IAM API's `instanceProfileNameType`.
pub fn name_fault(name: &str) -> Option<Finding> {
    let fault = |detail: String| {
        super::fault(
            "",
            format!("{name:?} is not the name of an instance profile"),
            detail,
        )
    };
    if name.starts_with("arn:") {
        let way = profile_of(name).map_or("Give the name of the profile.".to_owned(), |name| {
            format!("Its name is {name:?}.")
        });
        return Some(fault(format!("It is an ARN. {way}")));
    }
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "_+=,.@-".contains(letter);
    let fits = (1..=128).contains(&name.len()) && name.chars().all(plain);
    (!fits).then(|| fault("It has 1 to 128 letters, digits and _ + = , . @ -.".to_owned()))
}

/// The name at the end of a profile's ARN.
fn profile_of(arn: &str) -> Option<&str> {
    let (head, path) = arn.split_once(":instance-profile/")?;
    let fits = head.starts_with("arn:") && head.contains(":iam:");
    path.rsplit('/').next().filter(|name| fits && !name.is_empty())
}
