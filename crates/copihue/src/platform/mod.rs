//! The composition root: every service over one database, wired to each other, nothing more.

pub(crate) mod deeds;
mod evidence;
pub(crate) mod gossip;
mod housekeeping;
mod offers;
pub(crate) mod openapi;
mod ports;
mod registers;
pub(crate) mod running;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use copihue_calendar::Calendars;
use copihue_casefiles::Casefiles;
use copihue_core::calendar::Policy;
use copihue_core::{BucketKey, Clock, Error, Random, Result, SystemClock, SystemRandom};
use copihue_db::blobs::Blobs;
use copihue_db::jobs::Worker;
use copihue_db::{Db, MigrationSet, Options};
use copihue_directory::Directory;
use copihue_documents::Engine;
use copihue_identity::Identity;
use copihue_ledger::Ledger;
use copihue_notifications::Notifications;
use copihue_payments::{Payments, Sandbox};
use copihue_portal::Portal;
use copihue_procedures::{HttpGateway, Procedures};
use copihue_registers::Registers;
use copihue_signing::{Desk, DeskParts, Mode, Registration, RegistrationParts, Signing};
use copihue_web::{NavLink, RouteSet, Show, Web};

use crate::config::Config;
use crate::keys::Keys;

pub(crate) use evidence::Evidence;
use ports::{Bodies, Letters, Seals};
use registers::{Offered, World};

/// Every crate's tables, in the order in which they may refer to each other.
pub(crate) const MIGRATIONS: &[MigrationSet] = &[
    copihue_web::MIGRATIONS,
    copihue_directory::MIGRATIONS,
    copihue_calendar::MIGRATIONS,
    copihue_ledger::MIGRATIONS,
    copihue_registers::MIGRATIONS,
    copihue_signing::MIGRATIONS,
    copihue_notifications::MIGRATIONS,
    copihue_payments::MIGRATIONS,
    copihue_identity::MIGRATIONS,
    copihue_casefiles::MIGRATIONS,
    copihue_procedures::MIGRATIONS,
];

/// A checkpoint of the logs at most so often (LED-03).
const CHECKPOINT_INTERVAL: Duration = Duration::from_secs(1);

/// All services of a deployment.
pub(crate) struct Platform {
    pub(crate) config: Config,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) random: Arc<dyn Random>,
    pub(crate) buckets: BucketKey,
    pub(crate) db: Db,
    pub(crate) web: Web,
    pub(crate) directory: Directory,
    pub(crate) calendars: Calendars,
    pub(crate) ledger: Ledger,
    pub(crate) registers: Registers,
    pub(crate) signing: Signing,
    pub(crate) desk: Desk,
    pub(crate) registration: Registration,
    pub(crate) notifications: Notifications,
    pub(crate) payments: Payments,
    pub(crate) sandbox: Sandbox,
    pub(crate) identity: Identity,
    pub(crate) casefiles: Casefiles,
    pub(crate) procedures: Procedures,
    pub(crate) portal: Portal,
}

/// The login alone, for an operator's command: beside the running server, whose keys and tables it shares.
///
/// # Errors
/// When the database, the folder or a setting can't be used.
pub(crate) async fn operator(config: Config) -> Result<Identity> {
    let ground = Ground::open(config)?;
    let evidence = Arc::new(Evidence(ground.ledger()?));
    let web = ground.web(Arc::new(copihue_web::NoHats));
    let around = Around {
        mail: Arc::new(copihue_identity::NoMail),
        bodies: Arc::new(copihue_identity::NoBodies),
        calendar: Arc::new(copihue_core::calendar::Calendar::shipped),
    };
    Identity::for_operator(ground.identity_parts(&web, &evidence, around)?).await
}

/// What keeps evidence records, for a technician's command: beside the running server, whose keys and tables it shares.
///
/// # Errors
/// As [`operator`].
pub(crate) async fn evidence_keeper(config: Config) -> Result<(Signing, Blobs)> {
    let ground = Ground::open(config)?;
    let evidence = Arc::new(Evidence(ground.ledger()?));
    let blobs = Blobs::new(ground.db.clone(), ground.config.objects());
    Ok((ground.signing(evidence).await?, blobs))
}

/// What the login needs of the services around it.
struct Around {
    mail: Arc<dyn copihue_identity::Mailer>,
    bodies: Arc<dyn copihue_identity::Bodies>,
    calendar: copihue_identity::Calendars,
}

/// What every service is made of.
struct Ground {
    config: Config,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    db: Db,
    keys: Keys,
    buckets: BucketKey,
}

impl Platform {
    /// Opens the database, brings its tables up to date, and builds every service over it.
    ///
    /// # Errors
    /// When the database, the folder or a setting can't be used; the message says which.
    pub(crate) async fn open(config: Config) -> Result<Self> {
        let ground = Ground::open(config)?;
        let ledger = ground.ledger()?;
        for family in ledger.check().await? {
            tracing::error!(ledger = family.name(), "stopped: what is stored is not what was signed");
        }
        let evidence = Arc::new(Evidence(ledger.clone()));
        let directory = ground.directory(evidence.clone()).await?;
        let bodies = Arc::new(Bodies(directory.clone()));
        let calendars = ground.calendars().await?;
        let world = World::new(&directory, &calendars);
        let registers = ground.registers(&ledger, &world).await?;
        let signing = ground.signing(evidence.clone()).await?;
        let seals = Arc::new(Seals(signing.clone()));
        ledger.anchor_with(seals.clone());
        let notifications = ground.notifications(&calendars, &bodies, &evidence, &seals)?;
        let desk = Desk::new(DeskParts {
            signing: signing.clone(),
            directory: directory.clone(),
            blobs: Blobs::new(ground.db.clone(), ground.config.objects()),
            courier: Arc::new(Letters(notifications.clone())),
        });
        let registration = Registration::new(RegistrationParts {
            signing: signing.clone(),
            directory: directory.clone(),
            calendar: snapshots(&calendars),
            courier: Arc::new(Letters(notifications.clone())),
        });
        let sandbox = Sandbox::new(ground.db.clone(), ground.clock.clone(), ground.random.clone());
        let payments = ground.payments(&bodies, &evidence, &seals, &sandbox);
        let engine = Arc::new(Engine::new());
        let casefiles = ground.casefiles(&calendars, &evidence, &seals, &engine);
        let around = Around {
            mail: Arc::new(Letters(notifications.clone())),
            bodies: bodies.clone(),
            calendar: snapshots(&calendars),
        };
        let web = ground.web(bodies);
        let identity = Identity::open(ground.identity_parts(&web, &evidence, around)?).await?;
        let procedures = ground
            .procedures(&Below {
                directory: &directory,
                casefiles: &casefiles,
                notifications: &notifications,
                payments: &payments,
                signing: &signing,
                engine: &engine,
                evidence: &evidence,
                registers: &registers,
            })
            .await?;
        world.with_procedures(&procedures);
        payments.fulfil_with(Arc::new(procedures.clone()));
        casefiles.add_panel(procedures.panel());
        casefiles.add_acts(Arc::new(procedures.clone()));
        let portal = Portal::new(notifications.clone(), ledger.clone(), directory.clone(), signing.clone());
        let Ground { config, clock, random, db, buckets, .. } = ground;
        Ok(Self {
            config,
            clock,
            random,
            buckets,
            db,
            web,
            directory,
            calendars,
            ledger,
            registers,
            signing,
            desk,
            registration,
            notifications,
            payments,
            sandbox,
            identity,
            casefiles,
            procedures,
            portal,
        })
    }

    /// Every service's routes.
    pub(crate) fn routes(&self) -> Vec<RouteSet> {
        let mut sets = vec![
            openapi::routes(),
            self.portal.routes(),
            self.procedures.routes(),
            self.casefiles.routes(),
            self.notifications.routes(),
            self.payments.routes(),
            self.signing.routes(),
            self.signing.contracts(),
            self.desk.routes(),
            self.desk.contracts(),
            self.registration.routes(),
            copihue_ledger::api::routes(self.ledger.clone()),
            copihue_ledger::pages::routes(self.ledger.clone(), &self.config.base_url),
        ];
        sets.extend(self.registers.routes());
        sets.extend(self.identity.routes());
        if self.config.demo {
            sets.push(self.sandbox.routes(&self.payments));
            sets.push(self.notifications.demo_routes());
        }
        sets
    }

    /// Every service's jobs.
    pub(crate) fn worker(&self) -> Worker {
        let worker = Worker::new(self.db.clone(), self.clock.clone());
        let worker = self.calendars.jobs(worker);
        let worker = self.notifications.register(worker);
        let worker = self.desk.register(worker);
        let worker = self.identity.register(worker);
        let worker = self.registration.register(worker);
        let worker = self.procedures.register(worker);
        self.casefiles.register(worker)
    }

    /// Offers what is published now in the portal.
    pub(crate) fn offer(&self) {
        self.portal.offer(self.procedures.catalogue().iter().map(offers::listing).collect());
        self.web.public_pages().invalidate();
    }
}

/// The services that procedures stand on.
struct Below<'a> {
    directory: &'a Directory,
    casefiles: &'a Casefiles,
    notifications: &'a Notifications,
    payments: &'a Payments,
    signing: &'a Signing,
    engine: &'a Arc<Engine>,
    evidence: &'a Arc<Evidence>,
    registers: &'a Registers,
}

impl Ground {
    fn open(config: Config) -> Result<Self> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
        let random: Arc<dyn Random> = Arc::new(SystemRandom);
        std::fs::create_dir_all(&config.data).map_err(Error::unavailable)?;
        let keys = Keys::load(&config.data.join("keys"), &*random)?;
        let options = Options { clock: clock.clone(), random: random.clone(), ..Options::default() };
        let db = Db::open(&config.database, options)?;
        db.migrate(MIGRATIONS)?;
        let buckets = BucketKey::new(&keys.bucket);
        Ok(Self { config, clock, random, db, keys, buckets })
    }

    fn ledger(&self) -> Result<Ledger> {
        let config = copihue_ledger::Config {
            host: self.config.host().to_owned(),
            master_key: self.keys.master,
            signing_key: self.keys.ledger,
            interval: CHECKPOINT_INTERVAL,
            policy: self.config.ledger.policy()?,
            copies: self.config.ledger.copies.clone(),
        };
        Ledger::new(self.db.clone(), config, self.clock.clone(), self.random.clone())
    }

    async fn registers(&self, ledger: &Ledger, world: &Arc<World>) -> Result<Registers> {
        Registers::open(copihue_registers::Parts {
            db: self.db.clone(),
            ledger: ledger.clone(),
            clock: self.clock.clone(),
            random: self.random.clone(),
            world: world.clone(),
            custodian: self.config.registers.clone().map(crate::config::Custodian::into_parts),
        })
        .await
    }

    async fn directory(&self, journal: Arc<Evidence>) -> Result<Directory> {
        Directory::open(copihue_directory::Parts {
            db: self.db.clone(),
            key: self.keys.master,
            buckets: self.buckets.clone(),
            clock: self.clock.clone(),
            random: self.random.clone(),
            journal,
            roles: [
                copihue_directory::model::role::ROLES,
                copihue_procedures::ROLES,
                copihue_registers::ROLES,
                copihue_identity::ROLES,
                copihue_signing::ROLES,
            ]
            .concat(),
            rules: [copihue_directory::model::policy::RULES, copihue_signing::RULES].concat(),
        })
        .await
    }

    async fn calendars(&self) -> Result<Calendars> {
        let (db, clock, random) = (self.db.clone(), self.clock.clone(), self.random.clone());
        tokio::task::spawn_blocking(move || Calendars::open(&db, clock, random, Policy::default()))
            .await
            .map_err(Error::internal)?
    }

    async fn signing(&self, evidence: Arc<Evidence>) -> Result<Signing> {
        let signing = Signing::open(copihue_signing::Parts {
            db: self.db.clone(),
            clock: self.clock.clone(),
            random: self.random.clone(),
            buckets: self.buckets.clone(),
            master_key: copihue_signing::vault::MasterKey::new(self.keys.master),
            evidence,
            base_url: self.config.base_url.clone(),
            anchors: self.config.signatures.anchors(self.clock.now())?,
            timestamps: self.config.signatures.timestamps(),
            mode: if self.config.demo { Mode::Demo } else { Mode::Live },
        })
        .await?;
        for token in &self.config.signatures.tokens {
            signing.use_token(token.seal()?).await?;
        }
        for firmagob in &self.config.signatures.firmagob {
            signing.use_firmagob(firmagob.settings()?)?;
        }
        let issuers = &self.config.signatures.issuers;
        signing.use_revocation(issuers.iter().map(|i| i.source()).collect::<Result<_>>()?)?;
        Ok(signing)
    }

    fn notifications(
        &self,
        calendars: &Calendars,
        bodies: &Arc<Bodies>,
        evidence: &Arc<Evidence>,
        seals: &Arc<Seals>,
    ) -> Result<Notifications> {
        Notifications::new(copihue_notifications::Parts {
            db: self.db.clone(),
            clock: self.clock.clone(),
            random: self.random.clone(),
            calendar: snapshots(calendars),
            senders: bodies.clone(),
            evidence: evidence.clone(),
            sealer: seals.clone(),
            transport: self.config.transport()?,
            base_url: self.config.base_url.clone(),
        })
    }

    fn payments(
        &self,
        bodies: &Arc<Bodies>,
        evidence: &Arc<Evidence>,
        seals: &Arc<Seals>,
        sandbox: &Sandbox,
    ) -> Payments {
        Payments::new(copihue_payments::Parts {
            db: self.db.clone(),
            clock: self.clock.clone(),
            random: self.random.clone(),
            buckets: self.buckets.clone(),
            issuers: bodies.clone(),
            evidence: evidence.clone(),
            registry: seals.clone(),
            providers: vec![Arc::new(sandbox.clone())],
        })
    }

    fn identity_parts(
        &self,
        web: &Web,
        evidence: &Arc<Evidence>,
        around: Around,
    ) -> Result<copihue_identity::Parts> {
        let Around { mail, bodies, calendar } = around;
        Ok(copihue_identity::Parts {
            db: self.db.clone(),
            web: web.clone(),
            buckets: self.buckets.clone(),
            key: self.keys.master,
            clock: self.clock.clone(),
            random: self.random.clone(),
            evidence: evidence.clone(),
            mail,
            bodies,
            calendar,
            config: self.config.identity()?,
        })
    }

    fn casefiles(
        &self,
        calendars: &Calendars,
        evidence: &Arc<Evidence>,
        seals: &Arc<Seals>,
        engine: &Arc<Engine>,
    ) -> Casefiles {
        Casefiles::new(copihue_casefiles::Parts {
            db: self.db.clone(),
            clock: self.clock.clone(),
            random: self.random.clone(),
            buckets: self.buckets.clone(),
            blobs: Blobs::new(self.db.clone(), self.config.objects()),
            calendar: snapshots(calendars),
            evidence: evidence.clone(),
            receipts: evidence.clone(),
            sealer: seals.clone(),
            documents: engine.clone(),
            base_url: self.config.base_url.clone(),
        })
    }

    async fn procedures(&self, below: &Below<'_>) -> Result<Procedures> {
        let services = self.config.queries.clone().into_iter().collect();
        Procedures::open(copihue_procedures::Parts {
            db: self.db.clone(),
            clock: self.clock.clone(),
            random: self.random.clone(),
            buckets: self.buckets.clone(),
            directory: below.directory.clone(),
            casefiles: below.casefiles.clone(),
            notifications: below.notifications.clone(),
            payments: below.payments.clone(),
            signing: below.signing.clone(),
            blobs: Blobs::new(self.db.clone(), self.config.objects()),
            documents: below.engine.clone(),
            gateway: Arc::new(HttpGateway::new(services)?),
            evidence: below.evidence.clone(),
            lists: Arc::new(Offered(below.registers.clone())),
            base_url: self.config.base_url.clone(),
        })
        .await
    }

    fn web(&self, hats: Arc<dyn copihue_web::HatSource>) -> Web {
        let mut config = copihue_web::WebConfig::new(&self.config.base_url, &self.config.name, self.keys.web);
        config.environment_banner.clone_from(&self.config.banner);
        config.development = self.config.demo;
        config.footer.push(NavLink::new("Bitácoras públicas", "/bitacoras", Show::Everyone));
        config.desks = vec![
            NavLink::new("Firma de documentos", "/gestion/firma", Show::Officials),
            NavLink::new("Registros públicos", "/gestion/registros", Show::Role(copihue_registers::KEEPER)),
            NavLink::new(
                "Plantillas de documentos",
                "/gestion/plantillas",
                Show::Role(copihue_procedures::TEMPLATES),
            ),
            NavLink::new("Abrir cuentas", "/gestion/cuentas", Show::Role(copihue_identity::OFFICER)),
            NavLink::new(
                "Cuentas de las personas",
                "/gestion/identidad",
                Show::Role(copihue_identity::ADMINISTRATOR),
            ),
            NavLink::new(
                "Integración de aplicaciones",
                "/gestion/integraciones",
                Show::Role(copihue_identity::INTEGRATOR),
            ),
            NavLink::new(
                "Revisión de integraciones",
                "/gestion/revision-integraciones",
                Show::Role(copihue_identity::REVIEWER),
            ),
            NavLink::new(
                "Mesa de ayuda",
                "/gestion/identidad/soporte",
                Show::Role(copihue_identity::SUPPORT),
            ),
        ];
        config.upload_dir = self.uploads();
        if self.config.demo {
            config.rates = copihue_web::Rates::generous();
        }
        Web::new(self.db.clone(), config, self.clock.clone(), self.random.clone(), hats)
    }

    fn uploads(&self) -> PathBuf {
        let folder = self.config.data.join("uploads");
        match std::fs::create_dir_all(&folder) {
            Ok(()) => folder,
            Err(_) => std::env::temp_dir(),
        }
    }
}

fn snapshots(calendars: &Calendars) -> Arc<dyn Fn() -> Arc<copihue_core::calendar::Calendar> + Send + Sync> {
    let calendars = calendars.clone();
    Arc::new(move || calendars.current())
}
