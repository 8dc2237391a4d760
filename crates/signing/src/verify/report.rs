//! Verdicts in plain Spanish.

use copihue_core::Timestamp;
use serde_json::{Value, json};

use super::file::Given;
use super::timestamp::{DocumentTimestamp, TimestampVerdict};
use super::trust::{AnchorKind, TrustStore};
use super::verdict::{Changes, Indication, Outcome, SignatureVerdict, SubIndication, Verdict};
use crate::ers::EvidenceVerdict;

/// What `copihue verify` prints and answers with.
#[derive(Clone, Debug)]
pub struct Report {
    /// 0 genuine, 1 not genuine, 2 can't be verified.
    pub exit_code: u8,
    /// For people.
    pub text: String,
    /// For machines, on one line.
    pub json: Value,
    /// The verdict itself.
    pub verdict: Verdict,
}

/// Verifies files that belong together, and says everything except whether they are still in force, which nobody can know
/// offline.
#[must_use]
pub fn report(files: &[Given<'_>], trust: &TrustStore, now: Timestamp) -> Report {
    let verdict = super::verify(files, trust, now);
    let exit_code = match verdict.outcome {
        Outcome::Genuine | Outcome::Dated => 0,
        Outcome::Altered | Outcome::Unreadable => 1,
        _ => 2,
    };
    let mut json = super::to_json(&verdict, trust);
    if let Some(object) = json.as_object_mut() {
        object.insert("vigencia".into(), json!("desconocida_sin_conexion"));
    }
    Report { exit_code, text: text(&verdict), json, verdict }
}

/// What was found, in sentences.
pub(super) fn findings(verdict: &Verdict) -> Vec<String> {
    let mut lines = vec![verdict.sentence().to_owned()];
    for signature in &verdict.signatures {
        lines.push(String::new());
        lines.extend(signature.messages_es.iter().cloned());
    }
    lines.extend(verdict.document_timestamps.iter().map(archived));
    lines.extend(verdict.evidence.iter().map(kept_since));
    lines.extend(unsigned(verdict));
    lines.push(String::new());
    lines.push(format!("Huella SHA-256: {}", verdict.document.sha256));
    lines
}

fn text(verdict: &Verdict) -> String {
    let mut lines = findings(verdict);
    if let Some(code) = verdict.document.code {
        lines.push(format!("Código de verificación: {code}"));
        lines.push(
            "Sin conexión no se puede saber si el documento sigue vigente. Consulte su código en la página de verificación."
                .to_owned(),
        );
    } else {
        lines.push("Sin conexión no se puede saber si el documento sigue vigente.".to_owned());
    }
    lines.join("\n")
}

/// An evidence record, in a sentence.
pub(crate) fn kept_since(evidence: &EvidenceVerdict) -> String {
    let of = evidence.of.as_deref().map_or_else(|| "El documento".to_owned(), |name| format!("«{name}»"));
    format!("{of} existe al menos desde el {}, según {}.", local_time(evidence.since), evidence.authority)
}

/// The files that nothing is over, in a sentence.
pub(crate) fn unsigned(verdict: &Verdict) -> Option<String> {
    let names: Vec<String> =
        verdict.files.iter().filter(|f| !f.is_signed).map(|f| format!("«{}»", f.name)).collect();
    (!names.is_empty()).then(|| format!("Sin firmar: {}.", names.join(", ")))
}

/// An instant in the time of continental Chile: `21-11-2026 a las 19:30`.
pub(crate) fn local_time(at: Timestamp) -> String {
    let zone = jiff::tz::TimeZone::get("America/Santiago").unwrap_or(jiff::tz::TimeZone::UTC);
    jiff::Timestamp::from(at).to_zoned(zone).strftime("%d-%m-%Y a las %H:%M").to_string()
}

/// One signature, in sentences.
pub(super) fn sentences(signature: &SignatureVerdict) -> Vec<String> {
    let mut lines = vec![who(signature)];
    let missing = signature.sub_indication == Some(SubIndication::SignedDataNotFound);
    // That it is missing is what the whole answer says.
    lines.extend(signature.sub_indication.filter(|_| !missing).map(|s| why(s).to_owned()));
    lines.extend(signature.timestamps.iter().map(stamped));
    lines.extend(signature.archive_timestamps.iter().map(kept));
    if matches!(signature.level, "B-LT" | "B-LTA") {
        lines.push("El archivo trae la prueba de que los certificados estaban vigentes: se puede revisar sin conexión.".to_owned());
    }
    match signature.changes_after {
        Changes::None => {}
        Changes::Harmless => {
            lines.push("Después de esta firma solo se agregaron firmas o datos de validación.".to_owned())
        }
        Changes::Content => lines.push("El contenido del archivo cambió después de esta firma.".to_owned()),
    }
    let passed = signature.indication == Indication::TotalPassed;
    let kind = signature.signer.as_ref().and_then(|s| s.kind).filter(|k| passed || *k == AnchorKind::Test);
    lines.extend(kind.map(|kind| worth(kind).to_owned()));
    let others = signature.signer.as_ref().map(|s| s.other_runs.as_slice()).unwrap_or_default();
    if let (Some(run), [_, ..]) = (signature.signer.as_ref().and_then(|s| s.run_masked.as_ref()), others) {
        lines.push(format!(
            "El certificado nombra más de un RUN: {run} y {}. Vale el primero.",
            others.join(", ")
        ));
    }
    lines
}

/// What a signature is worth by law (Ley 19.799).
const fn worth(kind: AnchorKind) -> &'static str {
    match kind {
        AnchorKind::State | AnchorKind::Accredited => "Es una firma electrónica avanzada.",
        AnchorKind::Test => "El certificado es de prueba: la firma no tiene efectos legales.",
        AnchorKind::Other => {
            "Cuenta como firma electrónica simple: quien emitió el certificado no está acreditado en Chile."
        }
    }
}

fn who(signature: &SignatureVerdict) -> String {
    let Some(signer) = &signature.signer else { return "No se puede leer quién firmó.".to_owned() };
    let name = &signer.name;
    let post = name.post.as_deref().map(|p| format!(", {p}")).unwrap_or_default();
    let place = if name.institution == name.name { String::new() } else { format!(", {}", name.institution) };
    let time = signature.claimed_time.map(|t| format!(", el {}", local_time(t))).unwrap_or_default();
    let verb = match (signature.indication, signature.is_intact()) {
        (Indication::TotalPassed, _) => "Firmado por",
        (_, true) => "Dice estar firmado por",
        _ if signature.sub_indication == Some(SubIndication::SignedDataNotFound) => "Dice estar firmado por",
        (_, false) => "Firma no válida a nombre de",
    };
    format!("{verb} {}{post}{place}{time}.", name.name)
}

fn stamped(timestamp: &TimestampVerdict) -> String {
    let (time, authority) = (local_time(timestamp.time), &timestamp.authority);
    if timestamp.counts() {
        format!("Un sello de tiempo de {authority} prueba que la firma existía el {time}.")
    } else {
        format!(
            "Trae un sello de tiempo de {authority}, del {time}, que no podemos reconocer: no prueba la fecha."
        )
    }
}

/// A timestamp over the signature with its proofs, in a sentence.
fn kept(timestamp: &TimestampVerdict) -> String {
    let (time, authority) = (local_time(timestamp.time), &timestamp.authority);
    if timestamp.counts() {
        format!("Un sello de archivo de {authority}, del {time}, conserva la prueba por más años.")
    } else {
        format!("Trae un sello de archivo de {authority}, del {time}, que no podemos reconocer.")
    }
}

/// A timestamp over the whole file, in a sentence.
pub(crate) fn archived(timestamp: &DocumentTimestamp) -> String {
    match (&timestamp.stamp, timestamp.proves()) {
        (Some(stamp), Some(at)) => {
            format!(
                "El archivo completo lleva un sello de tiempo de {}, del {}.",
                stamp.authority,
                local_time(at)
            )
        }
        (Some(stamp), None) if timestamp.is_intact() => format!(
            "El archivo completo lleva un sello de tiempo de {}, que no podemos reconocer: no prueba la fecha.",
            stamp.authority
        ),
        _ => "El sello de tiempo del archivo está dañado o el archivo cambió después de él.".to_owned(),
    }
}

/// What a sub-indication means.
pub(super) fn why(sub: SubIndication) -> &'static str {
    use SubIndication as S;
    match sub {
        S::FormatFailure => "La firma está dañada o no tiene la forma que debe.",
        S::HashFailure => "El contenido no es el que se firmó.",
        S::SigCryptoFailure => "La firma no corresponde al certificado que la acompaña.",
        S::CryptoConstraintsFailure => "La firma usa un método débil o desconocido, que no se acepta.",
        S::Revoked => "El certificado estaba revocado cuando se firmó.",
        S::RevokedNoPoe => "El certificado está revocado y nada prueba que la firma sea anterior.",
        S::Expired => "El certificado no estaba vigente en la fecha de la firma.",
        S::NotYetValid => "La fecha de la firma es anterior al certificado.",
        S::OutOfBoundsNoPoe => "El certificado ya venció y nada prueba que la firma sea anterior.",
        S::ChainConstraintsFailure => "El certificado no sirve para firmar documentos.",
        S::CertificateChainGeneralFailure => "Un certificado que acompaña a la firma está dañado.",
        S::NoSigningCertificateFound => "La firma no trae el certificado de quien firmó.",
        S::NoCertificateChainFound => "El certificado no fue emitido por una autoridad que reconozcamos.",
        S::TimestampOrderFailure => "Las fechas de la firma y de sus sellos no calzan entre sí.",
        S::SignedDataNotFound => "Falta el archivo que se firmó.",
        S::CryptoConstraintsFailureNoPoe => {
            "La firma usa un método que ya no se acepta, y nada prueba que sea de cuando se aceptaba."
        }
        S::RevokedCaNoPoe => {
            "La autoridad que emitió el certificado está revocada y nada prueba que la firma sea anterior."
        }
        S::OutOfBoundsNotRevoked => {
            "El certificado ya venció, sin haber sido revocado, y nada prueba que la firma sea anterior."
        }
        S::NoCertificateChainFoundNoPoe => {
            "El certificado no fue emitido por una autoridad que reconozcamos, y nada prueba su fecha."
        }
        S::NoPoe => "Nada prueba desde cuándo existe.",
        S::TryLater => "Por ahora falta un dato para decidir. Intente más tarde.",
        S::SigConstraintsFailure => "A la firma le falta un dato obligatorio.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_as_in_continental_chile() {
        let at = |text| local_time(Timestamp::parse(text).unwrap());
        assert_eq!(at("2026-03-02T12:00:00Z"), "02-03-2026 a las 09:00");
        assert_eq!(at("2026-07-02T02:30:00Z"), "01-07-2026 a las 22:30");
    }
}
