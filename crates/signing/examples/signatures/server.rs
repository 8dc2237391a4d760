//! FirmaGob's contract over HTTP, with everything durable that a deployment keeps: the request, its items, the log of keys,
//! the transparency log.

use std::path::Path;
use std::sync::Arc;

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use copihue_core::json::sha256_hex;
use copihue_core::{BucketKey, Clock, Random, Result, Secret, SystemClock, SystemRandom};
use copihue_db::{Db, Options, Tx};
use copihue_ledger::{Config, Family, Field, Ledger, Record};
use copihue_signing::model::token::ExpirationZone;
use copihue_signing::vault::MasterKey;
use copihue_signing::{
    Act, Application, ApplicationState, Evidence, Level, Mode, Parts, SANDBOX, Signing, SubFilter, Timestamps,
};
use copihue_web::NoHats;
use serde_json::json;

/// Of the contract's sandbox (specs signing §2.9).
const SECRET: &str = "27a216342c744f89b7b82fa290519ba0";
const ENTITY: &str = "Subsecretaría General de la Presidencia";
/// Less than the half hour that a token may live.
const MINUTES: i64 = 29;

/// The transparency log, as the program keeps it.
struct Log(Ledger);

impl Evidence for Log {
    fn append(&self, tx: &mut Tx<'_>, act: &Act<'_>) -> Result<()> {
        let Act::Signed { used, .. } = act else { return Ok(()) };
        let id = used.id.to_string();
        let fields = vec![
            Field::plain("record", id.as_str()),
            Field::plain("institution", used.institution.as_str()),
            Field::plain("serial", used.serial.as_str()),
            Field::plain("digest", hex::encode(used.digest)),
            Field::plain("at", used.at.millis()),
        ];
        let record_id = format!("signature.made/{id}");
        self.0.append(
            tx,
            Record { family: Family::Signature, kind: "signature.made", record_id, subject: None, fields },
        )
    }
}

/// Serves until the standard input ends; before that, prints its address, and writes the request to send as `request.json`.
pub(crate) fn run(folder: &Path, pdf: &[u8]) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(serve(folder, pdf));
}

async fn serve(folder: &Path, pdf: &[u8]) {
    let (clock, random): (Arc<dyn Clock>, Arc<dyn Random>) =
        (Arc::new(SystemClock::default()), Arc::new(SystemRandom));
    let url = format!("sqlite:{}", folder.join("bench.db").display());
    let db = Db::open(&url, Options::default()).unwrap();
    db.migrate(&[copihue_ledger::MIGRATIONS, copihue_web::MIGRATIONS, copihue_signing::MIGRATIONS]).unwrap();
    let log = ledger(&db, Arc::clone(&clock), Arc::clone(&random));
    let placing = log.start();
    let signing = Signing::open(Parts {
        db: db.clone(),
        clock: Arc::clone(&clock),
        random,
        buckets: BucketKey::new(&[3; 32]),
        master_key: MasterKey::new([9; 32]),
        evidence: Arc::new(Log(log)),
        base_url: "http://127.0.0.1".into(),
        anchors: Vec::new(),
        timestamps: Timestamps::default(),
        mode: Mode::Demo,
    })
    .await
    .unwrap();
    prepare(&signing).await;
    std::fs::write(folder.join("request.json"), request(pdf, clock.as_ref())).unwrap();
    let router = copihue_web::testing::web(db, clock, Arc::new(NoHats)).router(vec![signing.contracts()]);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    println!("listening {}", listener.local_addr().unwrap());
    let ended = tokio::task::spawn_blocking(|| std::io::stdin().read_line(&mut String::new()));
    let ended = async move { drop(ended.await) };
    copihue_web::serve(listener, router, copihue_web::Timeouts::default(), ended).await.unwrap();
    placing.stop().await;
}

fn ledger(db: &Db, clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> Ledger {
    let config = Config {
        host: "medida.example.cl".into(),
        master_key: [7; 32],
        signing_key: [9; 32],
        interval: std::time::Duration::from_secs(1),
        policy: copihue_ledger::NO_WITNESSES.to_owned(),
        copies: Vec::new(),
    };
    Ledger::new(db.clone(), config, clock, random).unwrap()
}

/// The sandbox at level B-B, so that a request costs one use of a private key: an application that is there stays as it is.
async fn prepare(signing: &Signing) {
    signing.ensure_authority().await.unwrap();
    let application = Application {
        key: SANDBOX.to_owned(),
        name: "Medida".to_owned(),
        state: ApplicationState::Active,
        level: Level::B,
        sub_filter: SubFilter::Adobe,
        zone: ExpirationZone::Chile,
        strict_checksum: false,
        bounds: Default::default(),
    };
    signing.add_application(application, &Secret::new(SECRET.as_bytes())).await.unwrap();
    signing.ensure_sandbox().await.unwrap();
}

/// An unattended request for one PDF.
fn request(pdf: &[u8], clock: &dyn Clock) -> String {
    let until = jiff::Timestamp::from(clock.now().plus_seconds(MINUTES * 60));
    let until = until.in_tz("America/Santiago").unwrap().strftime("%Y-%m-%dT%H:%M:%S").to_string();
    let claims = json!({"run": "22222222", "entity": ENTITY, "purpose": "Desatendido", "expiration": until});
    let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
    let signed = format!("{}.{}", part(r#"{"alg":"HS256","typ":"JWT"}"#), part(&claims.to_string()));
    let key = hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes());
    let token = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(hmac::sign(&key, signed.as_bytes())));
    let file = json!({"content-type": "application/pdf", "content": STANDARD.encode(pdf),
        "description": "permiso.pdf", "checksum": sha256_hex(pdf)});
    json!({"api_token_key": SANDBOX, "token": token, "files": [file]}).to_string()
}
