//! A program that is killed while it signs by contract: no answer that left is lost, and nothing is kept by halves.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use copihue_core::{Clock, SystemClock, SystemRandom, Timestamp};
use copihue_db::{Db, Options};
use copihue_signing::vault::MasterKey;
use copihue_signing::{MIGRATIONS, Mode, NoEvidence, Parts, SANDBOX, Signing, Timestamps};
use serde_json::{Value, json};

use crate::support::classic_pdf;
use crate::tickets::{INSTITUTION, UNATTENDED, file, token};

const FOLDER: &str = "COPIHUE_TEST_CRASH";
const ROUNDS: u64 = 4;
const CLIENTS: usize = 4;

fn database(folder: &std::path::Path) -> Db {
    Db::open(&format!("sqlite:{}", folder.join("crash.db").display()), Options::default()).unwrap()
}

async fn signing(db: &Db) -> Signing {
    db.migrate(&[MIGRATIONS, copihue_web::MIGRATIONS]).unwrap();
    let signing = Signing::open(Parts {
        db: db.clone(),
        clock: Arc::new(SystemClock::default()),
        random: Arc::new(SystemRandom),
        buckets: copihue_core::BucketKey::new(&[3; 32]),
        master_key: MasterKey::new([9; 32]),
        evidence: Arc::new(NoEvidence),
        base_url: "http://127.0.0.1".into(),
        anchors: vec![],
        timestamps: Timestamps::default(),
        mode: Mode::Demo,
    })
    .await
    .unwrap();
    signing.ensure_authority().await.unwrap();
    signing.ensure_sandbox().await.unwrap();
    signing
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "the inner half"]
async fn inside_a_server_that_is_killed() {
    let Some(folder) = std::env::var_os(FOLDER).map(PathBuf::from) else { return };
    let db = database(&folder);
    let signing = signing(&db).await;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
    let face = copihue_web::testing::web(db, clock, Arc::new(copihue_web::NoHats));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/firma/v2/files/tickets", listener.local_addr().unwrap());
    std::fs::write(folder.join("url.part"), url).unwrap();
    std::fs::rename(folder.join("url.part"), folder.join("url")).unwrap();
    axum::serve(listener, face.router(vec![signing.contracts()])).await.unwrap();
}

/// A running server; killed when dropped, as nobody expects it.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

fn start(folder: &std::path::Path) -> (Server, String) {
    drop(std::fs::remove_file(folder.join("url")));
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "crash::inside_a_server_that_is_killed", "--ignored"]);
    let server = Server(command.env(FOLDER, folder).stdout(Stdio::null()).spawn().unwrap());
    let started = Instant::now();
    loop {
        if let Ok(url) = std::fs::read_to_string(folder.join("url")) {
            return (server, url);
        }
        assert!(started.elapsed() < Duration::from_secs(60), "the server did not start");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Sends until nobody answers any more; every answer that came whole.
async fn send(url: String) -> Vec<Value> {
    let client = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(10)).build().unwrap();
    let files = vec![file("pdf", &classic_pdf()), file("json", b"{}"), file("pdf", b"nada")];
    let mut answers = Vec::new();
    loop {
        let token = token(&UNATTENDED, SystemClock::default().now());
        let body = json!({"api_token_key": SANDBOX, "token": token, "files": files});
        let Ok(reply) = client.post(&url).json(&body).send().await else { return answers };
        match reply.json().await {
            Ok(answer) => answers.push(answer),
            Err(_) => return answers,
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_21_killed_between_signing_and_answering_it_loses_no_answer_and_keeps_nothing_by_halves() {
    let folder = tempfile::tempdir().unwrap();
    let mut answered: BTreeMap<i64, Value> = BTreeMap::new();
    for round in 0..ROUNDS {
        let path = folder.path().to_owned();
        let (server, url) = tokio::task::spawn_blocking(move || start(&path)).await.unwrap();
        let clients: Vec<_> = (0..CLIENTS).map(|_| tokio::spawn(send(url.clone()))).collect();
        tokio::time::sleep(Duration::from_millis(400 + 173 * round)).await;
        drop(server);
        for client in clients {
            for answer in client.await.unwrap() {
                let id = answer["idSolicitud"].as_i64().unwrap();
                // Not within a run, and not after a new start.
                assert!(answered.insert(id, answer).is_none(), "two answers for request {id}");
            }
        }
    }
    assert!(answered.len() > CLIENTS, "hardly anything was signed: {}", answered.len());
    let db = database(folder.path());
    let signing = signing(&db).await;
    let (mut kept, mut signed) = (0_i64, 0);
    while let Some((good, failed)) = signing.request_counts(kept + 1).await.unwrap() {
        assert_eq!((good, failed), (2, 1), "request {}", kept + 1);
        kept += 1;
        signed += good;
    }
    assert!(answered.keys().all(|id| (1..=kept).contains(id)), "an answer of a request that is not kept");
    let mut digests = BTreeSet::new();
    let (mut from, mut uses) = (Timestamp::from_millis(0), 0);
    loop {
        let some = signing.key_uses(INSTITUTION, from).await.unwrap();
        let before = digests.len();
        digests.extend(some.iter().map(|used| (used.id, hex::encode(used.digest))));
        let Some(last) = some.iter().map(|used| used.at).max().filter(|_| digests.len() > before) else {
            break;
        };
        (from, uses) = (last, digests.len());
    }
    // As many uses of keys as items that were signed, whoever heard of them.
    assert_eq!(i64::try_from(uses).unwrap(), signed);
    let digests: BTreeSet<String> = digests.into_iter().map(|(_, digest)| digest).collect();
    for (id, answer) in &answered {
        for n in [0, 1] {
            let digest = answer["files"][n]["checksum_signed"].as_str().unwrap();
            assert!(digests.contains(digest), "item {n} of request {id} left no trace");
        }
    }
}
