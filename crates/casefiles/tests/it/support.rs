//! Two institutions, a seal that says who sealed, and people of every relation to a case.

use std::sync::{Arc, Mutex};

use copihue_casefiles::*;
use copihue_core::calendar::{Calendar, Zone};
use copihue_core::{
    Acr, Actor, BucketKey, Hat, Id, ManualClock, PersonRef, Result, Run, SeededRandom, Subject, SystemRandom,
    Timestamp,
};
use copihue_db::blobs::Blobs;
use copihue_db::jobs::Worker;
use copihue_db::testing::engines_at;
use copihue_db::{Db, MigrationSet, Tx, params, sql};
use copihue_web::testing::{TestClient, web};
use copihue_web::{HatSource, NewSession};
use futures_util::future::BoxFuture;
use serde_json::Value;

use crate::proofs::{Log, Seals};

pub(crate) const INSTITUTION: &str = "PE-MUN-00345";
pub(crate) const START: &str = "2026-11-21T20:15:00Z";

const EVIDENCE: MigrationSet = MigrationSet {
    name: "evidence",
    files: &[("0001.sql", "CREATE TABLE evidence (record TEXT NOT NULL PRIMARY KEY);")],
};

pub(crate) struct Office {
    pub(crate) acts: Mutex<Vec<&'static str>>,
    pub(crate) issued: Mutex<Vec<String>>,
    pub(crate) log: Log,
    pub(crate) seals: Seals,
}

impl Evidence for Office {
    fn append(&self, tx: &mut Tx<'_>, act: Act<'_>) -> Result<()> {
        // As the log does: a second act under the same record is refused.
        let record = format!("{}/{}", act.kind, act.record);
        tx.execute(sql!("INSERT INTO evidence (record) VALUES ($1)"), &params![record])?;
        self.acts.lock().unwrap().push(act.kind);
        self.log.append(&act);
        Ok(())
    }
}

impl Receipts for Office {
    fn receipt<'a>(&'a self, _: &'a str, record: &'a str) -> BoxFuture<'a, Result<Option<String>>> {
        Box::pin(async move { Ok(self.log.receipt(record)) })
    }
    fn policy(&self) -> String {
        self.log.policy()
    }
}

impl Sealer for Office {
    fn seal_jws(&self, _: &str, value: &Value) -> Result<String> {
        self.seals.ours.sign_jws(value, self.seals.now())
    }
    fn seal_pdf<'a>(&'a self, _: &'a str, pdf: Vec<u8>, _: &'a str) -> BoxFuture<'a, Result<Vec<u8>>> {
        Box::pin(async move { Ok(pdf) })
    }
    fn register(&self, _tx: &mut Tx<'_>, issued: &Issued<'_>) -> Result<()> {
        self.issued.lock().unwrap().push(issued.code.to_string());
        Ok(())
    }
}

#[derive(Clone)]
pub(crate) struct World {
    pub(crate) db: Db,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) blobs: Blobs,
    pub(crate) casefiles: Casefiles,
    pub(crate) office: Arc<Office>,
}

pub(crate) fn id(n: u32) -> Id {
    let run = Run::from_number(11_111_000 + n).unwrap();
    let at = Timestamp::from_millis(1_700_000_000_000 + i64::from(n));
    Id::new(at, BucketKey::new(&[7; 32]).of_run(run), &SeededRandom::new(u64::from(n)))
}

pub(crate) fn person(n: u32) -> PersonRef {
    PersonRef { id: id(n), run: Run::from_number(11_111_000 + n).unwrap(), name: format!("Persona {n}") }
}

pub(crate) fn actor(n: u32) -> Actor {
    Actor { subject: Subject::Person(person(n)), hat: None, acr: Acr::Low, trace: "t".to_owned() }
}

pub(crate) fn official(n: u32, unit: &str, roles: &[&str]) -> Actor {
    let hat = Hat {
        institution: INSTITUTION.to_owned(),
        official: id(1000 + n),
        unit: unit.to_owned(),
        post: "Inspectora".to_owned(),
        roles: roles.iter().map(|r| (*r).to_owned()).collect(),
    };
    Actor { hat: Some(hat), ..actor(n) }
}

pub(crate) fn case_of(parties: &[u32]) -> OpenCase {
    OpenCase {
        institution: INSTITUTION.to_owned(),
        institution_name: "Municipalidad de Puente Alto".to_owned(),
        institution_number: Some(345),
        commune: "13201".parse().ok(),
        zone: Zone::Santiago,
        procedure_code: "PA-UNI00002-00001".to_owned(),
        procedure_name: "Permiso de circulación".to_owned(),
        title: "Permiso de circulación patente ABCD12".to_owned(),
        subject: "Permiso de circulación 2027".to_owned(),
        parties: parties.iter().map(|n| Party { person: person(*n), kind: ActorKind::Citizen }).collect(),
        responsible: Responsible {
            official: None,
            run: None,
            name: "Dirección de Tránsito".to_owned(),
            post: "Unidad responsable".to_owned(),
            unit: "TRANSITO".to_owned(),
        },
        roles: vec!["jefatura".to_owned()],
        level: AccessLevel::Public,
        sensitivity: Sensitivity::Ordinary,
        at: Timestamp::parse(START).unwrap(),
    }
}

impl World {
    pub(crate) async fn open(&self, case: OpenCase) -> Result<CaseRef> {
        let casefiles = self.casefiles.clone();
        self.db.write(move |tx| casefiles.open(tx, &case)).await
    }

    /// Files bytes as an ordinary document, but for what `change` says.
    pub(crate) async fn file(
        &self,
        case: &CaseRef,
        bytes: &[u8],
        change: impl Fn(&mut NewEntry) + Send + Sync + 'static,
    ) -> Result<EntryRef> {
        let staged = self.blobs.stage(bytes).await?;
        let (casefiles, case, now) = (self.casefiles.clone(), case.clone(), self.clock_now());
        self.db
            .write(move |tx| {
                let blob = staged.put(tx)?;
                let mut entry = NewEntry::new("Solicitud", DocumentKind::REQUEST, blob, now);
                change(&mut entry);
                casefiles.file(tx, &case, &entry)
            })
            .await
    }

    pub(crate) fn clock_now(&self) -> Timestamp {
        use copihue_core::Clock;
        self.clock.now()
    }

    pub(crate) async fn certify(&self, case: &CaseRef, filing: Filing) -> Result<FilingCertificate> {
        let (casefiles, case) = (self.casefiles.clone(), case.clone());
        self.db.write(move |tx| casefiles.certify_filing(tx, &case, &filing)).await
    }

    pub(crate) async fn change(
        &self,
        f: impl Fn(&Casefiles, &mut Tx<'_>) -> Result<()> + Send + 'static,
    ) -> Result<()> {
        let casefiles = self.casefiles.clone();
        self.db.write(move |tx| f(&casefiles, tx)).await
    }

    pub(crate) async fn view(&self, actor: &Actor, case: &CaseRef) -> Result<CaseView> {
        self.casefiles.case(actor, &case.iuie.parse().unwrap()).await
    }

    pub(crate) async fn register(&self, case: &CaseRef) -> Vec<AccessLine> {
        self.casefiles.flush_register().await.unwrap();
        let (casefiles, case) = (self.casefiles.clone(), case.clone());
        self.db.read(move |c| casefiles.access_register(c, &case)).await.unwrap()
    }

    pub(crate) async fn work(&self) {
        let worker = self.casefiles.register(Worker::new(self.db.clone(), self.clock.clone()));
        worker.run_due().await.unwrap();
    }
}

/// Who holds a post: an official of the unit that answers for the cases, an auditor, and one of another unit.
struct Posts;

impl HatSource for Posts {
    fn hats(&self, run: Run) -> Vec<Hat> {
        let posts: [(u32, &str, &[&str]); 3] =
            [(5, "TRANSITO", &["tramitador"]), (6, "CONTROL", &["auditor"]), (7, "ASEO", &["tramitador"])];
        let held = posts.into_iter().filter(|(n, ..)| person(*n).run == run);
        held.filter_map(|(n, unit, roles)| official(n, unit, roles).hat).collect()
    }
}

/// The pages, as two persons see them, an official of the unit, an auditor, and an official of another unit.
pub(crate) async fn site(w: &World) -> [TestClient; 5] {
    let web = web(w.db.clone(), w.clock.clone(), Arc::new(Posts));
    let router = web.router(vec![w.casefiles.routes()]);
    let mut clients = [(); 5].map(|()| TestClient::new(&router));
    for (n, client) in [1, 2, 5, 6, 7].into_iter().zip(&mut clients) {
        let session = NewSession { person: person(n), acr: Acr::Low, amr: Vec::new(), sid: None };
        client.log_in(&web, session).await;
    }
    clients
}

pub(crate) async fn each_engine(body: impl AsyncFn(World)) {
    let clock = Arc::new(ManualClock::at(START));
    for test in engines_at(&clock) {
        clock.set(Timestamp::parse(START).unwrap());
        test.migrate(&[MIGRATIONS, EVIDENCE, copihue_web::MIGRATIONS]).unwrap();
        let office = Office {
            acts: Mutex::default(),
            issued: Mutex::default(),
            log: Log::new(),
            seals: Seals::new(clock.clone()),
        };
        let (db, office) = (test.db(), Arc::new(office));
        let blobs = Blobs::new(db.clone(), test.folder().join("blobs"));
        let casefiles = Casefiles::new(Parts {
            db: db.clone(),
            clock: clock.clone(),
            random: Arc::new(SystemRandom),
            buckets: BucketKey::new(&[7; 32]),
            blobs: blobs.clone(),
            calendar: Arc::new(Calendar::shipped),
            evidence: office.clone(),
            receipts: office.clone(),
            sealer: office.clone(),
            documents: Arc::new(copihue_documents::Engine::new()),
            base_url: "http://127.0.0.1:8080".to_owned(),
        });
        body(World { db, clock: clock.clone(), blobs, casefiles, office }).await;
    }
}
