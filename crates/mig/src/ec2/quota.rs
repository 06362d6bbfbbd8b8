//! The quotas of an account that bound how many instances of a type it can run at once.

/// How instances are bought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Purchase {
    /// On demand.
    OnDemand,
    /// Spot.
    Spot,
}

/// The code, in the service `ec2` of Service Quotas, of the quota that counts the virtual CPUs of all running instances of a type's kind;
/// none where AWS publishes none, as for Spot instances of the generation P6.
///
/// Source: "On-Demand Instance quotas" and "Spot Instance quotas" in the EC2 User Guide, and the codes that `aws service-quotas
/// list-service-quotas --service-code ec2` answers with, November 2026.
pub fn vcpu_quota_code(instance_type: &str, purchase: Purchase) -> Option<&'static str> {
    let family = instance_type.split('.').next()?;
    let (kind, rest) = family.split_at_checked(family.find(|c: char| c.is_ascii_digit())?)?;
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    let generation: u32 = digits.parse().ok()?;
    match (kind, generation, purchase) {
        // "Running On-Demand P instances"
        ("p", _, Purchase::OnDemand) => Some("L-417A185B"),
        // "All P4, P3 and P2 Spot Instance Requests"
        ("p", 2..=4, Purchase::Spot) => Some("L-7212CCBC"),
        // "All P5 Spot Instance Requests"
        ("p", 5, Purchase::Spot) => Some("L-C4BD4855"),
        // "Running On-Demand G and VT instances"
        ("g" | "gr", _, Purchase::OnDemand) => Some("L-DB2E81BA"),
        // "All G and VT Spot Instance Requests"
        ("g" | "gr", _, Purchase::Spot) => Some("L-3819A6DF"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;

    #[test]
    fn each_kind_has_its_quota() {
        let of = |instance_type| {
            [Purchase::OnDemand, Purchase::Spot].map(|purchase| vcpu_quota_code(instance_type, purchase))
        };
        assert_eq!(of("p4d.24xlarge"), [Some("L-417A185B"), Some("L-7212CCBC")]);
        assert_eq!(of("p5en.48xlarge"), [Some("L-417A185B"), Some("L-C4BD4855")]);
        assert_eq!(of("p6-b200.48xlarge"), [Some("L-417A185B"), None]);
        assert_eq!(of("g7e.12xlarge"), [Some("L-DB2E81BA"), Some("L-3819A6DF")]);
        assert_eq!(of("gr6.4xlarge"), of("g6.4xlarge"));
        assert_eq!(of("m7i.large"), [None, None]);
        assert_eq!(of(""), [None, None]);
    }

    #[test]
    fn every_type_of_the_catalog_can_be_bounded_on_demand() {
        for found in Catalog::builtin().instance_types() {
            assert!(
                vcpu_quota_code(&found.name, Purchase::OnDemand).is_some(),
                "{}",
                found.name
            );
        }
    }
}
