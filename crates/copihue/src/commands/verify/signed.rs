//! A signed file, with what it is over and what proves it among the others that were given.

use std::path::Path;

use copihue_core::{Result, Timestamp};
use copihue_signing::verify::{self, Given, Kind, Outcome, TrustStore};

use super::Report;
use crate::cli::VerifyArguments;
use crate::commands::given;

type Loaded = (String, Vec<u8>);

/// Judges it by itself; where its file is missing, with the one among the others that it fits; and with the proofs that fit.
/// `None`: it is no signed file itself, but what a signature among the others is over.
///
/// # Errors
/// When one of the others can't be read.
pub(super) fn report(
    bytes: &[u8],
    (own, arguments): (&Path, &VerifyArguments),
    trust: &TrustStore,
    now: Timestamp,
) -> Result<Option<Report>> {
    let name = own.display().to_string();
    let own_given = Given { name: &name, bytes };
    let content: Option<Loaded> = arguments.content.as_deref().map(load).transpose()?;
    let kind = Kind::of(bytes);
    // A PDF or a container needs nothing but what proves it: of many, none is read for the others' sake.
    let is_whole = matches!(kind, Kind::Pdf | Kind::AsicS | Kind::AsicE);
    let others = arguments.files.iter().filter(|f| f.as_path() != own && (!is_whole || begins_as_der(f)));
    let mut files = vec![own_given];
    files.extend(content.as_ref().map(given_of));
    let others: Vec<Loaded> = others.map(load).collect::<Result<_>>()?;
    let outcome = |files: &[Given<'_>]| verify::report(files, trust, now).verdict.outcome;
    let fits = |other: &&Loaded| !is_strange(outcome(&[own_given, given_of(other)]));
    if kind == Kind::Other && others.iter().filter(|o| !is_proof(&o.1)).any(|o| fits(&o)) {
        return Ok(None);
    }
    if outcome(&files) == Outcome::Incomplete {
        files.extend(others.iter().find(fits).map(given_of));
    }
    let proofs = others.iter().map(given_of).filter(|o| is_proof(o.bytes));
    for proof in proofs {
        let with: Vec<Given<'_>> = files.iter().copied().chain([proof]).collect();
        if !matches!(outcome(&with), Outcome::Mismatched | Outcome::Incomplete) {
            files.push(proof);
        }
    }
    let signed = verify::report(&files, trust, now);
    Ok(Some(Report { exit_code: signed.exit_code, text: signed.text, json: signed.json }))
}

/// Whether two files have nothing to do with each other.
fn is_strange(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::Altered | Outcome::Incomplete | Outcome::Mismatched | Outcome::Unreadable)
}

fn begins_as_der(file: &Path) -> bool {
    let mut first = [0];
    let read = std::fs::File::open(file).and_then(|mut f| std::io::Read::read_exact(&mut f, &mut first));
    read.is_ok() && first == [0x30]
}

fn load(file: impl AsRef<Path>) -> Result<Loaded> {
    let file: &Path = file.as_ref();
    let name =
        file.file_name().map_or_else(|| file.display().to_string(), |n| n.to_string_lossy().into_owned());
    Ok((name, given::bytes(file)?))
}

fn given_of((name, bytes): &Loaded) -> Given<'_> {
    Given { name, bytes }
}

fn is_proof(bytes: &[u8]) -> bool {
    matches!(Kind::of(bytes), Kind::EvidenceRecord | Kind::Timestamp)
}
