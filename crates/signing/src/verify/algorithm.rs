//! Which algorithms count, and checking signatures with them.

use aws_lc_rs::signature::{self as lc, UnparsedPublicKey, VerificationAlgorithm};
use copihue_core::Timestamp;
use der::Encode as _;
use der::asn1::BitString;
use spki::AlgorithmIdentifierOwned;

use super::effort;
use super::verdict::SubIndication;
use crate::asn1::{self, Reader, tag};
use crate::hash::{self, Hash};
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

impl From<CryptoError> for SubIndication {
    fn from(error: CryptoError) -> Self {
        match error {
            CryptoError::Refused => Self::CryptoConstraintsFailure,
            CryptoError::Wrong => Self::SigCryptoFailure,
        }
    }
}

/// How a signature is made, whatever its format calls it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Family {
    /// RSA with the padding of PKCS#1 v1.5.
    Rsa,
    /// RSA with the padding PSS, whose salt is as long as the hash.
    Pss,
    /// ECDSA.
    Ecdsa,
    /// Ed25519, which only a JWS may name: ETSI TS 119 312 does not list it for documents.
    Ed25519,
}

/// PKCS#1 v1.5 and short RSA keys no longer count from 2029 on (ETSI TS 119 312 v1.5.1).
const RSA_ENDS: &str = "2029-01-01T00:00:00Z";
/// An RSA exponent must be larger: small ones forgive a careless padding (ETSI TS 119 312 §6.2.2.1).
const SMALL_EXPONENT: u32 = 0x1_0000;
const RSA_BITS: std::ops::RangeInclusive<usize> = 2048..=8192;
/// From so many bits on, a key with the padding PSS has no end.
const LONG_RSA_BITS: usize = 3000;

/// Whether signatures of this kind by this key still counted then.
pub(super) fn counts_at(name: &str, key: &Certificate, at: Timestamp) -> bool {
    let is_short = rsa_bits(key.public_bits()).is_some_and(|bits| bits < LONG_RSA_BITS);
    let ends = name.starts_with("RSA ") || name.starts_with("RSA-PSS") && is_short;
    !ends || Timestamp::parse(RSA_ENDS).is_some_and(|end| at < end)
}

/// The bits of an RSA key (`RSAPublicKey`, DER); `None` for what is no sound one.
fn rsa_bits(key: &[u8]) -> Option<usize> {
    let mut fields = Reader::only(key, tag::SEQUENCE).ok()?;
    let unsigned = |fields: &mut Reader<'_>| {
        let content = fields.expect(tag::INTEGER).ok()?.content;
        let is_negative = content.first().is_none_or(|b| b & 0x80 != 0);
        let start = content.iter().position(|b| *b != 0).unwrap_or(content.len());
        (!is_negative).then(|| content[start..].to_vec())
    };
    let (modulus, exponent) = (unsigned(&mut fields)?, unsigned(&mut fields)?);
    fields.end().ok()?;
    let is_large =
        exponent.len() > 4 || exponent.iter().fold(0_u32, |n, b| n << 8 | u32::from(*b)) > SMALL_EXPONENT;
    let is_odd = exponent.last().is_some_and(|b| b & 1 == 1);
    let bits = modulus.len() * 8 - modulus.first().map_or(0, |b| b.leading_zeros() as usize);
    (is_large && is_odd).then_some(bits)
}

/// The algorithm of a signature by a key with this hash, and its name for the report.
fn choose(key: &Certificate, family: Family, hash: Hash) -> Option<Choice> {
    let (kind, curve) = key.key_algorithm();
    if matches!(family, Family::Rsa | Family::Pss) {
        let is_sound =
            kind == oid::RSA && rsa_bits(key.public_bits()).is_some_and(|bits| RSA_BITS.contains(&bits));
        return is_sound.then(|| rsa(family, hash));
    }
    if family == Family::Ed25519 {
        return (kind == oid::ED25519).then_some((&lc::ED25519, "Ed25519"));
    }
    if kind != oid::EC_PUBLIC_KEY {
        return None;
    }
    match (curve?, hash) {
        (oid::P256, Hash::Sha256) => Some((&lc::ECDSA_P256_SHA256_ASN1, "ECDSA P-256 SHA-256")),
        (oid::P256, Hash::Sha384) => Some((&lc::ECDSA_P256_SHA384_ASN1, "ECDSA P-256 SHA-384")),
        (oid::P256, Hash::Sha512) => Some((&lc::ECDSA_P256_SHA512_ASN1, "ECDSA P-256 SHA-512")),
        (oid::P384, Hash::Sha256) => Some((&lc::ECDSA_P384_SHA256_ASN1, "ECDSA P-384 SHA-256")),
        (oid::P384, Hash::Sha384) => Some((&lc::ECDSA_P384_SHA384_ASN1, "ECDSA P-384 SHA-384")),
        (oid::P384, Hash::Sha512) => Some((&lc::ECDSA_P384_SHA512_ASN1, "ECDSA P-384 SHA-512")),
        (oid::P521, Hash::Sha256) => Some((&lc::ECDSA_P521_SHA256_ASN1, "ECDSA P-521 SHA-256")),
        (oid::P521, Hash::Sha384) => Some((&lc::ECDSA_P521_SHA384_ASN1, "ECDSA P-521 SHA-384")),
        (oid::P521, Hash::Sha512) => Some((&lc::ECDSA_P521_SHA512_ASN1, "ECDSA P-521 SHA-512")),
        _ => None,
    }
}

fn rsa(family: Family, hash: Hash) -> Choice {
    match (family, hash) {
        (Family::Pss, Hash::Sha256) => (&lc::RSA_PSS_2048_8192_SHA256, "RSA-PSS SHA-256"),
        (Family::Pss, Hash::Sha384) => (&lc::RSA_PSS_2048_8192_SHA384, "RSA-PSS SHA-384"),
        (Family::Pss, Hash::Sha512) => (&lc::RSA_PSS_2048_8192_SHA512, "RSA-PSS SHA-512"),
        (_, Hash::Sha256) => (&lc::RSA_PKCS1_2048_8192_SHA256, "RSA SHA-256"),
        (_, Hash::Sha384) => (&lc::RSA_PKCS1_2048_8192_SHA384, "RSA SHA-384"),
        (_, Hash::Sha512) => (&lc::RSA_PKCS1_2048_8192_SHA512, "RSA SHA-512"),
    }
}

/// What an identifier names: how it is signed, and with which hash where it says so. Its parameters must be those of the
/// standard: NULL for RSA, nothing for ECDSA (RFC 5754), all three for PSS (RFC 4055).
fn named(algorithm: &AlgorithmIdentifierOwned) -> Option<(Family, Option<Hash>)> {
    let (family, hash) = match algorithm.oid {
        // RFC 5652 lets a signer name only the key's algorithm; the hash is then the digest's.
        oid::RSA => (Family::Rsa, None),
        oid::RSA_SHA256 => (Family::Rsa, Some(Hash::Sha256)),
        oid::RSA_SHA384 => (Family::Rsa, Some(Hash::Sha384)),
        oid::RSA_SHA512 => (Family::Rsa, Some(Hash::Sha512)),
        oid::ECDSA_SHA256 => (Family::Ecdsa, Some(Hash::Sha256)),
        oid::ECDSA_SHA384 => (Family::Ecdsa, Some(Hash::Sha384)),
        oid::ECDSA_SHA512 => (Family::Ecdsa, Some(Hash::Sha512)),
        oid::RSA_PSS => return Some((Family::Pss, Some(pss_hash(algorithm)?))),
        _ => return None,
    };
    let fits = match &algorithm.parameters {
        None => family == Family::Ecdsa,
        Some(any) => family == Family::Rsa && any.is_null(),
    };
    fits.then_some((family, hash))
}

/// The hash of PSS parameters, where mask and salt fit it.
fn pss_hash(algorithm: &AlgorithmIdentifierOwned) -> Option<Hash> {
    let der = algorithm.parameters.as_ref()?.to_der().ok()?;
    let mut fields = Reader::only(&der, tag::SEQUENCE).ok()?;
    let mut hash = fields.enter(tag::context(0)).ok()?;
    let hash = Hash::from_oid(hash::identifier(hash.expect(tag::SEQUENCE).ok()?).ok()?)?;
    let mut mask = fields.enter(tag::context(1)).ok()?.enter(tag::SEQUENCE).ok()?;
    let is_mgf1 = mask.oid().ok()? == oid::MGF1;
    let of_mask = Hash::from_oid(hash::identifier(mask.expect(tag::SEQUENCE).ok()?).ok()?)?;
    let salt = fields.enter(tag::context(2)).ok()?.expect(tag::INTEGER).ok()?.content;
    let trailer = fields.optional(tag::context(3)).ok()?;
    fields.end().ok()?;
    let fits = is_mgf1 && of_mask == hash && salt == [hash.length() as u8] && trailer.is_none();
    fits.then_some(hash)
}

/// Checks a signature and names its algorithm.
pub(super) fn verify(
    key: &Certificate,
    algorithm: &AlgorithmIdentifierOwned,
    hash: Hash,
    message: &[u8],
    signature: &[u8],
) -> Result<&'static str, CryptoError> {
    match named(algorithm) {
        Some((family, own)) if own.is_none_or(|own| own == hash) => {
            verify_by(key, (family, hash), message, signature)
        }
        _ => Err(CryptoError::Refused),
    }
}

fn verify_by(
    key: &Certificate,
    (family, hash): (Family, Hash),
    message: &[u8],
    signature: &[u8],
) -> Result<&'static str, CryptoError> {
    let (scheme, name) = choose(key, family, hash).ok_or(CryptoError::Refused)?;
    effort::spend(effort_of(key), message.len()).map_err(|_| CryptoError::Refused)?;
    UnparsedPublicKey::new(scheme, key.public_bits())
        .verify(message, signature)
        .map(|()| name)
        .map_err(|_| CryptoError::Wrong)
}

/// A check with a curve other than P-256, or with a long RSA key, takes several times as long.
fn effort_of(key: &Certificate) -> effort::Key {
    let is_long = match key.key_algorithm() {
        (oid::RSA, _) => key.public_bits().len() > 600,
        (_, curve) => curve.is_some_and(|curve| curve != oid::P256),
    };
    if is_long { effort::Key::Long } else { effort::Key::Short }
}

/// Checks a signature as XML and JOSE carry it: of ECDSA the numbers r and s, one behind the other, each as long as the curve.
pub(super) fn verify_raw(
    key: &Certificate,
    (family, hash): (Family, Hash),
    message: &[u8],
    signature: &[u8],
) -> Result<&'static str, CryptoError> {
    if family != Family::Ecdsa {
        return verify_by(key, (family, hash), message, signature);
    }
    let length = match key.key_algorithm().1 {
        Some(oid::P256) => 32,
        Some(oid::P384) => 48,
        Some(oid::P521) => 66,
        _ => return Err(CryptoError::Refused),
    };
    if signature.len() != 2 * length {
        return Err(CryptoError::Wrong);
    }
    let (r, s) = signature.split_at(length);
    let der = asn1::seq(&[&asn1::unsigned(r), &asn1::unsigned(s)]);
    verify_by(key, (family, hash), message, &der)
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
    let (family, hash) = named(algorithm).ok_or(CryptoError::Refused)?;
    verify_by(issuer, (family, hash.ok_or(CryptoError::Refused)?), tbs, signature).map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exponents_that_forgive_a_careless_padding_are_refused() {
        let key = |exponent: &[u8]| {
            let modulus = [&[0x80][..], &[1; 255]].concat();
            asn1::seq(&[&asn1::unsigned(&modulus), &asn1::unsigned(exponent)])
        };
        assert_eq!(rsa_bits(&key(&[1, 0, 1])), Some(2048));
        assert_eq!(rsa_bits(&key(&[1, 0, 0, 0, 1])), Some(2048));
        for bad in [&[1][..], &[3], &[0x80, 1], &[1, 0, 0], &[]] {
            assert_eq!(rsa_bits(&key(bad)), None, "{bad:?}");
        }
        // A negative number, and something behind.
        assert_eq!(rsa_bits(&[0x30, 6, 2, 1, 0x81, 2, 1, 3]), None);
        assert_eq!(rsa_bits(&[key(&[1, 0, 1]), vec![0]].concat()), None);
    }
}
