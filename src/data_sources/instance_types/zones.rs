//! Where EC2 offers the types.

use std::collections::{BTreeMap, BTreeSet};

use tfplug::{Attr, Diagnostic, Diagnostics, Path};

use super::model::InstanceTypeData;
use crate::aws::{AwsError, Regional};

/// Values that a filter of EC2 takes at once.
const AT_ONCE: usize = 100;

/// The rows with their zones.
pub(super) async fn with(
    regional: &Regional,
    rows: Vec<InstanceTypeData>,
) -> Result<Vec<InstanceTypeData>, Diagnostics> {
    let offered = ask(regional, &rows).await.map_err(|error| failed(&error))?;
    let with = |row: InstanceTypeData| InstanceTypeData {
        zones: zones(&offered, &row).into(),
        ..row
    };
    Ok(rows.into_iter().map(with).collect())
}

type Offered = BTreeMap<String, BTreeSet<String>>;

async fn ask(regional: &Regional, rows: &[InstanceTypeData]) -> Result<Offered, AwsError> {
    let names: Vec<String> = rows.iter().filter_map(|row| row.name.known().cloned()).collect();
    let api = regional.ec2();
    let mut all = Offered::new();
    for part in names.chunks(AT_ONCE) {
        all.extend(api.instance_type_offerings(part).await?);
    }
    Ok(all)
}

/// Told at the region, from which all of it follows.
pub(super) fn failed(error: &AwsError) -> Diagnostics {
    let diagnostic = Diagnostic::error("EC2 does not say where the types are offered", error.to_string());
    diagnostic.at(Path::attr("region")).into()
}

fn zones(offered: &Offered, row: &InstanceTypeData) -> Vec<String> {
    let of = match &row.name {
        Attr::Known(name) => offered.get(name),
        _ => None,
    };
    of.into_iter().flatten().cloned().collect()
}
