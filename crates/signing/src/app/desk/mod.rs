//! The signing desk: papers that wait for signatures, and batches that are signed under one authorisation.

mod authorise;
mod batch;
mod document;
mod elsewhere;
mod letters;
mod papers;
mod requests;
mod run;
mod send;
mod turns;
mod unused;

use std::sync::Arc;

use copihue_core::{Actor, Bucket, Error, Id, Result, Run, Timestamp};
use copihue_db::blobs::Blobs;
use copihue_db::jobs::Worker;
use copihue_db::{Db, Tx};
use copihue_directory::Directory;

use super::{Owner, Signing, signing_hat};

pub use authorise::Known;
pub use batch::BatchView;
pub use papers::{PaperView, Role, Waiting};
pub(crate) use requests::{Begun, Caller, Change, Request, RequestItem, no_credential};
pub use send::{NewPaper, Register};

/// Tells people by mail that something waits for them. `copihue` wires it.
pub trait Courier: Send + Sync {
    /// Sends in the same transaction.
    ///
    /// # Errors
    /// When it can't be taken: the act is then undone.
    fn send(&self, tx: &mut Tx<'_>, letter: &Letter) -> Result<()>;
}

/// A mail.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Letter {
    /// To whom.
    pub to: String,
    /// Its subject.
    pub subject: String,
    /// Its text.
    pub text: String,
}

/// Nobody is told: for tests, and for deployments without mail.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoCourier;

impl Courier for NoCourier {
    fn send(&self, _: &mut Tx<'_>, _: &Letter) -> Result<()> {
        Ok(())
    }
}

/// What the desk stands on.
pub struct DeskParts {
    /// The keys.
    pub signing: Signing,
    /// Who stands in for whom.
    pub directory: Directory,
    /// Where the files are.
    pub blobs: Blobs,
    /// Who tells people.
    pub courier: Arc<dyn Courier>,
}

/// The signing desk of a deployment. Cheap to clone.
#[derive(Clone)]
pub struct Desk(Arc<DeskParts>);

impl std::fmt::Debug for Desk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Desk")
    }
}

/// The official who acts.
#[derive(Clone)]
pub(crate) struct Me {
    pub(crate) institution: String,
    pub(crate) official: Id,
    pub(crate) run: Run,
    pub(crate) name: String,
}

impl Me {
    fn of(actor: &Actor) -> Result<Self> {
        let (person, hat) = signing_hat(actor)?;
        Ok(Self {
            institution: hat.institution.clone(),
            official: hat.official,
            run: person.run,
            name: person.name.clone(),
        })
    }

    fn owner(&self) -> Owner {
        Owner::Holder { institution: self.institution.clone(), official: self.official }
    }
}

impl Desk {
    /// Over these parts.
    #[must_use]
    pub fn new(parts: DeskParts) -> Self {
        Self(Arc::new(parts))
    }

    /// Its jobs: batches to sign, signatures to raise, reminders, and papers whose time ends.
    #[must_use]
    pub fn register(&self, worker: Worker) -> Worker {
        let (batches, reminders, ends) = (self.clone(), self.clone(), self.clone());
        self.0
            .signing
            .raise_with(worker, &self.0.blobs)
            .on_lane(run::JOB, 2, move |job| {
                let desk = batches.clone();
                async move { desk.run_job(&job).await }
            })
            .on(letters::REMINDER, move |job| {
                let desk = reminders.clone();
                async move { desk.remind_job(&job).await }
            })
            .on(turns::END, move |job| {
                let desk = ends.clone();
                async move { desk.end_job(&job).await }
            })
    }

    /// The keys that it signs with.
    #[must_use]
    pub fn signing(&self) -> &Signing {
        &self.0.signing
    }

    fn db(&self) -> &Db {
        self.0.signing.db()
    }

    fn now(&self) -> Timestamp {
        self.0.signing.now()
    }

    fn bucket(&self, institution: &str) -> Bucket {
        self.0.signing.bucket(institution)
    }

    /// Whether an official has a certificate in force.
    ///
    /// # Errors
    /// When the database does not answer, or the actor acts for nobody.
    pub async fn can_sign(&self, actor: &Actor) -> Result<bool> {
        let owner = Me::of(actor)?.owner();
        let can = if self.0.signing.firmagob(owner.institution()).is_some() {
            // Whether there is a certificate is known there alone.
            self.0.signing.must_be_free_to_sign_there(&owner).await
        } else {
            self.0.signing.signer(&owner).await.map(drop)
        };
        match can {
            Ok(()) => Ok(true),
            Err(error) if error.code() == "sin_certificado" => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// For whom the official acts now: for themself, and for those for whom they stand in, by name.
    fn acts_for(&self, institution: &str, official: Id) -> Vec<(Id, Option<String>)> {
        let others = self.0.directory.stands_in_for(institution, official, self.now());
        let others = others.into_iter().map(|o| (o.id, Some(o.name.clone())));
        std::iter::once((official, None)).chain(others).collect()
    }

    /// Who stands in for an official today.
    fn substitute_of(&self, institution: &str, official: Id) -> Option<Id> {
        let snapshot = self.0.directory.snapshot();
        let code = snapshot.resolve(institution);
        let day = snapshot.day(code, self.now());
        snapshot.substitution(code, official, day).map(|s| s.substitute)
    }
}

/// A thing of another institution does not exist for this one.
fn own_institution(id: Id, bucket: Bucket) -> Result<()> {
    if id.bucket() == bucket { Ok(()) } else { Err(Error::not_found()) }
}
