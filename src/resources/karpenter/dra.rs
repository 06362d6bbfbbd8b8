//! What DRA makes of the nodes of a layout, by the DeviceClasses of the cluster. Pure.

use mig::layout::SLICES_TAINT;
use serde_json::Value as Json;
use tfplug::{Diagnostic, Path};

/// The driver whose whole GPUs Karpenter reckons with.
const NVIDIA: &str = "gpu.nvidia.com";

/// Warns of a pool that a claim for a whole GPU would buy a node of: DeviceClasses of whole GPUs are there, and the pool has
/// no taint but the one that pods with such claims tolerate too (Karpenter's page "Dynamic Resource Allocation").
pub(crate) fn wrong_node(pool: &Json, classes: &[Json]) -> Option<Diagnostic> {
    let found: Vec<&str> = classes
        .iter()
        .filter(|class| gives_whole_gpus(class))
        .filter_map(name)
        .collect();
    if found.is_empty() || has_taint_of_its_own(pool) {
        return None;
    }
    let detail = format!(
        "DeviceClasses: {}. With Karpenter's enableDRA a pod that claims a whole GPU and tolerates nvidia.com/gpu can bring up a \
         node of this pool, on which it never runs, and the node stays billed. A taint keeps such pods away:\n\n  taints = [{{ key \
         = \"{SLICES_TAINT}\", value = \"true\", effect = \"NoSchedule\" }}]\n\nmig_device_plugin tolerates it from its render_version \
         2 on; pods that ask for slices need a toleration of it. Where enableDRA is off there is nothing to do. See the guide \"Device \
         plugin or DRA\".",
        found.join(", ")
    );
    let summary = "Claims for whole GPUs may bring up nodes of this pool";
    Some(Diagnostic::warning(summary, detail).at(Path::attr("taints")))
}

/// Warns of an overlay whose resources a DeviceClass serves: Karpenter then waits for what no node announces
/// (kubernetes-sigs/karpenter 3231).
pub(crate) fn never_initialised(overlay: &Json, classes: &[Json]) -> Option<Diagnostic> {
    let capacity = overlay.pointer("/spec/capacity").and_then(Json::as_object)?;
    let serves = |class: &Json| {
        let resource = class.pointer("/spec/extendedResourceName")?.as_str()?;
        let promised = capacity.get(resource)?;
        let none = promised.as_str() == Some("0");
        (!none).then(|| format!("{} serves {resource}", name(class).unwrap_or_default()))
    };
    let found: Vec<String> = classes.iter().filter_map(serves).collect();
    if found.is_empty() {
        return None;
    }
    let detail = format!(
        "DeviceClass {}, by its extendedResourceName. Pods that ask for it are then served by DRA, no device plugin announces \
         it, and Karpenter waits for it: the node is never initialised, never consolidated and never replaced. Take \
         extendedResourceName from the DeviceClass, or leave these nodes to DRA and the overlay away. See the guide \"Device plugin \
         or DRA\".",
        found.join("; ")
    );
    Some(Diagnostic::warning(
        "DRA serves what the overlay promises",
        detail,
    ))
}

fn name(class: &Json) -> Option<&str> {
    class.pointer("/metadata/name")?.as_str()
}

/// Whether a class gives whole GPUs of NVIDIA's driver. Its own class for slices says so in its expression.
fn gives_whole_gpus(class: &Json) -> bool {
    let selectors = class.pointer("/spec/selectors").and_then(Json::as_array);
    let expressions: Vec<&str> = selectors
        .into_iter()
        .flatten()
        .filter_map(|selector| selector.pointer("/cel/expression")?.as_str())
        .collect();
    let says = |word: &str| expressions.iter().any(|expression| expression.contains(word));
    let named = name(class) == Some(NVIDIA);
    (named || says(NVIDIA)) && !says("'mig'") && !says("\"mig\"") && !says("'vfio'")
}

fn has_taint_of_its_own(pool: &Json) -> bool {
    let taints = pool
        .pointer("/spec/template/spec/taints")
        .and_then(Json::as_array);
    taints.into_iter().flatten().any(|taint| {
        let effect = taint.get("effect").and_then(Json::as_str);
        taint.get("key").and_then(Json::as_str) != Some("nvidia.com/gpu")
            && effect != Some("PreferNoSchedule")
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// NVIDIA's own three classes, and one that an administrator made.
    fn class(name: &str, expression: &str, resource: Option<&str>) -> Json {
        json!({
            "metadata": {"name": name},
            "spec": {"selectors": [{"cel": {"expression": expression}}], "extendedResourceName": resource},
        })
    }

    fn whole() -> Json {
        class(
            "gpu.nvidia.com",
            "device.driver == 'gpu.nvidia.com' && device.attributes['gpu.nvidia.com'].type == 'gpu'",
            None,
        )
    }

    fn slices(resource: Option<&str>) -> Json {
        class(
            "mig.nvidia.com",
            "device.driver == 'gpu.nvidia.com' && device.attributes['gpu.nvidia.com'].type == 'mig'",
            resource,
        )
    }

    fn pool(taints: Json) -> Json {
        json!({"spec": {"template": {"spec": {"taints": taints}}}})
    }

    #[test]
    fn a_pool_that_whole_gpus_are_claimed_from() {
        let usual = json!({"key": "nvidia.com/gpu", "effect": "NoSchedule"});
        let own = json!({"key": "mig.eks/slices", "effect": "NoSchedule"});
        let soft = json!({"key": "mig.eks/slices", "effect": "PreferNoSchedule"});
        let told = wrong_node(&pool(json!([usual])), &[slices(None), whole()]).unwrap();
        assert!(told.detail.contains("DeviceClasses: gpu.nvidia.com."), "{told}");
        assert!(wrong_node(&pool(json!([usual, soft])), &[whole()]).is_some());
        assert!(wrong_node(&pool(json!([usual, own])), &[whole()]).is_none());
        assert!(wrong_node(&pool(json!([usual])), &[slices(None)]).is_none());
        assert!(wrong_node(&pool(json!([usual])), &[]).is_none());
    }

    #[test]
    fn an_overlay_whose_resource_dra_serves() {
        let overlay = |resource: &str, many: &str| json!({"spec": {"capacity": {resource: many}}});
        let name = "nvidia.com/mig-1g.10gb";
        let told = never_initialised(&overlay(name, "56"), &[whole(), slices(Some(name))]).unwrap();
        assert!(
            told.detail
                .contains("mig.nvidia.com serves nvidia.com/mig-1g.10gb"),
            "{told}"
        );
        assert!(never_initialised(&overlay(name, "56"), &[slices(None)]).is_none());
        assert!(never_initialised(&overlay(name, "0"), &[slices(Some(name))]).is_none());
        let other = slices(Some("nvidia.com/mig-3g.40gb"));
        assert!(never_initialised(&overlay(name, "56"), &[other]).is_none());
    }
}
