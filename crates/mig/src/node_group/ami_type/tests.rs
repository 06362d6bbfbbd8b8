use super::*;
use crate::layout::LayoutSpec;

fn layout(types: &[&str]) -> Layout {
    let spec = LayoutSpec {
        instance_types: types.iter().map(|name| (*name).to_owned()).collect(),
        slices: Some([("1g".to_owned(), 1)].into()),
        ..LayoutSpec::default()
    };
    Layout::resolve(&spec, Catalog::builtin()).unwrap()
}

fn of(types: &[&str], family: ImageFamily, custom: bool) -> Result<AmiType, Finding> {
    AmiType::of(&layout(types), Catalog::builtin(), family, custom)
}

const X86: &str = "p5.48xlarge";
const ARM: &str = "p6e-gb200.36xlarge";

#[test]
fn what_follows_from_architecture_and_family() {
    use ImageFamily::{Al2023, Bottlerocket};
    for (types, family, custom, expected) in [
        (
            [X86, "p4d.24xlarge"].as_slice(),
            Al2023,
            false,
            "AL2023_x86_64_NVIDIA",
        ),
        (&[ARM], Al2023, false, "AL2023_ARM_64_NVIDIA"),
        (&[X86], Bottlerocket, false, "BOTTLEROCKET_x86_64_NVIDIA"),
        (&[ARM], Bottlerocket, false, "BOTTLEROCKET_ARM_64_NVIDIA"),
        (&[ARM], Bottlerocket, true, "CUSTOM"),
        (&[X86, ARM], Al2023, true, "CUSTOM"),
    ] {
        assert_eq!(of(types, family, custom).unwrap().as_str(), expected);
    }
}

#[test]
fn two_architectures_are_two_groups() {
    let fault = of(&[X86, ARM], ImageFamily::Al2023, false).unwrap_err();
    assert_eq!(fault.path().to_string(), "layout.instance_types");
    assert!(
        fault.detail().contains("Arm's are those of p6e-gb200.36xlarge"),
        "{fault}"
    );
    assert!(fault.detail().contains("x86's those of p5.48xlarge"), "{fault}");
    assert!(
        AmiType::Al2023X86
            .fits(
                &layout(&[X86, ARM]),
                Catalog::builtin(),
                ImageFamily::Al2023,
                false
            )
            .is_some()
    );
}

#[test]
fn words() {
    for found in AmiType::ALL {
        assert_eq!(AmiType::parse(found.as_str()), Ok(found));
        assert_eq!(found.in_request().is_none(), found == AmiType::Custom);
    }
    for (word, reason) in [
        ("AL2_x86_64_GPU", "nodeadm"),
        ("AL2023_x86_64_STANDARD", "NVIDIA's driver"),
        ("AL2023_x86_64_NEURON", "another accelerator"),
        ("WINDOWS_CORE_2025_x86_64", "Windows"),
        ("AL2023_X86_64_NVIDIA", "set ami_type to \"AL2023_x86_64_NVIDIA\""),
        ("", "AL2023_ARM_64_NVIDIA"),
    ] {
        let fault = AmiType::parse(word).unwrap_err().to_string().to_lowercase();
        assert!(fault.contains(&reason.to_lowercase()), "{fault}");
    }
}

#[test]
fn a_chosen_type_against_layout_family_and_image() {
    use ImageFamily::{Al2023, Bottlerocket};
    let said = |chosen: AmiType, types: &[&str], family, custom| {
        let fault = chosen.fits(&layout(types), Catalog::builtin(), family, custom);
        fault.map_or("fits".to_owned(), |fault| fault.to_string())
    };
    for (chosen, types, family, custom, words) in [
        (AmiType::Al2023X86, [X86], Al2023, false, "fits"),
        (AmiType::BottlerocketX86Fips, [X86], Bottlerocket, false, "fits"),
        (AmiType::BottlerocketArmFips, [ARM], Bottlerocket, false, "fits"),
        (AmiType::Custom, [ARM], Al2023, true, "fits"),
        (
            AmiType::BottlerocketX86Fips,
            [ARM],
            Bottlerocket,
            false,
            "another architecture",
        ),
        (
            AmiType::Al2023X86,
            [ARM],
            Al2023,
            false,
            "Set ami_type to \"AL2023_ARM_64_NVIDIA\"",
        ),
        (
            AmiType::Al2023X86,
            [X86],
            Bottlerocket,
            false,
            "The user data is for Bottlerocket",
        ),
        (AmiType::Custom, [X86], Al2023, false, "names no image"),
        (AmiType::Al2023X86, [X86], Al2023, true, "Leave ami_type out"),
    ] {
        let found = said(chosen, &types, family, custom);
        assert!(found.contains(words), "{found}");
        assert!(found == "fits" || found.starts_with("ami_type: "), "{found}");
    }
}
