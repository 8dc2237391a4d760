//! Copihue's only program: the command line, the configuration, and the composition of all services.

mod cli;
mod commands;
mod config;
mod demo;
mod keys;
mod logging;
mod platform;
mod server;
#[cfg(test)]
mod tests;

use std::process::ExitCode;

use clap::Parser;
use cli::{Cli, Command};
use copihue_core::{Error, Result};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    small_pages();
    let cli = Cli::parse();
    logging::start();
    match run(cli) {
        Ok(code) => code,
        Err(error) => fail(&error),
    }
}

/// Memory in small pages only. The allocator asks for huge ones, and an idle program then holds 2 MiB for each place that
/// it ever touched: 26 MB more than what it uses. The price, measured, is 3 to 5 % of a password hash.
fn small_pages() {
    #[cfg(target_os = "linux")]
    let _ = rustix::thread::disable_transparent_huge_pages(true);
}

fn run(cli: Cli) -> Result<ExitCode> {
    match cli.command {
        Command::Sign(arguments) => runtime()?.block_on(commands::sign::run(arguments)),
        Command::Verify(arguments) => commands::verify::run(&arguments),
        Command::Ledger(command) => commands::ledger::run(&command),
        Command::Monitor(arguments) => commands::monitor::run(&arguments),
        Command::Clone(arguments) => commands::clone::run(&arguments),
        Command::Registers(command) => runtime()?.block_on(commands::registers::run(&command)),
        Command::Evidence(command) => runtime()?.block_on(commands::evidence::run(&command)),
        Command::Db(command) => commands::database::run(&command).map(|()| ExitCode::SUCCESS),
        Command::Identity(command) => on_runtime(commands::identity::run(command)),
        Command::Demo(arguments) => on_runtime(demo::run(arguments)),
        Command::Witness(arguments) => commands::witness::run(arguments),
        Command::Serve(arguments) => on_runtime(commands::serve::run(arguments)),
    }
}

fn on_runtime(work: impl Future<Output = Result<()>>) -> Result<ExitCode> {
    runtime()?.block_on(work)?;
    Ok(ExitCode::SUCCESS)
}

/// What asynchronous work runs on.
fn runtime() -> Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(Error::unavailable)
}

#[expect(clippy::print_stderr, reason = "the program's last word")]
fn fail(error: &Error) -> ExitCode {
    eprintln!("copihue: {error}");
    ExitCode::FAILURE
}
