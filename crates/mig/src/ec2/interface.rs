//! Rules of network interfaces.

use super::{Given, collector, ids};
use crate::finding::{Advice, Collector, FieldPath, Finding, Remedy};

/// One network interface of an instance.
#[derive(Debug, Clone, Copy, Default)]
pub struct Interface<'a> {
    /// Index of the network card; 0 if left out.
    pub card: Given<i64>,
    /// Index of the device on its card; 0 if left out.
    pub device: Given<i64>,
    /// `interface`, `efa` or `efa-only`; the first if left out.
    pub interface_type: Given<&'a str>,
    /// Whether it gets a public IPv4 address.
    pub public_address: Given<bool>,
    /// `eni-...`
    pub network_interface_id: Given<&'a str>,
    /// `subnet-...`
    pub subnet_id: Given<&'a str>,
}

impl Interface<'_> {
    fn place(&self) -> Option<(i64, i64)> {
        Some((self.card.or(0)?, self.device.or(0)?))
    }

    fn is_efa(&self) -> bool {
        matches!(self.interface_type.known(), Some("efa" | "efa-only"))
    }
}

/// What is wrong with the interfaces of an instance. Paths begin at the list.
pub fn check(all: &[Interface<'_>]) -> Vec<Finding> {
    let mut faults = collector();
    for (index, interface) in all.iter().enumerate() {
        faults.below(FieldPath::default().index(index), |faults| {
            twice(faults, interface, &all[..index]);
            device(faults, interface);
            address(faults, interface, all.len());
            existing(faults, interface);
        });
    }
    faults.faults.extend(primary(all));
    faults.faults
}

/// An earlier one in the same place, or a second EFA of a card.
fn twice(faults: &mut Collector, interface: &Interface<'_>, earlier: &[Interface<'_>]) {
    let Some((card, device)) = interface.place() else {
        return;
    };
    if earlier.iter().any(|other| other.place() == Some((card, device))) {
        faults.fault(
            "",
            format!("Device {device} of card {card} is there twice"),
            "Each pair of network_card_index and device_index is one interface.",
        );
        return;
    }
    let on_card = |other: &&Interface<'_>| other.card.or(0) == Some(card) && other.is_efa();
    if let Some(other) = earlier.iter().find(on_card).filter(|_| interface.is_efa()) {
        let both = other.interface_type == interface.interface_type;
        let kind = if both {
            interface.interface_type.known().unwrap_or_default()
        } else {
            "EFA"
        };
        faults.fault(
            "",
            format!("Card {card} has two {kind} interfaces"),
            "A network card carries at most one.",
        );
    }
}

/// EFA interfaces of further cards stand at device 0 or 1, whatever the instance type.
fn device(faults: &mut Collector, interface: &Interface<'_>) {
    let Some((card, device)) = interface.place() else {
        return;
    };
    if interface.is_efa() && card > 0 && device > 1 {
        faults.fault(
            "device_index",
            format!("Card {card} has no device {device} for EFA"),
            "The index counts on each card by itself: 0 on card 0, and 1 on each of the others.",
        );
    }
}

fn address(faults: &mut Collector, interface: &Interface<'_>, count: usize) {
    if interface.public_address.known() != Some(true) {
        return;
    }
    if count > 1 {
        faults.fault(
            "associate_public_ip_address",
            format!("A public address is not possible beside {count} interfaces"),
            "EC2 gives one only to an instance with a single interface. Leave it out, and use a NAT gateway or an Elastic IP.",
        );
    } else if interface.device.or(0).is_some_and(|device| device != 0) {
        faults.fault(
            "associate_public_ip_address",
            "Only the primary interface gets a public address",
            Advice::new(
                "It is device 0.",
                [
                    Remedy::Remove("associate_public_ip_address".into()),
                    Remedy::write("device_index", 0),
                ],
            ),
        );
    }
}

fn existing(faults: &mut Collector, interface: &Interface<'_>) {
    for (name, kind, id) in [
        (
            "network_interface_id",
            ids::Kind::Interface,
            interface.network_interface_id,
        ),
        ("subnet_id", ids::Kind::Subnet, interface.subnet_id),
    ] {
        if let Some(fault) = id.known().and_then(|id| kind.fault(id)) {
            faults.take(fault.at(name));
        }
    }
}

/// Every instance has device 0 of card 0, and it has an address.
fn primary(all: &[Interface<'_>]) -> Option<Finding> {
    let at = |(_, interface): &(usize, &Interface<'_>)| interface.place() == Some((0, 0));
    if let Some((index, _)) = all
        .iter()
        .enumerate()
        .find(at)
        .filter(|(_, primary)| primary.interface_type.known() == Some("efa-only"))
    {
        let detail =
            "Device 0 of card 0 needs an IP address, which efa-only does not have. Make it \"interface\".";
        return Some(super::fault(
            FieldPath::default().index(index).attr("interface_type"),
            "The primary interface cannot be efa-only",
            detail,
        ));
    }
    let known = all.iter().all(|interface| interface.place().is_some());
    if all.is_empty() || !known || all.iter().any(|interface| interface.place() == Some((0, 0))) {
        return None;
    }
    Some(super::fault(
        "",
        "The primary interface is missing",
        "Device 0 of card 0 must be of the type \"interface\".",
    ))
}
