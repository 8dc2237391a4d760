//! Is this file genuine, whatever it is signed as? A pure and offline answer, after ETSI EN 319 102-1 and specs signing §8.
//!
//! Everything that could be read in two ways is refused: a signature counts only if each byte of the file is either
//! under its digest, or is the canonical text of its own CMS.

mod algorithm;
mod archive;
mod asic;
mod cades;
mod chain;
mod changes;
mod check;
mod cms;
mod detect;
mod door;
mod effort;
mod etsi;
mod facts;
mod file;
mod found;
mod gap;
mod indication;
mod jose;
mod json;
mod last;
mod list;
mod material;
mod paper;
mod plain;
mod report;
mod roles;
mod signature;
mod timestamp;
mod trust;
mod verdict;
mod xml;

pub use cades::verify_cades;
pub(crate) use chain::issued;
pub use detect::Kind;
pub use door::verify;
pub use etsi::to_etsi_xml;
pub use file::Given;
pub use found::FoundSignature;
pub use jose::{JwsVerdict, verify_jws};
pub use json::{POLICY, to_json};
pub(crate) use last::LastSignature;
pub use list::{ListError, read_trust_list};
pub use material::RevocationFacts;
pub(crate) use material::proved;
pub(crate) use paper::to_pdf;
pub use report::{Report, report};
pub(crate) use report::{archived, kept_since, local_time};
pub use timestamp::{DocumentTimestamp, TimestampVerdict, timestamp_of};
pub(crate) use timestamp::{accept as accept_token, judge_token, token_facts, token_imprint};
pub use trust::{Anchor, AnchorKind, TrustStore, TrustedFor};
pub use verdict::{
    Changes, Coverage, DocumentFacts, FileFacts, Indication, Outcome, SignatureVerdict, SignerFacts,
    SubIndication, Verdict,
};
pub(crate) use xml::signed_as_asked;

use copihue_core::Timestamp;

use crate::pdf::Reader;

/// Judges a PDF. `known_at` is an instant at which the document is known to exist: the present, or the time at which a
/// register that can be trusted took it in. Certificates must still have been valid then.
#[must_use]
pub fn verify_pdf(pdf: &[u8], trust: &TrustStore, known_at: Timestamp) -> Verdict {
    let verdict = Verdict::new(pdf, known_at).of_kind(Kind::Pdf);
    let judged = effort::bounded(|| judge_pdf(verdict.clone(), pdf, trust, known_at));
    judged.unwrap_or_else(|_| verdict.unreadable(effort::TOO_MUCH))
}

fn judge_pdf(mut verdict: Verdict, pdf: &[u8], trust: &TrustStore, known_at: Timestamp) -> Verdict {
    let reader = match Reader::open(pdf) {
        Ok(reader) => reader,
        Err(problem) => return verdict.unreadable(problem),
    };
    match facts::read(&reader) {
        Ok(facts) => verdict.set_facts(facts),
        Err(problem) => return verdict.unreadable(problem),
    }
    match signature::find(&reader) {
        Ok(found) => {
            let all = signature::verify_all(&reader, &found, trust, known_at);
            verdict.conclude(all)
        }
        Err(problem) => verdict.unreadable(problem),
    }
}
