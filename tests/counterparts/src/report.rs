//! What the tests ran against, so that they can say so at their end.

use std::collections::BTreeMap;
use std::fmt;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::cache::Cache;
use crate::error::{IoContext, Result};

/// If set, every process adds to this file what it used; `counterparts report FILE` sums it up.
pub const REPORT_VARIABLE: &str = "MIG_COUNTERPARTS_REPORT";

static USED: Mutex<BTreeMap<String, String>> = Mutex::new(BTreeMap::new());

/// Counterparts by name with their version and origin, or why they could not be used.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report(BTreeMap<String, String>);

/// What this process has used so far.
#[must_use]
pub fn report() -> Report {
    Report(USED.lock().unwrap_or_else(PoisonError::into_inner).clone())
}

/// Reads what all processes have added to a report file; a file that is not there is an empty report.
///
/// # Errors
/// The file is there and cannot be read.
pub fn read_report(path: &Path) -> Result<Report> {
    if !path.exists() {
        return Ok(Report::default());
    }
    let text = fs::read_to_string(path).context(|| format!("read {}", path.display()))?;
    let pairs = text.lines().filter_map(|line| line.split_once('\t'));
    Ok(Report(
        pairs
            .map(|(name, what)| (name.to_owned(), what.to_owned()))
            .collect(),
    ))
}

/// Notes that `name` was used; `what` is its version and where it came from.
pub(crate) fn used(name: &str, what: &str) {
    note(name, what);
}

/// Notes that a test could not run against `name`, and why.
pub fn unavailable(name: &str, why: &str) {
    note(name, &format!("not tested: {why}"));
}

/// Copies the logs of servers that end with the test to the cache, below `logs/`, and gives the folder.
///
/// # Errors
/// The folder cannot be written.
pub(crate) fn keep_logs(label: &str, logs: &[(&str, String)]) -> Result<PathBuf> {
    let name = format!("{label}-{}", std::process::id());
    let folder = Cache::open()?.subdir("logs")?.join(name);
    fs::create_dir_all(&folder).context(|| format!("make {}", folder.display()))?;
    for (name, text) in logs {
        let path = folder.join(format!("{name}.log"));
        fs::write(&path, text).context(|| format!("write {}", path.display()))?;
    }
    Ok(folder)
}

fn note(name: &str, what: &str) {
    let mut all = USED.lock().unwrap_or_else(PoisonError::into_inner);
    if all.insert(name.to_owned(), what.to_owned()).as_deref() == Some(what) {
        return;
    }
    let Some(path) = std::env::var_os(REPORT_VARIABLE).filter(|path| !path.is_empty()) else {
        return;
    };
    // The report is a courtesy: a test does not fail because it could not be written.
    let _ = append(&PathBuf::from(path), &format!("{name}\t{what}\n"));
}

/// One write call per line, so that lines of parallel processes do not mix.
fn append(path: &Path, line: &str) -> std::io::Result<()> {
    OpenOptions::new()
        .create(true)
        .append(true)
        .open(path)?
        .write_all(line.as_bytes())
}

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return writeln!(formatter, "Tested against no counterpart.");
        }
        writeln!(formatter, "Tested against:")?;
        for (name, what) in &self.0 {
            writeln!(formatter, "  {name:<24} {what}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_file_sums_up_what_several_processes_wrote() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("report");
        for line in ["moto\t5.2.1\n", "etcd\tv3.6.5\n", "moto\t5.2.1\n"] {
            append(&path, line).unwrap();
        }
        let text = read_report(&path).unwrap().to_string();
        let lines: Vec<Vec<&str>> = text
            .lines()
            .map(|line| line.split_whitespace().collect())
            .collect();
        assert_eq!(lines[1..], [["etcd", "v3.6.5"], ["moto", "5.2.1"]]);
        assert_eq!(read_report(&dir.path().join("none")).unwrap(), Report::default());
    }
}
