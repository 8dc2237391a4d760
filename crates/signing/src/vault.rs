//! Secrets at rest: AES-256-GCM under a data key of their own, which the deployment's master key wraps.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use copihue_core::{Error, Random, Result, Secret, random};

/// The deployment's master key. It wraps data keys and nothing else; it is never stored beside what it wraps.
#[derive(Clone)]
pub struct MasterKey(Secret);

/// A secret as stored: the wrapped data key and what that key encrypts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sealed {
    /// The data key under the master key.
    pub wrapped_key: Vec<u8>,
    /// The secret under the data key.
    pub ciphertext: Vec<u8>,
}

impl MasterKey {
    /// From 32 secret bytes of the configuration.
    #[must_use]
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Secret::new(bytes))
    }

    /// Encrypts `secret` for `owner`; it opens only for the same owner, so rows can't be swapped.
    ///
    /// # Errors
    /// When the library refuses.
    pub fn seal(&self, owner: &str, secret: &Secret, source: &dyn Random) -> Result<Sealed> {
        let data_key = Secret::new(random::bytes::<32>(source));
        Ok(Sealed {
            wrapped_key: encrypt(&self.0, owner, &data_key, source)?,
            ciphertext: encrypt(&data_key, owner, secret, source)?,
        })
    }

    /// Decrypts.
    ///
    /// # Errors
    /// When the master key, the owner or a byte is another.
    pub fn open(&self, owner: &str, sealed: &Sealed) -> Result<Secret> {
        let data_key = decrypt(&self.0, owner, &sealed.wrapped_key)?;
        decrypt(&data_key, owner, &sealed.ciphertext)
    }
}

fn cipher(key: &Secret) -> Result<LessSafeKey> {
    UnboundKey::new(&AES_256_GCM, key.expose())
        .map(LessSafeKey::new)
        .map_err(|_| Error::internal("a data key has the wrong length"))
}

fn encrypt(key: &Secret, owner: &str, secret: &Secret, source: &dyn Random) -> Result<Vec<u8>> {
    let nonce: [u8; NONCE_LEN] = random::bytes(source);
    let mut out = secret.expose().to_vec();
    cipher(key)?
        .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(owner.as_bytes()), &mut out)
        .map_err(|_| Error::internal("a secret can't be encrypted"))?;
    Ok([&nonce[..], &out].concat())
}

fn decrypt(key: &Secret, owner: &str, input: &[u8]) -> Result<Secret> {
    let wrong = || Error::internal("a stored secret does not open: wrong master key, or damaged");
    let (nonce, body) = input.split_first_chunk::<NONCE_LEN>().ok_or_else(wrong)?;
    let mut buffer = zeroize::Zeroizing::new(body.to_vec());
    let clear = cipher(key)?
        .open_in_place(Nonce::assume_unique_for_key(*nonce), Aad::from(owner.as_bytes()), &mut buffer)
        .map_err(|_| wrong())?;
    Ok(Secret::new(&*clear))
}

#[cfg(test)]
mod tests {
    use super::*;
    use copihue_core::SystemRandom;

    #[test]
    fn sig_16_a_key_at_rest_opens_only_with_its_master_key_and_owner() {
        let master = MasterKey::new([7; 32]);
        let sealed = master.seal("a", &Secret::new(*b"secreto"), &SystemRandom).unwrap();
        assert_eq!(master.open("a", &sealed).unwrap().expose(), b"secreto");
        assert!(master.open("b", &sealed).is_err());
        assert!(MasterKey::new([8; 32]).open("a", &sealed).is_err());
        let mut damaged = sealed.clone();
        *damaged.ciphertext.last_mut().unwrap() ^= 1;
        assert!(master.open("a", &damaged).is_err());
        assert!(!sealed.ciphertext.windows(7).any(|w| w == b"secreto"));
    }
}
