use super::*;

/// What a template had that was made by the console: settings with and without an attribute.
fn hand_made() -> ec2::ResponseLaunchTemplateData {
    let license = "arn:aws:license-manager:us-east-1:1:license-configuration:lic-1";
    ec2::ResponseLaunchTemplateData::builder()
        .license_specifications(
            ec2::LaunchTemplateLicenseConfiguration::builder()
                .license_configuration_arn(license)
                .build(),
        )
        .cpu_options(ec2::LaunchTemplateCpuOptions::builder().core_count(48).build())
        .enclave_options(
            ec2::LaunchTemplateEnclaveOptions::builder()
                .enabled(false)
                .build(),
        )
        .hibernation_options(
            ec2::LaunchTemplateHibernationOptions::builder()
                .configured(false)
                .build(),
        )
        .network_performance_options(
            ec2::LaunchTemplateNetworkPerformanceOptions::builder()
                .bandwidth_weighting(ec2::InstanceBandwidthWeighting::Vpc1)
                .build(),
        )
        .credit_specification(
            ec2::CreditSpecification::builder()
                .cpu_credits("unlimited")
                .build(),
        )
        .disable_api_stop(true)
        .placement(
            ec2::LaunchTemplatePlacement::builder()
                .spread_domain("rack-1")
                .build(),
        )
        .network_interfaces(interface(0, 300))
        .network_interfaces(interface(1, 400))
        .block_device_mappings(
            ec2::LaunchTemplateBlockDeviceMapping::builder()
                .device_name("/dev/xvda")
                .ebs(
                    ec2::LaunchTemplateEbsBlockDevice::builder()
                        .ebs_card_index(1)
                        .build(),
                )
                .build(),
        )
        .build()
}

fn interface(device: i32, timeout: i32) -> ec2::LaunchTemplateInstanceNetworkInterfaceSpecification {
    ec2::LaunchTemplateInstanceNetworkInterfaceSpecification::builder()
        .device_index(device)
        .connection_tracking_specification(
            ec2::ConnectionTrackingSpecification::builder()
                .tcp_established_timeout(timeout)
                .build(),
        )
        .ena_srd_specification(
            ec2::LaunchTemplateEnaSrdSpecification::builder()
                .ena_srd_enabled(true)
                .build(),
        )
        .ipv4_prefixes(
            ec2::Ipv4PrefixSpecificationResponse::builder()
                .ipv4_prefix("10.0.1.0/28")
                .build(),
        )
        .build()
}

#[test]
fn settings_without_an_attribute_are_named() {
    let expected = [
        ("BlockDeviceMappings[/dev/xvda].Ebs.EbsCardIndex", "1"),
        ("CreditSpecification.CpuCredits", "unlimited"),
        ("DisableApiStop", "true"),
        ("EnclaveOptions.Enabled", "false"),
        ("HibernationOptions.Configured", "false"),
        (
            "LicenseSpecifications",
            "arn:aws:license-manager:us-east-1:1:license-configuration:lic-1",
        ),
        (
            "NetworkInterfaces[0.0].ConnectionTrackingSpecification",
            "TcpEstablishedTimeout=300",
        ),
        ("NetworkInterfaces[0.0].EnaSrdSpecification", "EnaSrdEnabled=true"),
        ("NetworkInterfaces[0.0].Ipv4Prefixes", "10.0.1.0/28"),
        (
            "NetworkInterfaces[0.1].ConnectionTrackingSpecification",
            "TcpEstablishedTimeout=400",
        ),
        ("NetworkInterfaces[0.1].EnaSrdSpecification", "EnaSrdEnabled=true"),
        ("NetworkInterfaces[0.1].Ipv4Prefixes", "10.0.1.0/28"),
        ("NetworkPerformanceOptions.BandwidthWeighting", "vpc-1"),
        ("Placement.SpreadDomain", "rack-1"),
    ];
    let expected: Settings = expected
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
    assert_eq!(settings(&hand_made()), expected);
    let empty = ec2::ResponseLaunchTemplateData::builder().build();
    assert_eq!(settings(&empty), Settings::new());
}

/// What is declared: device 0, the disk that was there and a new one, no placement.
fn declared() -> ec2::RequestLaunchTemplateData {
    let disk = |name: &str| {
        ec2::LaunchTemplateBlockDeviceMappingRequest::builder()
            .device_name(name)
            .ebs(
                ec2::LaunchTemplateEbsBlockDeviceRequest::builder()
                    .volume_size(200)
                    .build(),
            )
            .build()
    };
    ec2::RequestLaunchTemplateData::builder()
        .image_id("ami-1")
        .network_interfaces(
            ec2::LaunchTemplateInstanceNetworkInterfaceSpecificationRequest::builder()
                .interface_type("efa")
                .build(),
        )
        .block_device_mappings(disk("/dev/xvda"))
        .block_device_mappings(disk("/dev/xvdb"))
        .build()
}

#[test]
fn the_next_version_has_them_where_they_still_belong() {
    let next = carry_over(declared(), &hand_made());
    assert_eq!(next.image_id(), Some("ami-1"));
    assert_eq!(next.license_specifications().len(), 1);
    assert_eq!(next.disable_api_stop(), Some(true));
    assert_eq!(next.enclave_options().and_then(|e| e.enabled()), Some(false));
    assert!(
        next.cpu_options().is_none(),
        "it has an attribute, which is not set"
    );
    assert!(next.placement().is_none());
    let [interface] = next.network_interfaces() else {
        panic!("{next:?}")
    };
    assert_eq!(interface.interface_type(), Some("efa"));
    let tracking = interface.connection_tracking_specification().unwrap();
    assert_eq!(tracking.tcp_established_timeout(), Some(300));
    assert_eq!(interface.ipv4_prefixes()[0].ipv4_prefix(), Some("10.0.1.0/28"));
    let disks = next.block_device_mappings().iter();
    let cards: Vec<_> = disks.map(|disk| disk.ebs().unwrap().ebs_card_index()).collect();
    assert_eq!(cards, [Some(1), None]);
}

#[test]
fn what_cannot_be_carried_over_is_known() {
    let data = ec2::ResponseLaunchTemplateData::builder()
        .instance_requirements(ec2::InstanceRequirements::builder().build())
        .disable_api_stop(true)
        .build();
    assert_eq!(not_carried(&settings(&data)), ["InstanceRequirements"]);
}

/// The fields of a struct of the SDK, read off its `Debug`.
fn fields(of: &dyn std::fmt::Debug) -> Vec<String> {
    let text = format!("{of:?}");
    let (_, body) = text.split_once('{').expect("a struct");
    let fields = body.trim_end_matches('}').split(',');
    fields
        .filter_map(|field| Some(field.split_once(':')?.0.trim().to_owned()))
        .collect()
}

/// A newer SDK may know settings that an older one did not: each must have an attribute or be carried over.
#[test]
fn every_field_that_ec2_answers_with_has_its_place() {
    let attributes = include_str!("../render.rs");
    let carried = concat!(include_str!("carry.rs"), include_str!("../other.rs"));
    let elsewhere = [
        // In `vpc_security_group_ids` and `security_groups`.
        "security_group_ids",
        "groups",
        // Whether EC2 has applied the metadata options of a running instance.
        "state",
        // The AWS service that manages the template, if one does: nothing that a version is launched with.
        "operator",
    ];
    let structs: [&dyn std::fmt::Debug; 10] = [
        &ec2::ResponseLaunchTemplateData::builder().build(),
        &ec2::LaunchTemplateInstanceNetworkInterfaceSpecification::builder().build(),
        &ec2::LaunchTemplateBlockDeviceMapping::builder().build(),
        &ec2::LaunchTemplateEbsBlockDevice::builder().build(),
        &ec2::LaunchTemplateInstanceMetadataOptions::builder().build(),
        &ec2::LaunchTemplatePlacement::builder().build(),
        &ec2::LaunchTemplateCapacityReservationSpecificationResponse::builder().build(),
        &ec2::LaunchTemplateSpotMarketOptions::builder().build(),
        &ec2::LaunchTemplateCpuOptions::builder().build(),
        &ec2::LaunchTemplatePrivateDnsNameOptions::builder().build(),
    ];
    for of in structs {
        let names = fields(of);
        assert!(names.len() > 1, "{of:?}");
        for name in names {
            let known = attributes.contains(&format!("set_{name}("))
                || carried.contains(&format!(".{name}"))
                || elsewhere.contains(&name.as_str());
            assert!(known, "{name} has no place: {of:?}");
        }
    }
}

#[test]
fn what_belongs_to_an_object_goes_with_it() {
    let (stay, go) = split(&settings(&hand_made()), &declared());
    let gone: Vec<&str> = go.keys().map(String::as_str).collect();
    let expected = [
        "NetworkInterfaces[0.1].ConnectionTrackingSpecification",
        "NetworkInterfaces[0.1].EnaSrdSpecification",
        "NetworkInterfaces[0.1].Ipv4Prefixes",
        "Placement.SpreadDomain",
    ];
    assert_eq!(gone, expected);
    assert_eq!(stay.len(), settings(&hand_made()).len() - expected.len());
}
