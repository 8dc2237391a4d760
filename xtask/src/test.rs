//! `cargo xtask test`: everything that must hold, in one command.

use std::process::Command;

use clap::ValueEnum;

use crate::browser::Browser;
use crate::postgres::Cluster;
use crate::run::{cargo, root, show};
use crate::setup::{self, Tools};
use crate::{Outcome, conformance};

/// A part of the tests.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Step {
    /// `cargo fmt --check`
    Format,
    /// clippy with warnings as errors
    Clippy,
    /// Unit and integration tests, on SQLite and PostgreSQL, with the foreign verifiers
    Unit,
    /// Journeys of the person and the official in a real browser
    Browser,
    /// docs/conformance.md names the tests that there are
    Conformance,
}

/// Where the journeys in a browser are.
const JOURNEYS: &str = "crates/copihue/tests/browser/main.rs";

/// Runs every step, or only one; prints at the end what could not be run.
pub(crate) fn run(only: Option<Step>) -> Outcome {
    let tools = setup::install()?;
    let mut left_out = tools.missing.clone();
    let wanted = |step| only.is_none_or(|o| o == step);
    if wanted(Step::Format) {
        show(cargo().args(["fmt", "--all", "--", "--check"]))?;
    }
    if wanted(Step::Conformance) {
        conformance::run(true)?;
    }
    if wanted(Step::Clippy) {
        show(cargo().args(["clippy", "--quiet", "--workspace", "--all-targets", "--", "-D", "warnings"]))?;
    }
    if wanted(Step::Unit) {
        unit(&tools, &mut left_out)?;
    }
    if wanted(Step::Browser) {
        browser(&tools, &mut left_out)?;
    }
    for line in &left_out {
        println!("COULD NOT RUN: {line}");
    }
    println!("All that could run has passed.");
    Ok(())
}

fn unit(tools: &Tools, left_out: &mut Vec<String>) -> Outcome {
    let mut command = cargo();
    command.args(["test", "--workspace", "--no-fail-fast"]);
    let cluster = Cluster::start()?;
    match &cluster {
        Some(cluster) => {
            command.env("COPIHUE_TEST_POSTGRES", cluster.url());
        }
        None => left_out.push("the store tests on PostgreSQL: it is not installed".to_owned()),
    }
    with_python(&mut command, tools)?;
    show(&mut command)
}

/// Puts the verifiers' environment first on the path.
fn with_python(command: &mut Command, tools: &Tools) -> Outcome {
    if let Some(bin) = &tools.python {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let folders = std::iter::once(bin.clone()).chain(std::env::split_paths(&path));
        command.env("PATH", std::env::join_paths(folders)?);
        command.env("COPIHUE_TEST_PYTHON", bin.join("python"));
    }
    Ok(())
}

fn browser(tools: &Tools, left_out: &mut Vec<String>) -> Outcome {
    if !root().join(JOURNEYS).is_file() {
        left_out.push(format!("the browser journeys: {JOURNEYS} is not there"));
        return Ok(());
    }
    let Some(browser) = Browser::start()? else {
        left_out.push("the browser journeys: chromium and chromedriver are not installed".to_owned());
        return Ok(());
    };
    let mut command = cargo();
    command.args([
        "test",
        "--package",
        "copihue",
        "--test",
        "browser",
        "--features",
        "browser",
        "--",
        "--nocapture",
        "--test-threads",
        "1",
    ]);
    command.env("COPIHUE_WEBDRIVER", browser.url());
    match &tools.axe {
        Some(script) => {
            command.env("COPIHUE_AXE", script);
        }
        None => left_out.push("the accessibility checks: axe-core is not installed".to_owned()),
    }
    show(&mut command)
}
