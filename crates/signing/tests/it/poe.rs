//! Proof of existence: what a certificate that has ended since signed stays good where something proves when, and says so where
//! nothing does.

use std::sync::Arc;

use copihue_core::json::sha256;
use copihue_core::{Clock, ManualClock, SystemRandom, VerificationCode};
use copihue_db::testing::engines;
use copihue_signing::keys::Algorithm;
use copihue_signing::verify::{Given, Outcome, SubIndication, verify};
use copihue_signing::{Level, MIGRATIONS, Shape};

use crate::door::{DATA, signed};
use crate::evidence_record::{DAY, open, stamper};
use crate::longterm::place;
use crate::service::issued;
use crate::support::{Authority, classic_pdf, now, options};

const YEARS: i64 = 365 * DAY;

#[tokio::test(flavor = "multi_thread")]
async fn sig_04_an_archived_signature_outlives_its_certificate_and_a_bare_one_does_not() {
    let place = place().await;
    let trust = place.signing.trust();
    for shape in Shape::ALL {
        for (level, outcome, sub) in [
            (Level::B, Outcome::Undated, Some(SubIndication::OutOfBoundsNoPoe)),
            (Level::LTA, Outcome::Genuine, None),
        ] {
            let bytes = signed(&place, shape, level).await;
            let own = Given { name: "f", bytes: &bytes };
            let beside = Given { name: "a.xml", bytes: DATA };
            let files = if shape == Shape::CadesDetached { vec![own, beside] } else { vec![own] };
            let at = place.clock.now().plus_seconds(4 * YEARS);
            let verdict = verify(&files, &trust, at);
            assert_eq!(
                (verdict.outcome, verdict.signatures[0].sub_indication),
                (outcome, sub),
                "{shape:?} {level:?}: {verdict:#?}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_04_an_evidence_record_proves_that_a_certificate_still_counted() {
    let test = engines().remove(0);
    test.migrate(&[MIGRATIONS]).unwrap();
    let (db, clock) = (test.db(), Arc::new(ManualClock::new(now())));
    let (source, root) = stamper(&clock, 3_000).await;
    let authority = Authority::new(Algorithm::P256);
    let signing = open(&db, &clock, &source, &[root, authority.root.clone()]).await;
    let pdf = authority.holder().sign_pdf(&classic_pdf(), &options(), now()).unwrap();
    let (document, keeper) =
        (issued(VerificationCode::new(&SystemRandom), sha256(&pdf), now()), signing.clone());
    db.write(move |tx| keeper.register_document(tx, &document)).await.unwrap();
    clock.advance_millis(60_000);
    assert_eq!(signing.evidence_once().await.unwrap(), 1);
    let record = signing.evidence_record(sha256(&pdf)).await.unwrap().unwrap();
    let (trust, later) = (signing.trust(), now().plus_seconds(4 * YEARS));
    let own = Given { name: "a.pdf", bytes: &pdf };
    let bare = verify(&[own], &trust, later);
    assert_eq!(bare.outcome, Outcome::Undated);
    assert!(bare.signatures[0].is_intact() && bare.sentence().contains("nada prueba cuándo se firmó"));
    for files in
        [[own, Given { name: "a.ers", bytes: &record }], [Given { name: "a.ers", bytes: &record }, own]]
    {
        let proved = verify(&files, &trust, later);
        assert_eq!(proved.outcome, Outcome::Genuine, "{proved:#?}");
        assert_eq!(proved.evidence.len(), 1);
    }
    // Another document's record proves nothing of this one.
    let other = [pdf.as_slice(), b"\n"].concat();
    let with = verify(
        &[Given { name: "b.pdf", bytes: &other }, Given { name: "a.ers", bytes: &record }],
        &trust,
        later,
    );
    assert_eq!(with.outcome, Outcome::Mismatched);
    // A plain file with its record, or a record alone.
    let dated = |bytes: &[u8]| {
        verify(&[Given { name: "x", bytes }, Given { name: "a.ers", bytes: &record }], &trust, later).outcome
    };
    assert_eq!(dated(b"otro"), Outcome::Mismatched);
    assert_eq!(
        verify(&[Given { name: "a.ers", bytes: &record }], &trust, later).outcome,
        Outcome::Incomplete
    );
}

#[test]
fn sig_04_a_bare_timestamp_dates_the_file_beside_it() {
    let authority = Authority::new(Algorithm::P256);
    let stamps = authority.stamps(now().plus_seconds(-DAY), now().plus_seconds(300 * DAY));
    let token = stamps.stamp(&sha256(b"un plano"), now(), &SystemRandom).unwrap().unwrap();
    let judge = |document: &[u8]| {
        let files =
            [Given { name: "plano.dwg", bytes: document }, Given { name: "plano.tst", bytes: &token }];
        verify(&files, &authority.trust(), now().plus_seconds(DAY)).outcome
    };
    assert_eq!(judge(b"un plano"), Outcome::Dated);
    assert_eq!(judge(b"otro plano"), Outcome::Mismatched);
}
