//! What is asked beside the objects themselves: how many nodes a change replaces, where AWS has the instance types, and
//! whether Karpenter has taken what was applied.

mod list;

use std::sync::Arc;
use std::time::Duration;

use mig::manifests::karpenter::labels;
use serde_json::Value as Json;
use tfplug::{Context, Diagnostic, Diagnostics, Path};

use super::lost::{Claim, lost};
use super::{KarpenterObject, OVERLAY_GATE, Settling, offers};
use crate::aws::Regional;
use crate::connections::{ClusterChoice, Connections};
use crate::facts::Facts;
use crate::kube::{
    self, Apply, Cancellable, ClusterSpec, Connection, KubeApi, KubeErrorKind, Listing, ObjectRef, Rollout,
    kinds,
};
use crate::resources::manifests::remote::{
    FIELD_MANAGER, claims, connect_at_plan, failure, is_silent, objects_of_kind,
};
use crate::resources::manifests::{self, Key, Manifests};
use crate::wait::WaitOptions;

pub(crate) use list::{Wanted, list};

/// As long as Karpenter may take to see that an overlay is gone.
const CONFLICT_PASSES: Duration = Duration::from_secs(20);

/// Says in the plan that nodes will be replaced, and, if the cluster can be asked, how many there are and which resources their pods
/// lose.
pub(super) async fn warn_of_rolling<M: KarpenterObject>(
    cx: &Context<Connections>,
    planned: &M,
    before: Option<&Manifests>,
    facts: &Facts,
) {
    let Some(before) = before.filter(|_| planned.manifests().known().is_some()) else {
        return;
    };
    let was = manifests::in_order(before);
    let mut changed = Vec::new();
    for (key, after) in manifests::in_order(&planned.wanted()) {
        if let Some((_, before)) = was.iter().find(|(other, _)| *other == key) {
            changed.extend(really_rolling(cx, planned, &key, before, &after).await);
        }
    }
    if changed.is_empty() {
        return;
    }
    let claims = claims_of(cx, planned).await;
    let count = how_many(claims.as_deref());
    let detail = format!(
        "Changed: {}. {count} Karpenter replaces them within the disruption budgets, and nodes that are launched from now \
         on have the new form.",
        changed.join(", ")
    );
    cx.warn(Diagnostic::warning("The change rolls nodes", detail));
    let offered = claims.zip(planned.resources(facts));
    if let Some(warning) = offered.and_then(|(claims, offered)| lost(&claims, &offered)) {
        cx.warn(warning);
    }
}

/// What rolls nodes of the object as the API server has it, and would have it. The state knows only the fields that are
/// managed here: an object that was imported has the others, too. Where the server does not answer, the state has to do.
async fn really_rolling<M: KarpenterObject>(
    cx: &Context<Connections>,
    planned: &M,
    key: &Key,
    before: &Json,
    after: &Json,
) -> Vec<String> {
    let by_state = M::rolling(before, after);
    if by_state.is_empty() {
        return by_state;
    }
    let Some(connection) = connect_at_plan(cx, planned).await else {
        return by_state;
    };
    let api: &dyn KubeApi = &Cancellable::new(connection.api(), cx.cancel());
    let object = key.object(None);
    let how = Apply {
        field_manager: FIELD_MANAGER,
        force: true,
        dry_run: true,
    };
    match tokio::join!(api.get(&object), api.apply(&object, after, how)) {
        (Ok(live), Ok(tried)) => M::rolling(&live, &tried.live),
        _ => by_state,
    }
}

/// The NodeClaims of the object; none where the cluster cannot be asked for them. One that does not answer is reported where the
/// objects are tried out.
async fn claims_of<M: KarpenterObject>(cx: &Context<Connections>, planned: &M) -> Option<Vec<Claim>> {
    let labels = planned.claims()?;
    let connection = connect_at_plan(cx, planned).await?;
    let api = Cancellable::new(connection.api(), cx.cancel());
    claims(&api, &labels).await.ok()
}

fn how_many(claims: Option<&[Claim]>) -> String {
    match claims.map(<[Claim]>::len) {
        None => "How many nodes there are could not be asked.".to_owned(),
        Some(0) => "There are no nodes (NodeClaims) of it now.".to_owned(),
        Some(1) => "There is 1 node (NodeClaim) of it now.".to_owned(),
        Some(count) => format!("There are {count} nodes (NodeClaims) of it now."),
    }
}

/// Warns in the plan of instance types that AWS does not have where they are wanted, if it can be asked: for an EKS cluster.
pub(super) async fn warn_of_missing_types<M: KarpenterObject>(
    cx: &Context<Connections>,
    planned: &M,
    before: Option<&Manifests>,
) {
    let of = |manifests: &Manifests| {
        let objects = manifests::in_order(manifests);
        objects.iter().find_map(|(_, object)| M::places(object))
    };
    let places = of(&planned.wanted()).filter(|places| before.and_then(of).as_ref() != Some(places));
    let (Some(places), Some(regional)) = (places, region_of(cx, planned).await) else {
        return;
    };
    let types: Vec<String> = places.types.iter().cloned().collect();
    let ec2 = regional.ec2();
    let offered = tokio::select! {
        offered = ec2.instance_type_offerings(&types) => offered,
        () = cx.cancel().cancelled() => return,
    };
    // Who may not ask has a plan without this warning.
    let warning = offered
        .ok()
        .and_then(|offered| offers::missing(&places, &offered, regional.region()));
    if let Some(warning) = warning {
        cx.warn(warning);
    }
}

/// Warns at plan where DeviceClasses of the cluster affect the objects' nodes. Without the right to list them there is no
/// warning.
pub(super) async fn warn_of_device_classes<M: KarpenterObject>(
    cx: &Context<Connections>,
    planned: &M,
    before: Option<&Manifests>,
) {
    let wanted = planned.wanted();
    if wanted.is_empty() || before == Some(&wanted) {
        return;
    }
    let Some(connection) = connect_at_plan(cx, planned).await else {
        return;
    };
    let api: &dyn KubeApi = &Cancellable::new(connection.api(), cx.cancel());
    let classes = kube::list_objects(api, &Listing::all(kinds::DEVICE_CLASS))
        .await
        .unwrap_or_default();
    let objects = manifests::in_order(&wanted);
    let mut warnings = objects
        .iter()
        .filter_map(|(_, object)| M::with_device_classes(object, &classes));
    // Overlays of one pool say the same.
    if let Some(warning) = warnings.next() {
        cx.warn(warning);
    }
}

/// The AWS connection of an EKS cluster that has answered. One that does not is reported where the objects are tried out.
async fn region_of<M: KarpenterObject>(cx: &Context<Connections>, planned: &M) -> Option<Arc<Regional>> {
    let provider = cx.provider_if_configured()?;
    if is_silent(provider, planned) {
        return None;
    }
    match provider.cluster(planned.cluster()).ok()? {
        ClusterChoice::Known(spec) => match *spec {
            ClusterSpec::Eks { region, .. } => provider.region(region.as_deref()).await.ok(),
            _ => None,
        },
        _ => None,
    }
}

/// Warns where the object is tied to one that is not there. Only an apply can tell: at plan the same run may be about to
/// make it. An identity without the right to look gets no warning.
pub(super) async fn warn_if_missing<M: KarpenterObject>(
    cx: &Context<Connections>,
    connection: &Connection,
    planned: &M,
) {
    let Some(need) = planned.need() else {
        return;
    };
    let api: &dyn KubeApi = &Cancellable::new(connection.api(), cx.cancel());
    let answer = api.get(&need.key.object(None)).await;
    if answer.is_err_and(|error| error.is_not_found()) {
        let detail = format!(
            "{} Check the name, or let this resource depend on what makes it.",
            need.without
        );
        let summary = format!("There is no {}", need.key.text());
        cx.warn(Diagnostic::warning(summary, detail).at(Path::attr(need.attribute)));
    }
}

/// The object that a live one names: a pool its class, an overlay its pool.
fn named_by(live: &Json) -> Option<Key> {
    let class = || {
        Key::new(
            "EC2NodeClass",
            live.pointer("/spec/template/spec/nodeClassRef/name")?.as_str()?,
        )
    };
    let pool = || {
        let all = live.pointer("/spec/requirements")?.as_array()?;
        let pool = all.iter().find(|one| one["key"] == labels::NODE_POOL)?;
        Key::new("NodePool", pool.pointer("/values/0")?.as_str()?)
    };
    match live["kind"].as_str()? {
        "NodePool" => class(),
        "NodeOverlay" => pool(),
        _ => None,
    }
}

/// The objects that these name, the nearest first: a pool its class, an overlay its pool and that one's class. Of a class it
/// is the pools that name it.
pub(super) async fn tied<M: KarpenterObject>(
    cx: &Context<Connections>,
    connection: &Connection,
    own: &[Json],
) -> Vec<Json> {
    let api = Cancellable::new(connection.api(), cx.cancel());
    if let Some(class) = own.iter().find(|object| object["kind"] == "EC2NodeClass") {
        let mut pools = objects_of_kind::<M>(cx, &api, kinds::NODE_POOL).await;
        pools.retain(|pool| named_by(pool).is_some_and(|key| class["metadata"]["name"] == key.name()));
        return pools;
    }
    let mut above = Vec::new();
    let mut next = own.first().and_then(named_by);
    while let Some(key) = next {
        // Without the right to read it the import has less to show.
        let live = api.get(&key.object(None)).await.ok();
        next = live.as_ref().and_then(named_by);
        above.extend(live);
    }
    above
}

/// Looks what Karpenter makes of the objects, as far as the user asked for that.
pub(super) async fn settle<M: KarpenterObject>(
    cx: &Context<Connections>,
    connection: &Connection,
    planned: &M,
) -> Result<(), Diagnostics> {
    let api = connection.api();
    let timeout = match planned.settling() {
        Settling::Nothing => return Ok(()),
        Settling::Ready(timeout) | Settling::Acceptance(timeout) => timeout,
    };
    let options = WaitOptions {
        timeout,
        cancel: cx.cancel().clone(),
    };
    let acceptance = matches!(planned.settling(), Settling::Acceptance(_));
    for (key, _) in manifests::in_order(&planned.wanted()) {
        let object = key.object(None);
        if !acceptance {
            let waited = kube::wait_for_state(api, &object, &options, kube::ready_status).await;
            waited.map_err(|error| failure::<M>(&format!("{} is not ready", key.text()), &error))?;
            continue;
        }
        match kube::wait_for_state(api, &object, &options, acceptance_of).await {
            Ok(live) => refused(&key.text(), &outlasted(api, &object, &options, live).await)?,
            // An overlay that Karpenter has not read is no failure, and the other overlays would time out in the same way.
            Err(error) if error.kind == KubeErrorKind::Timeout => {
                cx.warn(unread(&key.text(), &error.message));
                return Ok(());
            }
            Err(error) => {
                return Err(failure::<M>(&format!("{} was not looked at", key.text()), &error).into());
            }
        }
    }
    Ok(())
}

/// Whether Karpenter has said anything of an overlay in its present form.
fn acceptance_of(live: &Json) -> Rollout {
    let generation = live.pointer("/metadata/generation").and_then(Json::as_i64);
    let Some(condition) = kube::condition(live, "ValidationSucceeded") else {
        return Rollout::Waiting("Karpenter to look at it".to_owned());
    };
    let seen = condition.get("observedGeneration").and_then(Json::as_i64);
    let stale = seen.is_some() && seen < generation;
    match condition.get("status").and_then(Json::as_str) {
        Some("True" | "False") if !stale => Rollout::Done,
        _ => Rollout::Waiting("Karpenter to look at its present form".to_owned()),
    }
}

/// The overlay once a conflict has passed, or as it was. Where this apply deleted the other overlay, or changed its weight, Karpenter takes
/// the conflict back when it has seen that.
async fn outlasted(api: &dyn KubeApi, object: &ObjectRef<'_>, options: &WaitOptions, live: Json) -> Json {
    if !is_in_conflict(&live) {
        return live;
    }
    let options = WaitOptions {
        timeout: options.timeout.min(CONFLICT_PASSES),
        ..options.clone()
    };
    let passed = kube::wait_for_state(api, object, &options, |live| match is_in_conflict(live) {
        true => Rollout::Waiting("the conflict to pass".to_owned()),
        false => acceptance_of(live),
    });
    passed.await.unwrap_or(live)
}

fn is_in_conflict(live: &Json) -> bool {
    let condition = kube::condition(live, "ValidationSucceeded");
    let text = |field: &str| condition?.get(field)?.as_str();
    text("status") == Some("False") && text("reason") == Some("Conflict")
}

fn refused(key: &str, live: &Json) -> Result<(), Diagnostic> {
    let condition = kube::condition(live, "ValidationSucceeded");
    let Some(fact) = condition.and_then(kube::unmet) else {
        return Ok(());
    };
    let detail = format!(
        "{fact}\n\nKarpenter leaves it out, so pods that ask for slices bring up no node. Correct what it names. The cause \
         of a conflict is an overlay of the same weight that gives the same instance types other capacities: change its weight, or \
         delete it."
    );
    Err(Diagnostic::error(
        format!("Karpenter does not accept {key}"),
        detail,
    ))
}

fn unread(key: &str, waited: &str) -> Diagnostic {
    let detail = format!(
        "{key}: {waited}. Karpenter reads overlays only with its feature gate on: set the Helm value {OVERLAY_GATE} and \
         see that Karpenter runs. Until then pods that ask for slices bring up no node."
    );
    Diagnostic::warning("Nothing has read the overlay", detail)
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use serde_json::json;
    use tokio_util::sync::CancellationToken;

    use super::*;
    use crate::kube::wait::tests::Script;

    fn overlay(status: &str, seen: i64) -> Json {
        let condition = json!({
            "type": "ValidationSucceeded", "status": status, "observedGeneration": seen, "reason": "Conflict",
            "message": "another says otherwise",
        });
        json!({"metadata": {"generation": 2}, "status": {"conditions": [condition]}})
    }

    #[test]
    fn only_a_word_on_the_present_form_counts() {
        assert_eq!(acceptance_of(&overlay("True", 2)), Rollout::Done);
        assert_eq!(acceptance_of(&overlay("False", 2)), Rollout::Done);
        for waiting in [overlay("True", 1), overlay("Unknown", 2), json!({})] {
            assert!(
                matches!(acceptance_of(&waiting), Rollout::Waiting(_)),
                "{waiting}"
            );
        }
    }

    /// Two overlays of one weight, of which one is being deleted.
    #[tokio::test(start_paused = true)]
    async fn a_conflict_may_pass() {
        let options = WaitOptions {
            timeout: Duration::from_secs(60),
            cancel: CancellationToken::new(),
        };
        let object = ObjectRef {
            resource: kinds::NODE_OVERLAY,
            namespace: None,
            name: "a",
        };
        let seen = async |later: &[&str]| {
            let later = later.iter().map(|status| Ok(overlay(status, 2))).collect();
            let api = Script(Mutex::new(later));
            let live = outlasted(&api, &object, &options, overlay("False", 2)).await;
            refused("NodeOverlay/a", &live)
        };
        assert_eq!(seen(&["False", "Unknown", "True"]).await, Ok(()));
        assert!(seen(&["False"]).await.is_err());
    }

    #[test]
    fn a_refusal_is_told_in_karpenters_words() {
        assert!(refused("NodeOverlay/a", &overlay("True", 2)).is_ok());
        let error = refused("NodeOverlay/a", &overlay("False", 2)).unwrap_err();
        assert!(
            error.detail.contains("Conflict: another says otherwise"),
            "{error}"
        );
    }
}
