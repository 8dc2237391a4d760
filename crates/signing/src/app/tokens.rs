//! Seals whose keys are in PKCS#11 tokens.

use std::sync::{Arc, PoisonError};

use copihue_core::{Error, Result};

use super::{Owner, Signing};
use crate::hash::Hash;
use crate::keys::SigningKey;
use crate::pki::Certificate;
use crate::signer::Signer;
use crate::token::TokenSettings;

/// An institution's seal in a token.
#[derive(Clone, Debug)]
pub struct TokenSeal {
    /// The institution's code.
    pub institution: String,
    /// Where the key is.
    pub settings: TokenSettings,
    /// The hash that it signs over; the key's own when `None`.
    pub hash: Option<Hash>,
    /// The seal's certificate, then those that issued it, without the root.
    pub certificates: Vec<Certificate>,
}

impl Signing {
    /// From now on, an institution's seal is the one of a token, and nothing else seals in its place: not when the token is
    /// away, and not when the certificate has ended.
    ///
    /// # Errors
    /// When the module can't be loaded, the token refuses the PIN, or has no such key. A token that is only away is waited
    /// for: what is to be sealed meanwhile is refused as unavailable.
    pub async fn use_token(&self, seal: TokenSeal) -> Result<()> {
        let TokenSeal { institution, settings, hash, certificates } = seal;
        if self.firmagob(&institution).is_some() {
            return Err(Error::conflict(
                "configuracion",
                format!("La institución {institution} tiene más de un motor de firma en la configuración."),
            ));
        }
        let mut certificates = certificates.into_iter();
        let own = certificates.next().ok_or_else(|| {
            Error::invalid("configuracion", "El sello de un dispositivo no trae certificado.")
        })?;
        let signer = self
            .on_cpu(move || {
                let key = SigningKey::in_token(settings, &own)?;
                key.connect()?;
                Ok(Signer::new(key, own, certificates.collect())?.over(hash))
            })
            .await?;
        let mut in_tokens = self.0.in_tokens.write().unwrap_or_else(PoisonError::into_inner);
        in_tokens.insert(institution.clone());
        self.remember(Owner::Seal { institution }, Arc::new(signer));
        Ok(())
    }

    pub(super) fn is_in_token(&self, owner: &Owner) -> bool {
        let Owner::Seal { institution } = owner else { return false };
        self.0.in_tokens.read().unwrap_or_else(PoisonError::into_inner).contains(institution)
    }
}
