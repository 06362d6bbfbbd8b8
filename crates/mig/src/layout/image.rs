//! A layout against the driver of the EKS image that its nodes boot.

use super::{Layout, NodeLayout};
use crate::catalog::{Catalog, DriverVersion, ImageAlias, ImageDriver, ImageFamily};
use crate::finding::{Finding, FindingKind};

/// What may be wrong with an image for a layout. Nothing for a layout without slices: sharing needs no driver of its own.
pub(super) fn warnings(layout: &Layout, catalog: &Catalog, image: &ImageAlias) -> Vec<Finding> {
    let cut = layout.nodes().filter(|node| node.is_cut());
    let per_node = cut.filter_map(|node| driver_warning(node, catalog, image));
    latest(catalog, image).into_iter().chain(per_node).collect()
}

fn warning(summary: String, detail: String) -> Finding {
    Finding::warning(FindingKind::LayoutDoubt, summary, detail).at("ami_alias")
}

/// `latest` is another image tomorrow, and each one rolls every node.
fn latest(catalog: &Catalog, image: &ImageAlias) -> Option<Finding> {
    if image.release.is_some() {
        return None;
    }
    let detail = format!(
        "A new image replaces every node, and brings a driver that was not checked here. Pin a release{}.",
        pin(catalog, image.family)
    );
    Some(warning(
        format!("{image} is another image whenever AWS releases one"),
        detail,
    ))
}

/// `, for example al2023@v20261003`
fn pin(catalog: &Catalog, family: ImageFamily) -> String {
    let newest = catalog.newest_image(family);
    newest.map_or_else(String::new, |release| {
        format!(", for example {}@{}", family.as_str(), release.text(family))
    })
}

fn driver_warning(node: &NodeLayout, catalog: &Catalog, image: &ImageAlias) -> Option<Finding> {
    let (floor, wants) = floor(node, catalog)?;
    let instance_type = node.instance_type();
    let family = catalog.instance_type(instance_type)?.family.as_str();
    let release = image
        .release
        .as_ref()
        .or_else(|| catalog.newest_image(image.family))?;
    let Some(found) = catalog.image_driver(image.family, release, family) else {
        let detail = format!(
            "{wants} needs driver {floor} on {instance_type}, and the catalog does not know the drivers of releases as \
             old as this one. Pin a newer one{}.",
            pin(catalog, image.family)
        );
        return Some(warning(format!("The driver of {image} is not known"), detail));
    };
    if found.driver >= floor {
        return None;
    }
    let summary = format!("The driver of {image} is too old for {instance_type}");
    let sources: Vec<&str> = found.sources.iter().map(|key| catalog.source(key)).collect();
    let detail = format!(
        "It has {}, and {wants} needs {floor} (source: {}). {} A node whose driver is too old does not join.",
        found.driver,
        sources.join("; "),
        remedy(catalog, image.family, family, &floor)
    );
    Some(warning(summary, detail))
}

/// What to pin instead, if anything known will do.
fn remedy(catalog: &Catalog, family: ImageFamily, instance_family: &str, floor: &DriverVersion) -> String {
    let newest = catalog.newest_image(family);
    let driver = newest.and_then(|release| catalog.image_driver(family, release, instance_family));
    let serves = |driver: &&ImageDriver| driver.driver >= *floor;
    match driver.filter(serves) {
        Some(found) => format!("Pin {}@{} or later.", family.as_str(), found.since.text(family)),
        None => {
            "No release that the catalog knows has it: use an image of your own with that driver.".to_owned()
        }
    }
}

/// The first driver that can make a node's slices, and what needs it.
fn floor(node: &NodeLayout, catalog: &Catalog) -> Option<(DriverVersion, String)> {
    let gpu = catalog.gpu(node.gpu().id.as_deref()?)?;
    let of_type = node.gpu().min_driver.as_deref();
    let of_gpu = of_type
        .or(gpu.min_driver.as_deref())
        .and_then(|text| text.parse().ok());
    let of_gpu = of_gpu.map(|driver: DriverVersion| (driver, format!("MIG on {}", gpu.product)));
    let of_profiles = node.slices().into_keys().filter_map(|profile| {
        let branch = gpu.profile(profile)?.min_driver_branch.as_deref()?;
        Some((DriverVersion::of_branch(branch).ok()?, profile.to_string()))
    });
    of_gpu.into_iter().chain(of_profiles).max_by(|a, b| a.0.cmp(&b.0))
}

#[cfg(test)]
mod tests {
    use crate::{Catalog, Layout, LayoutSpec};

    fn warnings(instance_type: &str, profile: &str, image: &str) -> Vec<String> {
        let spec = LayoutSpec {
            instance_types: vec![instance_type.into()],
            slices: Some([(profile.to_owned(), 1)].into()),
            ..LayoutSpec::default()
        };
        let layout = Layout::resolve(&spec, Catalog::builtin()).unwrap();
        let found = layout.image_warnings(Catalog::builtin(), &image.parse().unwrap());
        found
            .iter()
            .map(|w| format!("{}. {}", w.summary(), w.detail()))
            .collect()
    }

    #[test]
    fn a_driver_that_is_too_old_names_what_to_pin() {
        let old = warnings("p6-b300.48xlarge", "1g", "al2023@v20251007");
        assert_eq!(old.len(), 1, "{old:?}");
        assert!(
            old[0].contains("It has 570.195.03, and MIG on") && old[0].contains("needs 580.82.07"),
            "{old:?}"
        );
        assert!(old[0].contains("Pin al2023@v20260917 or later"), "{old:?}");
        assert!(warnings("p6-b300.48xlarge", "1g", "al2023@v20260714").is_empty());
        assert!(warnings("p5.48xlarge", "1g", "al2023@v20251007").is_empty());
    }

    #[test]
    fn where_no_known_image_will_do_an_own_one_is_advised() {
        let gb300 = warnings("p6e-gb300.36xlarge", "1g", "bottlerocket@1.68.0");
        assert!(gb300[0].contains("an image of your own"), "{gb300:?}");
    }

    #[test]
    fn what_is_not_known_or_not_pinned_is_said() {
        let ancient = warnings("p5.48xlarge", "1g", "al2023@v20240101");
        assert!(ancient[0].contains("not known"), "{ancient:?}");
        let latest = warnings("p5.48xlarge", "1g", "al2023@latest");
        assert!(
            latest.len() == 1 && latest[0].contains("al2023@v20261003"),
            "{latest:?}"
        );
    }
}
