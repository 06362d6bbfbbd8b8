//! The table, in Markdown, so that it can be kept as it is printed.

use std::io::Write;

use crate::{Bench, Failure};

/// One promise and what became of it.
pub(crate) struct Row {
    /// What was done.
    pub(crate) work: String,
    /// What it took.
    pub(crate) measured: String,
    /// What it may take.
    pub(crate) goal: String,
    /// Whether the goal is met; `None` where there is none, or nothing was measured.
    pub(crate) met: Option<bool>,
}

/// Writes the table to standard output.
pub(crate) fn print(bench: &Bench, rows: &[Row]) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", machine(bench))?;
    writeln!(out)?;
    let heads = ["work", "measured", "goal", ""].map(str::to_owned);
    let cells = rows.iter().map(Row::cells);
    let lines: Vec<[String; 4]> = std::iter::once(heads).chain(cells).collect();
    let width = |column: usize| {
        let cells = lines.iter().filter_map(|line| line.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or_default()
    };
    let widths = [0, 1, 2, 3].map(width);
    for (number, line) in lines.iter().enumerate() {
        let padded = line
            .iter()
            .zip(widths)
            .map(|(cell, width)| format!("{cell:<width$}"));
        writeln!(out, "| {} |", padded.collect::<Vec<_>>().join(" | "))?;
        if number == 0 {
            writeln!(out, "|{}|", widths.map(|width| "-".repeat(width + 2)).join("|"))?;
        }
    }
    Ok(())
}

impl Row {
    fn cells(&self) -> [String; 4] {
        let verdict = match self.met {
            Some(true) => "met",
            Some(false) => "MISSED",
            None => "",
        };
        [
            self.work.clone(),
            self.measured.clone(),
            self.goal.clone(),
            verdict.to_owned(),
        ]
    }
}

fn machine(bench: &Bench) -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let processor = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = processor
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "))
        .map_or(std::env::consts::ARCH, |(_, model)| model);
    let (program, version) = (bench.cli.flavor().program(), bench.cli.version());
    format!(
        "{program} {version}, {cores} cores of {model}, {}; medians",
        std::env::consts::OS
    )
}
