//! An evidence record (RFC 4998): since when the document given beside it exists.

use std::path::{Path, PathBuf};

use copihue_core::{Result, Timestamp};
use copihue_signing::ers::{EvidenceVerdict, verify_record_of};
use copihue_signing::verify::{SubIndication, TrustStore};
use serde_json::json;

use super::Report;
use crate::commands::given;

/// Looks for its document among the other files.
///
/// # Errors
/// When one of them can't be read.
pub(crate) fn report(
    record: &[u8],
    (own, files): (&Path, &[PathBuf]),
    trust: &TrustStore,
    now: Timestamp,
) -> Result<Report> {
    let mut why = None;
    for file in files.iter().filter(|file| file.as_path() != own) {
        match verify_record_of(record, &given::bytes(file)?, trust, now) {
            Ok(verdict) => return Ok(good(file, &verdict)),
            // Another document's: the next file may be the right one.
            Err(SubIndication::HashFailure) => {}
            Err(other) => why = Some(other),
        }
    }
    Ok(match why {
        Some(why) => said(1, "El registro de evidencia no prueba nada: no es válido.", "invalido", Some(why)),
        None => said(
            2,
            "Es un registro de evidencia, y no calza con ningún documento indicado: falta el documento, o alguien cambió uno de los dos. Indíquelo tal como lo recibió: copihue verify DOCUMENTO REGISTRO.",
            "sin_documento",
            None,
        ),
    })
}

fn said(exit_code: u8, text: &str, result: &str, why: Option<SubIndication>) -> Report {
    let json = json!({"tipo": "registro_de_evidencia", "resultado": result, "sub_indicacion": why});
    Report { exit_code, text: text.to_owned(), json }
}

fn good(file: &Path, verdict: &EvidenceVerdict) -> Report {
    let EvidenceVerdict { since, authority, stamps, of: _ } = verdict;
    let renewed = match stamps {
        1 => String::new(),
        n => format!(" El sello se renovó {} veces, la última a tiempo.", n - 1),
    };
    let text = format!(
        "Prueba válida: {} existe al menos desde el {}, hora de Chile, según «{}».{renewed}",
        file.display(),
        copihue_web::format::datetime(*since),
        authority.escape_debug()
    );
    let json = json!({"tipo": "registro_de_evidencia", "resultado": "valido", "documento": file.display().to_string(), "evidencia": verdict});
    Report { exit_code: 0, text, json }
}
