//! Whether a record shows that a document existed, and since when (RFC 4998, section 5.3).

use copihue_core::Timestamp;
use serde::Serialize;

use super::record::{Chain, EvidenceRecord, covered};
use super::tree::{Digest, Hash256, root_of};
use crate::hash::Hash;
use crate::verify::{SubIndication, TrustStore, judge_token};

/// What a record shows.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct EvidenceVerdict {
    /// The file that it is over, where there are several.
    #[serde(rename = "archivo", skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
    /// Since when the document existed at the latest.
    #[serde(rename = "desde")]
    pub since: Timestamp,
    /// The authority of the first timestamp, by its certificate.
    #[serde(rename = "autoridad")]
    pub authority: String,
    /// How many timestamps follow each other.
    #[serde(rename = "sellos")]
    pub stamps: usize,
}

/// Whether a file is a record, good or not.
#[must_use]
pub fn is_record(file: &[u8]) -> bool {
    EvidenceRecord::parse(file).is_ok()
}

/// Judges a record (DER) over the document with this SHA-256. Each timestamp must have been renewed while its certificate
/// counted, and the last one must count `now`. A record with a chain under another hash wants the document: see
/// [`verify_record_of`].
///
/// # Errors
/// What is wrong: it is not a record, it is another document's, a timestamp is damaged or its certificate doesn't count.
pub fn verify_record(
    record: &[u8],
    document: Hash256,
    trust: &TrustStore,
    now: Timestamp,
) -> Result<EvidenceVerdict, SubIndication> {
    let digest = |hash| (hash == Hash::Sha256).then(|| document.to_vec());
    judge(record, digest, trust, now)
}

/// The same over a document whose bytes are at hand.
///
/// # Errors
/// As [`verify_record`].
pub fn verify_record_of(
    record: &[u8],
    document: &[u8],
    trust: &TrustStore,
    now: Timestamp,
) -> Result<EvidenceVerdict, SubIndication> {
    judge(record, |hash| Some(hash.of(&[document]).as_ref().to_vec()), trust, now)
}

/// A timestamp, and what it should be over.
struct Told<'a> {
    token: &'a [u8],
    hash: Hash,
    root: Digest,
}

/// Every timestamp in order, each with the root to which it must be.
fn told(chains: &[Chain], digest: impl Fn(Hash) -> Option<Digest>) -> Result<Vec<Told<'_>>, SubIndication> {
    let mut all = Vec::new();
    for (n, chain) in chains.iter().enumerate() {
        let document = digest(chain.hash).ok_or(SubIndication::HashFailure)?;
        let mut over = covered(chain.hash, &document, &chains[..n]);
        for stamp in &chain.stamps {
            let root = root_of(chain.hash, &over, &stamp.path).ok_or(SubIndication::HashFailure)?;
            all.push(Told { token: &stamp.token, hash: chain.hash, root });
            over = chain.hash.of(&[&stamp.token]).as_ref().to_vec();
        }
    }
    Ok(all)
}

/// The same by the document's digests, as far as they are known.
pub(crate) fn judge(
    record: &[u8],
    digest: impl Fn(Hash) -> Option<Digest>,
    trust: &TrustStore,
    now: Timestamp,
) -> Result<EvidenceVerdict, SubIndication> {
    let EvidenceRecord(chains) = EvidenceRecord::parse(record).map_err(|_| SubIndication::FormatFailure)?;
    let all = told(&chains, digest)?;
    // From the last one back: each proves that the one before existed while its certificate still counted.
    let mut known_at = now;
    let mut last = None;
    for Told { token, hash, root } in all.iter().rev() {
        let verdict = judge_token(token, (*hash, root), trust, known_at)?;
        if let Some(why) = verdict.sub_indication {
            return Err(why);
        }
        if verdict.time > known_at {
            return Err(SubIndication::TimestampOrderFailure);
        }
        known_at = verdict.time;
        last = Some(verdict);
    }
    let first = last.ok_or(SubIndication::FormatFailure)?;
    Ok(EvidenceVerdict { of: None, since: first.time, authority: first.authority, stamps: all.len() })
}
