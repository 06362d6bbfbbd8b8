//! What EC2 accepts as a template and refuses as an instance: [`mig::ec2`]'s rules for the template's attributes.

use mig::Finding;
use mig::ec2::cpu::{self, CpuOptions};
use mig::ec2::disk::{self, Disk, VOLUME_TYPES, Volume};
use mig::ec2::interface::{self, Interface};
use mig::ec2::metadata::{self, Metadata};
use mig::ec2::placement::{self, Placement};
use mig::ec2::reservation::{self, Market, Reservation, Spot, Target};
use mig::ec2::{Given, ids, instance_profile};
use tfplug::{Attr, Diagnostic, Diagnostics, Path, SetOf};

use crate::findings;
use crate::resources::aws::attributes::given::{each, plain, text};
use crate::resources::launch_template::instance::{
    BlockDeviceMapping, CapacityReservationSpecification, CapacityReservationTarget, Ebs,
};
use crate::resources::launch_template::model::LaunchTemplate;

/// Refuses what no instance could be launched with.
pub(super) fn check(config: &LaunchTemplate, diags: &mut Diagnostics) {
    disks(config, diags);
    interfaces(config, diags);
    identities(config, diags);
    capacity(config, diags);
    if let Some(options) = config.metadata_options.known() {
        let faults = metadata::check(&Metadata {
            http_endpoint: word(&options.http_endpoint, &["enabled", "disabled"]),
            ..Metadata::default()
        });
        report(&Path::attr("metadata_options"), faults, diags);
    }
    if let Some(found) = config.cpu_options.known() {
        let faults = cpu::check(&CpuOptions {
            core_count: plain(&found.core_count),
            threads_per_core: plain(&found.threads_per_core),
        });
        report(&Path::attr("cpu_options"), faults, diags);
    }
    if let Some(found) = config.placement.known() {
        let faults = placement::check(&Placement {
            group_name: text(&found.group_name),
            group_id: text(&found.group_id),
            partition: plain(&found.partition_number),
            tenancy: text(&found.tenancy),
            host_id: text(&found.host_id),
            host_group: text(&found.host_resource_group_arn),
        });
        report(&Path::attr("placement"), faults, diags);
    }
}

fn disks(config: &LaunchTemplate, diags: &mut Diagnostics) {
    let Some(mappings) = config.block_device_mappings.known() else {
        return;
    };
    let own_image = !config.image_id.is_null();
    let disks: Vec<_> = mappings.iter().map(|mapping| disk(mapping, own_image)).collect();
    report(&Path::attr("block_device_mappings"), disk::check(&disks), diags);
}

fn disk(mapping: &BlockDeviceMapping, own_image: bool) -> Disk<'_> {
    // The images of EKS map the first of these, or both (Bottlerocket); what others map is not known.
    let of_image = own_image
        || mapping
            .device_name
            .as_str()
            .is_none_or(|name| ["/dev/xvda", "/dev/xvdb", "/dev/sda1"].contains(&name));
    Disk {
        device_name: text(&mapping.device_name),
        no_device: text(&mapping.no_device),
        virtual_name: text(&mapping.virtual_name),
        ebs: each(&mapping.ebs, |ebs| volume(ebs, of_image)),
    }
}

/// Numbers that the attributes' own validators refuse count as unknown: one fault is one message.
fn volume(ebs: &Ebs, of_image: bool) -> Volume<'_> {
    Volume {
        volume_type: word(&ebs.volume_type, &VOLUME_TYPES),
        size: number(&ebs.volume_size, 1, 65_536),
        iops: number(&ebs.iops, 100, 256_000),
        throughput: number(&ebs.throughput, 125, 2_000),
        initialization_rate: Given::Absent,
        encrypted: plain(&ebs.encrypted),
        kms_key_id: text(&ebs.kms_key_id),
        snapshot_id: text(&ebs.snapshot_id),
        of_image,
    }
}

fn interfaces(config: &LaunchTemplate, diags: &mut Diagnostics) {
    let Some(all) = config.network_interfaces.known() else {
        return;
    };
    let place = Path::attr("network_interfaces");
    let plain: Vec<_> = all
        .iter()
        .map(|found| Interface {
            card: number(&found.network_card_index, 0, 63),
            device: number(&found.device_index, 0, 63),
            interface_type: text(&found.interface_type),
            public_address: plain(&found.associate_public_ip_address),
            network_interface_id: text(&found.network_interface_id),
            subnet_id: text(&found.subnet_id),
        })
        .collect();
    report(&place, interface::check(&plain), diags);
    for (index, found) in all.iter().enumerate() {
        let at = place.index(index).attribute("security_groups");
        groups(&found.security_groups, &at, diags);
    }
}

fn groups(groups: &Attr<SetOf<String>>, at: &Path, diags: &mut Diagnostics) {
    for group in groups.known().into_iter().flat_map(|groups| &groups.0) {
        report(at, ids::Kind::SecurityGroup.fault(group), diags);
    }
}

fn identities(config: &LaunchTemplate, diags: &mut Diagnostics) {
    groups(
        &config.vpc_security_group_ids,
        &Path::attr("vpc_security_group_ids"),
        diags,
    );
    let image = config.image_id.as_str().and_then(ids::image);
    report(&Path::attr("image_id"), image, diags);
    if let Some(profile) = config.iam_instance_profile.known() {
        let faults = instance_profile::check(text(&profile.name), text(&profile.arn));
        report(&Path::attr("iam_instance_profile"), faults, diags);
    }
}

fn capacity(config: &LaunchTemplate, diags: &mut Diagnostics) {
    let specification = each(&config.capacity_reservation_specification, reservation);
    if let Given::Known(found) = specification {
        let at = Path::attr("capacity_reservation_specification");
        report(&at, reservation::check(&found), diags);
    }
    if let Some(market) = config.instance_market_options.known() {
        let found = Market {
            market_type: text(&market.market_type),
            spot_options: each(&market.spot_options, |spot| Spot {
                request_type: text(&spot.spot_instance_type),
                interruption: word(
                    &spot.instance_interruption_behavior,
                    &["hibernate", "stop", "terminate"],
                ),
            }),
        };
        let faults = reservation::check_market(&found, specification);
        report(&Path::attr("instance_market_options"), faults, diags);
    }
}

fn reservation(found: &CapacityReservationSpecification) -> Reservation<'_> {
    Reservation {
        preference: text(&found.capacity_reservation_preference),
        target: each(&found.capacity_reservation_target, target),
    }
}

fn target(found: &CapacityReservationTarget) -> Target<'_> {
    Target {
        id: text(&found.capacity_reservation_id),
        group: text(&found.capacity_reservation_resource_group_arn),
    }
}

/// Warns of what EKS refuses in a template of a managed node group. Without an image and a NodeConfig of its own the
/// template is for one: nothing else adds them. Source: the EKS user guide, "Customize managed nodes with launch templates".
pub(super) fn warn_of_managed_groups(config: &LaunchTemplate, diags: &mut Diagnostics) {
    if !config.image_id.is_null() || !config.node_config.is_null() {
        return;
    }
    let mut warn = |attribute: &str, way: &str| {
        let summary = format!("Managed node groups refuse {attribute}");
        let detail = format!(
            "The template has no image_id and no node_config, so it is for one, and EKS refuses it when the group is made. {way}"
        );
        diags.push(Diagnostic::warning(summary, detail).at(Path::attr(attribute)));
    };
    let market = config.instance_market_options.known();
    let spot = market.is_some_and(|market| {
        market.market_type.as_str() == Some("spot")
            || market.market_type.is_null() && !market.spot_options.is_null()
    });
    if spot {
        warn(
            "instance_market_options",
            "Leave it out, and set capacity_type = \"SPOT\" on the group.",
        );
    }
    if !config.instance_initiated_shutdown_behavior.is_null() {
        warn(
            "instance_initiated_shutdown_behavior",
            "Leave it out: a node that powers off is stopped there, and the group replaces it as unhealthy.",
        );
    }
    if !config.iam_instance_profile.is_null() {
        warn(
            "iam_instance_profile",
            "Leave it out, and give the group its node role (node_role_arn).",
        );
    }
}

fn report(at: &Path, faults: impl IntoIterator<Item = Finding>, diags: &mut Diagnostics) {
    let faults: Vec<Finding> = faults.into_iter().collect();
    findings::report(&faults, at, diags);
}

fn number(attr: &Attr<i64>, first: i64, last: i64) -> Given<i64> {
    match plain(attr) {
        Given::Known(found) if !(first..=last).contains(&found) => Given::Unknown,
        found => found,
    }
}

fn word<'a>(attr: &'a Attr<String>, allowed: &[&str]) -> Given<&'a str> {
    match text(attr) {
        Given::Known(found) if !allowed.contains(&found) => Given::Unknown,
        found => found,
    }
}

#[cfg(test)]
mod tests;
