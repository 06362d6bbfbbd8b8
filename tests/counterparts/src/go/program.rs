//! Which Go programs there are and how each is built.

/// A program that is built from a pinned Go module.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Program {
    /// The store behind the Kubernetes API server.
    Etcd,
    /// The Kubernetes API server.
    KubeApiServer,
    /// The controllers that make a DaemonSet's pods and take the not-ready taint off nodes.
    KubeControllerManager,
    /// Puts pods on nodes.
    KubeScheduler,
    /// Kubernetes' command line; ours, over its package.
    Kubectl,
    /// Keeps fake nodes Ready and their pods Running.
    Kwok,
    /// Karpenter's core with its kwok provider, which needs no cloud.
    KarpenterCore,
    /// Karpenter with its AWS provider.
    KarpenterAws,
    /// OpenTofu.
    OpenTofu,
    /// Terraform in a version that has the newer commands, which the machine's own may lack.
    Terraform,
    /// The checker of documentation for the Terraform registry.
    TfPluginDocs,
    /// Prints what NVIDIA's mock GPUs can be cut into; ours, over NVIDIA's packages.
    MockGpus,
    /// Reads user data with nodeadm's own types, decoder and merge; ours, over nodeadm's packages.
    NodeadmCheck,
    /// Reads a device plugin's configuration with the plugin's own parser; ours, over the plugin's package.
    PluginConfigCheck,
    /// NVIDIA's device plugin.
    DevicePlugin,
    /// Stands where kubelet stands for a device plugin; ours, over kubelet's API.
    PluginSocket,
    /// Says which proxy Go takes to a server; ours, over Go's package.
    ProxyCheck,
    /// Pulumi's command line, with its engine.
    Pulumi,
    /// Pulumi's language host for programs in YAML.
    PulumiYaml,
    /// Makes SDKs of a package schema with Pulumi's generators, and runs programs with its SDKs; ours, over Pulumi's packages.
    PulumiTools,
    /// Pulumi's bridge, which serves any Terraform provider to Pulumi.
    PulumiBridge,
    /// Reads what a provider says of Terraform's names with the bridge's own types; ours, over the bridge's packages.
    PulumiMapping,
    /// The smallest provider that HashiCorp publishes. Only `make bench` needs it.
    ProviderTime,
}

/// How one program is built.
pub(super) struct Recipe {
    pub(super) name: &'static str,
    /// Folder below `go/` with go.mod, go.sum and tools.go, or a main.go of ours.
    pub(super) module: &'static str,
    /// The module that go.mod pins; its version is the program's.
    pub(super) pinned: &'static str,
    /// The package to build; `.` is our own main.go.
    pub(super) package: &'static str,
    /// Whether it calls C, so that it needs a C compiler.
    pub(super) cgo: bool,
    /// Build tags, separated by commas.
    pub(super) tags: &'static str,
    pub(super) stamp: Stamp,
    /// On two cores, with nothing in Go's build cache but what the programs before it in [`Program::ALL`] left there.
    pub(super) minutes: u8,
}

/// What the linker writes into a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stamp {
    /// Nothing: the program knows its version or needs none.
    None,
    /// The version of Kubernetes, without which controllers refuse the server's answer.
    Kubernetes,
    /// The version of Karpenter, which its log and its user agent name.
    Karpenter,
    /// The mark of a release. Without it Terraform's version ends in `-dev`, for providers and `required_version` too.
    Terraform,
    /// The version of Pulumi, which it would otherwise not know.
    Pulumi,
    /// The version of the YAML host, which it must answer.
    PulumiYaml,
    /// The version of the bridge, by which the engine finds it.
    PulumiBridge,
}

const ETCD: Recipe = Recipe {
    name: "etcd",
    module: "etcd",
    pinned: "go.etcd.io/etcd/server/v3",
    package: "go.etcd.io/etcd/server/v3",
    cgo: false,
    tags: "",
    stamp: Stamp::None,
    minutes: 1,
};

const KUBE_APISERVER: Recipe = Recipe {
    name: "kube-apiserver",
    module: "kubernetes",
    pinned: "k8s.io/kubernetes",
    package: "k8s.io/kubernetes/cmd/kube-apiserver",
    cgo: false,
    tags: "",
    stamp: Stamp::Kubernetes,
    minutes: 5,
};

const KUBE_CONTROLLER_MANAGER: Recipe = Recipe {
    name: "kube-controller-manager",
    package: "k8s.io/kubernetes/cmd/kube-controller-manager",
    minutes: 2,
    ..KUBE_APISERVER
};

const KUBE_SCHEDULER: Recipe = Recipe {
    name: "kube-scheduler",
    package: "k8s.io/kubernetes/cmd/kube-scheduler",
    minutes: 1,
    ..KUBE_APISERVER
};

const KUBECTL: Recipe = Recipe::own("kubectl", "k8s.io/kubectl", 1);

const KWOK: Recipe = Recipe {
    name: "kwok",
    module: "kwok",
    pinned: "sigs.k8s.io/kwok",
    package: "sigs.k8s.io/kwok/cmd/kwok",
    cgo: false,
    tags: "",
    stamp: Stamp::None,
    minutes: 2,
};

const KARPENTER_CORE: Recipe = Recipe {
    name: "karpenter-kwok",
    module: "karpenter",
    pinned: "sigs.k8s.io/karpenter",
    package: "sigs.k8s.io/karpenter/kwok",
    cgo: false,
    tags: "",
    stamp: Stamp::Karpenter,
    minutes: 3,
};

const KARPENTER_AWS: Recipe = Recipe {
    name: "karpenter-aws",
    module: "karpenter-aws",
    pinned: "github.com/aws/karpenter-provider-aws",
    package: "github.com/aws/karpenter-provider-aws/cmd/controller",
    cgo: false,
    tags: "",
    stamp: Stamp::Karpenter,
    minutes: 2,
};

const OPEN_TOFU: Recipe = Recipe {
    name: "tofu",
    module: "opentofu",
    pinned: "github.com/opentofu/opentofu",
    package: "github.com/opentofu/opentofu/cmd/tofu",
    cgo: false,
    tags: "",
    stamp: Stamp::None,
    minutes: 4,
};

/// Some state backends are Go modules of their own, which Terraform does not publish: go.mod replaces them by empty ones.
const TERRAFORM: Recipe = Recipe {
    name: "terraform",
    module: "terraform",
    pinned: "github.com/hashicorp/terraform",
    package: "github.com/hashicorp/terraform",
    cgo: false,
    tags: "",
    stamp: Stamp::Terraform,
    minutes: 3,
};

const TF_PLUGIN_DOCS: Recipe = Recipe {
    name: "tfplugindocs",
    module: "tfplugindocs",
    pinned: "github.com/hashicorp/terraform-plugin-docs",
    package: "github.com/hashicorp/terraform-plugin-docs/cmd/tfplugindocs",
    cgo: false,
    tags: "",
    stamp: Stamp::None,
    minutes: 1,
};

const MOCK_GPUS: Recipe = Recipe {
    cgo: true,
    ..Recipe::own("mock-gpus", "github.com/NVIDIA/go-nvml", 1)
};

const NODEADM_CHECK: Recipe = Recipe::own("nodeadm", "github.com/awslabs/amazon-eks-ami/nodeadm", 2);

const PLUGIN_CONFIG_CHECK: Recipe = Recipe::own("plugin-config", "github.com/NVIDIA/k8s-device-plugin", 2);

const DEVICE_PLUGIN: Recipe = Recipe {
    name: "nvidia-device-plugin",
    module: "device-plugin",
    pinned: "github.com/NVIDIA/k8s-device-plugin",
    package: "github.com/NVIDIA/k8s-device-plugin/cmd/nvidia-device-plugin",
    cgo: true,
    tags: "",
    stamp: Stamp::None,
    minutes: 1,
};

const PLUGIN_SOCKET: Recipe = Recipe::own("device-plugin", "k8s.io/kubelet", 1);

const PROVIDER_TIME: Recipe = Recipe {
    name: "terraform-provider-time",
    module: "provider-time",
    pinned: "github.com/hashicorp/terraform-provider-time",
    package: "github.com/hashicorp/terraform-provider-time",
    cgo: false,
    tags: "",
    stamp: Stamp::None,
    minutes: 1,
};

/// The tags are those of Pulumi's own releases: no C library is asked for users, no page for traces carried.
const PULUMI: Recipe = Recipe {
    name: "pulumi",
    module: "pulumi",
    pinned: "github.com/pulumi/pulumi/pkg/v3",
    package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
    cgo: false,
    tags: "osusergo,grpcnotrace",
    stamp: Stamp::Pulumi,
    minutes: 4,
};

const PULUMI_YAML: Recipe = Recipe {
    name: "pulumi-language-yaml",
    pinned: "github.com/pulumi/pulumi-yaml",
    package: "github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml",
    stamp: Stamp::PulumiYaml,
    minutes: 1,
    ..PULUMI
};

const PULUMI_BRIDGE: Recipe = Recipe {
    name: "pulumi-resource-terraform-provider",
    module: "pulumi-bridge",
    pinned: "github.com/pulumi/pulumi-terraform-bridge/v3",
    package: "github.com/pulumi/pulumi-terraform-bridge/v3/dynamic",
    stamp: Stamp::PulumiBridge,
    minutes: 2,
    ..PULUMI
};

const PULUMI_TOOLS: Recipe = Recipe {
    name: "pulumi-tools",
    package: ".",
    stamp: Stamp::None,
    minutes: 1,
    ..PULUMI
};

const PULUMI_MAPPING: Recipe = Recipe {
    name: "pulumi-mapping",
    package: ".",
    stamp: Stamp::None,
    minutes: 1,
    ..PULUMI_BRIDGE
};

const PROXY_CHECK: Recipe = Recipe::own("proxies", "golang.org/x/net", 1);

impl Recipe {
    /// A main.go of ours over somebody's packages, in a folder named as the program.
    const fn own(name: &'static str, pinned: &'static str, minutes: u8) -> Self {
        Self {
            name,
            module: name,
            pinned,
            package: ".",
            cgo: false,
            tags: "",
            stamp: Stamp::None,
            minutes,
        }
    }

    /// Everything whose change makes another program.
    pub(super) fn files(&self) -> &'static [&'static str] {
        if self.package != "." {
            &["go.mod", "go.sum"]
        } else if self.module == PULUMI.module {
            &["go.mod", "go.sum", "main.go", "host.go"]
        } else {
            &["go.mod", "go.sum", "main.go"]
        }
    }
}

impl Program {
    /// All that tests need, in the order in which a full installation builds them.
    pub const ALL: [Self; 22] = [
        Self::Etcd,
        Self::KubeApiServer,
        Self::KubeControllerManager,
        Self::KubeScheduler,
        Self::Kubectl,
        Self::Kwok,
        Self::KarpenterCore,
        Self::KarpenterAws,
        Self::OpenTofu,
        Self::Terraform,
        Self::TfPluginDocs,
        Self::MockGpus,
        Self::NodeadmCheck,
        Self::PluginConfigCheck,
        Self::DevicePlugin,
        Self::PluginSocket,
        Self::ProxyCheck,
        Self::Pulumi,
        Self::PulumiYaml,
        Self::PulumiTools,
        Self::PulumiBridge,
        Self::PulumiMapping,
    ];

    /// What a [`crate::Stack`] starts; the rest is for tests.
    pub const OF_STACK: [Self; 3] = [Self::Etcd, Self::KubeApiServer, Self::KubeControllerManager];

    pub(super) const fn recipe(self) -> Recipe {
        match self {
            Self::Etcd => ETCD,
            Self::KubeApiServer => KUBE_APISERVER,
            Self::KubeControllerManager => KUBE_CONTROLLER_MANAGER,
            Self::KubeScheduler => KUBE_SCHEDULER,
            Self::Kubectl => KUBECTL,
            Self::Kwok => KWOK,
            Self::KarpenterCore => KARPENTER_CORE,
            Self::KarpenterAws => KARPENTER_AWS,
            Self::OpenTofu => OPEN_TOFU,
            Self::Terraform => TERRAFORM,
            Self::TfPluginDocs => TF_PLUGIN_DOCS,
            Self::MockGpus => MOCK_GPUS,
            Self::NodeadmCheck => NODEADM_CHECK,
            Self::PluginConfigCheck => PLUGIN_CONFIG_CHECK,
            Self::DevicePlugin => DEVICE_PLUGIN,
            Self::PluginSocket => PLUGIN_SOCKET,
            Self::ProxyCheck => PROXY_CHECK,
            Self::Pulumi => PULUMI,
            Self::PulumiYaml => PULUMI_YAML,
            Self::PulumiTools => PULUMI_TOOLS,
            Self::PulumiBridge => PULUMI_BRIDGE,
            Self::PulumiMapping => PULUMI_MAPPING,
            Self::ProviderTime => PROVIDER_TIME,
        }
    }

    /// The file name of the program.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.recipe().name
    }
}
