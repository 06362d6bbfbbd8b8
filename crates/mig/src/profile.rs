//! MIG profile names, as NVIDIA writes them (`1g.10gb`, `1g.10gb+me`) and as Kubernetes sees them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// What every extended resource of a MIG slice starts with under the device plugin's `mixed` strategy.
pub const RESOURCE_PREFIX: &str = "nvidia.com/mig-";

/// The extended resource of a whole GPU, and of a slice under the `single` strategy.
pub const GPU_RESOURCE: &str = "nvidia.com/gpu";

/// What a profile has besides compute and memory, as its suffix says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Attribute {
    /// `+me`: the media engines (JPEG, OFA) that only one slice of a GPU can have.
    Media,
    /// `+me.all`: every media engine of the GPU.
    AllMedia,
    /// `+gfx`: graphics interfaces.
    Graphics,
    /// `-me`: no media engine.
    NoMedia,
}

impl Attribute {
    const ALL: [Attribute; 4] = [Self::Media, Self::AllMedia, Self::Graphics, Self::NoMedia];

    /// The suffix in a profile's name.
    pub fn suffix(self) -> &'static str {
        match self {
            Self::Media => "+me",
            Self::AllMedia => "+me.all",
            Self::Graphics => "+gfx",
            Self::NoMedia => "-me",
        }
    }

    fn from_suffix(suffix: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|attribute| attribute.suffix() == suffix)
    }
}

/// One MIG profile, for example `1g.10gb+me`. Its name depends on the memory that the driver shows; see
/// [`crate::catalog`] for what it is on a given GPU.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Profile {
    /// Compute slices, the number before `g`.
    pub compute_slices: u8,
    /// Memory in GB as the name rounds it.
    pub memory_gb: u16,
    /// The suffix, where there is one.
    pub attribute: Option<Attribute>,
}

/// A profile as users may ask for it: exact, or generic, which each GPU model resolves to its own name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ProfileRef {
    /// `3g.40gb`
    Exact(Profile),
    /// `3g`, `1g+me`: the profile with that many compute slices and the least memory.
    Generic {
        /// Compute slices.
        compute_slices: u8,
        /// The suffix, where there is one.
        attribute: Option<Attribute>,
    },
}

/// Why a text is no profile name.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ProfileError {
    /// Not of the form `Gg.Mgb`.
    #[error(
        "{0:?} is not a MIG profile{hint}; write it as NVIDIA does (3g.40gb, 1g.10gb+me), or generically (3g, 1g+me)",
        hint = meant(.0)
    )]
    Malformed(String),
    /// A suffix that NVIDIA does not use.
    #[error("{name:?} ends in {suffix:?}{hint}; a profile's suffix is +me, +me.all, +gfx or -me", hint = meant(.name))]
    UnknownSuffix {
        /// The whole text.
        name: String,
        /// What follows the memory size.
        suffix: String,
    },
    /// `1c.3g.40gb`: part of a GPU instance.
    #[error(
        "{0:?} names a part of a GPU instance; the device plugin has no resource for it, ask for the whole ({whole})",
        whole = .0.split_once('.').map_or("3g.40gb", |(_, rest)| rest)
    )]
    SplitComputeInstance(String),
    /// A Kubernetes resource name that is not one of a MIG slice.
    #[error("{0:?} is not a MIG resource; it would start with {RESOURCE_PREFIX}")]
    NotAResource(String),
}

/// The profile that a resource's name, another case or a forgotten `b` stand for, as `, did you mean 1g.10gb?`.
fn meant(text: &str) -> String {
    let plain = text.trim().to_lowercase();
    let plain = plain.strip_prefix("nvidia.com/").unwrap_or(&plain);
    let plain = plain
        .strip_prefix("mig-")
        .unwrap_or(plain)
        .replace("gb.", "gb+")
        .replace(' ', "");
    let written = [plain.clone(), format!("{plain}b")];
    let mut right = written
        .iter()
        .filter(|name| *name != text && name.parse::<Profile>().is_ok());
    right
        .next()
        .map_or_else(String::new, |name| format!(", did you mean {name}?"))
}

impl Profile {
    /// The extended resource under the device plugin's `mixed` strategy: `+` becomes `.`, `-` stays
    /// (`nvidia.com/mig-1g.10gb.me`, `nvidia.com/mig-1g.24gb-me`).
    pub fn resource_name(&self) -> String {
        format!("{RESOURCE_PREFIX}{}", self.to_string().replace('+', "."))
    }

    /// The inverse of [`Profile::resource_name`].
    pub fn from_resource_name(resource: &str) -> Result<Self, ProfileError> {
        let not_a_resource = || ProfileError::NotAResource(resource.to_owned());
        let name = resource
            .strip_prefix(RESOURCE_PREFIX)
            .ok_or_else(not_a_resource)?;
        let memory_end = name.find("gb").ok_or_else(not_a_resource)? + 2;
        let (size, suffix) = name.split_at(memory_end);
        let suffix = suffix
            .strip_prefix('.')
            .map_or_else(|| suffix.to_owned(), |rest| format!("+{rest}"));
        format!("{size}{suffix}").parse()
    }

    /// The generic name: `3g` of `3g.40gb`, `1g+me` of `1g.10gb+me`.
    pub fn generic(&self) -> String {
        let suffix = self.attribute.map_or("", Attribute::suffix);
        format!("{}g{suffix}", self.compute_slices)
    }

    /// Whether it takes the media engines that only one slice of a GPU can have.
    pub fn is_media_extended(&self) -> bool {
        matches!(self.attribute, Some(Attribute::Media | Attribute::AllMedia))
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let suffix = self.attribute.map_or("", Attribute::suffix);
        write!(f, "{}g.{}gb{suffix}", self.compute_slices, self.memory_gb)
    }
}

impl fmt::Display for ProfileRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exact(profile) => profile.fmt(f),
            Self::Generic {
                compute_slices,
                attribute,
            } => {
                write!(f, "{compute_slices}g{}", attribute.map_or("", Attribute::suffix))
            }
        }
    }
}

impl FromStr for Profile {
    type Err = ProfileError;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        match name.parse()? {
            ProfileRef::Exact(profile) => Ok(profile),
            ProfileRef::Generic { .. } => Err(ProfileError::Malformed(name.to_owned())),
        }
    }
}

impl FromStr for ProfileRef {
    type Err = ProfileError;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let malformed = || ProfileError::Malformed(name.to_owned());
        let (size, attribute) = split_attribute(name)?;
        if size.split('.').count() == 3 && size.split('.').next().is_some_and(|part| part.ends_with('c')) {
            return Err(ProfileError::SplitComputeInstance(name.to_owned()));
        }
        let (compute, memory) = match size.split_once('.') {
            Some((compute, memory)) => (compute, Some(memory)),
            None => (size, None),
        };
        let compute_slices = number(compute, "g").ok_or_else(malformed)?;
        match memory {
            None => Ok(Self::Generic {
                compute_slices,
                attribute,
            }),
            Some(memory) => {
                let memory_gb = number(memory, "gb").ok_or_else(malformed)?;
                Ok(Self::Exact(Profile {
                    compute_slices,
                    memory_gb,
                    attribute,
                }))
            }
        }
    }
}

fn split_attribute(name: &str) -> Result<(&str, Option<Attribute>), ProfileError> {
    let Some(at) = name.find(['+', '-']) else {
        return Ok((name, None));
    };
    let (size, suffix) = name.split_at(at);
    match Attribute::from_suffix(suffix) {
        Some(attribute) => Ok((size, Some(attribute))),
        None => Err(ProfileError::UnknownSuffix {
            name: name.to_owned(),
            suffix: suffix.to_owned(),
        }),
    }
}

/// A positive number without sign or leading zero, followed by its unit: two spellings of one profile would be two
/// keys of one map.
fn number<T: FromStr>(text: &str, unit: &str) -> Option<T> {
    let digits = text.strip_suffix(unit)?;
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0');
    if plain { digits.parse().ok() } else { None }
}

impl TryFrom<String> for Profile {
    type Error = ProfileError;

    fn try_from(name: String) -> Result<Self, Self::Error> {
        name.parse()
    }
}

impl From<Profile> for String {
    fn from(profile: Profile) -> Self {
        profile.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_nearly_right_are_told() {
        for text in [
            "mig-1g.10gb",
            "nvidia.com/mig-1g.10gb",
            "1G.10GB",
            "1g.10g",
            " 1g.10gb",
        ] {
            let said = text.parse::<ProfileRef>().unwrap_err().to_string();
            assert!(said.contains("did you mean 1g.10gb?"), "{text}: {said}");
        }
        let media = "nvidia.com/mig-1g.10gb.me"
            .parse::<ProfileRef>()
            .unwrap_err()
            .to_string();
        assert!(media.contains("did you mean 1g.10gb+me?"), "{media}");
        let none = "small".parse::<ProfileRef>().unwrap_err().to_string();
        assert!(!none.contains("did you mean"), "{none}");
    }

    #[test]
    fn names_and_resources_are_inverse() {
        for (name, resource) in [
            ("1g.5gb", "nvidia.com/mig-1g.5gb"),
            ("1g.10gb+me", "nvidia.com/mig-1g.10gb.me"),
            ("1g.24gb+me.all", "nvidia.com/mig-1g.24gb.me.all"),
            ("2g.48gb+gfx", "nvidia.com/mig-2g.48gb.gfx"),
            ("1g.24gb-me", "nvidia.com/mig-1g.24gb-me"),
        ] {
            let profile: Profile = name.parse().unwrap();
            assert_eq!(profile.to_string(), name);
            assert_eq!(profile.resource_name(), resource);
            assert_eq!(Profile::from_resource_name(resource), Ok(profile));
        }
    }

    #[test]
    fn generic_names() {
        let generic: ProfileRef = "1g+me".parse().unwrap();
        assert_eq!(generic.to_string(), "1g+me");
        assert_eq!("1g.10gb+me".parse::<Profile>().unwrap().generic(), "1g+me");
        assert!("3g".parse::<Profile>().is_err());
    }

    #[test]
    fn what_is_no_profile_says_why() {
        for name in [
            "", "g", "1g.", "1g.10", "g.10gb", "01g.5gb", "1g.05gb", "1.10gb", "+1g.5gb", "1g 5gb", "0g",
        ] {
            assert!(name.parse::<ProfileRef>().is_err(), "{name:?}");
        }
        assert!(matches!(
            "1g.10gb+meh".parse::<Profile>(),
            Err(ProfileError::UnknownSuffix { .. })
        ));
        let split = "1c.3g.40gb".parse::<Profile>().unwrap_err();
        assert!(
            split.to_string().contains("ask for the whole (3g.40gb)"),
            "{split}"
        );
        assert!(Profile::from_resource_name("nvidia.com/gpu").is_err());
        assert!(Profile::from_resource_name("nvidia.com/mig-1g.5gb.").is_err());
    }
}
