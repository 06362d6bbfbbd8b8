"""The Auto Scaling group of a node group, in moto's Auto Scaling."""

from moto.autoscaling.models import FakeAutoScalingGroup, autoscaling_backends


class WithoutInstances(FakeAutoScalingGroup):
    """moto's Auto Scaling group, but no instance is started for its desired capacity."""

    def replace_autoscaling_group_instances(self, count_needed, propagated_tags):
        """Nodes come up in no test of node groups."""


class ScalingGroup:
    """The Auto Scaling group of one node group; it may be missing."""

    def __init__(self, group):
        self.group = group
        self.name = f"eks-{group.name}-{group.uuid}"

    @property
    def backend(self):
        """moto's Auto Scaling in the account and region of the node group."""
        eks = self.group.backend
        return autoscaling_backends[eks.account_id][eks.region_name]

    def find(self):
        """moto's group; None before EKS has made it and after somebody has deleted it."""
        return self.backend.autoscaling_groups.get(self.name)

    def create(self):
        """Makes the group, with the tags that EKS gives it; those of the node group are not among them."""
        sizes = self.group.fields["scalingConfig"]
        self.backend.autoscaling_groups[self.name] = WithoutInstances(
            name=self.name,
            availability_zones=[],
            desired_capacity=sizes["desiredSize"],
            max_size=sizes["maxSize"],
            min_size=sizes["minSize"],
            launch_config_name="",
            launch_template={},
            vpc_zone_identifier=",".join(self.group.fields["subnets"]),
            default_cooldown=None,
            health_check_period=15,
            health_check_type="EC2",
            load_balancers=[],
            target_group_arns=[],
            placement_group=None,
            termination_policies=["AllocationStrategy", "OldestLaunchTemplate", "OldestInstance"],
            autoscaling_backend=self.backend,
            ec2_backend=self.backend.ec2_backend,
            tags=self.tags(),
            mixed_instances_policy=self.policy(),
            capacity_rebalance=False,
        )

    def tags(self):
        """The tags as EKS sets them; those of the Cluster Autoscaler are among them."""
        cluster = self.group.cluster.name
        tags = {
            "eks:cluster-name": cluster,
            "eks:nodegroup-name": self.group.name,
            f"kubernetes.io/cluster/{cluster}": "owned",
            f"k8s.io/cluster-autoscaler/{cluster}": "owned",
            "k8s.io/cluster-autoscaler/enabled": "true",
        }
        return [
            {"Key": key, "Value": value, "PropagateAtLaunch": True, "ResourceId": self.name}
            for key, value in tags.items()
        ]

    def policy(self):
        """The launch template, which EKS would copy, with the instance types; None without a template."""
        template = self.group.template_version
        types = self.group.fields.get("instanceTypes") or []
        return template and {
            "LaunchTemplate": {
                "LaunchTemplateSpecification": template,
                "Overrides": [{"InstanceType": name} for name in types],
            }
        }

    def follow_template(self):
        """Takes the node group's launch template version."""
        if (found := self.find()) and self.group.template_version:
            found.mixed_instances_policy = self.policy()
            found._set_launch_configuration("", {}, found.mixed_instances_policy)

    def resize(self, sizes):
        """Takes the node group's sizes."""
        if found := self.find():
            found.min_size, found.max_size = sizes["minSize"], sizes["maxSize"]
            found.set_desired_capacity(sizes["desiredSize"])

    def desired_size(self):
        """The desired capacity as it is now, whoever has set it; None without a group."""
        found = self.find()
        return found and found.desired_capacity

    def delete(self):
        """Deletes the group, if it is still there."""
        self.backend.autoscaling_groups.pop(self.name, None)
