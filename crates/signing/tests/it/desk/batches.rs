//! One code, many documents, a result for each.

use std::sync::{Arc, Mutex};

use copihue_core::{Kind, Result};
use copihue_db::testing::engines;
use copihue_db::{Tx, params, sql};
use copihue_signing::model::batch::{BatchState, ItemState};
use copihue_signing::verify::verify_pdf;
use copihue_signing::{Act, Evidence, Format, Known, Level, NewPaper};

use super::world::{office, office_with};

/// The acts that were appended.
#[derive(Default)]
struct Acts(Mutex<Vec<Format>>);

impl Evidence for Acts {
    fn append(&self, _: &mut Tx<'_>, act: &Act<'_>) -> Result<()> {
        if let Act::Signed { used, .. } = act {
            self.0.lock().unwrap().push(used.format);
        }
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_16_one_code_signs_every_document_of_a_batch_and_each_use_of_the_key_is_logged() {
    for test in engines() {
        let acts = Arc::new(Acts::default());
        let office = office_with(&test, Arc::clone(&acts) as Arc<dyn Evidence>).await;
        let mut papers = Vec::new();
        for title in ["uno", "dos", "tres"] {
            papers.push(office.send(title, &[(1, 1)]).await);
        }
        let actor = office.actor(1);
        assert_eq!(office.desk.waiting(&actor).await.unwrap().len(), 3);
        office.desk.open_file(&actor, papers[0]).await.unwrap();
        let view = office.sign(1, &papers).await;
        assert_eq!(view.batch.state, BatchState::Complete);
        assert_eq!((view.counts.signed, view.counts.failed), (3, 0));
        assert_eq!(
            *acts.0.lock().unwrap(),
            [Format::Jws, Format::Pdf, Format::Pdf, Format::Pdf],
            "the authorisation itself is signed by the holder's key"
        );
        for (paper, item) in papers.iter().zip(&view.items) {
            assert_eq!(item.reached, Some(Level::T));
            let (paper, bytes) = office.desk.open_file(&actor, *paper).await.unwrap();
            assert_eq!(Some(paper.current), item.signed);
            let verdict = verify_pdf(&bytes, &office.signing.trust(), office.signing_time());
            assert!(verdict.is_genuine(), "{verdict:?}");
        }
        assert!(office.desk.waiting(&actor).await.unwrap().is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_that_fails_is_told_and_the_others_are_signed() {
    for test in engines() {
        let office = office(&test).await;
        let (good, gone) = (office.send("uno", &[(1, 1)]).await, office.send("dos", &[(1, 1)]).await);
        let actor = office.actor(1);
        let batch = office.desk.prepare(&actor, &[good, gone]).await.unwrap();
        office.desk.withdraw(&office.actor(0), gone).await.unwrap();
        office.desk.authorise(&actor, batch, &office.code(1).await, Known::Nothing).await.unwrap();
        office.work().await;
        let view = office.desk.batch(&actor, batch).await.unwrap();
        assert_eq!(view.batch.state, BatchState::CompleteWithErrors);
        assert_eq!(view.items[0].state, ItemState::Signed);
        let error = view.items[1].error.as_ref().unwrap();
        assert_eq!(error.code, "documento_retirado");
        // Sent again, it is signed under the same authorisation, without another code.
        office.desk.send_again(&office.actor(0), gone).await.unwrap();
        assert_eq!(office.desk.resume(&actor, batch).await.unwrap(), BatchState::Authorised);
        office.work().await;
        let view = office.desk.batch(&actor, batch).await.unwrap();
        assert_eq!((view.batch.state, view.counts.signed), (BatchState::Complete, 2));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_16_a_wrong_code_authorises_nothing_and_a_code_counts_once() {
    for test in engines() {
        let office = office(&test).await;
        let (a, b) = (office.send("uno", &[(1, 1)]).await, office.send("dos", &[(1, 1)]).await);
        let actor = office.actor(1);
        let first = office.desk.prepare(&actor, &[a]).await.unwrap();
        let code = office.code(1).await;
        let wrong = if code == "000000" { "000001" } else { "000000" };
        let refused = office.desk.authorise(&actor, first, wrong, Known::Nothing).await.unwrap_err();
        assert_eq!(refused.code(), "codigo_incorrecto");
        office.work().await;
        assert_eq!(office.desk.batch(&actor, first).await.unwrap().batch.state, BatchState::Prepared);
        office.desk.authorise(&actor, first, &code, Known::Nothing).await.unwrap();
        let second = office.desk.prepare(&actor, &[b]).await.unwrap();
        assert_eq!(
            office.desk.authorise(&actor, second, &code, Known::Nothing).await.unwrap_err().kind(),
            Kind::Invalid
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_16_what_is_changed_behind_the_holders_back_is_not_signed() {
    for test in engines() {
        let office = office(&test).await;
        let (mine, other) = (office.send("uno", &[(1, 1)]).await, office.send("otro", &[(0, 1)]).await);
        let actor = office.actor(1);
        let batch = office.desk.prepare(&actor, &[mine]).await.unwrap();
        office.desk.authorise(&actor, batch, &office.code(1).await, Known::Nothing).await.unwrap();
        // Whoever can write to the tables puts another document in the place of the authorised one.
        let swap = move |tx: &mut Tx<'_>| {
            let sql = sql!(
                "UPDATE signing_batch_item SET sha256 = (SELECT sha256 FROM signing_paper WHERE bucket = $1 AND id = $3)
                 WHERE bucket = $1 AND batch = $2"
            );
            tx.execute(sql, &params![batch.bucket(), batch, other])
        };
        office.db.write(swap).await.unwrap();
        office.work().await;
        let view = office.desk.batch(&actor, batch).await.unwrap();
        assert_eq!(view.batch.state, BatchState::CompleteWithErrors);
        assert_eq!(view.counts.signed, 0);
        assert!(view.items[0].error.as_ref().unwrap().message.contains("no corresponde a estos documentos"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_authorisation_ends_after_ten_minutes_and_what_is_left_needs_a_new_code() {
    for test in engines() {
        let office = office(&test).await;
        let paper = office.send("uno", &[(1, 1)]).await;
        let actor = office.actor(1);
        let batch = office.desk.prepare(&actor, &[paper]).await.unwrap();
        office.desk.authorise(&actor, batch, &office.code(1).await, Known::Nothing).await.unwrap();
        office.wait(601);
        office.work().await;
        assert_eq!(office.desk.batch(&actor, batch).await.unwrap().batch.state, BatchState::Expired);
        assert_eq!(office.desk.resume(&actor, batch).await.unwrap(), BatchState::AwaitingCode);
        office.desk.authorise(&actor, batch, &office.code(1).await, Known::Nothing).await.unwrap();
        office.work().await;
        assert_eq!(office.desk.batch(&actor, batch).await.unwrap().batch.state, BatchState::Complete);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_is_called_off_before_it_is_signed_and_is_nobody_elses() {
    for test in engines() {
        let office = office(&test).await;
        let paper = office.send("uno", &[(1, 1)]).await;
        let actor = office.actor(1);
        let batch = office.desk.prepare(&actor, &[paper]).await.unwrap();
        let strange = office.desk.batch(&office.actor(2), batch).await.unwrap_err();
        assert_eq!(strange.kind(), Kind::NotFound);
        office.desk.authorise(&actor, batch, &office.code(1).await, Known::Nothing).await.unwrap();
        office.desk.cancel(&actor, batch).await.unwrap();
        office.work().await;
        let view = office.desk.batch(&actor, batch).await.unwrap();
        assert_eq!((view.batch.state, view.counts.signed), (BatchState::Cancelled, 0));
        assert_eq!(office.desk.waiting(&actor).await.unwrap().len(), 1);
        assert_eq!(office.desk.resume(&actor, batch).await.unwrap_err().kind(), Kind::Conflict);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_with_a_broken_signature_is_signed_only_where_the_holder_says_that_they_know() {
    for test in engines() {
        let office = office(&test).await;
        let first = office.send("oficio", &[(1, 1)]).await;
        office.sign(1, &[first]).await;
        let (_, mut pdf) = office.desk.open_file(&office.actor(0), first).await.unwrap();
        let at = pdf.windows(7).position(|w| w == b"Permiso").unwrap();
        pdf[at] = b'p';
        let new = NewPaper { pdf, ..office.paper("copia", &[(1, 1)]) };
        let paper = office.desk.send(&office.actor(0), new).await.unwrap();
        let actor = office.actor(1);
        assert!(office.desk.paper(&actor, paper).await.unwrap().paper.findings.broken);
        let batch = office.desk.prepare(&actor, &[paper]).await.unwrap();
        let code = office.code(1).await;
        let refused = office.desk.authorise(&actor, batch, &code, Known::Nothing).await.unwrap_err();
        assert_eq!(refused.code(), "firma_previa_invalida");
        office.desk.authorise(&actor, batch, &code, Known::BrokenSignature).await.unwrap();
        office.work().await;
        assert_eq!(office.desk.batch(&actor, batch).await.unwrap().batch.state, BatchState::Complete);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_07_a_batch_whose_holder_stops_every_signature_meanwhile_ends_and_says_so() {
    for test in engines() {
        let office = office(&test).await;
        let paper = office.send("oficio", &[(1, 1)]).await;
        let actor = office.actor(1);
        let batch = office.desk.prepare(&actor, &[paper]).await.unwrap();
        office.desk.authorise(&actor, batch, &office.code(1).await, Known::Nothing).await.unwrap();
        let official = office.officials[1];
        let stop = move |tx: &mut Tx<'_>| {
            let sql = sql!("UPDATE signing_holder SET stopped_at = 1 WHERE bucket = $1 AND official = $2");
            tx.execute(sql, &params![batch.bucket(), official])
        };
        office.db.write(stop).await.unwrap();
        office.work().await;
        let view = office.desk.batch(&actor, batch).await.unwrap();
        assert_eq!((view.batch.state, view.counts.signed), (BatchState::CompleteWithErrors, 0));
        assert_eq!(view.items[0].error.as_ref().unwrap().code, "firma_detenida");
        assert_eq!(office.desk.paper(&actor, paper).await.unwrap().paper.current.0, view.items[0].sha256);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_authorised_is_put_away_and_what_was_signed_stays() {
    for test in engines() {
        let office = office(&test).await;
        let (signed, left) = (office.send("firmado", &[(1, 1)]).await, office.send("no", &[(1, 1)]).await);
        let view = office.sign(1, &[signed]).await;
        let actor = office.actor(1);
        let idle = office.desk.prepare(&actor, &[left]).await.unwrap();
        const DAY_MS: i64 = 86_400_000;
        office.clock.advance_millis(89 * DAY_MS);
        assert_eq!(office.desk.purge().await.unwrap(), (0, 0));
        office.clock.advance_millis(2 * DAY_MS);
        assert_eq!(office.desk.purge().await.unwrap(), (0, 1));
        assert_eq!(office.desk.batch(&actor, idle).await.unwrap_err().kind(), Kind::NotFound);
        let sql = sql!("SELECT n FROM signing_batch_item WHERE batch = $1");
        assert!(office.db.read(move |conn| conn.query(sql, &params![idle])).await.unwrap().is_empty());
        assert_eq!(office.desk.batch(&actor, view.batch.id).await.unwrap().counts.signed, 1);
        assert_eq!(office.desk.purge().await.unwrap(), (0, 0));
    }
}
