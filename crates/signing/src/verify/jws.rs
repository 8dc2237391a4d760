//! Is this JWS (RFC 7515, compact) genuine? Only what [`crate::Signer`] makes: one signature, its certificate in `x5c`.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey,
    VerificationAlgorithm,
};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use copihue_core::Timestamp;
use copihue_core::json::sha256;
use serde::Deserialize;

use super::chain::{self, MAX_PATH, Purpose};
use super::check::{indication_of, signer_facts};
use super::report::why;
use super::trust::TrustStore;
use super::verdict::{Indication, SignerFacts, SubIndication};
use crate::keys::Algorithm;
use crate::oid;
use crate::pki::Certificate;

/// The answer for a JWS.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct JwsVerdict {
    /// The bytes that it says were signed; empty when it can't be read.
    pub payload: Vec<u8>,
    /// Who signed, by the certificate.
    pub signer: Option<SignerFacts>,
    /// When, as it says itself.
    pub claimed_time: Option<Timestamp>,
    /// What does not fit, or can't be known.
    pub problem: Option<SubIndication>,
}

impl JwsVerdict {
    /// Whether it counts, is false, or can't be told.
    #[must_use]
    pub fn indication(&self) -> Indication {
        self.problem.map_or(Indication::TotalPassed, indication_of)
    }

    /// Why it does not count, as a Spanish sentence; `None` when it does.
    #[must_use]
    pub fn why(&self) -> Option<&'static str> {
        self.problem.map(why)
    }
}

/// Judges a compact JWS. `known_at` is an instant at which it is known to exist.
#[must_use]
pub fn verify_jws(text: &str, trust: &TrustStore, known_at: Timestamp) -> JwsVerdict {
    let mut verdict = JwsVerdict { payload: Vec::new(), signer: None, claimed_time: None, problem: None };
    verdict.problem = check(text, trust, known_at, &mut verdict).err();
    verdict
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    alg: String,
    iat: i64,
    x5c: Vec<String>,
    #[serde(rename = "x5t#S256")]
    thumbprint: String,
}

fn check(
    text: &str,
    trust: &TrustStore,
    known_at: Timestamp,
    verdict: &mut JwsVerdict,
) -> Result<(), SubIndication> {
    use SubIndication as S;
    let (input, signature) = text.rsplit_once('.').ok_or(S::FormatFailure)?;
    let (header, payload) = input.split_once('.').ok_or(S::FormatFailure)?;
    let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| S::FormatFailure);
    let header: Header = serde_json::from_slice(&decode(header)?).map_err(|_| S::FormatFailure)?;
    verdict.payload = decode(payload)?;
    let sent = certificates(&header)?;
    let leaf = sent.first().ok_or(S::NoSigningCertificateFound)?;
    verdict.signer = Some(signer_facts(leaf));
    if header.thumbprint != URL_SAFE_NO_PAD.encode(sha256(leaf.der())) {
        return Err(S::NoSigningCertificateFound);
    }
    let scheme = scheme(&header.alg, leaf).ok_or(S::CryptoConstraintsFailure)?;
    UnparsedPublicKey::new(scheme, leaf.public_bits())
        .verify(input.as_bytes(), &decode(signature)?)
        .map_err(|_| S::SigCryptoFailure)?;
    let claimed = header.iat.checked_mul(1000).map(Timestamp::from_millis).ok_or(S::FormatFailure)?;
    verdict.claimed_time = Some(claimed);
    let path = chain::build(leaf, &sent, trust).ok_or(S::NoCertificateChainFound)?;
    if let Some(signer) = &mut verdict.signer {
        signer.kind = Some(path.kind);
    }
    if !chain::none_damaged(&path, &sent, trust) {
        return Err(S::CertificateChainGeneralFailure);
    }
    let revoked = trust.first_revocation(&path.certificates);
    chain::judge(&path, revoked, Purpose::Document, claimed, known_at).map_or(Ok(()), Err)
}

fn certificates(header: &Header) -> Result<Vec<Certificate>, SubIndication> {
    if header.x5c.len() > MAX_PATH {
        return Err(SubIndication::FormatFailure);
    }
    let read = |text: &String| Certificate::from_der(&STANDARD.decode(text).ok()?).ok();
    header.x5c.iter().map(read).collect::<Option<_>>().ok_or(SubIndication::CertificateChainGeneralFailure)
}

/// The algorithm that the header names, where it is the key's own: the header alone must not choose it.
fn scheme(name: &str, leaf: &Certificate) -> Option<&'static dyn VerificationAlgorithm> {
    match leaf.key_algorithm() {
        (oid::EC_PUBLIC_KEY, Some(oid::P256)) if name == Algorithm::P256.jws() => {
            Some(&ECDSA_P256_SHA256_FIXED)
        }
        (oid::EC_PUBLIC_KEY, Some(oid::P384)) if name == Algorithm::P384.jws() => {
            Some(&ECDSA_P384_SHA384_FIXED)
        }
        (oid::RSA, _) if name == Algorithm::Rsa2048.jws() => Some(&RSA_PKCS1_2048_8192_SHA256),
        _ => None,
    }
}
