//! The ephemeral resource `local_lock`: a file that is there while a run needs it.

use std::fs::{self, File};
use std::io::{self, Write};
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};
use tfplug::{
    Attr, CloseRequest, Context, Diagnostic, Diagnostics, EphemeralResource, Model, OpenRequest, Opened,
    RenewRequest, Renewed, async_trait,
};

use super::{failed, settings::Settings};

/// Locks a file against other runs until this one ends.
#[derive(Clone, Model)]
pub(crate) struct Lock {
    /// The file. It must not exist yet.
    #[attr(required)]
    path: Attr<String>,
    /// How often its time is written anew, in seconds.
    #[attr(default = 60)]
    seconds: Attr<u32>,
    /// The process that holds it.
    #[attr(computed)]
    process: Attr<i64>,
}

/// What it takes to renew and to remove the file.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct Held {
    path: String,
    seconds: u32,
    renewals: u32,
}

impl Held {
    fn due(&self) -> SystemTime {
        SystemTime::now() + Duration::from_secs(self.seconds.into())
    }
}

pub(crate) struct LockResource;

#[async_trait]
impl EphemeralResource for LockResource {
    type Provider = Settings;
    type Model = Lock;
    type Private = Held;

    fn type_name(&self) -> &'static str {
        "local_lock"
    }

    async fn open(
        &self,
        _: &Context<Settings>,
        request: OpenRequest<'_, Self>,
    ) -> Result<Opened<Lock>, Diagnostics> {
        let OpenRequest { config, slot, .. } = request;
        let held = Held {
            path: config.path.as_str().unwrap_or_default().to_owned(),
            seconds: config.seconds.into_known().unwrap_or_default(),
            renewals: 0,
        };
        let mut file = match File::create_new(&held.path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                let detail = format!("{} exists. Wait for the other run, or remove it.", held.path);
                return Err(Diagnostic::error("The lock is held", detail).into());
            }
            file => file.map_err(failed)?,
        };
        slot.opened(&held); // From here on it is removed, whether this call fails or the run ends.
        let process = std::process::id();
        write!(file, "held by {process}").map_err(failed)?;
        let process = i64::from(process).into();
        Ok(Opened::new(Lock { process, ..config }).renewed_at(held.due()))
    }

    async fn renew(
        &self,
        _: &Context<Settings>,
        request: RenewRequest<'_, Self>,
    ) -> Result<Renewed, Diagnostics> {
        let held = request.private;
        held.renewals += 1;
        fs::write(&held.path, format!("renewed {} times", held.renewals)).map_err(failed)?;
        Ok(Renewed::again_at(held.due()))
    }

    async fn close(&self, _: &Context<Settings>, request: CloseRequest<Self>) -> Result<(), Diagnostics> {
        match fs::remove_file(request.private.path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(failed(error)),
            _ => Ok(()),
        }
    }
}
