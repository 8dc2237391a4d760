//! The errors of FirmaGob's contract, word by word (specs signing §2.8): clients compare the texts.

/// Why a whole request is refused.
#[derive(Clone, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "each says what it is in its text")]
pub enum Refusal {
    TooLarge,
    Malformed,
    UnknownApplication,
    TokenUnreadable,
    TokenForged {
        /// The token's first characters, never more than eight.
        start: String,
    },
    TokenEmptyFields,
    ExpirationUnreadable,
    Expired,
    NoFiles,
    ContentType,
    Suspended,
    NotAllowed,
    EntityOrPurpose,
    UnknownSigner,
    NoCertificate,
    CertificateExpired {
        /// The signer's number.
        run: String,
    },
    NotEnabled,
    OtpMissing,
    OtpShape,
    OtpWrong,
    OtpTooMany,
    TooManyRequests,
    VaultUnreachable,
    BadLayout,
    Internal,
}

impl Refusal {
    /// The HTTP status, and the one in the body, which is not always the same.
    #[must_use]
    pub const fn status(&self) -> (u16, u16) {
        match self {
            Self::Suspended => (401, 401),
            Self::NotAllowed | Self::CertificateExpired { .. } | Self::VaultUnreachable => (403, 403),
            Self::EntityOrPurpose | Self::UnknownSigner | Self::NoCertificate => (404, 404),
            Self::NotEnabled | Self::OtpWrong => (412, 401),
            Self::OtpTooMany | Self::TooManyRequests => (429, 429),
            Self::BadLayout | Self::Internal => (500, 500),
            _ => (400, 400),
        }
    }

    /// The text.
    #[must_use]
    pub fn text(&self) -> String {
        let fixed = match self {
            Self::TokenForged { start } => {
                return format!("token : {start} no valido, favor revise su secret.");
            }
            Self::CertificateExpired { run } => {
                return format!("certificado del usuario : {run} se encuentra vencido.");
            }
            Self::TooLarge => "Solicitud excede el tamaño máximo que son 5 MB.",
            Self::Malformed => "Cuerpo de la solicitud mal formada",
            Self::UnknownApplication => "Aplicación no existe en la RA",
            Self::TokenUnreadable => "Error al decodificar el token favor revisar el formato.",
            Self::TokenEmptyFields => "Favor revisar los campos del token, ya que contiene datos vacíos",
            Self::ExpirationUnreadable => {
                "Formato de campo expiration en token, esta mal emitido, el formato de ejemplo es el siguiente : 2020-01-29T13:28:00"
            }
            Self::Expired => "Fecha de expiración del token está vencida",
            Self::NoFiles => "Debe Adjuntar Documento/s, a Firmar",
            Self::ContentType => "Tipo de documento no permitido",
            Self::Suspended => "Error no autorizado",
            Self::NotAllowed => "Esta aplicación no tiene permisos para el recurso que desea acceder",
            Self::EntityOrPurpose => "Error data servicio y/o propósito",
            Self::UnknownSigner => "“run” no se puede obtener los datos del firmante",
            Self::NoCertificate => "No existen certificados para el firmante",
            Self::NotEnabled => "Aplicación no tiene permisos para esta operación",
            Self::OtpMissing => "Debe ingresar un código OTP",
            Self::OtpShape => "Debe ingresar un código OTP Valido",
            // The accent is the contract's own.
            Self::OtpWrong | Self::OtpTooMany => "Verificaciòn de OTP fallido",
            // Ours: the contract knows no limit of requests.
            Self::TooManyRequests => "Demasiadas solicitudes. Intente de nuevo en un minuto.",
            Self::VaultUnreachable => "Acceso a Banco de Firma no permitido, favor revise sus permisos",
            Self::BadLayout => "ERROR : Formato de contenido o layout incorrecto",
            Self::Internal => "Internal Server Error",
        };
        fixed.to_owned()
    }
}
