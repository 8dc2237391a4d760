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
use copihue_signing::ers::{verify_record, verify_record_of};
use copihue_signing::keys::Algorithm;
use copihue_signing::pki::{Certificate, issue_crl};
use copihue_signing::verify::{AnchorKind, SubIndication};
use copihue_signing::{Hash, MIGRATIONS, Mode, NoEvidence, Signing, Source, Timestamps, tsp};

use crate::service::{issued, open_with, set_up};
use crate::support::{Authority, Bench, now, text};

pub(crate) const DAY: i64 = 86_400;

/// An authority of time whose certificate ends after so many days: its address and its root.
pub(crate) async fn stamper(clock: &Arc<ManualClock>, days: i64) -> (Source, Certificate) {
    let authority = Authority::new(Algorithm::P256);
    let stamps = authority.stamps(now().plus_seconds(-DAY), now().plus_seconds(days * DAY));
    (serve(clock, stamps).await, authority.root)
}

async fn serve(clock: &Arc<ManualClock>, stamps: tsp::Authority) -> Source {
    let (stamps, clock) = (Arc::new(stamps), Arc::clone(clock));
    let answer = move |body: Bytes| {
        let (stamps, clock) = (Arc::clone(&stamps), Arc::clone(&clock));
        async move { stamps.answer(&body, clock.now(), &SystemRandom).unwrap().0 }
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/tsa", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/tsa", post(answer))).await });
    Source::Remote(url)
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

/// What the European Commission's library says; `None` where it is not there.
fn read_by_dss(record: &[u8], document: &[u8], authorities: &[Authority]) -> Option<String> {
    let class_path = crate::matrix::judges::dss_class_path()?;
    let bench = Bench::new(&Authority::new(Algorithm::P256));
    bench.put("record.ers", record);
    bench.put("document", document);
    let judge = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/dss/Records.java");
    let mut arguments = vec!["-cp", &class_path, judge, "record.ers", "document"];
    let names: Vec<String> = (0..authorities.len()).map(|n| format!("root{n}.pem")).collect();
    let at = copihue_core::SystemClock::default().now();
    for (name, authority) in names.iter().zip(authorities) {
        bench.put(name, authority.root.to_pem().as_bytes());
        arguments.push(name);
        let lists = [(&authority.root, &authority.root_key), (&authority.issuing, &authority.issuing_key)];
        for (issuer, key) in lists {
            let list = issue_crl(issuer, key, &[], 1, at, at.plus_seconds(DAY)).unwrap();
            bench.put(&format!("{}.crl", issuer.key_id()), &list);
        }
    }
    let output = bench.run("java", &arguments)?;
    let said = text(&output);
    // A class path of before has no module for records.
    (!said.contains("ClassNotFoundException") && !said.contains("not recognized")).then_some(said)
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_20_every_document_that_is_kept_is_covered_anew_and_a_second_run_does_what_is_left() {
    for test in engines() {
        test.migrate(&[MIGRATIONS]).unwrap();
        let (db, clock) = (test.db(), Arc::new(ManualClock::new(now())));
        let authority = Authority::new(Algorithm::P256);
        let (from, until) = (now().plus_seconds(-DAY), now().plus_seconds(3_000 * DAY));
        let source = serve(&clock, authority.stamps(from, until)).await;
        let signing = open(&db, &clock, &source, std::slice::from_ref(&authority.root)).await;
        register(&signing, &db, &clock, 0, 7).await;
        clock.advance_millis(60_000);
        assert_eq!(signing.evidence_once().await.unwrap(), 7);
        let folder = tempfile::tempdir().unwrap();
        let blobs = copihue_db::blobs::Blobs::new(db.clone(), folder.path());
        let keep = async |n: u32| {
            let staged = blobs.stage(n.to_be_bytes().to_vec()).await.unwrap();
            db.write(move |tx| staged.put(tx)).await.unwrap();
        };
        for n in 0..5 {
            keep(n).await;
        }
        let done = signing.rehash_kept(Hash::Sha512, &blobs, &mut |_| ()).await.unwrap();
        assert_eq!((done.covered, done.absent.len()), (5, 2));
        keep(5).await;
        let again = signing.rehash_kept(Hash::Sha512, &blobs, &mut |_| ()).await.unwrap();
        assert_eq!((again.covered, again.absent), (1, vec![sha256(&6_u32.to_be_bytes())]));
        let status = signing.evidence_status().await.unwrap();
        assert_eq!((status.documents, status.anew), (7, vec![(Hash::Sha512, 6)]));
        let document = 3_u32.to_be_bytes();
        let record = signing.evidence_record(sha256(&document)).await.unwrap().unwrap();
        let verdict = verify_record_of(&record, &document, &signing.trust(), clock.now()).unwrap();
        assert_eq!(verdict.stamps, 2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_20_documents_are_covered_anew_under_a_stronger_hash_with_all_that_was_before() {
    for (engine, test) in engines().into_iter().enumerate() {
        test.migrate(&[MIGRATIONS]).unwrap();
        // Every instant is in the past: the library goes by the machine's clock.
        let (db, clock) = (test.db(), Arc::new(ManualClock::new(now().plus_seconds(-50 * DAY))));
        let mut authorities = Vec::new();
        let mut stamper = async |until| {
            let authority = Authority::new(Algorithm::P256);
            let from = now().plus_seconds(-55 * DAY);
            let source = serve(&clock, authority.stamps(from, now().plus_seconds(until * DAY))).await;
            authorities.push(authority);
            source
        };
        let (first, second, third) = (stamper(20).await, stamper(40).await, stamper(3_000).await);
        let roots: Vec<Certificate> = authorities.iter().map(|a| a.root.clone()).collect();
        let signing = open(&db, &clock, &first, &roots).await;
        let documents: Vec<Vec<u8>> = (0_u32..5).map(|n| n.to_be_bytes().to_vec()).collect();
        register(&signing, &db, &clock, 0, 5).await;
        clock.advance_millis(60_000);
        assert_eq!(signing.evidence_once().await.unwrap(), 5);
        // Covered anew under the new hash, then both renewed.
        clock.advance_millis(20 * DAY * 1000);
        let signing = open(&db, &clock, &second, &roots).await;
        assert_eq!(signing.renew_evidence().await.unwrap(), 0, "none that lasts ninety days");
        let unknown = b"nadie lo registro".to_vec();
        let all = [documents[..3].to_vec(), vec![unknown.clone()]].concat();
        assert_eq!(signing.rehash_evidence(Hash::Sha512, &all).await.unwrap(), 3);
        assert_eq!(signing.rehash_evidence(Hash::Sha512, &all).await.unwrap(), 0, "they are");
        clock.advance_millis(20 * DAY * 1000);
        let signing = open(&db, &clock, &third, &roots).await;
        assert_eq!(signing.renew_evidence().await.unwrap(), 2, "the tree, and what covers three of it anew");
        for (n, document) in documents.iter().enumerate() {
            let record = signing.evidence_record(sha256(document)).await.unwrap().unwrap();
            let verdict = verify_record_of(&record, document, &signing.trust(), clock.now()).unwrap();
            // Three: the first, the one under the new hash, and its renewal; the others have one renewal.
            assert_eq!(verdict.stamps, if n < 3 { 3 } else { 2 });
            assert_eq!(signing.evidence_of(sha256(document)).await.unwrap(), Some(verdict));
            assert!(verify_record_of(&record, &unknown, &signing.trust(), clock.now()).is_err());
            // One of each kind, and once: that program takes long to start.
            if engine > 0 || ![0, 4].contains(&n) {
                continue;
            }
            if let Some(said) = read_by_dss(&record, document, &authorities) {
                assert!(said.starts_with("PASSED\t") || said.starts_with("TOTAL_PASSED\t"), "{n}: {said}");
                let other = read_by_dss(&record, &unknown, &authorities).unwrap();
                assert!(!other.contains("PASSED"), "{other}");
            }
        }
        let record = signing.evidence_record(sha256(&documents[1])).await.unwrap().unwrap();
        let short = verify_record(&record, sha256(&documents[1]), &signing.trust(), clock.now());
        assert_eq!(short, Err(SubIndication::HashFailure), "the digest under the new hash is not at hand");
        for at in (0..record.len()).step_by(7) {
            let mut bad = record.clone();
            bad[at] ^= 1 << (at % 8);
            let judged = verify_record_of(&bad, &documents[1], &signing.trust(), clock.now());
            assert!(judged.is_err() || at < 60, "{at}: {judged:?}");
        }
    }
}
