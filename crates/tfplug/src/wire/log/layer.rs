//! The subscriber's layer that makes the lines.

use serde_json::{Map, Value};
use time::OffsetDateTime;
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;

use super::fields::Fields;
use super::{MAX_LINE, Output, timestamp};

/// Writes events with the fields of the spans around them.
pub struct HclogLayer {
    module: String,
    own: Vec<&'static str>,
    level: LevelFilter,
    output: Output,
}

impl HclogLayer {
    /// See [`init`](super::init); `output` takes one line at a time, with its line end.
    pub fn new(
        name: &str,
        own: &[&'static str],
        level: LevelFilter,
        output: Box<dyn Fn(&str) + Send + Sync>,
    ) -> Self {
        let own = own.iter().copied().chain([env!("CARGO_PKG_NAME")]).collect();
        Self {
            module: format!("provider.{name}"),
            own,
            level,
            output,
        }
    }

    fn wants(&self, metadata: &Metadata<'_>) -> bool {
        let root = metadata.target().split("::").next().unwrap_or_default();
        let limit = if self.own.contains(&root) {
            self.level
        } else {
            self.level.min(LevelFilter::WARN)
        };
        *metadata.level() <= limit
    }

    fn line(&self, level: Level, mut fields: Map<String, Value>) -> String {
        let message = match fields.remove("message") {
            Some(Value::String(text)) => text,
            other => other.map(|value| value.to_string()).unwrap_or_default(),
        };
        // Terraform expects strings here, whatever a field of that name may hold.
        fields.insert("@level".into(), level.as_str().to_lowercase().into());
        fields.insert("@message".into(), message.as_str().into());
        fields.insert("@module".into(), self.module.as_str().into());
        fields.insert("@timestamp".into(), timestamp(OffsetDateTime::now_utc()).into());
        let line = Value::Object(fields.clone()).to_string();
        if line.len() < MAX_LINE {
            return line + "\n";
        }
        // JSON may double each character or more, so the message is cut well below the limit.
        fields.retain(|name, _| name.starts_with('@'));
        let end = message.floor_char_boundary(MAX_LINE / 8);
        fields.insert("@message".into(), format!("{} [cut]", &message[..end]).into());
        Value::Object(fields).to_string() + "\n"
    }
}

impl<S> Layer<S> for HclogLayer
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    fn enabled(&self, metadata: &Metadata<'_>, _cx: Context<'_, S>) -> bool {
        self.wants(metadata)
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(self.level)
    }

    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, cx: Context<'_, S>) {
        let Some(span) = cx.span(id) else { return };
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        span.extensions_mut().replace(fields);
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, cx: Context<'_, S>) {
        let Some(span) = cx.span(id) else { return };
        if let Some(fields) = span.extensions_mut().get_mut::<Fields>() {
            values.record(fields);
        }
    }

    fn on_event(&self, event: &Event<'_>, cx: Context<'_, S>) {
        let mut fields = Fields::default();
        for span in cx
            .event_scope(event)
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .into_iter()
            .rev()
        {
            if let Some(outer) = span.extensions().get::<Fields>() {
                fields.0.extend(outer.0.clone());
            }
        }
        event.record(&mut fields);
        (self.output)(&self.line(*event.metadata().level(), fields.0));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use tracing_subscriber::layer::SubscriberExt;

    use super::*;

    /// The lines that `act` logs.
    fn logged(level: LevelFilter, act: impl FnOnce()) -> Vec<Value> {
        let lines = Arc::new(Mutex::new(Vec::new()));
        let sink = Arc::clone(&lines);
        let layer = HclogLayer::new(
            "mig",
            &[],
            level,
            Box::new(move |l| sink.lock().unwrap().push(l.to_owned())),
        );
        tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), act);
        let lines = lines.lock().unwrap();
        assert!(
            lines
                .iter()
                .all(|l| l.len() <= MAX_LINE && l.ends_with('\n') && !l.trim_end().contains('\n'))
        );
        lines
            .iter()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    #[test]
    fn an_event_carries_its_spans_fields() {
        let lines = logged(LevelFilter::DEBUG, || {
            let _span = tracing::info_span!("rpc", tf_rpc = "ReadResource", attempts = 1).entered();
            tracing::warn!(attempts = 2, "two\nlines");
        });
        assert_eq!(lines.len(), 1);
        let line = &lines[0];
        assert_eq!(line["@level"], "warn");
        assert_eq!(line["@message"], "two\nlines");
        assert_eq!(line["@module"], "provider.mig");
        assert_eq!(line["tf_rpc"], "ReadResource");
        assert_eq!(line["attempts"], 2);
        assert_eq!(
            line["@timestamp"].as_str().map(str::len),
            Some("2006-01-02T15:04:05.000000Z".len())
        );
    }

    #[test]
    fn levels_and_libraries_are_filtered() {
        let lines = logged(LevelFilter::TRACE, || {
            tracing::trace!("ours");
            tracing::debug!(target: "hyper::proto", "theirs");
            tracing::warn!(target: "hyper::proto", "their warning");
        });
        assert_eq!(
            lines.iter().map(|l| &l["@message"]).collect::<Vec<_>>(),
            ["ours", "their warning"]
        );
        assert!(logged(LevelFilter::INFO, || tracing::debug!("too fine")).is_empty());
    }

    #[test]
    fn secrets_are_not_written() {
        let lines = logged(LevelFilter::INFO, || {
            tracing::info!(session_token = "abc", user = "me", "login")
        });
        assert_eq!(
            (&lines[0]["session_token"], &lines[0]["user"]),
            (&Value::from("***"), &Value::from("me"))
        );
    }

    #[test]
    fn long_lines_are_cut() {
        let text = "\u{1}".repeat(MAX_LINE);
        let lines = logged(LevelFilter::INFO, || tracing::info!(text, "{text}"));
        assert!(lines[0]["@message"].as_str().unwrap().ends_with("[cut]"));
        assert_eq!(lines[0]["@level"], "info");
    }
}
