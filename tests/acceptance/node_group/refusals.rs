//! What is refused at plan, with no call to AWS.

use super::{SIZES, SMALL, ground, group};
use crate::support::{assert_says, with_a_cli};

#[test]
fn what_eks_or_the_autoscaler_would_refuse_stops_the_plan() {
    with_a_cli(|cli| {
        let ground = ground(cli, "refused", SIZES);
        let refused: [(&str, &[&str]); 8] = [
            (
                "  scaling_config = { min_size = 2, max_size = 1 }",
                &["max_size is 1, below min_size", "scaling_config.max_size"],
            ),
            (
                "  scaling_config = { min_size = 0, max_size = 1 }\n  update_config = { max_unavailable = 1, max_unavailable_percentage = 5 }",
                &["exclude one another", "update_config.max_unavailable_percentage"],
            ),
            (
                "  scaling_config = { min_size = 0, max_size = 1 }\n  labels = { \"k8s.amazonaws.com/accelerator\" = \"h100\" }",
                &["stops the Cluster Autoscaler", "labels"],
            ),
            (
                "  scaling_config = { min_size = 0, max_size = 1 }\n  taints = [{ key = \"team\", effect = \"NO_SCHEDULE\" }]",
                &["taints"],
            ),
            (
                "  scaling_config = { min_size = 0, max_size = 1 }\n  ami_type = \"AL2_x86_64_GPU\"",
                &["ami_type", "no nodeadm"],
            ),
            (
                "  scaling_config = { min_size = 0, max_size = 1 }\n  taints = [{ key = \"a\", value = \"b\", effect = \"NoSchedule\" }]",
                &["taints", "NO_SCHEDULE"],
            ),
            (
                "  scaling_config = { min_size = 0, max_size = 1 }\n  ami_type = \"AL2023_ARM_64_NVIDIA\"",
                &["ami_type"],
            ),
            (
                "  scaling_config = { min_size = 0, max_size = 1 }\n  instance_types = [\"p4d.24xlarge\"]",
                &["The layout does not name p4d.24xlarge"],
            ),
        ];
        for (arguments, parts) in refused {
            ground.write(&group(&ground.name, SMALL, arguments));
            assert_says(&ground.refused_plan(), parts);
        }
        ground.write(&group(&ground.name, SMALL, SIZES).replace(
            "  name   =",
            "  iam_instance_profile = { name = \"nodes\" }\n  name   =",
        ));
        assert_says(
            &ground.refused_plan(),
            &["cannot have an instance profile", "launch_template"],
        );
    });
}
