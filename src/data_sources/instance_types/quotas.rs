//! How much of each type the account may run.

use std::collections::{BTreeMap, BTreeSet};

use mig::ec2::quota::{Purchase, vcpu_quota_code};
use tfplug::{Attr, Diagnostic, Diagnostics, Path};

use super::model::InstanceTypeData;
use crate::aws::{AwsError, Regional};

/// Virtual CPUs by the code of the quota.
type Quotas = BTreeMap<&'static str, i64>;

/// The rows with their quotas.
pub(super) async fn with(
    regional: &Regional,
    rows: Vec<InstanceTypeData>,
) -> Result<Vec<InstanceTypeData>, Diagnostics> {
    let quotas = ask(regional, &rows).await.map_err(|error| failed(&error))?;
    let with = |row: InstanceTypeData| InstanceTypeData {
        quota_on_demand_vcpu: quota(&quotas, &row, Purchase::OnDemand),
        quota_spot_vcpu: quota(&quotas, &row, Purchase::Spot),
        ..row
    };
    Ok(rows.into_iter().map(with).collect())
}

async fn ask(regional: &Regional, rows: &[InstanceTypeData]) -> Result<Quotas, AwsError> {
    let codes = rows.iter().flat_map(|row| {
        [Purchase::OnDemand, Purchase::Spot].map(|purchase| vcpu_quota_code(row.name.as_str()?, purchase))
    });
    let codes: BTreeSet<&'static str> = codes.flatten().collect();
    let api = regional.service_quotas();
    let one = |code: &'static str| {
        let api = api.clone();
        async move { Ok((code, api.ec2_quota(code).await?)) }
    };
    // Of each kind of instance there are two quotas, so all are asked at once.
    let asked: Vec<_> = codes.into_iter().map(one).collect();
    let answers: Vec<Result<(&str, Option<f64>), AwsError>> = futures::future::join_all(asked).await;
    let mut quotas = Quotas::new();
    for answer in answers {
        let (code, value) = answer?;
        quotas.extend(value.map(|value| (code, whole(value))));
    }
    Ok(quotas)
}

/// Quotas of virtual CPUs are whole numbers that AWS writes as decimals.
#[allow(
    clippy::cast_possible_truncation,
    reason = "a quota is far below 2^53, and a part of a virtual CPU is none"
)]
fn whole(value: f64) -> i64 {
    value.floor() as i64
}

fn quota(quotas: &Quotas, row: &InstanceTypeData, purchase: Purchase) -> Attr<i64> {
    let code = row.name.as_str().and_then(|name| vcpu_quota_code(name, purchase));
    code.and_then(|code| quotas.get(code).copied()).into()
}

fn failed(error: &AwsError) -> Diagnostics {
    let detail = format!(
        "{error}\n\nIt needs servicequotas:GetServiceQuota and servicequotas:GetAWSDefaultServiceQuota."
    );
    let diagnostic = Diagnostic::error("Service Quotas does not say what the account may run", detail);
    diagnostic.at(Path::attr("quotas")).into()
}
