//! Log lines as Terraform's own providers write them: one JSON object of hclog's form per line on standard error.
//!
//! The level is `TF_LOG_PROVIDER_<NAME>`, else `TF_LOG_PROVIDER`, else `TF_LOG`. Libraries that are not the
//! provider's own only ever log warnings and errors: at finer levels some of them write what they send, and that may
//! hold secrets.

mod fields;
mod layer;

use std::io::Write;

use time::OffsetDateTime;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::layer::SubscriberExt;

pub use layer::HclogLayer;

/// Longest line that Terraform reads as one, in bytes.
const MAX_LINE: usize = 64 << 10;

/// Where the lines go.
type Output = Box<dyn Fn(&str) + Send + Sync>;

/// Begins to log. `name` is the provider's type name, `own` are the crates whose lines are wanted at every level.
///
/// Does nothing where something else logs already, such as in a test.
pub fn init(name: &str, own: &[&'static str]) {
    let level = level(name, |variable| std::env::var(variable).ok());
    let to_stderr: Output = Box::new(|line| {
        // If standard error is gone there is nobody to tell.
        let _ = std::io::stderr().lock().write_all(line.as_bytes());
    });
    let layer = HclogLayer::new(name, own, level, to_stderr);
    // An error says that there is a subscriber already, see above.
    let _ = tracing::subscriber::set_global_default(tracing_subscriber::registry().with(layer));
}

/// The level that the user asked for, errors if for none.
fn level(name: &str, env: impl Fn(&str) -> Option<String>) -> LevelFilter {
    let own = format!("TF_LOG_PROVIDER_{}", name.to_uppercase().replace('-', "_"));
    let asked = [own.as_str(), "TF_LOG_PROVIDER", "TF_LOG"]
        .into_iter()
        .filter_map(&env)
        .find(|v| !v.is_empty());
    match asked.map(|level| level.to_uppercase()).as_deref() {
        None | Some("ERROR") => LevelFilter::ERROR,
        Some("OFF") => LevelFilter::OFF,
        Some("WARN") => LevelFilter::WARN,
        Some("INFO") => LevelFilter::INFO,
        Some("DEBUG") => LevelFilter::DEBUG,
        // Terraform reads JSON and whatever it does not know as TRACE.
        Some(_) => LevelFilter::TRACE,
    }
}

/// `2026-11-22T10:00:00.000000Z`; Terraform reads a line with any other form as plain text.
fn timestamp(now: OffsetDateTime) -> String {
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}Z",
        now.year(),
        u8::from(now.month()),
        now.day(),
        now.hour(),
        now.minute(),
        now.second(),
        now.microsecond()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_variable_decides() {
        let of = |vars: &[(&str, &str)]| {
            level("my-cloud", |name| {
                vars.iter()
                    .find(|(n, _)| *n == name)
                    .map(|(_, v)| (*v).to_owned())
            })
        };
        assert_eq!(of(&[]), LevelFilter::ERROR);
        assert_eq!(of(&[("TF_LOG", "info")]), LevelFilter::INFO);
        assert_eq!(
            of(&[("TF_LOG", "info"), ("TF_LOG_PROVIDER", "DEBUG")]),
            LevelFilter::DEBUG
        );
        assert_eq!(
            of(&[("TF_LOG", "info"), ("TF_LOG_PROVIDER_MY_CLOUD", "off")]),
            LevelFilter::OFF
        );
        assert_eq!(of(&[("TF_LOG", "json")]), LevelFilter::TRACE);
    }

    #[test]
    fn timestamps_have_six_digits_of_a_second() {
        let moment = OffsetDateTime::from_unix_timestamp_nanos(1_700_000_000_000_042_999).unwrap();
        assert_eq!(timestamp(moment), "2023-11-14T22:13:20.000042Z");
    }
}
