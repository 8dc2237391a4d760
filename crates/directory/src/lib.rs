//! Public bodies, their officials, their powers, and who may do what.
//!
//! ```no_run
//! # use std::sync::Arc;
//! # use copihue_core::{BucketKey, SystemClock, SystemRandom};
//! # use copihue_db::Db;
//! # use copihue_directory::{Directory, Parts, model::{policy, role}};
//! # async fn example(db: Db, run: copihue_core::Run) -> copihue_core::Result<()> {
//! let directory = Directory::open(Parts {
//!     db,
//!     key: [0; 32],
//!     buckets: BucketKey::new(&[0; 32]),
//!     clock: Arc::new(SystemClock::default()),
//!     random: Arc::new(SystemRandom),
//!     journal: Arc::new(copihue_directory::NoJournal),
//!     roles: role::ROLES.to_vec(),
//!     rules: policy::RULES.to_vec(),
//! }).await?;
//! let hats = directory.hats(run);
//! # Ok(()) }
//! ```
//!
//! Reads come from a picture in memory, at most a second old; [`Directory::refresh`] renews it at once after a commit.
//! Rows are never changed in place: each has the days for which it holds and the instant at which it was recorded, so
//! "who held the post then" and "what did we know then" answer the same for ever.

mod app;
mod journal;
pub mod model;
mod read;
pub mod seal;
mod store;

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use copihue_core::{BucketKey, Clock, Error, Random, Result, Timestamp};
use copihue_db::{Db, MigrationSet, Tx};

pub use self::app::{
    InstitutionFacts, NewDesignation, NewInstitution, NewMembership, NewOfficial, NewPost, NewSubstitution,
    NewUnit,
};
pub use self::journal::{Change, Journal, NoJournal};
pub use self::model::designation::{Act, Designation, Quality};
pub use self::model::institution::{Authority, Institution, InstitutionKind};
pub use self::model::official::{Bond, NameSource, Official};
pub use self::model::period::Period;
use self::model::policy::Policy;
pub use self::model::policy::{Action, Decision, Denied, ResourceRef, Rule, Sensitivity};
pub use self::model::powers::{Holder, Power};
pub use self::model::role::{RoleDef, Scope};
use self::model::snapshot::Snapshot;
pub use self::model::unit::{Seats, Unit};
use self::seal::Sealer;

/// The tables.
pub const MIGRATIONS: MigrationSet = MigrationSet {
    name: "directory",
    files: &[("0001_directory.sql", include_str!("../migrations/0001_directory.sql"))],
};

/// How often another process's changes are looked for.
const POLL: Duration = Duration::from_millis(500);

/// What the directory is made of.
pub struct Parts {
    /// The database, migrated.
    pub db: Db,
    /// The deployment's key for personal data at rest.
    pub key: [u8; 32],
    /// The deployment's key of buckets.
    pub buckets: BucketKey,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub random: Arc<dyn Random>,
    /// Who hears of changes.
    pub journal: Arc<dyn Journal>,
    /// The roles of all services ([`model::role::ROLES`] and theirs).
    pub roles: Vec<RoleDef>,
    /// The rows of the decision table of all services ([`model::policy::RULES`] and theirs).
    pub rules: Vec<Rule>,
}

struct Inner {
    db: Db,
    sealer: Sealer,
    buckets: BucketKey,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    journal: Arc<dyn Journal>,
    roles: HashMap<&'static str, RoleDef>,
    policy: Policy,
    snapshot: ArcSwap<Snapshot>,
}

/// The directory. Cheap to clone.
#[derive(Clone)]
pub struct Directory(Arc<Inner>);

impl fmt::Debug for Directory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Directory").field("version", &self.0.snapshot.load().version).finish_non_exhaustive()
    }
}

impl Directory {
    /// Registers the roles and takes the first picture.
    ///
    /// # Errors
    /// When the database holds a role that nobody registers, a rule names an unknown role, or the database doesn't answer.
    pub async fn open(parts: Parts) -> Result<Self> {
        let roles: HashMap<_, _> = parts.roles.iter().map(|role| (role.code, *role)).collect();
        check_rules(&parts.rules, &roles)?;
        let directory = Self(Arc::new(Inner {
            sealer: Sealer::new(&parts.key, "directory")?,
            policy: Policy::new(parts.rules),
            snapshot: ArcSwap::from_pointee(Snapshot::default()),
            db: parts.db,
            buckets: parts.buckets,
            clock: parts.clock,
            random: parts.random,
            journal: parts.journal,
            roles,
        }));
        directory.register_roles().await?;
        directory.load().await?;
        Ok(directory)
    }

    async fn register_roles(&self) -> Result<()> {
        let roles: Vec<RoleDef> = self.0.roles.values().copied().collect();
        let known = self
            .0
            .db
            .write(move |tx| {
                roles.iter().try_for_each(|r| store::put_role(tx, r.code, r.name, r.service))?;
                store::role_codes(tx)
            })
            .await?;
        match known.iter().find(|code| !self.0.roles.contains_key(code.as_str())) {
            Some(code) => Err(Error::internal(format_args!(
                "the database holds the role {code}, which nobody registers"
            ))),
            None => Ok(()),
        }
    }

    /// Writes, and renews the picture once it is committed.
    ///
    /// # Errors
    /// What the closure or the database answers.
    pub async fn change<T, F>(&self, f: F) -> Result<T>
    where
        F: Fn(&Self, &mut Tx<'_>) -> Result<T> + Send + 'static,
        T: Send + 'static,
    {
        let directory = self.clone();
        let done = self.0.db.write(move |tx| f(&directory, tx)).await?;
        self.refresh().await?;
        Ok(done)
    }

    /// Renews the picture if anything changed. Call it after a transaction of one's own that wrote here.
    ///
    /// # Errors
    /// When the database doesn't answer; the old picture stays.
    pub async fn refresh(&self) -> Result<()> {
        let version = self.0.db.read(store::version).await?;
        if version == self.0.snapshot.load().version { Ok(()) } else { self.load().await }
    }

    async fn load(&self) -> Result<()> {
        let (version, rows) = self
            .0
            .db
            .read(|conn| Ok((store::version(conn)?, store::rows(conn, Timestamp::from_millis(i64::MAX))?)))
            .await?;
        let roles: Vec<RoleDef> = self.0.roles.values().copied().collect();
        let fresh = Arc::new(Snapshot::build(version, rows, &roles));
        // Two may load at once: the newer picture wins, whoever comes last.
        self.0.snapshot.rcu(|old| if old.version > version { old.clone() } else { fresh.clone() });
        Ok(())
    }

    /// Looks for the changes of other processes until the handle is dropped.
    #[must_use]
    pub fn watch(&self) -> Watch {
        let directory = self.clone();
        Watch(tokio::spawn(async move {
            loop {
                tokio::time::sleep(POLL).await;
                if let Err(error) = directory.refresh().await {
                    tracing::warn!(%error, "the directory's picture could not be renewed");
                }
            }
        }))
    }
}

/// Stops watching when dropped.
#[derive(Debug)]
pub struct Watch(tokio::task::JoinHandle<()>);

impl Drop for Watch {
    fn drop(&mut self) {
        self.0.abort();
    }
}

fn check_rules(rules: &[Rule], roles: &HashMap<&'static str, RoleDef>) -> Result<()> {
    use model::policy::{ANYONE, OFFICIAL, PERSON};
    let known = |role: &str| [ANYONE, PERSON, OFFICIAL].contains(&role) || roles.contains_key(role);
    match rules.iter().find(|rule| !known(rule.role)) {
        Some(rule) => {
            Err(Error::internal(format_args!("rule {} names the unknown role {}", rule.name, rule.role)))
        }
        None => Ok(()),
    }
}
