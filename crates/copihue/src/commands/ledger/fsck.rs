//! `copihue ledger fsck`: computes everything again, says what it found in plain words or in JSON.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "the command's answer")]

use std::path::Path;
use std::process::ExitCode;

use copihue_core::{Error, Result, Timestamp};
use copihue_ledger::fsck::{Checked, Depth, Known, Options, Progress};
use copihue_signing::verify::{SubIndication, timestamp_of};
use serde_json::json;

use super::place;
use crate::cli::FsckArguments;
use crate::commands::given;
use crate::platform::deeds;

/// So many entries between two lines of progress.
const STEP: u64 = 500_000;

/// The exit code says it all: 0 clean, 1 damage, 2 could not be checked to the end.
pub(super) fn run(arguments: &FsckArguments) -> ExitCode {
    match check(arguments) {
        Ok(all) => {
            let clean = all.iter().all(Checked::is_clean);
            if arguments.json {
                let ledgers: Vec<_> = all.iter().map(Checked::to_json).collect();
                println!("{}", json!({"clean": clean, "ledgers": ledgers}));
            } else {
                all.iter().for_each(print);
                println!("{}", verdict(&all));
            }
            ExitCode::from(u8::from(!clean))
        }
        Err(error) => {
            if arguments.json {
                println!("{}", json!({"clean": null, "error": error.code(), "text": error.detail()}));
            }
            eprintln!("No se pudo revisar hasta el final: {error}");
            ExitCode::from(2)
        }
    }
}

fn check(arguments: &FsckArguments) -> Result<Vec<Checked>> {
    let options = Options {
        families: place::families(&arguments.place)?,
        depth: if arguments.tree_only { Depth::Tree } else { Depth::Records },
        policy: arguments.policy.as_deref().map(given::policy).transpose()?,
        // What services did stands in their own tables: closed records are not held against it.
        deeds: if arguments.tree_only { Vec::new() } else { deeds::all() },
        anchors: Some(stamped),
        known: arguments.known.iter().map(|file| known(file)).collect::<Result<_>>()?,
    };
    place::open(&arguments.place)?.fsck(&options, &mut progress)
}

fn stamped(bytes: &[u8], response: &[u8]) -> std::result::Result<Timestamp, String> {
    timestamp_of(bytes, response).map_err(|why| {
        let text = if why == SubIndication::HashFailure { "es de otro texto" } else { "está dañado" };
        text.to_owned()
    })
}

fn known(file: &Path) -> Result<Known> {
    let text = format!("{} no es un punto de control firmado ni un comprobante.", file.display());
    Known::parse(&given::text(file)?).ok_or_else(|| Error::invalid("punto_de_control", text))
}

fn progress(at: Progress) {
    let before = at.done.saturating_sub(at.step);
    if at.done < at.total && at.done / STEP > before / STEP {
        eprintln!("{}: {} de {}", at.family.name(), at.done, at.total);
    }
}

fn print(checked: &Checked) {
    if checked.size == 0 && checked.is_clean() {
        return;
    }
    println!(
        "{}: {} entradas, {} puntos de control firmados, {} sellos de tiempo, {} hechos abiertos, {} datos ya destruidos, {} en espera",
        checked.origin,
        checked.size,
        checked.checkpoints,
        checked.anchors,
        checked.records,
        checked.erased,
        checked.waiting
    );
    for finding in &checked.findings.first {
        println!("  {}: {}", finding.verdict.code(), finding.text);
    }
    let more = checked.findings.faults + checked.findings.warnings;
    if more > checked.findings.first.len() as u64 {
        println!("  … {} hallazgos en total", more);
    }
}

fn verdict(all: &[Checked]) -> String {
    let faults: u64 = all.iter().map(|checked| checked.findings.faults).sum();
    let warnings: u64 = all.iter().map(|checked| checked.findings.warnings).sum();
    match (faults, warnings) {
        (0, 0) => "Todo lo guardado es lo que se firmó.".to_owned(),
        (0, n) => format!("Todo lo guardado es lo que se firmó; {n} avisos para mirar."),
        (n, _) => format!(
            "Lo guardado NO es lo que se firmó: {n} hallazgos. No borre nada, detenga el servicio y recupere un respaldo."
        ),
    }
}
