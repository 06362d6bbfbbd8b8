//! A provider of keys, some of which go wrong.

use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};
use tfplug::testing::Faults;
use tfplug::*;

/// A key that is lent for one run.
#[derive(Clone, Model)]
pub(super) struct Key {
    /// Which lock it fits. Some of them make something happen.
    #[attr(required, validate = schema::validators::length(1, 20))]
    pub(super) lock: Attr<String>,
    /// For how many seconds.
    #[attr(default = 60)]
    pub(super) seconds: Attr<i64>,
    /// Who asks for it.
    #[attr(sensitive)]
    pub(super) pin: Attr<String>,
    /// Its shape.
    #[attr(computed, sensitive)]
    pub(super) shape: Attr<String>,
}

pub(super) fn key(lock: &str) -> Key {
    Key {
        lock: lock.into(),
        seconds: Attr::Null,
        pin: "pin 4711".into(),
        shape: Attr::Null,
    }
}

/// What it takes to renew and to give back a key.
#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Loan {
    pub(super) number: u64,
    pub(super) renewals: u64,
}

/// The remote side: the keys that are lent, and all that was done.
#[derive(Clone, Default)]
pub(super) struct Vault {
    lent: Arc<Mutex<Vec<u64>>>,
    done: Arc<Mutex<Vec<String>>>,
    faults: Faults,
}

impl Vault {
    pub(super) fn with(faults: Faults) -> Self {
        Self {
            faults,
            ..Self::default()
        }
    }

    pub(super) fn open(&self) -> usize {
        self.lent.lock().unwrap().len()
    }

    /// What was done so far.
    pub(super) fn done(&self) -> Vec<String> {
        self.done.lock().unwrap().clone()
    }

    fn note(&self, what: impl Into<String>) {
        self.done.lock().unwrap().push(what.into());
    }

    async fn call<T>(&self, effect: impl FnOnce() -> T) -> Result<T, Diagnostics> {
        let call = self.faults.call(async { effect() });
        call.await
            .map_err(|fault| Diagnostic::error("The vault failed", fault.to_string()).into())
    }

    async fn lend(&self) -> Result<u64, Diagnostics> {
        self.call(|| {
            let mut lent = self.lent.lock().unwrap();
            let number = 100 + lent.len() as u64;
            lent.push(number);
            number
        })
        .await
    }

    /// A key and its shape, in two calls.
    pub(super) async fn borrow(&self) -> Result<(Loan, Attr<String>), Diagnostics> {
        let number = self.lend().await?;
        let shape = self.call(|| format!("shape {number}")).await?.into();
        Ok((Loan { number, renewals: 0 }, shape))
    }

    pub(super) async fn give_back(&self, number: u64) -> Result<(), Diagnostics> {
        self.call(|| self.lent.lock().unwrap().retain(|lent| *lent != number))
            .await
    }
}

/// How an ephemeral resource is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flaw {
    None,
    /// It does not note what is to be closed.
    NotNoted,
    /// It sees a failed close as a success.
    CloseIgnored,
    /// It sees a failed renewal as a success.
    RenewalIgnored,
    /// It closes what its renewals were told, which no host hands on.
    ClosedByRenewal,
    /// It quotes a secret.
    SecretTold,
    /// It wants to know everything when it is validated.
    KnownOnly,
}

pub(super) struct KeyResource(pub(super) Flaw);

#[async_trait]
impl EphemeralResource for KeyResource {
    type Provider = Vault;
    type Model = Key;
    type Private = Loan;

    fn type_name(&self) -> &'static str {
        "vault_key"
    }

    fn validate(&self, config: &Key, diags: &mut Diagnostics) {
        if self.0 == Flaw::KnownOnly && config.lock.is_unknown() {
            diags.push(Diagnostic::error("Which lock", "Say it."));
        }
        if config.lock.as_str() == Some("bad") {
            diags.error_at(Path::attr("lock"), "A bad lock", "Choose another.");
        }
    }

    async fn open(
        &self,
        cx: &Context<Vault>,
        request: OpenRequest<'_, Self>,
    ) -> Result<Opened<Key>, Diagnostics> {
        let (vault, config) = (cx.provider()?, request.config);
        let lock = config.lock.as_str().unwrap_or_default().to_owned();
        if lock == "early" {
            return Err(Diagnostic::error("No such lock", "Choose another.").into());
        }
        let number = vault.lend().await?;
        if self.0 != Flaw::NotNoted {
            request.slot.opened(&Loan { number, renewals: 0 });
        }
        match lock.as_str() {
            "late" => return Err(Diagnostic::error("The key broke", "Take another.").into()),
            "panic" => panic!("out of keys"),
            "wait" => {
                cx.cancel().cancelled().await;
                return Err(Diagnostic::error("Interrupted", "No key.").into());
            }
            "odd" => cx.warn(Diagnostic::warning("An odd lock", "It may be stuck.")),
            "wrong" => cx.warn(Diagnostic::error("A wrong lock", "It does not turn.")),
            _ => {}
        }
        let shape = vault.call(|| format!("shape {number}")).await?;
        let seconds = *config.seconds.known().unwrap_or(&0);
        let opened = Opened::new(Key {
            shape: if lock == "shapeless" {
                Attr::Unknown
            } else {
                shape.into()
            },
            ..config
        });
        Ok(match u64::try_from(seconds) {
            Ok(0) => opened,
            Ok(seconds) => opened.renewed_at(SystemTime::now() + Duration::from_secs(seconds)),
            Err(_) => opened.renewed_at(SystemTime::UNIX_EPOCH),
        })
    }

    async fn renew(
        &self,
        cx: &Context<Vault>,
        request: RenewRequest<'_, Self>,
    ) -> Result<Renewed, Diagnostics> {
        let (vault, loan) = (cx.provider()?, request.private);
        loan.renewals += 1;
        vault.note(format!("renew {} for the {}. time", loan.number, loan.renewals));
        if self.0 == Flaw::ClosedByRenewal {
            loan.number += 1;
            let number = loan.number;
            vault.call(|| *vault.lent.lock().unwrap() = vec![number]).await?;
        }
        match vault.call(|| ()).await {
            Err(_) if self.0 == Flaw::RenewalIgnored => {}
            Err(_) if self.0 == Flaw::SecretTold => {
                return Err(Diagnostic::error("No more of it", "It was shape 100.").into());
            }
            ended => ended?,
        }
        Ok(match loan.renewals {
            3 => Renewed::for_good(),
            _ => Renewed::again_at(SystemTime::UNIX_EPOCH),
        })
    }

    async fn close(&self, cx: &Context<Vault>, request: CloseRequest<Self>) -> Result<(), Diagnostics> {
        let (vault, loan) = (cx.provider()?, request.private);
        let stopped = if cx.cancel().is_cancelled() {
            ", stopped"
        } else {
            ""
        };
        vault.note(format!("close {}{stopped}", loan.number));
        match vault.give_back(loan.number).await {
            Err(_) if self.0 == Flaw::CloseIgnored => Ok(()),
            ended => ended,
        }
    }
}

/// One that has nothing to renew or to close, and says that it has.
pub(super) struct Bare;

#[async_trait]
impl EphemeralResource for Bare {
    type Provider = Vault;
    type Model = Key;
    type Private = ();

    fn type_name(&self) -> &'static str {
        "vault_bare"
    }

    async fn open(
        &self,
        _: &Context<Vault>,
        request: OpenRequest<'_, Self>,
    ) -> Result<Opened<Key>, Diagnostics> {
        let shape = "bare".into();
        Ok(Opened::new(Key {
            shape,
            ..request.config
        })
        .renewed_at(SystemTime::UNIX_EPOCH))
    }
}

/// A provider of this vault that registers what it is told to.
pub(super) struct Keys(pub(super) fn(&mut Registry<Vault>), pub(super) Vault);

/// Nothing to configure.
#[derive(Clone, Model)]
pub(super) struct Settings {}

#[async_trait]
impl Provider for Keys {
    type Config = Settings;
    type Configured = Vault;

    fn type_name(&self) -> &'static str {
        "vault"
    }

    async fn configure(&self, _: &Context<()>, _: ConfigureRequest<Settings>) -> Result<Vault, Diagnostics> {
        Ok(self.1.clone())
    }

    fn register(&self, registry: &mut Registry<Vault>) {
        (self.0)(registry);
    }
}
