//! A CMS over whatever it is over, judged: digest, certificate, signature, timestamps, path.

use copihue_core::Timestamp;
use copihue_core::secret::constant_time_eq;

use super::algorithm;
use super::archive;
use super::chain::{self, Purpose};
use super::cms::{SignedData, Signer};
use super::material::RevocationFacts;
use super::timestamp::{Known, TimestampVerdict, Token};
use super::verdict::{Changes, Coverage, Indication, SignatureVerdict, SignerFacts, SubIndication};
use crate::model::level::Level;
use crate::oid;
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
    /// Timestamps over the whole signature.
    pub(super) archive: Vec<TimestampVerdict>,
    /// What the file says of each certificate of the signer's path; `None` when it leaves one out.
    pub(super) revocation: Option<Vec<RevocationFacts>>,
    /// The path that was found.
    pub(super) chain: Vec<Certificate>,
}

impl Learnt {
    /// The earliest instant at which the signature is known to have existed.
    pub(super) fn best_time(&self) -> Option<Timestamp> {
        self.timestamps.iter().chain(&self.archive).filter(|t| t.counts()).map(|t| t.time).min()
    }

    /// The level that was reached, as far as it can be proved from the file.
    pub(super) fn level(&self, is_archived: bool) -> Level {
        let stamps = || self.timestamps.iter().filter(|t| t.counts());
        let Some(best) = stamps().map(|t| t.time).min() else { return Level::B };
        // What no longer held when it was signed says nothing of its certificate at that time.
        let held = |f: &RevocationFacts| f.time >= best || f.until.is_some_and(|until| until >= best);
        let is_later = |facts: &Vec<RevocationFacts>| facts.first().is_none_or(held);
        let stamped = stamps().any(|t| t.proved);
        match self.revocation.as_ref().is_some_and(is_later) && stamped {
            false => Level::T,
            true if is_archived || self.archive.iter().any(TimestampVerdict::counts) => Level::LTA,
            true => Level::LT,
        }
    }
}

/// What is told of a signature besides what was learnt.
pub(super) struct Described {
    pub(super) id: String,
    pub(super) format: String,
    pub(super) claimed_time: Option<Timestamp>,
    pub(super) reason: Option<String>,
    pub(super) coverage: Coverage,
    pub(super) changes_after: Changes,
    /// Whether something that counts proves that all of it existed, besides its own archive timestamps.
    pub(super) is_archived: bool,
}

/// The answer.
pub(super) fn verdict(
    problem: Option<SubIndication>,
    learnt: Learnt,
    described: Described,
) -> SignatureVerdict {
    let mut verdict = SignatureVerdict {
        id: described.id,
        format: described.format,
        level: learnt.level(described.is_archived).name(),
        indication: match problem {
            None if described.changes_after == Changes::Content => Indication::TotalFailed,
            None => Indication::TotalPassed,
            Some(problem) => indication_of(problem),
        },
        sub_indication: problem,
        best_time: learnt.best_time(),
        signer: learnt.signer,
        claimed_time: described.claimed_time,
        timestamps: learnt.timestamps,
        archive_timestamps: learnt.archive,
        chain: learnt.chain,
        revocation: learnt.revocation.unwrap_or_default(),
        reason: described.reason,
        coverage: described.coverage,
        changes_after: described.changes_after,
        algorithm: learnt.algorithm,
        messages_es: Vec::new(),
    };
    verdict.messages_es = super::report::sentences(&verdict);
    verdict
}

/// Judges a CMS over these bytes, which were signed at `claimed` by the signer's own clock.
pub(super) fn check(
    signed: &SignedData<'_>,
    parts: &[&[u8]],
    (profile, claimed): (Profile, Option<Timestamp>),
    known: Known<'_>,
    learnt: &mut Learnt,
) -> Result<(), SubIndication> {
    let leaf = signed.signing_certificate().ok_or(SubIndication::NoSigningCertificateFound)?;
    learnt.signer = Some(signer_facts(leaf));
    let signer = &signed.signer;
    check_digest(signer, parts)?;
    check_certificate_id(signer, leaf, profile)?;
    learnt.algorithm = Some(check_signature(signer, leaf)?);
    let sent = &signed.certificates;
    learnt.archive = archive::judge_cms(signed, parts, known)?;
    let known = known.since(learnt.best_time());
    let tokens: Vec<&[u8]> = signer.unsigned_values(oid::TIMESTAMP_TOKEN).collect();
    learnt.timestamps = check_timestamps(&tokens, &[signer.signature], sent, known)?;
    if claimed.is_none() && profile != Profile::Plain {
        return Err(SubIndication::SigConstraintsFailure);
    }
    check_certificate(leaf, sent, claimed, known, learnt)
}

/// Whether the certificate of a signature, whose own mathematics holds, counted when it signed. Without a time of its own
/// the signature counts as made when it is first known to have existed.
pub(super) fn check_certificate(
    leaf: &Certificate,
    sent: &[Certificate],
    claimed: Option<Timestamp>,
    known: Known<'_>,
    learnt: &mut Learnt,
) -> Result<(), SubIndication> {
    use SubIndication as S;
    let path = chain::build(leaf, &known.with(sent), known.trust, Purpose::Document)
        .ok_or(S::NoCertificateChainFound)?;
    if let Some(signer) = &mut learnt.signer {
        signer.kind = Some(path.kind);
    }
    learnt.chain.clone_from(&path.certificates);
    if !chain::none_damaged(&path, sent, known.trust) {
        return Err(S::CertificateChainGeneralFailure);
    }
    if learnt.timestamps.iter().any(|t| t.sub_indication == Some(S::TimestampOrderFailure)) {
        return Err(S::TimestampOrderFailure);
    }
    // A timestamp proves that the signature existed when its certificates still counted.
    let known_at = known.since(learnt.best_time()).at;
    learnt.revocation = known.material.of_path(&path.certificates);
    let revoked = known.revocations(&path);
    if let Some(problem) =
        chain::judge(&path, revoked, Purpose::Document, claimed.unwrap_or(known_at), known_at)
    {
        return Err(problem);
    }
    match learnt.algorithm {
        Some(name) if !algorithm::counts_at(name, leaf, known_at) => Err(S::CryptoConstraintsFailureNoPoe),
        _ => Ok(()),
    }
}

fn check_digest(signer: &Signer<'_>, parts: &[&[u8]]) -> Result<(), SubIndication> {
    let hash = signer.hash.ok_or(SubIndication::CryptoConstraintsFailure)?;
    if hash.of(parts).as_ref() == signer.message_digest { Ok(()) } else { Err(SubIndication::HashFailure) }
}

fn check_certificate_id(
    signed: &Signer<'_>,
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

fn check_signature(signer: &Signer<'_>, leaf: &Certificate) -> Result<&'static str, SubIndication> {
    let hash = signer.hash.ok_or(SubIndication::CryptoConstraintsFailure)?;
    Ok(algorithm::verify(leaf, &signer.algorithm, hash, &signer.attributes, signer.signature)?)
}

/// Judges a signature's timestamps over these bytes. One whose authority is unknown proves nothing; one that is damaged was
/// tampered with, and then nothing of the signature is believed.
pub(super) fn check_timestamps(
    tokens: &[&[u8]],
    over: &[&[u8]],
    sent: &[Certificate],
    known: Known<'_>,
) -> Result<Vec<TimestampVerdict>, SubIndication> {
    let judge = |der: &&[u8]| Token::open(der)?.judge(over, sent, known);
    let damaged = |_: SubIndication| SubIndication::SigConstraintsFailure;
    tokens.iter().map(|der| judge(der).map_err(damaged)).collect()
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
        other_runs: leaf.runs().into_iter().skip(1).map(mask_run).collect(),
        issuer: leaf.issuer_common_name(),
        serial: leaf.serial(),
        kind: None,
    }
}
