"""A managed node group that the Cluster Autoscaler scales from zero on slices, and NVIDIA's device plugin."""

import pulumi
import eks_mig_mig as mig

config = pulumi.Config()
# 8 GPUs: 56 slices per node.
layout = {"instance_types": ["p5.48xlarge"], "slices": {"1g.10gb": 7}}

template = mig.LaunchTemplate("template", name="mig-small", layout=layout)

group = mig.NodeGroup(
    "group",
    cluster_name="prod",
    node_group_name="mig-small",
    node_role_arn=config.require("nodeRoleArn"),
    subnet_ids=config.require_object("subnetIds"),
    launch_template={"id": template.id, "latest_version": template.latest_version},
    layout=layout,
    scaling_config={"min_size": 0, "max_size": 4},
)

mig.DevicePlugin("plugin", cluster={"name": "prod"}, layouts=[layout])

# What pods can ask for on one node.
pulumi.export("slicesPerNode", group.slices_per_node)
