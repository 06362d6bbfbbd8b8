//! The same for Bottlerocket's settings, which name GPU models and no instance types.

use std::collections::BTreeMap;

use super::super::bottlerocket::{self, bottlerocket_settings};
use super::slices::{Row, spec};
use crate::catalog::{Catalog, InstanceType};
use crate::layout::{Layout, LayoutSpec, SharingSpec};
use crate::profile::Profile;

/// The layout of settings that [`bottlerocket_settings`] wrote; none where they are not ours. They name no instance types:
/// without one given, the layout is for all whose GPUs they cut. Settings that cut nothing need one.
pub fn recognise_settings(text: &str, catalog: &Catalog, instance_type: Option<&str>) -> Option<LayoutSpec> {
    let value = |key: &str| {
        text.lines()
            .find_map(|line| line.strip_prefix(key)?.strip_prefix(" = "))
    };
    let sharing = match value("device-sharing-strategy") {
        Some(strategy) => Some(SharingSpec {
            strategy: strategy.trim_matches('"').to_owned(),
            replicas: value("replicas")?.parse().ok()?,
        }),
        None => None,
    };
    let candidate = match value("device-partitioning-strategy") {
        Some(_) => LayoutSpec {
            strategy: Some("single".to_owned()),
            sharing,
            ..spec(&rows(catalog, instance_type, &value))?
        },
        None => LayoutSpec {
            instance_types: vec![instance_type?.to_owned()],
            slices: sharing.is_none().then(BTreeMap::new),
            sharing,
            ..LayoutSpec::default()
        },
    };
    let layout = Layout::resolve(&candidate, catalog).ok()?;
    (bottlerocket_settings(&layout, catalog).ok()? == text).then_some(candidate)
}

fn rows<'t>(
    catalog: &Catalog,
    instance_type: Option<&str>,
    value: &impl Fn(&str) -> Option<&'t str>,
) -> Vec<Row> {
    let types = catalog.instance_types();
    let mut rows: Vec<Row> = types
        .filter(|found| instance_type.is_none_or(|name| found.name == name))
        .filter_map(|found| row(found, catalog, value))
        .collect();
    rows.sort_by(|a, b| a.instance_type.cmp(&b.instance_type));
    rows
}

/// The even cut of a type whose model the settings name.
fn row<'t>(found: &InstanceType, catalog: &Catalog, value: &impl Fn(&str) -> Option<&'t str>) -> Option<Row> {
    let gpu = catalog.mig_gpu(found)?;
    let model = &gpu.bottlerocket.as_ref()?.model;
    let profile: Profile = value(&format!("\"{model}\""))?.trim_matches('"').parse().ok()?;
    let slices = [(profile, i64::from(bottlerocket::most(gpu, profile)))];
    Some(Row {
        instance_type: found.name.clone(),
        gpus: vec![slices.into(); usize::from(found.gpu.count)],
    })
}
