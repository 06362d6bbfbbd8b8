//! A provider at the other end that lists, acts and opens, written as providers are.

use std::process::ExitCode;
use std::time::{Duration, SystemTime};

use tfplug::wire::{Options, serve};
use tfplug::*;

/// What the role variable says for this provider.
pub(crate) const ROLE: &str = "streamer";

pub(crate) fn main() -> ExitCode {
    let options = Options {
        address: "registry.terraform.io/example/stream".into(),
        log_crates: vec!["hosts"],
        debug: false,
    };
    serve(Server::new(Stream).unwrap(), &options)
}

struct Stream;

/// Nothing to configure.
#[derive(Clone, Model)]
struct Settings {}

#[async_trait]
impl Provider for Stream {
    type Config = Settings;
    type Configured = ();

    fn type_name(&self) -> &'static str {
        "stream"
    }

    async fn configure(&self, _: &Context<()>, _: ConfigureRequest<Settings>) -> Result<(), Diagnostics> {
        Ok(())
    }

    fn register(&self, registry: &mut Registry<()>) {
        registry
            .list_resource(WordList)
            .resource(WordResource)
            .action(Say)
            .ephemeral_resource(Whisper);
    }
}

/// A word.
#[derive(Clone, Model)]
struct Word {
    /// Its letters.
    #[attr(required)]
    text: Attr<String>,
    /// How many they are.
    #[attr(computed)]
    length: Attr<i64>,
}

/// What identifies a word.
#[derive(Clone, Model)]
struct WordIdentity {
    /// Its letters.
    #[attr(required)]
    text: Attr<String>,
}

struct WordResource;

#[async_trait]
impl Resource for WordResource {
    type Provider = ();
    type Model = Word;
    type Identity = WordIdentity;
    type Private = ();

    fn type_name(&self) -> &'static str {
        "stream_word"
    }

    async fn create(&self, _: &Context<()>, request: CreateRequest<'_, Self>) -> Result<(), Diagnostics> {
        request.slot.exists(&request.planned);
        Ok(())
    }

    async fn read(
        &self,
        _: &Context<()>,
        request: ReadRequest<'_, Self>,
    ) -> Result<Option<Word>, Diagnostics> {
        Ok(Some(request.state))
    }

    async fn update(&self, _: &Context<()>, request: UpdateRequest<'_, Self>) -> Result<(), Diagnostics> {
        request.slot.exists(&request.planned);
        Ok(())
    }

    async fn delete(&self, _: &Context<()>, _: DeleteRequest<Self>) -> Result<(), Diagnostics> {
        Ok(())
    }
}

/// What to list, or to say.
#[derive(Clone, Model)]
struct Script {
    /// Words, one by one. Some of them make something happen.
    #[attr(required, validate = schema::validators::length(1, 50))]
    words: Attr<String>,
    /// How often.
    #[attr(default = 1)]
    times: Attr<i64>,
}

impl Script {
    fn words(&self) -> Vec<&str> {
        let words = self.words.as_str().unwrap_or_default();
        let times = usize::try_from(*self.times.known().unwrap_or(&0)).unwrap();
        std::iter::repeat_n(words.split(' '), times).flatten().collect()
    }

    fn validate(&self, diags: &mut Diagnostics) {
        if self.words.as_str() == Some("bad") {
            diags.error_at(Path::attr("words"), "Bad words", "Choose others.");
        }
    }
}

/// Tells the log when it is dropped.
struct Told(&'static str);

impl Drop for Told {
    fn drop(&mut self) {
        tracing::info!("{}", self.0);
    }
}

struct WordList;

#[async_trait]
impl ListResource for WordList {
    type Resource = WordResource;
    type Config = Script;

    fn type_name(&self) -> &'static str {
        "stream_word"
    }

    fn validate(&self, config: &Script, diags: &mut Diagnostics) {
        config.validate(diags);
    }

    async fn list(&self, cx: &Context<()>, request: ListRequest<'_, Self>) -> Result<(), Diagnostics> {
        let _told = Told("listing over");
        for word in request.config.words() {
            match word {
                "warn" => cx.warn(Diagnostic::warning("An odd word", "It comes next.")),
                "wait" => std::future::pending().await,
                "panic" => panic!("out of words"),
                "fail" => return Err(Diagnostic::error("No more words", "Ask again.").into()),
                word => {
                    let identity = WordIdentity { text: word.into() };
                    let mut found = ListResult::new(identity, word.to_uppercase());
                    if request.include_resource {
                        let length = i64::try_from(word.len()).unwrap().into();
                        let text = word.into();
                        found = found.with_resource(Word { text, length });
                    }
                    request.results.push(found).await;
                }
            }
        }
        Ok(())
    }
}

struct Say;

#[async_trait]
impl Action for Say {
    type Provider = ();
    type Config = Script;

    fn type_name(&self) -> &'static str {
        "stream_say"
    }

    fn validate(&self, config: &Script, diags: &mut Diagnostics) {
        config.validate(diags);
    }

    async fn plan(&self, cx: &Context<()>, request: PlanActionRequest<Self>) -> Result<(), Diagnostics> {
        let PlanActionRequest { config, .. } = request;
        if config.words.is_unknown() {
            cx.warn(Diagnostic::warning("Words to come", "Nobody knows which."));
        }
        match config.words.as_str() {
            Some("never") => Err(Diagnostic::error("Not to be said", "Choose other words.").into()),
            Some("panic") => panic!("no plan"),
            _ => Ok(()),
        }
    }

    async fn invoke(
        &self,
        cx: &Context<()>,
        request: InvokeActionRequest<'_, Self>,
    ) -> Result<(), Diagnostics> {
        for word in request.config.words() {
            match word {
                "wait" => {
                    cx.cancel().cancelled().await;
                    tracing::info!("action told to stop");
                    return Err(Diagnostic::error("Interrupted", "Not all was said.").into());
                }
                "panic" => panic!("out of words"),
                "fail" => return Err(Diagnostic::error("No more words", "Ask again.").into()),
                word => request.progress.report(word).await,
            }
        }
        cx.warn(Diagnostic::warning("All said", "Nothing follows."));
        Ok(())
    }
}

/// A word that is not to be written down.
#[derive(Clone, Model)]
struct Hush {
    /// What to do.
    #[attr(required)]
    act: Attr<String>,
    /// How loud.
    #[attr(default = 1)]
    volume: Attr<i64>,
    /// The word.
    #[attr(computed, sensitive)]
    word: Attr<String>,
}

struct Whisper;

#[async_trait]
impl EphemeralResource for Whisper {
    type Provider = ();
    type Model = Hush;
    type Private = String;

    fn type_name(&self) -> &'static str {
        "stream_whisper"
    }

    fn validate(&self, config: &Hush, diags: &mut Diagnostics) {
        if config.act.as_str() == Some("bad") {
            diags.error_at(Path::attr("act"), "A bad act", "Choose another.");
        }
    }

    async fn open(
        &self,
        cx: &Context<()>,
        request: OpenRequest<'_, Self>,
    ) -> Result<Opened<Hush>, Diagnostics> {
        let act = request.config.act.as_str().unwrap_or_default().to_owned();
        request.slot.opened(&format!("{act} secret"));
        match act.as_str() {
            "wait" => {
                tracing::info!("an open waits");
                cx.cancel().cancelled().await;
                return Err(Diagnostic::error("Interrupted", "Nothing is said.").into());
            }
            "linger" => {
                tracing::info!("an open lingers");
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
            "panic" => panic!("out of breath"),
            _ => {}
        }
        let word = "the secret word".into();
        let opened = Opened::new(Hush {
            word,
            ..request.config
        });
        Ok(match act.as_str() {
            "last" => opened,
            _ => opened.renewed_at(SystemTime::UNIX_EPOCH + Duration::from_secs(4_000_000_000)),
        })
    }

    async fn renew(&self, _: &Context<()>, request: RenewRequest<'_, Self>) -> Result<Renewed, Diagnostics> {
        let known = request.private.clone();
        request.private.push_str(", again");
        match known.as_str() {
            "once secret" => Ok(Renewed::for_good()),
            "break secret" => panic!("out of breath"),
            _ => Ok(Renewed::again_at(
                SystemTime::UNIX_EPOCH + Duration::from_secs(5_000_000_000),
            )),
        }
    }

    async fn close(&self, cx: &Context<()>, request: CloseRequest<Self>) -> Result<(), Diagnostics> {
        let act = request.private.strip_suffix(" secret").unwrap_or("?");
        tracing::info!(act, stopped = cx.cancel().is_cancelled(), "closed");
        match act {
            "stuck" => Err(Diagnostic::error("It cannot be unsaid", "Wait.").into()),
            _ => Ok(()),
        }
    }
}
