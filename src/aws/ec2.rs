//! The EC2 calls in use: launch templates, their versions, their tags; where instance types are available; instances of a cluster.

mod client;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use async_trait::async_trait;
use aws_sdk_ec2::operation::create_launch_template::builders::CreateLaunchTemplateInputBuilder;
use aws_sdk_ec2::operation::create_launch_template_version::builders::CreateLaunchTemplateVersionInputBuilder;
use aws_sdk_ec2::types::{LaunchTemplate, LaunchTemplateVersion, Tag, ValidationWarning};

use super::error::AwsError;
pub(super) use client::Ec2Client;

/// Which launch template.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum TemplateRef {
    /// By ID, such as `lt-0123456789abcdef0`.
    Id(String),
    /// By name, unique in a region of an account.
    Name(String),
}

impl TemplateRef {
    /// The ID or the name.
    pub fn text(&self) -> &str {
        match self {
            Self::Id(text) | Self::Name(text) => text,
        }
    }

    fn id(&self) -> Option<String> {
        matches!(self, Self::Id(_)).then(|| self.text().to_owned())
    }

    fn name(&self) -> Option<String> {
        matches!(self, Self::Name(_)).then(|| self.text().to_owned())
    }
}

/// What was made, and what EC2 thinks is wrong with it: EC2 accepts a template that names things
/// that do not exist, and says so only here.
#[derive(Debug, Clone, PartialEq)]
pub struct Made<T> {
    /// The new object.
    pub object: T,
    /// EC2's warnings, each with its code.
    pub warnings: Vec<String>,
}

/// A part of a list, and what to ask for to get the rest.
#[derive(Debug, Clone, PartialEq)]
pub struct Page<T> {
    /// The objects.
    pub items: Vec<T>,
    /// Where the next page begins; none after the last.
    pub rest: Option<String>,
}

/// An instance, as far as it is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instance {
    /// ID, such as `i-0123456789abcdef0`.
    pub id: String,
    /// When it was launched, in seconds since 1970.
    pub launched: i64,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
}

impl<T> Made<T> {
    /// Joins an object and the warnings of EC2's answer.
    pub fn new(object: T, warning: Option<&ValidationWarning>) -> Self {
        let errors = warning.map(ValidationWarning::errors).unwrap_or_default();
        let warnings = errors
            .iter()
            .map(|e| {
                format!(
                    "{}: {}",
                    e.code().unwrap_or("warning"),
                    e.message().unwrap_or_default()
                )
            })
            .collect();
        Self { object, warnings }
    }
}

/// Amazon EC2, as far as it is used. Throttling and passing faults are retried within a call; a
/// retried create carries the same client token, so that EC2 makes one object only.
#[async_trait]
pub trait Ec2: fmt::Debug + Send + Sync {
    /// `CreateLaunchTemplate`. Without a client token in the input one is made.
    ///
    /// # Errors
    /// `AlreadyExists` where the name is taken; any failure of the call.
    async fn create_launch_template(
        &self,
        input: CreateLaunchTemplateInputBuilder,
    ) -> Result<Made<LaunchTemplate>, AwsError>;

    /// `CreateLaunchTemplateVersion`. Without a client token in the input one is made.
    ///
    /// # Errors
    /// `NotFound` where the template is gone; any failure of the call.
    async fn create_launch_template_version(
        &self,
        input: CreateLaunchTemplateVersionInputBuilder,
    ) -> Result<Made<LaunchTemplateVersion>, AwsError>;

    /// `DescribeLaunchTemplates` for one template: its name, tags and version numbers.
    ///
    /// # Errors
    /// `NotFound` where there is none; any failure of the call.
    async fn describe_launch_template(&self, template: &TemplateRef) -> Result<LaunchTemplate, AwsError>;

    /// `DescribeLaunchTemplateVersions`. `versions` are numbers, `$Latest` or `$Default`; none
    /// stands for all, of which every page is read.
    ///
    /// # Errors
    /// `NotFound` where the template or a version is gone; any failure of the call.
    async fn describe_launch_template_versions(
        &self,
        template: &TemplateRef,
        versions: &[String],
    ) -> Result<Vec<LaunchTemplateVersion>, AwsError>;

    /// `DescribeLaunchTemplateVersions` without a template: a page of the newest versions of all templates. `rest` is what the
    /// page before said; none for the first.
    ///
    /// # Errors
    /// Any failure of the call.
    async fn newest_versions(&self, rest: Option<String>) -> Result<Page<LaunchTemplateVersion>, AwsError>;

    /// `ModifyLaunchTemplate`: makes `version` the default one.
    ///
    /// # Errors
    /// `NotFound` where the template or the version is gone; any failure of the call.
    async fn set_default_version(&self, id: &str, version: i64) -> Result<LaunchTemplate, AwsError>;

    /// `DeleteLaunchTemplate`, with all its versions.
    ///
    /// # Errors
    /// `NotFound` where it is gone already; any failure of the call.
    async fn delete_launch_template(&self, id: &str) -> Result<(), AwsError>;

    /// `CreateTags`: sets these tags and leaves others alone.
    ///
    /// # Errors
    /// `NotFound` where the object is gone; any failure of the call.
    async fn create_tags(&self, id: &str, tags: Vec<Tag>) -> Result<(), AwsError>;

    /// `DescribeInstanceTypeOfferings`: the availability zones that have each of these instance types. A type that the
    /// region does not have is left out.
    ///
    /// # Errors
    /// Any failure of the call.
    async fn instance_type_offerings(
        &self,
        types: &[String],
    ) -> Result<BTreeMap<String, BTreeSet<String>>, AwsError>;

    /// `DescribeInstances`: those of these types that run, or are about to, and that belong to the cluster by the tag
    /// `kubernetes.io/cluster/NAME = owned`, which EKS and Karpenter set and nodes of self-managed groups must have.
    ///
    /// # Errors
    /// Any failure of the call.
    async fn cluster_instances(&self, cluster: &str, types: &[String]) -> Result<Vec<Instance>, AwsError>;

    /// `DeleteTags`: removes the tags of these keys, whatever their values.
    ///
    /// # Errors
    /// `NotFound` where the object is gone; any failure of the call.
    async fn delete_tags(&self, id: &str, keys: &[String]) -> Result<(), AwsError>;
}
