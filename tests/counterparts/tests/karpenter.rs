//! Karpenter as a counterpart: its definitions, its AWS provider against moto, its core with the kwok provider.

mod core;
mod definitions;
mod gate;
mod objects;
mod slices;
mod user_data;

use std::sync::LazyLock;
use std::thread;
use std::time::{Duration, Instant};

use counterparts::kube::KubeApiServer;
use counterparts::{KarpenterAws, KarpenterOptions};

/// For everything that happens by itself, on a machine that does much else.
const LIMIT: Duration = Duration::from_secs(240);

/// Karpenter looks at a pending pod again every 10 s: what has not happened after 12 s does not happen.
const NOTHING: Duration = Duration::from_secs(12);

/// One for all tests that need the gate on: each has node classes and pools of its own.
static STACK: LazyLock<KarpenterAws> =
    LazyLock::new(|| KarpenterAws::start("prod", &KarpenterOptions::default()).unwrap());

/// Holds if Karpenter has looked at the pod, found no node for it and makes none for a pool.
fn brings_up_nothing(kube: &KubeApiServer, pod: &str, pool: &str) {
    let path = format!("/api/v1/namespaces/default/events?fieldSelector=involvedObject.name%3D{pod}");
    let judged = kube.wait_until(&path, LIMIT, |list| {
        let mut events = list["items"].as_array().into_iter().flatten();
        let by_karpenter = |event: &serde_json::Value| {
            event["reportingComponent"] == "karpenter" || event["source"]["component"] == "karpenter"
        };
        let found = events.find(|event| event["reason"] == "FailedScheduling" && by_karpenter(event));
        found.map(|_| ()).ok_or_else(|| list.to_string())
    });
    judged.unwrap();
    let start = Instant::now();
    while start.elapsed() < NOTHING {
        let claims = kube.node_claims(pool).unwrap();
        assert!(claims.is_empty(), "{claims:?}");
        thread::sleep(Duration::from_secs(1));
    }
}
