//! The next version with the settings of the version before that have no attribute.

use aws_sdk_ec2::types as ec2;

use super::nested::card_and_device;

/// The next version with what `before` has beside our attributes. What belongs to a disk, an interface or another object
/// that has attributes is carried over where that is still there.
pub(in super::super) fn carry_over(
    mut next: ec2::RequestLaunchTemplateData,
    before: &ec2::ResponseLaunchTemplateData,
) -> ec2::RequestLaunchTemplateData {
    next.kernel_id = before.kernel_id.clone();
    next.ram_disk_id = before.ram_disk_id.clone();
    next.disable_api_stop = before.disable_api_stop;
    next.credit_specification = before.credit_specification.as_ref().map(credits);
    next.license_specifications = licenses(before.license_specifications());
    next.hibernation_options = before.hibernation_options.as_ref().map(hibernation);
    next.enclave_options = before.enclave_options.as_ref().map(enclave);
    next.network_performance_options = before.network_performance_options.as_ref().map(performance);
    interfaces(&mut next, before);
    disks(&mut next, before);
    if let (Some(placement), Some(before)) = (&mut next.placement, before.placement()) {
        placement.availability_zone_id = before.availability_zone_id.clone();
        placement.spread_domain = before.spread_domain.clone();
    }
    spot(&mut next, before);
    next
}

fn interfaces(next: &mut ec2::RequestLaunchTemplateData, before: &ec2::ResponseLaunchTemplateData) {
    for interface in next.network_interfaces.iter_mut().flatten() {
        let own = card_and_device(interface.network_card_index, interface.device_index);
        let mut others = before.network_interfaces().iter();
        let same = others.find(|other| card_and_device(other.network_card_index, other.device_index) == own);
        if let Some(before) = same {
            of_interface(interface, before);
            addresses(interface, before);
        }
    }
}

fn disks(next: &mut ec2::RequestLaunchTemplateData, before: &ec2::ResponseLaunchTemplateData) {
    for disk in next.block_device_mappings.iter_mut().flatten() {
        let mut others = before.block_device_mappings().iter();
        let same = others.find(|other| other.device_name == disk.device_name);
        if let (Some(ebs), Some(before)) = (&mut disk.ebs, same.and_then(|same| same.ebs())) {
            ebs.ebs_card_index = before.ebs_card_index;
        }
    }
}

fn spot(next: &mut ec2::RequestLaunchTemplateData, before: &ec2::ResponseLaunchTemplateData) {
    let next = next.instance_market_options.as_mut();
    let before = before.instance_market_options();
    let next = next.and_then(|market| market.spot_options.as_mut());
    let before = before.and_then(|market| market.spot_options());
    if let (Some(next), Some(before)) = (next, before) {
        next.block_duration_minutes = before.block_duration_minutes;
        next.valid_until = before.valid_until;
    }
}

fn of_interface(
    next: &mut ec2::LaunchTemplateInstanceNetworkInterfaceSpecificationRequest,
    before: &ec2::LaunchTemplateInstanceNetworkInterfaceSpecification,
) {
    next.associate_carrier_ip_address = before.associate_carrier_ip_address;
    next.ena_queue_count = before.ena_queue_count;
    next.connection_tracking_specification = before.connection_tracking_specification().map(|tracking| {
        ec2::ConnectionTrackingSpecificationRequest::builder()
            .set_tcp_established_timeout(tracking.tcp_established_timeout())
            .set_udp_stream_timeout(tracking.udp_stream_timeout())
            .set_udp_timeout(tracking.udp_timeout())
            .build()
    });
    next.ena_srd_specification = before.ena_srd_specification().map(|srd| {
        let udp = srd.ena_srd_udp_specification().map(|udp| {
            ec2::EnaSrdUdpSpecificationRequest::builder()
                .set_ena_srd_udp_enabled(udp.ena_srd_udp_enabled())
                .build()
        });
        ec2::EnaSrdSpecificationRequest::builder()
            .set_ena_srd_enabled(srd.ena_srd_enabled())
            .set_ena_srd_udp_specification(udp)
            .build()
    });
}

fn addresses(
    next: &mut ec2::LaunchTemplateInstanceNetworkInterfaceSpecificationRequest,
    before: &ec2::LaunchTemplateInstanceNetworkInterfaceSpecification,
) {
    next.ipv6_prefix_count = before.ipv6_prefix_count;
    next.secondary_private_ip_address_count = before.secondary_private_ip_address_count;
    next.private_ip_address = before.private_ip_address.clone();
    next.private_ip_addresses = before.private_ip_addresses.clone();
    next.ipv6_addresses = each(before.ipv6_addresses(), |address| {
        ec2::InstanceIpv6AddressRequest::builder()
            .set_ipv6_address(address.ipv6_address.clone())
            .build()
    });
    next.ipv4_prefixes = each(before.ipv4_prefixes(), |prefix| {
        ec2::Ipv4PrefixSpecificationRequest::builder()
            .set_ipv4_prefix(prefix.ipv4_prefix.clone())
            .build()
    });
    next.ipv6_prefixes = each(before.ipv6_prefixes(), |prefix| {
        ec2::Ipv6PrefixSpecificationRequest::builder()
            .set_ipv6_prefix(prefix.ipv6_prefix.clone())
            .build()
    });
}

fn each<T, U>(from: &[T], to: fn(&T) -> U) -> Option<Vec<U>> {
    (!from.is_empty()).then(|| from.iter().map(to).collect())
}

fn credits(from: &ec2::CreditSpecification) -> ec2::CreditSpecificationRequest {
    ec2::CreditSpecificationRequest::builder()
        .cpu_credits(from.cpu_credits().unwrap_or_default())
        .build()
}

fn licenses(
    from: &[ec2::LaunchTemplateLicenseConfiguration],
) -> Option<Vec<ec2::LaunchTemplateLicenseConfigurationRequest>> {
    each(from, |license| {
        ec2::LaunchTemplateLicenseConfigurationRequest::builder()
            .set_license_configuration_arn(license.license_configuration_arn.clone())
            .build()
    })
}

fn hibernation(from: &ec2::LaunchTemplateHibernationOptions) -> ec2::LaunchTemplateHibernationOptionsRequest {
    ec2::LaunchTemplateHibernationOptionsRequest::builder()
        .set_configured(from.configured())
        .build()
}

fn enclave(from: &ec2::LaunchTemplateEnclaveOptions) -> ec2::LaunchTemplateEnclaveOptionsRequest {
    ec2::LaunchTemplateEnclaveOptionsRequest::builder()
        .set_enabled(from.enabled())
        .build()
}

fn performance(
    from: &ec2::LaunchTemplateNetworkPerformanceOptions,
) -> ec2::LaunchTemplateNetworkPerformanceOptionsRequest {
    ec2::LaunchTemplateNetworkPerformanceOptionsRequest::builder()
        .set_bandwidth_weighting(from.bandwidth_weighting().cloned())
        .build()
}
