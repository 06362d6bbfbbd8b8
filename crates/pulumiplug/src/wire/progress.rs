//! What a provider logs while it waits, as messages of the resource that the call is about.

use std::fmt::Write as _;
use std::sync::Arc;

use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id};
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;

use super::engine::Engine;
use crate::adapter::Level;

/// Tells the engine of events at level INFO and above of these crates. What they warn of is for a look at the log
/// only: warnings for the user are findings.
pub(super) struct Progress {
    pub(super) engine: Arc<Engine>,
    pub(super) crates: Vec<&'static str>,
}

/// The URN of a call.
struct Urn(String);

impl<S> Layer<S> for Progress
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    fn enabled(&self, metadata: &tracing::Metadata<'_>, _: Context<'_, S>) -> bool {
        let root = metadata.target().split("::").next().unwrap_or_default();
        metadata.is_span() || (*metadata.level() <= LevelFilter::INFO && self.crates.contains(&root))
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(LevelFilter::INFO)
    }

    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        if let (Some(span), Some(urn)) = (context.span(id), fields.urn) {
            span.extensions_mut().replace(Urn(urn));
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let scope = context.event_scope(event).into_iter().flatten();
        let urn = |span: tracing_subscriber::registry::SpanRef<'_, S>| {
            span.extensions().get::<Urn>().map(|urn| urn.0.clone())
        };
        let Some(urn) = scope.filter_map(urn).next() else {
            return;
        };
        let mut fields = Fields::default();
        event.record(&mut fields);
        let level = match *event.metadata().level() {
            tracing::Level::INFO => Level::Info,
            _ => Level::Debug,
        };
        self.engine.progress(level, &urn, &fields.text());
    }
}

/// The fields of an event or a span.
#[derive(Default)]
struct Fields {
    urn: Option<String>,
    message: String,
    others: String,
}

impl Fields {
    fn add(&mut self, name: &str, value: String) {
        match name {
            "message" => self.message = value,
            "urn" => self.urn = Some(value),
            name => {
                let comma = if self.others.is_empty() { "" } else { ", " };
                // Writing to a text does not fail.
                let _ = write!(self.others, "{comma}{name} {value}");
            }
        }
    }

    fn text(&self) -> String {
        match self.others.as_str() {
            "" => self.message.clone(),
            others => format!("{} ({others})", self.message),
        }
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        self.add(field.name(), format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.add(field.name(), value.to_owned());
    }
}
