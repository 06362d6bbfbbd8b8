//! Which image EKS boots.

use std::collections::BTreeSet;

use crate::catalog::{Catalog, ImageFamily};
use crate::finding::{Advice, FieldPath, Finding, FindingKind, Remedy};
use crate::layout::Layout;

/// EKS' `amiType`, as far as the nodes have NVIDIA's driver and read our user data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum AmiType {
    /// Amazon Linux 2023 for processors of Intel and AMD.
    Al2023X86,
    /// Amazon Linux 2023 for Arm.
    Al2023Arm,
    /// Bottlerocket for processors of Intel and AMD.
    BottlerocketX86,
    /// Bottlerocket for Arm.
    BottlerocketArm,
    /// Bottlerocket with cryptography by FIPS 140-3, for processors of Intel and AMD.
    BottlerocketX86Fips,
    /// Bottlerocket with cryptography by FIPS 140-3, for Arm.
    BottlerocketArmFips,
    /// The image that the launch template names. EKS refuses any `amiType` beside one, so a request leaves this out.
    Custom,
}

impl AmiType {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Al2023X86,
        Self::Al2023Arm,
        Self::BottlerocketX86,
        Self::BottlerocketArm,
        Self::BottlerocketX86Fips,
        Self::BottlerocketArmFips,
        Self::Custom,
    ];

    /// EKS' word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Al2023X86 => "AL2023_x86_64_NVIDIA",
            Self::Al2023Arm => "AL2023_ARM_64_NVIDIA",
            Self::BottlerocketX86 => "BOTTLEROCKET_x86_64_NVIDIA",
            Self::BottlerocketArm => "BOTTLEROCKET_ARM_64_NVIDIA",
            Self::BottlerocketX86Fips => "BOTTLEROCKET_x86_64_NVIDIA_FIPS",
            Self::BottlerocketArmFips => "BOTTLEROCKET_ARM_64_NVIDIA_FIPS",
            Self::Custom => "CUSTOM",
        }
    }

    /// The word in a request to EKS; none beside an image of one's own.
    pub fn in_request(self) -> Option<&'static str> {
        (self != Self::Custom).then(|| self.as_str())
    }

    /// The type of that word, or why nodes of it have no slices.
    pub fn parse(word: &str) -> Result<Self, Finding> {
        if let Some(found) = Self::ALL.into_iter().find(|found| found.as_str() == word) {
            return Ok(found);
        }
        let same = Self::ALL
            .into_iter()
            .find(|found| found.as_str().eq_ignore_ascii_case(word));
        let reason = match word {
            _ if same.is_some() => "EKS tells capitals from small letters.",
            "AL2_x86_64_GPU" => "Images of Amazon Linux 2 have no nodeadm, which reads the user data.",
            _ if word.starts_with("WINDOWS") => "Windows nodes cannot cut GPUs.",
            _ if word.ends_with("_NEURON") => "Its images have the driver of another accelerator.",
            _ => "Nodes with slices boot an image with NVIDIA's driver.",
        };
        let ways = match same {
            Some(same) => vec![Remedy::write("ami_type", same.as_str())],
            None => vec![Remedy::Words(format!(
                "choose one of {}",
                Self::ALL.map(Self::as_str).join(", ")
            ))],
        };
        Err(fault(
            "ami_type",
            format!("{word:?} is not an image for nodes with slices"),
            Advice::new(reason, ways),
        ))
    }

    /// The type that follows from what a group boots: the architecture of its instance types and the family of its image.
    /// Instance types of two architectures are a fault, for EKS boots one image in a group, unless the launch template names
    /// an image of the user's own.
    pub fn of(
        layout: &Layout,
        catalog: &Catalog,
        family: ImageFamily,
        custom_image: bool,
    ) -> Result<Self, Finding> {
        if custom_image {
            return Ok(Self::Custom);
        }
        let arm = arm(layout, catalog)?;
        Ok(match (family, arm) {
            (ImageFamily::Al2023, false) => Self::Al2023X86,
            (ImageFamily::Al2023, true) => Self::Al2023Arm,
            (ImageFamily::Bottlerocket, false) => Self::BottlerocketX86,
            (ImageFamily::Bottlerocket, true) => Self::BottlerocketArm,
        })
    }

    /// Where this type, which a user chose, contradicts the layout, the image family of the user data or an image of the
    /// user's own.
    pub fn fits(
        self,
        layout: &Layout,
        catalog: &Catalog,
        family: ImageFamily,
        custom_image: bool,
    ) -> Option<Finding> {
        let wanted = match Self::of(layout, catalog, family, custom_image) {
            Ok(wanted) => wanted,
            Err(fault) => return Some(fault),
        };
        if self.without_fips() == wanted {
            return None;
        }
        let way = match wanted {
            Self::Custom => Remedy::Remove("ami_type".to_owned()),
            _ => Remedy::write("ami_type", wanted.as_str()),
        };
        let advice = Advice::new(self.why_not(wanted, layout, family), [way]);
        Some(fault(
            "ami_type",
            format!("{} does not fit", self.as_str()),
            advice,
        ))
    }

    fn why_not(self, wanted: Self, layout: &Layout, family: ImageFamily) -> String {
        if wanted == Self::Custom {
            "The launch template names an image, and EKS refuses a type of image beside it.".to_owned()
        } else if self == Self::Custom {
            "The launch template names no image.".to_owned()
        } else if self.family() != wanted.family() {
            format!(
                "The user data is for {}, and another system would not read it.",
                name(family)
            )
        } else {
            let types: Vec<&str> = layout.nodes().map(|node| node.instance_type()).collect();
            format!(
                "The processors of {} are of another architecture.",
                types.join(", ")
            )
        }
    }

    fn without_fips(self) -> Self {
        match self {
            Self::BottlerocketX86Fips => Self::BottlerocketX86,
            Self::BottlerocketArmFips => Self::BottlerocketArm,
            other => other,
        }
    }

    fn family(self) -> Option<ImageFamily> {
        match self.without_fips() {
            Self::Al2023X86 | Self::Al2023Arm => Some(ImageFamily::Al2023),
            Self::Custom => None,
            _ => Some(ImageFamily::Bottlerocket),
        }
    }
}

fn name(family: ImageFamily) -> &'static str {
    match family {
        ImageFamily::Al2023 => "Amazon Linux 2023",
        ImageFamily::Bottlerocket => "Bottlerocket",
    }
}

/// Whether the processors of a layout's instance types are Arm's.
fn arm(layout: &Layout, catalog: &Catalog) -> Result<bool, Finding> {
    let types = layout
        .nodes()
        .filter_map(|node| catalog.instance_type(node.instance_type()));
    let (arm, other): (BTreeSet<_>, BTreeSet<_>) = types
        .map(|found| (found.architecture == "arm64", found.name.as_str()))
        .partition(|(arm, _)| *arm);
    let names = |types: &BTreeSet<(bool, &str)>| {
        let names: Vec<&str> = types.iter().map(|(_, name)| *name).collect();
        names.join(", ")
    };
    if !arm.is_empty() && !other.is_empty() {
        let detail = format!(
            "Arm's are those of {}, and x86's those of {}. EKS boots one image in a group. Make a group for each.",
            names(&arm),
            names(&other)
        );
        let place = FieldPath::of("layout").attr("instance_types");
        return Err(fault(
            place,
            "The instance types have processors of two architectures",
            detail,
        ));
    }
    Ok(!arm.is_empty())
}

fn fault(place: impl Into<FieldPath>, summary: impl Into<String>, advice: impl Into<Advice>) -> Finding {
    Finding::error(FindingKind::NodeGroup, summary, advice).at(place)
}

#[cfg(test)]
mod tests;
