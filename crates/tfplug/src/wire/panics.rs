//! Panics in the form in which Terraform recognises them.

use std::any::Any;
use std::backtrace::Backtrace;
use std::io::Write;

use crate::diag::Diagnostic;

/// From now on, a panic is written to standard error as a Go program would. Terraform keeps such text and shows it at
/// the end of the run.
pub(super) fn install_hook() {
    std::panic::set_hook(Box::new(|info| {
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        let text = format!(
            "panic: {}\n\n{place}\n{}\n",
            message(info.payload()),
            Backtrace::force_capture()
        );
        // If standard error is gone there is nobody to tell.
        let _ = std::io::stderr().lock().write_all(text.as_bytes());
    }));
}

/// The panic of one call, told to the user.
pub(super) fn diagnostic(call: &str, payload: &(dyn Any + Send)) -> Diagnostic {
    Diagnostic::bug(format!("The call {call} ended in a panic: {}.", message(payload)))
}

fn message(payload: &(dyn Any + Send)) -> &str {
    if let Some(text) = payload.downcast_ref::<&str>() {
        return text;
    }
    payload
        .downcast_ref::<String>()
        .map_or("no message", String::as_str)
}
