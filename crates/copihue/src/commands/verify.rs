//! `copihue verify`: says of a signed PDF what can be known without a network.

use std::path::Path;
use std::process::ExitCode;

use copihue_core::{Clock, Error, Result, SystemClock};
use copihue_signing::verify::{AnchorKind, TrustStore, report};

use crate::cli::VerifyArguments;

/// Where a demo leaves its authority's certificate.
const SAMPLE_AUTHORITY: &str = "copihue-data/authority.pem";

/// Reads, checks and prints each file. The exit code is the worst one: 0 genuine, 1 not, 2 can't be said.
///
/// # Errors
/// When a file can't be read.
pub(crate) fn run(arguments: &VerifyArguments) -> Result<ExitCode> {
    let trust = trust(arguments)?;
    let now = SystemClock::default().now();
    let mut worst = 0;
    for file in &arguments.files {
        let report = report(&read(file)?, &trust, now);
        worst = worst.max(report.exit_code);
        print(file, arguments.json, &report.text, &report.json);
    }
    Ok(ExitCode::from(worst))
}

#[expect(clippy::print_stdout, reason = "the command's answer")]
fn print(file: &Path, json: bool, text: &str, value: &serde_json::Value) {
    if json {
        println!("{value}");
    } else {
        println!("{}\n{text}\n", file.display());
    }
}

/// The certificates given; without any, those of a demo in the folder next to us. Never both: whoever names whom to
/// trust must not trust what somebody left in a folder besides.
fn trust(arguments: &VerifyArguments) -> Result<TrustStore> {
    let (pem, kind) = if arguments.trust.is_empty() {
        (std::fs::read_to_string(SAMPLE_AUTHORITY).unwrap_or_default(), AnchorKind::Test)
    } else {
        let files = arguments.trust.iter().map(|file| Ok(String::from_utf8_lossy(&read(file)?).into_owned()));
        (files.collect::<Result<String>>()?, AnchorKind::Other)
    };
    TrustStore::from_pem(&pem, kind).map_err(|_| {
        Error::invalid("certificado", "Un certificado de confianza no se puede leer: debe ser PEM.")
    })
}

fn read(file: &Path) -> Result<Vec<u8>> {
    std::fs::read(file)
        .map_err(|e| Error::invalid("archivo", format!("No se puede leer {}: {e}", file.display())))
}
