//! Settings without an attribute, inside interfaces, disks and other objects that have attributes.

use std::collections::BTreeSet;

use aws_sdk_ec2::types as ec2;

use super::{Named, joined, list, named};

type Interface = ec2::LaunchTemplateInstanceNetworkInterfaceSpecification;

/// The settings of each place: `NetworkInterfaces[0.1]` for card 0 and device 1, `BlockDeviceMappings[/dev/xvda]`.
pub(super) fn settings(data: &ec2::ResponseLaunchTemplateData) -> Vec<(String, Vec<(&'static str, String)>)> {
    let interfaces = data.network_interfaces().iter().map(|interface| {
        let own = card_and_device(interface.network_card_index(), interface.device_index());
        (interface_place(own), of_interface(interface))
    });
    let disks = data.block_device_mappings().iter().map(|disk| {
        let card = disk.ebs().and_then(|ebs| ebs.ebs_card_index());
        let settings = found([named("Ebs.EbsCardIndex", card)]);
        (disk_place(disk.device_name()), settings)
    });
    let placement = data.placement().map(|placement| {
        let zone = placement.availability_zone_id();
        let all = [
            named("AvailabilityZoneId", zone),
            named("SpreadDomain", placement.spread_domain()),
        ];
        (PLACEMENT.to_owned(), found(all))
    });
    let spot = data
        .instance_market_options()
        .and_then(|market| market.spot_options());
    let spot = spot.map(|spot| {
        let all = [
            named("BlockDurationMinutes", spot.block_duration_minutes()),
            named("ValidUntil", spot.valid_until()),
        ];
        (SPOT.to_owned(), found(all))
    });
    interfaces.chain(disks).chain(placement).chain(spot).collect()
}

/// The places that a version is about to have.
pub(super) fn places(next: &ec2::RequestLaunchTemplateData) -> BTreeSet<String> {
    let interfaces = next.network_interfaces().iter().map(|interface| {
        interface_place(card_and_device(
            interface.network_card_index,
            interface.device_index,
        ))
    });
    let disks = next.block_device_mappings().iter();
    let disks = disks
        .filter(|disk| disk.ebs().is_some())
        .map(|disk| disk_place(disk.device_name()));
    let spot = next
        .instance_market_options()
        .and_then(|market| market.spot_options());
    let spot = spot.map(|_| SPOT.to_owned());
    let placement = next.placement().map(|_| PLACEMENT.to_owned());
    interfaces.chain(disks).chain(spot).chain(placement).collect()
}

/// The place in the name of a setting; `None` for one of the instance itself.
pub(super) fn place(name: &str) -> Option<&str> {
    let bracket = name.find("].").map(|end| &name[..=end]);
    let object = [PLACEMENT, SPOT].into_iter().find(|object| {
        name.strip_prefix(object)
            .is_some_and(|rest| rest.starts_with('.'))
    });
    bracket.or(object)
}

const PLACEMENT: &str = "Placement";
const SPOT: &str = "InstanceMarketOptions.SpotOptions";

fn interface_place((card, device): (i32, i32)) -> String {
    format!("NetworkInterfaces[{card}.{device}]")
}

fn disk_place(device_name: Option<&str>) -> String {
    format!("BlockDeviceMappings[{}]", device_name.unwrap_or_default())
}

fn found<const N: usize>(all: [Named; N]) -> Vec<(&'static str, String)> {
    all.into_iter().flatten().collect()
}

/// What distinguishes the interfaces of a version. EC2 reads a missing number as 0.
pub(super) fn card_and_device(card: Option<i32>, device: Option<i32>) -> (i32, i32) {
    (card.unwrap_or(0), device.unwrap_or(0))
}

fn of_interface(interface: &Interface) -> Vec<(&'static str, String)> {
    let tracking = interface.connection_tracking_specification().map(tracking);
    let srd = interface.ena_srd_specification().map(srd);
    let carrier = interface.associate_carrier_ip_address();
    let mut all = found([
        named("AssociateCarrierIpAddress", carrier),
        named("ConnectionTrackingSpecification", tracking),
        named("EnaQueueCount", interface.ena_queue_count()),
        named("EnaSrdSpecification", srd),
    ]);
    all.extend(addresses(interface));
    all
}

fn addresses(interface: &Interface) -> Vec<(&'static str, String)> {
    let ipv4 = interface.private_ip_addresses().iter();
    let ipv6 = interface.ipv6_addresses().iter();
    let ipv4_prefixes = interface.ipv4_prefixes().iter();
    let ipv6_prefixes = interface.ipv6_prefixes().iter();
    let secondary = interface.secondary_private_ip_address_count();
    found([
        named(
            "Ipv4Prefixes",
            list(ipv4_prefixes.filter_map(|p| p.ipv4_prefix())),
        ),
        named("Ipv6Addresses", list(ipv6.filter_map(|a| a.ipv6_address()))),
        named("Ipv6PrefixCount", interface.ipv6_prefix_count()),
        named(
            "Ipv6Prefixes",
            list(ipv6_prefixes.filter_map(|p| p.ipv6_prefix())),
        ),
        named("PrivateIpAddress", interface.private_ip_address()),
        named(
            "PrivateIpAddresses",
            list(ipv4.filter_map(|a| a.private_ip_address())),
        ),
        named("SecondaryPrivateIpAddressCount", secondary),
    ])
}

fn tracking(of: &ec2::ConnectionTrackingSpecification) -> String {
    joined([
        named("TcpEstablishedTimeout", of.tcp_established_timeout()),
        named("UdpStreamTimeout", of.udp_stream_timeout()),
        named("UdpTimeout", of.udp_timeout()),
    ])
}

fn srd(of: &ec2::LaunchTemplateEnaSrdSpecification) -> String {
    let udp = of.ena_srd_udp_specification();
    joined([
        named("EnaSrdEnabled", of.ena_srd_enabled()),
        named("EnaSrdUdpEnabled", udp.and_then(|udp| udp.ena_srd_udp_enabled())),
    ])
}
