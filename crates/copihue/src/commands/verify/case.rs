//! A whole exported case.

use std::fs::File;

use copihue_casefiles::{ExportVerdict, Finding, Judgement, Seal, Trust, verify_export};
use copihue_signing::verify::AnchorKind;
use serde_json::{Value, json};

use super::Report;

/// More lines than this nobody reads; JSON has them all.
const LINES: usize = 20;

/// The verdict on an exported case.
pub(super) fn report(file: File, trust: &Trust<'_>) -> Report {
    let verdict = verify_export(std::io::BufReader::new(file), trust);
    let (exit_code, result, word) = match verdict.judgement() {
        Judgement::Whole => (0, "valid", "valido"),
        Judgement::Changed => (1, "invalid", "invalido"),
        Judgement::Undecided => (2, "unverifiable", "no_verificable"),
    };
    let text = format!("{}\nresultado={word}", text(&verdict));
    Report { exit_code, text, json: to_json(&verdict, result) }
}

fn text(verdict: &ExportVerdict) -> String {
    let name = if verdict.case.is_empty() { "Este archivo" } else { verdict.case.as_str() };
    let first = match verdict.judgement() {
        Judgement::Whole => {
            format!("{name}: está entero, tal como se exportó. Nadie quitó, agregó ni cambió nada.")
        }
        Judgement::Changed => format!("{name}: no es el expediente que se exportó."),
        Judgement::Undecided => {
            format!("{name}: no se encontró nada cambiado, pero no todo se puede comprobar.")
        }
    };
    let mut lines = vec![first];
    lines.extend(listed(&verdict.findings));
    lines.extend(listed(&verdict.doubts));
    if verdict.doubts.iter().any(|doubt| doubt.code == "sello_no_reconocido") {
        lines.push(WHOSE_SEAL.to_owned());
    }
    lines.extend(verdict.seal.as_ref().map(|seal| sealed(seal, verdict.judgement())));
    lines.extend(counted(verdict));
    if verdict.judgement() == Judgement::Whole {
        lines.push(NOT_PROVED.to_owned());
    }
    lines.join("\n")
}

/// How to go on where the seal may be good.
const WHOSE_SEAL: &str = "Indique con --trust el certificado (PEM) de la autoridad que emite los sellos. Consígalo de quien usted crea, \
    por ejemplo de la institución.";

/// What nothing in the file can show.
const NOT_PROVED: &str = "No prueba que la institución haya exportado todo, ni que lo que dicen los documentos sea cierto. \
    Lo que haya entrado después no está aquí: un comprobante de una entrada posterior lo mostraría.";

fn sealed(seal: &Seal, judgement: Judgement) -> String {
    let verb = if judgement == Judgement::Whole { "Lo selló" } else { "El sello dice ser de" };
    let trial = match seal.kind {
        Some(AnchorKind::Test) => " El certificado es de prueba: el sello no tiene efectos legales.",
        _ => "",
    };
    format!("{verb} «{}», el {}.{trial}", seal.by, seal.at)
}

fn counted(verdict: &ExportVerdict) -> Vec<String> {
    let mut lines = Vec::new();
    if verdict.entries > 0 {
        lines.push(format!(
            "Entradas: {}. Documentos revisados: {}. Comprobantes de la bitácora que verifican: {}.",
            verdict.entries, verdict.documents, verdict.receipts
        ));
    }
    let so = if verdict.judgement() == Judgement::Whole { ": así se exportó" } else { "" };
    if verdict.hidden > 0 {
        lines.push(format!(
            "{} entradas vienen sin su contenido{so}. El archivo no prueba por qué.",
            verdict.hidden
        ));
    }
    if verdict.without_document > 0 {
        lines.push(format!("{} entradas vienen sin su documento{so}.", verdict.without_document));
    }
    lines
}

fn listed(findings: &[Finding]) -> Vec<String> {
    let mut lines: Vec<String> =
        findings.iter().take(LINES).map(|f| format!("- {}: {}.", f.place, f.text)).collect();
    if findings.len() > LINES {
        lines.push(format!("- y {} más; con --json se ven todas.", findings.len() - LINES));
    }
    lines
}

fn to_json(verdict: &ExportVerdict, result: &str) -> Value {
    let all = |findings: &[Finding]| -> Vec<Value> {
        findings.iter().map(|f| json!({"place": f.place, "code": f.code, "explanation": f.text})).collect()
    };
    json!({
        "type": "case", "result": result, "case": verdict.case, "exported_at": verdict.exported_at,
        "sealed_by": verdict.seal.as_ref().map(|seal| &seal.by),
        "sealed_at": verdict.seal.as_ref().map(|seal| seal.at),
        "entries": verdict.entries, "documents": verdict.documents, "hidden": verdict.hidden,
        "without_document": verdict.without_document,
        "receipts": verdict.receipts, "head": verdict.head,
        "findings": all(&verdict.findings), "doubts": all(&verdict.doubts),
    })
}
