//! Every resource from preview to destroy, in one program.

use counterparts::PulumiProject;
use serde_json::json;

use super::every_resource::{ALL, SECRET, Wish, assert_kept, assert_ops, set_owner};
use super::imports::move_in;
use super::world::{make, offline, project};
use crate::support::{REGION, assert_says, ec2, eks, karpenter, kube};

/// As every_resource.yaml has it in all objects.
const WORDS_TAG: &str = "k8s.io/cluster-autoscaler/node-template/label/words";

#[test]
fn every_resource_lives() {
    let wish = Wish::new("pl-life");
    make(wish.name);
    let project = project(&wish.program());
    set_owner(&project);
    assert_ops(&project, "create", &ALL);
    project.up(&[]).unwrap();
    project.up(&["--expect-no-changes"]).unwrap();
    assert_unchanged(&project);

    let wish = Wish {
        slices: 6,
        words: "second",
        ..wish
    };
    project.write_yaml(&wish.program()).unwrap();
    assert_ops(&project, "update", &ALL);
    project.up(&[]).unwrap();
    assert_eq!(project.output("version").unwrap(), 2);
    assert_eq!(
        project.output("perNode").unwrap(),
        json!({"nvidia.com/mig-1g.10gb": 48})
    );
    project.up(&["--expect-no-changes"]).unwrap();

    drift_is_taken_back(&project, wish);
    assert_kept(&project);
    objects_move_in(&project, wish);
    a_name_replaces(&project, wish);
}

/// Nobody has touched what the state says.
fn assert_unchanged(project: &PulumiProject) {
    let refreshed = project.try_refresh(&["--expect-no-changes"]).unwrap();
    assert!(refreshed.succeeded(), "{}", refreshed.words());
}

/// A colleague changes an object of each kind; a refresh shows it, and the next run takes it back.
fn drift_is_taken_back(project: &PulumiProject, wish: Wish<'_>) {
    let name = wish.object();
    ec2::new_version(&name, &[("LaunchTemplateData.ImageId", "ami-0123456789abcdef0")]);
    eks::set_tag(wish.name, WORDS_TAG, "drifted");
    let group = json!({"labels": {"addOrUpdateLabels": {"words": "drifted"}}});
    eks::change(wish.name, &format!("node-groups/{name}/update-config"), &group);
    let labels = json!({"metadata": {"labels": {"words": "drifted"}}});
    let of_nodes = json!({"spec": {"template": {"metadata": {"labels": {"words": "drifted"}}}}});
    karpenter::edit(
        "EC2NodeClass",
        &name,
        &json!({"spec": {"tags": {"words": "drifted"}}}),
    );
    karpenter::edit("NodePool", &name, &of_nodes);
    karpenter::edit("NodeOverlay", &wish.overlay(), &labels);
    kube::edit(wish.name, &format!("ConfigMap/{name}"), "kubectl-edit", &labels);

    let refreshed = project.try_refresh(&["--expect-no-changes"]).unwrap();
    assert!(!refreshed.succeeded(), "{}", refreshed.words());
    assert_ops(project, "update", &ALL);
    project.up(&[]).unwrap();
    assert_as_declared(wish);
    project.up(&["--expect-no-changes"]).unwrap();
}

/// The words of the program are in every object.
fn assert_as_declared(wish: Wish<'_>) {
    let (name, words) = (wish.object(), wish.words);
    let live = |kind, name: &str| karpenter::live(kind, name).unwrap();
    assert!(ec2::latest_data(&name).starts_with(words));
    assert_eq!(eks::tags(wish.name)[WORDS_TAG], words);
    assert_eq!(eks::group(wish.name, &name).unwrap()["labels"]["words"], words);
    assert_eq!(live("EC2NodeClass", &name)["spec"]["tags"]["words"], words);
    let pool = live("NodePool", &name);
    assert_eq!(pool["spec"]["template"]["metadata"]["labels"]["words"], words);
    let overlay = live("NodeOverlay", &wish.overlay());
    assert_eq!(overlay["metadata"]["labels"]["words"], words);
    let config = kube::live(wish.name, &format!("ConfigMap/{name}")).unwrap();
    assert_eq!(config["metadata"]["labels"]["words"], words);
}

/// Objects that no state knows any more come in again.
fn objects_move_in(project: &PulumiProject, wish: Wish<'_>) {
    let forget = ["state", "delete", "--yes", "--non-interactive", "--all"];
    project.run(&forget).unwrap().success().unwrap();
    move_in(project, wish);
    // An import cannot know what is secret. The program says it of the inputs, and a refresh of all that follows from them.
    project.try_refresh(&[]).unwrap().success().unwrap();
    assert!(!project.export().unwrap().json.to_string().contains(SECRET));
}

/// Another name makes another object; what has a name of the old age is gone.
fn a_name_replaces(project: &PulumiProject, wish: Wish<'_>) {
    let newer = Wish { age: "new", ..wish };
    project.write_yaml(&newer.program()).unwrap();
    let preview = project.preview(&[]).unwrap();
    for name in ALL.iter().filter(|&&name| name != "tags") {
        assert!(
            preview.ops(name).contains(&"replace".to_owned()),
            "{name}: {preview:?}"
        );
    }
    project.up(&[]).unwrap();
    project.up(&["--expect-no-changes"]).unwrap();
    assert_as_declared(newer);
    assert_gone(wish);
    project.destroy(&[]).unwrap();
    assert_gone(newer);
}

/// None of a wish's objects is there, under the names of its age.
pub(super) fn assert_gone(wish: Wish<'_>) {
    let name = wish.object();
    assert_eq!(ec2::names(&name), Vec::<String>::new());
    assert_eq!(eks::group(wish.name, &name), None);
    for (kind, name) in [
        ("EC2NodeClass", &name),
        ("NodePool", &name),
        ("NodeOverlay", &wish.overlay()),
    ] {
        assert_eq!(karpenter::live(kind, name), None);
    }
    let left = kube::objects(wish.name);
    assert!(left.iter().all(|left| !left.contains(&name)), "{left:?}");
}

/// No cluster, no AWS and no credentials: what can be known is.
#[test]
fn a_preview_needs_nothing() {
    let wish = Wish::new("pl-offline");
    let mut project = offline(&wish.program());
    project.set_env("AWS_EC2_METADATA_DISABLED", "true");
    set_owner(&project);
    project.set_config("mig:region", REGION, &[]).unwrap();
    assert_ops(&project, "create", &ALL);
    let told = project
        .run(&["preview", "--non-interactive", "--color=never"])
        .unwrap();

    assert_says(&told.words(), &["nvidia.com/mig-1g.10gb"]);
}
