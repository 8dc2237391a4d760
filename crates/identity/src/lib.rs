//! Who somebody is: the OpenID provider under the national login's contract, and our own pages as one of its clients.
//!
//! ```no_run
//! # use std::sync::Arc;
//! # use copihue_identity::{Config, Identity, NoBodies, NoEvidence, NoMail, Parts};
//! # async fn example(db: copihue_db::Db, web: copihue_web::Web, buckets: copihue_core::BucketKey) -> copihue_core::Result<()> {
//! let identity = Identity::open(Parts {
//!     db, web, buckets,
//!     key: [0; 32],
//!     clock: Arc::new(copihue_core::SystemClock::default()),
//!     random: Arc::new(copihue_core::SystemRandom),
//!     evidence: Arc::new(NoEvidence),
//!     mail: Arc::new(NoMail),
//!     bodies: Arc::new(NoBodies),
//!     calendar: Arc::new(copihue_core::calendar::Calendar::shipped),
//!     config: Config::sandbox("http://127.0.0.1:8080", "Municipalidad de Ejemplo"),
//! }).await?;
//! let routes = identity.routes();
//! # Ok(()) }
//! ```
//!
//! A login passes: throttle → hash (own threads) → one transaction with session, browser, grant, history and evidence → code →
//! tokens. Neither codes nor tokens are stored: they are derived from the grant's row with a key outside of the database.

mod api;
mod app;
pub mod breached;
pub mod config;
mod cookies;
mod evidence;
pub mod hash;
mod keys;
mod mailer;
pub mod model;
mod pages;
pub mod ports;
mod remote_keys;
mod store;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use aws_lc_rs::hmac;
use bytes::Bytes;
use copihue_core::{BucketKey, Clock, Error, Id, Random, Result, Secret};
use copihue_db::{Db, MigrationSet};
use copihue_directory::model::role::RoleDef;
use copihue_directory::seal::Sealer;
use copihue_web::{RouteSet, Web};

pub use self::app::{
    ListedClient, NewClient, NewMandate, NewPerson, ROTATION_SECONDS, RegisteredClient, Standing,
};
use self::breached::Breached;
pub use self::config::{Config, Level, Provider, Relying};
use self::cookies::Jar;
pub use self::evidence::{Evidence, NoEvidence};
pub use self::hash::HashParams;
use self::hash::Hasher;
use self::keys::KeyRing;
pub use self::mailer::{Letter, Mailer, NoMail};
use self::model::claims::Pairwise;
use self::model::client::Client;
pub use self::model::client::{AccessForm, Auth, ClientState, Environment, Pkce, Settings};
pub use self::model::contact::ContactHold;
use self::model::dpop::Nonces;
pub use self::model::event::Event;
use self::model::grant::TokenKey;
pub use self::model::level::{HighKeys, MailCodes};
use self::model::passkey::RelyingParty;
pub use self::model::person::{Person, PersonKind, PersonState, Proofing, Vital};
pub use self::model::profile::Profile;
use self::model::tally::Tally;
pub use self::ports::{Bodies, Body, Calendars, NoBodies};
use self::remote_keys::RemoteKeys;
pub use self::store::end_what_was_given;

copihue_web::locale!("identity", include_str!("../locales/es-CL.ftl"));

/// The tables.
pub const MIGRATIONS: MigrationSet = MigrationSet {
    name: "identity",
    files: &[
        ("0001_person.sql", include_str!("../migrations/0001_person.sql")),
        ("0002_provider.sql", include_str!("../migrations/0002_provider.sql")),
        ("0003_event.sql", include_str!("../migrations/0003_event.sql")),
        ("0004_standing.sql", include_str!("../migrations/0004_standing.sql")),
        ("0005_open.sql", include_str!("../migrations/0005_open.sql")),
        ("0006_factor.sql", include_str!("../migrations/0006_factor.sql")),
        ("0007_passkey.sql", include_str!("../migrations/0007_passkey.sql")),
        ("0009_mandate.sql", include_str!("../migrations/0009_mandate.sql")),
        ("0010_mail.sql", include_str!("../migrations/0010_mail.sql")),
        ("0011_activation.sql", include_str!("../migrations/0011_activation.sql")),
        ("0020_tally.sql", include_str!("../migrations/0020_tally.sql")),
        ("0021_contact.sql", include_str!("../migrations/0021_contact.sql")),
        ("0022_case.sql", include_str!("../migrations/0022_case.sql")),
        ("0023_integration.sql", include_str!("../migrations/0023_integration.sql")),
        ("0024_report.sql", include_str!("../migrations/0024_report.sql")),
    ],
};

/// Who may read an account, with a reason, and change how it stands.
pub const ADMINISTRATOR: &str = "administrador_identidad";
/// Who may stop an account for somebody who calls, and reads nothing.
pub const SUPPORT: &str = "soporte_identidad";
/// The role of officials who start accounts for people whose card they have seen: one of the directory's own.
pub const OFFICER: &str = "enrolador";

/// Who connects the applications of their body.
pub const INTEGRATOR: &str = "integrador_identidad";
/// Who reviews the applications of every body, and stops them. Never those that they connect themselves.
pub const REVIEWER: &str = "revisor_integraciones";

/// The roles of this crate. Whoever may read does not sit where people call.
pub const ROLES: &[RoleDef] = &[
    RoleDef::office(ADMINISTRATOR, "Administración de identidades", "identity")
        .personal()
        .incompatible(&[SUPPORT]),
    RoleDef::office(SUPPORT, "Mesa de ayuda de identidad", "identity").incompatible(&[ADMINISTRATOR]),
    RoleDef::office(INTEGRATOR, "Integración de aplicaciones", "identity").incompatible(&[REVIEWER]),
    RoleDef::office(REVIEWER, "Revisión de integraciones", "identity").incompatible(&[INTEGRATOR]),
];

/// `client_id` of our own pages at our own provider.
pub const OWN_CLIENT: &str = "copihue";

/// What the provider is made of.
pub struct Parts {
    /// The database, migrated.
    pub db: Db,
    /// The pages.
    pub web: Web,
    /// The deployment's key of buckets.
    pub buckets: BucketKey,
    /// The deployment's key: personal data at rest, pepper, tokens. Never in the database.
    pub key: [u8; 32],
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub random: Arc<dyn Random>,
    /// The ledger.
    pub evidence: Arc<dyn Evidence>,
    /// Outgoing mail.
    pub mail: Arc<dyn Mailer>,
    /// The registry of bodies.
    pub bodies: Arc<dyn Bodies>,
    /// The calendar that terms run by.
    pub calendar: Calendars,
    /// Settings.
    pub config: Config,
}

struct Inner {
    db: Db,
    web: Web,
    buckets: BucketKey,
    sealer: Sealer,
    hasher: Hasher,
    /// None: the deployment has no list.
    breached: Option<Arc<Breached>>,
    tokens: TokenKey,
    form: hmac::Key,
    keys: ArcSwap<KeyRing>,
    pairwise: Pairwise,
    nonces: Nonces,
    tally: Tally,
    discovery: Bytes,
    open_discovery: Bytes,
    relying: Relying,
    /// None: the deployment has no name that passkeys can be made for.
    rp: Option<RelyingParty>,
    http: reqwest::Client,
    remote_keys: RemoteKeys,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    evidence: Arc<dyn Evidence>,
    mail: Arc<dyn Mailer>,
    bodies: Arc<dyn Bodies>,
    calendar: Calendars,
    config: Config,
}

/// The identity provider. Cheap to clone.
#[derive(Clone)]
pub struct Identity(Arc<Inner>);

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity").field("issuer", &self.0.config.issuer).finish_non_exhaustive()
    }
}

impl Identity {
    /// Reads or makes the signing key, starts the hashing threads, registers our own pages as a client.
    ///
    /// # Errors
    /// When a stored key doesn't open, the settings can't be used or the database doesn't answer.
    pub async fn open(parts: Parts) -> Result<Self> {
        let (identity, secret) = Self::assemble(parts).await?;
        identity.ensure_own_client(secret).await?;
        Ok(identity)
    }

    /// For an operator's command beside a running server: our own pages' registration stays the server's.
    ///
    /// # Errors
    /// As [`Identity::open`].
    pub async fn for_operator(parts: Parts) -> Result<Self> {
        Ok(Self::assemble(parts).await?.0)
    }

    async fn assemble(parts: Parts) -> Result<(Self, Secret)> {
        let sealer = Sealer::new(&parts.key, "identity")?;
        let Parts { db, web, buckets, key, clock, random, evidence, mail, bodies, calendar, config } = parts;
        let keys = app::key_ring(&db, &sealer, &*random, clock.now()).await?;
        let secret = Secret::new(hex::encode(sealer.hash(b"own client")));
        let (relying, http) = match &config.provider {
            Provider::Own { environment, .. } => {
                let people = match environment {
                    Environment::Sandbox => PersonKind::Test,
                    Environment::Production => PersonKind::Real,
                };
                // It is this very process: no proxy stands between.
                (app::own(&config, secret.clone(), people), http(reqwest::Client::builder().no_proxy())?)
            }
            Provider::Other(relying) => ((**relying).clone(), http(reqwest::Client::builder())?),
        };
        let rp = app::relying_party(config.base(), &web.config().base_url);
        let breached = config.breached.as_deref().map(Breached::open).transpose()?.map(Arc::new);
        let identity = Self(Arc::new(Inner {
            breached,
            hasher: Hasher::start(config.hash_threads, config.hash, &key)?,
            tokens: TokenKey::new(&key),
            form: hmac::Key::new(hmac::HMAC_SHA256, &sealer.hash(b"login form")),
            pairwise: Pairwise::new(&sealer.hash(b"pairwise")),
            nonces: Nonces::new(&sealer.hash(b"dpop nonces")),
            tally: Tally::default(),
            discovery: app::discovery(&config),
            open_discovery: app::open_discovery(&config),
            db,
            web,
            buckets,
            sealer,
            keys: ArcSwap::from_pointee(keys),
            relying,
            rp,
            http,
            remote_keys: RemoteKeys::new()?,
            clock,
            random,
            evidence,
            mail,
            bodies,
            calendar,
            config,
        }));
        Ok((identity, secret))
    }

    async fn ensure_own_client(&self, secret: Secret) -> Result<()> {
        let Provider::Own { institution, environment } = &self.0.config.provider else { return Ok(()) };
        let web = self.0.web.config();
        let own = NewClient {
            id: Some(OWN_CLIENT.to_owned()),
            secret: Some(secret),
            name: web.service_name.clone(),
            institution: institution.clone(),
            environment: *environment,
            state: ClientState::Active,
            scopes: ["openid", "run", "name"].map(str::to_owned).to_vec(),
            redirect_uris: vec![self.return_url()],
            logout_uris: vec![web.base_url.clone()],
            settings: Settings {
                pkce: Pkce::Required,
                sso_seconds: 30 * 60,
                sso_idle_seconds: 30 * 60,
                sid: true,
                ..Settings::default()
            },
        };
        let identity = self.clone();
        self.0.db.write(move |tx| identity.register_client(tx, &own)).await?;
        Ok(())
    }

    /// The contract and the pages.
    #[must_use]
    pub fn routes(&self) -> Vec<RouteSet> {
        vec![api::routes(self.clone()), pages::routes(self.clone())]
    }

    pub(crate) async fn client(&self, client_id: &str) -> Result<Option<Client>> {
        let id = client_id.to_owned();
        self.0.db.read(move |conn| store::client(conn, &id)).await
    }

    pub(crate) async fn history(&self, person: Id, before: Option<Id>, limit: usize) -> Result<store::Page> {
        self.0.db.read(move |conn| store::history(conn, person, before, limit)).await
    }

    /// The latest events of a person, the newest first.
    ///
    /// # Errors
    /// When the database doesn't answer.
    pub async fn events(&self, person: Id, limit: usize) -> Result<Vec<Event>> {
        Ok(self.history(person, None, limit).await?.events)
    }

    /// Deletes what nobody needs any more: sessions and grants over for a day, old browsers, forgotten failures. Answers how
    /// many rows. The history is kept.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn purge(&self) -> Result<u64> {
        let now = self.0.clock.now();
        let limits = self.0.config.limits;
        let longest = [limits.known_device, limits.unknown_devices, limits.prefix].map(|l| l.forget);
        let (day_ago, forget) = (now.plus_seconds(-86_400), longest.into_iter().max().unwrap_or_default());
        let forgotten = now.plus_seconds(-forget);
        let identity = self.clone();
        let purge = move |tx: &mut copihue_db::Tx<'_>| {
            Ok(store::purge(tx, now, day_ago, forgotten)? + identity.forget_counts(tx)?)
        };
        self.0.db.write(purge).await
    }

    pub(crate) fn jar(&self) -> Jar {
        Jar { secure: self.0.web.config().secure_cookies }
    }
}

/// Answers of the provider come within ten seconds or not at all, and never by way of another address.
fn http(builder: reqwest::ClientBuilder) -> Result<reqwest::Client> {
    let limits = builder.timeout(Duration::from_secs(10)).connect_timeout(Duration::from_secs(4));
    let client = limits.redirect(reqwest::redirect::Policy::none()).build();
    client.map_err(|e| Error::internal(format_args!("http client: {e}")))
}
