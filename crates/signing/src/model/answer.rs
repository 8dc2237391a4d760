//! What FirmaGob answers, as its client reads it (specs signing §3): leniently where its versions differ.

use copihue_core::{Error, Kind as ErrorKind, Timestamp};
use serde_json::Value;

use super::token::decode_base64;

/// Why there is no signature.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Trouble {
    /// The one-time code does not fit.
    Code,
    /// Too many codes that did not.
    TooManyCodes,
    /// The token came too late or too early: by somebody's clock.
    Clock,
    /// Something of the settings is wrong: application, secret, institution or purpose.
    Settings,
    /// The application may not do this.
    NotAllowed,
    /// The holder has not enabled the application.
    NotEnabled,
    /// The holder has no certificate.
    NoCertificate,
    /// It has ended.
    CertificateEnded,
    /// The document can't be signed there.
    Content,
    /// Nobody knows what happened: no answer, half of one, or one that says so.
    Unknown,
    /// An answer that is none of the contract's, or a signature that is not what was asked for.
    Wrong,
    /// It was not asked: it did not answer the last times.
    Resting,
}

/// A request to FirmaGob about one document, as it is recorded.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FirmaGobRequest {
    /// When it was asked.
    pub asked_at: Timestamp,
    /// The HTTP status; none when there was no answer.
    pub status: Option<u16>,
    /// Its number there (`idSolicitud`).
    pub number: Option<i64>,
    /// `firmado`, or why not.
    pub outcome: String,
}

/// A signature request's answer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Answer {
    /// `idSolicitud`.
    pub(crate) number: Option<i64>,
    /// What was signed, in the order of asking; `None` where it was not.
    pub(crate) items: Vec<Option<Vec<u8>>>,
}

/// Reads an answer about so many items of this list (`files` or `hashes`).
///
/// # Errors
/// What it means when it is no signature.
pub(crate) fn read(status: u16, body: &[u8], list: &str, count: usize) -> Result<Answer, Trouble> {
    let value: Option<Value> = serde_json::from_slice(body).ok();
    if status != 200 {
        let text = value.as_ref().and_then(|v| v["error"].as_str()).unwrap_or_default();
        return Err(meaning(status, text));
    }
    // Half an answer: what was signed is lost, and may have been signed.
    let value = value.ok_or(Trouble::Unknown)?;
    let items = value[list].as_array().ok_or(Trouble::Wrong)?;
    if items.len() != count {
        return Err(Trouble::Wrong);
    }
    let number = &value["idSolicitud"];
    let number = number.as_i64().or_else(|| number.as_str()?.parse().ok());
    Ok(Answer { number, items: items.iter().map(content).collect() })
}

/// Without content, or with a status that is not `OK` in whatever case, it was not signed.
fn content(item: &Value) -> Option<Vec<u8>> {
    let status = item["status"].as_str().unwrap_or("OK");
    let text = item.get("content").or_else(|| item.get("Content"))?.as_str()?;
    decode_base64(text).filter(|bytes| !bytes.is_empty() && status.eq_ignore_ascii_case("OK"))
}

fn meaning(status: u16, text: &str) -> Trouble {
    let text = text.to_lowercase();
    let says = |word: &str| text.contains(word);
    match status {
        429 => Trouble::TooManyCodes,
        400 | 412 if says("otp") => Trouble::Code,
        400 if says("expira") => Trouble::Clock,
        400 if says("tipo de documento") || says("tamaño máximo") => Trouble::Content,
        403 if says("vencido") => Trouble::CertificateEnded,
        401 | 403 => Trouble::NotAllowed,
        404 if says("no existen certificados") => Trouble::NoCertificate,
        400 | 404 => Trouble::Settings,
        412 => Trouble::NotEnabled,
        500 if says("contenido o layout") => Trouble::Content,
        500..=599 => Trouble::Unknown,
        _ => Trouble::Wrong,
    }
}

impl Trouble {
    /// As it is recorded.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Code => "codigo",
            Self::TooManyCodes => "demasiados_codigos",
            Self::Clock => "reloj",
            Self::Settings => "configuracion",
            Self::NotAllowed => "sin_permiso",
            Self::NotEnabled => "no_habilitada",
            Self::NoCertificate => "sin_certificado",
            Self::CertificateEnded => "certificado_vencido",
            Self::Content => "contenido",
            Self::Unknown => "sin_respuesta",
            Self::Wrong => "respuesta_incorrecta",
            Self::Resting => "en_pausa",
        }
    }

    /// Whether somebody who runs this deployment must look at it.
    pub(crate) const fn is_alarm(self) -> bool {
        matches!(self, Self::Clock | Self::Settings | Self::Wrong)
    }

    fn sentence(self) -> (ErrorKind, &'static str) {
        use ErrorKind as K;
        match self {
            Self::Code => (
                K::Invalid,
                "El código no coincide. Revise que la hora de su teléfono sea automática y espere el código siguiente.",
            ),
            Self::TooManyCodes => {
                (K::RateLimited, "Demasiados códigos incorrectos. Espere quince minutos e intente de nuevo.")
            }
            Self::Clock => (
                K::Unavailable,
                "No se firmó: la hora de este servidor no es correcta. Avise al administrador.",
            ),
            Self::Settings => (
                K::Unavailable,
                "No se firmó: la conexión con FirmaGob está mal configurada. Avise al administrador.",
            ),
            Self::NotAllowed => {
                (K::Conflict, "No se firmó: FirmaGob no da permiso a la aplicación de esta institución.")
            }
            Self::NotEnabled => (
                K::Conflict,
                "No se firmó: el firmante no ha habilitado la aplicación de su institución en FirmaGob.",
            ),
            Self::NoCertificate => {
                (K::Conflict, "No hay un certificado de firma vigente. Pídalo al operador de su institución.")
            }
            Self::CertificateEnded => {
                (K::Conflict, "El certificado de firma no está vigente. Pida uno nuevo al operador.")
            }
            Self::Content => {
                (K::Invalid, "FirmaGob no puede firmar este archivo. Revise su tipo y su tamaño.")
            }
            Self::Unknown => (
                K::Unavailable,
                "FirmaGob no respondió y el documento no quedó firmado. Intente de nuevo en unos minutos, con un código nuevo si usa uno.",
            ),
            Self::Wrong => (
                K::Unavailable,
                "FirmaGob respondió algo que no es la firma pedida, y se descartó. Avise al administrador.",
            ),
            Self::Resting => {
                (K::Unavailable, "FirmaGob no está respondiendo. Intente de nuevo en un minuto.")
            }
        }
    }
}

impl From<Trouble> for Error {
    fn from(trouble: Trouble) -> Self {
        let (kind, sentence) = trouble.sentence();
        // Those that our own engine knows, too, have its codes: whoever asks need not know which one signs.
        let code = match trouble {
            Trouble::Code => "codigo_incorrecto",
            Trouble::TooManyCodes => "codigo_en_pausa",
            Trouble::NoCertificate => "sin_certificado",
            Trouble::CertificateEnded => "certificado_vencido",
            Trouble::Clock => "firmagob_reloj",
            Trouble::Settings => "firmagob_configuracion",
            Trouble::NotAllowed => "firmagob_sin_permiso",
            Trouble::NotEnabled => "firmagob_no_habilitada",
            Trouble::Content => "firmagob_contenido",
            Trouble::Unknown => "firmagob_no_responde",
            Trouble::Wrong => "firmagob_respuesta",
            Trouble::Resting => "firmagob_en_pausa",
        };
        let error = Self::new(kind, code, sentence);
        if trouble == Trouble::Code { error.field("otp", "El código no coincide.") } else { error }
    }
}

/// Runs of items of which each fits into one request: a hundred at most, and so many bytes of content in base64.
pub(crate) fn runs(sizes: &[usize], most_bytes: usize) -> Vec<std::ops::Range<usize>> {
    const MOST: usize = 100;
    let (mut runs, mut start, mut bytes) = (Vec::new(), 0, 0);
    for (n, size) in sizes.iter().enumerate() {
        let size = base64::encoded_len(*size, true).unwrap_or(usize::MAX);
        if n > start && (n - start == MOST || bytes + size > most_bytes) {
            runs.push(start..n);
            (start, bytes) = (n, 0);
        }
        bytes += size;
    }
    if start < sizes.len() {
        runs.push(start..sizes.len());
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read_json(status: u16, value: &Value) -> Result<Answer, Trouble> {
        read(status, value.to_string().as_bytes(), "hashes", 1)
    }

    #[test]
    fn sig_21_answers_are_read_in_every_version_of_the_contract() {
        let good = Answer { number: Some(7), items: vec![Some(b"x".to_vec())] };
        for value in [
            json!({"hashes": [{"content": "eA==", "status": "OK"}], "idSolicitud": 7}),
            json!({"hashes": [{"Content": "eA==", "status": "ok"}], "idSolicitud": "7", "nuevo": [1]}),
            json!({"hashes": [{"content": "eA"}], "idSolicitud": 7, "metadata": {"signedFailed": 0}}),
        ] {
            assert_eq!(read_json(200, &value), Ok(good.clone()));
        }
        for value in [
            json!({"hashes": [{"status": "error"}], "metadata": {"signedFailed": 1}}),
            json!({"hashes": [{"content": "eA==", "status": "ERROR"}]}),
            json!({"hashes": [{"content": ""}]}),
        ] {
            assert_eq!(read_json(200, &value), Ok(Answer { number: None, items: vec![None] }));
        }
        for value in [json!({"files": []}), json!({"hashes": []}), json!([]), json!({"hashes": [{}, {}]})] {
            assert_eq!(read_json(200, &value), Err(Trouble::Wrong), "{value}");
        }
        assert_eq!(read(200, b"{\"hashes\":[{\"con", "hashes", 1), Err(Trouble::Unknown));
        assert_eq!(read(504, b"<html>", "hashes", 1), Err(Trouble::Unknown));
    }

    #[test]
    fn sig_21_each_refusal_of_the_contract_has_its_meaning() {
        use crate::model::refusal::Refusal as R;
        let meant = |refusal: &R| {
            let (status, _) = refusal.status();
            read_json(status, &json!({"error": refusal.text()})).unwrap_err()
        };
        for (refusal, trouble) in [
            (R::OtpWrong, Trouble::Code),
            (R::OtpShape, Trouble::Code),
            (R::OtpMissing, Trouble::Code),
            (R::OtpTooMany, Trouble::TooManyCodes),
            (R::Expired, Trouble::Clock),
            (R::ExpirationUnreadable, Trouble::Clock),
            (R::UnknownApplication, Trouble::Settings),
            (R::TokenForged { start: "eyJ".into() }, Trouble::Settings),
            (R::EntityOrPurpose, Trouble::Settings),
            (R::UnknownSigner, Trouble::Settings),
            (R::NoCertificate, Trouble::NoCertificate),
            (R::CertificateExpired { run: "1".into() }, Trouble::CertificateEnded),
            (R::Suspended, Trouble::NotAllowed),
            (R::NotAllowed, Trouble::NotAllowed),
            (R::VaultUnreachable, Trouble::NotAllowed),
            (R::NotEnabled, Trouble::NotEnabled),
            (R::BadLayout, Trouble::Content),
            (R::ContentType, Trouble::Content),
            (R::TooLarge, Trouble::Content),
            (R::Internal, Trouble::Unknown),
        ] {
            assert_eq!(meant(&refusal), trouble, "{refusal:?}");
        }
        let other = json!({"error": "ERROR : Verificación de OTP fallido. Por favor vuelve a intentar"});
        assert_eq!(read_json(412, &other), Err(Trouble::Code));
        assert_eq!(read_json(302, &json!({})), Err(Trouble::Wrong));
    }

    #[test]
    fn sig_21_many_items_are_cut_into_requests_that_fit() {
        assert_eq!(runs(&[32; 250], 5 << 20), [0..100, 100..200, 200..250]);
        assert_eq!(runs(&[3 << 20, 1 << 20, 3 << 20], 5 << 20), [0..1, 1..2, 2..3]);
        assert_eq!(runs(&[9 << 20, 1], 5 << 20), [0..1, 1..2]);
        assert_eq!(runs(&[], 5 << 20), []);
    }
}
