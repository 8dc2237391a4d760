//! Seals in PKCS#11 tokens, as the configuration names them.

use std::path::PathBuf;

use copihue_core::{Error, Result};
use copihue_signing::pki::Certificate;
use copihue_signing::{TokenSeal, TokenSettings};
use serde::Deserialize;

use super::secret;

/// A seal whose key is in a PKCS#11 token, a `[[signatures.tokens]]` of the settings. See docs/tokens.md.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Token {
    /// The institution's code, such as `PE-MUN-00345`.
    institution: String,
    /// The vendor's library, such as `/usr/lib/softhsm/libsofthsm2.so`.
    module: PathBuf,
    /// The token's label.
    token: String,
    /// The private key's label: RSA-2048, P-256 or P-384.
    key: String,
    /// File that holds the user's PIN.
    pin_file: PathBuf,
    /// PEM file of the seal's certificate, and after it those that issued it, without the root.
    certificate: PathBuf,
}

impl Token {
    /// As the signatures take it.
    ///
    /// # Errors
    /// When a file can't be read.
    pub(crate) fn seal(&self) -> Result<TokenSeal> {
        let bad = |e: &dyn std::fmt::Display| {
            Error::invalid("configuracion", format!("No se puede leer {}: {e}", self.certificate.display()))
        };
        let pem = std::fs::read_to_string(&self.certificate).map_err(|e| bad(&e))?;
        Ok(TokenSeal {
            institution: self.institution.clone(),
            settings: TokenSettings {
                module: self.module.clone(),
                token: self.token.clone(),
                key: self.key.clone(),
                pin: secret(&self.pin_file)?,
            },
            certificates: Certificate::many_from_pem(&pem).map_err(|e| bad(&e))?,
        })
    }
}
