//! A case as one reader may see it.

use copihue_core::calendar::Zone;
use copihue_core::{Id, Timestamp, VerificationCode};

use super::access::Decision;
use super::case::{CaseRef, CaseState, Responsible};
use super::chain::EntryClass;
use super::codes::DocumentKind;
use super::document::{Direction, Stage};

/// One line of a person's list of cases.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CaseSummary {
    /// The case.
    pub case: CaseRef,
    /// Its title.
    pub title: String,
    /// The institution's name.
    pub institution_name: String,
    /// Where it stands.
    pub state: CaseState,
    /// When it began.
    pub opened_at: Timestamp,
    /// When it last changed.
    pub changed_at: Timestamp,
}

/// What a reader is to a case.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Relation {
    /// An interested party, or whoever acts for one.
    Party,
    /// An official who processes it.
    Processes,
    /// An official who may look at it and, without a reason, read nothing (§7 row 8).
    Oversees,
}

/// A case, with every row that the reader may know of.
#[derive(Clone, PartialEq, Debug)]
pub struct CaseView {
    /// The case.
    pub case: CaseRef,
    /// What its reader is to it.
    pub relation: Relation,
    /// Its title.
    pub title: String,
    /// Its subject.
    pub subject: String,
    /// Code of the procedure.
    pub procedure_code: String,
    /// Name of the procedure.
    pub procedure_name: String,
    /// The institution's name.
    pub institution_name: String,
    /// The zone of its days.
    pub zone: Zone,
    /// Where it stands.
    pub state: CaseState,
    /// Who answers for it (EXP-16).
    pub responsible: Responsible,
    /// The parties.
    pub parties: Vec<PartyView>,
    /// When it began.
    pub opened_at: Timestamp,
    /// When it last changed.
    pub changed_at: Timestamp,
    /// The index in its order, redacted for this reader.
    pub entries: Vec<EntryView>,
    /// The head of the chain, lower-case hex.
    pub head: String,
    /// The filing certificates.
    pub filings: Vec<FilingView>,
    /// What happened, oldest first.
    pub timeline: Vec<TraceView>,
}

/// A party as shown.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PartyView {
    /// The person's id; never printed.
    pub person: Id,
    /// Their name.
    pub name: String,
    /// Their RUN, as shown: for those who process the case.
    pub run: Option<String>,
}

/// A row of the index.
#[derive(Clone, PartialEq, Debug)]
pub struct EntryView {
    /// Its place.
    pub n: i64,
    /// What it is.
    pub class: EntryClass,
    /// The number of the document, or the key of what it refers to.
    pub reference: String,
    /// When it was incorporated.
    pub incorporated_at: Timestamp,
    /// Reception, sending or occurrence.
    pub received_at: Timestamp,
    /// What this reader may do with it.
    pub access: Decision,
    /// What it says; `None` when access is restricted.
    pub document: Option<DocumentView>,
}

/// What a reader may know of a document.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DocumentView {
    /// Its title.
    pub title: String,
    /// Its type.
    pub kind: DocumentKind,
    /// Its media type.
    pub media_type: String,
    /// Bytes.
    pub size: u64,
    /// SHA-256, lower-case hex.
    pub sha256: String,
    /// Which way it went.
    pub direction: Direction,
    /// The part of the procedure.
    pub stage: Stage,
    /// Who made it, as shown.
    pub author: String,
    /// The institution that answered, for interoperated data.
    pub source: Option<String>,
    /// The verification code that it carries.
    pub code: Option<VerificationCode>,
    /// Pages.
    pub pages: Option<u32>,
}

/// A filing certificate as shown.
#[derive(Clone, PartialEq, Debug)]
pub struct FilingView {
    /// Number of the certificate.
    pub document: String,
    /// Its verification code.
    pub code: VerificationCode,
    /// Instant of reception.
    pub received: Timestamp,
    /// Instant from which terms run.
    pub effective: Timestamp,
    /// The place of the PDF in the index, once it is filed.
    pub n: Option<i64>,
}

/// A line of the timeline.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TraceView {
    /// What was done: `crear`, `incorporar`, `estado`, `responsable`.
    pub action: String,
    /// When.
    pub at: Timestamp,
    /// By whom, as shown.
    pub actor: String,
    /// What it concerns: a document's number, a state.
    pub detail: String,
}
