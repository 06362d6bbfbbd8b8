//! `make bench`: everything that is promised about speed and size, measured in one run and printed as a table.
//!
//! Ratios to a floor measured beside it, not absolute times, so that a slow or busy machine does not decide. Rows against
//! `terraform_data` are information without a goal: it is built into Terraform, and no plugin comes near it.

mod drift;
mod empty;
mod host;
mod kubernetes;
mod node_groups;
mod pulumi;
mod reads;
mod rows;
mod small_providers;
mod table;
mod timing;
mod usage;

use std::path::PathBuf;
use std::process::ExitCode;

use counterparts::{Cli, Moto};

/// Anything that ends a measurement early; its text is for the person at the keyboard.
type Failure = Box<dyn std::error::Error + Send + Sync>;

/// What all measurements share.
struct Bench {
    cli: Cli,
    moto: Moto,
    /// The release binary.
    provider: PathBuf,
    /// The program that `make release` has built for this machine, if it is not older than the code.
    released: Option<PathBuf>,
}

fn main() -> ExitCode {
    if let Some(real) = usage::stands_in_for() {
        return usage::stand_in(&real);
    }
    if empty::is_asked_for() {
        return empty::serve();
    }
    match measure() {
        Ok(met) if met => ExitCode::SUCCESS,
        Ok(_) => ExitCode::from(2),
        Err(error) => {
            timing::say(&format!("bench: {error}"));
            ExitCode::FAILURE
        }
    }
}

/// Whether every goal is met.
fn measure() -> Result<bool, Failure> {
    let provider = std::env::args_os()
        .nth(1)
        .map(PathBuf::from)
        .ok_or("usage: mig-bench PATH-OF-THE-RELEASE-BINARY [MEASUREMENT]; `make bench` builds it and says where it is")?;
    let bench = Bench {
        cli: Cli::any()?,
        moto: Moto::start()?,
        provider: provider.canonicalize()?,
        released: std::env::var_os("MIG_BENCH_RELEASED").map(PathBuf::from),
    };
    let rows = rows::all(&bench)?;
    table::print(&bench, &rows)?;
    Ok(rows.iter().all(|row| row.met != Some(false)))
}
