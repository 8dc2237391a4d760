//! The institution's seals: on the export as a whole, and on each filing certificate.

use copihue_core::json::{canonical, sha256_hex};
use copihue_core::text::printable;
use copihue_signing::verify::{Indication, JwsVerdict, verify_jws};
use copihue_tlog::Verified;
use serde_json::Value;

use super::{ExportVerdict, Finding, Seal, Trust, finding};
use crate::export::{CERTIFICATE, ExportFiling, ExportIndex, ExportSeal, INDEX, SEAL};

/// Who sealed, if anybody did.
fn sealer(verdict: &JwsVerdict) -> Option<Seal> {
    let signer = verdict.signer.as_ref().filter(|signer| signer.is_seal())?;
    Some(Seal { by: printable(&signer.name.institution), at: verdict.claimed_time?, kind: signer.kind })
}

/// Judges the seal on the index, and remembers whose it is.
pub(super) fn of_export(
    jws: Option<Vec<u8>>,
    index: &ExportIndex,
    index_sha256: &str,
    trust: &Trust<'_>,
    verdict: &mut ExportVerdict,
) {
    let Some(jws) = jws else {
        let text =
            "no viene el sello de la institución, que trae todo expediente exportado: alguien lo quitó";
        return verdict.findings.push(finding(SEAL, "sello_falta", text));
    };
    let judged = verify_jws(&String::from_utf8_lossy(&jws), trust.seals, trust.now);
    if judged.indication() == Indication::TotalFailed {
        return verdict.findings.push(finding(SEAL, "sello_falso", because(&judged)));
    }
    let Ok(sealed) = serde_json::from_slice::<ExportSeal>(&judged.payload) else {
        return verdict.findings.push(finding(
            SEAL,
            "sello_de_otro",
            "el sello no es de un expediente exportado",
        ));
    };
    if let Some(found) = differs(&sealed, index, index_sha256) {
        return verdict.findings.push(found);
    }
    verdict.seal = sealer(&judged);
    verdict.doubts.extend(doubt(SEAL, &judged));
    if let Some(other) = verdict.seal.as_ref().filter(|seal| seal.by != printable(&index.institucion)) {
        let text = format!("lo selló «{}», y dice ser de «{}»", other.by, printable(&index.institucion));
        verdict.doubts.push(finding(SEAL, "sello_de_otra_institucion", text));
    }
}

/// What the index lacks of the one that was sealed.
fn differs(sealed: &ExportSeal, index: &ExportIndex, index_sha256: &str) -> Option<Finding> {
    let here = index.entradas.len();
    if *sealed == index.seal(index_sha256) {
        return None;
    }
    if sealed.exp == index.exp && sealed.entradas > here {
        let text =
            format!("se exportó con {} entradas y trae {here}: le quitaron las últimas", sealed.entradas);
        return Some(finding(INDEX, "entradas_cortadas", text));
    }
    let text =
        "no es el índice que la institución selló: fue cambiado después, o el sello es de otra exportación";
    Some(finding(INDEX, "indice_cambiado", text))
}

/// Judges a filing certificate, and holds it against what the log has of it.
pub(super) fn of_filing(
    filing: &ExportFiling,
    place: &str,
    proved: Option<&Verified>,
    trust: &Trust<'_>,
    verdict: &mut ExportVerdict,
) {
    // Its seal must have counted when the log's witnesses saw the act, not today.
    let seen = proved.and_then(|proved| proved.seen_at).unwrap_or(trust.now);
    let judged = verify_jws(&filing.jws, trust.seals, seen.min(trust.now));
    let said = canonical(&filing.certificado).unwrap_or_default();
    if judged.indication() == Indication::TotalFailed || judged.payload != said.as_bytes() {
        let text = "no es el certificado que la institución selló";
        return verdict.findings.push(finding(place, "certificado_cambiado", text));
    }
    let digest = Value::from(sha256_hex(filing.jws.as_bytes()));
    if proved.is_some_and(|proved| proved.fields.get(CERTIFICATE) != Some(&digest)) {
        let text = "no es el certificado que se dio al recibir la presentación: en la bitácora quedó otro";
        return verdict.findings.push(finding(place, "certificado_cambiado", text));
    }
    verdict.doubts.extend(doubt(place, &judged));
    let by = sealer(&judged).map(|seal| seal.by);
    if let Some((export, by)) = verdict.seal.as_ref().zip(by).filter(|(export, by)| export.by != *by) {
        let text = format!("lo selló «{by}», y el expediente lo selló «{}»", export.by);
        verdict.doubts.push(finding(place, "sello_de_otra_institucion", text));
    }
}

/// What keeps a seal that fits from counting.
fn doubt(place: &str, judged: &JwsVerdict) -> Option<Finding> {
    if judged.problem.is_some() {
        return Some(finding(place, "sello_no_reconocido", because(judged)));
    }
    if sealer(judged).is_none() {
        let text = "lo firma una persona, y no el sello de una institución";
        return Some(finding(place, "sello_no_reconocido", text));
    }
    None
}

fn because(judged: &JwsVerdict) -> String {
    let why = judged.why().unwrap_or_default();
    format!("el sello no se puede aceptar. {}", why.trim_end_matches('.'))
}
