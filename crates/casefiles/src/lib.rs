//! Case files (expedientes): documents in order, a chained index, metadata, trace, and who may read what.
//!
//! Other services write in their own transaction: [`Casefiles::open`], [`Casefiles::file`],
//! [`Casefiles::certify_filing`], [`Casefiles::set_state`]. Persons and officials read through
//! [`Casefiles::case`] and [`Casefiles::document`], which decide with one pure function ([`decide`]) and
//! write each reading, and each refusal, to the access register.

mod app;
mod export;
mod model;
mod pages;
mod panel;
mod ports;
mod store;

use copihue_db::MigrationSet;

copihue_web::locale!("casefiles", include_str!("../locales/es-CL.ftl"));

pub use app::{Assignee, Casefiles, DocumentFile, Parts, Restriction};
pub use export::{ExportVerdict, Finding, Judgement, Seal, Trust, verify_export};
pub use model::access::{Access, Condition, Decision, Facts, Reader, decide};
pub use model::case::{CaseRef, CaseState, OpenCase, Party, Responsible};
pub use model::chain::{EntryClass, Skeleton, commitment, genesis, replay};
pub use model::codes::{
    AccessLevel, ActorKind, ActorRelation, DocumentKind, InstitutionRelation, Mechanism, Origin, Sensitivity,
};
pub use model::document::{Author, Direction, EntryRef, Interoperated, NewEntry, Privacy, Signer, Stage};
pub use model::filing::{Declaration, Effective, Filing, FilingCertificate, FilingOrigin, Presenter};
pub use model::metadata::{
    CASE_MANDATORY, Closed, DOCUMENT_MANDATORY, DocumentContext, check_case, check_document, of_case,
    of_document,
};
pub use model::number::{CaseKey, Series};
pub use model::view::{
    CaseSummary, CaseView, DocumentView, EntryView, FilingView, PartyView, Relation, TraceView,
};
pub use panel::{CaseActs, CasePanel, OtherAct};
pub use ports::{Act, Calendars, Evidence, Issued, Receipts, Sealer};
pub use store::access::AccessLine;
pub use store::deeds;

/// The crate's tables.
pub const MIGRATIONS: MigrationSet = MigrationSet {
    name: "casefiles",
    files: &[
        ("0001_case.sql", include_str!("../migrations/0001_case.sql")),
        ("0002_index.sql", include_str!("../migrations/0002_index.sql")),
        ("0003_access.sql", include_str!("../migrations/0003_access.sql")),
    ],
};
