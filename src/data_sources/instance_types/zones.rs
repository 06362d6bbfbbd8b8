//! Where EC2 offers the types.

use std::collections::{BTreeMap, BTreeSet};

use tfplug::{Attr, Context, Diagnostic, Diagnostics, Path};

use super::model::{InstanceTypeData, InstanceTypesData};
use crate::aws::AwsError;
use crate::connections::Connections;

/// Values that a filter of EC2 takes at once.
const AT_ONCE: usize = 100;

/// The types with the zones of that region.
pub(super) async fn with(
    cx: &Context<Connections>,
    region: &str,
    listed: InstanceTypesData,
) -> Result<InstanceTypesData, Diagnostics> {
    let names: Vec<String> = listed
        .instance_types
        .known()
        .into_iter()
        .flatten()
        .filter_map(name)
        .collect();
    let offered = tokio::select! {
        offered = ask(cx, region, &names) => offered?,
        () = cx.cancel().cancelled() => {
            return Err(Diagnostic::error("Interrupted", "The look at EC2 was given up.").into());
        }
    };
    let row = |row: &InstanceTypeData| InstanceTypeData {
        zones: zones(&offered, row).into(),
        ..row.clone()
    };
    Ok(InstanceTypesData {
        instance_types: listed
            .instance_types
            .as_ref()
            .map(|rows| rows.iter().map(row).collect()),
        ..listed
    })
}

fn name(row: &InstanceTypeData) -> Option<String> {
    row.name.known().cloned()
}

type Offered = BTreeMap<String, BTreeSet<String>>;

async fn ask(cx: &Context<Connections>, region: &str, names: &[String]) -> Result<Offered, Diagnostics> {
    if !cx.provider()?.aws_is_known() {
        let detail = "A part of the provider block is known only after apply. Leave region out, or let the data source depend on what \
                      that part follows from.";
        return Err(Diagnostic::error("AWS cannot be asked yet", detail)
            .at(Path::attr("region"))
            .into());
    }
    let regional = cx
        .provider()?
        .region(Some(region))
        .await
        .map_err(|error| failed(&error))?;
    let api = regional.ec2();
    let mut all = Offered::new();
    for part in names.chunks(AT_ONCE) {
        all.extend(
            api.instance_type_offerings(part)
                .await
                .map_err(|error| failed(&error))?,
        );
    }
    Ok(all)
}

fn failed(error: &AwsError) -> Diagnostics {
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
