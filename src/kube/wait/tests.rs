use std::sync::Mutex;

use async_trait::async_trait;
use serde_json::json;

use super::super::api::{Applied, Apply, Delete, Deletion};
use super::super::kinds::DAEMON_SET;
use super::super::list::Listing;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use super::*;

const OBJECT: ObjectRef<'static> = ObjectRef {
    resource: DAEMON_SET,
    namespace: Some("gpu"),
    name: "plugin",
};

/// Gives its answers in turn, the last one again and again.
pub(crate) struct Script(pub(crate) Mutex<Vec<Result<Value, KubeError>>>);

#[async_trait]
impl KubeApi for Script {
    fn cluster(&self) -> &str {
        "cluster c"
    }

    async fn get(&self, _: &ObjectRef<'_>) -> Result<Value, KubeError> {
        let mut answers = self.0.lock().unwrap();
        if answers.len() > 1 {
            answers.remove(0)
        } else {
            answers[0].clone()
        }
    }

    async fn page(&self, _: &Listing<'_>, _: &str) -> Result<Vec<u8>, KubeError> {
        unreachable!("waiting looks at one object")
    }

    async fn apply(&self, _: &ObjectRef<'_>, _: &Value, _: Apply<'_>) -> Result<Applied, KubeError> {
        unreachable!("waiting changes nothing")
    }

    async fn delete(&self, _: &ObjectRef<'_>, _: Delete<'_>) -> Result<Deletion, KubeError> {
        unreachable!("waiting changes nothing")
    }
}

fn daemon_set(generation: i64, [seen, wanted, updated, available]: [i64; 4]) -> Value {
    json!({
        "metadata": {"generation": generation},
        "status": {
            "observedGeneration": seen, "desiredNumberScheduled": wanted,
            "updatedNumberScheduled": updated, "numberAvailable": available,
        },
    })
}

fn options(cancel: &CancellationToken) -> WaitOptions {
    WaitOptions {
        timeout: Duration::from_secs(60),
        cancel: cancel.clone(),
    }
}

async fn wait(answers: Vec<Result<Value, KubeError>>) -> Result<Value, KubeError> {
    wait_for_rollout(
        &Script(Mutex::new(answers)),
        &OBJECT,
        &options(&CancellationToken::new()),
    )
    .await
}

fn failure(kind: KubeErrorKind) -> Result<Value, KubeError> {
    Err(KubeError::new(kind, "c", "said"))
}

#[test]
fn rollout_states() {
    let waiting = |text: &str| Rollout::Waiting(text.to_owned());
    let table = [
        (
            daemon_set(2, [1, 3, 3, 3]),
            waiting("the controller to see generation 2"),
        ),
        (daemon_set(2, [2, 3, 1, 3]), waiting("1 of 3 pods updated")),
        (daemon_set(2, [2, 3, 3, 2]), waiting("2 of 3 pods available")),
        (daemon_set(2, [2, 3, 3, 3]), Rollout::Done),
        (daemon_set(1, [1, 0, 0, 0]), Rollout::Done),
        (
            json!({"metadata": {"generation": 1}}),
            waiting("the controller to see generation 1"),
        ),
    ];
    for (object, expected) in table {
        assert_eq!(rollout_status(&object), expected, "{object}");
    }
}

#[test]
fn on_delete_does_not_wait_for_updates() {
    let mut object = daemon_set(1, [1, 3, 0, 3]);
    object["spec"] = json!({"updateStrategy": {"type": "OnDelete"}});
    assert_eq!(rollout_status(&object), Rollout::Done);
}

#[tokio::test(start_paused = true)]
async fn passing_faults_are_waited_out() {
    let done = daemon_set(1, [1, 1, 1, 1]);
    let answers = vec![
        Ok(daemon_set(1, [0, 0, 0, 0])),
        failure(KubeErrorKind::Unreachable),
        failure(KubeErrorKind::Throttled),
        Ok(done.clone()),
    ];
    assert_eq!(wait(answers).await.unwrap(), done);
}

#[tokio::test(start_paused = true)]
async fn lasting_faults_end_the_wait_at_once() {
    let started = Instant::now();
    let error = wait(vec![failure(KubeErrorKind::Forbidden)]).await.unwrap_err();
    assert_eq!(error.kind, KubeErrorKind::Forbidden);
    assert_eq!(started.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn a_timeout_says_what_was_waited_for() {
    let error = wait(vec![Ok(daemon_set(1, [1, 3, 3, 1]))]).await.unwrap_err();
    assert_eq!(error.kind, KubeErrorKind::Timeout);
    let text = error.to_string();
    assert!(
        text.contains("DaemonSet gpu/plugin") && text.contains("waited 60 s for 1 of 3 pods available"),
        "{text}"
    );
}

#[tokio::test(start_paused = true)]
async fn cancelling_ends_the_wait() {
    let cancel = CancellationToken::new();
    let api = Script(Mutex::new(vec![Ok(daemon_set(1, [0, 0, 0, 0]))]));
    let options = options(&cancel);
    let wait = wait_for_rollout(&api, &OBJECT, &options);
    let stop = async {
        sleep(Duration::from_secs(3)).await;
        cancel.cancel();
    };
    let (result, ()) = tokio::join!(wait, stop);
    assert_eq!(result.unwrap_err().kind, KubeErrorKind::Cancelled);
}

#[tokio::test(start_paused = true)]
async fn gone_is_not_found_or_another_uid() {
    let held = json!({"metadata": {"uid": "1", "finalizers": ["f"]}});
    let other = json!({"metadata": {"uid": "2"}});
    let cancel = CancellationToken::new();
    for last in [failure(KubeErrorKind::NotFound), Ok(other)] {
        let api = Script(Mutex::new(vec![Ok(held.clone()), last]));
        wait_until_gone(&api, &OBJECT, Some("1"), &options(&cancel))
            .await
            .unwrap();
    }
    let api = Script(Mutex::new(vec![Ok(held)]));
    let error = wait_until_gone(&api, &OBJECT, Some("1"), &options(&cancel))
        .await
        .unwrap_err();
    assert!(error.to_string().contains("its finalizers: f"), "{error}");
}
