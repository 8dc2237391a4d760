//! Seals in PKCS#11 tokens, as the configuration names them.

use std::path::PathBuf;

use copihue_core::{Error, Result};
use copihue_signing::{Hash, TokenSeal, TokenSettings};
use serde::Deserialize;

use super::secret;
use super::trust::certificates;

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
    /// The private key's label: RSA of 2048, 3072 or 4096 bits, P-256 or P-384.
    key: String,
    /// What its signatures are over: `SHA-256`, `SHA-384` or `SHA-512`; the key's own hash when missing.
    hash: Option<String>,
    /// File that holds the user's PIN.
    pin_file: PathBuf,
    /// PEM file of the seal's certificate, and after it those that issued it, without the root.
    certificate: PathBuf,
}

impl Token {
    /// As the signatures take it.
    ///
    /// # Errors
    /// When a file can't be read, or the hash is none of the three.
    pub(crate) fn seal(&self) -> Result<TokenSeal> {
        let hash = self.hash.as_deref().map(|name| Hash::from_name(name).ok_or_else(no_hash));
        Ok(TokenSeal {
            hash: hash.transpose()?,
            institution: self.institution.clone(),
            settings: TokenSettings {
                module: self.module.clone(),
                token: self.token.clone(),
                key: self.key.clone(),
                pin: secret(&self.pin_file)?,
            },
            certificates: certificates(&self.certificate)?,
        })
    }
}

fn no_hash() -> Error {
    Error::invalid("configuracion", "signatures.tokens: hash must be SHA-256, SHA-384 or SHA-512")
}

#[cfg(test)]
mod tests {
    use crate::config::Signatures;

    const DOCUMENTATION: &str = include_str!("../../../../docs/tokens.md");

    fn read(text: &str) -> std::result::Result<Signatures, toml::de::Error> {
        toml::from_str(&text.replace("signatures.", ""))
    }

    #[test]
    fn sig_21_the_settings_of_a_token_are_read_and_a_wrong_one_says_where() {
        let start = DOCUMENTATION.find("```toml\n").unwrap() + 8;
        let length = DOCUMENTATION[start..].find("```").unwrap();
        let example = &DOCUMENTATION[start..start + length];
        let settings = read(example).unwrap();
        let [token] = &settings.tokens[..] else { panic!("one token") };
        assert_eq!((token.token.as_str(), token.key.as_str()), ("firma", "sello-2026"));
        let other = read(&example.replace("\"SHA-256\"", "\"SHA-1\"")).unwrap().tokens[0].seal().unwrap_err();
        assert!(other.to_string().contains("SHA-512"), "{other}");
        // No file of the example is there.
        assert_eq!(token.seal().unwrap_err().code(), "configuracion");
        for (from, to) in [("pin_file", "pin"), ("module =", "# module ="), ("\"firma\"", "7")] {
            let error = read(&example.replace(from, to)).unwrap_err().to_string();
            assert!(error.contains("line") || error.contains("missing field"), "{error}");
        }
    }
}
