//! Which algorithms count, and checking signatures with them.

use aws_lc_rs::signature::{self as lc, UnparsedPublicKey, VerificationAlgorithm};
use const_oid::ObjectIdentifier;
use der::asn1::BitString;
use spki::AlgorithmIdentifierOwned;

use crate::hash::Hash;
use crate::oid;
use crate::pki::Certificate;

/// Why a signature does not count.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum CryptoError {
    /// The algorithm, hash or key is weak, or not known here.
    Refused,
    /// It does not fit.
    Wrong,
}

type Choice = (&'static dyn VerificationAlgorithm, &'static str);

/// The algorithm of a signature by a key with this hash, and its name for the report.
fn choose(key: &Certificate, signature: ObjectIdentifier, hash: Hash) -> Option<Choice> {
    let (kind, curve) = key.key_algorithm();
    let ecdsa = match signature {
        oid::ECDSA_SHA256 => Some(Hash::Sha256),
        oid::ECDSA_SHA384 => Some(Hash::Sha384),
        oid::ECDSA_SHA512 => Some(Hash::Sha512),
        _ => None,
    };
    let rsa = match signature {
        oid::RSA_SHA256 => Some(Hash::Sha256),
        oid::RSA_SHA384 => Some(Hash::Sha384),
        oid::RSA_SHA512 => Some(Hash::Sha512),
        // RFC 5652 lets a signer name only the key's algorithm; the hash is then the digest's.
        oid::RSA => Some(hash),
        _ => None,
    };
    if kind == oid::RSA && rsa == Some(hash) {
        return Some(match hash {
            Hash::Sha256 => (&lc::RSA_PKCS1_2048_8192_SHA256, "RSA SHA-256"),
            Hash::Sha384 => (&lc::RSA_PKCS1_2048_8192_SHA384, "RSA SHA-384"),
            Hash::Sha512 => (&lc::RSA_PKCS1_2048_8192_SHA512, "RSA SHA-512"),
        });
    }
    if kind != oid::EC_PUBLIC_KEY || ecdsa != Some(hash) {
        return None;
    }
    match (curve?, hash) {
        (oid::P256, Hash::Sha256) => Some((&lc::ECDSA_P256_SHA256_ASN1, "ECDSA P-256 SHA-256")),
        (oid::P256, Hash::Sha384) => Some((&lc::ECDSA_P256_SHA384_ASN1, "ECDSA P-256 SHA-384")),
        (oid::P256, Hash::Sha512) => Some((&lc::ECDSA_P256_SHA512_ASN1, "ECDSA P-256 SHA-512")),
        (oid::P384, Hash::Sha256) => Some((&lc::ECDSA_P384_SHA256_ASN1, "ECDSA P-384 SHA-256")),
        (oid::P384, Hash::Sha384) => Some((&lc::ECDSA_P384_SHA384_ASN1, "ECDSA P-384 SHA-384")),
        (oid::P384, Hash::Sha512) => Some((&lc::ECDSA_P384_SHA512_ASN1, "ECDSA P-384 SHA-512")),
        _ => None,
    }
}

/// Parameters that may stand beside these algorithms: NULL for RSA, nothing for ECDSA (RFC 5754).
fn parameters_fit(algorithm: &AlgorithmIdentifierOwned) -> bool {
    let is_rsa = [oid::RSA, oid::RSA_SHA256, oid::RSA_SHA384, oid::RSA_SHA512].contains(&algorithm.oid);
    match &algorithm.parameters {
        None => !is_rsa,
        Some(any) => is_rsa && any.is_null(),
    }
}

/// Checks a signature and names its algorithm.
pub(super) fn verify(
    key: &Certificate,
    algorithm: &AlgorithmIdentifierOwned,
    hash: Hash,
    message: &[u8],
    signature: &[u8],
) -> Result<&'static str, CryptoError> {
    if !parameters_fit(algorithm) {
        return Err(CryptoError::Refused);
    }
    let (scheme, name) = choose(key, algorithm.oid, hash).ok_or(CryptoError::Refused)?;
    UnparsedPublicKey::new(scheme, key.public_bits())
        .verify(message, signature)
        .map(|()| name)
        .map_err(|_| CryptoError::Wrong)
}

/// Checks what an authority signed: a certificate or a list.
pub(super) fn verify_x509(
    issuer: &Certificate,
    algorithm: &AlgorithmIdentifierOwned,
    tbs: &[u8],
    signature: &BitString,
) -> Result<(), CryptoError> {
    // Only whole bytes: spare bits would be a place to change unseen.
    let signature = signature.as_bytes().ok_or(CryptoError::Refused)?;
    verify_signed(issuer, algorithm, tbs, signature)
}

/// Checks what an authority or its responder signed, by an algorithm that names its hash.
pub(super) fn verify_signed(
    issuer: &Certificate,
    algorithm: &AlgorithmIdentifierOwned,
    tbs: &[u8],
    signature: &[u8],
) -> Result<(), CryptoError> {
    let hash = match algorithm.oid {
        oid::RSA_SHA256 | oid::ECDSA_SHA256 => Hash::Sha256,
        oid::RSA_SHA384 | oid::ECDSA_SHA384 => Hash::Sha384,
        oid::RSA_SHA512 | oid::ECDSA_SHA512 => Hash::Sha512,
        _ => return Err(CryptoError::Refused),
    };
    verify(issuer, algorithm, hash, tbs, signature).map(|_| ())
}
