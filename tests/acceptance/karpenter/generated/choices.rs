//! What the attributes may be, and may not.

/// Values that exclude one another: one of them is given, or none. Each is a line, or several lines of which the first is
/// the attribute that a fault is told at.
pub(super) struct Choices {
    pub(super) required: bool,
    pub(super) right: &'static [&'static str],
    pub(super) wrong: &'static [&'static str],
}

const fn required(right: &'static [&'static str], wrong: &'static [&'static str]) -> Choices {
    Choices {
        required: true,
        right,
        wrong,
    }
}

const fn optional(right: &'static [&'static str], wrong: &'static [&'static str]) -> Choices {
    Choices {
        required: false,
        right,
        wrong,
    }
}

const LABELS: Choices = optional(
    &[
        r#"labels = { team = "ml" }"#,
        r#"labels = { "example.com/team" = "A_1.x", empty = "" }"#,
    ],
    &[
        r#"labels = { "a b" = "x" }"#,
        r#"labels = { "X/y" = "x" }"#,
        r#"labels = { team = "a b" }"#,
        r#"labels = { team = "ü" }"#,
    ],
);

const ANNOTATIONS: Choices = optional(
    &[r#"annotations = { note = "any text: #1\nof lines" }"#],
    &[
        r#"annotations = { "a b" = "x" }"#,
        r#"annotations = { "/x" = "x" }"#,
    ],
);

pub(super) const CLASS: &[Choices] = &[
    required(
        &[
            r#"ami_selector_terms = [{ alias = "al2023@v20261003" }]"#,
            "ami_selector_terms = [{ id = \"ami-0a1\" }, { name = \"gpu-*\", owner = \"self\" }]\n  ami_family = \"AL2023\"",
            "ami_selector_terms = [{ tags = { driver = \"580\" } }]\n  ami_family = \"AL2023\"",
            "ami_selector_terms = [{ ssm_parameter = \"/mig/ami\" }]\n  ami_family = \"Custom\"\n  node_config = { cluster_name = \
             \"prod\", api_server_endpoint = \"https://example.eks.amazonaws.com\", certificate_authority = \"LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUIKLS0tLS1FTkQgQ0VSVElGSUNBVEUtLS0tLQo=\", service_cidr = \
             \"172.20.0.0/16\" }",
        ],
        &[
            "ami_selector_terms = []",
            "ami_selector_terms = [{}]\n  ami_family = \"AL2023\"",
            r#"ami_selector_terms = [{ alias = "al2023" }]"#,
            r#"ami_selector_terms = [{ alias = "al2023@" }]"#,
            r#"ami_selector_terms = [{ alias = "al 2023@v1" }]"#,
            r#"ami_selector_terms = [{ alias = "ubuntu@v1" }]"#,
            r#"ami_selector_terms = [{ alias = "windows2022@v1" }]"#,
            r#"ami_selector_terms = [{ alias = "al2023@v1", id = "ami-1" }]"#,
            r#"ami_selector_terms = [{ alias = "al2023@v1" }, { name = "x" }]"#,
            "ami_selector_terms = [{ owner = \"self\" }]\n  ami_family = \"AL2023\"",
            "ami_selector_terms = [{ id = \"i-1\" }]\n  ami_family = \"AL2023\"",
            "ami_family = \"Bottlerocket\"\n  ami_selector_terms = [{ alias = \"al2023@v1\" }]",
            "ami_family = \"Ubuntu\"\n  ami_selector_terms = [{ id = \"ami-1\" }]",
            r#"ami_family = "al2023"
  ami_selector_terms = [{ id = "ami-1" }]"#,
        ],
    ),
    required(
        &[
            r#"subnet_selector_terms = [{ tags = { "karpenter.sh/discovery" = "prod" } }]"#,
            r#"subnet_selector_terms = [{ id = "subnet-0a1" }, { tags = { team = "*" } }]"#,
        ],
        &[
            "subnet_selector_terms = []",
            "subnet_selector_terms = [{}]",
            r#"subnet_selector_terms = [{ id = "sg-1" }]"#,
            r#"subnet_selector_terms = [{ id = "subnet-1", tags = { a = "b" } }]"#,
            r#"subnet_selector_terms = [{ tags = { a = "" } }]"#,
        ],
    ),
    required(
        &[
            r#"security_group_selector_terms = [{ tags = { team = "*" } }]"#,
            r#"security_group_selector_terms = [{ id = "sg-0a1" }, { name = "nodes" }]"#,
        ],
        &[
            "security_group_selector_terms = []",
            "security_group_selector_terms = [{}]",
            r#"security_group_selector_terms = [{ id = "subnet-1" }]"#,
            r#"security_group_selector_terms = [{ id = "sg-1", name = "nodes" }]"#,
            r#"security_group_selector_terms = [{ name = "nodes", tags = { a = "b" } }]"#,
        ],
    ),
    required(
        &[r#"role = "KarpenterNodeRole""#, r#"instance_profile = "nodes""#],
        &[r#"role = """#, r#"instance_profile = """#],
    ),
    LABELS,
    ANNOTATIONS,
    optional(
        &[
            r#"capacity_reservation_selector_terms = [{ id = "cr-0a1" }]"#,
            r#"capacity_reservation_selector_terms = [{ instance_match_criteria = "open", owner_id = "123456789012", tags = { a = "b" } }]"#,
        ],
        &[
            r#"capacity_reservation_selector_terms = [{ id = "ami-1" }]"#,
            r#"capacity_reservation_selector_terms = [{ owner_id = "self", tags = { a = "b" } }]"#,
            r#"capacity_reservation_selector_terms = [{ instance_match_criteria = "closed", tags = { a = "b" } }]"#,
        ],
    ),
    optional(
        &[
            r#"placement_group_selector = { name = "gpus" }"#,
            r#"placement_group_selector = { id = "pg-0a1" }"#,
        ],
        &[
            "placement_group_selector = {}",
            r#"placement_group_selector = { name = "a", id = "pg-1" }"#,
            r#"placement_group_selector = { id = "x" }"#,
        ],
    ),
    optional(
        &[
            r#"network_interfaces = [{ network_card_index = 0, device_index = 0, interface_type = "interface" }, { network_card_index = 1, device_index = 0, interface_type = "efa-only" }]"#,
        ],
        &[
            r#"network_interfaces = [{ network_card_index = 1, device_index = 0, interface_type = "interface" }]"#,
            r#"network_interfaces = [{ network_card_index = 0, device_index = 0, interface_type = "efa-only" }]"#,
            r#"network_interfaces = [{ network_card_index = 0, device_index = 0, interface_type = "interface" }, { network_card_index = 1, device_index = 0, interface_type = "efa" }]"#,
        ],
    ),
    optional(
        &[
            "block_device_mappings = []",
            r#"block_device_mappings = [{ device_name = "/dev/xvda", root_volume = true, ebs = { volume_size = "200Gi", volume_type = "gp3", encrypted = true } }]"#,
            r#"block_device_mappings = [{ device_name = "/dev/xvdb", ebs = { snapshot_id = "snap-1", volume_initialization_rate = 300 } }]"#,
            r#"block_device_mappings = [{ device_name = "/dev/xvda", ebs = { volume_size = "1Ti", volume_type = "io2", iops = 3000, delete_on_termination = true } }]"#,
        ],
        &[
            r#"block_device_mappings = [{ device_name = "/dev/xvda", ebs = {} }]"#,
            r#"block_device_mappings = [{ device_name = "/dev/xvda", ebs = { volume_size = "100" } }]"#,
            r#"block_device_mappings = [{ device_name = "/dev/xvda", ebs = { volume_size = "200gi" } }]"#,
            r#"block_device_mappings = [{ device_name = "/dev/xvda", ebs = { volume_size = "1Gi", volume_type = "gp4" } }]"#,
            r#"block_device_mappings = [{ device_name = "/dev/xvda", ebs = { snapshot_id = "snap-1", volume_initialization_rate = 99 } }]"#,
            r#"block_device_mappings = [{ device_name = "/dev/xvda", root_volume = true }, { device_name = "/dev/xvdb", root_volume = true }]"#,
        ],
    ),
    optional(
        &[r#"instance_store_policy = "RAID0""#],
        &[r#"instance_store_policy = "RAID10""#],
    ),
    optional(
        &[
            r#"metadata_options = { http_put_response_hop_limit = 2 }"#,
            r#"metadata_options = { http_tokens = "optional", http_endpoint = "enabled", http_protocol_ipv6 = "disabled" }"#,
        ],
        &[
            "metadata_options = { http_put_response_hop_limit = 0 }",
            r#"metadata_options = { http_tokens = "never" }"#,
            r#"metadata_options = { http_protocol_ipv6 = "on" }"#,
        ],
    ),
    optional(
        &[
            r#"kubelet = { max_pods = 110, cluster_dns = ["10.0.0.10"], cpu_cfs_quota = false }"#,
            r#"kubelet = { eviction_hard = { "memory.available" = "5%" }, system_reserved = { cpu = "100m" } }"#,
            r#"kubelet = { eviction_soft = { "memory.available" = "10%" }, eviction_soft_grace_period = { "memory.available" = "1m" }, eviction_max_pod_grace_period = 60 }"#,
            "kubelet = { image_gc_high_threshold_percent = 85, image_gc_low_threshold_percent = 80, pods_per_core = 10 }",
        ],
        &[
            "kubelet = { max_pods = -1 }",
            r#"kubelet = { eviction_hard = { memory = "5%" } }"#,
            r#"kubelet = { eviction_hard = { "memory.available" = "5 %" } }"#,
            r#"kubelet = { system_reserved = { cpus = "1" } }"#,
            r#"kubelet = { eviction_soft = { "memory.available" = "10%" } }"#,
            "kubelet = { image_gc_high_threshold_percent = 70, image_gc_low_threshold_percent = 80 }",
            "kubelet = { extra = jsonencode({ maxpods = 5 }) }",
        ],
    ),
    optional(
        &[r#"cpu_options = { nested_virtualization = "enabled" }"#],
        &[r#"cpu_options = { nested_virtualization = "on" }"#],
    ),
    optional(&["enclave_options = { enabled = true }"], &[]),
    optional(
        &["connection_tracking = { tcp_established_timeout = 432000, udp_timeout = 30 }"],
        &[
            "connection_tracking = {}",
            "connection_tracking = { tcp_established_timeout = 59 }",
            "connection_tracking = { udp_stream_timeout = 181 }",
        ],
    ),
    optional(
        &[r#"tags = { team = "ml, ü", "cost centre" = "" }"#],
        &[
            r#"tags = { "karpenter.sh/nodepool" = "x" }"#,
            r#"tags = { "aws:x" = "x" }"#,
            r#"tags = { "kubernetes.io/cluster/prod" = "owned" }"#,
            r#"tags = { "eks:eks-cluster-name" = "prod" }"#,
        ],
    ),
    optional(&["associate_public_ip_address = false"], &[]),
    optional(&["detailed_monitoring = true"], &[]),
    optional(
        &["ip_prefix_count = 4", "ip_prefix_count = 0"],
        &["ip_prefix_count = -1"],
    ),
    optional(
        &[
            r##"extra_user_data = { after = [{ content_type = "text/x-shellscript", content = "#!/bin/bash\necho '# \"quoted\" \\ $HOME'\n" }] }"##,
        ],
        &[
            r##"extra_user_data = { before = [{ content_type = "text/x-shellscript", content = "#!/bin/bash\n--//\n" }] }"##,
        ],
    ),
    optional(
        &[r#"on_failure = "halt""#, r#"on_failure = "terminate""#],
        &[r#"on_failure = "join_tainted""#],
    ),
    optional(
        &[r#"partition_timeout = "5m""#],
        &[r#"partition_timeout = "20m""#, r#"partition_timeout = "10x""#],
    ),
];

const REQUIREMENTS: Choices = optional(
    &[
        r#"requirements = [{ key = "karpenter.k8s.aws/instance-category", operator = "In", values = ["p", "g"] }]"#,
        r#"requirements = [{ key = "karpenter.k8s.aws/instance-generation", operator = "Gt", values = ["3"] }, { key = "team", operator = "DoesNotExist" }]"#,
        r#"requirements = [{ key = "karpenter.k8s.aws/instance-size", operator = "NotIn", values = ["metal"] }]"#,
        r#"requirements = [{ key = "kubernetes.io/os", operator = "In", values = ["linux"] }]"#,
    ],
    &[
        r#"requirements = [{ key = "karpenter.k8s.aws/instance-gpu-name", operator = "In", values = ["H100"] }]"#,
        r#"requirements = [{ key = "karpenter.k8s.aws/instance-gpu-model", operator = "Exists" }]"#,
        r#"requirements = [{ key = "karpenter.k8s.aws/instance-gpu-count", operator = "Gt", values = ["8"] }]"#,
        r#"requirements = [{ key = "karpenter.k8s.aws/instance-family", operator = "In", values = ["m7i"] }]"#,
        r#"requirements = [{ key = "karpenter.sh/nodepool", operator = "In", values = ["x"] }]"#,
        r#"requirements = [{ key = "kubernetes.io/hostname", operator = "In", values = ["x"] }]"#,
        r#"requirements = [{ key = "not a key", operator = "Exists" }]"#,
        r#"requirements = [{ key = "team", operator = "Is", values = ["x"] }]"#,
        r#"requirements = [{ key = "team", operator = "In" }]"#,
        r#"requirements = [{ key = "team", operator = "Exists", values = ["x"] }]"#,
        r#"requirements = [{ key = "team", operator = "Gt", values = ["-1"] }]"#,
        r#"requirements = [{ key = "team", operator = "Lte", values = ["1", "2"] }]"#,
        r#"requirements = [{ key = "team", operator = "In", values = ["a b"] }]"#,
    ],
);

pub(super) const POOL: &[Choices] = &[
    LABELS,
    ANNOTATIONS,
    REQUIREMENTS,
    optional(
        &[
            r#"capacity_types = ["spot", "on-demand"]"#,
            r#"capacity_types = ["reserved"]"#,
        ],
        &[
            "capacity_types = []",
            r#"capacity_types = ["Spot"]"#,
            r#"capacity_types = ["ondemand"]"#,
        ],
    ),
    optional(
        &[r#"zones = ["us-east-1a", "us-east-1b"]"#],
        &[r#"zones = [""]"#, r#"zones = ["us east"]"#],
    ),
    optional(&["require_gpu_name = true"], &[]),
    optional(
        &[
            r#"node_labels = { tier = "p" }"#,
            r#"node_labels = { "example.com/tier" = "" }"#,
        ],
        &[
            r#"node_labels = { "karpenter.sh/nodepool" = "x" }"#,
            r#"node_labels = { "karpenter.k8s.aws/x" = "x" }"#,
            r#"node_labels = { "kubernetes.io/hostname" = "x" }"#,
            r#"node_labels = { "mig.eks/layout" = "x" }"#,
            r#"node_labels = { tier = "a b" }"#,
        ],
    ),
    optional(
        &[r#"node_annotations = { "example.com/note" = "any text" }"#],
        &[r#"node_annotations = { "a b" = "x" }"#],
    ),
    optional(
        &[
            r#"taints = [{ key = "team", value = "x", effect = "NoSchedule" }]"#,
            r#"taints = [{ key = "team", effect = "PreferNoSchedule" }]"#,
        ],
        &[
            r#"taints = [{ key = "a b", effect = "NoSchedule" }]"#,
            r#"taints = [{ key = "team", effect = "Never" }]"#,
            r#"taints = [{ key = "team", value = "a b", effect = "NoSchedule" }]"#,
        ],
    ),
    optional(
        &[r#"startup_taints = [{ key = "example.com/agent", value = "A_1", effect = "NoExecute" }]"#],
        &[
            r#"startup_taints = [{ key = "", effect = "NoSchedule" }]"#,
            r#"startup_taints = [{ key = "x", effect = "NO_SCHEDULE" }]"#,
        ],
    ),
    optional(
        &[
            r#"expire_after = "Never""#,
            r#"expire_after = "48h30m""#,
            r#"expire_after = "60m""#,
        ],
        &[
            r#"expire_after = "30d""#,
            r#"expire_after = "-1h""#,
            r#"expire_after = "soon""#,
        ],
    ),
    optional(
        &[r#"termination_grace_period = "1h""#],
        &[
            r#"termination_grace_period = "1.5h""#,
            r#"termination_grace_period = "h""#,
        ],
    ),
    optional(
        &[
            r#"limits = { cpu = "1000", memory = "20Ti" }"#,
            "limits = {}",
            r#"weight = 50"#,
            "weight = 1\n  limits = { nodes = \"5\" }",
            "replicas = 1",
            "replicas = 50\n  limits = { nodes = \"60\" }",
        ],
        &[
            r#"limits = { cpu = "-5" }"#,
            r#"limits = { cpu = "many" }"#,
            r#"limits = { memory = "1 Gi" }"#,
            r#"limits = { "nvidia.com/mig-9g.90gb" = "8" }"#,
            r#"slice_limits = { "1g" = -7 }"#,
            "weight = 0",
            "weight = 101",
            "replicas = -1",
            "weight = 2\n  replicas = 1",
        ],
    ),
    optional(
        &[
            r#"disruption = { consolidation_policy = "WhenEmpty", consolidate_after = "Never" }"#,
            r#"disruption = { consolidate_after = "1h30m", budgets = [] }"#,
            r#"disruption = { budgets = [{ nodes = "10%", reasons = ["Drifted"] }, { nodes = "0", schedule = "0 9 * * mon-fri", duration = "8h" }] }"#,
            r#"disruption = { consolidation_policy = "Balanced", consolidate_after = "0s" }"#,
        ],
        &[
            r#"disruption = { consolidation_policy = "Always" }"#,
            r#"disruption = { consolidate_after = "1d" }"#,
            r#"disruption = { budgets = [{ nodes = "101%" }] }"#,
            r#"disruption = { budgets = [{ nodes = "ten" }] }"#,
            r#"disruption = { budgets = [{ nodes = "1", reasons = ["Expired"] }] }"#,
            r#"disruption = { budgets = [{ nodes = "1", schedule = "@daily" }] }"#,
            r#"disruption = { budgets = [{ nodes = "1", schedule = "61 * * * *", duration = "8h" }] }"#,
            r#"disruption = { budgets = [{ nodes = "1", schedule = "@daily", duration = "30s" }] }"#,
        ],
    ),
];

pub(super) const OVERLAY: &[Choices] = &[
    LABELS,
    ANNOTATIONS,
    REQUIREMENTS,
    optional(
        &[
            r#"capacity = { "example.com/licence" = "4" }"#,
            r#"capacity = { "example.com/licence" = "0", "example.com/seat" = "1000" }"#,
        ],
        &[
            r#"capacity = { cpu = "4" }"#,
            r#"capacity = { "vpc.amazonaws.com/efa" = "4" }"#,
            r#"capacity = { "Nvidia MIG" = "4" }"#,
            r#"capacity = { "nvidia.com/mig-7g.80gb" = "1" }"#,
            r#"capacity = { "example.com/x" = "-1" }"#,
            r#"capacity = { "example.com/x" = "1.5" }"#,
            r#"capacity = { "example.com/x" = "1Gb" }"#,
        ],
    ),
    optional(
        &["weight = 1", "weight = 9000"],
        &["weight = 0", "weight = 10001", "weight = 2147483648"],
    ),
    optional(
        &[
            r#"price = "55.04""#,
            r#"price = "0""#,
            r#"price_adjustment = "+10%""#,
            r#"price_adjustment = "-0.5""#,
        ],
        &[
            r#"price = "-1""#,
            r#"price = "$1""#,
            r#"price_adjustment = "10%""#,
            r#"price_adjustment = "-101%""#,
            "price_adjustment = \"+1\"\n  price = \"1\"",
        ],
    ),
];
