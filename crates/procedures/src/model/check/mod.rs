//! What must hold before a definition may be published (S01…S29 of the specification).

mod content;
mod graph;
mod law;
mod places;
mod rules;
mod written;

pub use places::{At, Place, places};

use serde::Serialize;

use super::definition::Definition;

/// How bad a finding is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Needs a written reason.
    Warn,
    /// Blocks publishing.
    Error,
}

/// A finding.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Finding {
    /// `S01` … `S29`.
    pub code: &'static str,
    /// How bad it is.
    pub level: Level,
    /// JSON pointer to the place.
    pub at: String,
    /// What is wrong, and how to mend it.
    pub text: String,
}

/// Collects findings.
#[derive(Default)]
pub(crate) struct Report(Vec<Finding>);

impl Report {
    fn error(&mut self, code: &'static str, at: impl Into<String>, text: impl Into<String>) {
        self.0.push(Finding { code, level: Level::Error, at: at.into(), text: text.into() });
    }

    fn failed(&self) -> bool {
        self.0.iter().any(|f| f.level == Level::Error)
    }
}

/// Everything that is wrong with a definition.
#[must_use]
pub fn check(d: &Definition) -> Vec<Finding> {
    let mut report = Report::default();
    content::check(d, &mut report);
    graph::check(d, &mut report);
    // What follows walks the graph: it needs one that hangs together.
    if !report.failed() {
        let written = written::Written::of(d);
        rules::check(d, &written, &mut report);
        law::check(d, &mut report);
    }
    report.0.sort_by(|a, b| (a.code, &a.at).cmp(&(b.code, &b.at)));
    report.0
}

/// The findings that block publishing.
#[must_use]
pub fn errors(d: &Definition) -> Vec<Finding> {
    check(d).into_iter().filter(|f| f.level == Level::Error).collect()
}
