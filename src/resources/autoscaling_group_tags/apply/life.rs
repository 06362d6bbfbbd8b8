//! The life of a group's tags in process, with a fault at each call to Auto Scaling.

use std::sync::{Arc, Mutex};

use tfplug::async_trait;
use tfplug::testing::{Faults, Life, Remote, World};

use super::*;
use crate::aws::{AutoScaling, AwsErrorKind, Services};
use crate::facts::SharedFacts;
use crate::models::LayoutModel;
use crate::resources::autoscaling_group_tags::AutoscalingGroupTagsResource;

type Groups = BTreeMap<String, Pairs>;

/// Auto Scaling, as far as the tags of two groups go.
#[derive(Debug, Clone)]
struct Fake {
    groups: Arc<Mutex<Groups>>,
    faults: Faults,
}

impl Fake {
    async fn call<T>(&self, name: &str, effect: impl FnOnce(&mut Pairs) -> T) -> Result<T, AwsError> {
        let call = ("Auto Scaling", "call");
        let work = async { self.groups.lock().unwrap().get_mut(name).map(effect) };
        let done = self.faults.call(work).await;
        let done = done.map_err(|fault| AwsError::local(AwsErrorKind::Timeout, call, fault.to_string()))?;
        done.ok_or_else(|| AwsError::local(AwsErrorKind::NotFound, call, "refused"))
    }
}

impl Remote for Fake {
    /// Groups with tags of ours.
    fn count(&self) -> usize {
        let groups = self.groups.lock().unwrap();
        groups
            .values()
            .filter(|tags| tags.keys().any(|key| describes_nodes(key)))
            .count()
    }

    fn drift(&self) {
        for tags in self.groups.lock().unwrap().values_mut() {
            tags.retain(|key, _| !key.ends_with("nvidia.com/gpu"));
        }
    }
}

#[async_trait]
impl AutoScaling for Fake {
    async fn describe_group(&self, name: &str) -> Result<AutoScalingGroup, AwsError> {
        self.call(name, |tags| AutoScalingGroup {
            name: name.to_owned(),
            tags: tags.clone(),
            ..AutoScalingGroup::default()
        })
        .await
    }

    async fn cluster_groups(&self, _: &str) -> Result<Vec<AutoScalingGroup>, AwsError> {
        unreachable!("no life asks for it")
    }

    async fn is_refreshing(&self, _: &str) -> Result<bool, AwsError> {
        unreachable!("no life asks for it")
    }

    async fn set_tags(&self, group: &str, tags: &Pairs) -> Result<(), AwsError> {
        self.call(group, |all| all.extend(tags.clone())).await
    }

    async fn delete_tags(&self, group: &str, keys: &[String]) -> Result<(), AwsError> {
        self.call(group, |all| all.retain(|key, _| !keys.contains(key)))
            .await
    }
}

fn config(name: &str, label: &str) -> AutoscalingGroupTags {
    AutoscalingGroupTags {
        autoscaling_group_name: name.into(),
        layout: LayoutModel {
            instance_types: vec!["p5.48xlarge".to_owned()].into(),
            slices: BTreeMap::from([("1g.10gb".to_owned(), 7)]).into(),
            ..LayoutModel::default()
        }
        .into(),
        labels: BTreeMap::from([(label.to_owned(), "ml".to_owned())]).into(),
        ..AutoscalingGroupTags::default()
    }
}

#[tokio::test]
async fn tags_live_through_a_fault_at_each_call() {
    let others = BTreeMap::from([("Name".to_owned(), "by another".to_owned())]);
    let life = Life::new(config("slices", "team"), |faults| {
        let groups = ["slices", "more"].map(|name| (name.to_owned(), others.clone()));
        let fake = Fake {
            groups: Arc::new(Mutex::new(groups.into())),
            faults,
        };
        let services = Services {
            auto_scaling: Some(Arc::new(fake.clone())),
            ..Services::default()
        };
        let connections = Connections::answered_by("us-east-1", services);
        let resource = AutoscalingGroupTagsResource::new(SharedFacts::default());
        World::new(resource, connections, fake)
    });
    let lived = life
        .changing_to(config("slices", "owner"))
        .replacing_by(config("more", "owner"))
        .with_lost_answers()
        .live()
        .await
        .unwrap();
    // Calls: two of a create, one of a read, two of an update, one of a deletion.
    assert_eq!(lived.faults, 6 * 4);
}

#[tokio::test]
async fn tags_of_others_stay() {
    let ours: Pairs = [
        ("k8s.io/cluster-autoscaler/node-template/label/a", "1"),
        ("Name", "x"),
    ]
    .map(|(key, value)| (key.to_owned(), value.to_owned()))
    .into();
    let found = owned(&Attr::Null, &ours);
    assert_eq!(found.len(), 1);
    assert_eq!(owned(&Attr::Known(Pairs::new()), &ours), Pairs::new());
}
