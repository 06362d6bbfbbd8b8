//! From EC2's answer to the template's attributes.

use std::collections::BTreeMap;

use aws_sdk_ec2::types as ec2;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use tfplug::Attr;

use super::instance::{
    BlockDeviceMapping, CapacityReservationSpecification, CapacityReservationTarget, CpuOptions, Ebs,
    IamInstanceProfile, InstanceMarketOptions, MaintenanceOptions, MetadataOptions, Monitoring,
    NetworkInterface, Placement, PrivateDnsNameOptions, SpotOptions, TagSpecification,
};
use super::model::LaunchTemplate;
use super::other;
use super::plan::sha256;
use crate::resources::aws::attributes::from::{number, some_list, some_set, text};
use crate::resources::aws::tags;

/// The stored template with everything that EC2 answers about it.
pub(super) fn observe(
    stored: LaunchTemplate,
    template: &ec2::LaunchTemplate,
    version: &ec2::LaunchTemplateVersion,
    default_tags: &BTreeMap<String, String>,
) -> LaunchTemplate {
    let mut seen = template_attributes(stored, template, default_tags);
    seen.description = text(version.version_description());
    if let Some(data) = version.launch_template_data() {
        seen = user_data(instance_attributes(seen, data), data);
        seen.other_settings = other::settings(data).into();
    }
    seen
}

/// What says whether a template is ours: its user data, and the instance type that this may leave open.
pub(super) fn made_from(data: &ec2::ResponseLaunchTemplateData) -> LaunchTemplate {
    let bare = LaunchTemplate {
        instance_type: text(data.instance_type().map(ec2::InstanceType::as_str)),
        ..LaunchTemplate::default()
    };
    user_data(bare, data)
}

/// What the template has beside its versions.
pub(super) fn template_attributes(
    stored: LaunchTemplate,
    template: &ec2::LaunchTemplate,
    default_tags: &BTreeMap<String, String>,
) -> LaunchTemplate {
    let all = tag_map(template.tags());
    LaunchTemplate {
        id: text(template.launch_template_id()),
        name: text(template.launch_template_name()),
        latest_version: template.latest_version_number().into(),
        default_version: template.default_version_number().into(),
        tags: tags::own(&stored.tags, &all, default_tags),
        tags_all: all.into(),
        ..stored
    }
}

fn instance_attributes(stored: LaunchTemplate, data: &ec2::ResponseLaunchTemplateData) -> LaunchTemplate {
    LaunchTemplate {
        image_id: text(data.image_id()),
        instance_type: text(data.instance_type().map(ec2::InstanceType::as_str)),
        key_name: text(data.key_name()),
        iam_instance_profile: data.iam_instance_profile().map(profile).into(),
        vpc_security_group_ids: some_set(data.security_group_ids()),
        block_device_mappings: some_list(data.block_device_mappings(), block_device),
        metadata_options: data.metadata_options().map(metadata_options).into(),
        network_interfaces: some_list(data.network_interfaces(), network_interface),
        placement: data.placement().map(placement).into(),
        capacity_reservation_specification: data.capacity_reservation_specification().map(reservation).into(),
        instance_market_options: data.instance_market_options().map(market).into(),
        monitoring: data
            .monitoring()
            .map(|m| Monitoring {
                enabled: m.enabled().into(),
            })
            .into(),
        cpu_options: data.cpu_options().map(cpu_options).into(),
        private_dns_name_options: data.private_dns_name_options().map(dns_options).into(),
        maintenance_options: data.maintenance_options().map(maintenance).into(),
        ebs_optimized: data.ebs_optimized().into(),
        disable_api_termination: data.disable_api_termination().into(),
        instance_initiated_shutdown_behavior: text(
            data.instance_initiated_shutdown_behavior()
                .map(ec2::ShutdownBehavior::as_str),
        ),
        tag_specifications: launched_tags(&stored.tag_specifications, data.tag_specifications()),
        ..stored
    }
}

/// The user data as text. What is no text, because someone else put it there, is shown as the base64 that it is.
fn user_data(seen: LaunchTemplate, data: &ec2::ResponseLaunchTemplateData) -> LaunchTemplate {
    let encoded = data.user_data().unwrap_or_default();
    let decoded = STANDARD
        .decode(encoded)
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok());
    let plain = decoded.unwrap_or_else(|| format!("(not text, base64) {encoded}"));
    LaunchTemplate {
        user_data_sha256: sha256(&plain).into(),
        user_data_bytes: i64::try_from(plain.len()).unwrap_or(i64::MAX).into(),
        user_data: plain.into(),
        ..seen
    }
}

/// Tags by key, without those that AWS itself sets.
pub(super) fn tag_map(found: &[ec2::Tag]) -> BTreeMap<String, String> {
    tags::without_aws(
        found
            .iter()
            .filter_map(|tag| Some((tag.key()?, tag.value().unwrap_or_default()))),
    )
}

/// The tags of what is launched; those of the template itself are not among them.
fn launched_tags(
    stored: &Attr<Vec<TagSpecification>>,
    found: &[ec2::LaunchTemplateTagSpecification],
) -> Attr<Vec<TagSpecification>> {
    let written = |kind: Option<&str>| {
        let mut stored = stored.known().into_iter().flatten();
        let same = stored.find(|spec| spec.resource_type.as_str() == kind);
        same.and_then(|spec| spec.tags.known().cloned())
            .unwrap_or_default()
    };
    let template = ec2::ResourceType::LaunchTemplate;
    let launched: Vec<_> = found
        .iter()
        .filter(|spec| spec.resource_type() != Some(&template))
        .map(|spec| {
            let kind = spec.resource_type().map(ec2::ResourceType::as_str);
            TagSpecification {
                resource_type: text(kind),
                tags: written(kind).seen(tag_map(spec.tags())).into(),
            }
        })
        .collect();
    if launched.is_empty() {
        Attr::Null
    } else {
        launched.into()
    }
}

fn profile(from: &ec2::LaunchTemplateIamInstanceProfileSpecification) -> IamInstanceProfile {
    IamInstanceProfile {
        arn: text(from.arn()),
        name: text(from.name()),
    }
}

fn block_device(from: &ec2::LaunchTemplateBlockDeviceMapping) -> BlockDeviceMapping {
    BlockDeviceMapping {
        device_name: text(from.device_name()),
        no_device: text(from.no_device()),
        virtual_name: text(from.virtual_name()),
        ebs: from.ebs().map(ebs).into(),
    }
}

fn ebs(from: &ec2::LaunchTemplateEbsBlockDevice) -> Ebs {
    Ebs {
        volume_size: number(from.volume_size()),
        volume_type: text(from.volume_type().map(ec2::VolumeType::as_str)),
        iops: number(from.iops()),
        throughput: number(from.throughput()),
        encrypted: from.encrypted().into(),
        kms_key_id: text(from.kms_key_id()),
        snapshot_id: text(from.snapshot_id()),
        delete_on_termination: from.delete_on_termination().into(),
        volume_initialization_rate: number(from.volume_initialization_rate()),
    }
}

fn cpu_options(from: &ec2::LaunchTemplateCpuOptions) -> CpuOptions {
    CpuOptions {
        core_count: number(from.core_count()),
        threads_per_core: number(from.threads_per_core()),
        amd_sev_snp: text(from.amd_sev_snp().map(|w| w.as_str())),
        nested_virtualization: text(from.nested_virtualization().map(|w| w.as_str())),
    }
}

fn dns_options(from: &ec2::LaunchTemplatePrivateDnsNameOptions) -> PrivateDnsNameOptions {
    PrivateDnsNameOptions {
        hostname_type: text(from.hostname_type().map(|w| w.as_str())),
        enable_resource_name_dns_a_record: from.enable_resource_name_dns_a_record().into(),
        enable_resource_name_dns_aaaa_record: from.enable_resource_name_dns_aaaa_record().into(),
    }
}

fn maintenance(from: &ec2::LaunchTemplateInstanceMaintenanceOptions) -> MaintenanceOptions {
    MaintenanceOptions {
        auto_recovery: text(from.auto_recovery().map(|w| w.as_str())),
    }
}

fn metadata_options(from: &ec2::LaunchTemplateInstanceMetadataOptions) -> MetadataOptions {
    MetadataOptions {
        http_endpoint: text(from.http_endpoint().map(|w| w.as_str())),
        http_tokens: text(from.http_tokens().map(|w| w.as_str())),
        http_put_response_hop_limit: number(from.http_put_response_hop_limit()),
        http_protocol_ipv6: text(from.http_protocol_ipv6().map(|w| w.as_str())),
        instance_metadata_tags: text(from.instance_metadata_tags().map(|w| w.as_str())),
    }
}

fn network_interface(from: &ec2::LaunchTemplateInstanceNetworkInterfaceSpecification) -> NetworkInterface {
    NetworkInterface {
        network_card_index: number(from.network_card_index()),
        device_index: number(from.device_index()),
        interface_type: text(from.interface_type()),
        subnet_id: text(from.subnet_id()),
        security_groups: some_set(from.groups()),
        description: text(from.description()),
        network_interface_id: text(from.network_interface_id()),
        associate_public_ip_address: from.associate_public_ip_address().into(),
        delete_on_termination: from.delete_on_termination().into(),
        ipv6_address_count: number(from.ipv6_address_count()),
        ipv4_prefix_count: number(from.ipv4_prefix_count()),
        primary_ipv6: from.primary_ipv6().into(),
    }
}

fn placement(from: &ec2::LaunchTemplatePlacement) -> Placement {
    Placement {
        availability_zone: text(from.availability_zone()),
        group_name: text(from.group_name()),
        group_id: text(from.group_id()),
        partition_number: number(from.partition_number()),
        tenancy: text(from.tenancy().map(ec2::Tenancy::as_str)),
        affinity: text(from.affinity()),
        host_id: text(from.host_id()),
        host_resource_group_arn: text(from.host_resource_group_arn()),
    }
}

fn reservation(
    from: &ec2::LaunchTemplateCapacityReservationSpecificationResponse,
) -> CapacityReservationSpecification {
    let target = from
        .capacity_reservation_target()
        .map(|target| CapacityReservationTarget {
            capacity_reservation_id: text(target.capacity_reservation_id()),
            capacity_reservation_resource_group_arn: text(target.capacity_reservation_resource_group_arn()),
        });
    CapacityReservationSpecification {
        capacity_reservation_preference: text(from.capacity_reservation_preference().map(|w| w.as_str())),
        capacity_reservation_target: target.into(),
    }
}

fn market(from: &ec2::LaunchTemplateInstanceMarketOptions) -> InstanceMarketOptions {
    let spot = from.spot_options().map(|spot| SpotOptions {
        max_price: text(spot.max_price()),
        spot_instance_type: text(spot.spot_instance_type().map(|w| w.as_str())),
        instance_interruption_behavior: text(spot.instance_interruption_behavior().map(|w| w.as_str())),
    });
    InstanceMarketOptions {
        market_type: text(from.market_type().map(ec2::MarketType::as_str)),
        spot_options: spot.into(),
    }
}
