//! Reads of single objects, asked for at about the same time, gathered into one call.
//!
//! Terraform reads each resource by itself, many at once. AWS throttles by calls, not by objects, so one call that
//! names all of them is kinder and faster.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Semaphore, oneshot};

use super::error::{AwsError, AwsErrorKind};

/// How long the first asker waits for others.
const WINDOW: Duration = Duration::from_millis(2);

/// How much longer the first asker waits while another call is under way. All who ask in that time share the next call. The limit keeps a
/// slow call from delaying the others.
const PATIENCE: Duration = Duration::from_millis(50);

/// Askers of one call; EC2 accepts no more names. A service that accepts fewer makes several calls of it.
const MOST: usize = 200;

/// What an asker gets: the object, nothing where it has to ask for itself, or the failure of the call.
type Answer<T> = Result<Option<T>, AwsError>;

/// A place where askers meet.
#[derive(Debug)]
pub(super) struct Gather<T> {
    waiting: Mutex<Vec<Waiting<T>>>,
    /// Held by the call that is under way.
    free: Semaphore,
}

#[derive(Debug)]
struct Waiting<T> {
    id: String,
    answer: oneshot::Sender<Answer<T>>,
}

impl<T> Default for Gather<T> {
    fn default() -> Self {
        Self {
            waiting: Mutex::default(),
            free: Semaphore::new(1),
        }
    }
}

impl<T: Clone> Gather<T> {
    /// The object of that ID, by a call that others share. `None` where the shared call tells nothing of this object
    /// alone, as when EC2 refuses a whole call for one missing object: ask for it by itself then.
    ///
    /// # Errors
    /// The failure of the shared call, for all that share it.
    pub(super) async fn get<F, C>(&self, id: &str, fetch: F) -> Answer<T>
    where
        F: Fn(Vec<String>) -> C,
        C: Future<Output = Result<BTreeMap<String, T>, AwsError>>,
    {
        let (answer, share) = oneshot::channel();
        if self.join(Waiting {
            id: id.to_owned(),
            answer,
        }) {
            let mut call = SharedCall {
                gather: self,
                over: false,
            };
            tokio::time::sleep(WINDOW).await;
            // Held to the end of the call. When the wait is over, the call is made without it.
            let _turn = tokio::time::timeout(PATIENCE, self.free.acquire()).await;
            let all = call.end();
            answer_all(all, fetch).await;
        }
        // The one who was to make the call may have been cancelled; its share is lost then.
        share.await.unwrap_or(Ok(None))
    }

    /// Whether this is the first one, who makes the call.
    fn join(&self, asker: Waiting<T>) -> bool {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        // A call that was cancelled leaves askers behind whose receivers are gone.
        waiting.retain(|other| !other.answer.is_closed());
        waiting.push(asker);
        waiting.len() == 1
    }

    fn take(&self) -> Vec<Waiting<T>> {
        std::mem::take(&mut *self.waiting.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The call that the first asker makes for all. Should it be cancelled before, the others are let go, to ask by
/// themselves, and the next asker is a first one again.
struct SharedCall<'a, T: Clone> {
    gather: &'a Gather<T>,
    over: bool,
}

impl<T: Clone> SharedCall<'_, T> {
    fn end(&mut self) -> Vec<Waiting<T>> {
        self.over = true;
        self.gather.take()
    }
}

impl<T: Clone> Drop for SharedCall<'_, T> {
    fn drop(&mut self) {
        if !self.over {
            self.gather.take();
        }
    }
}

async fn answer_all<T: Clone, F, C>(mut all: Vec<Waiting<T>>, fetch: F)
where
    F: Fn(Vec<String>) -> C,
    C: Future<Output = Result<BTreeMap<String, T>, AwsError>>,
{
    while !all.is_empty() {
        let rest = all.split_off(all.len().min(MOST));
        let mut ids: Vec<String> = all.iter().map(|asker| asker.id.clone()).collect();
        ids.sort();
        ids.dedup();
        let found = fetch(ids).await;
        for asker in all {
            let share = match &found {
                Ok(objects) => Ok(objects.get(&asker.id).cloned()),
                // One missing or misspelt ID makes EC2 refuse the whole call.
                Err(error)
                    if matches!(
                        error.kind,
                        AwsErrorKind::NotFound | AwsErrorKind::InvalidParameter
                    ) =>
                {
                    Ok(None)
                }
                Err(error) => Err(error.clone()),
            };
            // An asker that no longer waits needs no answer.
            let _ = asker.answer.send(share);
        }
        all = rest;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    async fn numbers(ids: Vec<String>) -> Result<BTreeMap<String, usize>, AwsError> {
        Ok(ids
            .iter()
            .filter_map(|id| Some((id.clone(), id.parse().ok()?)))
            .collect())
    }

    #[tokio::test]
    async fn many_share_one_call() {
        let gather = Gather::default();
        let calls = AtomicUsize::new(0);
        let fetch = |ids| {
            calls.fetch_add(1, Ordering::Relaxed);
            numbers(ids)
        };
        let ids: Vec<String> = (0..250).map(|i| i.to_string()).collect();
        let shares = futures::future::join_all(ids.iter().map(|id| gather.get(id, fetch))).await;
        assert_eq!(shares, (0..250).map(|i| Ok(Some(i))).collect::<Vec<_>>());
        assert_eq!(calls.into_inner(), 2, "200 and 50");
    }

    #[tokio::test(start_paused = true)]
    async fn who_asks_while_a_call_is_under_way_shares_the_next_one() {
        let gather = Gather::default();
        let calls = std::sync::Mutex::new(Vec::new());
        let fetch = |ids: Vec<String>| {
            calls.lock().unwrap().push(ids.join(" "));
            async {
                tokio::time::sleep(PATIENCE / 2).await;
                numbers(ids).await
            }
        };
        let (gather, fetch) = (&gather, &fetch);
        let asked = (1..=4).map(|number: u64| async move {
            tokio::time::sleep(WINDOW * 3 * u32::try_from(number).unwrap()).await;
            gather.get(&number.to_string(), fetch).await
        });
        let shares = futures::future::join_all(asked).await;
        assert_eq!(shares, (1..=4).map(|i| Ok(Some(i))).collect::<Vec<_>>());
        assert_eq!(*calls.lock().unwrap(), ["1", "2 3 4"]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_that_hangs_holds_up_no_other_for_long() {
        let gather: Gather<usize> = Gather::default();
        let hangs = gather.get("1", |_| std::future::pending());
        let other = async {
            tokio::time::sleep(WINDOW * 2).await;
            gather.get("2", numbers).await
        };
        tokio::select! {
            share = other => assert_eq!(share, Ok(Some(2))),
            share = hangs => panic!("{share:?}"),
            () = tokio::time::sleep(PATIENCE * 2) => panic!("it waits for the first call"),
        }
    }

    #[tokio::test]
    async fn one_missing_object_is_nobody_elses_failure() {
        let gather: Gather<usize> = Gather::default();
        let gone = |_| async {
            Err(AwsError::local(
                AwsErrorKind::NotFound,
                ("EC2", "D"),
                "no such template",
            ))
        };
        assert_eq!(gather.get("1", gone).await, Ok(None));
        let down = |_| async {
            Err(AwsError::local(
                AwsErrorKind::Throttled,
                ("EC2", "D"),
                "slow down",
            ))
        };
        assert!(gather.get("1", down).await.is_err());
        assert_eq!(
            gather.get("2", numbers).await,
            Ok(Some(2)),
            "the place is free again"
        );
    }

    #[tokio::test]
    async fn a_first_asker_that_leaves_early_leaves_nobody_waiting() {
        let gather: Gather<usize> = Gather::default();
        let first = async {
            tokio::select! {
                biased;
                share = gather.get("1", numbers) => share,
                () = std::future::ready(()) => Ok(Some(0)),
            }
        };
        let (first, second) = tokio::join!(first, gather.get("2", numbers));
        assert_eq!(first, Ok(Some(0)), "cancelled inside the window");
        assert!(matches!(second, Ok(None | Some(2))), "{second:?}");
        assert_eq!(gather.get("3", numbers).await, Ok(Some(3)));
    }

    #[tokio::test]
    async fn a_cancelled_call_leaves_nobody_waiting() {
        let gather: Gather<usize> = Gather::default();
        let never = |_| std::future::pending();
        let first = gather.get("1", never);
        let second = gather.get("2", numbers);
        let both = async {
            tokio::select! {
                share = first => share,
                () = tokio::time::sleep(WINDOW * 5) => Ok(None),
            }
        };
        let (_, second) = tokio::join!(both, second);
        assert_eq!(second, Ok(None));
        assert_eq!(gather.get("3", numbers).await, Ok(Some(3)));
    }
}
