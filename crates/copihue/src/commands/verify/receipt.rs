//! A receipt of the transparency log.

use copihue_core::text::printable;
use copihue_tlog::policy::Policy;
use copihue_tlog::{Reason, Verified, verify_proof};
use serde_json::{Value, json};

use super::Report;

/// How every receipt begins.
pub(super) const HEADER: &[u8] = b"c2sp.org/tlog-proof@";

/// The verdict on a `.tlog-proof`.
pub(super) fn report(bytes: &[u8], policy: &Policy) -> Report {
    let verified = match std::str::from_utf8(bytes) {
        Ok(text) => verify_proof(text, policy),
        Err(_) => Err(Reason::Format),
    };
    match verified {
        Ok(verified) => Report { exit_code: 0, text: good(&verified), json: to_json(&verified) },
        Err(reason) => refused(reason),
    }
}

fn refused(reason: Reason) -> Report {
    let (exit_code, result, word) = if reason.is_undecided() {
        (2, "unverifiable", "no_verificable")
    } else {
        (1, "invalid", "invalida")
    };
    let mut text = reason.to_string();
    if let Some(next) = what_next(reason) {
        text = format!("{text}\n{next}");
    }
    Report {
        exit_code,
        text: format!("{text}\nresultado={word} motivo={}", reason.code()),
        json: json!({
            "type": "tlog-proof", "result": result, "reason": reason.code(),
            "explanation": reason.explanation(),
        }),
    }
}

/// How to go on where the receipt may be good.
fn what_next(reason: Reason) -> Option<&'static str> {
    match reason {
        Reason::UnknownOrigin => Some(
            "Indique con --policy un archivo que nombre la bitácora y su llave. Consígalo de quien usted crea, por ejemplo de la institución.",
        ),
        Reason::TooFewWitnesses => Some(
            "Pida un comprobante nuevo: cuando más testigos hayan firmado, los traerá. O revise qué testigos exige su política.",
        ),
        _ => None,
    }
}

fn good(verified: &Verified) -> String {
    let mut lines = vec![verified.to_string()];
    lines.extend(verified.kind.as_ref().map(|kind| format!("Hecho: {kind}")));
    lines.extend(verified.fields.iter().map(|(name, value)| format!("  {name}: {}", plain(value))));
    if verified.fields.is_empty() {
        lines.push("No muestra ningún dato del hecho.".to_owned());
    }
    lines.push(
        "Prueba que este hecho, con estos datos, quedó anotado en la bitácora en ese lugar, y que después nadie lo cambió."
            .to_owned(),
    );
    if verified.witnesses.is_empty() {
        lines.push(
            "Ningún testigo independiente la respalda: solo la firma quien opera la bitácora.".to_owned(),
        );
    }
    lines.push("No prueba que lo anotado sea verdad, solo que se anotó.".to_owned());
    lines.push("resultado=valida".to_owned());
    lines.join("\n")
}

/// A text without its quotes. It is the log's keeper's, and this is somebody else's terminal.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), printable)
}

fn to_json(verified: &Verified) -> Value {
    json!({
        "type": "tlog-proof", "result": "valid", "origin": verified.origin, "index": verified.index,
        "size": verified.size, "witnesses": verified.witnesses, "seen_at": verified.seen_at,
        "kind": verified.kind, "fields": verified.fields,
    })
}
