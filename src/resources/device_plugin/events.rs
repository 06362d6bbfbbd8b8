//! Why pods of a DaemonSet do not come, by the events of the cluster. Pure.

use serde_json::Value as Json;

/// Reasons that a message has room for.
const SHOWN: usize = 3;

/// The newest different warnings about a DaemonSet and its pods, as `FailedCreate: pods ... is forbidden`.
pub(super) fn reasons(events: &[Json], daemon_set: &str) -> Vec<String> {
    let mut about: Vec<&Json> = events
        .iter()
        .filter(|event| text(event, "/type") == "Warning" && is_about(event, daemon_set))
        .collect();
    about.sort_by_key(|event| std::cmp::Reverse(time(event)));
    let mut said: Vec<String> = Vec::new();
    for event in about {
        let line = format!("{}: {}", text(event, "/reason"), text(event, "/message").trim());
        if !said.contains(&line) {
            said.push(line);
        }
    }
    said.truncate(SHOWN);
    said
}

fn text<'a>(event: &'a Json, pointer: &str) -> &'a str {
    event.pointer(pointer).and_then(Json::as_str).unwrap_or_default()
}

/// A pod of a DaemonSet is called like it, with five letters or digits behind.
fn is_about(event: &Json, daemon_set: &str) -> bool {
    let name = text(event, "/involvedObject/name");
    match text(event, "/involvedObject/kind") {
        "DaemonSet" => name == daemon_set,
        "Pod" => name
            .strip_prefix(daemon_set)
            .and_then(|rest| rest.strip_prefix('-'))
            .is_some_and(|rest| rest.len() == 5 && !rest.contains('-')),
        _ => false,
    }
}

/// Times of the API compare as texts.
fn time(event: &Json) -> &str {
    let times = ["/series/lastObservedTime", "/lastTimestamp", "/eventTime"];
    let mut times = times.iter().map(|pointer| text(event, pointer));
    times.find(|time| !time.is_empty()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn event(kind: &str, name: &str, time: &str, message: &str) -> Json {
        json!({
            "type": "Warning", "reason": "FailedCreate", "message": message, "lastTimestamp": time,
            "involvedObject": {"kind": kind, "name": name},
        })
    }

    #[test]
    fn the_newest_different_warnings_about_it_and_its_pods() {
        let mut normal = event("DaemonSet", "p-mixed", "2026-11-27T03:00:00Z", "created");
        normal["type"] = json!("Normal");
        let events = [
            event("DaemonSet", "p-mixed", "2026-11-27T01:00:00Z", "old"),
            event("Pod", "p-mixed-ab1cd", "2026-11-27T02:00:00Z", "no image"),
            event("DaemonSet", "p-mixed", "2026-11-27T00:00:00Z", "old"),
            event("Pod", "p-mixed-mps-ab1cd", "2026-11-27T02:00:00Z", "of another"),
            event("DaemonSet", "p", "2026-11-27T02:00:00Z", "of another"),
            normal,
        ];
        let expected = ["FailedCreate: no image", "FailedCreate: old"];
        assert_eq!(reasons(&events, "p-mixed"), expected);
        assert_eq!(reasons(&[], "p-mixed"), Vec::<String>::new());
    }
}
