//! Private keys: generated here, kept encrypted, parsed once, and never handed out.

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _,
    RSA_PKCS1_SHA256, RsaKeyPair,
};
use copihue_core::{Error, Result, Secret};

use crate::asn1;
use crate::oid;
use crate::pki::Certificate;
use crate::token::{TokenKey, TokenSettings};

/// What a key signs with; always over SHA-256.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Algorithm {
    /// ECDSA on P-256: the default for new certificates (ETSI TS 119 312 sets no end to it).
    #[default]
    P256,
    /// RSA-2048 with PKCS#1 v1.5, for consumers without ECDSA; its certificates end before 2029.
    Rsa2048,
}

impl Algorithm {
    /// As stored.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::P256 => "p256",
            Self::Rsa2048 => "rsa2048",
        }
    }

    /// From what is stored.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::P256, Self::Rsa2048].into_iter().find(|a| a.code() == code)
    }

    /// The `alg` of a JWS header (RFC 7518).
    #[must_use]
    pub const fn jws(self) -> &'static str {
        match self {
            Self::P256 => "ES256",
            Self::Rsa2048 => "RS256",
        }
    }

    /// `AlgorithmIdentifier` of its signatures: RSA carries NULL parameters, ECDSA none (RFC 5754).
    pub(crate) fn identifier(self) -> Vec<u8> {
        match self {
            Self::P256 => asn1::seq(&[&asn1::oid(oid::ECDSA_SHA256)]),
            Self::Rsa2048 => asn1::seq(&[&asn1::oid(oid::RSA_SHA256), &asn1::tlv(asn1::tag::NULL, &[])]),
        }
    }

    /// Upper bound of a signature's length in bytes.
    pub(crate) const fn max_signature(self) -> usize {
        match self {
            Self::P256 => 72,
            Self::Rsa2048 => 256,
        }
    }
}

/// A key ready to sign.
pub struct SigningKey(Inner);

enum Inner {
    // CMS and X.509 want the DER form of an ECDSA signature, JOSE the raw r‖s; the library binds the form to the key.
    P256 { der: EcdsaKeyPair, raw: EcdsaKeyPair },
    Rsa(Box<RsaKeyPair>),
    Token(Box<TokenKey>),
}

impl SigningKey {
    /// A new key as PKCS#8, to be encrypted at once.
    ///
    /// # Errors
    /// When the generator fails.
    pub fn generate(algorithm: Algorithm) -> Result<Secret> {
        let document = match algorithm {
            Algorithm::P256 => {
                EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).and_then(|k| k.to_pkcs8v1())
            }
            Algorithm::Rsa2048 => {
                return RsaKeyPair::generate(aws_lc_rs::rsa::KeySize::Rsa2048)
                    .and_then(|k| {
                        k.as_der().map(|der: aws_lc_rs::encoding::Pkcs8V1Der<'_>| Secret::new(der.as_ref()))
                    })
                    .map_err(|_| Error::internal("a key can't be generated"));
            }
        };
        document.map(|d| Secret::new(d.as_ref())).map_err(|_| Error::internal("a key can't be generated"))
    }

    /// Reads a PKCS#8 key. Costly: do it once and keep the result.
    ///
    /// # Errors
    /// When the bytes are not such a key.
    pub fn from_pkcs8(algorithm: Algorithm, pkcs8: &Secret) -> Result<Self> {
        let bad = |e| Error::internal(format_args!("a stored key can't be read: {e}"));
        let inner = match algorithm {
            Algorithm::P256 => Inner::P256 {
                der: EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, pkcs8.expose())
                    .map_err(bad)?,
                raw: EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.expose())
                    .map_err(bad)?,
            },
            Algorithm::Rsa2048 => Inner::Rsa(Box::new(RsaKeyPair::from_pkcs8(pkcs8.expose()).map_err(bad)?)),
        };
        Ok(Self(inner))
    }

    /// The private key of this certificate, which is in a PKCS#11 token. The token is asked when something is to be signed.
    ///
    /// # Errors
    /// When the certificate's key is neither RSA-2048 nor on P-256.
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
            Inner::P256 { .. } | Inner::Rsa(_) => Ok(()),
        }
    }

    /// Its algorithm.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        match &self.0 {
            Inner::P256 { .. } => Algorithm::P256,
            Inner::Rsa(_) => Algorithm::Rsa2048,
            Inner::Token(key) => key.algorithm(),
        }
    }

    /// Signs a message, as CMS and X.509 carry it.
    ///
    /// # Errors
    /// When the library refuses.
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>> {
        match &self.0 {
            Inner::P256 { der, .. } => ecdsa(der, message),
            Inner::Rsa(key) => rsa(key, message),
            Inner::Token(key) => key.sign(message),
        }
    }

    /// Signs a message, as JOSE carries it (raw r‖s for ECDSA).
    ///
    /// # Errors
    /// When the library refuses.
    pub fn sign_jose(&self, message: &[u8]) -> Result<Vec<u8>> {
        match &self.0 {
            Inner::P256 { raw, .. } => ecdsa(raw, message),
            Inner::Rsa(key) => rsa(key, message),
            Inner::Token(key) => key.sign_raw(message),
        }
    }

    /// The public key as `subjectPublicKey`: a point, or an `RSAPublicKey`.
    pub(crate) fn public_bits(&self) -> &[u8] {
        match &self.0 {
            Inner::P256 { der, .. } => der.public_key().as_ref(),
            Inner::Rsa(key) => key.public_key().as_ref(),
            Inner::Token(key) => key.public_bits(),
        }
    }

    /// `SubjectPublicKeyInfo`.
    pub(crate) fn public_key_info(&self) -> Vec<u8> {
        let algorithm = match self.algorithm() {
            Algorithm::P256 => asn1::seq(&[&asn1::oid(oid::EC_PUBLIC_KEY), &asn1::oid(oid::P256)]),
            Algorithm::Rsa2048 => asn1::seq(&[&asn1::oid(oid::RSA), &asn1::tlv(asn1::tag::NULL, &[])]),
        };
        asn1::seq(&[&algorithm, &asn1::tlv(asn1::tag::BIT_STRING, &[&[0], self.public_bits()])])
    }
}

fn ecdsa(key: &EcdsaKeyPair, message: &[u8]) -> Result<Vec<u8>> {
    key.sign(&SystemRandom::new(), message)
        .map(|s| s.as_ref().to_vec())
        .map_err(|_| Error::internal("a key refuses to sign"))
}

fn rsa(key: &RsaKeyPair, message: &[u8]) -> Result<Vec<u8>> {
    let mut signature = vec![0; key.public_modulus_len()];
    key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature)
        .map_err(|_| Error::internal("a key refuses to sign"))?;
    Ok(signature)
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SigningKey({:?}, ***)", self.algorithm())
    }
}
