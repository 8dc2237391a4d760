//! A CMS over whatever it is over, judged: digest, certificate, signature, timestamps, path.

use copihue_core::Timestamp;
use copihue_core::secret::constant_time_eq;

use super::algorithm::{self, CryptoError};
use super::chain::{self, Purpose};
use super::cms::SignedData;
use super::material::RevocationFacts;
use super::timestamp::{Known, TimestampVerdict, Token};
use super::verdict::{Indication, SignerFacts, SubIndication};
use crate::model::level::Level;
use crate::pki::{Certificate, mask_run};
use crate::signer::SignerName;

/// By whose rules it is judged.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Profile {
    /// EN 319 142-1: it says which certificate it means, and the time is the PDF's to say.
    Pades,
    /// RFC 5652 alone: what programs made before that, and many still make.
    Plain,
    /// EN 319 122-1: it says which certificate it means, and when.
    Cades,
}

/// What was learnt on the way, whatever the end.
#[derive(Default)]
pub(super) struct Learnt {
    pub(super) signer: Option<SignerFacts>,
    pub(super) algorithm: Option<&'static str>,
    pub(super) timestamps: Vec<TimestampVerdict>,
    /// What the file says of each certificate of the signer's path; `None` when it leaves one out.
    pub(super) revocation: Option<Vec<RevocationFacts>>,
}

impl Learnt {
    /// The earliest instant at which the signature is known to have existed.
    pub(super) fn best_time(&self) -> Option<Timestamp> {
        self.timestamps.iter().filter(|t| t.counts()).map(|t| t.time).min()
    }

    /// The level that was reached, as far as it can be proved from the file.
    pub(super) fn level(&self, is_archived: bool) -> Level {
        let Some(best) = self.best_time() else { return Level::B };
        // What was known before the signature says nothing of its certificate at that time.
        let is_later = |facts: &Vec<RevocationFacts>| facts.first().is_none_or(|f| f.time >= best);
        let stamped = self.timestamps.iter().any(|t| t.counts() && t.proved);
        match self.revocation.as_ref().is_some_and(is_later) && stamped {
            false => Level::T,
            true if is_archived => Level::LTA,
            true => Level::LT,
        }
    }
}

/// Judges it over these bytes, which were signed at `claimed` by the signer's own clock.
pub(super) fn check(
    signed: &SignedData<'_>,
    parts: &[&[u8]],
    (profile, claimed): (Profile, Option<Timestamp>),
    known: Known<'_>,
    learnt: &mut Learnt,
) -> Result<(), SubIndication> {
    use SubIndication as S;
    let leaf = signed.signing_certificate().ok_or(S::NoSigningCertificateFound)?;
    learnt.signer = Some(signer_facts(leaf));
    check_digest(signed, parts)?;
    check_certificate_id(signed, leaf, profile)?;
    learnt.algorithm = Some(check_signature(signed, leaf)?);
    learnt.timestamps = check_timestamps(signed, known)?;
    let claimed = claimed.ok_or(S::SigConstraintsFailure)?;
    let path = chain::build(leaf, &known.with(&signed.certificates), known.trust)
        .ok_or(S::NoCertificateChainFound)?;
    if let Some(signer) = &mut learnt.signer {
        signer.kind = Some(path.kind);
    }
    if !chain::none_damaged(&path, &signed.certificates, known.trust) {
        return Err(S::CertificateChainGeneralFailure);
    }
    // A timestamp proves that the signature existed when its certificates still counted.
    let known_at = learnt.best_time().map_or(known.at, |at| at.min(known.at));
    learnt.revocation = known.material.of_path(&path.certificates);
    let revoked = known.first_revocation(&path);
    chain::judge(&path, revoked, Purpose::Document, claimed, known_at).map_or(Ok(()), Err)
}

fn check_digest(signed: &SignedData<'_>, parts: &[&[u8]]) -> Result<(), SubIndication> {
    let hash = signed.hash.ok_or(SubIndication::CryptoConstraintsFailure)?;
    if hash.of(parts).as_ref() == signed.message_digest { Ok(()) } else { Err(SubIndication::HashFailure) }
}

fn check_certificate_id(
    signed: &SignedData<'_>,
    leaf: &Certificate,
    profile: Profile,
) -> Result<(), SubIndication> {
    let says_time = signed.signing_time.is_some();
    if profile == Profile::Pades && says_time || profile == Profile::Cades && !says_time {
        return Err(SubIndication::SigConstraintsFailure);
    }
    let is_strict = profile != Profile::Plain;
    match &signed.certificate_id {
        None if is_strict => Err(SubIndication::SigConstraintsFailure),
        None => Ok(()),
        Some(id) => {
            if is_strict && id.is_weak() {
                return Err(SubIndication::SigConstraintsFailure);
            }
            let digest = id.digest_of(leaf.der()).ok_or(SubIndication::CryptoConstraintsFailure)?;
            let same = constant_time_eq(digest.as_ref(), id.digest);
            if same { Ok(()) } else { Err(SubIndication::NoSigningCertificateFound) }
        }
    }
}

fn check_signature(signed: &SignedData<'_>, leaf: &Certificate) -> Result<&'static str, SubIndication> {
    let hash = signed.hash.ok_or(SubIndication::CryptoConstraintsFailure)?;
    algorithm::verify(leaf, &signed.algorithm, hash, &signed.attributes, signed.signature).map_err(
        |e| match e {
            CryptoError::Refused => SubIndication::CryptoConstraintsFailure,
            CryptoError::Wrong => SubIndication::SigCryptoFailure,
        },
    )
}

/// Judges the signature's timestamps. One whose authority is unknown proves nothing; one that is damaged was tampered
/// with, and then nothing of the signature is believed.
fn check_timestamps(
    signed: &SignedData<'_>,
    known: Known<'_>,
) -> Result<Vec<TimestampVerdict>, SubIndication> {
    let judge = |der: &&[u8]| Token::open(der)?.judge(&[signed.signature], &signed.certificates, known);
    let damaged = |_: SubIndication| SubIndication::SigConstraintsFailure;
    signed.timestamps.iter().map(|der| judge(der).map_err(damaged)).collect()
}

/// Whether a problem is one for good.
pub(super) fn indication_of(problem: SubIndication) -> Indication {
    use SubIndication as S;
    match problem {
        S::FormatFailure
        | S::HashFailure
        | S::SigCryptoFailure
        | S::Revoked
        | S::Expired
        | S::NotYetValid => Indication::TotalFailed,
        _ => Indication::Indeterminate,
    }
}

/// Who a certificate says signed.
pub(super) fn signer_facts(leaf: &Certificate) -> SignerFacts {
    SignerFacts {
        name: SignerName { name: leaf.common_name(), post: leaf.title(), institution: leaf.organisation() },
        run_masked: leaf.run().map(mask_run),
        issuer: leaf.issuer_common_name(),
        serial: leaf.serial(),
        kind: None,
    }
}
