//! Drafts end: warned of, kept by a touch, deleted.

use copihue_core::Kind;
use copihue_procedures::texts;

use crate::world::{TOWN, World, each_engine};

const DAY: i64 = 86_400_000;

async fn days(w: &World, n: i64) {
    w.clock.advance_millis(n * DAY);
    w.jobs().await;
}

#[tokio::test]
async fn prc_08_a_draft_is_warned_of_and_deleted_after_thirty_days() {
    each_engine(async |w: World| {
        let ana = w.ana();
        let case = w.procedures.start(&ana, "permiso-circulacion", TOWN).await.unwrap();
        let token = w.procedures.look(&ana, case).await.unwrap().task.unwrap().token;
        let typed = || texts(&[("d.patente", "BBCD12"), ("d.correo", "ana@ejemplo.cl")]);
        days(&w, 20).await;
        w.procedures.send_page(&ana, case, token, 1, typed(), true).await.unwrap();
        days(&w, 26).await;
        assert!(w.notifications.inbox(&ana, None, 50).await.unwrap().is_empty(), "it was touched");
        days(&w, 1).await;
        w.jobs().await;
        let notices = w.notifications.inbox(&ana, None, 50).await.unwrap();
        assert_eq!(notices.len(), 1, "three days before");
        assert!(notices[0].subject.contains("se borrará el"), "{}", notices[0].subject);
        w.mail().await;
        assert_eq!(w.notifications.kept_mail().await.unwrap().len(), 1);
        // A touch keeps it for thirty days more.
        w.procedures.send_page(&ana, case, token, 1, typed(), true).await.unwrap();
        days(&w, 4).await;
        assert!(w.procedures.look(&ana, case).await.is_ok());
        days(&w, 23).await;
        assert_eq!(w.notifications.inbox(&ana, None, 50).await.unwrap().len(), 2);
        days(&w, 2).await;
        assert!(w.procedures.look(&ana, case).await.is_ok());
        days(&w, 1).await;
        assert_eq!(w.procedures.look(&ana, case).await.unwrap_err().kind(), Kind::NotFound);
        assert!(w.procedures.mine(&ana).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn prc_08_what_was_filed_is_no_draft_and_a_late_warning_still_gives_three_days() {
    each_engine(async |w: World| {
        let ana = w.ana();
        let draft = w.procedures.start(&ana, "permiso-circulacion", TOWN).await.unwrap();
        // Nothing ran for two months: the warning comes late, and its three days are still given.
        days(&w, 60).await;
        assert_eq!(w.notifications.inbox(&ana, None, 50).await.unwrap().len(), 1);
        days(&w, 2).await;
        assert!(w.procedures.look(&ana, draft).await.is_ok());
        days(&w, 1).await;
        assert_eq!(w.procedures.look(&ana, draft).await.unwrap_err().kind(), Kind::NotFound);
        w.all_in_order();
        let filed = crate::permit::filed(&w, &ana).await;
        days(&w, 60).await;
        days(&w, 60).await;
        assert!(w.procedures.look(&ana, filed.id).await.is_ok());
    })
    .await;
}
