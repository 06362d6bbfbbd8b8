//! A fault at each call: whatever goes wrong, what exists is told to the engine, and the next run goes on from there.

use serde_json::json;
use tonic::{Code, Status};

use crate::cabinet::Fault;
use crate::support::{Host, left, shown};
use pulumiplug::wire::r#gen::pulumirpc as pb;
use pulumiplug::wire::r#gen::pulumirpc::diff_response::DiffChanges;

const FAULTS: [Fault; 4] = [Fault::Error, Fault::LostAnswer, Fault::Cancel, Fault::Panic];

/// Interrupts as soon as a call waits for it.
async fn interrupt(host: &Host) {
    let (cabinet, mut client) = (host.cabinet.clone(), host.client.clone());
    tokio::spawn(async move {
        cabinet.waits().await;
        client.cancel(()).await.unwrap();
    });
}

/// Whether the code says that nothing happened.
fn is_clean(status: &Status) -> bool {
    !matches!(status.code(), Code::Unknown | Code::Internal | Code::DataLoss)
}

#[tokio::test]
async fn a_create_that_fails_loses_nothing() {
    for fault in FAULTS {
        for at in [0, 1] {
            let mut host = Host::configured().await;
            let inputs = host.checked(json!({"name": "top", "key": "hush"})).await;
            interrupt(&host).await;
            host.cabinet.fail(at, fault);
            let failed = host.create(&inputs, false).await.unwrap_err();
            let Some(left) = left(&failed) else {
                assert!(at == 0 && is_clean(&failed), "{fault:?} {at} {failed:?}");
                if fault == Fault::Cancel {
                    assert_eq!(failed.code(), Code::Cancelled);
                }
                continue;
            };
            assert_eq!(
                (failed.code(), left.id.as_str()),
                (Code::Unknown, "drawer-1"),
                "{fault:?} {at}"
            );
            assert_eq!(left.inputs.as_ref(), Some(&inputs));
            assert!(!left.reasons.is_empty() && host.cabinet.drawers().len() == 1);
            goes_on(&mut host, &left.id, left.properties.as_ref().unwrap(), &inputs).await;
        }
    }
}

/// The next run updates what is half-made, and finds nothing to do after that.
async fn goes_on(host: &mut Host, id: &str, olds: &prost_types::Struct, inputs: &prost_types::Struct) {
    let done = host
        .update(id, olds, inputs, false)
        .await
        .unwrap()
        .properties
        .unwrap();
    assert!(
        shown(&done)["revision"].as_i64().unwrap() > 0,
        "{:?}",
        shown(&done)
    );
    let diff = host.diff(id, &done, inputs).await.unwrap();
    assert_eq!(diff.changes(), DiffChanges::DiffNone);
    host.delete(id, &done).await.unwrap();
    assert!(host.cabinet.drawers().is_empty());
}

#[tokio::test]
async fn an_update_that_fails_loses_nothing() {
    for fault in FAULTS {
        for at in [0, 1] {
            let mut host = Host::configured().await;
            let inputs = host.checked(json!({"name": "top"})).await;
            let made = host.create(&inputs, false).await.unwrap();
            let olds = made.properties.unwrap();
            let news = host.checked(json!({"name": "top", "size": 2})).await;
            interrupt(&host).await;
            host.cabinet.fail(at, fault);
            let failed = host.update(&made.id, &olds, &news, false).await.unwrap_err();
            match left(&failed) {
                Some(left) => {
                    assert_eq!(
                        (at, shown(left.properties.as_ref().unwrap())["size"].as_i64()),
                        (1, Some(2))
                    );
                    goes_on(&mut host, &left.id, left.properties.as_ref().unwrap(), &news).await;
                }
                None => {
                    assert!(at == 0 && is_clean(&failed), "{fault:?} {at} {failed:?}");
                    goes_on(&mut host, &made.id, &olds, &news).await;
                }
            }
        }
    }
}

#[tokio::test]
async fn a_delete_that_fails_can_be_repeated() {
    for fault in FAULTS {
        let mut host = Host::configured().await;
        let inputs = host.checked(json!({"name": "top"})).await;
        let made = host.create(&inputs, false).await.unwrap();
        let olds = made.properties.unwrap();
        interrupt(&host).await;
        host.cabinet.fail(0, fault);
        let failed = host.delete(&made.id, &olds).await.unwrap_err();
        assert!(is_clean(&failed), "the engine keeps the state: {failed:?}");
        host.delete(&made.id, &olds).await.unwrap();
        assert!(host.cabinet.drawers().is_empty());
    }
}

/// The engine interrupts, hangs up, and ends the process: a call in progress comes to its end first.
#[tokio::test]
async fn a_call_in_progress_is_waited_for() {
    let mut host = Host::configured().await;
    let inputs = host.checked(json!({"name": "top"})).await;
    host.cabinet.fail(1, Fault::Cancel);
    let (cabinet, end) = (host.cabinet.clone(), host.end.clone());
    let ended = tokio::spawn(async move {
        cabinet.waits().await;
        end.cancel();
    });
    let failed = host.create(&inputs, false).await.unwrap_err();
    assert_eq!(
        left(&failed).unwrap().id,
        "drawer-1",
        "what was made reaches the engine"
    );
    ended.await.unwrap();
    host.served.await.unwrap();
}

#[tokio::test]
async fn what_is_not_here_is_said_in_words() {
    let mut host = Host::start().await;
    let call = host.client.call(pb::CallRequest::default()).await.unwrap_err();
    assert_eq!(
        (call.code(), call.message()),
        (Code::Unimplemented, "The package cabinet has no methods.")
    );
    let construct = host
        .client
        .construct(pb::ConstructRequest::default())
        .await
        .unwrap_err();
    assert_eq!(construct.code(), Code::Unimplemented);
    let unknown = pb::DiffRequest {
        urn: "urn:pulumi:a::b::cabinet:index:Shelf::one".to_owned(),
        ..pb::DiffRequest::default()
    };
    let refused = host.client.diff(unknown).await.unwrap_err();
    assert_eq!(refused.code(), Code::InvalidArgument);
    assert!(refused.message().contains("cabinet:index:Shelf"), "{refused}");
    let unconfigured = host
        .create(&prost_types::Struct::default(), false)
        .await
        .unwrap_err();
    assert!(is_clean(&unconfigured), "{unconfigured:?}");
}
