//! [`Ec2`] by the SDK.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use aws_config::SdkConfig;
use aws_sdk_ec2::Client;
use aws_sdk_ec2::config::http::HttpResponse;
use aws_sdk_ec2::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_ec2::operation::create_launch_template::builders::CreateLaunchTemplateInputBuilder;
use aws_sdk_ec2::operation::create_launch_template_version::builders::CreateLaunchTemplateVersionInputBuilder;
use aws_sdk_ec2::types::{
    Filter, Instance as SdkInstance, LaunchTemplate, LaunchTemplateVersion, LocationType, Tag,
};

use super::super::error::{AwsError, AwsErrorKind};
use super::super::gather::Gather;
use super::super::service::{client, failed};
use super::{Ec2, Instance, Made, Page, TemplateRef};

const DESCRIBE: &str = "DescribeLaunchTemplates";
const DESCRIBE_VERSIONS: &str = "DescribeLaunchTemplateVersions";
/// The most versions that EC2 gives in a page.
const PAGE: i32 = 200;

/// Amazon EC2 of one region.
#[derive(Debug)]
pub(in crate::aws) struct Ec2Client {
    client: Client,
    region: String,
    templates: Gather<LaunchTemplate>,
}

impl Ec2Client {
    pub(in crate::aws) fn new(config: &SdkConfig, endpoint: Option<&str>, region: &str) -> Self {
        Self {
            client: client!(aws_sdk_ec2, "EC2", config, endpoint),
            region: region.to_owned(),
            templates: Gather::default(),
        }
    }

    /// The converter of an action's errors, which also says what they were about.
    fn failed<E>(
        &self,
        action: &'static str,
        about: &str,
    ) -> impl FnOnce(SdkError<E, HttpResponse>) -> AwsError
    where
        E: std::error::Error + ProvideErrorMetadata + Send + Sync + 'static,
    {
        failed(("EC2", action), about, &self.region)
    }

    async fn describe_by_ids(&self, ids: Vec<String>) -> Result<BTreeMap<String, LaunchTemplate>, AwsError> {
        let about = match ids.as_slice() {
            [one] => one.clone(),
            many => format!("{} launch templates", many.len()),
        };
        let found = self.describe_templates(ids, Vec::new(), &about).await?;
        let by_id = |t: LaunchTemplate| Some((t.launch_template_id.clone()?, t));
        Ok(found.into_iter().filter_map(by_id).collect())
    }

    async fn describe_templates(
        &self,
        ids: Vec<String>,
        names: Vec<String>,
        about: &str,
    ) -> Result<Vec<LaunchTemplate>, AwsError> {
        let some = |list: Vec<String>| (!list.is_empty()).then_some(list);
        let answer = self
            .client
            .describe_launch_templates()
            .set_launch_template_ids(some(ids))
            .set_launch_template_names(some(names))
            .send()
            .await
            .map_err(self.failed(DESCRIBE, about))?;
        Ok(answer.launch_templates.unwrap_or_default())
    }

    fn nothing_in_answer(&self, action: &'static str, about: &str) -> AwsError {
        AwsError::local(
            AwsErrorKind::Server,
            ("EC2", action),
            "the answer holds no object",
        )
        .with_context(format!("{about}, {}", self.region))
    }
}

#[async_trait]
impl Ec2 for Ec2Client {
    async fn create_launch_template(
        &self,
        input: CreateLaunchTemplateInputBuilder,
    ) -> Result<Made<LaunchTemplate>, AwsError> {
        const ACTION: &str = "CreateLaunchTemplate";
        let about = input.get_launch_template_name().clone().unwrap_or_default();
        let answer = input.send_with(&self.client).await;
        let answer = answer.map_err(self.failed(ACTION, &about))?;
        let made = answer
            .launch_template
            .ok_or_else(|| self.nothing_in_answer(ACTION, &about))?;
        Ok(Made::new(made, answer.warning.as_ref()))
    }

    async fn create_launch_template_version(
        &self,
        input: CreateLaunchTemplateVersionInputBuilder,
    ) -> Result<Made<LaunchTemplateVersion>, AwsError> {
        const ACTION: &str = "CreateLaunchTemplateVersion";
        let about = input.get_launch_template_id().clone().unwrap_or_default();
        let answer = input.send_with(&self.client).await;
        let answer = answer.map_err(self.failed(ACTION, &about))?;
        let made = answer.launch_template_version;
        let made = made.ok_or_else(|| self.nothing_in_answer(ACTION, &about))?;
        Ok(Made::new(made, answer.warning.as_ref()))
    }

    async fn describe_launch_template(&self, template: &TemplateRef) -> Result<LaunchTemplate, AwsError> {
        if let TemplateRef::Id(id) = template {
            let shared = self.templates.get(id, |ids| self.describe_by_ids(ids)).await?;
            if let Some(found) = shared {
                return Ok(found);
            }
        }
        let ids = template.id().into_iter().collect();
        let names = template.name().into_iter().collect();
        let found = self.describe_templates(ids, names, template.text()).await?;
        // EC2 answers a missing template with an error; an empty list is the same said otherwise.
        found.into_iter().next().ok_or_else(|| {
            AwsError::local(
                AwsErrorKind::NotFound,
                ("EC2", DESCRIBE),
                "there is no such launch template",
            )
            .with_context(format!("{}, {}", template.text(), self.region))
        })
    }

    async fn describe_launch_template_versions(
        &self,
        template: &TemplateRef,
        versions: &[String],
    ) -> Result<Vec<LaunchTemplateVersion>, AwsError> {
        let call = self
            .client
            .describe_launch_template_versions()
            .set_launch_template_id(template.id())
            .set_launch_template_name(template.name())
            .set_versions((!versions.is_empty()).then(|| versions.to_vec()));
        let mut pages = call.into_paginator().send();
        let mut found = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(self.failed(DESCRIBE_VERSIONS, template.text()))?;
            found.extend(page.launch_template_versions.unwrap_or_default());
        }
        Ok(found)
    }

    async fn newest_versions(&self, rest: Option<String>) -> Result<Page<LaunchTemplateVersion>, AwsError> {
        let call = self
            .client
            .describe_launch_template_versions()
            .versions("$Latest");
        let call = call.max_results(PAGE).set_next_token(rest);
        let answer = call.send().await;
        let answer = answer.map_err(self.failed(DESCRIBE_VERSIONS, "all launch templates"))?;
        Ok(Page {
            items: answer.launch_template_versions.unwrap_or_default(),
            rest: answer.next_token.filter(|token| !token.is_empty()),
        })
    }

    async fn instance_type_offerings(
        &self,
        types: &[String],
    ) -> Result<BTreeMap<String, BTreeSet<String>>, AwsError> {
        const ACTION: &str = "DescribeInstanceTypeOfferings";
        let named = Filter::builder()
            .name("instance-type")
            .set_values(Some(types.to_vec()))
            .build();
        let call = self
            .client
            .describe_instance_type_offerings()
            .location_type(LocationType::AvailabilityZone)
            .filters(named);
        let mut pages = call.into_paginator().send();
        let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(self.failed(ACTION, &types.join(", ")))?;
            for offering in page.instance_type_offerings.unwrap_or_default() {
                if let (Some(of), Some(zone)) = (offering.instance_type, offering.location) {
                    found.entry(of.as_str().to_owned()).or_default().insert(zone);
                }
            }
        }
        Ok(found)
    }

    async fn cluster_instances(&self, cluster: &str, types: &[String]) -> Result<Vec<Instance>, AwsError> {
        let filter =
            |name: &str, values: Vec<String>| Filter::builder().name(name).set_values(Some(values)).build();
        let call = self
            .client
            .describe_instances()
            .filters(filter(
                &format!("tag:kubernetes.io/cluster/{cluster}"),
                vec!["owned".to_owned()],
            ))
            .filters(filter(
                "instance-state-name",
                ["pending", "running"].map(str::to_owned).to_vec(),
            ))
            .filters(filter("instance-type", types.to_vec()));
        let mut pages = call.into_paginator().send();
        let mut found = Vec::new();
        while let Some(page) = pages.next().await {
            let about = format!("instances of cluster {cluster}");
            let page = page.map_err(self.failed("DescribeInstances", &about))?;
            let reservations = page.reservations.unwrap_or_default().into_iter();
            found.extend(
                reservations
                    .flat_map(|one| one.instances.unwrap_or_default())
                    .filter_map(seen),
            );
        }
        Ok(found)
    }

    async fn set_default_version(&self, id: &str, version: i64) -> Result<LaunchTemplate, AwsError> {
        const ACTION: &str = "ModifyLaunchTemplate";
        let call = self.client.modify_launch_template().launch_template_id(id);
        let answer = call.default_version(version.to_string()).send().await;
        let answer = answer.map_err(self.failed(ACTION, id))?;
        answer
            .launch_template
            .ok_or_else(|| self.nothing_in_answer(ACTION, id))
    }

    async fn delete_launch_template(&self, id: &str) -> Result<(), AwsError> {
        let answer = self
            .client
            .delete_launch_template()
            .launch_template_id(id)
            .send()
            .await;
        answer.map(drop).map_err(self.failed("DeleteLaunchTemplate", id))
    }

    async fn create_tags(&self, id: &str, tags: Vec<Tag>) -> Result<(), AwsError> {
        let answer = self
            .client
            .create_tags()
            .resources(id)
            .set_tags(Some(tags))
            .send()
            .await;
        answer.map(drop).map_err(self.failed("CreateTags", id))
    }

    async fn delete_tags(&self, id: &str, keys: &[String]) -> Result<(), AwsError> {
        let tags = keys.iter().map(|key| Tag::builder().key(key).build()).collect();
        let answer = self
            .client
            .delete_tags()
            .resources(id)
            .set_tags(Some(tags))
            .send()
            .await;
        answer.map(drop).map_err(self.failed("DeleteTags", id))
    }
}

/// None of one that is not said to have been launched.
fn seen(instance: SdkInstance) -> Option<Instance> {
    let pair = |tag: Tag| Some((tag.key?, tag.value.unwrap_or_default()));
    Some(Instance {
        launched: instance.launch_time.as_ref()?.secs(),
        id: instance.instance_id?,
        tags: instance
            .tags
            .unwrap_or_default()
            .into_iter()
            .filter_map(pair)
            .collect(),
    })
}
