//! Secrets at rest: AES-256-GCM under keys derived from the deployment's master key.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::hmac;
use copihue_core::{Error, Random, Result, random};

use copihue_tlog::merkle::Hash;

/// Seals and opens under keys derived from one.
pub(crate) struct Vault(hmac::Key);

impl Vault {
    pub(crate) fn new(key: &[u8; 32]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, key))
    }

    /// A key for one purpose, named by its parts.
    fn key(&self, label: &[&[u8]]) -> Result<LessSafeKey> {
        let mut context = hmac::Context::with_key(&self.0);
        for part in label {
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part);
        }
        let key = UnboundKey::new(&AES_256_GCM, context.sign().as_ref());
        key.map(LessSafeKey::new).map_err(|_| Error::internal("ledger: sealing key"))
    }

    /// Nonce, ciphertext and tag.
    pub(crate) fn seal(&self, random: &dyn Random, label: &[&[u8]], plain: &[u8]) -> Result<Vec<u8>> {
        let nonce: [u8; 12] = random::bytes(random);
        let mut sealed = Vec::with_capacity(12 + plain.len() + 16);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(plain);
        let tag = self
            .key(label)?
            .seal_in_place_separate_tag(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut sealed[12..])
            .map_err(|_| Error::internal("ledger: sealing"))?;
        sealed.extend_from_slice(tag.as_ref());
        Ok(sealed)
    }

    /// What was sealed under the same label; an error when it is another key's, or was changed.
    pub(crate) fn open(&self, label: &[&[u8]], sealed: &[u8]) -> Result<Vec<u8>> {
        let broken = || Error::internal("ledger: a sealed value can't be opened");
        let (nonce, rest) = sealed.split_first_chunk::<12>().ok_or_else(broken)?;
        let mut buffer = rest.to_vec();
        let plain = self
            .key(label)?
            .open_in_place(Nonce::assume_unique_for_key(*nonce), Aad::empty(), &mut buffer)
            .map_err(|_| broken())?;
        Ok(plain.to_vec())
    }

    /// A sealed key.
    pub(crate) fn open_key(&self, label: &[&[u8]], sealed: &[u8]) -> Result<Hash> {
        let key = self.open(label, sealed)?;
        key.try_into().map_err(|_| Error::internal("ledger: a sealed key has another length"))
    }
}
