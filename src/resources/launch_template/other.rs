//! Settings of a version that have no attribute here: named in the state, and carried over into the next version.
//!
//! EC2's `SourceVersion` cannot do that: it also brings back what a configuration has taken away.

mod carry;
mod nested;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt::Display;

use aws_sdk_ec2::types as ec2;

pub(super) use carry::carry_over;

/// Settings by EC2's names, with their values as text.
pub(super) type Settings = BTreeMap<String, String>;

/// The settings of a version that have no attribute.
pub(super) fn settings(data: &ec2::ResponseLaunchTemplateData) -> Settings {
    let mut found = Settings::new();
    for (name, value) in of_instance(data).into_iter().chain(not_written(data)) {
        found.insert(name.to_owned(), value);
    }
    for (place, settings) in nested::settings(data) {
        for (name, value) in settings {
            found.insert(format!("{place}.{name}"), value);
        }
    }
    found
}

/// The names of those that this provider cannot write into a new version.
pub(super) fn not_carried(settings: &Settings) -> Vec<&str> {
    let names = settings.keys().map(String::as_str);
    names.filter(|name| NOT_WRITTEN.contains(name)).collect()
}

const NOT_WRITTEN: [&str; 5] = [
    "ElasticGpuSpecifications",
    "ElasticInferenceAccelerators",
    "InstanceRequirements",
    "SecondaryInterfaces",
    "SecurityGroups",
];

/// Those that the next version still has, and those whose disk, interface or other object it has no more.
pub(super) fn split(settings: &Settings, next: &ec2::RequestLaunchTemplateData) -> (Settings, Settings) {
    let places = nested::places(next);
    let stays = |name: &String| nested::place(name).is_none_or(|place| places.contains(place));
    settings.clone().into_iter().partition(|(name, _)| stays(name))
}

type Named = Option<(&'static str, String)>;

/// EC2's name of a setting and its value, where it has one.
fn named<T: Display>(name: &'static str, value: Option<T>) -> Named {
    value.map(|value| (name, value.to_string()))
}

/// `TcpEstablishedTimeout=300, UdpTimeout=60`
fn joined<const N: usize>(parts: [Named; N]) -> String {
    let parts = parts.into_iter().flatten();
    let parts: Vec<String> = parts.map(|(name, value)| format!("{name}={value}")).collect();
    parts.join(", ")
}

/// Values with commas between them; `None` where there are none.
fn list<'t>(values: impl Iterator<Item = &'t str>) -> Option<String> {
    let values: Vec<&str> = values.collect();
    (!values.is_empty()).then(|| values.join(", "))
}

fn of_instance(data: &ec2::ResponseLaunchTemplateData) -> Vec<(&'static str, String)> {
    let credits = data.credit_specification().and_then(|c| c.cpu_credits());
    let enclave = data.enclave_options().and_then(|e| e.enabled());
    let hibernation = data.hibernation_options().and_then(|h| h.configured());
    let licenses = data.license_specifications().iter();
    let licenses = list(licenses.filter_map(|license| license.license_configuration_arn()));
    let network = data.network_performance_options();
    let weighting = network.and_then(|n| n.bandwidth_weighting());
    let all = [
        named("CreditSpecification.CpuCredits", credits),
        named("DisableApiStop", data.disable_api_stop()),
        named("EnclaveOptions.Enabled", enclave),
        named("HibernationOptions.Configured", hibernation),
        named("KernelId", data.kernel_id()),
        named("LicenseSpecifications", licenses),
        named("NetworkPerformanceOptions.BandwidthWeighting", weighting),
        named("RamDiskId", data.ram_disk_id()),
    ];
    all.into_iter().flatten().collect()
}

fn not_written(data: &ec2::ResponseLaunchTemplateData) -> Vec<(&'static str, String)> {
    let count = |many: usize| (many > 0).then_some(many);
    let gpus = count(data.elastic_gpu_specifications().len());
    let accelerators = count(data.elastic_inference_accelerators().len());
    let requirements = data.instance_requirements().map(|_| "set");
    // Names of groups of the default VPC; those of any VPC are in an attribute, by ID.
    let groups = list(data.security_groups().iter().map(String::as_str));
    let all = [
        named("ElasticGpuSpecifications", gpus),
        named("ElasticInferenceAccelerators", accelerators),
        named("InstanceRequirements", requirements),
        named("SecondaryInterfaces", count(data.secondary_interfaces().len())),
        named("SecurityGroups", groups),
    ];
    all.into_iter().flatten().collect()
}
