//! Lists of launch templates in process, with a fault at each call.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use tfplug::testing::Listing;
use tfplug::{Model, Path};

use super::*;
use crate::list_resources::launch_template::{LaunchTemplateFilter, LaunchTemplateList};
use crate::models::newest_version;
use crate::resources::launch_template::user_data;

/// What a version of ours holds.
fn ours() -> ec2::ResponseLaunchTemplateData {
    let model = LaunchTemplate {
        render_version: newest_version().into(),
        ..config("any", 7, ("team", "ml")).with_defaults()
    };
    let (facts, mut faults) = (SharedFacts::default().get(), Diagnostics::new());
    let layout = model.layout.known().unwrap();
    let layout = layout
        .resolve(&facts, &Path::attr("layout"), &mut faults)
        .ok()
        .unwrap();
    let text = user_data::render(&model, &layout, facts.catalog(), &mut faults)
        .ok()
        .unwrap();
    ec2::ResponseLaunchTemplateData::builder()
        .user_data(STANDARD.encode(text))
        .build()
}

fn other() -> ec2::ResponseLaunchTemplateData {
    let text = STANDARD.encode("#!/bin/sh\n");
    ec2::ResponseLaunchTemplateData::builder().user_data(text).build()
}

/// Two of ours, two copies of one that controllers have made, and one of another tool.
fn templates() -> Templates {
    let eks = "arn:aws:sts::123456789012:assumed-role/AWSServiceRoleForAmazonEKSNodegroup/EKS";
    let all = [
        ("lt-1", "mig-large", BY, ours()),
        ("lt-2", "eks-4bcb", eks, ours()),
        ("lt-3", "web", BY, other()),
        ("lt-4", "mig-small", BY, ours()),
        ("lt-5", "karpenter.k8s.aws/1", BY, ours()),
    ];
    let template = |(id, name, by, data): (&str, &str, &str, _)| {
        let template = Template {
            name: name.to_owned(),
            default: 1,
            versions: vec![(None, data)],
            tags: BTreeMap::from([("team".to_owned(), "ml".to_owned())]),
            made: SystemTime::now(),
            by: by.to_owned(),
        };
        (id.to_owned(), template)
    };
    all.into_iter().map(template).collect()
}

fn world(faults: Faults) -> (LaunchTemplateList, Connections) {
    let fake = Fake {
        templates: Arc::new(Mutex::new(templates())),
        faults,
    };
    let services = Services {
        ec2: Some(Arc::new(fake)),
        ..Services::default()
    };
    let connections = Connections::answered_by(REGION, services);
    (LaunchTemplateList::new(SharedFacts::default()), connections)
}

/// The names found, and how many faults there were.
async fn names(config: LaunchTemplateFilter) -> (Vec<String>, usize) {
    let listed = Listing::new(config, world).run().await.unwrap();
    assert!(listed.diagnostics.is_empty(), "{:?}", listed.diagnostics);
    let names = listed.results.into_iter().map(|found| found.display_name);
    (names.collect(), listed.faults)
}

#[tokio::test]
async fn ours_are_listed_page_by_page() {
    let (found, faults) = names(LaunchTemplateFilter::default()).await;
    assert_eq!(found, ["mig-large", "mig-small"]);
    // Three pages.
    assert_eq!(faults, 3 * 3);
    let small = LaunchTemplateFilter {
        name_prefix: "mig-s".into(),
        ..LaunchTemplateFilter::default()
    };
    assert_eq!(names(small).await.0, ["mig-small"]);
    let all = LaunchTemplateFilter {
        all: true.into(),
        ..LaunchTemplateFilter::default()
    };
    assert_eq!(names(all).await.0.len(), 5);
}

#[tokio::test]
async fn whole_templates_are_what_an_import_reads() {
    let all = LaunchTemplateFilter {
        all: true.into(),
        ..LaunchTemplateFilter::default()
    };
    let listing = Listing::new(all, world)
        .including_resources()
        .importing_by(LaunchTemplateResource::new(SharedFacts::default()));
    let listed = listing.run().await.unwrap();
    let layouts = listed
        .results
        .iter()
        .filter_map(|found| found.resource.as_ref()?.layout.known());
    assert_eq!(layouts.count(), 4);
    assert!(
        listed.results[2]
            .diagnostics
            .iter()
            .any(|said| said.summary.contains("not ours"))
    );
}

#[tokio::test]
async fn a_list_ends_at_its_limit() {
    let listed = Listing::new(LaunchTemplateFilter::default(), world).limited_to(1);
    let listed = listed.run().await.unwrap();
    assert_eq!(listed.results.len(), 1);
    assert_eq!(listed.faults, 3, "no more than one page is asked for");
}
