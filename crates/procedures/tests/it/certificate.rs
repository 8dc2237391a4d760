//! The second procedure, of another shape, without a line of Rust: two units at once, then a signature.

use copihue_core::Kind;
use copihue_procedures::{Resolve, Sent, texts};

use crate::world::{TOWN, World, each_engine};

#[tokio::test]
async fn two_units_review_at_once_and_a_third_hand_signs() {
    each_engine(async |w: World| {
        let ana = w.ana();
        let case = w.procedures.start(&ana, "certificado-residencia", TOWN).await.unwrap();
        let token = w.procedures.look(&ana, case).await.unwrap().task.unwrap().token;
        let pages: [&[(&str, &str)]; 4] = [
            &[("d.direccion.calle", "Los Toros 0645"), ("d.direccion.desde", "31-3-2019")],
            &[("d.vive_con_otros", "no")],
            &[("d.uso", "salud")],
            &[("d.contacto.correo", "ana@ejemplo.cl"), ("d.declara", "si")],
        ];
        let bad = w
            .procedures
            .send_page(&ana, case, token, 1, texts(&[("d.direccion.calle", "")]), false)
            .await
            .unwrap();
        assert!(matches!(&bad, Sent::Mend(errors) if errors.len() == 2), "{bad:?}");
        for (n, page) in (1..).zip(pages) {
            let sent = w.procedures.send_page(&ana, case, token, n, texts(page), false).await.unwrap();
            assert!(matches!(sent, Sent::Next(_)), "{n}: {sent:?}");
        }
        w.procedures.finish(&ana, case, token, "").await.unwrap();
        let look = w.procedures.look(&ana, case).await.unwrap();
        assert_eq!(look.status, "Dos unidades están revisando su solicitud");
        let iuie = look.iuie.unwrap();
        let elena = w.at_work(10_000_003, "Elena Vera");
        let raul = w.at_work(10_000_004, "Raúl Mella");
        let sofia = w.at_work(10_000_005, "Sofía Arce");
        for (who, field) in [(&raul, "territorial"), (&elena, "social")] {
            assert_eq!(w.procedures.official_look(&sofia, &iuie).await.unwrap_err().kind(), Kind::NotFound);
            let token = w.procedures.official_look(who, &iuie).await.unwrap().free.unwrap().token;
            w.procedures.claim(who, &iuie, token, "").await.unwrap();
            let (result, report) = (format!("d.{field}.resultado"), format!("d.{field}.informe"));
            let posted = texts(&[(&result, "conforme"), (&report, "Todo en orden con la dirección.")]);
            let done = Resolve { token, outcome: String::new(), posted, otp: String::new() };
            let sent = w.procedures.resolve(who, &iuie, &done).await.unwrap();
            assert!(matches!(sent, Sent::Done), "{sent:?}");
        }
        let token = w.procedures.official_look(&sofia, &iuie).await.unwrap().free.unwrap().token;
        w.procedures.claim(&sofia, &iuie, token, "").await.unwrap();
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
