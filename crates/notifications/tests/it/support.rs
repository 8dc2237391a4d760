//! One institution, and whatever calendar ships with the platform.

use std::sync::{Arc, Mutex};

use copihue_core::calendar::{Calendar, Scope, Zone};
use copihue_core::{Acr, Actor, BucketKey, Id, ManualClock, PersonRef, Result, Run, Subject, SystemRandom};
use copihue_db::jobs::Worker;
use copihue_db::testing::engines_at;
use copihue_db::{Db, Tx};
use copihue_notifications::*;
use serde_json::Value;

pub(crate) const INSTITUTION: &str = "PE-MUN-00345";

struct Town;

impl Senders for Town {
    fn sender(&self, institution: &str) -> Option<Sender> {
        (institution == INSTITUTION).then(|| Sender {
            name: "Municipalidad de Puente Alto".to_owned(),
            zone: Zone::Santiago,
            scope: Scope::NATIONAL,
        })
    }
}

impl Sealer for Town {
    fn seal_jws(&self, _institution: &str, value: &Value) -> Result<String> {
        Ok(format!("h.{}.s", copihue_core::json::sha256_hex(value.to_string().as_bytes())))
    }
}

#[derive(Default)]
pub(crate) struct Acts(pub(crate) Mutex<Vec<&'static str>>);

impl Evidence for Acts {
    fn append(&self, _tx: &mut Tx<'_>, act: Act<'_>) -> Result<()> {
        self.0.lock().unwrap().push(act.kind);
        Ok(())
    }
}

#[derive(Clone)]
pub(crate) struct World {
    pub(crate) db: Db,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) notifications: Notifications,
    pub(crate) acts: Arc<Acts>,
}

pub(crate) fn person(n: u32) -> PersonRef {
    let run = Run::from_number(11_111_000 + n).unwrap();
    let at = copihue_core::Timestamp::from_millis(1_700_000_000_000 + i64::from(n));
    let random = copihue_core::SeededRandom::new(u64::from(n));
    PersonRef {
        id: Id::new(at, BucketKey::new(&[7; 32]).of_run(run), &random),
        run,
        name: format!("Persona {n}"),
    }
}

pub(crate) fn actor(n: u32) -> Actor {
    Actor { subject: Subject::Person(person(n)), hat: None, acr: Acr::Low, trace: "t".to_owned() }
}

pub(crate) fn notice(n: u32) -> Notice {
    Notice {
        institution: INSTITUTION.to_owned(),
        recipient: person(n),
        email: Some("ana@ejemplo.cl".to_owned()),
        case: Some("EXP-20261204-000001".to_owned()),
        procedure_code: "PA-UNI00002-00001".to_owned(),
        kind: NoticeKind::Notification,
        subject: "Su permiso de circulación 2027".to_owned(),
        body: "Se otorga el permiso de circulación.\n\nSe adjunta el documento.".to_owned(),
        attachments: vec![Attachment {
            title: "Permiso".to_owned(),
            href: "/mi/expedientes/EXP-20261204-000001/documentos/3".to_owned(),
            sha256: "ab".repeat(32),
        }],
    }
}

impl World {
    pub(crate) fn with(db: Db, clock: Arc<ManualClock>, transport: Transport) -> Self {
        let acts = Arc::new(Acts::default());
        let notifications = Notifications::new(Parts {
            db: db.clone(),
            clock: clock.clone(),
            random: Arc::new(SystemRandom),
            calendar: Arc::new(Calendar::shipped),
            senders: Arc::new(Town),
            evidence: acts.clone(),
            sealer: Arc::new(Town),
            transport,
            base_url: "http://127.0.0.1:8080".to_owned(),
        });
        Self { db, clock, notifications: notifications.unwrap(), acts }
    }

    pub(crate) async fn send(&self, notice: Notice) -> Result<NoticeRef> {
        let notifications = self.notifications.clone();
        self.db.write(move |tx| notifications.notify(tx, &notice)).await
    }

    pub(crate) async fn work(&self) {
        let worker = self.notifications.register(Worker::new(self.db.clone(), self.clock.clone()));
        worker.run_due().await.unwrap();
    }
}

pub(crate) async fn each_engine(body: impl AsyncFn(World)) {
    each_engine_with(|| Transport::Keep, body).await;
}

pub(crate) async fn each_engine_with(transport: impl Fn() -> Transport, body: impl AsyncFn(World)) {
    let clock = Arc::new(ManualClock::at("2026-12-04T15:00:00Z"));
    for db in engines_at(&clock) {
        clock.set(copihue_core::Timestamp::parse("2026-12-04T15:00:00Z").unwrap());
        db.migrate(&[MIGRATIONS, copihue_web::MIGRATIONS]).unwrap();
        body(World::with(db.db(), clock.clone(), transport())).await;
    }
}
