//! `copihue ledger …`: what the keeper of the logs does with them from outside of the service.

mod export;
mod fsck;
mod place;

use std::process::ExitCode;

use copihue_core::Result;

use crate::cli::LedgerCommand;

/// Runs one.
///
/// # Errors
/// When the deployment's folder, keys or database can't be used.
pub(crate) fn run(command: &LedgerCommand) -> Result<ExitCode> {
    match command {
        LedgerCommand::Fsck(arguments) => Ok(fsck::run(arguments)),
        LedgerCommand::Export(arguments) => {
            crate::runtime()?.block_on(export::run(arguments))?;
            Ok(ExitCode::SUCCESS)
        }
    }
}
