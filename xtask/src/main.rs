//! Automation: `cargo xtask test` sets up and runs everything, `cargo xtask bench` prints the figures.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program for the terminal")]

mod attacks;
mod bench;
mod browser;
mod conformance;
mod postgres;
mod run;
mod setup;
mod test;

use clap::{Parser, Subcommand};

/// What a step answers.
type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

#[derive(Parser)]
#[command(about = "Copihue's automation")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Install what the tests need, then run all of them
    Test {
        /// Only this step: format, clippy, unit, browser, conformance
        #[arg(long)]
        only: Option<test::Step>,
    },
    /// Install what the tests need, and say what is missing
    Setup,
    /// Build in release mode and print every figure beside its target
    Bench {
        /// Only this group of figures
        #[arg(long)]
        only: Option<bench::Figure>,
    },
    /// Write docs/conformance.md from the names of the tests
    Conformance {
        /// Only compare, and fail on a difference
        #[arg(long)]
        check: bool,
    },
}

fn main() {
    let outcome = match Arguments::parse().command {
        Command::Test { only } => test::run(only),
        Command::Setup => setup::install().map(|tools| tools.report()),
        Command::Bench { only } => bench::run(only),
        Command::Conformance { check } => conformance::run(check),
    };
    if let Err(error) = outcome {
        eprintln!("\nxtask: {error}");
        std::process::exit(1);
    }
}
