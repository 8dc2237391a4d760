//! `copihue verify`: says of a signed file of any kind, of a receipt, of an evidence record, or of a whole exported case what can
//! be known without a network.

mod case;
pub(crate) mod evidence;
mod receipt;
mod signed;

use std::cell::OnceCell;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use copihue_casefiles::Trust;
use copihue_core::{Clock, Error, Result, SystemClock};
use copihue_signing::verify::{AnchorKind, Kind, TrustStore};
use copihue_tlog::policy::Policy;
use serde_json::Value;

use super::given;
use crate::cli::VerifyArguments;

/// Where a demo leaves its authority's certificate, and the policy of its logs.
const SAMPLE_AUTHORITY: &str = "copihue-data/authority.pem";
const SAMPLE_POLICY: &str = "copihue-data/politica.txt";

/// So much of a file tells a container of signed files from other archives.
const HEAD: u64 = 128;

/// What is said of a file.
pub(crate) struct Report {
    /// 0 genuine, 1 not, 2 can't be said.
    pub(crate) exit_code: u8,
    pub(crate) text: String,
    pub(crate) json: Value,
}

/// Reads, checks and prints each file. The exit code is the worst one: 0 genuine, 1 not, 2 can't be said.
///
/// # Errors
/// When a file can't be read, or a certificate or the policy that it needs.
pub(crate) fn run(arguments: &VerifyArguments) -> Result<ExitCode> {
    let believed = Believed { arguments, trust: OnceCell::new(), policy: OnceCell::new() };
    let mut worst = 0;
    for file in &arguments.files {
        // What a signature among them is over is told with that.
        let Some(report) = report(file, &believed)? else { continue };
        worst = worst.max(report.exit_code);
        print(file, arguments.json, &report);
    }
    Ok(ExitCode::from(worst))
}

/// By what the file is, not by its name.
fn report(file: &Path, believed: &Believed<'_>) -> Result<Option<Report>> {
    let mut opened = given::open(file)?;
    let mut start = Vec::new();
    opened.by_ref().take(HEAD).read_to_end(&mut start).map_err(|e| given::unreadable(file, &e))?;
    let now = SystemClock::default().now();
    let is_archive = start.starts_with(b"PK\x03\x04") || start.starts_with(b"PK\x05\x06");
    if is_archive && Kind::of(&start) == Kind::Other {
        let trust = Trust { policy: believed.policy()?, seals: believed.trust()?, now };
        return Ok(Some(case::report(opened, &trust)));
    }
    let bytes = given::bytes(file)?;
    if start.starts_with(receipt::HEADER) {
        return Ok(Some(receipt::report(&bytes, believed.policy()?)));
    }
    if copihue_signing::ers::is_record(&bytes) {
        return evidence::report(&bytes, (file, &believed.arguments.files), believed.trust()?, now).map(Some);
    }
    signed::report(&bytes, (file, believed.arguments), believed.trust()?, now)
}

#[expect(clippy::print_stdout, reason = "the command's answer")]
fn print(file: &Path, json: bool, report: &Report) {
    if json {
        println!("{}", report.json);
    } else {
        println!("{}\n{}\n", file.display(), report.text);
    }
}

/// Whom the reader believes, read when a file needs it: a PDF asks for no log, a receipt for no certificate.
struct Believed<'a> {
    arguments: &'a VerifyArguments,
    trust: OnceCell<TrustStore>,
    policy: OnceCell<Policy>,
}

impl Believed<'_> {
    /// The certificates given; without any, those of a demo in the folder next to us. Never both: whoever names whom to
    /// trust must not trust what somebody left in a folder besides.
    fn trust(&self) -> Result<&TrustStore> {
        once(&self.trust, || {
            let (pem, kind) = if self.arguments.trust.is_empty() {
                (std::fs::read_to_string(SAMPLE_AUTHORITY).unwrap_or_default(), AnchorKind::Test)
            } else {
                let text = |file: &PathBuf| Ok(String::from_utf8_lossy(&given::bytes(file)?).into_owned());
                (self.arguments.trust.iter().map(text).collect::<Result<String>>()?, AnchorKind::Other)
            };
            TrustStore::from_pem(&pem, kind).map_err(|_| {
                Error::invalid("certificado", "Un certificado de confianza no se puede leer: debe ser PEM.")
            })
        })
    }

    /// The policy given; without one, that of a demo next to us. Without any, no log is believed.
    fn policy(&self) -> Result<&Policy> {
        once(&self.policy, || match &self.arguments.policy {
            Some(file) => given::policy(file),
            None => match std::fs::read_to_string(SAMPLE_POLICY) {
                Ok(text) => given::policy_in(&text, Path::new(SAMPLE_POLICY)),
                Err(_) => Ok(Policy::default()),
            },
        })
    }
}

fn once<T>(cell: &OnceCell<T>, read: impl FnOnce() -> Result<T>) -> Result<&T> {
    match cell.get() {
        Some(known) => Ok(known),
        None => {
            let known = read()?;
            Ok(cell.get_or_init(|| known))
        }
    }
}
