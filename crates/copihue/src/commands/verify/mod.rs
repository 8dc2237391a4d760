//! `copihue verify`: says of a signed PDF, of a receipt, or of a whole exported case what can be known without a network.

mod case;
mod receipt;

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::process::ExitCode;

use copihue_core::{Clock, Error, Result, SystemClock};
use copihue_signing::verify::{AnchorKind, TrustStore};
use copihue_tlog::policy::Policy;
use serde_json::Value;

use crate::cli::VerifyArguments;

/// Where a demo leaves its authority's certificate, and the policy of its logs.
const SAMPLE_AUTHORITY: &str = "copihue-data/authority.pem";
const SAMPLE_POLICY: &str = "copihue-data/politica.txt";

/// What is said of a file.
struct Report {
    /// 0 genuine, 1 not, 2 can't be said.
    exit_code: u8,
    text: String,
    json: Value,
}

/// Reads, checks and prints each file. The exit code is the worst one: 0 genuine, 1 not, 2 can't be said.
///
/// # Errors
/// When a file, a certificate or the policy can't be read.
pub(crate) fn run(arguments: &VerifyArguments) -> Result<ExitCode> {
    let (trust, policy) = (trust(arguments)?, policy(arguments)?);
    let mut worst = 0;
    for file in &arguments.files {
        let report = report(file, &trust, &policy)?;
        worst = worst.max(report.exit_code);
        print(file, arguments.json, &report);
    }
    Ok(ExitCode::from(worst))
}

/// By what the file is, not by its name.
fn report(file: &Path, trust: &TrustStore, policy: &Policy) -> Result<Report> {
    let mut opened = File::open(file).map_err(|e| unreadable(file, &e))?;
    let mut start = Vec::new();
    opened.by_ref().take(64).read_to_end(&mut start).map_err(|e| unreadable(file, &e))?;
    if start.starts_with(b"PK\x03\x04") || start.starts_with(b"PK\x05\x06") {
        return Ok(case::report(opened, policy));
    }
    let bytes = read(file)?;
    if start.starts_with(receipt::HEADER) {
        return Ok(receipt::report(&bytes, policy));
    }
    let pdf = copihue_signing::verify::report(&bytes, trust, SystemClock::default().now());
    Ok(Report { exit_code: pdf.exit_code, text: pdf.text, json: pdf.json })
}

#[expect(clippy::print_stdout, reason = "the command's answer")]
fn print(file: &Path, json: bool, report: &Report) {
    if json {
        println!("{}", report.json);
    } else {
        println!("{}\n{}\n", file.display(), report.text);
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

/// The policy given; without one, that of a demo next to us. Without any, no log is believed.
fn policy(arguments: &VerifyArguments) -> Result<Policy> {
    let text = match &arguments.policy {
        Some(file) => String::from_utf8_lossy(&read(file)?).into_owned(),
        None => match std::fs::read_to_string(SAMPLE_POLICY) {
            Ok(text) => text,
            Err(_) => return Ok(Policy::default()),
        },
    };
    Policy::parse(&text)
        .map_err(|e| Error::invalid("politica", format!("La política no se puede leer: {e}.")))
}

fn read(file: &Path) -> Result<Vec<u8>> {
    std::fs::read(file).map_err(|e| unreadable(file, &e))
}

fn unreadable(file: &Path, why: &std::io::Error) -> Error {
    Error::invalid("archivo", format!("No se puede leer {}: {why}", file.display()))
}
