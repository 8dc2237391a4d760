//! One door for every kind of signed file: what is given says itself what it is.

use copihue_core::Timestamp;
use copihue_core::json::sha256_hex;

use super::detect::Kind;
use super::file::Given;
use super::material::Material;
use super::signature::All;
use super::timestamp::{DocumentTimestamp, Known, Token};
use super::trust::TrustStore;
use super::verdict::{Changes, FileFacts, Outcome, SubIndication, Verdict};
use super::{asic, cades, effort, jose, plain, verify_pdf, xml};
use crate::ers::{EvidenceVerdict, verify_record_of};
use crate::tsp::granted_token;

/// Judges files that belong together: a signed one, or a signature and what it is over, with evidence records and timestamps
/// over them, in any order. `known_at` as for [`verify_pdf`]; an evidence record proves an earlier instant.
#[must_use]
pub fn verify(files: &[Given<'_>], trust: &TrustStore, known_at: Timestamp) -> Verdict {
    let bounded = effort::bounded(|| {
        let plain: Vec<Option<Vec<u8>>> = files.iter().map(|f| plain::as_der(f.bytes)).collect();
        let pairs = files.iter().zip(&plain);
        let read = pairs.map(|(file, der)| Given { bytes: der.as_deref().unwrap_or(file.bytes), ..*file });
        judge_together((files, &read.collect::<Vec<_>>()), trust, known_at)
    });
    bounded.unwrap_or_else(|_| {
        let first = files.first().map(|f| f.bytes).unwrap_or_default();
        Verdict::new(first, known_at).of_kind(Kind::of(first)).unreadable(effort::TOO_MUCH)
    })
}

/// Files as they were given, and as they are read.
fn judge_together(
    (files, read): (&[Given<'_>], &[Given<'_>]),
    trust: &TrustStore,
    known_at: Timestamp,
) -> Verdict {
    let kinds: Vec<Kind> = read.iter().map(|f| Kind::of(f.bytes)).collect();
    let all = || kinds.iter().copied().enumerate();
    let is_proof = |kind: Kind| matches!(kind, Kind::EvidenceRecord | Kind::Timestamp);
    // What may be beside its file comes before that file, which may be signed itself.
    let subject = all().filter(|(_, kind)| !is_proof(*kind)).min_by_key(|(_, kind)| *kind);
    let Some((subject, kind)) = subject else { return alone(read, &kinds, known_at) };
    let others = || all().filter(|(n, kind)| *n != subject && !is_proof(*kind)).map(|(n, _)| n);
    let beside: Vec<Given<'_>> = others().map(|n| files[n]).collect();
    let mut proofs = Proofs::default();
    for (n, kind) in all() {
        match kind {
            Kind::EvidenceRecord => proofs.record(files[n], (files[subject], &beside), trust, known_at),
            Kind::Timestamp => proofs.stamp(read[n], (files[subject], &beside), trust, known_at),
            _ => {}
        }
    }
    let known_at = proofs.since.map_or(known_at, |since| since.min(known_at));
    let verdict = proofs.add_to(judge((read[subject], kind), &beside, trust, known_at));
    named_as_given(verdict, files[subject], read[subject])
}

/// What was read in another form than it was given is named by what was given.
fn named_as_given(mut verdict: Verdict, given: Given<'_>, read: Given<'_>) -> Verdict {
    if given != read && verdict.document.sha256 == sha256_hex(read.bytes) {
        verdict.document.sha256 = sha256_hex(given.bytes);
        verdict.document.bytes = given.bytes.len();
    }
    verdict
}

/// Of proofs whose document is not there.
fn alone(files: &[Given<'_>], kinds: &[Kind], known_at: Timestamp) -> Verdict {
    let first = files.first().map(|f| f.bytes).unwrap_or_default();
    let mut verdict = Verdict::new(first, known_at).of_kind(kinds.first().copied().unwrap_or_default());
    if !files.is_empty() {
        verdict.outcome = Outcome::Incomplete;
    }
    verdict
}

fn judge(
    (subject, kind): (Given<'_>, Kind),
    beside: &[Given<'_>],
    trust: &TrustStore,
    known_at: Timestamp,
) -> Verdict {
    // A signature beside a single file speaks of that file.
    let document = match beside {
        [only] if kind.may_be_beside() => only.bytes,
        _ => subject.bytes,
    };
    let verdict = Verdict::new(document, known_at).of_kind(kind);
    if !kind.may_be_beside() && !beside.is_empty() && kind != Kind::Other {
        return verdict.unreadable("several files that have nothing to do with each other");
    }
    match kind {
        Kind::Pdf => verify_pdf(subject.bytes, trust, known_at),
        Kind::Cms => judge_cms(verdict, subject, beside, trust, known_at),
        Kind::JwsCompact | Kind::JwsJson => match jose::judge_all(subject.bytes, beside, trust, known_at) {
            Ok(signatures) => verdict.conclude_all(signatures),
            Err(problem) => verdict.unreadable(problem),
        },
        Kind::Xml => judge_xml(verdict, subject, beside, trust, known_at),
        Kind::AsicS | Kind::AsicE => judge_container(verdict, subject, trust, known_at),
        Kind::Other | Kind::EvidenceRecord | Kind::Timestamp => {
            verdict.unreadable("none of the kinds of signed files that are known here")
        }
    }
}

fn judge_cms(
    verdict: Verdict,
    subject: Given<'_>,
    beside: &[Given<'_>],
    trust: &TrustStore,
    known_at: Timestamp,
) -> Verdict {
    let content = match beside {
        [] => None,
        [only] => Some(only.bytes),
        _ => return verdict.unreadable("a CMS is over one file, and several were given"),
    };
    match cades::judge_all(subject.bytes, content, trust, known_at) {
        Ok(signatures) => verdict.conclude_all(signatures),
        Err(problem) => verdict.unreadable(problem),
    }
}

fn judge_xml(
    verdict: Verdict,
    subject: Given<'_>,
    beside: &[Given<'_>],
    trust: &TrustStore,
    known_at: Timestamp,
) -> Verdict {
    let judged = match xml::judge_all(subject.bytes, beside, trust, known_at) {
        Ok(judged) => judged,
        Err(problem) => return verdict.unreadable(problem),
    };
    let files = beside.iter().map(|f| (f.name.to_owned(), judged.files.contains(f.name))).collect();
    verdict.conclude_all(judged.signatures).with_files(files).unless_partly(judged.is_covered)
}

fn judge_container(verdict: Verdict, subject: Given<'_>, trust: &TrustStore, known_at: Timestamp) -> Verdict {
    match asic::judge_all(subject.bytes, verdict.document.kind, trust, known_at) {
        Ok(judged) => {
            let all = All { signatures: judged.signatures, timestamps: judged.timestamps };
            let verdict = verdict.conclude(all).with_files(judged.files);
            let verdict = Verdict { evidence: judged.evidence, ..verdict };
            verdict.or_dated()
        }
        Err(problem) => verdict.unreadable(problem),
    }
}

/// Evidence records and timestamps that came beside a document.
#[derive(Default)]
struct Proofs {
    evidence: Vec<EvidenceVerdict>,
    stamps: Vec<DocumentTimestamp>,
    /// Since when the judged file itself is known to exist.
    since: Option<Timestamp>,
    problem: Option<SubIndication>,
}

type Documents<'a, 'b> = (Given<'a>, &'b [Given<'a>]);

impl Proofs {
    fn record(
        &mut self,
        record: Given<'_>,
        (subject, beside): Documents<'_, '_>,
        trust: &TrustStore,
        now: Timestamp,
    ) {
        let mut problem = SubIndication::HashFailure;
        for file in std::iter::once(subject).chain(beside.iter().copied()) {
            match verify_record_of(record.bytes, file.bytes, trust, now) {
                Ok(verdict) => {
                    if file == subject {
                        self.note(verdict.since);
                    }
                    let of = Some(file.name.to_owned());
                    return self.evidence.push(EvidenceVerdict { of, ..verdict });
                }
                Err(SubIndication::HashFailure) => {}
                Err(other) => problem = other,
            }
        }
        self.problem = Some(problem);
    }

    fn stamp(
        &mut self,
        token: Given<'_>,
        (subject, beside): Documents<'_, '_>,
        trust: &TrustStore,
        now: Timestamp,
    ) {
        let der = granted_token(token.bytes).unwrap_or_else(|_| token.bytes.to_vec());
        let material = Material::default();
        let known = Known { trust, material: &material, at: now };
        let judge = |file: &Given<'_>| Token::open(&der)?.judge(&[file.bytes], &[], known);
        let mut problem = SubIndication::HashFailure;
        for file in std::iter::once(subject).chain(beside.iter().copied()) {
            match judge(&file) {
                Ok(stamp) => {
                    if file == subject && stamp.counts() {
                        self.note(stamp.time);
                    }
                    let (id, covers) = (token.name.to_owned(), vec![file.name.to_owned()]);
                    let changes_after = Changes::None;
                    self.stamps.push(DocumentTimestamp {
                        id,
                        stamp: Some(stamp),
                        problem: None,
                        covers,
                        changes_after,
                    });
                    return;
                }
                Err(SubIndication::HashFailure) => {}
                Err(other) => problem = other,
            }
        }
        self.problem = Some(problem);
    }

    fn note(&mut self, at: Timestamp) {
        self.since = Some(self.since.map_or(at, |since| since.min(at)));
    }

    fn add_to(self, mut verdict: Verdict) -> Verdict {
        verdict.evidence.extend(self.evidence);
        verdict.document_timestamps.extend(self.stamps);
        if verdict.document.kind == Kind::Other && verdict.proves_a_date() {
            verdict.outcome = Outcome::Dated;
            verdict.problem = None;
        }
        match self.problem {
            // It was changed, or it is another's: nobody can tell from here.
            Some(SubIndication::HashFailure) => {
                verdict.outcome = Outcome::Mismatched;
            }
            Some(_) => verdict.outcome = Outcome::Altered,
            None => {}
        }
        verdict
    }
}

impl Verdict {
    fn with_files(mut self, files: Vec<(String, bool)>) -> Self {
        self.files = files.into_iter().map(|(name, is_signed)| FileFacts { name, is_signed }).collect();
        let is_whole = self.files.iter().all(|f| f.is_signed);
        self.unless_partly(is_whole)
    }

    /// What is good of a part says nothing of the rest.
    fn unless_partly(mut self, is_whole: bool) -> Self {
        if !is_whole && self.outcome == Outcome::Genuine {
            self.outcome = Outcome::Partly;
        }
        self
    }

    fn proves_a_date(&self) -> bool {
        !self.evidence.is_empty() || self.document_timestamps.iter().any(|t| t.proves().is_some())
    }

    /// Without a signature, but with a proof of when it existed.
    fn or_dated(mut self) -> Self {
        if self.outcome == Outcome::Unsigned && self.proves_a_date() {
            self.outcome = Outcome::Dated;
        }
        self
    }
}
