// A managed node group that the Cluster Autoscaler scales from zero on slices, and NVIDIA's device plugin.
import * as pulumi from "@pulumi/pulumi";
import * as mig from "@eks-mig/mig";

const config = new pulumi.Config();
const layout = { instanceTypes: ["p5.48xlarge"], slices: { "1g.10gb": 7 } }; // 8 GPUs: 56 slices per node

const template = new mig.LaunchTemplate("template", { name: "mig-small", layout });

const group = new mig.NodeGroup("group", {
    clusterName: "prod",
    nodeGroupName: "mig-small",
    nodeRoleArn: config.require("nodeRoleArn"),
    subnetIds: config.requireObject<string[]>("subnetIds"),
    launchTemplate: { id: template.id, latestVersion: template.latestVersion },
    layout,
    scalingConfig: { minSize: 0, maxSize: 4 },
});

new mig.DevicePlugin("plugin", { cluster: { name: "prod" }, layouts: [layout] });

// What pods can ask for on one node.
export const slicesPerNode = group.slicesPerNode;
