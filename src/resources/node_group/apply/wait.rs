//! Waits for a group, and for its updates.

use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicBool, AtomicU32};
use std::time::Duration;

use aws_sdk_eks::types as eks;
use tfplug::{Context, Diagnostic, Diagnostics};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::failure;
use crate::aws::{AwsError, Eks, NodeGroupRef};
use crate::connections::Connections;
use crate::resources::node_group::words;
use crate::wait::{Look, Pace, WaitError, WaitOptions, wait};

/// EKS takes minutes; its own tools look every half minute.
const PACE: Pace = Pace {
    first: Duration::from_secs(2),
    longest: Duration::from_secs(15),
};

/// Looks in which EKS may say that there is no such group before that is believed.
const UNSEEN: u32 = 3;

/// A group that is waited for, and by when.
pub(super) struct Waiting<'a> {
    api: &'a dyn Eks,
    group: &'a NodeGroupRef,
    /// Of the whole change, which may have several waits.
    timeout: Duration,
    begun: Instant,
    cancel: CancellationToken,
}

/// Why a group did not come to what was waited for.
pub(super) enum Unsettled {
    /// The user interrupted.
    Interrupted,
    /// The time is over; what was waited for.
    Late(Diagnostic),
    /// EKS has given up. The group as it is.
    Failed(Box<eks::Nodegroup>),
    /// It cannot be looked up.
    Unseen(AwsError),
}

impl<'a> Waiting<'a> {
    pub(super) fn new(
        cx: &Context<Connections>,
        api: &'a dyn Eks,
        group: &'a NodeGroupRef,
        timeout: Duration,
    ) -> Self {
        Self {
            api,
            group,
            timeout,
            begun: Instant::now(),
            cancel: cx.cancel().clone(),
        }
    }

    /// What is left of the time.
    fn left(&self) -> WaitOptions {
        WaitOptions {
            timeout: self.timeout.saturating_sub(self.begun.elapsed()),
            cancel: self.cancel.clone(),
        }
    }

    /// Waits until nothing is under way with the group: it is `ACTIVE`, or `DEGRADED`, which is as far as EKS comes by itself.
    pub(super) async fn settled(&self, doing: &str) -> Result<eks::Nodegroup, Unsettled> {
        let unseen = AtomicU32::new(0);
        let look = || async {
            let found = match self.api.describe_node_group(self.group).await {
                Ok(found) => found,
                // A group that was made just now need not be seen everywhere yet.
                Err(error) if error.is_not_found() && unseen.fetch_add(1, Relaxed) < UNSEEN => {
                    return Look::Again("EKS to show the node group".to_owned());
                }
                Err(error) => return again_or(error, Unsettled::Unseen),
            };
            match found.status() {
                Some(eks::NodegroupStatus::Active | eks::NodegroupStatus::Degraded) => Look::Done(found),
                Some(eks::NodegroupStatus::Creating | eks::NodegroupStatus::Updating) | None => {
                    Look::Again(words::progress(&found, doing))
                }
                _ => Look::Failed(Unsettled::Failed(Box::new(found))),
            }
        };
        self.ended(wait(self.group, &self.left(), PACE, look).await)
    }

    /// Waits for the end of an update.
    pub(super) async fn updated(&self, id: &str, doing: &str) -> Result<eks::Update, Unsettled> {
        let unseen = AtomicU32::new(0);
        let look = || async {
            match self.api.describe_update(self.group, id).await {
                Ok(update) if update.status() == Some(&eks::UpdateStatus::InProgress) => {
                    Look::Again(doing.to_owned())
                }
                Ok(update) => Look::Done(update),
                // Nor need an update.
                Err(error) if error.is_not_found() && unseen.fetch_add(1, Relaxed) < UNSEEN => {
                    Look::Again("EKS to show the update".to_owned())
                }
                Err(error) => again_or(error, Unsettled::Unseen),
            }
        };
        self.ended(wait(self.group, &self.left(), PACE, look).await)
    }

    /// Has EKS delete the group as soon as nothing else is under way with it, and waits until it is gone.
    pub(super) async fn deleted(&self) -> Result<(), Unsettled> {
        let asked = AtomicBool::new(false);
        let look = || async {
            match self.api.describe_node_group(self.group).await {
                Ok(found) => self.delete(found, &asked).await,
                Err(error) if super::is_gone(&error) => Look::Done(()),
                Err(error) => again_or(error, Unsettled::Unseen),
            }
        };
        self.ended(wait(self.group, &self.left(), PACE, look).await)
    }

    async fn delete(&self, found: eks::Nodegroup, asked: &AtomicBool) -> Look<(), Unsettled> {
        let doing = words::progress(&found, "EKS to drain and delete the nodes");
        match found.status() {
            Some(eks::NodegroupStatus::Deleting) => return Look::Again(doing),
            Some(eks::NodegroupStatus::DeleteFailed) if asked.load(Relaxed) => {
                return Look::Failed(Unsettled::Failed(Box::new(found)));
            }
            _ => {}
        }
        match self.api.delete_node_group(self.group).await {
            Ok(()) => {
                asked.store(true, Relaxed);
                Look::Again(doing)
            }
            Err(error) if super::is_gone(&error) => Look::Done(()),
            Err(error) => again_or(error, Unsettled::Unseen),
        }
    }

    fn ended<T>(&self, waited: Result<T, WaitError<Unsettled>>) -> Result<T, Unsettled> {
        waited.map_err(|error| match error {
            WaitError::Failed(why) => why,
            WaitError::Cancelled { .. } => Unsettled::Interrupted,
            WaitError::Timeout { waiting, .. } => {
                let detail = format!(
                    "{}: waited {} s for {waiting}. The operation continues in AWS. Repeat the command to wait longer, or raise the time in timeouts.",
                    self.group,
                    self.timeout.as_secs()
                );
                Unsettled::Late(Diagnostic::error("Timed out waiting for EKS", detail))
            }
        })
    }
}

/// A failed look: what passes by itself is looked at again.
fn again_or<T>(error: AwsError, failed: impl FnOnce(AwsError) -> Unsettled) -> Look<T, Unsettled> {
    if error.is_transient() {
        return Look::Again(format!("an answer of EKS ({})", error.message));
    }
    Look::Failed(failed(error))
}

impl Unsettled {
    /// As the user sees it; `doing` is what failed, such as `The node group cannot be created`.
    pub(super) fn to_diagnostics(&self, doing: &str) -> Diagnostics {
        match self {
            Self::Interrupted => {
                let detail =
                    "EKS goes on by itself with what it has begun. The next plan shows what is left to do.";
                Diagnostic::error("Interrupted", detail).into()
            }
            Self::Late(diagnostic) => diagnostic.clone().into(),
            Self::Failed(group) => {
                let issues = words::of_issues(group);
                let detail = match issues.as_slice() {
                    [] => format!("EKS says {} and gives no reason.", words::status(group)),
                    issues => format!("EKS says {}:{}", words::status(group), words::lines(issues)),
                };
                Diagnostic::error(doing, detail).into()
            }
            Self::Unseen(error) => failure(doing, error).into(),
        }
    }
}
