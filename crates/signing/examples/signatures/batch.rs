//! A batch at the signing desk: many documents of one holder, RSA-2048, each with a timestamp of our own authority, everything
//! durable.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use copihue_core::{
    Acr, Actor, BucketKey, Clock, Hat, Id, PersonRef, Run, Subject, SystemClock, SystemRandom,
};
use copihue_db::blobs::Blobs;
use copihue_db::jobs::Worker;
use copihue_db::{Db, Options};
use copihue_directory::Directory;
use copihue_directory::model::{policy, role};
use copihue_signing::keys::Algorithm;
use copihue_signing::model::paper::{DEFAULT_DAYS, NewTurn};
use copihue_signing::model::place::Place;
use copihue_signing::vault::MasterKey;
use copihue_signing::{
    Desk, DeskParts, Known, Mode, NewHolder, NewPaper, NoCourier, NoEvidence, Parts, Register, Signing,
    Timestamps,
};

use crate::document::Permits;

const INSTITUTION: &str = "PE-MUN-00015";
const RUN: u32 = 11_111_111;

/// Prints how many seconds the batch takes from its authorisation to its end.
pub(crate) fn run(folder: &Path, documents: usize) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(measure(folder, documents));
}

async fn measure(folder: &Path, documents: usize) {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
    let url = format!("sqlite:{}", folder.join("batch.db").display());
    let db = Db::open(&url, Options::default()).unwrap();
    db.migrate(&[copihue_directory::MIGRATIONS, copihue_signing::MIGRATIONS]).unwrap();
    let signing = signing(&db, &clock).await;
    let actor = holder(&signing, clock.as_ref()).await;
    let desk = Desk::new(DeskParts {
        signing: signing.clone(),
        directory: directory(&db, &clock).await,
        blobs: Blobs::new(db.clone(), folder.join("objects")),
        courier: Arc::new(NoCourier),
    });
    let papers = send(&desk, &actor, documents, clock.as_ref()).await;
    let batch = desk.prepare(&actor, &papers).await.unwrap();
    let official = actor.hat.as_ref().unwrap().official;
    let code = signing.current_code(INSTITUTION, official).await.unwrap();
    let worker = desk.register(Worker::new(db, clock));
    let begun = Instant::now();
    desk.authorise(&actor, batch, &code, Known::Nothing).await.unwrap();
    worker.run_due().await.unwrap();
    let seconds = begun.elapsed().as_secs_f64();
    let counts = desk.batch(&actor, batch).await.unwrap().counts;
    assert_eq!(counts.signed, i64::try_from(documents).unwrap());
    println!("batch_seconds {seconds}");
}

async fn signing(db: &Db, clock: &Arc<dyn Clock>) -> Signing {
    let signing = Signing::open(Parts {
        db: db.clone(),
        clock: Arc::clone(clock),
        random: Arc::new(SystemRandom),
        buckets: BucketKey::new(&[3; 32]),
        master_key: MasterKey::new([9; 32]),
        evidence: Arc::new(NoEvidence),
        base_url: "http://127.0.0.1".into(),
        anchors: Vec::new(),
        timestamps: Timestamps::default(),
        mode: Mode::Demo,
    })
    .await
    .unwrap();
    signing.ensure_authority().await.unwrap();
    signing.start();
    signing
}

async fn directory(db: &Db, clock: &Arc<dyn Clock>) -> Directory {
    let parts = copihue_directory::Parts {
        db: db.clone(),
        key: [5; 32],
        buckets: BucketKey::new(&[3; 32]),
        clock: Arc::clone(clock),
        random: Arc::new(SystemRandom),
        journal: Arc::new(copihue_directory::NoJournal),
        roles: role::ROLES.to_vec(),
        rules: policy::RULES.to_vec(),
    };
    Directory::open(parts).await.unwrap()
}

async fn holder(signing: &Signing, clock: &dyn Clock) -> Actor {
    let run = Run::from_number(RUN).unwrap();
    let bucket = BucketKey::new(&[3; 32]).of_institution(INSTITUTION);
    let official = Id::new(clock.now(), bucket, &SystemRandom);
    let name = "María José Ñancupil Peña".to_owned();
    let holder = NewHolder {
        institution: INSTITUTION.into(),
        institution_name: "Municipalidad de Ollagüe".into(),
        official,
        run,
        name: name.clone(),
        post: "Directora de Tránsito".into(),
        email: None,
        algorithm: Algorithm::Rsa2048,
    };
    signing.ensure_holder(&holder).await.unwrap();
    let hat = Hat {
        institution: INSTITUTION.into(),
        official,
        unit: "TRANSITO".into(),
        post: holder.post,
        roles: Vec::new(),
    };
    let subject = Subject::Person(PersonRef { id: official, run, name });
    Actor { subject, hat: Some(hat), acr: Acr::Substantial, trace: "measure".into() }
}

async fn send(desk: &Desk, actor: &Actor, documents: usize, clock: &dyn Clock) -> Vec<Id> {
    let permits = Permits::small();
    let (official, at) = (actor.hat.as_ref().unwrap().official, clock.now());
    let mut papers = Vec::new();
    for n in 0..documents {
        let place = Place::parse("ultima:abajo-derecha").unwrap();
        let signer = NewTurn { level: 1, official, name: "María José Ñancupil Peña".into(), place };
        let paper = NewPaper {
            title: format!("Permiso {n}"),
            file: format!("permiso {n}.pdf"),
            pdf: permits.render(u32::try_from(n).unwrap(), at),
            message: String::new(),
            signers: vec![signer],
            days: DEFAULT_DAYS,
            register: Register::No,
        };
        papers.push(desk.send(actor, paper).await.unwrap());
    }
    papers
}
