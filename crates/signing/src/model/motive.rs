//! Why a certificate is revoked: the contract's reasons, word by word, and what a list of revoked certificates says of each.

use crate::pki::RevocationReason;

codes! {
    /// A reason of the contract (specs signing §4).
    Motive {
        /// Actualización de datos.
        Data = "actualizacion_de_datos",
        /// Solicitud del titular.
        Holder = "solicitud_del_titular",
        /// Cambio de cargo o autoridad que ejerce.
        Post = "cambio_de_cargo",
        /// Cese de funciones.
        Left = "cese_de_funciones",
        /// Sospecha de compromiso de clave privada.
        Compromise = "compromiso_de_clave",
        /// Mal uso del certificado de firma electrónica.
        Misuse = "mal_uso",
        /// Resolución judicial.
        Court = "resolucion_judicial",
        /// Art. 24 Ley Nº19.799.
        Law = "art_24_ley_19799",
        /// Otro acto administrativo.
        Act = "otro_acto_administrativo",
        /// Fallecimiento del titular.
        Death = "fallecimiento_del_titular",
        /// Otro motivo.
        Other = "otro_motivo",
    }
}

impl Motive {
    /// The contract's own words.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::Data => "Actualización de datos",
            Self::Holder => "Solicitud del titular",
            Self::Post => "Cambio de cargo o autoridad que ejerce",
            Self::Left => "Cese de funciones",
            Self::Compromise => "Sospecha de compromiso de clave privada",
            Self::Misuse => "Mal uso del certificado de firma electrónica",
            Self::Court => "Resolución judicial",
            Self::Law => "Art. 24 Ley Nº19.799",
            Self::Act => "Otro acto administrativo",
            Self::Death => "Fallecimiento del titular",
            Self::Other => "Otro motivo",
        }
    }

    /// Whether a holder may give it for their own certificate.
    #[must_use]
    pub const fn is_for_holders(self) -> bool {
        matches!(self, Self::Data | Self::Holder | Self::Post | Self::Compromise | Self::Other)
    }

    /// What the list of revoked certificates and OCSP answers say.
    #[must_use]
    pub const fn reason(self) -> RevocationReason {
        match self {
            Self::Compromise => RevocationReason::KeyCompromise,
            Self::Left | Self::Death => RevocationReason::CessationOfOperation,
            Self::Post | Self::Data => RevocationReason::AffiliationChanged,
            Self::Holder | Self::Misuse | Self::Court | Self::Law | Self::Act | Self::Other => {
                RevocationReason::Unspecified
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sig_04_the_contracts_reasons_stand_in_the_list_of_revoked_certificates() {
        let of = |text: &str| Motive::ALL.iter().find(|m| m.text() == text).unwrap().reason().number();
        assert_eq!(of("Sospecha de compromiso de clave privada"), 1);
        assert_eq!(of("Cese de funciones"), 5);
        assert_eq!(of("Fallecimiento del titular"), 5);
        assert_eq!(of("Cambio de cargo o autoridad que ejerce"), 3);
        assert_eq!(of("Actualización de datos"), 3);
        assert_eq!(of("Solicitud del titular"), 0);
        assert_eq!(Motive::ALL.len(), 11);
    }
}
