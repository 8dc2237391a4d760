//! A municipality with its officials, holders that can be down, and every service below procedures.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use copihue_casefiles as casefiles;
use copihue_core::calendar::{Calendar, Scope, Zone};
use copihue_core::{
    Acr, Actor, BucketKey, Id, ManualClock, PersonRef, Result, Run, SeededRandom, Subject, SystemRandom,
    Timestamp,
};
use copihue_db::blobs::Blobs;
use copihue_db::jobs::Worker;
use copihue_db::testing::engines_at;
use copihue_db::{Db, Tx, params, sql};
use copihue_directory as directory;
use copihue_directory::{
    Bond, Directory, InstitutionKind, NameSource, NewDesignation, NewInstitution, NewMembership, NewOfficial,
    NewPost, NewUnit, Period, Quality, Seats,
};
use copihue_notifications as notifications;
use copihue_payments as payments;
use copihue_procedures::{Act, Evidence, Parts, Procedures, Query, QueryGateway, ROLES, Reply};
use copihue_signing as signing;
use futures_util::future::BoxFuture;
use serde_json::{Value, json};

use crate::definitions::{CERTIFICATE, PERMIT};

pub(crate) const TOWN: &str = "PE-MUN-00301";
const NAME: &str = "Municipalidad de Puente Alto";

/// Holders that answer what the test says.
#[derive(Default)]
pub(crate) struct Holders(Mutex<HashMap<String, Reply>>);

impl Holders {
    pub(crate) fn say(&self, service: &str, reply: Reply) {
        self.0.lock().unwrap().insert(service.to_owned(), reply);
    }

    pub(crate) fn answer(&self, service: &str, data: Value) {
        self.say(service, Reply::Data { source: Some("Muestra".to_owned()), data });
    }
}

impl QueryGateway for Holders {
    fn ask<'a>(&'a self, query: &'a Query) -> BoxFuture<'a, Reply> {
        let reply = self.0.lock().unwrap().get(&query.service).cloned();
        Box::pin(async move { reply.unwrap_or(Reply::Failed("down".to_owned())) })
    }
}

/// Plays the log, the registries and the seal of every service.
#[derive(Clone)]
struct Ports {
    signing: Option<signing::Signing>,
}

macro_rules! silent {
    ($($crate_name:ident),*) => {$(
        impl $crate_name::Evidence for Ports {
            fn append(&self, _: &mut Tx<'_>, _: $crate_name::Act<'_>) -> Result<()> {
                Ok(())
            }
        }
    )*};
}
silent!(casefiles, notifications, payments);

impl Evidence for Ports {
    fn append(&self, _: &mut Tx<'_>, _: Act<'_>) -> Result<()> {
        Ok(())
    }
}

impl casefiles::Receipts for Ports {
    fn receipt<'a>(&'a self, _: &'a str, _: &'a str) -> BoxFuture<'a, Result<Option<String>>> {
        Box::pin(async { Ok(None) })
    }

    fn policy(&self) -> String {
        "quorum none\n".to_owned()
    }
}

impl casefiles::Sealer for Ports {
    fn seal_jws(&self, institution: &str, value: &Value) -> Result<String> {
        self.signing.as_ref().unwrap().seal_jws(institution, value)
    }
    fn seal_pdf<'a>(
        &'a self,
        institution: &'a str,
        pdf: Vec<u8>,
        reason: &'a str,
    ) -> BoxFuture<'a, Result<Vec<u8>>> {
        Box::pin(async move {
            let options = signing::SealOptions::because(reason);
            Ok(self.signing.as_ref().unwrap().seal_pdf(institution, pdf, options).await?.bytes)
        })
    }
    fn register(&self, _: &mut Tx<'_>, _: &casefiles::Issued<'_>) -> Result<()> {
        Ok(())
    }
}

impl notifications::Sealer for Ports {
    fn seal_jws(&self, institution: &str, value: &Value) -> Result<String> {
        self.signing.as_ref().unwrap().seal_jws(institution, value)
    }
}

impl notifications::Senders for Ports {
    fn sender(&self, _: &str) -> Option<notifications::Sender> {
        Some(notifications::Sender { name: NAME.to_owned(), zone: Zone::Santiago, scope: Scope::NATIONAL })
    }
}

impl payments::Issuers for Ports {
    fn issuer(&self, _: &str) -> Option<payments::Issuer> {
        Some(payments::Issuer { name: NAME.to_owned(), rut: "69.072.100-7".to_owned(), zone: Zone::Santiago })
    }
}

impl payments::Registry for Ports {
    fn register(&self, _: &mut Tx<'_>, _: &payments::Issued<'_>) -> Result<()> {
        Ok(())
    }
}

#[derive(Clone)]
pub(crate) struct World {
    pub(crate) db: Db,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) holders: Arc<Holders>,
    pub(crate) directory: Directory,
    pub(crate) casefiles: casefiles::Casefiles,
    pub(crate) notifications: notifications::Notifications,
    pub(crate) payments: payments::Payments,
    pub(crate) sandbox: payments::Sandbox,
    pub(crate) signing: signing::Signing,
    pub(crate) procedures: Procedures,
    _folder: Arc<tempfile::TempDir>,
}

pub(crate) const START: &str = "2026-03-10T15:00:00Z";

pub(crate) async fn each_engine(body: impl AsyncFn(World)) {
    let clock = Arc::new(ManualClock::at(START));
    for db in engines_at(&clock) {
        let clock = Arc::new(ManualClock::at(START));
        let sets = [
            directory::MIGRATIONS,
            casefiles::MIGRATIONS,
            notifications::MIGRATIONS,
            payments::MIGRATIONS,
            signing::MIGRATIONS,
            copihue_web::MIGRATIONS,
            copihue_procedures::MIGRATIONS,
        ];
        db.migrate(&sets).unwrap();
        body(World::new(db.db(), clock).await).await;
    }
}

fn calendar() -> Arc<dyn Fn() -> Arc<Calendar> + Send + Sync> {
    Arc::new(Calendar::shipped)
}

impl World {
    async fn new(db: Db, clock: Arc<ManualClock>) -> Self {
        let random = Arc::new(SystemRandom);
        let buckets = BucketKey::new(&[8; 32]);
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let base_url = "http://127.0.0.1:8080".to_owned();
        let directory = Directory::open(directory::Parts {
            db: db.clone(),
            key: [7; 32],
            buckets: buckets.clone(),
            clock: clock.clone(),
            random: Arc::new(SeededRandom::new(1)),
            journal: Arc::new(directory::NoJournal),
            roles: directory::model::role::ROLES.iter().chain(ROLES).copied().collect(),
            rules: directory::model::policy::RULES.to_vec(),
        })
        .await
        .unwrap();
        let signing = signing::Signing::open(signing::Parts {
            db: db.clone(),
            clock: clock.clone(),
            random: random.clone(),
            buckets: buckets.clone(),
            master_key: signing::vault::MasterKey::new([9; 32]),
            evidence: Arc::new(signing::NoEvidence),
            base_url: base_url.clone(),
            anchors: Vec::new(),
            timestamps: signing::Timestamps::default(),
            mode: signing::Mode::Demo,
        })
        .await
        .unwrap();
        let ports = Ports { signing: Some(signing.clone()) };
        let blobs = Blobs::new(db.clone(), folder.path());
        let documents = Arc::new(copihue_documents::Engine::new());
        let casefiles = casefiles::Casefiles::new(casefiles::Parts {
            db: db.clone(),
            clock: clock.clone(),
            random: random.clone(),
            buckets: buckets.clone(),
            blobs: blobs.clone(),
            calendar: calendar(),
            evidence: Arc::new(ports.clone()),
            receipts: Arc::new(ports.clone()),
            sealer: Arc::new(ports.clone()),
            documents: documents.clone(),
            base_url: base_url.clone(),
        });
        let notifications = notifications::Notifications::new(notifications::Parts {
            db: db.clone(),
            clock: clock.clone(),
            random: random.clone(),
            calendar: calendar(),
            senders: Arc::new(ports.clone()),
            evidence: Arc::new(ports.clone()),
            sealer: Arc::new(ports.clone()),
            transport: notifications::Transport::Keep,
            base_url: base_url.clone(),
        })
        .unwrap();
        let sandbox = payments::Sandbox::new(db.clone(), clock.clone(), random.clone());
        let payments = payments::Payments::new(payments::Parts {
            db: db.clone(),
            clock: clock.clone(),
            random: random.clone(),
            buckets: buckets.clone(),
            issuers: Arc::new(ports.clone()),
            evidence: Arc::new(ports.clone()),
            registry: Arc::new(ports.clone()),
            providers: vec![Arc::new(sandbox.clone())],
        });
        let holders = Arc::new(Holders::default());
        let procedures = Procedures::open(Parts {
            db: db.clone(),
            clock: clock.clone(),
            random,
            buckets,
            directory: directory.clone(),
            casefiles: casefiles.clone(),
            notifications: notifications.clone(),
            payments: payments.clone(),
            signing: signing.clone(),
            blobs,
            documents,
            gateway: holders.clone(),
            evidence: Arc::new(ports),
            lists: Arc::new(copihue_procedures::NoLists),
            base_url,
        })
        .await
        .unwrap();
        payments.fulfil_with(Arc::new(procedures.clone()));
        let world = Self {
            db,
            clock,
            holders,
            directory,
            casefiles,
            notifications,
            payments,
            sandbox,
            signing,
            procedures,
            _folder: folder,
        };
        world.settle().await;
        world
    }

    /// Institution, units, officials, seals, definitions.
    async fn settle(&self) {
        let job = Actor::job("test");
        let by = job.clone();
        self.directory
            .change(move |d, tx| {
                let from = "2026-01-01".parse().unwrap();
                let mut town = NewInstitution::new(TOWN, NAME, "MPA", InstitutionKind::Municipality, from);
                town.commune = Some("13201".parse().unwrap());
                town.authority = directory::Authority::Mayor;
                d.add_institution(tx, &by, town)
            })
            .await
            .unwrap();
        self.signing.ensure_authority().await.unwrap();
        let seal = signing::NewSeal {
            institution: TOWN.into(),
            name: NAME.into(),
            rut: None,
            algorithm: signing::keys::Algorithm::P256,
        };
        self.signing.ensure_seal(&seal).await.unwrap();
        for (run, name, unit, role) in [
            (10_000_001, "Juana Soto", "TRANSITO", "tramitador"),
            (10_000_002, "Pedro Lagos", "TRANSITO", "tramitador"),
            (10_000_003, "Elena Vera", "DIDECO", "tramitador"),
            (10_000_004, "Raúl Mella", "DOM", "tramitador"),
            (10_000_005, "Sofía Arce", "SECRETARIA", "firmante"),
            (10_000_006, "Marta Ríos", "SECRETARIA", "redactor_plantillas"),
            (10_000_007, "Luis Pino", "SECRETARIA", "redactor_plantillas"),
        ] {
            self.official(run, name, unit, role).await;
        }
        self.procedures.publish(&job, PERMIT, &[TOWN.to_owned()]).await.unwrap();
        self.procedures.publish(&job, CERTIFICATE, &[TOWN.to_owned()]).await.unwrap();
    }

    async fn official(&self, run: u32, name: &'static str, unit: &'static str, role: &'static str) {
        let run = Run::from_number(run).unwrap();
        let exists = self.directory.unit(TOWN, unit).map(|u| u.id);
        let job = Actor::job("test");
        let id = self
            .directory
            .change(move |d, tx| {
                let period = || Period::starting("2026-01-01".parse().unwrap());
                let unit_id = match exists {
                    Some(id) => id,
                    None => d.add_unit(
                        tx,
                        &job,
                        NewUnit {
                            institution: TOWN.into(),
                            code: unit.into(),
                            name: format!("Dirección {unit}"),
                            parent: None,
                            period: period(),
                        },
                    )?,
                };
                let post = d.add_post(
                    tx,
                    &job,
                    NewPost {
                        institution: TOWN.into(),
                        unit: unit_id,
                        name: format!("Profesional {name}"),
                        authority: directory::Authority::Other,
                        seats: Seats::Several,
                        superior_post: None,
                        period: period(),
                    },
                )?;
                let official = d.add_official(
                    tx,
                    &job,
                    NewOfficial {
                        run,
                        name: name.into(),
                        name_source: NameSource::Login,
                        email: None,
                        membership: NewMembership {
                            institution: TOWN.into(),
                            unit: unit_id,
                            post,
                            bond: Bond::Permanent,
                            period: period(),
                        },
                    },
                )?;
                d.add_designation(
                    tx,
                    &job,
                    NewDesignation {
                        institution: TOWN.into(),
                        role: role.into(),
                        unit: None,
                        official,
                        quality: Quality::Holder,
                        post_text: "Profesional".into(),
                        act: None,
                        period: period(),
                        replaces: None,
                    },
                )?;
                Ok(official)
            })
            .await
            .unwrap();
        let holder = signing::NewHolder {
            institution: TOWN.into(),
            institution_name: NAME.into(),
            official: id,
            run,
            name: name.into(),
            post: "Profesional".into(),
            email: None,
            algorithm: signing::keys::Algorithm::P256,
        };
        self.signing.ensure_holder(&holder).await.unwrap();
    }

    /// A person at home.
    pub(crate) fn person(&self, run: u32, name: &str) -> Actor {
        let run = Run::from_number(run).unwrap();
        let id = Id::new(
            Timestamp::from_millis(1_700_000_000_000),
            BucketKey::new(&[8; 32]).of_run(run),
            &SeededRandom::new(u64::from(run.number())),
        );
        Actor {
            subject: Subject::Person(PersonRef { id, run, name: name.into() }),
            hat: None,
            acr: Acr::Low,
            trace: "t".into(),
        }
    }

    pub(crate) fn ana(&self) -> Actor {
        self.person(44_444_444, "Ana Rojas")
    }

    /// The same person, at work.
    pub(crate) fn at_work(&self, run: u32, name: &str) -> Actor {
        let person = self.person(run, name);
        let hat = self.directory.hats(Run::from_number(run).unwrap()).into_iter().next();
        Actor { hat: Some(hat.unwrap()), acr: Acr::Substantial, ..person }
    }

    pub(crate) async fn code(&self, actor: &Actor) -> String {
        self.clock.advance_millis(31_000);
        self.signing.current_code(TOWN, actor.hat.as_ref().unwrap().official).await.unwrap()
    }

    pub(crate) async fn jobs(&self) {
        let worker = self.procedures.register(Worker::new(self.db.clone(), self.clock.clone()));
        worker.run_due().await.unwrap();
    }

    pub(crate) async fn mail(&self) {
        let worker = self.notifications.register(Worker::new(self.db.clone(), self.clock.clone()));
        worker.run_due().await.unwrap();
    }

    /// The institution has issued this already, nobody here knows how.
    pub(crate) async fn take_unique(&self, key: &'static str) {
        let case = Id::from_bytes([9; 16]);
        self.db
            .write(move |tx| {
                tx.execute(
                    sql!("INSERT INTO procedures_unique (institution, unique_key, case_id, code, issued_at) VALUES ($1, $2, $3, $4, $5)"),
                    &params![TOWN, key, case, "X", 0_i64],
                )
            })
            .await
            .unwrap();
    }

    /// Everything in order for a plate.
    pub(crate) fn all_in_order(&self) {
        self.holders.answer("vehiculos.padron", json!({"fuente": "Registro Civil", "patente": "BBCD12", "marca": "Toyota", "modelo": "Yaris",
            "version": "estándar", "anio": 2019, "tipo": "automovil", "color": "gris", "motor": "M1", "chasis": "C1", "combustible": "gasolina",
            "propietario": {"run": "44444444-4", "nombre": "Ana Rojas"}, "encargo_robo": false, "codigo_sii": "CB0110001"}));
        self.holders.answer(
            "vehiculos.tasacion",
            json!({"codigo_sii": "CB0110001", "anio": 2026, "tasacion": 10_000_000}),
        );
        self.holders.answer("vehiculos.multas", json!({"multas": []}));
        self.holders.answer(
            "permisos.anterior",
            json!({"municipalidad": "Puente Alto", "folio": "1", "pago": "total", "pagado_el": "2025-03-12"}),
        );
        self.holders.answer(
            "soap.vigencia",
            json!({"compania": "Seguros", "poliza": "P1", "desde": "2026-04-01", "hasta": "2027-03-31"}),
        );
        self.holders.answer(
            "revision.vigencia",
            json!({"planta": "B-13", "fecha": "2025-10-05", "resultado": "aprobada", "vence": "2026-10-05"}),
        );
    }

    /// Goes to the provider and comes back.
    pub(crate) async fn pay(
        &self,
        actor: &Actor,
        start_path: &str,
        verdict: payments::Verdict,
    ) -> Result<String> {
        let id: Id = start_path.rsplit('/').next().unwrap().parse().unwrap();
        let payments::Begin::Provider(redirect) = self.payments.begin(actor, id).await? else {
            panic!("no provider")
        };
        let path = self.sandbox.decide(&redirect.token, verdict).await.unwrap();
        let (path, query) = path.split_once('?').unwrap();
        let attempt = path.rsplit('/').next().unwrap().parse().unwrap();
        let params: Vec<_> = query
            .split('&')
            .map(|p| p.split_once('=').unwrap())
            .map(|(k, v)| (k.to_owned(), v.to_owned()))
            .collect();
        self.payments.returned("prueba", attempt, &params).await
    }
}
