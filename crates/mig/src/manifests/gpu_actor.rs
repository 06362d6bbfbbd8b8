//! Programs that cut GPUs or hand them out, by what a DaemonSet of theirs runs.

use serde_json::Value;

/// Images by which they are known: names and labels differ between NVIDIA's charts, the GPU operator and eksctl.
const MIG_MANAGERS: [&str; 1] = ["k8s-mig-manager"];
const DRA_DRIVERS: [&str; 2] = ["k8s-dra-driver-gpu", "dra-driver-nvidia-gpu"];
const DEVICE_PLUGINS: [&str; 1] = ["k8s-device-plugin"];

/// What such a program is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum GpuActor {
    /// NVIDIA's MIG manager, which cuts GPUs.
    #[default]
    MigManager,
    /// NVIDIA's device plugin.
    DevicePlugin,
    /// NVIDIA's DRA driver, which hands out GPUs and slices.
    DraDriver,
    /// The same with its gate for dynamic slices, which destroys those that it did not make.
    DynamicMig,
}

impl GpuActor {
    /// What a pod of this spec is; none for other programs. Feature discovery comes in the device plugin's image and hands out nothing.
    pub fn of_pod(pod: &Value) -> Option<Self> {
        let containers = pod.get("containers")?.as_array()?;
        let runs = |names: &[&str]| {
            let mut images = containers.iter().filter_map(image);
            images.any(|image| names.iter().any(|name| image.contains(name)))
        };
        let serves = || {
            let mut plugins = containers.iter();
            plugins.any(|container| !container.to_string().contains("gpu-feature-discovery"))
        };
        if runs(&MIG_MANAGERS) {
            Some(Self::MigManager)
        } else if runs(&DRA_DRIVERS) {
            Some(if containers.iter().any(has_dynamic_gate) {
                Self::DynamicMig
            } else {
                Self::DraDriver
            })
        } else if runs(&DEVICE_PLUGINS) && serves() {
            Some(Self::DevicePlugin)
        } else {
            None
        }
    }
}

fn image(container: &Value) -> Option<&str> {
    container.get("image")?.as_str()
}

/// The gate may be an argument or a variable; both are written alike.
fn has_dynamic_gate(container: &Value) -> bool {
    feature_gate(container, "DynamicMIG") == Some(true)
}

/// What a container's arguments or its variable `FEATURE_GATES` say of a gate; none where they do not name it. Of several the last
/// counts, and an argument counts more than the variable.
pub fn feature_gate(container: &Value, gate: &str) -> Option<bool> {
    let list = |name: &str| {
        container
            .get(name)
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
    };
    let arguments: Vec<&str> = list("command")
        .chain(list("args"))
        .filter_map(Value::as_str)
        .collect();
    let variables = list("env").filter(|variable| variable["name"] == "FEATURE_GATES");
    let of_variables = variables.filter_map(|variable| variable["value"].as_str());
    let of_arguments = arguments.iter().enumerate().filter_map(|(index, argument)| {
        match argument.trim_start_matches('-').strip_prefix("feature-gates")? {
            "" => arguments.get(index + 1).copied(),
            rest => rest.strip_prefix('='),
        }
    });
    of_variables
        .chain(of_arguments)
        .flat_map(|gates| gates.split(','))
        .filter_map(|one| one.trim().split_once('='))
        .filter(|(name, _)| *name == gate)
        .filter_map(|(_, value)| value.to_ascii_lowercase().parse().ok())
        .next_back()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(image: &str, more: Value) -> Option<GpuActor> {
        let mut container = json!({"name": "c", "image": image});
        if let (Value::Object(container), Value::Object(more)) = (&mut container, more) {
            container.extend(more);
        }
        GpuActor::of_pod(&json!({"containers": [{"name": "a", "image": "nginx"}, container]}))
    }

    #[test]
    fn each_is_known_by_its_image() {
        let cases = [
            (
                "nvcr.io/nvidia/k8s-device-plugin:v0.19.3",
                Some(GpuActor::DevicePlugin),
            ),
            (
                "nvcr.io/nvidia/cloud-native/k8s-mig-manager:v0.12.1-ubuntu20.04",
                Some(GpuActor::MigManager),
            ),
            (
                "nvcr.io/nvidia/k8s-dra-driver-gpu:v25.8.0",
                Some(GpuActor::DraDriver),
            ),
            (
                "registry.k8s.io/dra-driver-nvidia/dra-driver-nvidia-gpu:v0.5.0",
                Some(GpuActor::DraDriver),
            ),
            ("nvcr.io/nvidia/k8s/dcgm-exporter:4", None),
        ];
        for (image, expected) in cases {
            assert_eq!(of(image, json!({})), expected, "{image}");
        }
        assert_eq!(GpuActor::of_pod(&json!({})), None);
    }

    #[test]
    fn feature_discovery_hands_out_nothing() {
        let pod = json!({"containers": [{"image": "nvcr.io/nvidia/k8s-device-plugin:v0.19.3", "command": ["gpu-feature-discovery"]}]});
        assert_eq!(GpuActor::of_pod(&pod), None);
    }

    #[test]
    fn a_gate_is_a_variable_or_an_argument() {
        let driver = "registry.k8s.io/dra-driver-nvidia/dra-driver-nvidia-gpu:v0.5.0";
        let variable = json!({"env": [{"name": "FEATURE_GATES", "value": "A=true, DynamicMIG=true"}]});
        assert_eq!(of(driver, variable), Some(GpuActor::DynamicMig));
        for (arguments, expected) in [
            (json!(["--feature-gates=DynamicMIG=true"]), Some(true)),
            (json!(["--feature-gates", "DynamicMIG=False"]), Some(false)),
            (
                json!(["--feature-gates=DynamicMIG=true,DynamicMIG=false"]),
                Some(false),
            ),
            (json!(["--feature-gates"]), None),
            (json!(["--other=DynamicMIG=true"]), None),
        ] {
            let container = json!({"args": arguments});
            assert_eq!(feature_gate(&container, "DynamicMIG"), expected, "{container}");
        }
        let both = json!({"env": [{"name": "FEATURE_GATES", "value": "DynamicMIG=true"}], "args": ["--feature-gates=DynamicMIG=false"]});
        assert_eq!(feature_gate(&both, "DynamicMIG"), Some(false));
    }
}
