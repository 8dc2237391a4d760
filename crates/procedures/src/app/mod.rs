//! Use cases: authorise, load, run the machine, prepare what it asks for, and commit it all at once.

mod acts;
mod ageing;
mod bulk;
mod catalogue;
mod commit;
mod deadlines;
mod draft;
mod drive;
mod filing;
mod fulfil;
mod issue;
mod lists;
mod look;
mod looks;
mod official;
mod person;
mod prepare;
mod silence;
mod template;
mod withdrawal;
mod writing;

use std::fmt;
use std::sync::Arc;

use arc_swap::ArcSwap;
use copihue_casefiles::Casefiles;
use copihue_core::{Actor, BucketKey, Clock, Error, Id, Random, Result, Timestamp};
use copihue_db::blobs::Blobs;
use copihue_db::jobs::Worker;
use copihue_db::{Db, Tx};
use copihue_directory::Directory;
use copihue_notifications::Notifications;
use copihue_payments::Payments;
use copihue_signing::Signing;
use serde_json::Value;

use crate::lists::Lists;
use crate::model::dates::Place;
use crate::model::machine::{Facts, Person, Procedure};
use crate::queries::QueryGateway;
use crate::store::case::CaseRow;

pub(crate) use bulk::{BatchLook, Deed, GIVEN_IN_BULK};
pub use catalogue::Offer;
use catalogue::Shelf;
pub(crate) use fulfil::is_receipt;
pub use looks::{CaseLook, DeskFilter, OfficialLook, OutcomeLook, StepPage, TaskLook, Waiting};
pub use official::Resolve;
pub use person::{Sent, texts};
pub(crate) use template::{Wording, findings};
pub(crate) use writing::{Seen, Step, Verdict};

/// Writes an act to the transparency log, in the act's own transaction. Wired by the binary.
pub trait Evidence: Send + Sync {
    /// Appends the commitment of one act.
    ///
    /// # Errors
    /// When it can't be written: the act is rolled back with it.
    fn append(&self, tx: &mut Tx<'_>, act: Act<'_>) -> Result<()>;
}

/// An act with legal effect. Fields hold ids, numbers and hashes, never personal content.
#[derive(Clone, Debug)]
pub struct Act<'a> {
    /// `procedure.presentar`, `procedure.resolver`, `procedure.published`, `template.published`,
    /// `documents.ordered`.
    pub kind: &'static str,
    /// What it is about.
    pub record: String,
    /// Whose it is.
    pub subject: Option<Id>,
    /// What is committed.
    pub fields: &'a [(&'static str, Value)],
}

/// What procedures are built from.
pub struct Parts {
    /// Database.
    pub db: Db,
    /// Clock.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub random: Arc<dyn Random>,
    /// Buckets of persons and institutions.
    pub buckets: BucketKey,
    /// Institutions and officials.
    pub directory: Directory,
    /// Case files.
    pub casefiles: Casefiles,
    /// Legal notices and mail.
    pub notifications: Notifications,
    /// Payments.
    pub payments: Payments,
    /// Signatures.
    pub signing: Signing,
    /// Files.
    pub blobs: Blobs,
    /// Documents.
    pub documents: Arc<copihue_documents::Engine>,
    /// Holders of data.
    pub gateway: Arc<dyn QueryGateway>,
    /// Transparency log.
    pub evidence: Arc<dyn Evidence>,
    /// What fields of communes and institutions offer.
    pub lists: Arc<dyn Lists>,
    /// Address of the platform, without a slash at the end.
    pub base_url: String,
}

struct Inner {
    parts: Parts,
    shelf: ArcSwap<Shelf>,
}

/// The procedures of the platform.
#[derive(Clone)]
pub struct Procedures(Arc<Inner>);

impl fmt::Debug for Procedures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Procedures")
    }
}

const ADVANCE: &str = "procedures.advance";
const TIMER: &str = "procedures.timer";

impl Procedures {
    /// Loads what is published.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn open(parts: Parts) -> Result<Self> {
        let this = Self(Arc::new(Inner { parts, shelf: ArcSwap::default() }));
        this.reload().await?;
        this.schedule_sweep(this.now()).await?;
        Ok(this)
    }

    fn parts(&self) -> &Parts {
        &self.0.parts
    }

    fn now(&self) -> Timestamp {
        self.0.parts.clock.now()
    }

    /// Registers the jobs: retries of holders, timers, old drafts, and work cut short by a crash.
    #[must_use]
    pub fn register(&self, worker: Worker) -> Worker {
        let (advance, timer, sweep, issue) = (self.clone(), self.clone(), self.clone(), self.clone());
        worker
            .on(ADVANCE, move |job| {
                let this = advance.clone();
                async move { this.run_advance(&job.payload).await }
            })
            .on(TIMER, move |job| {
                let this = timer.clone();
                async move { this.run_timer(&job.payload).await }
            })
            .on_lane(bulk::ISSUE, 1, move |job| {
                let this = issue.clone();
                async move { this.run_issue(&job.payload).await }
            })
            .on(ageing::SWEEP, move |_| {
                let this = sweep.clone();
                async move { this.sweep_drafts().await }
            })
    }

    fn place(&self, institution: &str) -> Place {
        match self.parts().directory.institution(institution) {
            Some(found) => Place { zone: found.zone, commune: found.commune },
            None => Place { zone: copihue_core::calendar::Zone::Santiago, commune: None },
        }
    }

    fn institution_name(&self, code: &str) -> String {
        self.parts().directory.institution(code).map_or_else(|| code.to_owned(), |i| i.name.clone())
    }

    /// The version that a case runs.
    fn procedure_of(&self, row: &CaseRow) -> Result<Arc<Procedure>> {
        let found = self.0.shelf.load().version(&row.hash);
        found.ok_or_else(|| {
            Error::unavailable(format_args!("version {} of {} is not loaded", row.hash, row.procedure))
        })
    }

    /// What surrounds a command on a case.
    fn facts(&self, row: &CaseRow, actor: &Actor) -> Facts {
        let now = self.now().max(row.updated);
        let person = |p: &copihue_core::PersonRef, post: &str| Person {
            run: p.run.compact(),
            name: p.name.clone(),
            post: post.to_owned(),
        };
        let post = actor.hat.as_ref().map_or("", |hat| hat.post.as_str());
        let kind = match (&actor.hat, actor.person()) {
            (Some(_), _) => "official",
            (None, Some(_)) => "person",
            (None, None) => "platform",
        };
        Facts {
            number: row.iuie.clone(),
            opened: row.opened,
            filed: row.filed,
            institution: row.institution.clone(),
            institution_name: self.institution_name(&row.institution),
            applicant: person(&row.person, ""),
            actor: actor.person().map(|p| person(p, post)).unwrap_or_default(),
            actor_kind: kind,
            now,
            today: self.place(&row.institution).date(now),
        }
    }

    async fn load(&self, id: Id) -> Result<CaseRow> {
        self.parts().db.read(move |c| crate::store::case::get(c, id)).await?.ok_or_else(Error::not_found)
    }
}
