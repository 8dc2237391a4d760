//! The second procedure, of another shape, without a line of Rust: two units at once, then a signature.

use copihue_core::{Actor, Id, Kind};
use copihue_procedures::{Resolve, Sent, texts};

use crate::world::{TOWN, World, each_engine};

const PAGES: [&[(&str, &str)]; 4] = [
    &[("d.direccion.calle", "Los Toros 0645"), ("d.direccion.desde", "31-3-2019")],
    &[("d.vive_con_otros", "no")],
    &[("d.uso", "salud")],
    &[("d.contacto.correo", "ana@ejemplo.cl"), ("d.declara", "si")],
];

/// A draft of Ana's, with its open task.
async fn started(w: &World, ana: &Actor) -> (Id, u32) {
    let case = w.procedures.start(ana, "certificado-residencia", TOWN).await.unwrap();
    (case, w.procedures.look(ana, case).await.unwrap().task.unwrap().token)
}

/// Fills in and files; answers the case's number.
async fn filed(w: &World, ana: &Actor, (case, token): (Id, u32)) -> String {
    for (n, page) in (1..).zip(PAGES) {
        let sent = w.procedures.send_page(ana, case, token, n, texts(page), false).await.unwrap();
        assert!(matches!(sent, Sent::Next(_)), "{n}: {sent:?}");
    }
    w.procedures.finish(ana, case, token, "").await.unwrap();
    w.procedures.look(ana, case).await.unwrap().iuie.unwrap()
}

async fn claim(w: &World, who: &Actor, iuie: &str) -> u32 {
    let token = w.procedures.official_look(who, iuie).await.unwrap().free.unwrap().token;
    w.procedures.claim(who, iuie, token, "").await.unwrap();
    token
}

/// A unit's report.
async fn report(w: &World, who: &Actor, iuie: &str, (token, field, text): (u32, &str, &str)) -> Sent {
    let (result, report) = (format!("d.{field}.resultado"), format!("d.{field}.informe"));
    let posted = texts(&[(&result, "conforme"), (&report, text)]);
    let done = Resolve { token, outcome: String::new(), posted, otp: String::new() };
    w.procedures.resolve(who, iuie, &done).await.unwrap()
}

#[tokio::test]
async fn two_units_review_at_once_and_a_third_hand_signs() {
    each_engine(async |w: World| {
        let ana = w.ana();
        let (case, token) = started(&w, &ana).await;
        let bad = w
            .procedures
            .send_page(&ana, case, token, 1, texts(&[("d.direccion.calle", "")]), false)
            .await
            .unwrap();
        assert!(matches!(&bad, Sent::Mend(errors) if errors.len() == 2), "{bad:?}");
        let iuie = filed(&w, &ana, (case, token)).await;
        let look = w.procedures.look(&ana, case).await.unwrap();
        assert_eq!(look.status, "Dos unidades están revisando su solicitud");
        let elena = w.at_work(10_000_003, "Elena Vera");
        let raul = w.at_work(10_000_004, "Raúl Mella");
        let sofia = w.at_work(10_000_005, "Sofía Arce");
        for (who, field) in [(&raul, "territorial"), (&elena, "social")] {
            // Her unit answers for the case, so she sees it; there is nothing for her to take yet.
            let seen = w.procedures.official_look(&sofia, &iuie).await.unwrap();
            assert!(seen.free.is_none() && seen.mine.is_none());
            let token = claim(&w, who, &iuie).await;
            let sent = report(&w, who, &iuie, (token, field, "Todo en orden con la dirección.")).await;
            assert!(matches!(sent, Sent::Done), "{sent:?}");
        }
        let token = claim(&w, &sofia, &iuie).await;
        let otp = w.code(&sofia).await;
        let done = Resolve { token, outcome: "emitir".to_owned(), posted: texts(&[]), otp };
        let sent = w.procedures.resolve(&sofia, &iuie, &done).await.unwrap();
        assert!(matches!(sent, Sent::Done), "{sent:?}");
        let look = w.procedures.look(&ana, case).await.unwrap();
        assert!(look.closed && look.state.issued.contains_key("certificado"), "{}", look.status);
        assert_eq!(w.notifications.inbox(&ana, None, 50).await.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_unit_that_tries_again_keeps_what_the_other_wrote_meanwhile() {
    each_engine(async |w: World| {
        let ana = w.ana();
        let (case, token) = started(&w, &ana).await;
        let iuie = filed(&w, &ana, (case, token)).await;
        let elena = w.at_work(10_000_003, "Elena Vera");
        let raul = w.at_work(10_000_004, "Raúl Mella");
        let (social, territorial) = (claim(&w, &elena, &iuie).await, claim(&w, &raul, &iuie).await);
        let sent = report(&w, &elena, &iuie, (social, "social", "")).await;
        assert!(matches!(sent, Sent::Mend(_)), "{sent:?}");
        report(&w, &raul, &iuie, (territorial, "territorial", "La casa existe y vive ahí.")).await;
        report(&w, &elena, &iuie, (social, "social", "La conocen sus vecinos.")).await;
        let data = w.procedures.look(&ana, case).await.unwrap().state.data;
        assert_eq!(data["territorial"]["informe"], "La casa existe y vive ahí.");
        assert_eq!(data["social"]["informe"], "La conocen sus vecinos.");
    })
    .await;
}

#[tokio::test]
async fn only_the_lists_of_the_page_can_be_changed() {
    each_engine(async |w: World| {
        let ana = w.ana();
        let (case, token) = started(&w, &ana).await;
        let add = async |page: usize, list: &str| {
            w.procedures.change_list(&ana, case, (token, page), list, None).await.map_err(|e| e.kind())
        };
        assert_eq!(add(2, "/personas").await, Ok(()));
        assert_eq!(add(1, "/personas").await, Err(Kind::NotFound));
        assert_eq!(add(9, "/personas").await, Err(Kind::NotFound));
        assert_eq!(add(2, "/direccion").await, Err(Kind::NotFound));
    })
    .await;
}
