//! Random overlays.

use mig::Layout;
use mig::manifests::karpenter::NodeOverlayOptions;
use proptest::prelude::*;

use super::{annotations, labels, layouts, map, maybe, name, number, requirements, word};

pub(crate) fn options(spoilt: u32) -> BoxedStrategy<(Layout, NodeOverlayOptions)> {
    let capacity = map(
        word(
            &["example.com/licence", "example.com/seat"],
            &[
                "cpu",
                "memory",
                "pods",
                "vpc.amazonaws.com/efa",
                "Nvidia MIG",
                "nvidia.com/gpu",
                "nvidia.com/mig-7g.80gb",
                "x",
            ],
            spoilt,
        ),
        word(
            &["0", "4", "1000"],
            &["-1", "1.5", "many", "", "4 ", "1Gb", "+1", "1e3"],
            spoilt,
        ),
        2,
    );
    let price = prop_oneof![
        6 => Just((None, None)),
        1 => word(&["0", "55.04"], &["-1", "1.", "$1", ""], spoilt).prop_map(|price| (Some(price), None)),
        1 => word(&["+10%", "-15%", "-0.5", "-100%"], &["10%", "-101%", "+", ""], spoilt)
            .prop_map(|change| (None, Some(change))),
    ];
    let both = if spoilt > 0 { 1 } else { 0 };
    let price = prop_oneof![100 => price, both => Just((Some("1".to_owned()), Some("+1".to_owned())))];
    let parts = (
        prop::sample::select(layouts()),
        (
            name(spoilt),
            maybe(name(spoilt)),
            labels(spoilt),
            annotations(spoilt),
        ),
        maybe(number(&[1, 100, 9_000], &[0, -1, 10_001, 2_147_483_648], spoilt)),
        requirements(spoilt, false),
        capacity,
        price,
    );
    parts
        .prop_map(
            |(
                layout,
                (nodepool, name_prefix, labels, annotations),
                weight,
                requirements,
                capacity,
                prices,
            )| {
                let options = NodeOverlayOptions {
                    nodepool,
                    name_prefix,
                    labels,
                    annotations,
                    weight,
                    requirements,
                    capacity,
                    price: prices.0,
                    price_adjustment: prices.1,
                    ..NodeOverlayOptions::default()
                };
                (layout, options)
            },
        )
        .boxed()
}
