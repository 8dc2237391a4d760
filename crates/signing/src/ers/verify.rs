//! Whether a record shows that a document existed, and since when (RFC 4998, section 5.3).

use copihue_core::Timestamp;
use copihue_core::json::sha256;
use serde::Serialize;

use super::record::EvidenceRecord;
use super::tree::{Hash256, root_of};
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
/// counted, and the last one must count `now`.
///
/// # Errors
/// What is wrong: it is not a record, it is another document's, a timestamp is damaged or its certificate doesn't count.
pub fn verify_record(
    record: &[u8],
    document: Hash256,
    trust: &TrustStore,
    now: Timestamp,
) -> Result<EvidenceVerdict, SubIndication> {
    let EvidenceRecord(stamps) = EvidenceRecord::parse(record).map_err(|_| SubIndication::FormatFailure)?;
    let mut covered = document;
    let mut judged = Vec::new();
    for stamp in &stamps {
        let root = root_of(covered, &stamp.path).ok_or(SubIndication::HashFailure)?;
        judged.push(root);
        covered = sha256(&stamp.token);
    }
    // From the last one back: each proves that the one before existed while its certificate still counted.
    let mut known_at = now;
    let mut last = None;
    for (stamp, root) in stamps.iter().zip(&judged).rev() {
        let verdict = judge_token(&stamp.token, *root, trust, known_at)?;
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
    Ok(EvidenceVerdict { of: None, since: first.time, authority: first.authority, stamps: stamps.len() })
}
