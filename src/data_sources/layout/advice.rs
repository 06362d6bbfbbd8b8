//! What a layout is asked about beside itself: the image of its nodes, the language model of its pods.

use std::collections::BTreeMap;

use mig::catalog::{Catalog, ImageAlias};
use mig::layout::NodeLayout;
use mig::model_fit::{ModelNeed, ModelSpec};
use mig::{Gpu, Layout};
use tfplug::{Diagnostic, Diagnostics, Path};

use super::model::{LanguageModel, LayoutData, ModelFitData, ModelMemoryData};
use crate::findings::{below, diagnostic, report};

/// The image, if one is given that is known and right; `diags` gets what is wrong with it.
pub(super) fn image(config: &LayoutData, diags: &mut Diagnostics) -> Option<ImageAlias> {
    let alias = config.ami_alias.known()?.parse::<ImageAlias>();
    alias
        .map_err(|error| {
            let detail =
                format!("{error}. Releases are those of AWS; al2023@latest is possible and not advised.");
            diags.error_at(Path::attr("ami_alias"), "The image cannot be read", detail);
        })
        .ok()
}

/// What the model needs, if one is given whose figures are known and right; `diags` gets what is wrong with it.
pub(super) fn need(config: &LayoutData, diags: &mut Diagnostics) -> Option<ModelNeed> {
    let spec = config.model.known()?.spec()?;
    spec.need()
        .map_err(|faults| report(&faults, &Path::attr("model"), diags))
        .ok()
}

impl LanguageModel {
    fn spec(&self) -> Option<ModelSpec> {
        Some(ModelSpec {
            parameters_b: *self.parameters_b.known()?,
            bytes_per_parameter: *self.bytes_per_parameter.known()?,
            context: *self.context.known()?,
            batch: self.batch.settled()?.copied().unwrap_or(1),
            cache_bytes_per_token: self.cache_bytes_per_token.settled()?.copied(),
        })
    }
}

/// The image's warnings, at its attribute.
pub(super) fn image_warnings(layout: &Layout, catalog: &Catalog, image: &ImageAlias) -> Vec<Diagnostic> {
    let found = layout.image_warnings(catalog, image);
    let shown = |warning| diagnostic(warning, |path| below(&Path::root(), path));
    found.iter().map(shown).collect()
}

/// What the model needs, as the data source shows it.
pub(super) fn memory(need: &ModelNeed) -> ModelMemoryData {
    ModelMemoryData {
        weights_gib: hundredths(need.weights_gib).into(),
        cache_gib: hundredths(need.cache_gib).into(),
        total_gib: hundredths(need.total_gib()).into(),
    }
}

fn hundredths(gib: f64) -> f64 {
    (gib * 100.0).round() / 100.0
}

/// Which slices of a node hold the model; none where MIG is impossible.
pub(super) fn fit(node: &NodeLayout, catalog: &Catalog, need: &ModelNeed) -> Option<ModelFitData> {
    let gpu = gpu(node, catalog)?;
    let slices = need.on_slices(gpu, node).into_iter();
    let named = slices.map(|(profile, fits)| (profile.to_string(), fits));
    Some(ModelFitData {
        slices: named.collect::<BTreeMap<_, _>>().into(),
        least_profile: need.least_profile(gpu).map(|profile| profile.to_string()).into(),
    })
}

fn gpu<'c>(node: &NodeLayout, catalog: &'c Catalog) -> Option<&'c Gpu> {
    catalog.gpu(node.gpu().id.as_deref()?)
}

/// A warning for each node on which no slice holds the model.
pub(super) fn model_warnings(layout: &Layout, catalog: &Catalog, need: &ModelNeed) -> Vec<Diagnostic> {
    let too_small = |node: &&NodeLayout| {
        let fits = gpu(node, catalog).map(|gpu| need.on_slices(gpu, node));
        node.whole_gpus() == 0 && fits.is_some_and(|fits| fits.iter().all(|(_, fits)| !fits))
    };
    let nodes = layout.nodes().filter(too_small);
    nodes.map(|node| too_small_warning(node, catalog, need)).collect()
}

fn too_small_warning(node: &NodeLayout, catalog: &Catalog, need: &ModelNeed) -> Diagnostic {
    let least = gpu(node, catalog).and_then(|gpu| need.least_profile(gpu));
    let way_out = match least {
        Some(profile) => format!("The least profile that holds it there is {profile}."),
        None => "Not even a whole GPU of it does: serve it on several whole GPUs, or quantise it.".to_owned(),
    };
    let detail = format!(
        "It needs {} GiB for weights and {} GiB of cache, and a slice offers nine tenths of its memory. {way_out}",
        hundredths(need.weights_gib),
        hundredths(need.cache_gib)
    );
    let summary = format!("No slice of {} holds the model", node.instance_type());
    Diagnostic::warning(summary, detail).at(Path::attr("model"))
}
