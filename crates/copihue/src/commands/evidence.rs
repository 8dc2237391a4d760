//! `copihue evidence …`: how the evidence records stand, and a stronger hash for them.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "the command's answer")]

use std::process::ExitCode;

use copihue_core::calendar::Zone;
use copihue_core::{Result, text};
use copihue_db::blobs::Blobs;
use copihue_signing::{EvidenceStatus, Hash, Signing};

use crate::cli::{EvidenceCommand, EvidencePlace, StrongerHash};
use crate::config::Config;
use crate::platform;

/// So many documents that are gone are named.
const NAMED: usize = 20;

/// Runs one.
///
/// # Errors
/// When the deployment can't be opened, or what is asked for fails half way: what was done stays.
pub(crate) async fn run(command: &EvidenceCommand) -> Result<ExitCode> {
    match command {
        EvidenceCommand::Status(place) => {
            let (signing, _) = open(place).await?;
            println!("{}", in_words(&signing.evidence_status().await?));
            Ok(ExitCode::SUCCESS)
        }
        EvidenceCommand::Rehash(arguments) => {
            let (signing, blobs) = open(&arguments.place).await?;
            rehash(&signing, &blobs, arguments.hash).await
        }
    }
}

async fn open(place: &EvidencePlace) -> Result<(Signing, Blobs)> {
    platform::evidence_keeper(Config::read(&place.config)?).await
}

pub(crate) async fn rehash(signing: &Signing, blobs: &Blobs, hash: StrongerHash) -> Result<ExitCode> {
    let hash = match hash {
        StrongerHash::Sha384 => Hash::Sha384,
        StrongerHash::Sha512 => Hash::Sha512,
    };
    let done = signing.rehash_kept(hash, blobs, &mut |covered| eprintln!("{covered} documentos")).await?;
    println!("{} documentos cubiertos de nuevo con {}.", done.covered, hash.code());
    if done.absent.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    println!("{} documentos ya no se conservan y quedaron como estaban:", done.absent.len());
    done.absent.iter().take(NAMED).for_each(|sha256| println!("  {}", hex::encode(sha256)));
    Ok(ExitCode::FAILURE)
}

pub(crate) fn in_words(status: &EvidenceStatus) -> String {
    let mut lines = vec![format!("{} documentos con registro de evidencia.", status.documents)];
    let anew = |(hash, count): &(Hash, u64)| format!("{count} cubiertos además con {}.", hash.code());
    lines.extend(status.anew.iter().map(anew));
    if let Some(ends) = status.ends {
        let when = text::short_datetime(Zone::Santiago.local(ends));
        lines.push(format!(
            "El primero de sus sellos de tiempo vence el {when}; se renueva solo noventa días antes."
        ));
    }
    lines.join("\n")
}
