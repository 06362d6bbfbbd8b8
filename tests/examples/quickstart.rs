//! The quickstart, as `make quickstart` runs it.

use crate::{project, text, with_each_cli};

#[test]
fn the_quickstart_cuts_every_gpu_and_leaves_nothing() {
    with_each_cli(|cli, stack| {
        let project = project(cli, stack, &[&text("quickstart/main.tf")]);
        project.apply(&[]).unwrap();
        let slices = project.output("slices_per_node").unwrap();
        assert_eq!(slices["nvidia.com/mig-1g.10gb"], 56, "{slices}");
        let picture = project.output("picture").unwrap();
        assert!(picture.as_str().unwrap().contains("1g.10gb"), "{picture}");
        let template = project.resource("mig_launch_template.small").unwrap().unwrap();
        assert!(
            template["user_data"].as_str().unwrap().contains("MIME-Version"),
            "{template}"
        );
        assert_eq!(project.try_plan(&[]).unwrap().code, 0);
        project.destroy().unwrap();
        assert_eq!(project.state_list().unwrap(), Vec::<String>::new());
    });
}
