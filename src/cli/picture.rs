//! `picture`: where the slices of each GPU lie.

use std::process::ExitCode;

use clap::{Args, ValueEnum};
use mig::Layout;
use tfplug::Diagnostics;

use super::layouts::LayoutsFile;

/// What the command accepts.
#[derive(Debug, Args)]
pub(super) struct Picture {
    #[command(flatten)]
    file: LayoutsFile,
    /// Text for a terminal, or an SVG document.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Svg,
}

impl Picture {
    /// Draws the layouts, or says what is wrong with them.
    pub(super) fn run(&self) -> ExitCode {
        let mut findings = Diagnostics::new();
        let read = self.file.read(&mut findings);
        super::tell_findings(&findings);
        let Some(read) = read else {
            return ExitCode::FAILURE;
        };
        let layouts = read.in_order();
        super::print(&match self.format {
            Format::Text => layouts
                .map(Layout::picture_with_placements)
                .collect::<Vec<_>>()
                .join("\n"),
            Format::Svg => Layout::pictures_svg(layouts),
        })
    }
}
