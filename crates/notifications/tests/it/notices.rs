use copihue_core::json;
use copihue_notifications::*;

use crate::support::{actor, each_engine, notice, person};

const DAY: i64 = 24 * 3_600_000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn not_04_ntf_06_a_notice_is_deposited_once_with_its_own_code() {
    each_engine(async |w| {
        let first = w.send(notice(1)).await.unwrap();
        let second = w.send(notice(1)).await.unwrap();
        assert_ne!(first.code, second.code);
        assert_eq!(first.result, LegalResult::Sent);
        assert_eq!(first.made_on.to_string(), "2026-12-10");
        assert_eq!(w.notifications.inbox(&actor(1), None, 10).await.unwrap().len(), 2);
        assert_eq!(w.notifications.unread(&actor(1)).await.unwrap(), 2);
        assert_eq!(*w.acts.0.lock().unwrap(), ["notice.sent", "notice.sent"]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ntf_03_ntf_12_reading_is_logged_each_time_and_moves_nothing() {
    each_engine(async |w| {
        let sent = w.send(notice(1)).await.unwrap();
        w.clock.advance_millis(3_600_000);
        let first = w.notifications.open(&actor(1), sent.id).await.unwrap();
        w.clock.advance_millis(9 * DAY);
        let again = w.notifications.open(&actor(1), sent.id).await.unwrap();
        assert_eq!(first.summary.read_at, again.summary.read_at);
        assert_eq!(first.summary.made_on, again.summary.made_on);
        assert_eq!(first.summary.state, NoticeState::Deposited);
        assert_eq!(again.summary.state, NoticeState::Made);
        let kinds: Vec<_> = w.notifications.events(&actor(1), sent.id).await.unwrap();
        let kinds: Vec<_> = kinds.iter().map(|(_, kind)| kind.as_str()).collect();
        assert_eq!(kinds, ["depositada", "leida", "leida"]);
        assert_eq!(*w.acts.0.lock().unwrap(), ["notice.sent", "notice.read"]);
        assert_eq!(w.notifications.unread(&actor(1)).await.unwrap(), 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ntf_12_nobody_else_reads_a_notice() {
    each_engine(async |w| {
        let sent = w.send(notice(1)).await.unwrap();
        assert_eq!(w.notifications.open(&actor(2), sent.id).await.unwrap_err().code(), "no_encontrado");
        assert!(w.notifications.certificate(&actor(2), sent.id).await.is_err());
        assert!(w.notifications.inbox(&actor(2), None, 10).await.unwrap().is_empty());
        assert_eq!(w.notifications.events(&actor(1), sent.id).await.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ntf_07_not_06_the_certificate_says_what_was_sent_to_whom_and_when() {
    each_engine(async |w| {
        let sent = w.send(notice(1)).await.unwrap();
        let (certificate, jws) = w.notifications.certificate(&actor(1), sent.id).await.unwrap();
        assert_eq!(certificate["codigo"], sent.code.to_string());
        assert_eq!(certificate["enviado"], "2026-12-04T15:00:00.000Z");
        assert_eq!(certificate["enviado_local"], "2026-12-04T12:00:00-03:00");
        assert_eq!(certificate["practicada"], "2026-12-10");
        assert_eq!(certificate["regla"], "lbpa46.ddu.3");
        assert_eq!(certificate["resultado"], "enviada");
        assert_eq!(certificate["destinatario"]["run"], person(1).run.compact());
        let content = json::sha256_hex(notice(1).content().as_bytes());
        assert_eq!(certificate["contenido_sha256"], content);
        assert_eq!(certificate["adjuntos"][0]["sha256"], "ab".repeat(32));
        assert!(json::canonical(&certificate).unwrap().find("null").is_none());
        assert_eq!(jws.split('.').count(), 3);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ntf_04_not_05_without_a_domicile_or_under_an_exception_no_clock_starts() {
    for (kind, result) in [(Domicile::Excepted, LegalResult::Excepted), (Domicile::Email, LegalResult::Sent)]
    {
        each_engine(async |w| {
            let notifications = w.notifications.clone();
            let id = person(1).id;
            w.db.write(move |tx| notifications.set_domicile(tx, id, kind, "persona")).await.unwrap();
            let sent = w.send(notice(1)).await.unwrap();
            assert_eq!(sent.result, result);
            w.clock.advance_millis(30 * DAY);
            let view = w.notifications.open(&actor(1), sent.id).await.unwrap();
            let made = view.summary.state == NoticeState::Made;
            assert_eq!(made, result == LegalResult::Sent);
            let (certificate, _) = w.notifications.certificate(&actor(1), sent.id).await.unwrap();
            assert_eq!(certificate.get("practicada").is_some(), made);
            assert_eq!(certificate["ddu"]["version"], 1);
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn not_03_a_notice_without_its_full_text_is_refused() {
    each_engine(async |w| {
        for change in [
            (|n: &mut Notice| n.body = " ".to_owned()) as fn(&mut Notice),
            |n| n.subject = "a\nb".to_owned(),
            |n| n.attachments[0].href = "https://otro.cl/x".to_owned(),
        ] {
            let mut bad = notice(1);
            change(&mut bad);
            assert_eq!(w.send(bad).await.unwrap_err().code(), "aviso_invalido");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn not_10_a_case_lists_the_notices_of_a_party() {
    each_engine(async |w| {
        let sent = w.send(notice(1)).await.unwrap();
        w.send(notice(2)).await.unwrap();
        let notifications = w.notifications.clone();
        let found =
            w.db.read(move |c| {
                notifications.of_case(c, crate::support::INSTITUTION, "EXP-20261204-000001", person(1).id)
            })
            .await
            .unwrap();
        assert_eq!(found.iter().map(|n| n.id).collect::<Vec<_>>(), [sent.id]);
    })
    .await;
}
