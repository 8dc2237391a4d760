//! Use cases: set a deployment up, seal, sign with a one-time code, register what was issued.

mod applications;
mod authority;
mod bulk;
mod clock;
pub(crate) mod desk;
mod documents;
mod evidence_record;
mod files;
mod firmagob;
mod hold;
mod otp;
mod proof;
mod raise;
mod rates;
pub(crate) mod registration;
mod rehash;
mod report;
mod revocation;
mod setup;
mod sign;
mod stamp;
mod stamp_log;
mod tickets;
mod tokens;
mod xml;

use std::collections::{HashMap, HashSet};
use std::sync::atomic::AtomicI64;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};

use arc_swap::ArcSwap;
use copihue_core::{Actor, Bucket, BucketKey, Clock, Error, Id, Random, Result, Timestamp};
use copihue_db::{Db, Tx};
use copihue_directory::Directory;
use tokio::sync::{Semaphore, mpsc};

use crate::firmagob::FirmaGob;
use crate::model::act::RegistrationAct;
use crate::model::level::Level;
use crate::model::stamp_hour::StampHour;
use crate::model::token::Purpose;
use crate::revocation::Source;
use crate::signer::Signer;
use crate::tsp::{Pool, Timestamps};
use crate::vault::MasterKey;
use crate::verify::{Anchor, TrustStore};

use self::clock::UNKNOWN;
use self::stamp_log::Given;

pub use applications::SANDBOX;
pub use bulk::Sealed;
pub use desk::{
    BatchView, Courier, Desk, DeskParts, Known, Letter, NewPaper, NoCourier, PaperView, Register, Role,
    Waiting,
};
pub use documents::Checked;
pub(crate) use registration::{Dossier, Extra, Folder, HolderFacts, NewSecret, Seed, Tried, accepted_text};
pub use registration::{Draft, NewRegistered, Registration, RegistrationParts};
pub(crate) use registration::{Mine, Use, Uses, Wanted};
pub use rehash::{EvidenceStatus, Rehashed};
pub use setup::{NewHolder, NewSeal, OtpSetup};
pub use sign::SignedFile;
pub(crate) use tickets::{Answered, Done};
pub use tokens::TokenSeal;
pub use xml::XmlFile;

/// One use of a key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KeyUse {
    /// Its id.
    pub id: Id,
    /// For which institution.
    pub institution: String,
    /// Serial number of the certificate, hex.
    pub serial: String,
    /// Which official signed; `None` for the institution's seal.
    pub official: Option<Id>,
    /// What was signed.
    pub format: Format,
    /// SHA-256 of what came out.
    pub digest: [u8; 32],
    /// The level asked for and the level reached, for a signature that has levels.
    pub levels: Option<(Level, Level)>,
    /// By which application, where one asked by the contract.
    pub application: Option<String>,
    /// When.
    pub at: Timestamp,
}

/// What a key signed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    /// A PDF.
    Pdf,
    /// A JWS.
    Jws,
    /// An XML document.
    Xml,
    /// A CMS.
    Cms,
    /// A container of files.
    Asic,
    /// A timestamp of our own authority.
    Timestamp,
    /// A report on somebody's file.
    Report,
}

impl Format {
    /// As stored.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Jws => "jws",
            Self::Xml => "xml",
            Self::Cms => "cms",
            Self::Asic => "asic",
            Self::Timestamp => "tst",
            Self::Report => "informe",
        }
    }

    /// From what is stored.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Pdf, Self::Jws, Self::Xml, Self::Cms, Self::Asic, Self::Timestamp, Self::Report]
            .into_iter()
            .find(|f| f.code() == code)
    }
}

/// What has legal effect here, for the transparency ledger (family Signature). `copihue` wires it.
pub trait Evidence: Send + Sync {
    /// Appends in the same transaction.
    ///
    /// # Errors
    /// When the ledger can't take it: the act is then undone.
    fn append(&self, tx: &mut Tx<'_>, act: &Act<'_>) -> Result<()>;
}

/// An act for the ledger.
#[derive(Clone, Debug)]
pub enum Act<'a> {
    /// A key was used.
    Signed {
        /// How.
        used: &'a KeyUse,
        /// The person whose key it is, where they are known: the event is theirs to see.
        concerns: Option<Id>,
    },
    /// The registration authority did something (`signature.registration`).
    Registration {
        /// What.
        act: &'a RegistrationAct,
        /// The person it is about, where they are known.
        concerns: Option<Id>,
    },
    /// Timestamps were given in an hour that is over (`signature.stamps`).
    Stamped(&'a StampHour),
    /// A document was issued (`signature.issued`).
    Issued(&'a crate::IssuedDocument),
    /// A document's state changed (`signature.state`).
    StateChanged {
        /// Which.
        code: copihue_core::VerificationCode,
        /// To what.
        state: crate::DocumentState,
        /// Why.
        reason: &'a str,
        /// When.
        at: Timestamp,
    },
    /// A certificate's owner lost it (`signature.revoked`).
    Revoked {
        /// The institution.
        institution: &'a str,
        /// The official; `None` for the seal.
        official: Option<Id>,
        /// When.
        at: Timestamp,
    },
}

/// Evidence that keeps nothing: for tests, and for tools that are no deployment.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoEvidence;

impl Evidence for NoEvidence {
    fn append(&self, _: &mut Tx<'_>, _: &Act<'_>) -> Result<()> {
        Ok(())
    }
}

/// Whether this deployment is a demonstration.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Mode {
    /// No: real institutions.
    #[default]
    Live,
    /// Yes: one-time codes may be shown on a page, so that one can try without a telephone.
    Demo,
}

/// What the service needs.
pub struct Parts {
    /// The database.
    pub db: Db,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub random: Arc<dyn Random>,
    /// For the buckets of institutions.
    pub buckets: BucketKey,
    /// Wraps the keys of certificates and codes.
    pub master_key: MasterKey,
    /// The ledger.
    pub evidence: Arc<dyn Evidence>,
    /// Public base address, such as `https://copihue.example.cl`, without a slash at its end.
    pub base_url: String,
    /// Authorities to trust besides the own one.
    pub anchors: Vec<Anchor>,
    /// Where timestamps come from.
    pub timestamps: Timestamps,
    /// Whether it is a demonstration.
    pub mode: Mode,
}

/// Electronic signature of a deployment. Cheap to clone.
#[derive(Clone)]
pub struct Signing(Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) parts: Parts,
    /// Parsed once and kept: a key is never parsed again for a signature.
    signers: RwLock<HashMap<Owner, Arc<Signer>>>,
    /// Institutions whose seal is in a token.
    in_tokens: RwLock<HashSet<String>>,
    /// Institutions that sign with FirmaGob.
    firmagob: RwLock<HashMap<String, Arc<FirmaGob>>>,
    /// Where other authorities say what they revoked.
    revocation: ArcSwap<Vec<Source>>,
    authority: ArcSwap<Option<authority::Authority>>,
    trust: ArcSwap<TrustStore>,
    crl: tokio::sync::Mutex<Option<authority::PublishedCrl>>,
    root_crl: tokio::sync::Mutex<Option<authority::PublishedCrl>>,
    /// As many signatures at once as there are processors.
    cpu: Arc<Semaphore>,
    /// Files of strangers that are checked at once: half as many.
    checks: Arc<Semaphore>,
    /// Turns to look at what logged-in people file: strangers who send files to be checked hold up no filing.
    filings: Arc<Semaphore>,
    pub(crate) stamps: Pool,
    /// How far the clock is from the right time, in milliseconds.
    clock_offset: AtomicI64,
    /// Timestamps given that wait to be logged.
    given: Mutex<Vec<Given>>,
    pub(crate) rates: rates::Rates,
    /// Who belongs to which body, once the registration authority is there.
    members: OnceLock<Directory>,
    unlogged: mpsc::UnboundedSender<KeyUse>,
    to_log: Mutex<Option<mpsc::UnboundedReceiver<KeyUse>>>,
}

/// Whose certificate.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Owner {
    Seal {
        institution: String,
    },
    Holder {
        institution: String,
        official: Id,
    },
    /// The same official's certificate for processes that sign by themselves.
    Unattended {
        institution: String,
        official: Id,
    },
}

impl Owner {
    pub(crate) fn institution(&self) -> &str {
        match self {
            Self::Seal { institution }
            | Self::Holder { institution, .. }
            | Self::Unattended { institution, .. } => institution,
        }
    }

    pub(crate) fn official(&self) -> Option<Id> {
        match self {
            Self::Seal { .. } => None,
            Self::Holder { official, .. } | Self::Unattended { official, .. } => Some(*official),
        }
    }

    /// What its certificate signs; `None` for a seal.
    pub(crate) fn purpose(&self) -> Option<Purpose> {
        match self {
            Self::Seal { .. } => None,
            Self::Holder { .. } => Some(Purpose::Attended),
            Self::Unattended { .. } => Some(Purpose::Unattended),
        }
    }

    /// As stored: the place of the certificate within its institution.
    pub(crate) fn place(&self) -> String {
        match self {
            Self::Seal { .. } => crate::store::certificate::SEAL.to_owned(),
            Self::Holder { official, .. } => official.to_string(),
            Self::Unattended { official, .. } => format!("desatendido:{official}"),
        }
    }

    /// To what the encrypted key is bound.
    pub(crate) fn vault_name(&self) -> String {
        format!("certificate:{}:{}", self.institution(), self.place())
    }
}

impl Signing {
    /// Opens the service and loads every seal.
    ///
    /// # Errors
    /// When the database does not answer, or the master key does not open what is stored.
    pub async fn open(parts: Parts) -> Result<Self> {
        let (unlogged, receiver) = mpsc::unbounded_channel();
        let workers = std::thread::available_parallelism().map_or(2, usize::from);
        let signing = Self(Arc::new(Inner {
            stamps: Pool::new(&parts.timestamps)?,
            clock_offset: AtomicI64::new(UNKNOWN),
            given: Mutex::default(),
            parts,
            signers: RwLock::default(),
            in_tokens: RwLock::default(),
            firmagob: RwLock::default(),
            revocation: ArcSwap::default(),
            authority: ArcSwap::default(),
            trust: ArcSwap::default(),
            crl: tokio::sync::Mutex::default(),
            root_crl: tokio::sync::Mutex::default(),
            cpu: Arc::new(Semaphore::new(workers)),
            checks: Arc::new(Semaphore::new((workers / 2).max(1))),
            filings: Arc::new(Semaphore::new((workers / 2).max(1))),
            rates: rates::Rates::default(),
            members: OnceLock::new(),
            unlogged,
            to_log: Mutex::new(Some(receiver)),
        }));
        signing.refuse_sandbox().await?;
        signing.load_authority().await?;
        signing.load_seals().await?;
        Ok(signing)
    }

    /// Writes the log of signatures that were made outside of a transaction ([`Self::seal_jws`]). Start it once.
    pub fn start(&self) -> Option<tokio::task::JoinHandle<()>> {
        let mut receiver = self.0.to_log.lock().unwrap_or_else(PoisonError::into_inner).take()?;
        let signing = self.clone();
        Some(tokio::spawn(async move {
            let mut batch = Vec::new();
            while receiver.recv_many(&mut batch, 100).await > 0 {
                let uses = Arc::new(std::mem::take(&mut batch));
                while let Err(error) = signing.log_all(Arc::clone(&uses)).await {
                    tracing::error!(%error, "the log of signatures can't be written; trying again");
                    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
                }
            }
        }))
    }

    async fn log_all(&self, uses: Arc<Vec<KeyUse>>) -> Result<()> {
        let signing = self.clone();
        self.db().write(move |tx| uses.iter().try_for_each(|used| signing.log(tx, used))).await
    }

    /// Keeps a use of a key. An official's is refused here, in the transaction before which nothing leaves, when they stopped
    /// their signatures or lost the certificate a moment ago, in whichever process.
    pub(crate) fn log(&self, tx: &mut Tx<'_>, used: &KeyUse) -> Result<()> {
        let concerns = self.admit(tx, used)?;
        crate::store::log::add(tx, self.bucket(&used.institution), used, concerns)?;
        if matches!(used.format, Format::Timestamp | Format::Report) {
            // Anybody may ask for one, and the transparency log is not for anybody to fill. Where one matters, the act
            // that it belongs to is there.
            return Ok(());
        }
        self.0.parts.evidence.append(tx, &Act::Signed { used, concerns })
    }

    pub(crate) fn db(&self) -> &Db {
        &self.0.parts.db
    }

    pub(crate) fn random(&self) -> &dyn Random {
        self.0.parts.random.as_ref()
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.0.parts.clock.now()
    }

    pub(crate) fn bucket(&self, institution: &str) -> Bucket {
        self.0.parts.buckets.of_institution(institution)
    }

    fn cached(&self, owner: &Owner) -> Option<Arc<Signer>> {
        let signers = self.0.signers.read().unwrap_or_else(PoisonError::into_inner);
        signers.get(owner).cloned().filter(|s| s.certificate().valid_at(self.now()))
    }

    fn remember(&self, owner: Owner, signer: Arc<Signer>) {
        self.0.signers.write().unwrap_or_else(PoisonError::into_inner).insert(owner, signer);
    }

    fn forget(&self, owner: &Owner) {
        self.0.signers.write().unwrap_or_else(PoisonError::into_inner).remove(owner);
    }

    /// Whom this deployment trusts: its own authority and the configured ones, with what they revoked.
    #[must_use]
    pub fn trust(&self) -> Arc<TrustStore> {
        self.0.trust.load_full()
    }
}

impl std::fmt::Debug for Signing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Signing")
    }
}

/// The institution and official for whom an actor signs.
pub(crate) fn signing_hat(actor: &Actor) -> Result<(&copihue_core::PersonRef, &copihue_core::Hat)> {
    let refused = || Error::forbidden("Para firmar debe ingresar como funcionario de una institución.");
    Ok((actor.person().ok_or_else(refused)?, actor.hat.as_ref().ok_or_else(refused)?))
}
