//! A log seen from outside, as the command line names it.
#![expect(clippy::print_stderr, reason = "progress")]

use std::process::ExitCode;

use copihue_core::{Error, Result};
use copihue_monitor::{Growing, Trouble};
use copihue_tlog::note::VerifierKey;
use copihue_tlog::policy::Policy;

use super::given;
use crate::cli::LogArguments;

/// So many entries between two lines of progress.
const STEP: u64 = 1_000_000;

/// The log's origin, and whom to believe of it.
///
/// # Errors
/// When key or policy can't be read, or don't say which log is meant.
pub(super) fn trust(arguments: &LogArguments) -> Result<(String, Policy)> {
    let wrong = |text: String| Error::invalid("llave", text);
    let key = match &arguments.vkey {
        Some(text) => {
            let shape = "La llave de la bitácora se escribe nombre+identificador+llave, tal como la publica.";
            Some(VerifierKey::parse(text).ok_or_else(|| wrong(shape.to_owned()))?)
        }
        None => None,
    };
    let policy = match &arguments.policy {
        Some(file) => {
            let text = given::text(file)?;
            let policy = given::policy_in(&text, file)?;
            match &key {
                // The log that is meant may be one that the policy does not name.
                Some(key) if !policy.logs().contains(key) => {
                    given::policy_in(&format!("log {key}\n{text}"), file)?
                }
                _ => policy,
            }
        }
        None => Policy::of_logs(key.iter().cloned().collect()),
    };
    match (key, policy.logs()) {
        (Some(key), _) => Ok((key.name().to_owned(), policy)),
        (None, [only]) => Ok((only.name().to_owned(), policy)),
        _ => Err(wrong("Indique la llave de la bitácora con --vkey, tal como la publica.".to_owned())),
    }
}

/// A line now and then while there is much to read.
pub(super) fn progress(at: Growing) {
    if at.done / STEP > at.done.saturating_sub(131_072) / STEP {
        eprintln!("{} de {} entradas", at.done, at.total);
    }
}

/// 1 when the log is to blame, 2 when nothing is known.
pub(super) fn exit_code(trouble: &Trouble) -> ExitCode {
    ExitCode::from(if trouble.verdict.accuses() { 1 } else { 2 })
}
