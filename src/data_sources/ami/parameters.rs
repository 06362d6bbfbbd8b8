//! Which parameters of Systems Manager name an image, and what their values say. Source: EKS user guide, "Retrieve recommended Amazon Linux
//! AMI IDs" and "Retrieve recommended Bottlerocket AMI IDs".

use std::collections::BTreeMap;

use mig::catalog::{ImageFamily, ImageRelease};

/// An image that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wanted {
    pub(super) family: ImageFamily,
    pub(super) kubernetes: String,
    /// `x86_64` or `arm64`.
    pub(super) architecture: String,
    pub(super) fips: bool,
    /// None for the recommended one.
    pub(super) release: Option<ImageRelease>,
}

/// What the parameters say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) image_id: String,
    /// As EKS' API names the release.
    pub(super) release_version: String,
    /// None where the release has no date or version that can be read.
    pub(super) release: Option<ImageRelease>,
}

impl Wanted {
    /// What the names of the parameters begin with.
    pub(super) fn prefix(&self) -> String {
        let Self {
            kubernetes,
            architecture,
            ..
        } = self;
        let release = self.release.as_ref().map(|release| release.text(self.family));
        match self.family {
            ImageFamily::Al2023 => {
                let of = format!(
                    "/aws/service/eks/optimized-ami/{kubernetes}/amazon-linux-2023/{architecture}/nvidia"
                );
                match release {
                    Some(release) => {
                        format!("{of}/amazon-eks-node-al2023-{architecture}-nvidia-{kubernetes}-{release}")
                    }
                    None => format!("{of}/recommended"),
                }
            }
            ImageFamily::Bottlerocket => {
                let variant = if self.fips { "nvidia-fips" } else { "nvidia" };
                let release = release.unwrap_or_else(|| "latest".to_owned());
                format!("/aws/service/bottlerocket/aws-k8s-{kubernetes}-{variant}/{architecture}/{release}")
            }
        }
    }

    /// The parameter of the image's ID.
    pub(super) fn image_id(&self) -> String {
        format!("{}/image_id", self.prefix())
    }

    /// The parameter of the release.
    pub(super) fn release_version(&self) -> String {
        let name = match self.family {
            ImageFamily::Al2023 => "release_version",
            ImageFamily::Bottlerocket => "image_version",
        };
        format!("{}/{name}", self.prefix())
    }

    /// What the values of these parameters say; none where there is no such image.
    pub(super) fn found(&self, values: &BTreeMap<String, String>) -> Option<Found> {
        let release_version = values.get(&self.release_version())?.clone();
        Some(Found {
            image_id: values.get(&self.image_id())?.clone(),
            release: self
                .release
                .clone()
                .or_else(|| release(self.family, &release_version)),
            release_version,
        })
    }

    /// The image's type, in EKS' words.
    pub(super) fn ami_type(&self) -> String {
        let family = match self.family {
            ImageFamily::Al2023 => "AL2023",
            ImageFamily::Bottlerocket => "BOTTLEROCKET",
        };
        let architecture = if self.architecture == "arm64" {
            "ARM_64"
        } else {
            "x86_64"
        };
        let fips = if self.fips { "_FIPS" } else { "" };
        format!("{family}_{architecture}_NVIDIA{fips}")
    }
}

/// `1.34.1-20261003` of AL2023 is the release `v20261003`, and `1.68.0-1a2b3c4d` of Bottlerocket `1.68.0`.
fn release(family: ImageFamily, version: &str) -> Option<ImageRelease> {
    let (first, last) = version.split_once('-')?;
    match family {
        ImageFamily::Al2023 => last.parse().ok(),
        ImageFamily::Bottlerocket => first.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use mig::node_group::AmiType;

    use super::*;

    fn wanted(family: ImageFamily, release: Option<&str>) -> Wanted {
        Wanted {
            family,
            kubernetes: "1.34".to_owned(),
            architecture: "arm64".to_owned(),
            fips: false,
            release: release.map(|text| text.parse().unwrap()),
        }
    }

    #[test]
    fn parameters_have_the_names_that_aws_documents() {
        let names = |family, release| wanted(family, release).image_id();
        assert_eq!(
            names(ImageFamily::Al2023, None),
            "/aws/service/eks/optimized-ami/1.34/amazon-linux-2023/arm64/nvidia/recommended/image_id"
        );
        assert_eq!(
            names(ImageFamily::Al2023, Some("v20261003")),
            "/aws/service/eks/optimized-ami/1.34/amazon-linux-2023/arm64/nvidia/amazon-eks-node-al2023-arm64-nvidia-1.34-v20261003/image_id"
        );
        assert_eq!(
            names(ImageFamily::Bottlerocket, Some("1.68.0")),
            "/aws/service/bottlerocket/aws-k8s-1.34-nvidia/arm64/1.68.0/image_id"
        );
        let latest = wanted(ImageFamily::Bottlerocket, None);
        assert_eq!(
            latest.release_version(),
            "/aws/service/bottlerocket/aws-k8s-1.34-nvidia/arm64/latest/image_version"
        );
    }

    #[test]
    fn a_release_is_read_off_its_version() {
        let text = |family, version| release(family, version).map(|release| release.text(family));
        assert_eq!(
            text(ImageFamily::Al2023, "1.34.1-20261003").as_deref(),
            Some("v20261003")
        );
        assert_eq!(
            text(ImageFamily::Bottlerocket, "1.68.0-1a2b3c4d").as_deref(),
            Some("1.68.0")
        );
        assert_eq!(text(ImageFamily::Al2023, "new"), None);
    }

    #[test]
    fn types_are_eks_words() {
        for family in [ImageFamily::Al2023, ImageFamily::Bottlerocket] {
            for architecture in ["x86_64", "arm64"] {
                let wanted = Wanted {
                    architecture: architecture.to_owned(),
                    fips: family == ImageFamily::Bottlerocket,
                    ..wanted(family, None)
                };
                assert!(
                    AmiType::parse(&wanted.ami_type()).is_ok(),
                    "{}",
                    wanted.ami_type()
                );
            }
        }
    }
}
