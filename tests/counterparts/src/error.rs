//! What can go wrong while a counterpart is built, started or spoken to.

use std::io;
use std::path::PathBuf;

/// Every error of this crate: where it happened, what was found, what to do next.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A program that the counterparts need is not installed, or too old.
    #[error("prerequisite `{name}`: {found}. {remedy}")]
    Prerequisite {
        /// The program, as it is called on PATH.
        name: &'static str,
        /// What was found instead.
        found: String,
        /// How to get it.
        remedy: &'static str,
    },
    /// A build or install command failed.
    #[error("{what} failed ({status}). Its output:\n{output}")]
    Command {
        /// What was attempted, for a person.
        what: String,
        /// The exit status.
        status: String,
        /// The end of standard output and standard error.
        output: String,
    },
    /// A server ended before it was ready, or was not ready in time.
    #[error("{server}: {fact}. Log {}:\n{tail}", log.display())]
    Server {
        /// The server's name.
        server: String,
        /// What was seen.
        fact: String,
        /// Its log file.
        log: PathBuf,
        /// The end of the log.
        tail: String,
    },
    /// A server answered something that was not expected.
    #[error("{request}: {fact}")]
    Answer {
        /// Method and address.
        request: String,
        /// What was answered, or why there was no answer.
        fact: String,
    },
    /// A Terraform or OpenTofu command had an exit code that the caller did not allow.
    #[error("`{command}` ended with exit code {code}\n--- stdout\n{stdout}\n--- stderr\n{stderr}")]
    Cli {
        /// The command line.
        command: String,
        /// The exit code.
        code: i32,
        /// Standard output.
        stdout: String,
        /// Standard error.
        stderr: String,
    },
    /// Something did not happen in time.
    #[error("waited {seconds} s for {what}: {last}")]
    Timeout {
        /// What was waited for.
        what: String,
        /// The limit in seconds.
        seconds: u64,
        /// What was seen last.
        last: String,
    },
    /// A file or process operation failed.
    #[error("{what}: {source}")]
    Io {
        /// What was attempted, with the path.
        what: String,
        /// The system's reason.
        source: io::Error,
    },
    /// No free port was left in the range that the counterparts use.
    #[error("no free TCP port on 127.0.0.1 between {from} and {to}; stop what occupies them")]
    NoPort {
        /// First port tried.
        from: u16,
        /// Last port tried.
        to: u16,
    },
    /// A certificate or key could not be made.
    #[error("test certificate: {0}")]
    Certificate(#[from] rcgen::Error),
    /// A server cannot speak TLS with a certificate.
    #[error("TLS of a test server: {0}")]
    Tls(#[from] rustls::Error),
}

/// The result of everything in this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// Adds to an [`io::Error`] what was attempted.
pub(crate) trait IoContext<T> {
    /// Turns the error into [`Error::Io`]; `what` names the attempt and the path.
    fn context(self, what: impl FnOnce() -> String) -> Result<T>;
}

impl<T> IoContext<T> for io::Result<T> {
    fn context(self, what: impl FnOnce() -> String) -> Result<T> {
        self.map_err(|source| Error::Io { what: what(), source })
    }
}
