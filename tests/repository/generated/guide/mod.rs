//! The guides that are made from the catalog: "What can be cut", to look things up in, and "Cost".

pub(crate) mod cost;
mod gpu;
mod instance_types;
mod picture;
mod table;

use std::collections::BTreeSet;

use mig::Catalog;
use mig::catalog::{Gpu, InstanceType};

use super::super::root;

/// Its path below `docs/`.
pub(crate) const PATH: &str = "guides/what-can-be-cut.md";

const INTRODUCTION: &str = "\
MIG cuts one GPU into slices, each with compute and memory of its own. This page is made from the provider's catalog: what each
AWS instance type can do, and into what each GPU can be cut. In a configuration, [`mig_profiles`](../data-sources/profiles.md)
gives the same facts, and [`mig_layout`](../data-sources/layout.md) checks a layout against them.

## How to read it

- A **profile** is the size of a slice, such as `3g.40gb`: three compute slices, 40 GB of memory as the name rounds it. Its name
  follows the memory that the driver shows. The **generic** name (`3g`) means the same size on any GPU, so that one layout serves
  several instance types.
- The **resource** is what pods ask for with `strategy = \"mixed\"`; with `single` every slice is `nvidia.com/gpu`.
- **Compute** and **memory** are the slices that it takes of those which the GPU has. **Starts** are the memory slices at which it may
  begin: slices may not overlap, so not every combination whose sums fit can be made. The provider finds a place for each, or says
  at plan what is nearest.
- **Most** is how many of it one GPU can have. Of `+me` and `+me.all` together one GPU can have one.
- **Engines** are decoders (NVDEC), encoders (NVENC), JPEG decoders and optical flow accelerators (OFA). *CE* are copy engines.
- A dash is what no source says. A profile marked with † is not in NVIDIA's published tables; a layout that uses it gets a warning.
";

/// The same form as the provider of `tests/acceptance/catalog_overrides.rs` has.
const OWN: &str = "\
## A GPU or an instance type that is not here

Say it in the provider block, in the figures that `nvidia-smi mig -lgip` and `-lgipp` print on it; layouts are then checked against
it like against the others, and the boot script checks on the node that it is so. An instance type with a GPU of this page
needs the second part only.

```terraform
provider \"mig\" {
  catalog_overrides = {
    gpus = {
      \"r100-100gb\" = {
        product        = \"NVIDIA R100 100GB\"
        compute_slices = 7
        memory_slices  = 8
        memory_gb      = 100
        pci_device_ids = [\"0x3999\"]
        profiles = {
          \"1g.13gb\" = { gpu_instance_profile_id = 19, memory_slices = 1, starts = [0, 1, 2, 3, 4, 5, 6], max_instances = 7 }
          \"3g.50gb\" = { gpu_instance_profile_id = 9, memory_slices = 4, starts = [0, 4], max_instances = 2 }
        }
      }
    }
    instance_types = {
      \"p9.48xlarge\" = { gpu = \"r100-100gb\", gpu_count = 8, fabric_manager = true }
    }
  }
}
```

";

/// The whole page.
pub(crate) fn page() -> String {
    let catalog = Catalog::builtin();
    let mut text = String::from(
        "---\npage_title: \"What can be cut\"\nsubcategory: \"\"\ndescription: |-\n  Each GPU that MIG can cut, its profiles and how they \
         fill it, and what each AWS instance type can do.\n---\n\n# What can be cut\n\n",
    );
    text += INTRODUCTION;
    text += &format!("\nThe catalog is of {}.\n\n", date());
    text += &instance_types::sections(catalog);
    text += OWN;
    text += "## GPUs\n\n";
    let (on_aws, others): (Vec<&Gpu>, Vec<&Gpu>) = catalog
        .gpus()
        .partition(|gpu| types_of(catalog, gpu).next().is_some());
    for gpu in &on_aws {
        text += &gpu::section(catalog, gpu);
    }
    text += "## GPUs that no AWS instance type has\n\nThey are here for instance types of your own, in other places.\n\n";
    for gpu in &others {
        text += &gpu::section(catalog, gpu);
    }
    text + &sources(catalog)
}

/// The catalog's own date.
fn date() -> String {
    let text = std::fs::read_to_string(root().join("crates/mig/catalog/gpus.json")).unwrap();
    let file: serde_json::Value = serde_json::from_str(&text).unwrap();
    file["date"].as_str().unwrap().to_owned()
}

/// The AWS instance types with a GPU, by name.
fn types_of<'c>(catalog: &'c Catalog, gpu: &'c Gpu) -> impl Iterator<Item = &'c InstanceType> {
    catalog
        .instance_types()
        .filter(|found| found.mig.gpu.as_ref() == Some(&gpu.id))
}

/// References to sources, by their keys.
fn references<'k>(keys: impl IntoIterator<Item = &'k String>) -> String {
    let keys: BTreeSet<&String> = keys.into_iter().collect();
    let links: Vec<String> = keys.iter().map(|key| format!("[{key}](#source-{key})")).collect();
    links.join(", ")
}

/// What each reference means.
fn sources(catalog: &Catalog) -> String {
    let of_gpus = catalog.gpus().flat_map(|gpu| {
        gpu.sources
            .iter()
            .chain(gpu.profiles.iter().flat_map(|p| &p.sources))
    });
    let of_bottlerocket = catalog
        .gpus()
        .filter_map(|gpu| gpu.bottlerocket.as_ref())
        .flat_map(|facts| &facts.sources);
    let of_types = catalog.instance_types().flat_map(|found| &found.sources);
    let keys: BTreeSet<&String> = of_gpus.chain(of_bottlerocket).chain(of_types).collect();
    let mut text = String::from("## Sources\n\n");
    for key in keys {
        text += &format!("- <a id=\"source-{key}\"></a>{key}: {}\n", catalog.source(key));
    }
    text
}

/// The catalog's notes are written for those who keep it.
fn note(text: &str) -> String {
    let text = text.replace("UNSURE", "not certain").replace('|', "/");
    let end = if text.ends_with(['.', '!', '?']) { "" } else { "." };
    let mut characters = text.chars();
    let first = characters.next().map(|first| first.to_ascii_uppercase());
    let rest = characters.as_str();
    first.map_or_else(String::new, |first| format!("{first}{rest}{end}"))
}
