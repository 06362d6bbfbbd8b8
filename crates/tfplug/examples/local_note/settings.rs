//! The provider block.

use std::time::Duration;

use tfplug::{Attr, Model};

/// Keeps notes in files.
#[derive(Clone, Model)]
pub(crate) struct Settings {
    /// Milliseconds that a write takes, to play a slow service.
    #[attr(default = 0)]
    delay_ms: Attr<u32>,
}

impl Settings {
    /// Waits as long as a write takes.
    pub(crate) async fn wait(&self) {
        let millis = self.delay_ms.into_known().unwrap_or_default();
        tokio::time::sleep(Duration::from_millis(millis.into())).await;
    }
}
