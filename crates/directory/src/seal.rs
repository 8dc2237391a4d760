//! Personal data at rest: AES-256-GCM for what must be read again, a keyed hash for what must be found again.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::hmac;
use copihue_core::{Error, Random, Result};

/// First byte of every sealed value: a later format gets another.
const FORMAT: u8 = 1;

/// Two keys derived from the deployment's own: one to seal, one to hash.
pub struct Sealer {
    seal: LessSafeKey,
    hash: hmac::Key,
}

impl std::fmt::Debug for Sealer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sealer(***)")
    }
}

impl Sealer {
    /// From 32 secret bytes and the purpose that keeps these keys apart from all others of the deployment.
    ///
    /// # Errors
    /// Never in practice: only if the cipher refused a key of 32 bytes.
    pub fn new(key: &[u8; 32], purpose: &str) -> Result<Self> {
        let root = hmac::Key::new(hmac::HMAC_SHA256, key);
        let derive = |what: &str| hmac::sign(&root, format!("copihue:{purpose}:{what}").as_bytes());
        let seal = UnboundKey::new(&AES_256_GCM, derive("seal").as_ref())
            .map_err(|_| Error::internal("the cipher refused its key"))?;
        let hash = hmac::Key::new(hmac::HMAC_SHA256, derive("hash").as_ref());
        Ok(Self { seal: LessSafeKey::new(seal), hash })
    }

    /// Seals bytes. `context` (table, column, id) is bound in: a value moved to another row doesn't open.
    ///
    /// # Errors
    /// Only if the cipher fails.
    pub fn seal(&self, random: &dyn Random, context: &[u8], plain: &[u8]) -> Result<Vec<u8>> {
        let nonce = copihue_core::random::bytes::<NONCE_LEN>(random);
        let mut body = plain.to_vec();
        self.seal
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(context), &mut body)
            .map_err(|_| Error::internal("sealing failed"))?;
        Ok([&[FORMAT], nonce.as_slice(), &body].concat())
    }

    /// Opens what [`Sealer::seal`] made with the same context.
    ///
    /// # Errors
    /// When the key, the context or a byte is another.
    pub fn open(&self, context: &[u8], sealed: &[u8]) -> Result<Vec<u8>> {
        let broken = || Error::internal("a sealed value does not open");
        let (&format, rest) = sealed.split_first().ok_or_else(broken)?;
        let (nonce, body) = rest.split_at_checked(NONCE_LEN).ok_or_else(broken)?;
        if format != FORMAT {
            return Err(broken());
        }
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| broken())?;
        let mut body = body.to_vec();
        let plain = self.seal.open_in_place(nonce, Aad::from(context), &mut body).map_err(|_| broken())?;
        Ok(plain.to_vec())
    }

    /// The keyed hash of a value: equal values have equal hashes, and nobody without the key can try values out.
    #[must_use]
    pub fn hash(&self, value: &[u8]) -> [u8; 32] {
        let mut out = [0; 32];
        out.copy_from_slice(hmac::sign(&self.hash, value).as_ref());
        out
    }
}
