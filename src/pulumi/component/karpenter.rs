//! Nodes that Karpenter launches: for each layout a class, a pool and an overlay.

use std::collections::BTreeMap;

use mig::Finding;
use mig::manifests::karpenter::preference::{Preferred, preference};
use pulumiplug::component::{Child, Construction, Finished, Made, Origins};
use tfplug::path::Step;
use tfplug::{Attr, Diagnostic, Diagnostics, Model, Path, Value};

use super::model::SlicePoolOutputs;
use super::{Wanted, results};
use crate::findings::report;
use crate::models::LayoutModel;
use crate::resources::karpenter::{NodeClassRefModel, NodePoolRefModel};
use crate::resources::karpenter_nodeclass::{
    AmiSelectorTermModel, NodeClassModel, SecurityGroupSelectorTermModel, SubnetSelectorTermModel,
};
use crate::resources::karpenter_nodeoverlay::NodeOverlayModel;
use crate::resources::karpenter_nodepool::NodePoolModel;

/// The nodes of one layout.
struct Pool {
    /// What is put behind names, for other layouts than the preferred one.
    suffix: String,
    weight: Attr<i64>,
    layout: Attr<LayoutModel>,
    /// The input that the layout is from.
    input: &'static str,
}

/// Makes everything.
pub(super) async fn construct(
    cx: &mut Construction<'_>,
    wanted: &Wanted,
) -> Result<Finished<SlicePoolOutputs>, Diagnostics> {
    let component = cx.name().to_owned();
    let pools = pools(wanted)?;
    let plugin = wanted.device_plugin(&component);
    plan(cx, wanted, &pools, plugin.as_ref()).await?;
    let mut made = Vec::new();
    for pool in &pools {
        let class = cx.child(class(wanted, pool, &component)).await?;
        let of_class = reference::<NodeClassRefModel>(class.value());
        let child = node_pool(wanted, pool, &component, of_class.into());
        let node_pool = cx
            .child(child.with(Origins::new().of("nodeclass", &class, "")))
            .await?;
        let of_pool = reference::<NodePoolRefModel>(node_pool.value());
        let child = overlay(wanted, pool, &component, of_pool.into());
        let overlay = cx
            .child(child.with(Origins::new().of("nodepool", &node_pool, "")))
            .await?;
        made.push([class, node_pool, overlay]);
    }
    let plugin = match plugin {
        Some(plugin) => Some(cx.child(plugin).await?),
        None => None,
    };
    Ok(finished(wanted, &made, plugin.as_ref()))
}

/// Plans all children before the first one is made.
async fn plan(
    cx: &mut Construction<'_>,
    wanted: &Wanted,
    pools: &[Pool],
    plugin: Option<&Child>,
) -> Result<(), Diagnostics> {
    let component = cx.name().to_owned();
    for pool in pools {
        let class = cx.plan(&class(wanted, pool, &component)).await?;
        let of_class = reference::<NodeClassRefModel>(&class);
        let node_pool = node_pool(wanted, pool, &component, of_class.into());
        let from = |attribute| Origins::new().from(attribute, &[pool.input]);
        let node_pool = cx.plan(&node_pool.with(from("nodeclass"))).await?;
        let of_pool = reference::<NodePoolRefModel>(&node_pool);
        let overlay = overlay(wanted, pool, &component, of_pool.into());
        cx.plan(&overlay.with(from("nodepool"))).await?;
    }
    if let Some(plugin) = plugin {
        cx.plan(plugin).await?;
    }
    cx.faultless()
}

/// A pool for each layout. The preferred one has the common name, so that others may be added later.
fn pools(wanted: &Wanted) -> Result<Vec<Pool>, Diagnostics> {
    let first = Pool {
        suffix: String::new(),
        weight: Attr::Null,
        layout: wanted.inputs.layout.clone(),
        input: "layout",
    };
    let others = wanted.inputs.fallback.known().map_or(&[][..], Vec::as_slice);
    if others.is_empty() {
        return Ok(vec![first]);
    }
    let Ok(layouts) = &wanted.layouts else {
        let detail = "What pools there are follows from the layouts. Give values that do not come from a resource that is yet \
                      to be made.";
        let at = Path::attr("fallback");
        return Err(Diagnostic::error("Not known in a preview", detail).at(at).into());
    };
    let preferred = preference("", layouts).map_err(|faults| at_inputs(&faults))?;
    let models = wanted.models().into_iter().zip(preferred).enumerate();
    let pool = |(index, (model, preferred)): (usize, (LayoutModel, Preferred<'_>))| Pool {
        suffix: if index == 0 { String::new() } else { preferred.name },
        weight: preferred.weight.into(),
        layout: model.into(),
        input: if index == 0 { "layout" } else { "fallback" },
    };
    Ok(models.map(pool).collect())
}

/// What is wrong with the list of layouts, at the inputs that it is made of.
fn at_inputs(faults: &[Finding]) -> Diagnostics {
    let mut findings = Diagnostics::new();
    report(faults, &Path::root(), &mut findings);
    let placed = findings.into_iter().map(|finding| {
        let path = input_of(&finding.path);
        finding.at(path)
    });
    placed.collect()
}

/// `layout` or `fallback[n]` of `layouts[n]`.
fn input_of(path: &Path) -> Path {
    let fallback = Path::attr("fallback");
    let rest = |n: usize| Path::from_steps(path.steps().iter().skip(n).cloned());
    match path.steps().get(1) {
        Some(Step::Index(0)) => Path::attr("layout").join(&rest(2)),
        Some(Step::Index(index)) => fallback.index(index - 1).join(&rest(2)),
        _ => fallback,
    }
}

fn class(wanted: &Wanted, pool: &Pool, component: &str) -> Child {
    let inputs = &wanted.inputs;
    let term = |alias: &String| {
        vec![AmiSelectorTermModel {
            alias: alias.clone().into(),
            ..AmiSelectorTermModel::default()
        }]
    };
    let config = NodeClassModel {
        name: wanted.named(|name| format!("{name}{}", pool.suffix)),
        cluster: inputs.cluster.clone(),
        layout: pool.layout.clone(),
        role: inputs.node_role.clone().map(|role| role_name(&role)),
        ami_selector_terms: inputs.ami_alias.as_ref().map(term),
        subnet_selector_terms: subnets(&inputs.subnet_ids, &inputs.subnet_tags),
        security_group_selector_terms: groups(&inputs.security_group_ids, &inputs.security_group_tags),
        tags: inputs.tags.clone(),
        ..NodeClassModel::default()
    };
    let origins = Origins::new()
        .from("name", &["name"])
        .same("cluster", "cluster")
        .from("role", &["node_role"])
        .from("ami_selector_terms", &["ami_alias"])
        .from("subnet_selector_terms", &["subnet_ids", "subnet_tags"])
        .from(
            "security_group_selector_terms",
            &["security_group_ids", "security_group_tags"],
        )
        .same("tags", "tags");
    let name = format!("{component}{}-class", pool.suffix);
    let child = Child::new("mig_karpenter_nodeclass", name, config.to_value()).with(origins);
    child.with(pool.layout_origin()).overridden_by("nodeclass_args")
}

fn node_pool(wanted: &Wanted, pool: &Pool, component: &str, class: Attr<NodeClassRefModel>) -> Child {
    let inputs = &wanted.inputs;
    let limits = |most: &i64| BTreeMap::from([("nodes".to_owned(), most.to_string())]);
    let config = NodePoolModel {
        nodeclass: class,
        // Without a name Pulumi makes one up.
        name: wanted.named(|name| format!("{name}{}", pool.suffix)),
        weight: pool.weight,
        capacity_types: inputs.capacity_types.clone(),
        limits: inputs.max_size.as_ref().map(limits),
        node_labels: inputs.labels.clone(),
        taints: inputs.taints.clone(),
        ..NodePoolModel::default()
    };
    let origins = Origins::new()
        .from("name", &["name"])
        .from("weight", &["fallback"])
        .same("capacity_types", "capacity_types")
        .from("limits", &["max_size"])
        .same("node_labels", "labels")
        .same("taints", "taints");
    let name = format!("{component}{}-pool", pool.suffix);
    let child = Child::new("mig_karpenter_nodepool", name, config.to_value());
    child.with(origins).overridden_by("nodepool_args")
}

fn overlay(wanted: &Wanted, pool: &Pool, component: &str, node_pool: Attr<NodePoolRefModel>) -> Child {
    let config = NodeOverlayModel {
        nodepool: node_pool,
        name: wanted.named(|name| format!("{name}{}", pool.suffix)),
        ..NodeOverlayModel::default()
    };
    let name = format!("{component}{}-overlay", pool.suffix);
    let child = Child::new("mig_karpenter_nodeoverlay", name, config.to_value());
    let child = child.with(Origins::new().from("name", &["name"]));
    child.overridden_by("nodeoverlay_args")
}

impl Pool {
    fn layout_origin(&self) -> Origins {
        match self.input {
            "layout" => Origins::new().same("layout", "layout"),
            other => Origins::new().from("layout", &[other]),
        }
    }
}

/// What a reference takes of an object.
fn reference<M: Model>(object: &Value) -> M {
    let empty = BTreeMap::new();
    let object = object.as_map().unwrap_or(&empty);
    // Both sides have the same types by name.
    M::decode_object(object, &Path::root(), &mut Diagnostics::new())
}

/// The name of a role, of which an ARN is accepted too: `arn:aws:iam::123456789012:role/path/name`.
fn role_name(role: &str) -> String {
    let is_arn = role.starts_with("arn:");
    let name = role.rsplit('/').next().filter(|_| is_arn);
    name.unwrap_or(role).to_owned()
}

fn subnets(
    ids: &Attr<Vec<String>>,
    tags: &Attr<BTreeMap<String, String>>,
) -> Attr<Vec<SubnetSelectorTermModel>> {
    terms(ids, tags, |id, tags| SubnetSelectorTermModel { id, tags })
}

fn groups(
    ids: &Attr<Vec<String>>,
    tags: &Attr<BTreeMap<String, String>>,
) -> Attr<Vec<SecurityGroupSelectorTermModel>> {
    terms(ids, tags, |id, tags| SecurityGroupSelectorTermModel {
        id,
        tags,
        ..SecurityGroupSelectorTermModel::default()
    })
}

/// A term for each ID or, without IDs, one for the tags.
fn terms<T>(
    ids: &Attr<Vec<String>>,
    tags: &Attr<BTreeMap<String, String>>,
    term: impl Fn(Attr<String>, Attr<BTreeMap<String, String>>) -> T,
) -> Attr<Vec<T>> {
    let by_id = |id: &String| term(id.clone().into(), Attr::Null);
    let by_tags = |tags: &BTreeMap<String, String>| vec![term(Attr::Null, tags.clone().into())];
    match ids.as_ref().map(|ids| ids.iter().map(by_id).collect()) {
        Attr::Null => tags.as_ref().map(by_tags),
        terms => terms,
    }
}

fn finished(wanted: &Wanted, made: &[[Made; 3]], plugin: Option<&Made>) -> Finished<SlicePoolOutputs> {
    let names = |index: usize| results::all_known(made.iter().map(|objects| objects[index].get("name")));
    let first = &made[0][0];
    let outputs = SlicePoolOutputs {
        user_data: first.get("user_data"),
        nodeclass_names: names(0),
        nodepool_names: names(1),
        nodeoverlay_names: names(2),
        ..SlicePoolOutputs::default()
    };
    let mut origins = Origins::new().of("user_data", first, "user_data");
    for [class, pool, overlay] in made {
        origins = origins
            .of("nodeclass_names", class, "name")
            .of("nodepool_names", pool, "name")
            .of("nodeoverlay_names", overlay, "name");
    }
    results::finished(wanted, outputs, first, origins, plugin)
}
