//! A whole exported case.

use std::fs::File;

use copihue_casefiles::{ExportVerdict, Finding, Judgement, verify_export};
use copihue_tlog::policy::Policy;
use serde_json::{Value, json};

use super::Report;

/// More lines than this nobody reads; JSON has them all.
const LINES: usize = 20;

/// The verdict on an exported case.
pub(super) fn report(file: File, policy: &Policy) -> Report {
    let verdict = verify_export(std::io::BufReader::new(file), policy);
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
    let mut lines = match verdict.judgement() {
        Judgement::Whole => vec![
            format!("{name}: lo que trae es lo que se incorporó al expediente, en su orden."),
            "No prueba que esté todo: pudo entregarse sin sus últimas entradas o sin algún documento."
                .to_owned(),
        ],
        Judgement::Changed => vec![format!("{name}: no es el expediente que se exportó.")],
        Judgement::Undecided => {
            vec![format!("{name}: no se encontró nada cambiado, pero no todo se puede comprobar.")]
        }
    };
    lines.extend(listed(&verdict.findings));
    lines.extend(listed(&verdict.doubts));
    if verdict.entries > 0 {
        lines.push(format!(
            "Entradas: {}. Documentos revisados: {}. Comprobantes de la bitácora que verifican: {}.",
            verdict.entries, verdict.documents, verdict.receipts
        ));
    }
    if verdict.hidden > 0 {
        lines.push(format!(
            "{} entradas vienen sin su contenido: la cadena las cuenta. El archivo no prueba por qué faltan.",
            verdict.hidden
        ));
    }
    if verdict.without_document > 0 {
        lines.push(format!("{} entradas vienen sin su documento.", verdict.without_document));
    }
    if let Some(at) = verdict.exported_at {
        lines.push(format!("Dice haberse exportado el {at}. Lo que haya entrado después no está aquí."));
    }
    lines.join("\n")
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
        "entries": verdict.entries, "documents": verdict.documents, "hidden": verdict.hidden,
        "without_document": verdict.without_document,
        "receipts": verdict.receipts, "head": verdict.head,
        "findings": all(&verdict.findings), "doubts": all(&verdict.doubts),
    })
}
