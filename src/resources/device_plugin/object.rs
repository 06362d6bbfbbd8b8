//! Which objects a plugin has.

use serde_json::Value as Json;

use crate::resources::manifests::Key;

/// The objects that a plugin of this name always has, from which the others are found at import.
pub(super) fn roots(name: &str) -> Vec<Key> {
    let kinds = ["ServiceAccount", "ConfigMap"];
    kinds.iter().filter_map(|kind| Key::new(kind, name)).collect()
}

/// The DaemonSets that a ConfigMap's files belong to: the plugin's, for MPS its control daemon, and that of feature
/// discovery, of which no file tells whether it is there.
pub(super) fn daemon_sets(name: &str, config_map: &Json) -> Vec<Key> {
    let files = config_map
        .get("data")
        .and_then(Json::as_object)
        .into_iter()
        .flatten();
    let configs = files.filter_map(|(file, content)| Some((file.strip_suffix(".yaml")?, content.as_str()?)));
    let sets = configs.flat_map(|(config, content)| {
        let plugin = format!("{name}-{config}");
        let control = content
            .contains("  mps:\n")
            .then(|| format!("{name}-{config}-mps"));
        let discovery = format!("{name}-{config}-gfd");
        [plugin, discovery].into_iter().chain(control)
    });
    sets.filter_map(|name| Key::new("DaemonSet", &name)).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn finds_the_daemon_sets_of_a_config_map() {
        let map = json!({"data": {"mixed.yaml": "version: v1\n", "none-1.yaml": "sharing:\n  mps:\n"}});
        let names: Vec<_> = daemon_sets("p", &map).iter().map(Key::text).collect();
        assert_eq!(
            names,
            [
                "DaemonSet/p-mixed",
                "DaemonSet/p-mixed-gfd",
                "DaemonSet/p-none-1",
                "DaemonSet/p-none-1-gfd",
                "DaemonSet/p-none-1-mps"
            ]
        );
    }
}
