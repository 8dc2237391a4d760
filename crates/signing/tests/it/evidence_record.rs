//! Evidence records (RFC 4998): made for many documents at once, renewed, and read by programs that aren't ours.

use std::process::Command;
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::routing::post;
use copihue_core::json::sha256;
use copihue_core::{Clock, ManualClock, SystemRandom, VerificationCode};
use copihue_db::testing::engines;
use copihue_db::{Db, params, sql};
use copihue_signing::ers::verify_record;
use copihue_signing::keys::Algorithm;
use copihue_signing::pki::Certificate;
use copihue_signing::verify::{AnchorKind, SubIndication};
use copihue_signing::{MIGRATIONS, Mode, NoEvidence, Signing, Source, Timestamps};

use crate::service::{issued, open_with, set_up};
use crate::support::{Authority, now, text};

pub(crate) const DAY: i64 = 86_400;

/// An authority of time whose certificate ends after so many days: its address and its root.
pub(crate) async fn stamper(clock: &Arc<ManualClock>, days: i64) -> (Source, Certificate) {
    let authority = Authority::new(Algorithm::P256);
    let stamps = Arc::new(authority.stamps(now().plus_seconds(-DAY), now().plus_seconds(days * DAY)));
    let clock = Arc::clone(clock);
    let answer = move |body: Bytes| {
        let (stamps, clock) = (Arc::clone(&stamps), Arc::clone(&clock));
        async move { stamps.answer(&body, clock.now(), &SystemRandom).unwrap().0 }
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/tsa", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/tsa", post(answer))).await });
    (Source::Remote(url), authority.root)
}

pub(crate) async fn open(
    db: &Db,
    clock: &Arc<ManualClock>,
    source: &Source,
    roots: &[Certificate],
) -> Signing {
    let timestamps = Timestamps { sources: vec![source.clone()], ..Timestamps::default() };
    let anchors = roots.iter().map(|root| (root.clone(), AnchorKind::Other).into()).collect();
    let signing = open_with(db, clock, Mode::Demo, Arc::new(NoEvidence), (timestamps, anchors)).await;
    set_up(&signing).await;
    signing
}

async fn register(signing: &Signing, db: &Db, clock: &ManualClock, from: u32, to: u32) {
    let (signing, at) = (signing.clone(), clock.now());
    db.write(move |tx| {
        (from..to).try_for_each(|n| {
            let code = VerificationCode::new(&SystemRandom);
            signing.register_document(tx, &issued(code, sha256(&n.to_be_bytes()), at))
        })
    })
    .await
    .unwrap();
}

/// What a program of others counts; `None` where it can't run.
fn read_by_others(record: &[u8], document: [u8; 32], roots: &[Certificate]) -> Option<Result<usize, String>> {
    let python = std::env::var("COPIHUE_TEST_PYTHON").ok()?;
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(python);
    command.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/ers.py"));
    let put = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    };
    command.arg(put("record.ers", record)).arg(hex::encode(document));
    for (n, root) in roots.iter().enumerate() {
        command.arg(put(&format!("{n}.pem"), root.to_pem().as_bytes()));
    }
    let output = command.output().ok()?;
    let said = text(&output);
    Some(if output.status.success() { Ok(said.trim().parse().unwrap()) } else { Err(said) })
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_20_one_timestamp_covers_all_documents_and_a_new_one_keeps_it_covered() {
    for test in engines() {
        test.migrate(&[MIGRATIONS]).unwrap();
        let (db, clock) = (test.db(), Arc::new(ManualClock::new(now())));
        let (short, short_root) = stamper(&clock, 60).await;
        let (long, long_root) = stamper(&clock, 3_000).await;
        let roots = [short_root, long_root];
        let signing = open(&db, &clock, &short, &roots).await;
        register(&signing, &db, &clock, 0, 1).await;
        clock.advance_millis(60_000);
        let made_at = clock.now();
        assert_eq!(signing.evidence_once().await.unwrap(), 1);
        register(&signing, &db, &clock, 1, 603).await;
        assert_eq!(signing.evidence_once().await.unwrap(), 0, "they may not have been committed yet");
        clock.advance_millis(60_000);
        assert_eq!(signing.evidence_once().await.unwrap(), 602);
        assert_eq!(signing.evidence_once().await.unwrap(), 0);
        assert_eq!(signing.renew_evidence().await.unwrap(), 0, "no certificate that lasts longer");
        let documents: Vec<[u8; 32]> = [0_u32, 1, 300, 602].map(|n| sha256(&n.to_be_bytes())).into();
        let mut first = Vec::new();
        for document in &documents {
            let record = signing.evidence_record(*document).await.unwrap().unwrap();
            let verdict = verify_record(&record, *document, &signing.trust(), clock.now()).unwrap();
            assert!(verdict.since >= made_at && verdict.stamps == 1);
            if let Some(counted) = read_by_others(&record, *document, &roots) {
                assert_eq!(counted, Ok(1));
                assert!(read_by_others(&record, [7; 32], &roots).unwrap().is_err());
            }
            first.push(record);
        }
        assert!(signing.evidence_record([7; 32]).await.unwrap().is_none());
        // Another authority, whose certificate lasts.
        clock.advance_millis(50 * DAY * 1000);
        let signing = open(&db, &clock, &long, &roots).await;
        assert_eq!(signing.renew_evidence().await.unwrap(), 2, "both trees, under one timestamp");
        assert_eq!(signing.renew_evidence().await.unwrap(), 0);
        clock.advance_millis(20 * DAY * 1000);
        for (document, old) in documents.iter().zip(&first) {
            let record = signing.evidence_record(*document).await.unwrap().unwrap();
            let verdict = verify_record(&record, *document, &signing.trust(), clock.now()).unwrap();
            assert!(verdict.since < made_at.plus_seconds(DAY) && verdict.stamps == 2);
            let ended = verify_record(old, *document, &signing.trust(), clock.now());
            assert_eq!(ended.unwrap_err(), SubIndication::OutOfBoundsNoPoe);
            assert_eq!(signing.evidence_of(*document).await.unwrap(), Some(verdict));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_20_a_flipped_bit_anywhere_in_a_record_is_refused() {
    let test = engines().remove(0);
    test.migrate(&[MIGRATIONS]).unwrap();
    let (db, clock) = (test.db(), Arc::new(ManualClock::new(now())));
    let (source, root) = stamper(&clock, 3_000).await;
    let signing = open(&db, &clock, &source, &[root]).await;
    register(&signing, &db, &clock, 0, 5).await;
    clock.advance_millis(60_000);
    signing.evidence_once().await.unwrap();
    let document = sha256(&3_u32.to_be_bytes());
    let record = signing.evidence_record(document).await.unwrap().unwrap();
    let good = verify_record(&record, document, &signing.trust(), clock.now()).unwrap();
    for at in 0..record.len() {
        let mut bad = record.clone();
        bad[at] ^= 1 << (at % 8);
        // Nothing is said beyond what the timestamp signs: the list of algorithms at the head is only told.
        let judged = verify_record(&bad, document, &signing.trust(), clock.now());
        assert!(judged.is_err() || (judged == Ok(good.clone()) && at < 40), "{at}: {judged:?}");
    }
    assert_eq!(
        verify_record(&record, [7; 32], &signing.trust(), clock.now()),
        Err(SubIndication::HashFailure)
    );
    let swap = sql!("UPDATE signing_ers_node SET hashes = $1 WHERE level = 1");
    db.write(move |tx| tx.execute(swap, &params![vec![9_u8; 96]]).map(drop)).await.unwrap();
    signing.evidence_of(document).await.unwrap_err();
}
