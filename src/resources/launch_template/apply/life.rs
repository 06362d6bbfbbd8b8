//! The life of a launch template in process, with a fault at each call to EC2.

mod listing;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::SystemTime;

use aws_sdk_ec2::operation::create_launch_template::builders::CreateLaunchTemplateInputBuilder;
use aws_sdk_ec2::operation::create_launch_template_version::builders::CreateLaunchTemplateVersionInputBuilder;
use aws_sdk_ec2::types as ec2;
use tfplug::async_trait;
use tfplug::testing::{Faults, Life, Remote, World};

use super::*;
use crate::aws::Services;
use crate::aws::ec2::{Instance, Made, Page};
use crate::facts::SharedFacts;
use crate::models::LayoutModel;
use crate::resources::launch_template::LaunchTemplateResource;

const REGION: &str = "us-east-1";
const BY: &str = "arn:aws:iam::123456789012:user/tester";

/// A launch template in EC2.
#[derive(Debug, Clone)]
struct Template {
    name: String,
    default: i64,
    versions: Vec<(Option<String>, ec2::ResponseLaunchTemplateData)>,
    tags: BTreeMap<String, String>,
    made: SystemTime,
    by: String,
}

/// EC2, as far as launch templates go.
#[derive(Debug, Clone)]
struct Fake {
    templates: Arc<Mutex<BTreeMap<String, Template>>>,
    faults: Faults,
}

type Templates = BTreeMap<String, Template>;

impl Fake {
    fn lock(&self) -> MutexGuard<'_, Templates> {
        self.templates.lock().unwrap()
    }

    /// A call; without an answer it may have worked, as far as the provider knows.
    async fn call<T>(
        &self,
        effect: impl FnOnce(&mut Templates) -> Result<T, AwsErrorKind>,
    ) -> Result<T, AwsError> {
        let call = ("EC2", "call");
        let done = self.faults.call(async { effect(&mut self.lock()) }).await;
        let lost = |fault: tfplug::testing::Injected| {
            AwsError::local(AwsErrorKind::Timeout, call, fault.to_string())
        };
        done.map_err(lost)?
            .map_err(|kind| AwsError::local(kind, call, "refused"))
    }
}

impl Remote for Fake {
    fn count(&self) -> usize {
        self.lock().len()
    }

    fn drift(&self) {
        for template in self.lock().values_mut() {
            let (_, data) = template.versions.last().cloned().unwrap();
            template.versions.push((Some("by hand".to_owned()), data));
        }
    }
}

fn found<'t>(
    all: &'t mut Templates,
    wanted: &TemplateRef,
) -> Result<(String, &'t mut Template), AwsErrorKind> {
    all.iter_mut()
        .find(|(id, template)| match wanted {
            TemplateRef::Id(wanted) => *id == wanted,
            TemplateRef::Name(wanted) => template.name == *wanted,
        })
        .map(|(id, template)| (id.clone(), template))
        .ok_or(AwsErrorKind::NotFound)
}

fn seen((id, template): (String, &mut Template)) -> ec2::LaunchTemplate {
    let tags = template
        .tags
        .iter()
        .map(|(key, value)| ec2::Tag::builder().key(key).value(value).build());
    ec2::LaunchTemplate::builder()
        .launch_template_id(id)
        .launch_template_name(&template.name)
        .create_time(template.made.into())
        .created_by(BY)
        .default_version_number(template.default)
        .latest_version_number(template.versions.len() as i64)
        .set_tags(Some(tags.collect()))
        .build()
}

fn version(
    number: usize,
    (description, data): &(Option<String>, ec2::ResponseLaunchTemplateData),
) -> ec2::LaunchTemplateVersion {
    ec2::LaunchTemplateVersion::builder()
        .version_number(number as i64)
        .set_version_description(description.clone())
        .launch_template_data(data.clone())
        .build()
}

fn newest((id, template): (&String, &Template)) -> ec2::LaunchTemplateVersion {
    let number = template.versions.len();
    let (description, data) = &template.versions[number - 1];
    ec2::LaunchTemplateVersion::builder()
        .launch_template_id(id)
        .launch_template_name(&template.name)
        .created_by(&template.by)
        .version_number(number as i64)
        .set_version_description(description.clone())
        .launch_template_data(data.clone())
        .build()
}

/// What EC2 keeps of a request, as far as the templates of this test have it.
fn kept(data: Option<&ec2::RequestLaunchTemplateData>) -> ec2::ResponseLaunchTemplateData {
    let options = data.and_then(ec2::RequestLaunchTemplateData::metadata_options);
    let state = |on: bool| if on { "enabled" } else { "disabled" };
    let metadata = options.map(|asked| {
        let endpoint = asked.http_endpoint().map(|it| it.as_str()).unwrap_or(state(true));
        let tokens = asked.http_tokens().map(|it| it.as_str()).unwrap_or("required");
        ec2::LaunchTemplateInstanceMetadataOptions::builder()
            .http_endpoint(endpoint.into())
            .http_tokens(tokens.into())
            .set_http_put_response_hop_limit(asked.http_put_response_hop_limit())
            .build()
    });
    ec2::ResponseLaunchTemplateData::builder()
        .set_user_data(data.and_then(|data| data.user_data()).map(str::to_owned))
        .set_metadata_options(metadata)
        .build()
}

#[async_trait]
impl Ec2 for Fake {
    async fn create_launch_template(
        &self,
        input: CreateLaunchTemplateInputBuilder,
    ) -> Result<Made<ec2::LaunchTemplate>, AwsError> {
        self.call(|all| {
            let name = input.get_launch_template_name().clone().unwrap_or_default();
            if found(all, &TemplateRef::Name(name.clone())).is_ok() {
                return Err(AwsErrorKind::AlreadyExists);
            }
            let asked = input
                .get_tag_specifications()
                .iter()
                .flatten()
                .flat_map(|of| of.tags());
            let tags = asked.filter_map(|tag| Some((tag.key()?.to_owned(), tag.value()?.to_owned())));
            let template = Template {
                name: name.clone(),
                default: 1,
                versions: vec![(
                    input.get_version_description().clone(),
                    kept(input.get_launch_template_data().as_ref()),
                )],
                tags: tags.collect(),
                made: SystemTime::now(),
                by: BY.to_owned(),
            };
            all.insert(format!("lt-{}", all.len()), template);
            Ok(Made::new(seen(found(all, &TemplateRef::Name(name))?), None))
        })
        .await
    }

    async fn create_launch_template_version(
        &self,
        input: CreateLaunchTemplateVersionInputBuilder,
    ) -> Result<Made<ec2::LaunchTemplateVersion>, AwsError> {
        self.call(|all| {
            let id = input.get_launch_template_id().clone().unwrap_or_default();
            let (_, template) = found(all, &TemplateRef::Id(id))?;
            let data = kept(input.get_launch_template_data().as_ref());
            template
                .versions
                .push((input.get_version_description().clone(), data));
            let number = template.versions.len();
            Ok(Made::new(version(number, &template.versions[number - 1]), None))
        })
        .await
    }

    async fn describe_launch_template(
        &self,
        template: &TemplateRef,
    ) -> Result<ec2::LaunchTemplate, AwsError> {
        self.call(|all| Ok(seen(found(all, template)?))).await
    }

    async fn describe_launch_template_versions(
        &self,
        template: &TemplateRef,
        versions: &[String],
    ) -> Result<Vec<ec2::LaunchTemplateVersion>, AwsError> {
        assert_eq!(versions, [LATEST]);
        self.call(|all| {
            let (_, template) = found(all, template)?;
            let number = template.versions.len();
            Ok(vec![version(number, &template.versions[number - 1])])
        })
        .await
    }

    /// Pages of two.
    async fn newest_versions(
        &self,
        rest: Option<String>,
    ) -> Result<Page<ec2::LaunchTemplateVersion>, AwsError> {
        let begin: usize = rest.map_or(0, |rest| rest.parse().unwrap());
        self.call(|all| {
            let end = begin + 2;
            let rest = (end < all.len()).then(|| end.to_string());
            let items = all.iter().skip(begin).take(2).map(newest).collect();
            Ok(Page { items, rest })
        })
        .await
    }

    async fn cluster_instances(&self, _: &str, _: &[String]) -> Result<Vec<Instance>, AwsError> {
        unreachable!("no life asks for it")
    }

    async fn set_default_version(&self, id: &str, version: i64) -> Result<ec2::LaunchTemplate, AwsError> {
        self.call(|all| {
            let (id, template) = found(all, &TemplateRef::Id(id.to_owned()))?;
            template.default = version;
            Ok(seen((id, template)))
        })
        .await
    }

    async fn delete_launch_template(&self, id: &str) -> Result<(), AwsError> {
        self.call(|all| all.remove(id).map(|_| ()).ok_or(AwsErrorKind::NotFound))
            .await
    }

    async fn create_tags(&self, id: &str, tags: Vec<ec2::Tag>) -> Result<(), AwsError> {
        self.call(|all| {
            let (_, template) = found(all, &TemplateRef::Id(id.to_owned()))?;
            let given = tags
                .iter()
                .filter_map(|tag| Some((tag.key()?.to_owned(), tag.value()?.to_owned())));
            template.tags.extend(given);
            Ok(())
        })
        .await
    }

    async fn instance_type_offerings(
        &self,
        _: &[String],
    ) -> Result<BTreeMap<String, BTreeSet<String>>, AwsError> {
        Ok(BTreeMap::new())
    }

    async fn delete_tags(&self, id: &str, keys: &[String]) -> Result<(), AwsError> {
        self.call(|all| {
            let (_, template) = found(all, &TemplateRef::Id(id.to_owned()))?;
            template.tags.retain(|key, _| !keys.contains(key));
            Ok(())
        })
        .await
    }
}

fn config(name: &str, slices: i64, tag: (&str, &str)) -> LaunchTemplate {
    LaunchTemplate {
        name: name.into(),
        description: "ours".into(),
        layout: LayoutModel {
            instance_types: vec!["p5.48xlarge".to_owned()].into(),
            slices: BTreeMap::from([("1g.10gb".to_owned(), slices)]).into(),
            ..LayoutModel::default()
        }
        .into(),
        tags: crate::models::Tags::from(BTreeMap::from([(tag.0.to_owned(), tag.1.to_owned())])).into(),
        ..LaunchTemplate::default()
    }
}

#[tokio::test]
async fn a_template_lives_through_a_fault_at_each_call() {
    let life = Life::new(config("mig-small", 7, ("team", "ml")), |faults| {
        let fake = Fake {
            templates: Arc::default(),
            faults,
        };
        let services = Services {
            ec2: Some(Arc::new(fake.clone())),
            ..Services::default()
        };
        let connections = Connections::answered_by(REGION, services);
        World::new(
            LaunchTemplateResource::new(SharedFacts::default()),
            connections,
            fake,
        )
    });
    let lived = life
        .changing_to(config("mig-small", 6, ("owner", "ml")))
        .replacing_by(config("mig-large", 6, ("owner", "ml")))
        .importing_by(|state| state.id.as_str().unwrap().to_owned())
        .with_lost_answers()
        .live()
        .await
        .unwrap();
    // Calls: one of a create, two of a read, five of an update (the newest version read, a new one, the default, tags set and
    // removed), one of a deletion.
    assert_eq!(lived.faults, 9 * 4);
}
