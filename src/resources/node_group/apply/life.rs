//! The life of a node group in process, with a fault at each call to EKS and Auto Scaling.

mod listing;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::SystemTime;

use aws_sdk_eks::operation::create_nodegroup::builders::CreateNodegroupInputBuilder;
use aws_sdk_eks::operation::update_nodegroup_config::builders::UpdateNodegroupConfigInputBuilder;
use aws_sdk_eks::operation::update_nodegroup_version::builders::UpdateNodegroupVersionInputBuilder;
use aws_sdk_eks::types as eks;
use aws_smithy_types::DateTime;
use tfplug::testing::{Faults, Life, Remote, World};
use tfplug::{SetOf, async_trait};

use super::*;
use crate::aws::{AutoScaling, AutoScalingGroup, Eks, EksCluster, Services};
use crate::facts::SharedFacts;
use crate::models::LayoutModel;
use crate::resources::node_group::NodeGroupResource;
use crate::resources::node_group::model::ScalingConfig;
use crate::resources::node_group::template::TemplateRefModel;

const REGION: &str = "us-east-1";

/// A node group in EKS, with its Auto Scaling group.
#[derive(Debug, Clone)]
struct Group {
    seen: eks::Nodegroup,
    /// How often it is looked at before what is under way has ended.
    looks: usize,
    tags: BTreeMap<String, String>,
}

type Groups = BTreeMap<String, Group>;

/// EKS and Auto Scaling, as far as node groups go.
#[derive(Debug, Clone)]
struct Fake {
    groups: Arc<Mutex<Groups>>,
    faults: Faults,
}

impl Fake {
    fn lock(&self) -> MutexGuard<'_, Groups> {
        self.groups.lock().unwrap()
    }

    /// A call; without an answer it may have worked, as far as the provider knows.
    async fn call<T>(
        &self,
        effect: impl FnOnce(&mut Groups) -> Result<T, AwsErrorKind>,
    ) -> Result<T, AwsError> {
        let call = ("EKS", "call");
        let done = self.faults.call(async { effect(&mut self.lock()) }).await;
        // One that does not pass by itself, so that waits end.
        let lost =
            |fault: tfplug::testing::Injected| AwsError::local(AwsErrorKind::Other, call, fault.to_string());
        done.map_err(lost)?
            .map_err(|kind| AwsError::local(kind, call, "refused"))
    }
}

impl Remote for Fake {
    fn count(&self) -> usize {
        self.lock().len()
    }

    fn drift(&self) {
        for group in self.lock().values_mut() {
            let labels = HashMap::from([("by".to_owned(), "hand".to_owned())]);
            group.seen.labels = Some(labels);
            group.tags.clear();
        }
    }
}

fn found<'g>(all: &'g mut Groups, name: &str) -> Result<&'g mut Group, AwsErrorKind> {
    all.get_mut(name).ok_or(AwsErrorKind::NotFound)
}

/// What is under way ends after a look.
fn looked_at(all: &mut Groups, name: &str) -> Result<eks::Nodegroup, AwsErrorKind> {
    let group = found(all, name)?;
    if group.looks > 0 {
        group.looks -= 1;
    } else if group.seen.status == Some(eks::NodegroupStatus::Deleting) {
        all.remove(name);
        return Err(AwsErrorKind::NotFound);
    } else {
        group.seen.status = Some(eks::NodegroupStatus::Active);
    }
    Ok(found(all, name)?.seen.clone())
}

fn begin(group: &mut Group, status: eks::NodegroupStatus) {
    group.seen.status = Some(status);
    group.looks = 1;
}

fn is_free(group: &Group) -> Result<(), AwsErrorKind> {
    let free = group.seen.status == Some(eks::NodegroupStatus::Active);
    free.then_some(()).ok_or(AwsErrorKind::Busy)
}

fn update() -> eks::Update {
    eks::Update::builder()
        .id("1")
        .status(eks::UpdateStatus::InProgress)
        .build()
}

fn made(input: &CreateNodegroupInputBuilder, name: &str) -> eks::Nodegroup {
    let resources = eks::NodegroupResources::builder().auto_scaling_groups(
        eks::AutoScalingGroup::builder()
            .name(format!("eks-{name}"))
            .build(),
    );
    let update = eks::NodegroupUpdateConfig::builder().max_unavailable(1).build();
    eks::Nodegroup::builder()
        .nodegroup_name(name)
        .set_cluster_name(input.get_cluster_name().clone())
        .nodegroup_arn(format!(
            "arn:aws:eks:{REGION}:123456789012:nodegroup/prod/{name}/1"
        ))
        .created_at(DateTime::from(SystemTime::now()))
        .version("1.35")
        .release_version("1.35.1-20261003")
        .set_node_role(input.get_node_role().clone())
        .set_subnets(input.get_subnets().clone())
        .set_instance_types(input.get_instance_types().clone())
        .set_ami_type(input.get_ami_type().clone())
        .set_capacity_type(input.get_capacity_type().clone())
        .set_scaling_config(input.get_scaling_config().clone())
        .set_labels(input.get_labels().clone())
        .set_taints(input.get_taints().clone())
        .set_tags(input.get_tags().clone())
        .set_launch_template(input.get_launch_template().clone())
        .update_config(input.get_update_config().clone().unwrap_or(update))
        .resources(resources.build())
        .build()
}

#[async_trait]
impl Eks for Fake {
    async fn describe_cluster(&self, _: &str) -> Result<EksCluster, AwsError> {
        unreachable!("no test asks for a cluster")
    }

    async fn list_clusters(&self) -> Result<Vec<String>, AwsError> {
        self.call(|_| Ok(vec!["prod".to_owned()])).await
    }

    async fn create_node_group(
        &self,
        input: CreateNodegroupInputBuilder,
    ) -> Result<eks::Nodegroup, AwsError> {
        self.call(|all| {
            let name = input.get_nodegroup_name().clone().unwrap_or_default();
            if all.contains_key(&name) {
                return Err(AwsErrorKind::AlreadyExists);
            }
            let mut group = Group {
                seen: made(&input, &name),
                looks: 1,
                tags: BTreeMap::from([("eks:nodegroup-name".to_owned(), name.clone())]),
            };
            begin(&mut group, eks::NodegroupStatus::Creating);
            all.insert(name, group.clone());
            Ok(group.seen)
        })
        .await
    }

    async fn describe_node_group(&self, group: &NodeGroupRef) -> Result<eks::Nodegroup, AwsError> {
        self.call(|all| looked_at(all, &group.name)).await
    }

    async fn list_node_groups(&self, _: &str) -> Result<Vec<String>, AwsError> {
        self.call(|all| Ok(all.keys().cloned().collect())).await
    }

    async fn update_node_group_config(
        &self,
        input: UpdateNodegroupConfigInputBuilder,
    ) -> Result<eks::Update, AwsError> {
        self.call(|all| {
            let group = found(all, input.get_nodegroup_name().as_deref().unwrap())?;
            is_free(group)?;
            if let Some(changes) = input.get_labels() {
                let labels = group.seen.labels.get_or_insert_default();
                labels.extend(changes.add_or_update_labels().cloned().unwrap_or_default());
                labels.retain(|key, _| !changes.remove_labels().contains(key));
            }
            if input.get_scaling_config().is_some() {
                group.seen.scaling_config = input.get_scaling_config().clone();
            }
            begin(group, eks::NodegroupStatus::Updating);
            Ok(update())
        })
        .await
    }

    async fn update_node_group_version(
        &self,
        input: UpdateNodegroupVersionInputBuilder,
    ) -> Result<eks::Update, AwsError> {
        self.call(|all| {
            let group = found(all, input.get_nodegroup_name().as_deref().unwrap())?;
            is_free(group)?;
            group.seen.launch_template = input.get_launch_template().clone();
            begin(group, eks::NodegroupStatus::Updating);
            Ok(update())
        })
        .await
    }

    async fn describe_update(&self, group: &NodeGroupRef, _: &str) -> Result<eks::Update, AwsError> {
        self.call(|all| {
            looked_at(all, &group.name)?;
            let done = found(all, &group.name)?.looks == 0;
            let status = if done {
                eks::UpdateStatus::Successful
            } else {
                eks::UpdateStatus::InProgress
            };
            Ok(eks::Update::builder().id("1").status(status).build())
        })
        .await
    }

    async fn delete_node_group(&self, group: &NodeGroupRef) -> Result<(), AwsError> {
        self.call(|all| {
            let group = found(all, &group.name)?;
            is_free(group)?;
            begin(group, eks::NodegroupStatus::Deleting);
            Ok(())
        })
        .await
    }

    async fn tag(&self, arn: &str, tags: &BTreeMap<String, String>) -> Result<(), AwsError> {
        self.call(|all| {
            let name = arn.split('/').nth(2).unwrap();
            let pairs = tags.clone().into_iter();
            found(all, name)?.seen.tags.get_or_insert_default().extend(pairs);
            Ok(())
        })
        .await
    }

    async fn untag(&self, arn: &str, keys: &[String]) -> Result<(), AwsError> {
        self.call(|all| {
            let name = arn.split('/').nth(2).unwrap();
            let tags = found(all, name)?.seen.tags.get_or_insert_default();
            tags.retain(|key, _| !keys.contains(key));
            Ok(())
        })
        .await
    }
}

#[async_trait]
impl AutoScaling for Fake {
    async fn describe_group(&self, name: &str) -> Result<AutoScalingGroup, AwsError> {
        self.call(|all| {
            let group = found(all, name.trim_start_matches("eks-"))?;
            Ok(AutoScalingGroup {
                name: name.to_owned(),
                tags: group.tags.clone(),
                ..AutoScalingGroup::default()
            })
        })
        .await
    }

    async fn cluster_groups(&self, _: &str) -> Result<Vec<AutoScalingGroup>, AwsError> {
        unreachable!("no life asks for it")
    }

    async fn is_refreshing(&self, _: &str) -> Result<bool, AwsError> {
        unreachable!("no life asks for it")
    }

    async fn set_tags(&self, name: &str, tags: &BTreeMap<String, String>) -> Result<(), AwsError> {
        self.call(|all| {
            found(all, name.trim_start_matches("eks-"))?
                .tags
                .extend(tags.clone());
            Ok(())
        })
        .await
    }

    async fn delete_tags(&self, name: &str, keys: &[String]) -> Result<(), AwsError> {
        self.call(|all| {
            let tags = &mut found(all, name.trim_start_matches("eks-"))?.tags;
            tags.retain(|key, _| !keys.contains(key));
            Ok(())
        })
        .await
    }
}

fn config(name: &str, version: i64, most: i64, tag: (&str, &str)) -> NodeGroup {
    NodeGroup {
        cluster_name: "prod".into(),
        node_group_name: name.into(),
        node_role_arn: "arn:aws:iam::123456789012:role/nodes".into(),
        subnet_ids: SetOf(vec!["subnet-1".to_owned()]).into(),
        launch_template: TemplateRefModel {
            id: "lt-1".into(),
            version: version.into(),
            ..TemplateRefModel::default()
        }
        .into(),
        layout: LayoutModel {
            instance_types: vec!["p5.48xlarge".to_owned()].into(),
            slices: BTreeMap::from([("1g.10gb".to_owned(), 7)]).into(),
            ..LayoutModel::default()
        }
        .into(),
        scaling_config: ScalingConfig {
            min_size: 0.into(),
            max_size: most.into(),
            ..ScalingConfig::default()
        }
        .into(),
        tags: crate::models::Tags::from(BTreeMap::from([(tag.0.to_owned(), tag.1.to_owned())])).into(),
        ..NodeGroup::default()
    }
}

#[tokio::test(start_paused = true)]
async fn a_group_lives_through_a_fault_at_each_call() {
    let life = Life::new(config("mig-small", 1, 3, ("team", "ml")), |faults| {
        let fake = Fake {
            groups: Arc::default(),
            faults,
        };
        let services = Services {
            eks: Some(Arc::new(fake.clone())),
            auto_scaling: Some(Arc::new(fake.clone())),
            ..Services::default()
        };
        let connections = Connections::answered_by(REGION, services);
        World::new(NodeGroupResource::new(SharedFacts::default()), connections, fake)
    });
    let lived = life
        .changing_to(config("mig-small", 2, 5, ("owner", "ml")))
        .replacing_by(config("mig-large", 2, 5, ("owner", "ml")))
        .live()
        .await
        .unwrap();
    assert!(lived.faults > 40, "{}", lived.faults);
}
