//! Rules of capacity reservations and of how instances are bought.

use serde_json::json;

use super::{Given, collector, ids};
use crate::finding::{Advice, FieldPath, Finding, Remedy};

/// Which reservation instances use.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Reservation<'a> {
    /// `open`, `none` or `capacity-reservations-only`.
    pub preference: Given<&'a str>,
    /// One reservation or a group of them.
    pub target: Given<Target<'a>>,
}

/// One reservation or a group of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Target<'a> {
    /// `cr-...`
    pub id: Given<&'a str>,
    /// ARN of the group.
    pub group: Given<&'a str>,
}

/// What is wrong with a reservation. Source: `CapacityReservationSpecification` of the EC2 API: "If you specify
/// `CapacityReservationPreference` and `CapacityReservationTarget`, the request fails".
pub fn check(reservation: &Reservation<'_>) -> Vec<Finding> {
    let mut faults = collector();
    if reservation.target.is_known()
        && let Some(preference) = reservation.preference.known()
    {
        faults.fault(
            "capacity_reservation_preference",
            "A preference and a target exclude one another",
            format!(
                "EC2 accepts one of them. Leave out {preference:?}: a target is used, or the launch fails."
            ),
        );
    }
    let Some(target) = reservation.target.known() else {
        return faults.faults;
    };
    let place = FieldPath::of("capacity_reservation_target");
    match (target.id, target.group) {
        (Given::Known(_), Given::Known(_)) => faults.fault(
            place.attr("capacity_reservation_resource_group_arn"),
            "Two targets are given",
            "EC2 accepts capacity_reservation_id or capacity_reservation_resource_group_arn. Leave out one.",
        ),
        (Given::Absent, Given::Absent) => faults.fault(
            &place,
            "Which reservation?",
            "Give capacity_reservation_id or capacity_reservation_resource_group_arn.",
        ),
        _ => {}
    }
    if let Some(fault) = target
        .id
        .known()
        .and_then(|id| ids::Kind::CapacityReservation.fault(id))
    {
        faults.take(fault.at(place.attr("capacity_reservation_id")));
    }
    faults.faults
}

/// How instances are bought.
#[derive(Debug, Clone, Copy, Default)]
pub struct Market<'a> {
    /// `spot` or `capacity-block`.
    pub market_type: Given<&'a str>,
    /// Whether options of Spot are given.
    pub spot_options: Given<Spot<'a>>,
}

/// Options of Spot.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Spot<'a> {
    /// `one-time` (the default) or `persistent`.
    pub request_type: Given<&'a str>,
    /// `terminate` (the default), `stop` or `hibernate`.
    pub interruption: Given<&'a str>,
}

/// What is wrong with the way to buy, beside the reservation in use.
pub fn check_market(market: &Market<'_>, reservation: Given<Reservation<'_>>) -> Vec<Finding> {
    let mut faults = collector();
    let target = match reservation {
        Given::Absent => Given::Absent,
        Given::Unknown => Given::Unknown,
        Given::Known(reservation) => reservation.target,
    };
    if market.market_type.known() == Some("capacity-block") && target.is_absent() {
        let target = json!({"capacity_reservation_target": {"capacity_reservation_id": "cr-..."}});
        faults.fault(
            "market_type",
            "Which Capacity Block?",
            Advice::new(
                "Name the Capacity Block.",
                [Remedy::Example(
                    "capacity_reservation_specification".into(),
                    target,
                )],
            ),
        );
    }
    if market.market_type.known() == Some("spot") && target.is_known() {
        faults.fault(
            "market_type",
            "Spot instances use no capacity reservation",
            "Leave out capacity_reservation_target of capacity_reservation_specification, or instance_market_options.",
        );
    }
    let Some(spot) = market.spot_options.known() else {
        return faults.faults;
    };
    if market.market_type.known().is_some_and(|found| found != "spot") {
        faults.fault(
            "spot_options",
            "Options of another market",
            Advice::new(
                "They belong to the Spot market.",
                [
                    Remedy::write("market_type", "spot"),
                    Remedy::Remove("spot_options".into()),
                ],
            ),
        );
    }
    let once = spot.request_type.or("one-time") == Some("one-time");
    if let Some(word) = spot
        .interruption
        .known()
        .filter(|word| once && *word != "terminate")
    {
        faults.fault(
            FieldPath::of("spot_options").attr("instance_interruption_behavior"),
            format!("{word:?} goes with a persistent request"),
            "A one-time request, the default and all that node groups take, ends with its instance. Use \"terminate\", or \
             leave it out.",
        );
    }
    faults.faults
}
