//! The signing desk of an institution that signs with FirmaGob: one code, passed on and kept nowhere.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use copihue_core::{Clock, Id, Timestamp};
use copihue_db::testing::{TestDb, engines};
use copihue_db::{params, sql};
use copihue_signing::model::batch::{BatchState, ItemState};
use copihue_signing::verify::{AnchorKind, TrustStore, verify_pdf};
use copihue_signing::{FirmaGobSettings, Known};
use serde_json::Value;

use super::fake::{Manner, fake};
use super::{Contract, chain, serve, settings, state};
use crate::desk::world::{Office, office};
use crate::service::CITY;
use crate::support::now;
use crate::tickets::INSTITUTION;

/// An office whose first official is known there, too.
async fn there(test: &TestDb, at: Timestamp, settings: FirmaGobSettings) -> Office {
    let office = office(test).await;
    office.clock.set(at);
    office.signing.use_firmagob(settings).unwrap();
    office
}

async fn papers(office: &Office, count: usize) -> Vec<Id> {
    let mut all = Vec::new();
    for n in 0..count {
        all.push(office.send(&format!("oficio {n}"), &[(0, 1)]).await);
    }
    all
}

/// The State's service, by way of a server that counts requests and answers to none after so many.
async fn counted(contract: &Contract, url: &str, good: u32) -> (FirmaGobSettings, Arc<Counted>) {
    let state = format!("{url}/firma/v2/files/tickets");
    let counted = Arc::new(Counted { state, good: AtomicU32::new(good), asked: AtomicU32::new(0) });
    let router = Router::new().route("/firma/v2/files/tickets", post(count)).with_state(Arc::clone(&counted));
    (settings(&serve(router).await, chain(contract)), counted)
}

struct Counted {
    state: String,
    good: AtomicU32,
    asked: AtomicU32,
}

async fn count(State(here): State<Arc<Counted>>, headers: HeaderMap, Json(body): Json<Value>) -> Response {
    assert!(body["hashes"].as_array().unwrap().len() <= 100);
    if here.asked.fetch_add(1, Ordering::Relaxed) >= here.good.load(Ordering::Relaxed) {
        return StatusCode::GATEWAY_TIMEOUT.into_response();
    }
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let mut request =
        client.post(&here.state).header("content-type", "application/json").body(body.to_string());
    if let Some(code) = headers.get("otp") {
        request = request.header("otp", code);
    }
    let answer = request.send().await.unwrap();
    (answer.status(), answer.bytes().await.unwrap()).into_response()
}

async fn settled(office: &Office, batch: Id) -> copihue_signing::BatchView {
    for _ in 0..600 {
        let view = office.desk.batch(&office.actor(0), batch).await.unwrap();
        if view.batch.state != BatchState::Signing {
            return view;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("a batch that does not end");
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_21_a_batch_of_the_desk_is_signed_by_firmagob_with_one_code_that_is_kept_nowhere() {
    for test in engines() {
        let (contract, url) = state().await;
        let office = there(&test, contract.clock.now(), settings(&url, chain(&contract))).await;
        let actor = office.actor(0);
        assert!(office.desk.can_sign(&actor).await.unwrap());
        let papers = papers(&office, 3).await;
        let batch = office.desk.prepare(&actor, &papers).await.unwrap();
        let code = contract.signing.current_code(INSTITUTION, contract.attended).await.unwrap();
        let wrong = if code == "000000" { "000001" } else { "000000" };
        let refused = office.desk.authorise(&actor, batch, wrong, Known::Nothing).await.unwrap_err();
        assert_eq!(refused.code(), "codigo_incorrecto");
        let view = office.desk.batch(&actor, batch).await.unwrap();
        assert_eq!((view.batch.state, view.counts.pending), (BatchState::AwaitingCode, 3));
        office.desk.authorise(&actor, batch, &code, Known::Nothing).await.unwrap();
        let view = settled(&office, batch).await;
        assert_eq!((view.batch.state, view.counts.signed), (BatchState::Complete, 3), "{:?}", view.items);
        assert_eq!(view.batch.authorisation, None);
        let mut trust = TrustStore::new();
        trust.add_anchor(contract.signing.root().unwrap(), AnchorKind::State);
        trust.add_anchor(office.signing.root().unwrap(), AnchorKind::Other);
        for paper in papers {
            let (_, bytes) = office.desk.open_file(&actor, paper).await.unwrap();
            let verdict = verify_pdf(&bytes, &trust, contract.clock.now());
            assert!(verdict.is_genuine() && verdict.signatures[0].level == "B-T", "{verdict:?}");
        }
        let kept = office.signing.firmagob_requests(CITY).await.unwrap();
        assert_eq!(kept.iter().filter(|k| k.outcome == "firmado").count(), 3);
        assert_eq!(office.signing.key_uses(CITY, Timestamp::from_millis(0)).await.unwrap().len(), 3);
        let read =
            |conn: &mut copihue_db::Conn<'_>| conn.query(sql!("SELECT payload FROM db_job"), &params![]);
        for row in office.db.read(read).await.unwrap() {
            assert!(!row.at::<String>(0).unwrap().contains(&code));
        }
        // The job that would end a batch which was cut off finds none.
        office.wait(600);
        office.work().await;
        assert_eq!(settled(&office, batch).await.batch.state, BatchState::Complete);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_21_many_documents_go_in_requests_of_a_hundred_and_what_nobody_answered_waits_for_another_code() {
    let (contract, url) = state().await;
    let (settings, counted) = counted(&contract, &url, 1).await;
    let test = TestDb::sqlite(&copihue_db::Options::default());
    let office = there(&test, contract.clock.now(), settings).await;
    let actor = office.actor(0);
    let batch = office.desk.prepare(&actor, &papers(&office, 102).await).await.unwrap();
    let code = contract.signing.current_code(INSTITUTION, contract.attended).await.unwrap();
    office.desk.authorise(&actor, batch, &code, Known::Nothing).await.unwrap();
    let view = settled(&office, batch).await;
    assert_eq!(view.batch.state, BatchState::CompleteWithErrors);
    assert_eq!((view.counts.signed, view.counts.failed), (100, 2), "{:?}", view.counts);
    assert_eq!(view.items[101].error.as_ref().unwrap().code, "firmagob_no_responde");
    assert_eq!(counted.asked.load(Ordering::Relaxed), 2, "a code is never sent again");
    // Taken up again, it asks for a code, although no time has passed.
    assert_eq!(office.desk.resume(&actor, batch).await.unwrap(), BatchState::AwaitingCode);
    counted.good.store(9, Ordering::Relaxed);
    contract.clock.advance_millis(60_000);
    office.wait(60);
    let code = contract.signing.current_code(INSTITUTION, contract.attended).await.unwrap();
    office.desk.authorise(&actor, batch, &code, Known::Nothing).await.unwrap();
    let view = settled(&office, batch).await;
    assert_eq!((view.batch.state, view.counts.signed), (BatchState::Complete, 102));
    assert_eq!(counted.asked.load(Ordering::Relaxed), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_21_a_server_that_misbehaves_signs_nothing_of_a_batch() {
    for (manner, code, asked) in [
        (Manner::Gateway, "firmagob_no_responde", 1),
        (Manner::Truncated, "firmagob_no_responde", 1),
        (Manner::Expired, "firmagob_reloj", 1),
        (Manner::TwoForOne, "firmagob_respuesta", 1),
    ] {
        let (fake, settings) = fake(manner).await;
        let test = TestDb::sqlite(&copihue_db::Options::default());
        let office = there(&test, now(), settings).await;
        let actor = office.actor(0);
        let batch = office.desk.prepare(&actor, &papers(&office, 1).await).await.unwrap();
        let error = office.desk.authorise(&actor, batch, "123456", Known::Nothing).await.unwrap_err();
        assert_eq!(error.code(), code, "{manner:?}");
        assert_eq!(fake.asked.load(Ordering::Relaxed), asked);
        assert_eq!(settled(&office, batch).await.batch.state, BatchState::AwaitingCode);
    }
    for manner in
        [Manner::OtherDigest, Manner::OtherRun, Manner::ForeignChain, Manner::Damaged, Manner::NotSigned]
    {
        let (_, settings) = fake(manner).await;
        let test = TestDb::sqlite(&copihue_db::Options::default());
        let office = there(&test, now(), settings).await;
        let actor = office.actor(0);
        let papers = papers(&office, 1).await;
        let batch = office.desk.prepare(&actor, &papers).await.unwrap();
        office.desk.authorise(&actor, batch, "123456", Known::Nothing).await.unwrap();
        let view = settled(&office, batch).await;
        assert_eq!(view.batch.state, BatchState::CompleteWithErrors, "{manner:?}");
        assert_eq!(view.items[0].state, ItemState::Failed);
        let (paper, _) = office.desk.open_file(&actor, papers[0]).await.unwrap();
        assert_eq!(paper.original, paper.current.0, "{manner:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_21_a_batch_that_was_cut_off_ends_with_its_time_and_goes_on_with_another_code() {
    let (fake, settings) = fake(Manner::Slow).await;
    let test = TestDb::sqlite(&copihue_db::Options::default());
    let office = there(&test, now(), settings).await;
    let actor = office.actor(0);
    let batch = office.desk.prepare(&actor, &papers(&office, 2).await).await.unwrap();
    let desk = office.desk.clone();
    let asking = tokio::spawn({
        let actor = actor.clone();
        async move { desk.authorise(&actor, batch, "123456", Known::Nothing).await }
    });
    while fake.asked.load(Ordering::Relaxed) == 0 {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    // Nobody is there to finish it.
    office.work().await;
    assert_eq!(office.desk.batch(&actor, batch).await.unwrap().batch.state, BatchState::Signing);
    office.wait(601);
    office.work().await;
    assert_eq!(office.desk.batch(&actor, batch).await.unwrap().batch.state, BatchState::Expired);
    // What comes too late changes nothing.
    assert!(asking.await.unwrap().is_err());
    let view = office.desk.batch(&actor, batch).await.unwrap();
    assert_eq!((view.batch.state, view.counts.pending), (BatchState::Expired, 2));
    assert_eq!(office.desk.resume(&actor, batch).await.unwrap(), BatchState::AwaitingCode);
}
