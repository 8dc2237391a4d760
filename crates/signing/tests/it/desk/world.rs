//! An institution of three who sign, and its desk.

use std::sync::{Arc, Mutex};

use copihue_core::{Acr, Actor, Clock, Hat, Id, ManualClock, PersonRef, Result, Run, Subject, SystemRandom};
use copihue_db::blobs::Blobs;
use copihue_db::jobs::Worker;
use copihue_db::testing::TestDb;
use copihue_db::{Db, Tx};
use copihue_directory::{
    Authority, Bond, Directory, InstitutionKind, NameSource, NewInstitution, NewMembership, NewOfficial,
    NewPost, NewUnit, Period, Seats,
};
use copihue_signing::keys::Algorithm;
use copihue_signing::model::paper::NewTurn;
use copihue_signing::model::place::Place;
use copihue_signing::{
    BatchView, Courier, Desk, DeskParts, Evidence, Known, Letter, MIGRATIONS, Mode, NewHolder, NewPaper,
    NoEvidence, Register, Signing,
};

use crate::service::{CITY, open};
use crate::support::classic_pdf;

pub(crate) const RUNS: [u32; 3] = [11_111_111, 22_222_222, 33_333_333];
pub(super) const NAMES: [&str; 3] = ["María Ñancupil Peña", "José Muñoz Güell", "Inés Ibáñez Cañas"];

/// Letters that were sent.
#[derive(Clone, Default)]
pub(crate) struct Sent(pub(crate) Arc<Mutex<Vec<Letter>>>);

impl Courier for Sent {
    fn send(&self, _: &mut Tx<'_>, letter: &Letter) -> Result<()> {
        self.0.lock().unwrap().push(letter.clone());
        Ok(())
    }
}

pub(crate) struct Office {
    pub(crate) desk: Desk,
    pub(crate) signing: Signing,
    pub(crate) directory: Directory,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) db: Db,
    pub(crate) officials: Vec<Id>,
    pub(crate) letters: Sent,
    _files: tempfile::TempDir,
}

pub(crate) async fn office(test: &TestDb) -> Office {
    office_with(test, Arc::new(NoEvidence)).await
}

pub(crate) async fn office_with(test: &TestDb, evidence: Arc<dyn Evidence>) -> Office {
    test.migrate(&[copihue_directory::MIGRATIONS, MIGRATIONS]).unwrap();
    let (db, clock) = (test.db(), Arc::new(ManualClock::at("2026-03-02T12:00:00Z")));
    let signing = open(&db, &clock, Mode::Demo, evidence).await;
    signing.ensure_authority().await.unwrap();
    let directory = directory(&db, &clock).await;
    let officials = directory.change(add_all).await.unwrap();
    for (n, official) in officials.iter().enumerate() {
        signing.ensure_holder(&holder(n, *official)).await.unwrap();
    }
    let (letters, files) = (Sent::default(), tempfile::tempdir().unwrap());
    let desk = Desk::new(DeskParts {
        signing: signing.clone(),
        directory: directory.clone(),
        blobs: Blobs::new(db.clone(), files.path()),
        courier: Arc::new(letters.clone()),
    });
    Office { desk, signing, directory, clock, db, officials, letters, _files: files }
}

async fn directory(db: &Db, clock: &Arc<ManualClock>) -> Directory {
    let parts = copihue_directory::Parts {
        db: db.clone(),
        key: [5; 32],
        buckets: copihue_core::BucketKey::new(&[3; 32]),
        clock: Arc::clone(clock) as Arc<dyn Clock>,
        random: Arc::new(SystemRandom),
        journal: Arc::new(copihue_directory::NoJournal),
        roles: copihue_directory::model::role::ROLES.to_vec(),
        rules: copihue_directory::model::policy::RULES.to_vec(),
    };
    Directory::open(parts).await.unwrap()
}

fn add_all(d: &Directory, tx: &mut Tx<'_>) -> Result<Vec<Id>> {
    let (actor, from) = (Actor::job("test"), jiff::civil::date(2026, 1, 1));
    let period = Period::starting(from);
    let kind = InstitutionKind::Municipality;
    let mut body = NewInstitution::new(CITY, "Municipalidad de Puente Alto", "MPA", kind, from);
    body.authority = Authority::Mayor;
    d.add_institution(tx, &actor, body)?;
    let unit = NewUnit {
        institution: CITY.into(),
        code: "TRANSITO".into(),
        name: "Tránsito".into(),
        parent: None,
        period,
    };
    let unit = d.add_unit(tx, &actor, unit)?;
    (0..RUNS.len())
        .map(|n| {
            let post = NewPost {
                institution: CITY.into(),
                unit,
                name: format!("Cargo {n}"),
                authority: Authority::Other,
                seats: Seats::Single,
                superior_post: None,
                period,
            };
            let post = d.add_post(tx, &actor, post)?;
            let membership =
                NewMembership { institution: CITY.into(), unit, post, bond: Bond::Permanent, period };
            let official = NewOfficial {
                run: Run::from_number(RUNS[n]).unwrap(),
                name: NAMES[n].into(),
                name_source: NameSource::Login,
                email: None,
                membership,
            };
            d.add_official(tx, &actor, official)
        })
        .collect()
}

pub(super) fn holder(n: usize, official: Id) -> NewHolder {
    NewHolder {
        institution: CITY.into(),
        institution_name: "Municipalidad de Puente Alto".into(),
        official,
        run: Run::from_number(RUNS[n]).unwrap(),
        name: NAMES[n].into(),
        post: format!("Cargo {n}"),
        email: Some(format!("{n}@example.cl")),
        algorithm: Algorithm::P256,
    }
}

impl Office {
    pub(crate) fn actor(&self, n: usize) -> Actor {
        let run = Run::from_number(RUNS[n]).unwrap();
        let official = self.officials[n];
        let person = PersonRef { id: official, run, name: NAMES[n].into() };
        let hat = Hat {
            institution: CITY.into(),
            official,
            unit: "TRANSITO".into(),
            post: format!("Cargo {n}"),
            roles: vec![],
        };
        Actor { subject: Subject::Person(person), hat: Some(hat), acr: Acr::Substantial, trace: "t".into() }
    }

    /// A paper from the first of them, with signers at their levels.
    pub(crate) fn paper(&self, title: &str, signers: &[(usize, i64)]) -> NewPaper {
        let turn = |(who, level): &(usize, i64)| NewTurn {
            level: *level,
            official: self.officials[*who],
            name: NAMES[*who].into(),
            place: Place::parse("ultima:abajo-derecha").unwrap(),
        };
        NewPaper {
            title: title.into(),
            file: format!("{title}.pdf"),
            pdf: named_pdf(title),
            message: "Para su firma".into(),
            signers: signers.iter().map(turn).collect(),
            days: 10,
            register: Register::No,
        }
    }

    pub(crate) async fn send(&self, title: &str, signers: &[(usize, i64)]) -> Id {
        self.desk.send(&self.actor(0), self.paper(title, signers)).await.unwrap()
    }

    pub(crate) async fn code(&self, n: usize) -> String {
        self.signing.current_code(CITY, self.officials[n]).await.unwrap()
    }

    /// Prepares, authorises and signs; the next code is another one.
    pub(crate) async fn sign(&self, n: usize, papers: &[Id]) -> BatchView {
        let actor = self.actor(n);
        let batch = self.desk.prepare(&actor, papers).await.unwrap();
        self.desk.authorise(&actor, batch, &self.code(n).await, Known::Nothing).await.unwrap();
        self.work().await;
        self.wait(60);
        self.desk.batch(&actor, batch).await.unwrap()
    }

    pub(crate) fn wait(&self, seconds: i64) {
        self.clock.advance_millis(seconds * 1000);
    }

    /// After everything that was signed.
    pub(crate) fn signing_time(&self) -> copihue_core::Timestamp {
        self.clock.now()
    }

    /// Every job that is due.
    pub(crate) async fn work(&self) {
        let clock = Arc::clone(&self.clock) as Arc<dyn Clock>;
        self.desk.register(Worker::new(self.db.clone(), clock)).run_due().await.unwrap();
    }
}

/// A PDF of its own for each title.
pub(crate) fn named_pdf(title: &str) -> Vec<u8> {
    let mut pdf = classic_pdf();
    pdf.extend(format!("\n%{title}\n%%EOF\n").bytes());
    pdf
}
