//! EKS images and the NVIDIA driver that each has.

use std::fmt;
use std::str::FromStr;

use serde::Deserialize;
use thiserror::Error;

use super::{Catalog, Confidence, DriverVersion};

/// A family of EKS images, in Karpenter's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ImageFamily {
    /// Amazon Linux 2023, releases by date: `v20260714`.
    Al2023,
    /// Bottlerocket, releases by version: `1.68.0`.
    Bottlerocket,
}

impl ImageFamily {
    const ALL: [Self; 2] = [Self::Al2023, Self::Bottlerocket];

    /// The word before the `@`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Al2023 => "al2023",
            Self::Bottlerocket => "bottlerocket",
        }
    }
}

/// A release of a family; later ones are greater.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub struct ImageRelease(Vec<u32>);

/// An image as Karpenter's alias names it: `al2023@v20260714`, `bottlerocket@1.68.0`, `al2023@latest`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageAlias {
    text: String,
    /// Its family.
    pub family: ImageFamily,
    /// The release; none for `latest`, which is another one tomorrow.
    pub release: Option<ImageRelease>,
}

/// Why a text names no image.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{0:?} names no EKS image; write al2023@v20261003 or bottlerocket@1.68.0")]
pub struct ImageError(String);

/// From which release on images have a driver.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ImageDriver {
    /// The family.
    pub family: ImageFamily,
    /// First release with it.
    pub since: ImageRelease,
    /// The driver; where a release has several, the lowest.
    pub driver: DriverVersion,
    /// Instance families (`g7`) to which alone it applies; empty for all that no other entry names.
    pub instance_families: Vec<String>,
    /// How sure it is.
    pub confidence: Confidence,
    /// What a reader should know of it.
    pub note: Option<String>,
    /// Keys for [`Catalog::source`].
    pub sources: Vec<String>,
}

/// What is known to be wrong with releases of a family, beside a driver that is too old.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ImageFault {
    /// The family.
    pub family: ImageFamily,
    /// First release with it.
    pub since: ImageRelease,
    /// Last release with it; none while no release without it is known.
    pub until: Option<ImageRelease>,
    /// Kubernetes versions whose images have it; empty for all.
    pub kubernetes: Vec<String>,
    /// What is wrong, as a sentence.
    pub fault: String,
    /// How sure it is.
    pub confidence: Confidence,
    /// Keys for [`Catalog::source`].
    pub sources: Vec<String>,
}

impl FromStr for ImageRelease {
    type Err = ImageError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let numbers = text.strip_prefix('v').unwrap_or(text).split('.');
        let numbers: Result<Vec<u32>, _> = numbers.map(str::parse).collect();
        numbers.map(Self).map_err(|_| ImageError(text.to_owned()))
    }
}

impl TryFrom<String> for ImageRelease {
    type Error = ImageError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl FromStr for ImageAlias {
    type Err = ImageError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let malformed = || ImageError(text.to_owned());
        let (family, release) = text.split_once('@').ok_or_else(malformed)?;
        let family = ImageFamily::ALL
            .into_iter()
            .find(|known| known.as_str() == family)
            .ok_or_else(malformed)?;
        let release = match release {
            "latest" => None,
            // Karpenter trims the v of either.
            _ => Some(release.parse().map_err(|_| malformed())?),
        };
        Ok(Self {
            text: text.to_owned(),
            family,
            release,
        })
    }
}

impl fmt::Display for ImageAlias {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Dates as the images' names have them, versions with dots.
impl ImageRelease {
    /// The release as its family writes it.
    pub fn text(&self, family: ImageFamily) -> String {
        let numbers: Vec<String> = self.0.iter().map(u32::to_string).collect();
        match family {
            ImageFamily::Al2023 => format!("v{}", numbers.join(".")),
            ImageFamily::Bottlerocket => numbers.join("."),
        }
    }
}

impl Catalog {
    /// The driver of a release on an instance family (`p5`); none where the release is older than what is known.
    pub fn image_driver(
        &self,
        family: ImageFamily,
        release: &ImageRelease,
        instance_family: &str,
    ) -> Option<&ImageDriver> {
        let applies = |image: &&ImageDriver| {
            let families = &image.instance_families;
            image.family == family
                && image.since <= *release
                && (families.is_empty() || families.iter().any(|name| name == instance_family))
        };
        // Of two from the same release on, the one for this instance family alone.
        self.images
            .iter()
            .filter(applies)
            .max_by_key(|image| (&image.since, !image.instance_families.is_empty()))
    }

    /// What is known to be wrong with a release for a version of Kubernetes, such as `1.34`.
    pub fn image_faults<'a>(
        &'a self,
        family: ImageFamily,
        release: &'a ImageRelease,
        kubernetes: &'a str,
    ) -> impl Iterator<Item = &'a ImageFault> {
        self.image_faults.iter().filter(move |fault| {
            let versions = &fault.kubernetes;
            fault.family == family
                && fault.since <= *release
                && fault.until.as_ref().is_none_or(|until| release <= until)
                && (versions.is_empty() || versions.iter().any(|version| version == kubernetes))
        })
    }

    /// The newest release of a family that the catalog has seen.
    pub fn newest_image(&self, family: ImageFamily) -> Option<&ImageRelease> {
        self.newest_images.get(&family)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn driver(alias: &str, instance_family: &str) -> Option<String> {
        let alias: ImageAlias = alias.parse().unwrap();
        let found = Catalog::builtin().image_driver(alias.family, &alias.release?, instance_family)?;
        Some(found.driver.to_string())
    }

    #[test]
    fn a_release_has_the_driver_of_the_last_change_before_it() {
        assert_eq!(driver("al2023@v20260714", "p5").as_deref(), Some("580.159.03"));
        assert_eq!(driver("al2023@v20250801", "p5").as_deref(), Some("575.57.08"));
        assert_eq!(driver("al2023@v20240101", "p5"), None);
        assert_eq!(driver("al2023@v20261003", "g7").as_deref(), Some("595"));
        assert_eq!(driver("al2023@v20261003", "g7e").as_deref(), Some("580.159.03"));
        assert_eq!(driver("al2023@latest", "p5"), None);
        assert_eq!(driver("bottlerocket@1.70.0", "p5").as_deref(), Some("580.178.04"));
    }

    #[test]
    fn a_fault_is_of_some_releases_and_versions() {
        let catalog = Catalog::builtin();
        let faults = |release: &str, kubernetes: &str| {
            let release = release.parse().unwrap();
            catalog
                .image_faults(ImageFamily::Al2023, &release, kubernetes)
                .count()
        };
        assert_eq!(faults("v20261003", "1.34"), 1);
        assert_eq!(faults("v20261003", "1.36"), 0);
        assert_eq!(faults("v20260917", "1.34"), 0);
        assert_eq!(faults("v20261101", "1.34"), 0);
        for fault in &catalog.image_faults {
            assert!(fault.fault.ends_with('.') && !fault.sources.is_empty());
            fault
                .sources
                .iter()
                .for_each(|key| assert!(!catalog.source(key).is_empty()));
        }
    }

    #[test]
    fn what_names_no_image() {
        for text in ["al2023", "al2@v20260714", "al2023@", "al2023@new", "@v20260714"] {
            assert!(text.parse::<ImageAlias>().is_err(), "{text:?}");
        }
        let newest = Catalog::builtin().newest_image(ImageFamily::Al2023).unwrap();
        assert_eq!(newest.text(ImageFamily::Al2023), "v20261003");
    }
}
