//! The look at Systems Manager, and what is said of the image.

use mig::Layout;
use mig::catalog::{Catalog, ImageAlias, ImageFamily, ImageRelease};
use mig::node_group::AmiType;
use tfplug::{Attr, Context, Diagnostic, Diagnostics, Path};

use super::model::{ARCHITECTURES, AmiData};
use super::parameters::{Found, Wanted};
use crate::checked::{Checked, OrDeferred, Withheld};
use crate::connections::Connections;
use crate::facts::Facts;
use crate::findings;

/// Checks the combination of attributes, and gives the image that is asked for with the layout.
///
/// # Errors
/// [`Withheld`]
pub(super) fn wanted(
    config: &AmiData,
    facts: &Facts,
    diags: &mut Diagnostics,
) -> Checked<(Wanted, Option<Layout>)> {
    let family = match config.ami_family.settled().or_deferred()?.map(String::as_str) {
        Some("Bottlerocket") => ImageFamily::Bottlerocket,
        _ => ImageFamily::Al2023,
    };
    let release = release(config, family, diags)?;
    let fips = config.fips.settled().or_deferred()?.copied().unwrap_or_default();
    if fips && family == ImageFamily::Al2023 {
        let detail = "Only images of Bottlerocket are published so: set ami_family = \"Bottlerocket\", or leave it out.";
        diags.error_at(Path::attr("fips"), "There is no such image", detail);
        return Err(Withheld::Invalid);
    }
    let layout = match config.layout.settled().or_deferred()? {
        Some(layout) => Some(layout.resolve(facts, &Path::attr("layout"), diags)?),
        None => None,
    };
    let architecture = architecture(config, layout.as_ref(), facts.catalog(), diags)?;
    let kubernetes = config.kubernetes_version.known().or_deferred()?.clone();
    let wanted = Wanted {
        family,
        kubernetes,
        architecture,
        fips,
        release,
    };
    Ok((wanted, layout))
}

fn release(config: &AmiData, family: ImageFamily, diags: &mut Diagnostics) -> Checked<Option<ImageRelease>> {
    let Some(text) = config.release.settled().or_deferred()? else {
        return Ok(None);
    };
    let form = match family {
        ImageFamily::Al2023 => "v20261003",
        ImageFamily::Bottlerocket => "1.68.0",
    };
    let fits = text.contains('.') == (family == ImageFamily::Bottlerocket);
    match text.parse() {
        Ok(release) if fits => Ok(Some(release)),
        _ => {
            let detail = format!("Found {text:?}; releases of this family are written as {form}.");
            diags.error_at(Path::attr("release"), "The release cannot be read", detail);
            Err(Withheld::Invalid)
        }
    }
}

/// The architecture that is given, which must be the layout's; or the layout's.
fn architecture(
    config: &AmiData,
    layout: Option<&Layout>,
    catalog: &Catalog,
    diags: &mut Diagnostics,
) -> Checked<String> {
    let given = config.architecture.settled().or_deferred()?;
    let of_layout = match layout.map(|layout| AmiType::of(layout, catalog, ImageFamily::Al2023, false)) {
        Some(Ok(AmiType::Al2023Arm)) => Some("arm64"),
        Some(Ok(_)) => Some("x86_64"),
        Some(Err(fault)) => {
            findings::report_at(&[fault], |_| Path::attr("layout"), diags);
            return Err(Withheld::Invalid);
        }
        None => None,
    };
    match (given.map(String::as_str), of_layout) {
        (Some(given), Some(of_layout)) if given != of_layout => {
            let detail = format!(
                "The instance types of the layout are {of_layout}. Leave it out: it follows from the layout."
            );
            diags.error_at(
                Path::attr("architecture"),
                "The layout is for another architecture",
                detail,
            );
            Err(Withheld::Invalid)
        }
        (given, of_layout) => Ok(given.or(of_layout).unwrap_or(ARCHITECTURES[0]).to_owned()),
    }
}

/// Looks the image up.
pub(super) async fn look_up(
    cx: &Context<Connections>,
    region: &Attr<String>,
    wanted: &Wanted,
) -> Result<(Found, String), Diagnostics> {
    if !cx.provider()?.aws_is_known() {
        let detail = "A part of the provider block is known only after apply, so that another account may answer. Let the data source depend \
                      on what that part follows from.";
        return Err(Diagnostic::error("AWS cannot be asked yet", detail).into());
    }
    let regional = cx.provider()?.region(region.as_str()).await;
    let regional = regional.map_err(|error| {
        Diagnostics::from(
            Diagnostic::error("The region cannot be used", error.to_string()).at(Path::attr("region")),
        )
    })?;
    let names = [wanted.image_id(), wanted.release_version()];
    let api = regional.ssm();
    let values = tokio::select! {
        values = api.parameters(&names) => values,
        () = cx.cancel().cancelled() => return Err(Diagnostic::error("Interrupted", "The look at Systems Manager was given up.").into()),
    };
    let values = values.map_err(|error| {
        Diagnostics::from(Diagnostic::error(
            "The image cannot be looked up",
            error.to_string(),
        ))
    })?;
    let region = regional.region().to_owned();
    let found = wanted.found(&values);
    found
        .map(|found| (found, region.clone()))
        .ok_or_else(|| no_such_image(wanted, &region))
}

fn no_such_image(wanted: &Wanted, region: &str) -> Diagnostics {
    let (at, step) = match &wanted.release {
        Some(_) => (
            "release",
            "Check that the release has images of this Kubernetes version (AWS lists them in its release notes), or \
                                leave release out for the recommended one.",
        ),
        None => (
            "kubernetes_version",
            "Check that EKS serves this version, and that the family has images with NVIDIA's driver for it.",
        ),
    };
    let detail = format!(
        "Systems Manager has no parameter {} in {region}. {step}",
        wanted.image_id()
    );
    Diagnostic::error("AWS publishes no such image", detail)
        .at(Path::attr(at))
        .into()
}

/// Warnings about the image that was found: a driver that is too old, known faults.
pub(super) fn warnings(
    wanted: &Wanted,
    found: &Found,
    layout: Option<&Layout>,
    catalog: &Catalog,
) -> Vec<Diagnostic> {
    let Some(release) = &found.release else {
        return Vec::new();
    };
    let mut all: Vec<Diagnostic> = catalog
        .image_faults(wanted.family, release, &wanted.kubernetes)
        .map(|fault| {
            let sources: Vec<&str> = fault.sources.iter().map(|key| catalog.source(key)).collect();
            let detail = format!(
                "{} (Source: {}.) Pin another release by release.",
                fault.fault,
                sources.join("; ")
            );
            let summary = format!("The image {} has a known fault", alias(wanted.family, release));
            Diagnostic::warning(summary, detail).at(Path::attr("release"))
        })
        .collect();
    let alias: Option<ImageAlias> = alias(wanted.family, release).parse().ok();
    if let (Some(layout), Some(alias)) = (layout, alias) {
        let doubts = layout.image_warnings(catalog, &alias);
        all.extend(
            doubts
                .iter()
                .map(|doubt| findings::diagnostic(doubt, |_| Path::attr("release"))),
        );
    }
    all
}

pub(super) fn alias(family: ImageFamily, release: &ImageRelease) -> String {
    format!("{}@{}", family.as_str(), release.text(family))
}

/// The driver that the release has on the layout's nodes; of several the lowest.
pub(super) fn driver(
    wanted: &Wanted,
    found: &Found,
    layout: Option<&Layout>,
    catalog: &Catalog,
) -> Option<String> {
    let release = found.release.as_ref()?;
    let of_node = |name: &str| {
        let family = catalog.instance_type(name)?.family.as_str();
        Some(&catalog.image_driver(wanted.family, release, family)?.driver)
    };
    let drivers: Option<Vec<_>> = layout?
        .nodes()
        .map(|node| of_node(node.instance_type()))
        .collect();
    drivers?.into_iter().min().map(ToString::to_string)
}
