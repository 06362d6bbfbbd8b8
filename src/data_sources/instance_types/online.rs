//! What AWS says of the types in a region.

use tfplug::{Context, Diagnostic, Diagnostics, Path};

use super::model::{InstanceTypeData, InstanceTypesData};
use super::{quotas, zones};
use crate::connections::Connections;

/// The types with their zones in that region and, if it is asked for, with the account's quotas.
pub(super) async fn with(
    cx: &Context<Connections>,
    region: &str,
    listed: InstanceTypesData,
) -> Result<InstanceTypesData, Diagnostics> {
    let rows = listed.instance_types.known().cloned().unwrap_or_default();
    let with_quotas = listed.quotas.known() == Some(&true);
    let rows = tokio::select! {
        rows = ask(cx, region, rows, with_quotas) => rows?,
        () = cx.cancel().cancelled() => {
            return Err(Diagnostic::error("Interrupted", "The look at AWS was given up.").into());
        }
    };
    Ok(InstanceTypesData {
        instance_types: rows.into(),
        ..listed
    })
}

async fn ask(
    cx: &Context<Connections>,
    region: &str,
    rows: Vec<InstanceTypeData>,
    with_quotas: bool,
) -> Result<Vec<InstanceTypeData>, Diagnostics> {
    if !cx.provider()?.aws_is_known() {
        let detail = "A part of the provider block is known only after apply. Leave region out, or let the data source depend on what \
                      that part follows from.";
        return Err(Diagnostic::error("AWS cannot be asked yet", detail)
            .at(Path::attr("region"))
            .into());
    }
    let regional = cx.provider()?.region(Some(region)).await;
    let regional = regional.map_err(|error| zones::failed(&error))?;
    let rows = zones::with(&regional, rows).await?;
    if with_quotas {
        quotas::with(&regional, rows).await
    } else {
        Ok(rows)
    }
}
