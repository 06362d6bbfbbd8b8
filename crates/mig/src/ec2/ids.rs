//! The form of IDs. EC2 makes them of 8 or 17 hexadecimal digits; simulators make shorter ones with other letters, so that
//! only the prefix and plain letters are asked for.

use crate::finding::Finding;

/// What an ID is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `ami-...`
    Image,
    /// `cr-...`
    CapacityReservation,
    /// `eni-...`
    Interface,
    /// `pg-...`
    PlacementGroup,
    /// `sg-...`
    SecurityGroup,
    /// `snap-...`
    Snapshot,
    /// `subnet-...`
    Subnet,
}

impl Kind {
    const ALL: [Kind; 7] = [
        Self::Image,
        Self::CapacityReservation,
        Self::Interface,
        Self::PlacementGroup,
        Self::SecurityGroup,
        Self::Snapshot,
        Self::Subnet,
    ];

    /// What the ID begins with.
    pub fn prefix(self) -> &'static str {
        match self {
            Self::Image => "ami-",
            Self::CapacityReservation => "cr-",
            Self::Interface => "eni-",
            Self::PlacementGroup => "pg-",
            Self::SecurityGroup => "sg-",
            Self::Snapshot => "snap-",
            Self::Subnet => "subnet-",
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Image => "an image",
            Self::CapacityReservation => "a capacity reservation",
            Self::Interface => "a network interface",
            Self::PlacementGroup => "a placement group",
            Self::SecurityGroup => "a security group",
            Self::Snapshot => "a snapshot",
            Self::Subnet => "a subnet",
        }
    }

    /// What is wrong with an ID, if anything is.
    pub fn fault(self, id: &str) -> Option<Finding> {
        let plain = |byte: u8| byte.is_ascii_digit() || byte.is_ascii_lowercase();
        let rest = id.strip_prefix(self.prefix());
        if rest.is_some_and(|rest| !rest.is_empty() && rest.bytes().all(plain)) {
            return None;
        }
        let prefix = self.prefix();
        let other = Self::ALL
            .into_iter()
            .find(|other| *other != self && id.starts_with(other.prefix()));
        let found = other.map_or(String::new(), |other| {
            format!("That is the ID of {}. ", other.name())
        });
        let detail =
            format!("{found}It is {prefix} and lower case letters and digits: {prefix}0123456789abcdef0.");
        let summary = format!("{id:?} is not the ID of {}", self.name());
        Some(super::fault(Vec::new(), summary, detail))
    }
}

/// What is wrong with the image of a template: an ID, or a parameter that holds one.
pub fn image(text: &str) -> Option<Finding> {
    let parameter = text.strip_prefix("resolve:ssm:");
    if parameter.is_some_and(|name| !name.trim().is_empty()) {
        return None;
    }
    Kind::Image.fault(text)
}

/// What is wrong with the name of a KMS key, if anything is: ID, ARN, or alias.
pub fn kms_key(text: &str) -> Option<Finding> {
    let hex = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let id = |text: &str| {
        text.strip_prefix("mrk-").is_some_and(hex)
            || text.split('-').map(str::len).eq([8, 4, 4, 4, 12]) && text.split('-').all(hex)
    };
    let alias = |text: &str| text.strip_prefix("alias/").is_some_and(|name| !name.is_empty());
    let arn = text.strip_prefix("arn:").and_then(|rest| {
        let mut fields = rest.splitn(5, ':').skip(1);
        let service = fields.next()?;
        let resource = fields.nth(2)?;
        Some(service == "kms" && (resource.starts_with("key/") || alias(resource)))
    });
    if arn.unwrap_or(false) || alias(text) || id(text) {
        return None;
    }
    Some(super::fault(
        "",
        format!("{text:?} names no KMS key"),
        "Give the key's ARN (arn:aws:kms:REGION:ACCOUNT:key/ID), its ID, or alias/NAME.",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_begin_with_what_they_are_of() {
        assert_eq!(Kind::SecurityGroup.fault("sg-0123456789abcdef0"), None);
        assert_eq!(Kind::Subnet.fault("subnet-0a"), None);
        for wrong in ["sg", "sg-", "sg-0A", "SG-01", " sg-01", "sg-01 ", "default"] {
            assert!(Kind::SecurityGroup.fault(wrong).is_some(), "{wrong}");
        }
        let fault = Kind::SecurityGroup.fault("subnet-0a").unwrap();
        assert!(fault.to_string().contains("the ID of a subnet"), "{fault}");
        assert_eq!(image("resolve:ssm:/golden/ami"), None);
        assert!(image("resolve:ssm:").is_some() && image("golden").is_some());
    }

    #[test]
    fn keys_have_an_id_an_arn_or_an_alias() {
        for right in [
            "alias/ebs",
            "mrk-1234abcd12ab34cd56ef1234567890ab",
            "1234abcd-12ab-34cd-56ef-1234567890ab",
            "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
            "arn:aws-us-gov:kms:us-gov-west-1:123456789012:alias/ebs",
        ] {
            assert_eq!(kms_key(right), None, "{right}");
        }
        for wrong in [
            "",
            "ebs",
            "alias/",
            "arn:aws:iam::123456789012:role/key",
            "1234abcd",
        ] {
            assert!(kms_key(wrong).is_some(), "{wrong}");
        }
    }
}
