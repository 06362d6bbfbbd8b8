//! The guide "Cost": what a slice costs by the catalog's prices, and from how many slices on it is cheaper than a GPU of its own.

use mig::Catalog;
use mig::catalog::{Gpu, InstanceType, ProfileFact};

use super::picture::plain;
use super::table::{code, table};

/// Its path below `docs/`.
pub(crate) const PATH: &str = "guides/cost.md";

/// The region of the catalog's prices.
const REGION: &str = "us-east-1";

const INTRODUCTION: &str = "\
A node costs the same whether its slices are in use or not. Slices save money if several pods that would otherwise have a GPU each share
one, and if enough of them run. They are not always cheaper: a small GPU of its own often has as much memory as a slice, for less.

```terraform
# Nothing runs, and costs nothing, until a pod asks for a slice; then at most two nodes do.
resource \"mig_karpenter_nodepool\" \"slices\" {
  nodeclass    = mig_karpenter_nodeclass.slices
  slice_limits = { \"1g.10gb\" = 112 }
}
```

## What you pay for

| what | from | until |
|---|---|---|
| an instance | its launch, which is before it cuts its GPUs | it is terminated |
| a node that does not join | the same: with `on_failure = \"halt\"` a managed or self-managed group keeps it until somebody looks; Karpenter deletes it after 15 minutes and launches another | the cause is gone. `limits` of the pool bound it |
| a node whose slices nobody uses | the same | Karpenter consolidates it, or the Cluster Autoscaler scales the group in |
| memory and compute of a GPU that no slice has | always: `stranded` in the picture of a layout | the layout uses it |
| a Capacity Block or reservation | its start, used or not | its end |

The objects of this provider cost nothing by themselves: launch templates, node classes, pools, tags.

## What keeps it low

- **Scale from zero.** A pool without pods has no nodes; so has a `mig_node_group` with `min_size = 0`.
- **Limits.** A pool has at most 10 nodes unless `limits` or `slice_limits` say otherwise. Say what you can afford.
- **Few sizes.** Slices of one size fill up better than many sizes, of which each has a rest. A generic profile (`1g`) lets one pool use
  several instance types.
- **Layouts without a rest.** Of an H100, seven `1g.10gb` leave one memory slice unused, and two `3g.40gb` one compute slice.
- **Nothing rolls by accident.** Pin images and `render_version` ([Upgrades](upgrades.md)): while nodes are replaced, old and new ones are both
  paid for.
- **Nodes that never get ready.** `mig drift` finds them (class D2).

Tools that attribute cost usually know `nvidia.com/gpu` alone, and show nothing for slices of the strategy `mixed`. Divide the node's price
by its slices, as below, and count what pods request.
";

/// Types of one whole GPU, each with its price, cheapest first.
fn whole(catalog: &Catalog) -> Vec<(&InstanceType, u64)> {
    let single = catalog
        .instance_types()
        .filter(|found| found.gpu.count == 1 && found.gpu.fraction >= 1.0);
    let mut priced: Vec<_> = single
        .filter_map(|found| Some((found, micros(catalog, found)?)))
        .collect();
    priced.sort_by_key(|(_, price)| *price);
    priced
}

fn micros(catalog: &Catalog, found: &InstanceType) -> Option<u64> {
    Some(catalog.price(&found.name, REGION)?.usd_micros_per_hour.0)
}

/// Dollars with the digits that matter.
fn dollars(micros: u64) -> String {
    format!("{:.2}", micros as f64 / 1e6)
}

fn row(node: (&InstanceType, u64), fact: &ProfileFact, whole: &[(&InstanceType, u64)]) -> Vec<String> {
    let (found, price) = node;
    let slices = u64::from(fact.max_instances) * u64::from(found.gpu.count);
    let memory = u64::from(fact.profile.memory_gb) * 1024;
    let other = whole.iter().find(|(other, _)| {
        let same = other.architecture == found.architecture;
        same && other.gpu.memory_mib.is_some_and(|mib| mib >= memory)
    });
    let beside = other.map_or(["–".to_owned(), "–".to_owned()], |(other, theirs)| {
        let from = price / theirs + 1;
        let from = match from <= slices {
            true => format!("{from} of {slices}"),
            false => "never".to_owned(),
        };
        [format!("{} at {}", code(&other.name), dollars(*theirs)), from]
    });
    let [other, from] = beside;
    vec![
        code(&found.name),
        code(fact.profile),
        slices.to_string(),
        dollars(price / slices),
        other,
        from,
    ]
}

fn rows(catalog: &Catalog) -> Vec<Vec<String>> {
    let whole = whole(catalog);
    let mut rows = Vec::new();
    let cut = |found: &&InstanceType| catalog.mig_gpu(found).is_some_and(Gpu::placements_known);
    let mut types: Vec<_> = catalog.instance_types().filter(cut).collect();
    types.sort_by_key(|found| (found.family.as_str(), found.gpu.count));
    types.dedup_by_key(|found| (found.family.clone(), found.gpu.count));
    for found in types {
        let (Some(gpu), Some(price)) = (catalog.mig_gpu(found), micros(catalog, found)) else {
            continue;
        };
        let small = plain(gpu).into_iter().filter_map(|profile| gpu.profile(profile));
        let small = small.filter(|fact| fact.max_instances > 1);
        rows.extend(small.map(|fact| row((found, price), fact, &whole)));
    }
    rows
}

/// The whole page.
pub(crate) fn page() -> String {
    let catalog = Catalog::builtin();
    let price = catalog.prices().next().unwrap();
    let columns = [
        "Node",
        "Slice",
        "Per node",
        "USD per slice and hour, all in use",
        "Cheapest whole GPU with as much memory",
        "Slices cheaper from",
    ];
    format!(
        "---\npage_title: \"Cost\"\nsubcategory: \"\"\ndescription: |-\n  What you pay for, what keeps it low, and when slices are cheaper than \
         GPUs of their own.\n---\n\n# Cost\n\n{INTRODUCTION}\n## When slices are cheaper\n\nPrices on demand in {REGION}, Linux, of {}, from the \
         provider's catalog ([{}](what-can-be-cut.md#sources)). Yours differ with the region, Savings Plans, Spot and Capacity Blocks; the \
         comparison is by memory alone. The last column says how many slices of a node must be in use before they cost less than one whole \
         GPU each; *never* means that they do not on price alone, so that there must be another reason: speed of the GPU, its NVLink, a \
         quota, or capacity that you have already.\n\n{}\
         Against one whole GPU of the same kind for each pod, slices always save: seven pods then share what each of them had. And memory is not \
         all: GPUs of different generations have different speeds, so measure your own work before you decide by the price.\n",
        price.date,
        catalog.source(&price.source),
        table(&columns, &rows(catalog)),
    )
}
