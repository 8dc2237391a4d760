//! An identity provider with a country's people in it: `logins URL PEOPLE ROWS`. Fills the database once, prints
//! `name value` lines, and serves until its standard input ends; `cargo xtask bench --only identity` asks it.
#![expect(clippy::print_stdout, reason = "its answer")]
#![expect(clippy::unwrap_used, reason = "a measure that can't go on ends")]

mod seed;

use std::sync::Arc;
use std::time::{Duration, Instant};

use aws_lc_rs::rand::SystemRandom as AwsRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use copihue_core::{Acr, BucketKey, Clock, Id, Random, Secret, SystemClock, SystemRandom};
use copihue_db::{Db, Options};
use copihue_identity::hash::Hasher;
use copihue_identity::*;
use copihue_web::testing::{TestClient, config};
use copihue_web::{NewSession, NoHats, Web};

/// People who log in by password. Each has a thread of the load.
const LOGINS: u32 = 32;
const FIRST_RUN: u32 = 20_000_000;
/// How long the bare hash is measured.
const BARE: Duration = Duration::from_secs(4);

fn main() {
    let mut arguments = std::env::args().skip(1);
    let url = arguments.next().unwrap();
    let (people, rows) =
        (arguments.next().unwrap().parse().unwrap(), arguments.next().unwrap().parse().unwrap());
    let db = Db::open(&url, Options::default()).unwrap();
    db.migrate(&[copihue_web::MIGRATIONS, copihue_ledger::MIGRATIONS, MIGRATIONS]).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    println!("hash_rate {}", runtime.block_on(bare_hashes()));
    println!("rsa_rate {}", signatures());
    let (known, rows) = runtime.block_on(seed::fill(&db, people, rows));
    println!("people {people}\nrows {rows}");
    runtime.block_on(serve(db, known));
}

/// Hashes a second with the same threads and nothing else.
async fn bare_hashes() -> f64 {
    let threads = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    let hasher = Hasher::start(threads, HashParams::default(), &[1; 32]).unwrap();
    let begun = Instant::now();
    let tasks: Vec<_> = (0..threads * 2)
        .map(|_| {
            let hasher = hasher.clone();
            tokio::spawn(async move {
                let mut done = 0;
                while begun.elapsed() < BARE {
                    hasher.verify(None, "una clave cualquiera").await.unwrap();
                    done += 1;
                }
                done
            })
        })
        .collect();
    let mut done = 0;
    for task in tasks {
        done += task.await.unwrap();
    }
    f64::from(done) / begun.elapsed().as_secs_f64()
}

/// RS256 signatures a second of one core and nothing else.
fn signatures() -> f64 {
    let pair = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
    let (begun, mut done, mut out) = (Instant::now(), 0, vec![0; pair.public_modulus_len()]);
    while begun.elapsed() < BARE / 2 {
        pair.sign(&RSA_PKCS1_SHA256, &AwsRandom::new(), b"una cabecera.unas afirmaciones", &mut out).unwrap();
        done += 1;
    }
    f64::from(done) / begun.elapsed().as_secs_f64()
}

fn client(id: &str, settings: Settings, scopes: &[&str]) -> NewClient {
    NewClient {
        id: Some(id.into()),
        secret: Some(Secret::new("fedcba9876543210fedcba9876543210")),
        name: "Medida".into(),
        institution: "Municipalidad de Ejemplo".into(),
        environment: Environment::Sandbox,
        state: ClientState::Active,
        scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
        redirect_uris: vec!["https://medida.ejemplo.cl/vuelta".into()],
        logout_uris: Vec::new(),
        settings,
    }
}

async fn provider(db: &Db, web: &Web, base: &str) -> Identity {
    let (clock, random): (Arc<dyn Clock>, Arc<dyn Random>) =
        (Arc::new(SystemClock::default()), Arc::new(SystemRandom));
    let mut config = Config::sandbox(base, "Municipalidad de Ejemplo");
    // All the load comes from one address.
    config.limits.prefix.free = i64::from(i32::MAX);
    config.limits.work.prefix = i64::MAX;
    config.limits.work.everybody = i64::MAX;
    let identity = Identity::open(Parts {
        db: db.clone(),
        web: web.clone(),
        buckets: BucketKey::new(&[8; 32]),
        key: [9; 32],
        clock,
        random,
        evidence: Arc::new(NoEvidence),
        mail: Arc::new(copihue_identity::NoMail),
        bodies: Arc::new(copihue_identity::NoBodies),
        calendar: Arc::new(copihue_core::calendar::Calendar::shipped),
        config,
    })
    .await
    .unwrap();
    let long = Settings { sso_seconds: 3_600, sso_idle_seconds: 3_600, ..Settings::of(Profile::Compat) };
    let machine = Settings {
        machine: true,
        access: AccessForm::Jwt,
        audience: Some("https://api.ejemplo.cl".into()),
        ..Settings::of(Profile::Base)
    };
    for new in [
        client("nacional", long, &["openid", "run", "name"]),
        client("abierta", Settings::of(Profile::Base), &["openid", "profile", "run"]),
        client("maquina", machine, &["openid", "leer"]),
    ] {
        let inside = identity.clone();
        db.write(move |tx| inside.register_client(tx, &new)).await.unwrap();
    }
    for n in 0..LOGINS {
        let new = NewPerson {
            run: copihue_core::Run::from_number(FIRST_RUN + n).unwrap(),
            names: vec!["Persona".into()],
            surnames: vec!["De Medida".into(), n.to_string()],
            email: None,
            password: Some(Secret::new("una clave de medida")),
            kind: PersonKind::Test,
            proofing: Proofing::P1,
        };
        identity.register_person(new).await.unwrap();
    }
    identity
}

/// Over real HTTP, until the standard input ends.
async fn serve(db: Db, known: Id) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let mut settings = config();
    settings.base_url = format!("http://{address}");
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
    let web = Web::new(db.clone(), settings, clock, Arc::new(SystemRandom), Arc::new(NoHats));
    let identity = provider(&db, &web, &format!("http://{address}")).await;
    let router = web.router(identity.routes());
    let nobody =
        identity.person_by_run(copihue_core::Run::from_number(FIRST_RUN).unwrap()).await.unwrap().unwrap();
    let seeded = copihue_core::PersonRef { id: known, ..nobody.reference() };
    for (name, person) in [("session_long", seeded), ("session_none", nobody.reference())] {
        let mut visitor = TestClient::new(&router);
        let new = NewSession { person, acr: Acr::Low, amr: vec!["pwd".into()], sid: None };
        visitor.log_in(&web, new).await;
        println!("{name} {}", visitor.cookies());
    }
    println!("listening {address}");
    let ended = tokio::task::spawn_blocking(|| std::io::stdin().read_line(&mut String::new()));
    let ended = async move { drop(ended.await) };
    copihue_web::serve(listener, router, copihue_web::Timeouts::default(), ended).await.unwrap();
}
