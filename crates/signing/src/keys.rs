//! Private keys: generated here, kept encrypted, parsed once, and never handed out.

use aws_lc_rs::digest::Digest;
use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_ASN1_SIGNING,
    ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, EcdsaSigningAlgorithm, Ed25519KeyPair, KeyPair as _,
    RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512, RsaKeyPair, RsaSignatureEncoding, Signature,
};
use const_oid::ObjectIdentifier;
use copihue_core::{Error, Result, Secret};

use crate::asn1;
use crate::hash::Hash;
use crate::oid;
use crate::pki::Certificate;
use crate::token::{TokenKey, TokenSettings};

/// What a key signs with, and so the hash that it signs over unless another one is asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Algorithm {
    /// ECDSA on P-256: the default for new certificates (ETSI TS 119 312 sets no end to it).
    #[default]
    P256,
    /// ECDSA on P-384, over SHA-384: for those whose rules ask for 192 bits.
    P384,
    /// RSA-2048 with PKCS#1 v1.5, for consumers without ECDSA; its certificates end before 2029.
    Rsa2048,
    /// RSA-3072, the same, over SHA-384.
    Rsa3072,
    /// RSA-4096, the same, over SHA-512.
    Rsa4096,
    /// Ed25519 (RFC 8032), for JWS alone: ETSI TS 119 312 does not list it, so no document is signed with it.
    Ed25519,
}

impl Algorithm {
    /// Each that documents are signed with.
    pub const DOCUMENTS: [Self; 5] = [Self::P256, Self::P384, Self::Rsa2048, Self::Rsa3072, Self::Rsa4096];

    /// As stored.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::P256 => "p256",
            Self::P384 => "p384",
            Self::Rsa2048 => "rsa2048",
            Self::Rsa3072 => "rsa3072",
            Self::Rsa4096 => "rsa4096",
            Self::Ed25519 => "ed25519",
        }
    }

    /// From what is stored.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::DOCUMENTS.into_iter().chain([Self::Ed25519]).find(|a| a.code() == code)
    }

    /// The hash of its signatures; in a CMS also that of the content, since programs take them for one (RFC 5754 §3).
    #[must_use]
    pub const fn hash(self) -> Hash {
        match self {
            Self::P256 | Self::Rsa2048 => Hash::Sha256,
            Self::P384 | Self::Rsa3072 => Hash::Sha384,
            Self::Rsa4096 | Self::Ed25519 => Hash::Sha512,
        }
    }

    /// The `alg` of a JWS header (RFC 7518, RFC 8037).
    #[must_use]
    pub const fn jws(self) -> &'static str {
        match self {
            Self::P256 => "ES256",
            Self::P384 => "ES384",
            Self::Rsa2048 => "RS256",
            Self::Rsa3072 => "RS384",
            Self::Rsa4096 => "RS512",
            Self::Ed25519 => "EdDSA",
        }
    }

    /// The same over another hash than its own. RFC 7518 binds each curve to one hash, so ECDSA has no other.
    pub(crate) fn jws_over(self, hash: Hash) -> Option<&'static str> {
        match (self, hash) {
            (Self::Rsa2048 | Self::Rsa3072 | Self::Rsa4096, Hash::Sha256) => Some("RS256"),
            (Self::Rsa2048 | Self::Rsa3072 | Self::Rsa4096, Hash::Sha384) => Some("RS384"),
            (Self::Rsa2048 | Self::Rsa3072 | Self::Rsa4096, Hash::Sha512) => Some("RS512"),
            (Self::P256 | Self::P384 | Self::Ed25519, hash) => (hash == self.hash()).then(|| self.jws()),
        }
    }

    /// `AlgorithmIdentifier` of its signatures.
    pub(crate) fn identifier(self) -> Vec<u8> {
        self.identifier_over(self.hash())
    }

    /// The same of signatures over a hash: RSA carries NULL parameters, ECDSA none (RFC 5754).
    pub(crate) fn identifier_over(self, hash: Hash) -> Vec<u8> {
        let (ecdsa, rsa) = match hash {
            Hash::Sha256 => (oid::ECDSA_SHA256, oid::RSA_SHA256),
            Hash::Sha384 => (oid::ECDSA_SHA384, oid::RSA_SHA384),
            Hash::Sha512 => (oid::ECDSA_SHA512, oid::RSA_SHA512),
        };
        match self {
            Self::P256 | Self::P384 => asn1::seq(&[&asn1::oid(ecdsa)]),
            Self::Rsa2048 | Self::Rsa3072 | Self::Rsa4096 => {
                asn1::seq(&[&asn1::oid(rsa), &asn1::tlv(asn1::tag::NULL, &[])])
            }
            Self::Ed25519 => asn1::seq(&[&asn1::oid(oid::ED25519)]),
        }
    }

    /// A digest as ECDSA on the key's curve takes it, as long as the curve's order: its leftmost bytes, or zeros before it
    /// (FIPS 186-5 §6.4.1). The key's own hash is as long as the order.
    pub(crate) fn fitted(self, digest: &[u8]) -> Vec<u8> {
        let length = self.hash().length();
        let kept = digest.get(..length).unwrap_or(digest);
        [&vec![0; length - kept.len()], kept].concat()
    }

    /// Upper bound of a signature's length in bytes.
    pub(crate) const fn max_signature(self) -> usize {
        match self {
            Self::P256 => 72,
            Self::P384 => 104,
            Self::Rsa2048 => 256,
            Self::Rsa3072 => 384,
            Self::Rsa4096 => 512,
            Self::Ed25519 => 64,
        }
    }
}

/// A key ready to sign.
pub struct SigningKey(Inner);

enum Inner {
    Ecdsa(Box<Ecdsa>),
    Rsa(Algorithm, Box<RsaKeyPair>),
    Ed25519(Box<Ed25519KeyPair>),
    Token(Box<TokenKey>),
}

/// CMS and X.509 want the DER form of an ECDSA signature, JOSE and XML the raw r‖s; the library binds the form to the key.
struct Ecdsa {
    curve: Curve,
    der: EcdsaKeyPair,
    raw: EcdsaKeyPair,
}

/// A curve: by what the library knows it in either form, and by what others do.
struct Curve {
    algorithm: Algorithm,
    der: &'static EcdsaSigningAlgorithm,
    raw: &'static EcdsaSigningAlgorithm,
    oid: ObjectIdentifier,
}

impl Algorithm {
    /// Its ECDSA curve, if it has one.
    fn curve(self) -> Option<Curve> {
        let (der, raw, oid) = match self {
            Self::P256 => (&ECDSA_P256_SHA256_ASN1_SIGNING, &ECDSA_P256_SHA256_FIXED_SIGNING, oid::P256),
            Self::P384 => (&ECDSA_P384_SHA384_ASN1_SIGNING, &ECDSA_P384_SHA384_FIXED_SIGNING, oid::P384),
            _ => return None,
        };
        Some(Curve { algorithm: self, der, raw, oid })
    }

    /// Bits of its modulus, for RSA.
    fn key_size(self) -> Option<KeySize> {
        match self {
            Self::Rsa2048 => Some(KeySize::Rsa2048),
            Self::Rsa3072 => Some(KeySize::Rsa3072),
            Self::Rsa4096 => Some(KeySize::Rsa4096),
            _ => None,
        }
    }

    /// The RSA of a public key of so many bytes: a modulus, its sign byte, and the headers and exponent around it.
    pub(crate) fn of_rsa_key(public_bits: &[u8]) -> Option<Self> {
        let fits =
            |a: &Self| a.key_size().is_some_and(|s| (s.len()..s.len() + 32).contains(&public_bits.len()));
        Self::DOCUMENTS.into_iter().find(fits)
    }
}

impl SigningKey {
    /// A new key as PKCS#8, to be encrypted at once.
    ///
    /// # Errors
    /// When the generator fails.
    pub fn generate(algorithm: Algorithm) -> Result<Secret> {
        let made = match (algorithm.curve(), algorithm.key_size()) {
            (Some(curve), _) => EcdsaKeyPair::generate(curve.der)
                .and_then(|k| k.to_pkcs8v1())
                .map(|document| Secret::new(document.as_ref())),
            (None, Some(size)) => RsaKeyPair::generate(size).and_then(|k| {
                k.as_der().map(|der: aws_lc_rs::encoding::Pkcs8V1Der<'_>| Secret::new(der.as_ref()))
            }),
            (None, None) => Ed25519KeyPair::generate()
                .and_then(|k| k.to_pkcs8v1())
                .map(|document| Secret::new(document.as_ref())),
        };
        made.map_err(|_| Error::internal("a key can't be generated"))
    }

    /// Reads a PKCS#8 key. Costly: do it once and keep the result.
    ///
    /// # Errors
    /// When the bytes are not such a key.
    pub fn from_pkcs8(algorithm: Algorithm, pkcs8: &Secret) -> Result<Self> {
        let bad = |e| Error::internal(format_args!("a stored key can't be read: {e}"));
        let pkcs8 = pkcs8.expose();
        let inner = match (algorithm.curve(), algorithm.key_size()) {
            (Some(curve), _) => Inner::Ecdsa(Box::new(Ecdsa {
                der: EcdsaKeyPair::from_pkcs8(curve.der, pkcs8).map_err(bad)?,
                raw: EcdsaKeyPair::from_pkcs8(curve.raw, pkcs8).map_err(bad)?,
                curve,
            })),
            (None, Some(size)) => {
                let pair = RsaKeyPair::from_pkcs8(pkcs8).map_err(bad)?;
                if pair.public_modulus_len() != size.len() {
                    return Err(Error::internal("a stored key has another size than it says"));
                }
                Inner::Rsa(algorithm, Box::new(pair))
            }
            (None, None) => Inner::Ed25519(Box::new(Ed25519KeyPair::from_pkcs8(pkcs8).map_err(bad)?)),
        };
        Ok(Self(inner))
    }

    /// The private key of this certificate, which is in a PKCS#11 token. The token is asked when something is to be signed.
    ///
    /// # Errors
    /// When the certificate's key is neither RSA of 2048, 3072 or 4096 bits nor on P-256 or P-384.
    pub fn in_token(settings: TokenSettings, certificate: &Certificate) -> Result<Self> {
        TokenKey::new(settings, certificate).map(|key| Self(Inner::Token(Box::new(key))))
    }

    /// Looks whether a token has the key. One that is away is no error.
    ///
    /// # Errors
    /// When the token refuses, or has no such key.
    pub(crate) fn connect(&self) -> Result<()> {
        match &self.0 {
            Inner::Token(key) => key.connect(),
            Inner::Ecdsa(_) | Inner::Rsa(..) | Inner::Ed25519(_) => Ok(()),
        }
    }

    /// Its algorithm.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        match &self.0 {
            Inner::Ecdsa(key) => key.curve.algorithm,
            Inner::Rsa(algorithm, _) => *algorithm,
            Inner::Ed25519(_) => Algorithm::Ed25519,
            Inner::Token(key) => key.algorithm(),
        }
    }

    /// Signs a message over the key's own hash, as CMS and X.509 carry it.
    ///
    /// # Errors
    /// When the library refuses.
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>> {
        match &self.0 {
            Inner::Ecdsa(key) => ecdsa(&key.der, message),
            Inner::Rsa(algorithm, key) => rsa(key, algorithm.hash(), message),
            Inner::Ed25519(_) => Err(for_jws_alone()),
            Inner::Token(key) => key.sign(key.algorithm().hash(), message),
        }
    }

    /// The same over another hash than the key's own: whoever has only a document's digest has chosen it already.
    ///
    /// # Errors
    /// When the library refuses.
    pub(crate) fn sign_over(&self, hash: Hash, message: &[u8]) -> Result<Vec<u8>> {
        match &self.0 {
            _ if hash == self.algorithm().hash() => self.sign(message),
            Inner::Ecdsa(key) => ecdsa_over(&key.der, key.curve.algorithm, hash, message),
            Inner::Rsa(_, key) => rsa(key, hash, message),
            Inner::Ed25519(_) => Err(for_jws_alone()),
            Inner::Token(key) => key.sign(hash, message),
        }
    }

    /// Signs a message over the key's own hash, as JOSE carries it (raw r‖s for ECDSA).
    ///
    /// # Errors
    /// When the library refuses.
    pub fn sign_jose(&self, message: &[u8]) -> Result<Vec<u8>> {
        match &self.0 {
            Inner::Ecdsa(key) => ecdsa(&key.raw, message),
            Inner::Rsa(algorithm, key) => rsa(key, algorithm.hash(), message),
            Inner::Ed25519(key) => Ok(key.sign(message).as_ref().to_vec()),
            Inner::Token(key) => key.sign_raw(key.algorithm().hash(), message),
        }
    }

    /// The same over another hash than the key's own, as XML carries it, too.
    ///
    /// # Errors
    /// When the library refuses.
    pub(crate) fn sign_raw_over(&self, hash: Hash, message: &[u8]) -> Result<Vec<u8>> {
        match &self.0 {
            _ if hash == self.algorithm().hash() => self.sign_jose(message),
            Inner::Ecdsa(key) => ecdsa_over(&key.raw, key.curve.algorithm, hash, message),
            Inner::Rsa(_, key) => rsa(key, hash, message),
            Inner::Ed25519(_) => Err(for_jws_alone()),
            Inner::Token(key) => key.sign_raw(hash, message),
        }
    }

    /// The public key as `subjectPublicKey`: a point, or an `RSAPublicKey`.
    pub(crate) fn public_bits(&self) -> &[u8] {
        match &self.0 {
            Inner::Ecdsa(key) => key.der.public_key().as_ref(),
            Inner::Rsa(_, key) => key.public_key().as_ref(),
            Inner::Ed25519(key) => key.public_key().as_ref(),
            Inner::Token(key) => key.public_bits(),
        }
    }

    /// `SubjectPublicKeyInfo`.
    pub(crate) fn public_key_info(&self) -> Vec<u8> {
        let (algorithm, curve) = (self.algorithm(), self.algorithm().curve());
        let algorithm = match curve {
            Some(curve) => asn1::seq(&[&asn1::oid(oid::EC_PUBLIC_KEY), &asn1::oid(curve.oid)]),
            None if algorithm == Algorithm::Ed25519 => asn1::seq(&[&asn1::oid(oid::ED25519)]),
            None => asn1::seq(&[&asn1::oid(oid::RSA), &asn1::tlv(asn1::tag::NULL, &[])]),
        };
        asn1::seq(&[&algorithm, &asn1::tlv(asn1::tag::BIT_STRING, &[&[0], self.public_bits()])])
    }
}

/// A document signed with Ed25519 would be refused by the programs that go by ETSI TS 119 312.
pub(crate) fn for_jws_alone() -> Error {
    Error::conflict(
        "algoritmo_solo_jws",
        "La clave es Ed25519, que no sirve para firmar documentos. Pida un certificado P-256.",
    )
}

fn ecdsa(key: &EcdsaKeyPair, message: &[u8]) -> Result<Vec<u8>> {
    signed(key.sign(&SystemRandom::new(), message))
}

/// The library takes a digest of the curve's own hash alone; one of another hash is fitted to that length.
fn ecdsa_over(key: &EcdsaKeyPair, curve: Algorithm, hash: Hash, message: &[u8]) -> Result<Vec<u8>> {
    let fitted = curve.fitted(hash.of(&[message]).as_ref());
    let digest = Digest::import_less_safe(&fitted, curve.hash().algorithm());
    signed(digest.and_then(|digest| key.sign_digest(&digest)))
}

fn signed(made: std::result::Result<Signature, Unspecified>) -> Result<Vec<u8>> {
    made.map(|s| s.as_ref().to_vec()).map_err(|_| Error::internal("a key refuses to sign"))
}

fn rsa(key: &RsaKeyPair, hash: Hash, message: &[u8]) -> Result<Vec<u8>> {
    let scheme: &RsaSignatureEncoding = match hash {
        Hash::Sha256 => &RSA_PKCS1_SHA256,
        Hash::Sha384 => &RSA_PKCS1_SHA384,
        Hash::Sha512 => &RSA_PKCS1_SHA512,
    };
    let mut signature = vec![0; key.public_modulus_len()];
    key.sign(scheme, &SystemRandom::new(), message, &mut signature)
        .map_err(|_| Error::internal("a key refuses to sign"))?;
    Ok(signature)
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SigningKey({:?}, ***)", self.algorithm())
    }
}
