use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use tfplug::wire::log::HclogLayer;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::layer::SubscriberExt;

use super::*;

const PACE: Pace = Pace {
    first: Duration::from_secs(1),
    longest: Duration::from_secs(8),
};

fn options(seconds: u64) -> WaitOptions {
    WaitOptions {
        timeout: Duration::from_secs(seconds),
        cancel: CancellationToken::new(),
    }
}

/// Looks `times` times in vain; gives the outcome and how often was looked.
async fn wait_of(times: u32, options: &WaitOptions) -> (Result<u32, WaitError<String>>, u32) {
    let looks = AtomicU32::new(0);
    let look = || async {
        match looks.fetch_add(1, Ordering::Relaxed) + 1 {
            look if look > times => Look::Done(look),
            look => Look::Again(format!("step {look}")),
        }
    };
    let outcome = wait(&"node group g", options, PACE, look).await;
    (outcome, looks.load(Ordering::Relaxed))
}

#[tokio::test(start_paused = true)]
async fn a_look_that_is_done_ends_it_and_pauses_grow() {
    let begun = Instant::now();
    assert_eq!(wait_of(5, &options(600)).await, (Ok(6), 6));
    assert_eq!(begun.elapsed().as_secs(), 1 + 2 + 4 + 8 + 8);
}

#[tokio::test(start_paused = true)]
async fn a_deadline_ends_it_with_what_was_waited_for() {
    let (outcome, _) = wait_of(1000, &options(10)).await;
    assert_eq!(outcome.unwrap_err().to_string(), "waited 10 s for step 4");
    let never = || std::future::pending::<Look<(), String>>();
    let hanging = wait(&"g", &options(10), PACE, never).await.unwrap_err();
    assert_eq!(hanging.to_string(), "waited 10 s for the first answer");
}

#[tokio::test(start_paused = true)]
async fn a_request_to_stop_ends_it_during_a_look_and_during_a_pause() {
    let options = options(600);
    let cancel = options.cancel.clone();
    tokio::spawn(async move {
        sleep(Duration::from_secs(5)).await;
        cancel.cancel();
    });
    let begun = Instant::now();
    let (outcome, _) = wait_of(1000, &options).await;
    assert_eq!(
        outcome.unwrap_err().to_string(),
        "stopped while waiting for step 3"
    );
    assert_eq!(begun.elapsed().as_secs(), 5);
    let never = || std::future::pending::<Look<(), String>>();
    let stopped = wait(&"g", &options, PACE, never).await;
    assert!(matches!(stopped, Err(WaitError::Cancelled { .. })), "{stopped:?}");
}

#[tokio::test(start_paused = true)]
async fn a_failed_look_ends_it() {
    let look = || async { Look::<(), _>::Failed("no right".to_owned()) };
    let outcome = wait(&"g", &options(10), PACE, look).await;
    assert_eq!(outcome, Err(WaitError::Failed("no right".to_owned())));
}

#[tokio::test(start_paused = true)]
async fn progress_is_logged_every_half_minute() {
    let lines = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&lines);
    let write = move |line: &str| sink.lock().unwrap().push(line.to_owned());
    let layer = HclogLayer::new("mig", &["provider"], LevelFilter::INFO, Box::new(write));
    let _logged = tracing::subscriber::set_default(tracing_subscriber::registry().with(layer));
    let (outcome, _) = wait_of(1000, &options(100)).await;
    assert!(outcome.is_err());
    // A look may hang, too.
    let first = || async {
        sleep(Duration::from_secs(70)).await;
        Look::Done::<_, String>("step 0")
    };
    wait(&"node group g", &options(100), PACE, first).await.unwrap();
    let lines = lines.lock().unwrap();
    assert_eq!(lines.len(), 5, "{lines:#?}");
    for (line, waited) in lines.iter().zip([30, 60, 90, 30, 60]) {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!(line["waited_s"], waited);
        assert_eq!(line["object"], "node group g");
        let message = line["@message"].as_str().unwrap();
        let steps = message.starts_with("Still waiting for step ");
        assert!(
            steps || message == "Still waiting for the first answer",
            "{message}"
        );
    }
}
