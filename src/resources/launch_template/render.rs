//! From the planned template to EC2's request.

use std::collections::BTreeMap;

use aws_sdk_ec2::types as ec2;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::instance::{
    BlockDeviceMapping, CapacityReservationSpecification, CpuOptions, Ebs, IamInstanceProfile,
    InstanceMarketOptions, MaintenanceOptions, MetadataOptions, NetworkInterface, Placement,
    PrivateDnsNameOptions, SpotOptions, TagSpecification,
};
use super::model::LaunchTemplate;
use crate::models::Tags;
use crate::resources::aws::attributes::to::{each, flag, number, set, text, word};

/// What a version of the template holds.
pub(super) fn version_data(model: &LaunchTemplate) -> ec2::RequestLaunchTemplateData {
    ec2::RequestLaunchTemplateData::builder()
        .set_user_data(model.user_data.as_str().map(|text| STANDARD.encode(text)))
        .set_image_id(text(&model.image_id))
        .set_instance_type(word(&model.instance_type))
        .set_key_name(text(&model.key_name))
        .set_iam_instance_profile(model.iam_instance_profile.known().map(profile))
        .set_security_group_ids(set(&model.vpc_security_group_ids))
        .set_block_device_mappings(each(&model.block_device_mappings, block_device))
        .set_metadata_options(model.metadata_options.known().map(metadata_options))
        .set_network_interfaces(each(&model.network_interfaces, network_interface))
        .set_placement(model.placement.known().map(placement))
        .set_capacity_reservation_specification(
            model.capacity_reservation_specification.known().map(reservation),
        )
        .set_instance_market_options(model.instance_market_options.known().map(market))
        .set_monitoring(model.monitoring.known().map(|m| {
            ec2::LaunchTemplatesMonitoringRequest::builder()
                .set_enabled(flag(&m.enabled))
                .build()
        }))
        .set_cpu_options(model.cpu_options.known().map(cpu_options))
        .set_private_dns_name_options(model.private_dns_name_options.known().map(dns_options))
        .set_maintenance_options(model.maintenance_options.known().map(maintenance))
        .set_ebs_optimized(flag(&model.ebs_optimized))
        .set_disable_api_termination(flag(&model.disable_api_termination))
        .set_instance_initiated_shutdown_behavior(word(&model.instance_initiated_shutdown_behavior))
        .set_tag_specifications(each(&model.tag_specifications, tag_specification))
        .build()
}

/// The tags of the template itself.
pub(super) fn tags(model: &LaunchTemplate) -> Vec<ec2::Tag> {
    tag_list(model.tags_all.known().unwrap_or(&BTreeMap::new()))
}

pub(super) fn tag_list(tags: &BTreeMap<String, String>) -> Vec<ec2::Tag> {
    let tags = tags.iter();
    tags.map(|(key, value)| ec2::Tag::builder().key(key).value(value).build())
        .collect()
}

fn profile(from: &IamInstanceProfile) -> ec2::LaunchTemplateIamInstanceProfileSpecificationRequest {
    ec2::LaunchTemplateIamInstanceProfileSpecificationRequest::builder()
        .set_arn(text(&from.arn))
        .set_name(text(&from.name))
        .build()
}

fn block_device(from: &BlockDeviceMapping) -> ec2::LaunchTemplateBlockDeviceMappingRequest {
    ec2::LaunchTemplateBlockDeviceMappingRequest::builder()
        .set_device_name(text(&from.device_name))
        .set_no_device(text(&from.no_device))
        .set_virtual_name(text(&from.virtual_name))
        .set_ebs(from.ebs.known().map(ebs))
        .build()
}

fn ebs(from: &Ebs) -> ec2::LaunchTemplateEbsBlockDeviceRequest {
    ec2::LaunchTemplateEbsBlockDeviceRequest::builder()
        .set_volume_size(number(&from.volume_size))
        .set_volume_type(word(&from.volume_type))
        .set_iops(number(&from.iops))
        .set_throughput(number(&from.throughput))
        .set_encrypted(flag(&from.encrypted))
        .set_kms_key_id(text(&from.kms_key_id))
        .set_snapshot_id(text(&from.snapshot_id))
        .set_delete_on_termination(flag(&from.delete_on_termination))
        .set_volume_initialization_rate(number(&from.volume_initialization_rate))
        .build()
}

fn cpu_options(from: &CpuOptions) -> ec2::LaunchTemplateCpuOptionsRequest {
    ec2::LaunchTemplateCpuOptionsRequest::builder()
        .set_core_count(number(&from.core_count))
        .set_threads_per_core(number(&from.threads_per_core))
        .set_amd_sev_snp(word(&from.amd_sev_snp))
        .set_nested_virtualization(word(&from.nested_virtualization))
        .build()
}

fn dns_options(from: &PrivateDnsNameOptions) -> ec2::LaunchTemplatePrivateDnsNameOptionsRequest {
    ec2::LaunchTemplatePrivateDnsNameOptionsRequest::builder()
        .set_hostname_type(word(&from.hostname_type))
        .set_enable_resource_name_dns_a_record(flag(&from.enable_resource_name_dns_a_record))
        .set_enable_resource_name_dns_aaaa_record(flag(&from.enable_resource_name_dns_aaaa_record))
        .build()
}

fn maintenance(from: &MaintenanceOptions) -> ec2::LaunchTemplateInstanceMaintenanceOptionsRequest {
    ec2::LaunchTemplateInstanceMaintenanceOptionsRequest::builder()
        .set_auto_recovery(word(&from.auto_recovery))
        .build()
}

fn metadata_options(from: &MetadataOptions) -> ec2::LaunchTemplateInstanceMetadataOptionsRequest {
    ec2::LaunchTemplateInstanceMetadataOptionsRequest::builder()
        .set_http_endpoint(word(&from.http_endpoint))
        .set_http_tokens(word(&from.http_tokens))
        .set_http_put_response_hop_limit(number(&from.http_put_response_hop_limit))
        .set_http_protocol_ipv6(word(&from.http_protocol_ipv6))
        .set_instance_metadata_tags(word(&from.instance_metadata_tags))
        .build()
}

fn network_interface(
    from: &NetworkInterface,
) -> ec2::LaunchTemplateInstanceNetworkInterfaceSpecificationRequest {
    ec2::LaunchTemplateInstanceNetworkInterfaceSpecificationRequest::builder()
        .set_network_card_index(number(&from.network_card_index))
        .set_device_index(number(&from.device_index))
        .set_interface_type(text(&from.interface_type))
        .set_subnet_id(text(&from.subnet_id))
        .set_groups(set(&from.security_groups))
        .set_description(text(&from.description))
        .set_network_interface_id(text(&from.network_interface_id))
        .set_associate_public_ip_address(flag(&from.associate_public_ip_address))
        .set_delete_on_termination(flag(&from.delete_on_termination))
        .set_ipv6_address_count(number(&from.ipv6_address_count))
        .set_ipv4_prefix_count(number(&from.ipv4_prefix_count))
        .set_primary_ipv6(flag(&from.primary_ipv6))
        .build()
}

fn placement(from: &Placement) -> ec2::LaunchTemplatePlacementRequest {
    ec2::LaunchTemplatePlacementRequest::builder()
        .set_availability_zone(text(&from.availability_zone))
        .set_group_name(text(&from.group_name))
        .set_group_id(text(&from.group_id))
        .set_partition_number(number(&from.partition_number))
        .set_tenancy(word(&from.tenancy))
        .set_affinity(text(&from.affinity))
        .set_host_id(text(&from.host_id))
        .set_host_resource_group_arn(text(&from.host_resource_group_arn))
        .build()
}

fn reservation(
    from: &CapacityReservationSpecification,
) -> ec2::LaunchTemplateCapacityReservationSpecificationRequest {
    let target = from.capacity_reservation_target.known().map(|target| {
        ec2::CapacityReservationTarget::builder()
            .set_capacity_reservation_id(text(&target.capacity_reservation_id))
            .set_capacity_reservation_resource_group_arn(text(
                &target.capacity_reservation_resource_group_arn,
            ))
            .build()
    });
    ec2::LaunchTemplateCapacityReservationSpecificationRequest::builder()
        .set_capacity_reservation_preference(word(&from.capacity_reservation_preference))
        .set_capacity_reservation_target(target)
        .build()
}

fn market(from: &InstanceMarketOptions) -> ec2::LaunchTemplateInstanceMarketOptionsRequest {
    ec2::LaunchTemplateInstanceMarketOptionsRequest::builder()
        .set_market_type(word(&from.market_type))
        .set_spot_options(from.spot_options.known().map(spot))
        .build()
}

fn spot(from: &SpotOptions) -> ec2::LaunchTemplateSpotMarketOptionsRequest {
    ec2::LaunchTemplateSpotMarketOptionsRequest::builder()
        .set_max_price(text(&from.max_price))
        .set_spot_instance_type(word(&from.spot_instance_type))
        .set_instance_interruption_behavior(word(&from.instance_interruption_behavior))
        .build()
}

fn tag_specification(from: &TagSpecification) -> ec2::LaunchTemplateTagSpecificationRequest {
    ec2::LaunchTemplateTagSpecificationRequest::builder()
        .set_resource_type(word(&from.resource_type))
        .set_tags(Some(tag_list(
            &from.tags.known().map(Tags::set).unwrap_or_default(),
        )))
        .build()
}
