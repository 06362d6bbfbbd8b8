// A managed node group that the Cluster Autoscaler scales from zero on slices, and NVIDIA's device plugin.
package main

import (
	"github.com/eks-mig/terraform-provider-mig/sdk/go/mig"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		settings := config.New(ctx, "")
		var subnets []string
		settings.RequireObject("subnetIds", &subnets)
		layout := mig.LayoutArgs{
			InstanceTypes: pulumi.ToStringArray([]string{"p5.48xlarge"}),
			Slices:        pulumi.IntMap{"1g.10gb": pulumi.Int(7)}, // 8 GPUs: 56 slices per node
		}
		template, err := mig.NewLaunchTemplate(ctx, "template", &mig.LaunchTemplateArgs{
			Name:   pulumi.String("mig-small"),
			Layout: layout,
		})
		if err != nil {
			return err
		}
		group, err := mig.NewNodeGroup(ctx, "group", &mig.NodeGroupArgs{
			ClusterName:    pulumi.String("prod"),
			NodeGroupName:  pulumi.String("mig-small"),
			NodeRoleArn:    pulumi.String(settings.Require("nodeRoleArn")),
			SubnetIds:      pulumi.ToStringArray(subnets),
			LaunchTemplate: mig.TemplateRefArgs{Id: template.ID(), LatestVersion: template.LatestVersion},
			Layout:         layout,
			ScalingConfig:  mig.ScalingConfigArgs{MinSize: pulumi.Int(0), MaxSize: pulumi.Int(4)},
		})
		if err != nil {
			return err
		}
		_, err = mig.NewDevicePlugin(ctx, "plugin", &mig.DevicePluginArgs{
			Cluster: mig.ClusterArgs{Name: pulumi.String("prod")},
			Layouts: mig.LayoutArray{layout},
		})
		if err != nil {
			return err
		}
		// What pods can ask for on one node.
		ctx.Export("slicesPerNode", group.SlicesPerNode)
		return nil
	})
}
