//! A provider to test with: drawers in a cabinet that exists in memory only.

// Two test programs share it, and each uses a part.
#[allow(dead_code)]
mod remote;

use std::collections::BTreeMap;

use tfplug::schema::validators::{between, length};
use tfplug::schema::{AttributeType, FunctionSignature, Parameter};
use tfplug::ty::Type;
use tfplug::*;

pub use remote::{Cabinet, Fault};

/// The provider block.
#[derive(Clone, Model)]
pub struct Settings {
    /// Which cabinet.
    #[attr(default = "main", validate = length(1, 20))]
    room_name: Attr<String>,
    /// How many drawers it has.
    max_drawers: Attr<i64>,
    /// Whether it is locked.
    locked: Attr<bool>,
    /// Labels of all drawers.
    default_tags: Attr<BTreeMap<String, String>>,
}

/// A part of a drawer.
#[derive(Debug, Clone, PartialEq, Model)]
pub struct Part {
    /// What lies there.
    #[attr(required)]
    item_name: Attr<String>,
    /// How many.
    #[attr(validate = between(1, 100))]
    amount: Attr<i64>,
}

/// How long calls may take.
#[derive(Debug, Clone, PartialEq, Model)]
pub struct Timeouts {
    /// Of making it.
    create: Attr<String>,
    /// Of deleting it.
    delete: Attr<String>,
}

/// A drawer.
#[derive(Debug, Clone, PartialEq, Default, Model)]
pub struct Drawer {
    /// Its name.
    #[attr(optional, computed, stable, replace)]
    name: Attr<String>,
    /// Its size.
    #[attr(default = 1)]
    size: Attr<i64>,
    /// What it is made of.
    #[attr(replace)]
    material: Attr<String>,
    /// What stands on it.
    label_text: Attr<String>,
    /// What opens it.
    #[attr(sensitive)]
    key: Attr<String>,
    /// Told once, kept nowhere.
    #[attr(write_only)]
    pin: Attr<String>,
    /// What is in it.
    parts: Attr<Vec<Part>>,
    /// Labels.
    tags: Attr<BTreeMap<String, String>>,
    /// How long calls may take.
    timeouts: Attr<Timeouts>,
    /// What a visitor reads.
    #[attr(computed, depends_on("label_text", "size"))]
    summary: Attr<String>,
    /// How often it was changed.
    #[attr(computed)]
    revision: Attr<i64>,
    /// Its ID.
    #[attr(computed, stable)]
    id: Attr<String>,
}

impl Drawer {
    /// What a cabinet keeps: nothing that is not known, and no PIN.
    fn as_stored(&self) -> Self {
        let mut stored = self.clone();
        stored.pin = Attr::Null;
        if stored.revision.is_unknown() {
            stored.revision = 0.into();
        }
        stored
    }
}

/// What names a drawer.
#[derive(Debug, Clone, Model)]
pub struct DrawerIdentity {
    /// Its ID.
    #[attr(required)]
    id: Attr<String>,
}

/// What is remembered of a drawer.
#[derive(Debug, Default, serde::Serialize, serde::Deserialize)]
pub struct Memory {
    /// How often it was written.
    writes: i64,
    /// The timeout of the last write.
    timeout: Option<String>,
}

pub struct DrawerResource;

fn summary(drawer: &Drawer) -> Attr<String> {
    match (drawer.label_text.settled(), drawer.size.settled()) {
        (Some(label), Some(size)) => {
            let label = label.map_or("-", String::as_str);
            format!("{label} ({})", size.unwrap_or(&0)).into()
        }
        _ => Attr::Unknown,
    }
}

impl DrawerResource {
    async fn write(&self, cx: &Context<Cabinet>, planned: Drawer, slot: &Slot) -> Result<(), Diagnostics> {
        let cabinet = cx.provider()?;
        let mut made = planned;
        if made.id.is_unknown() {
            made.id = cabinet.next_id().into();
        }
        if made.name.is_unknown() {
            made.name = made.id.clone();
        }
        let timeout = made
            .timeouts
            .known()
            .and_then(|t| t.create.as_str().map(str::to_owned));
        cabinet.put(cx, made.clone()).await?;
        slot.exists(&made);
        let mut memory: Memory = slot.recall()?;
        memory.writes += 1;
        memory.timeout = timeout;
        made.revision = memory.writes.into();
        cabinet.put(cx, made.clone()).await?;
        slot.remember(&memory);
        slot.exists(&made);
        Ok(())
    }
}

#[async_trait]
impl Resource for DrawerResource {
    type Provider = Cabinet;
    type Model = Drawer;
    type Identity = DrawerIdentity;
    type Private = Memory;

    fn type_name(&self) -> &'static str {
        "cabinet_big_drawer"
    }

    fn validate(&self, config: &Drawer, diags: &mut Diagnostics) {
        let parts = config.parts.known().map_or(0, Vec::len);
        if config.size.known().is_some_and(|size| parts as i64 > *size) {
            let detail =
                format!("It has {parts} parts. Give it a greater size, or fewer parts (see label_text).");
            diags.error_at(Path::attr("parts"), "Too much for the drawer", detail);
        }
        if config.label_text.as_str() == Some("") {
            diags.warning_at(Path::attr("label_text"), "Empty label", "Nobody finds it.");
        }
    }

    async fn plan(&self, cx: &Context<Cabinet>, plan: &mut Plan<Drawer, Memory>) -> Result<(), Diagnostics> {
        if plan.planned.summary.is_unknown() {
            plan.planned.summary = summary(&plan.planned);
        }
        if plan.planned.label_text.as_str() == Some("forbidden") {
            let fault = Diagnostic::error("Forbidden label", "Choose another label_text.");
            return Err(fault.at(Path::attr("label_text")).into());
        }
        if plan.planned.label_text.as_str() == Some("odd") {
            cx.warn(Diagnostic::warning(
                "Odd label",
                "People wonder about cabinet_big_drawer.",
            ));
        }
        Ok(())
    }

    async fn plan_delete(&self, cx: &Context<Cabinet>, prior: &Drawer) -> Result<(), Diagnostics> {
        if prior.label_text.as_str() == Some("keep") {
            return Err(Diagnostic::error("It is to be kept", "Change label_text first.").into());
        }
        cx.warn(Diagnostic::warning("Contents are thrown away", "Empty it first."));
        Ok(())
    }

    async fn create(
        &self,
        cx: &Context<Cabinet>,
        request: CreateRequest<'_, Self>,
    ) -> Result<(), Diagnostics> {
        self.write(cx, request.planned, request.slot).await
    }

    async fn read(
        &self,
        cx: &Context<Cabinet>,
        request: ReadRequest<'_, Self>,
    ) -> Result<Option<Drawer>, Diagnostics> {
        let stored = request.state;
        let id = stored.id.as_str().unwrap_or_default();
        let found = cx.provider()?.get(cx, id).await?;
        Ok(found.map(|found| Drawer {
            timeouts: stored.timeouts,
            pin: Attr::Null,
            ..found
        }))
    }

    async fn update(
        &self,
        cx: &Context<Cabinet>,
        request: UpdateRequest<'_, Self>,
    ) -> Result<(), Diagnostics> {
        self.write(cx, request.planned, request.slot).await
    }

    async fn delete(&self, cx: &Context<Cabinet>, request: DeleteRequest<Self>) -> Result<(), Diagnostics> {
        cx.provider()?
            .remove(cx, request.state.id.as_str().unwrap_or_default())
            .await
    }

    fn identity(&self, state: &Drawer) -> Option<DrawerIdentity> {
        let id = state.id.clone();
        Some(DrawerIdentity { id })
    }

    async fn import(
        &self,
        _: &Context<Cabinet>,
        target: ImportTarget<DrawerIdentity>,
    ) -> Result<Drawer, Diagnostics> {
        let id = match target {
            ImportTarget::Id(id) => id.into(),
            ImportTarget::Identity(identity) => identity.id,
        };
        Ok(Drawer {
            id,
            ..Drawer::default()
        })
    }
}

/// Looks for a drawer.
#[derive(Clone, Model)]
pub struct Search {
    /// Its name.
    #[attr(required)]
    drawer_name: Attr<String>,
    /// Its key.
    #[attr(sensitive)]
    key: Attr<String>,
    /// What a visitor would say.
    #[attr(computed)]
    long_answer: Attr<String>,
}

pub struct SearchSource;

#[async_trait]
impl DataSource for SearchSource {
    type Provider = Cabinet;
    type Model = Search;

    fn type_name(&self) -> &'static str {
        "cabinet_search"
    }

    fn validate(&self, config: &Search, diags: &mut Diagnostics) {
        if config.drawer_name.as_str() == Some("") {
            diags.error_at(Path::attr("drawer_name"), "No name", "Give drawer_name a value.");
        }
    }

    async fn read(&self, _: &Context<Cabinet>, config: Search) -> Result<Search, Diagnostics> {
        let long_answer = config.drawer_name.as_ref().map(|name| format!("It is {name}."));
        Ok(Search {
            long_answer,
            ..config
        })
    }
}

/// Joins words.
pub struct JoinWords;

impl Function for JoinWords {
    fn name(&self) -> &'static str {
        "join_words"
    }

    fn signature(&self) -> FunctionSignature {
        let glue = Parameter::new("glue_text", Type::String, "What stands between.");
        let words = Parameter::new("words", Type::String, "The words.");
        FunctionSignature::new("Joins words.", [glue], Type::String).with_variadic(words)
    }

    fn call(&self, arguments: &[Value]) -> Result<Value, FunctionError> {
        let texts: Vec<&str> = arguments.iter().filter_map(Value::as_str).collect();
        match texts.split_first() {
            Some((glue, words)) if !words.is_empty() => Ok(words.join(glue).into()),
            _ => Err(FunctionError::argument(0, "No words: glue_text needs some.")),
        }
    }
}

/// Says what a part is: a function that takes anything, of a declared type, and gives an object.
pub struct DescribePart;

impl Function for DescribePart {
    fn name(&self) -> &'static str {
        "describe_part"
    }

    fn signature(&self) -> FunctionSignature {
        let part = Parameter::new("one_part", Type::Dynamic, "The part.");
        let returns = Type::object([("long_text", Type::String), ("letter_count", Type::Number)]);
        let polite = Parameter::new("polite_form", Type::Dynamic, "How to say it.");
        FunctionSignature::new("Says what a part is.", [part], returns).with_variadic(polite)
    }

    fn call(&self, arguments: &[Value]) -> Result<Value, FunctionError> {
        let Some(Value::Dynamic(part)) = arguments.first() else {
            return Err(FunctionError::argument(0, "It is no part."));
        };
        let polite = match arguments.get(1) {
            Some(Value::Dynamic(polite)) => polite.1.get("item_name").as_str().unwrap_or_default(),
            _ => "a",
        };
        let name = part.1.get("item_name").as_str().unwrap_or("nothing");
        let count = i64::try_from(name.len()).unwrap_or_default();
        Ok(Value::object([
            ("long_text", Value::from(format!("{polite} {name}"))),
            ("letter_count", Value::from(count)),
        ]))
    }
}

/// What functions that take anything take.
pub fn parameters() -> BTreeMap<(String, String), AttributeType> {
    let of = |parameter: &str| ("describe_part".to_owned(), parameter.to_owned());
    ["one_part", "polite_form"]
        .map(|parameter| (of(parameter), Part::attribute_type()))
        .into()
}

/// The provider.
pub struct CabinetProvider(pub Cabinet);

#[async_trait]
impl Provider for CabinetProvider {
    type Config = Settings;
    type Configured = Cabinet;

    fn type_name(&self) -> &'static str {
        "cabinet"
    }

    async fn configure(
        &self,
        cx: &Context<()>,
        request: ConfigureRequest<Settings>,
    ) -> Result<Cabinet, Diagnostics> {
        let config = request.config;
        if config.locked.known() == Some(&true) {
            return Err(Diagnostic::error("The cabinet is locked", "Set locked to false.").into());
        }
        cx.warn(Diagnostic::warning(
            "Opened",
            format!("{:?}", config.room_name.as_str()),
        ));
        self.0.configured(
            config.room_name.as_str().unwrap_or_default(),
            config.max_drawers.into_known(),
            config.default_tags.into_known().unwrap_or_default(),
        );
        Ok(self.0.clone())
    }

    fn register(&self, registry: &mut Registry<Cabinet>) {
        registry
            .resource(DrawerResource)
            .data_source(SearchSource)
            .function(JoinWords)
            .function(DescribePart);
    }
}
