//! Rules of placement.

use super::{Given, collector, ids};
use crate::finding::{Advice, Finding, Remedy};

/// Where instances are placed.
#[derive(Debug, Clone, Copy, Default)]
pub struct Placement<'a> {
    /// Placement group, by name.
    pub group_name: Given<&'a str>,
    /// Placement group, by ID.
    pub group_id: Given<&'a str>,
    /// Number of the partition.
    pub partition: Given<i64>,
    /// `default`, `dedicated` or `host`.
    pub tenancy: Given<&'a str>,
    /// A Dedicated Host.
    pub host_id: Given<&'a str>,
    /// A group of hosts.
    pub host_group: Given<&'a str>,
}

/// What is wrong with it.
pub fn check(placement: &Placement<'_>) -> Vec<Finding> {
    let mut faults = collector();
    if placement.group_name.is_known() && placement.group_id.is_known() {
        faults.fault(
            "group_id",
            "group_name and group_id exclude one another",
            "Name the placement group once.",
        );
    }
    if let Some(fault) = placement
        .group_id
        .known()
        .and_then(|id| ids::Kind::PlacementGroup.fault(id))
    {
        faults.take(fault.at("group_id"));
    }
    if placement.partition.is_known() && placement.group_name.is_absent() && placement.group_id.is_absent() {
        faults.fault(
            "partition_number",
            "A partition of no group",
            "Give group_name or group_id of a placement group with partitions.",
        );
    }
    if placement.host_id.is_known() && placement.host_group.is_known() {
        faults.fault(
            "host_resource_group_arn",
            "host_id and host_resource_group_arn exclude one another",
            "Name one host, or a group of hosts.",
        );
    }
    let shared = placement
        .tenancy
        .or("default")
        .filter(|tenancy| *tenancy != "host");
    if let Some(tenancy) = shared.filter(|_| placement.host_id.is_known()) {
        faults.fault(
            "host_id",
            format!("A host with tenancy {tenancy:?}"),
            Advice::new(
                "A Dedicated Host has a tenancy of its own.",
                [Remedy::write("tenancy", "host")],
            ),
        );
    }
    faults.faults
}
