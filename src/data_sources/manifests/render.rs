//! From what is given to objects and YAML.

use std::collections::BTreeMap;

use mig::boot::RenderVersion;
use mig::manifests::yaml::{document, stream};
use serde_json::Value as Json;
use tfplug::{Attr, Diagnostic, Diagnostics, Model, Path};

use super::model::{ManifestsInput, PoolInput};
use crate::checked::{self, Checked, OrDeferred, Withheld};
use crate::facts::Facts;
use crate::models::{LayoutModel, render_version};
use crate::resources::karpenter::{NodeClassRefModel, NodePoolRefModel, followed};
use crate::resources::karpenter_nodeoverlay::NodeOverlayModel;
use crate::resources::karpenter_nodepool::NodePoolModel;
use crate::resources::manifests::{Renderable, WithoutApplying};

/// All objects.
///
/// # Errors
/// [`Withheld`]
pub(crate) fn objects(input: &ManifestsInput, facts: &Facts, diags: &mut Diagnostics) -> Checked<Vec<Json>> {
    let version = render_version(&input.render_version, &Path::root(), diags);
    let pools = input
        .pools
        .settled()
        .or_deferred()?
        .map(Vec::as_slice)
        .unwrap_or_default();
    if pools.is_empty() && input.device_plugin.is_null() {
        let detail = "Give pools, device_plugin, or both.";
        diags.push(Diagnostic::error("Nothing is to be rendered", detail));
        return Err(Withheld::Invalid);
    }
    // Faults that do not depend on the version are reported together with a wrong one.
    let rendering = Rendering {
        version: version.unwrap_or_default(),
        facts,
    };
    let of_pools = rendering.pools(pools, diags);
    let plugin = input.device_plugin.settled().or_deferred()?;
    let of_plugin = match plugin {
        Some(plugin) => rendering.device_plugin(plugin, pools, diags),
        None => Ok(Vec::new()),
    };
    version?;
    Ok(of_pools?.into_iter().chain(of_plugin?).collect())
}

/// The objects as one stream.
///
/// # Errors
/// When two different objects have the same name.
pub(crate) fn yaml(objects: &[Json]) -> Result<String, Diagnostics> {
    stream(objects).map_err(|error| {
        let detail = format!("{error}. Give each class, pool and overlay a name of its own.");
        Diagnostic::error("Objects would overwrite one another", detail)
            .at(Path::attr("pools"))
            .into()
    })
}

/// Each object as a document, by the name of its file.
pub(super) fn files(objects: &[Json]) -> BTreeMap<String, String> {
    let word = |value: &Json| value.as_str().unwrap_or_default().to_owned();
    let file = |object: &Json| {
        let kind = word(&object["kind"]).to_lowercase();
        let name = format!("{kind}-{}.yaml", word(&object["metadata"]["name"]));
        (name, document(object))
    };
    objects.iter().map(file).collect()
}

struct Rendering<'a> {
    version: RenderVersion,
    facts: &'a Facts,
}

impl Rendering<'_> {
    fn one<M: Renderable>(&self, model: M, at: &Path, diags: &mut Diagnostics) -> Checked<Vec<Json>> {
        let mut findings = Diagnostics::new();
        model.check_references(&mut findings);
        let objects = model.of_version(self.version).objects(self.facts, &mut findings);
        let is_invalid = findings.has_errors();
        diags.extend_at(at, findings);
        if is_invalid {
            Err(Withheld::Invalid)
        } else {
            objects
        }
    }

    fn pools(&self, pools: &[PoolInput], diags: &mut Diagnostics) -> Checked<Vec<Json>> {
        let rendered: Vec<_> = pools
            .iter()
            .enumerate()
            .map(|(index, pool)| self.pool(pool, &Path::attr("pools").index(index), diags))
            .collect();
        Ok(checked::all(rendered)?.concat())
    }

    /// Class, pool, overlays; what follows from a faulty one is not looked at, since it has the same faults.
    fn pool(&self, input: &PoolInput, at: &Path, diags: &mut Diagnostics) -> Checked<Vec<Json>> {
        let mut all = Vec::new();
        if let Some(WithoutApplying(class)) = input.nodeclass.settled().or_deferred()? {
            all.extend(self.one(class.clone(), &at.attribute("nodeclass"), diags)?);
        }
        if let Some(pool) = pool_of(input).or_deferred()? {
            required(pool.nodeclass.is_null(), at, ("nodepool", "nodeclass"), diags)?;
            all.extend(self.one(pool, &at.attribute("nodepool"), diags)?);
        }
        if let Some(overlay) = overlay_of(input).or_deferred()? {
            required(overlay.nodepool.is_null(), at, ("nodeoverlay", "nodepool"), diags)?;
            all.extend(self.one(overlay, &at.attribute("nodeoverlay"), diags)?);
        }
        Ok(all)
    }

    fn device_plugin(
        &self,
        WithoutApplying(plugin): &WithoutApplying<crate::resources::device_plugin::DevicePluginModel>,
        pools: &[PoolInput],
        diags: &mut Diagnostics,
    ) -> Checked<Vec<Json>> {
        let mut plugin = plugin.clone();
        if plugin.layouts.is_null() {
            let layouts = layouts(pools).or_deferred()?;
            if layouts.is_empty() {
                let detail = "Give layouts, or pools that have some.";
                let at = Path::attr("device_plugin").attribute("layouts");
                diags.error_at(at, "The layouts are not known", detail);
                return Err(Withheld::Invalid);
            }
            // What is wrong with a pool's layout is said there.
            let resolve =
                |layout: &LayoutModel| layout.resolve(self.facts, &Path::root(), &mut Diagnostics::new());
            checked::all(layouts.iter().map(resolve))?;
            plugin.layouts = layouts.into();
        }
        self.one(plugin, &Path::attr("device_plugin"), diags)
    }
}

/// An attribute of the object at `at` that follows from what stands beside it, if anything does.
fn required(missing: bool, at: &Path, (object, name): (&str, &str), diags: &mut Diagnostics) -> Checked<()> {
    if missing {
        let detail = format!("Give {name} beside {object}, or {object}.{name} for one that lives elsewhere.");
        let at = at.attribute(object).attribute(name);
        diags.error_at(at, format!("The {name} is not known"), detail);
    }
    if missing { Err(Withheld::Invalid) } else { Ok(()) }
}

/// The pool with what follows from the class; `None` while that is not known.
fn pool_of(input: &PoolInput) -> Option<Option<NodePoolModel>> {
    let Some(WithoutApplying(pool)) = input.nodepool.settled()? else {
        return Some(None);
    };
    let mut pool = pool.clone();
    if let (Attr::Null, Some(WithoutApplying(class))) = (&pool.nodeclass, input.nodeclass.settled()?) {
        pool.nodeclass = reference::<_, NodeClassRefModel>(class).into();
    }
    Some(Some(pool))
}

/// The overlay with what follows from the pool; `None` while that is not known.
fn overlay_of(input: &PoolInput) -> Option<Option<NodeOverlayModel>> {
    let Some(WithoutApplying(overlay)) = input.nodeoverlay.settled()? else {
        return Some(None);
    };
    let mut overlay = overlay.clone();
    if let (Attr::Null, Some(pool)) = (&overlay.nodepool, pool_of(input)?) {
        overlay.nodepool = NodePoolRefModel {
            name: followed(&pool.name, &pool.nodeclass, |class| &class.name),
            layout: followed(&pool.layout, &pool.nodeclass, |class| &class.layout),
            ..NodePoolRefModel::default()
        }
        .into();
    }
    Some(Some(overlay))
}

/// What a reference takes of an object, as Terraform would convert it.
fn reference<M: Model, R: Model>(object: &M) -> R {
    R::decode_object(
        &object.encode_object(),
        &Path::root(),
        // Both sides have the same types by name.
        &mut Diagnostics::new(),
    )
}

/// The layouts of all pools, each once. `None` while one is not known.
fn layouts(pools: &[PoolInput]) -> Option<Vec<LayoutModel>> {
    let mut all: Vec<LayoutModel> = Vec::new();
    for input in pools {
        let of_class = match input.nodeclass.settled()? {
            Some(WithoutApplying(class)) => class.layout.settled()?.cloned(),
            None => None,
        };
        let of_pool = match pool_of(input)? {
            Some(pool) => followed(&pool.layout, &pool.nodeclass, |class| &class.layout)
                .settled()?
                .cloned(),
            None => None,
        };
        let of_overlay = match overlay_of(input)? {
            Some(overlay) => followed(&overlay.layout, &overlay.nodepool, |pool| &pool.layout)
                .settled()?
                .cloned(),
            None => None,
        };
        let layout = of_class.or(of_pool).or(of_overlay);
        all.extend(layout.filter(|layout| !all.contains(layout)));
    }
    Some(all)
}
