//! A whole life with the documented rights, and with each of them missing once.

use counterparts::cli::Output;

use super::roles::{Right, role};
use super::{DEVICE_PLUGIN, Desk, NODE_CLASS, NODE_OVERLAY, NODE_POOL, RIGHTS, SUBJECTS, Subject};
use crate::support::{assert_says, with_a_cli, with_tofu};

/// Plan, make, plan again, change, import, plan, delete: what each said, up to the first that failed.
fn life(desk: &Desk) -> Vec<Output> {
    let project = &desk.ground.project;
    let address = desk.subject.address;
    let id = (desk.subject.import_id)(&desk.name);
    type Step<'a> = Box<dyn Fn() -> Output + 'a>;
    let plan = || -> Step<'_> { Box::new(|| project.try_plan(&[]).unwrap()) };
    let apply = |changed: bool| -> Step<'_> {
        Box::new(move || {
            desk.write(changed);
            project.try_apply(&[]).unwrap()
        })
    };
    let steps: Vec<Step<'_>> = vec![
        plan(),
        apply(false),
        plan(),
        apply(true),
        plan(),
        Box::new(|| {
            project.run(&["state", "rm", address]).unwrap().success().unwrap();
            project.try_import(address, &id).unwrap()
        }),
        apply(true),
        plan(),
        Box::new(|| {
            project
                .run(&["destroy", "-no-color", "-input=false", "-auto-approve"])
                .unwrap()
        }),
    ];
    let mut said = Vec::new();
    for step in steps {
        said.push(step());
        if said.last().unwrap().code == 1 {
            break;
        }
    }
    said
}

#[test]
fn the_documented_rights_are_enough_for_a_whole_life() {
    with_a_cli(|cli| {
        for subject in SUBJECTS {
            let mut desk = Desk::new(cli, &format!("enough-{}", subject.role), subject);
            let user = desk.ground.name.clone();
            let roles = [role(&RIGHTS, subject.role), role(&RIGHTS, "mig-better-plans")];
            desk.seat(&user, &roles);
            let said = life(&desk);
            for output in &said {
                let words = output.words();
                assert_ne!(output.code, 1, "{}: {words}", output.command);
                for complaint in ["\" cannot ", "not tried out", "could not be asked"] {
                    assert!(!words.contains(complaint), "{}: {words}", output.command);
                }
            }
            let codes: Vec<i32> = said.iter().map(|output| output.code).collect();
            assert_eq!(codes, [2, 0, 0, 0, 0, 0, 0, 0, 0], "{}", subject.role);
            assert!(desk.ground.project.state_list().unwrap().is_empty());
        }
    });
}

/// Asserts that without any one right some step fails, and says which right it is and what to do.
fn assert_each_is_needed(subject: Subject) {
    with_tofu(|cli| {
        let full = role(&RIGHTS, subject.role);
        let mut desk = Desk::new(cli, &format!("least-{}", subject.role), subject);
        assert!(full.rights.len() >= 4);
        for right in &full.rights {
            let Right { resource, verb, .. } = right;
            let user = format!("no-{verb}-{resource}");
            desk.seat(&user, &[full.without(right)]);
            let said = life(&desk);
            let last = said.last().unwrap();
            assert_eq!(last.code, 1, "{right:?} is not needed: {}", last.words());
            let fact = format!("User \"{user}\" cannot {verb} resource \"{resource}\"");
            assert_says(&last.words(), &["Error:", &fact, "Allow it with RBAC"]);
            // What was made is in the state, whatever failed.
            let made = desk.kube.get(&object(&desk, resource)).unwrap();
            let stored = desk.ground.project.state_list().unwrap();
            let import = last.command.contains(" import ");
            assert!(
                made.is_none() || import || !stored.is_empty(),
                "{right:?}: {made:?}"
            );
        }
    });
}

/// Where the resource's object of this kind is.
fn object(desk: &Desk, resource: &str) -> String {
    let name = &desk.name;
    let group = match resource {
        "ec2nodeclasses" => "karpenter.k8s.aws/v1",
        "nodepools" => "karpenter.sh/v1",
        "nodeoverlays" => return format!("/apis/karpenter.sh/v1alpha1/nodeoverlays/{name}-p5-48xlarge"),
        "daemonsets" => {
            return format!("/apis/apps/v1/namespaces/{name}/daemonsets/mig-device-plugin-mixed");
        }
        other => return format!("/api/v1/namespaces/{name}/{other}/mig-device-plugin"),
    };
    format!("/apis/{group}/{resource}/{name}")
}

#[test]
fn each_right_of_a_node_class_is_needed() {
    assert_each_is_needed(NODE_CLASS);
}

#[test]
fn each_right_of_a_pool_is_needed() {
    assert_each_is_needed(NODE_POOL);
}

#[test]
fn each_right_of_an_overlay_is_needed() {
    assert_each_is_needed(NODE_OVERLAY);
}

#[test]
fn each_right_of_a_device_plugin_is_needed() {
    assert_each_is_needed(DEVICE_PLUGIN);
}
