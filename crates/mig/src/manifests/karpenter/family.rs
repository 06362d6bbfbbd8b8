//! Families of machine images, which decide how user data reads.

/// An image family for which this crate has user data.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum AmiFamily {
    /// Amazon Linux 2023: Karpenter adds its part to our MIME document.
    #[default]
    Al2023,
    /// Bottlerocket: settings as TOML, and a device plugin of its own.
    Bottlerocket,
    /// An image of one's own: Karpenter hands the user data on as it is.
    Custom,
}

impl AmiFamily {
    const ALL: [Self; 3] = [Self::Al2023, Self::Bottlerocket, Self::Custom];

    /// Karpenter's word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Al2023 => "AL2023",
            Self::Bottlerocket => "Bottlerocket",
            Self::Custom => "Custom",
        }
    }

    /// The family of that name, if it is one of these.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|family| family.as_str() == word)
    }

    /// The family of an alias such as `al2023@v20261003`, if it is one of these.
    pub(super) fn of_alias(alias: &str) -> Option<Self> {
        match alias.split('@').next()? {
            "al2023" => Some(Self::Al2023),
            "bottlerocket" => Some(Self::Bottlerocket),
            _ => None,
        }
    }
}
