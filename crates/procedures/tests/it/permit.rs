//! The vehicle permit through the real services: data alone drives it.

use copihue_casefiles::Relation;
use copihue_core::{Actor, Id, Kind};
use copihue_payments::Verdict;
use copihue_procedures::{CaseLook, DeskFilter, Reply, Resolve, Sent, texts};
use serde_json::json;

use crate::world::{TOWN, World, each_engine};

async fn begin(w: &World, who: &Actor) -> CaseLook {
    let case = w.procedures.start(who, "permiso-circulacion", TOWN).await.unwrap();
    let look = w.procedures.look(who, case).await.unwrap();
    let token = look.task.as_ref().unwrap().token;
    let posted = texts(&[("d.patente", "bb-cd 12"), ("d.correo", "Ana@Ejemplo.cl")]);
    let sent = w.procedures.send_page(who, case, token, 1, posted, false).await.unwrap();
    assert!(matches!(sent, Sent::Next(2)), "{sent:?}");
    w.procedures.finish(who, case, token, "").await.unwrap();
    w.procedures.look(who, case).await.unwrap()
}

async fn outcome(w: &World, who: &Actor, look: &CaseLook, outcome: &str) -> CaseLook {
    let token = look.task.as_ref().unwrap().token;
    w.procedures.finish(who, look.id, token, outcome).await.unwrap();
    w.procedures.look(who, look.id).await.unwrap()
}

pub(crate) async fn filed(w: &World, who: &Actor) -> CaseLook {
    w.holders.answer(
        "revision.vigencia",
        json!({"planta": "B-13", "fecha": "2024-10-05", "resultado": "aprobada", "vence": "2025-10-05"}),
    );
    let look = begin(w, who).await;
    assert_eq!(look.status, "Falta algo que usted puede corregir");
    outcome(w, who, &look, "presentar").await
}

#[tokio::test]
async fn pay_12_a_permit_from_the_plate_to_the_signed_document_and_the_filed_receipt() {
    each_engine(async |w: World| {
        w.all_in_order();
        let ana = w.ana();
        let look = begin(&w, &ana).await;
        assert!(look.iuie.is_none(), "up to the proposal all is a draft");
        assert_eq!(look.state.data["calculo"]["impuesto"], json!(174_448));
        let data = &look.state.data;
        assert_eq!((&data["patente"], &data["correo"]), (&json!("BBCD12"), &json!("Ana@ejemplo.cl")));
        let task = look.task.clone().unwrap();
        let posted = texts(&[("d.cuotas", "una")]);
        w.procedures.send_page(&ana, look.id, task.token, 2, posted, false).await.unwrap();
        let look = outcome(&w, &ana, &look, "aceptar").await;
        let iuie = look.iuie.clone().unwrap();
        assert!(iuie.starts_with("EXP-20260310-"), "{iuie}");
        let (_, payment) = look.payment.clone().unwrap();
        assert_eq!(payment.amount, 174_448);
        w.pay(&ana, &payment.start_path, Verdict::Approve).await.unwrap();
        let look = w.procedures.look(&ana, look.id).await.unwrap();
        assert!(look.closed, "{} {:?}", look.status, look.state);
        let permit = &look.state.issued["permiso"];
        let key = format!("{TOWN}:{iuie}").parse().unwrap();
        let receipt = &look.state.issued["pago:principal"];
        let paper = w.casefiles.document(&ana, &key, i64::from(receipt.n)).await.unwrap();
        let text = String::from_utf8(paper.bytes.to_vec()).unwrap();
        assert!(text.contains("Comprobante de pago\nNúmero 2026-000001"), "{text}");
        assert!(text.contains("$174.448") && text.contains(&receipt.code), "{text}");
        assert!(text.contains("http://127.0.0.1:8080/v/"), "{text}");
        let file = w.casefiles.document(&ana, &key, i64::from(permit.n)).await.unwrap();
        assert!(file.bytes.starts_with(b"%PDF-1.7"));
        let checked =
            w.signing.check_files(vec![("a.pdf".to_owned(), file.bytes.to_vec().into())]).await.unwrap();
        assert!(checked.registered.is_some(), "the verification page knows it");
        let notices = w.notifications.inbox(&ana, None, 50).await.unwrap();
        assert_eq!(notices.len(), 1);
        assert!(notices[0].subject.contains("está listo"), "{}", notices[0].subject);
        let notice = w.notifications.open(&ana, notices[0].id).await.unwrap();
        assert!(format!("{notice:?}").contains("Comprobante de pago 2026-000001"), "PAY-12: it is attached");
        assert_eq!(w.casefiles.list(&ana).await.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn prc_09_a_holder_that_is_down_is_awaited_said_and_asked_again() {
    each_engine(async |w: World| {
        w.all_in_order();
        w.holders.say("soap.vigencia", Reply::Failed("down".to_owned()));
        let ana = w.ana();
        let look = begin(&w, &ana).await;
        let waiting = look.waiting.clone().unwrap();
        assert_eq!(waiting.holders, ["Compañías de seguros"]);
        assert!(waiting.may_go_on && waiting.retry_at.is_some());
        // Nonsense is no answer either.
        w.holders.answer("soap.vigencia", json!({"hasta": 7}));
        w.clock.advance_millis(5_000);
        w.jobs().await;
        assert!(w.procedures.look(&ana, look.id).await.unwrap().waiting.is_some());
        w.all_in_order();
        w.clock.advance_millis(60_000);
        w.jobs().await;
        let look = w.procedures.look(&ana, look.id).await.unwrap();
        assert_eq!(look.status, "Esperando que usted acepte el monto");
    })
    .await;
}

#[tokio::test]
async fn prc_09_after_a_day_of_silence_the_case_goes_on_by_itself_and_its_person_is_told() {
    each_engine(async |w: World| {
        w.all_in_order();
        w.holders.say("soap.vigencia", Reply::Failed("down".to_owned()));
        let ana = w.ana();
        let look = begin(&w, &ana).await;
        for _ in 0..23 {
            w.clock.advance_millis(3_600_000);
            w.jobs().await;
        }
        let waits = w.procedures.look(&ana, look.id).await.unwrap().waiting.unwrap();
        assert!(waits.retry_at.is_some() && !waits.given_up);
        for _ in 0..2 {
            w.clock.advance_millis(3_600_000);
            w.jobs().await;
        }
        let look = w.procedures.look(&ana, look.id).await.unwrap();
        assert!(look.waiting.is_none());
        assert_eq!(look.status, "Lista para presentar");
        let notices = w.notifications.inbox(&ana, None, 50).await.unwrap();
        assert_eq!(notices.len(), 1);
        let notice = format!("{:?}", w.notifications.open(&ana, notices[0].id).await.unwrap());
        assert!(notice.contains("Compañías de seguros") && notice.contains("un funcionario lo revisará"));
        let look = outcome(&w, &ana, &look, "presentar").await;
        assert_eq!(look.status, "La municipalidad está revisando su solicitud");
    })
    .await;
}

#[tokio::test]
async fn prc_09_the_person_goes_on_without_the_holder_and_an_official_steps_in() {
    each_engine(async |w: World| {
        w.all_in_order();
        w.holders.say("soap.vigencia", Reply::Failed("down".to_owned()));
        let ana = w.ana();
        let look = begin(&w, &ana).await;
        w.procedures.go_on_without(&ana, look.id).await.unwrap();
        let look = w.procedures.look(&ana, look.id).await.unwrap();
        let look = outcome(&w, &ana, &look, "presentar").await;
        assert_eq!(look.status, "La municipalidad está revisando su solicitud");
        let juana = w.at_work(10_000_001, "Juana Soto");
        assert_eq!(w.procedures.desk(&juana, &DeskFilter::default()).await.unwrap().len(), 1);
        let iuie = look.iuie.unwrap();
        let token = w.procedures.official_look(&juana, &iuie).await.unwrap().free.unwrap().token;
        w.procedures.claim(&juana, &iuie, token, "").await.unwrap();
        assert_eq!(
            w.procedures.official_look(&juana, &iuie).await.unwrap().silent,
            ["Seguro obligatorio (SOAP)"]
        );
        w.all_in_order();
        w.procedures.ask_again(&juana, &iuie, token).await.unwrap();
        assert!(w.procedures.official_look(&juana, &iuie).await.unwrap().silent.is_empty());
    })
    .await;
}

#[tokio::test]
async fn pro_22_claim_correct_answer_and_approve_with_a_one_time_code() {
    each_engine(async |w: World| {
        w.all_in_order();
        let ana = w.ana();
        let look = filed(&w, &ana).await;
        let iuie = look.iuie.clone().unwrap();
        let juana = w.at_work(10_000_001, "Juana Soto");
        let pedro = w.at_work(10_000_002, "Pedro Lagos");
        let elena = w.at_work(10_000_003, "Elena Vera");
        assert_eq!(w.procedures.official_look(&elena, &iuie).await.unwrap_err().kind(), Kind::NotFound);
        // Whoever only oversees sees what there is, and nothing of what it says; nor can they act.
        let mut auditor = elena.clone();
        if let Some(hat) = &mut auditor.hat {
            hat.roles = vec!["auditor".to_owned()];
        }
        let seen = w.procedures.official_look(&auditor, &iuie).await.unwrap();
        assert_eq!((seen.relation, seen.parties[0].run.as_deref()), (Relation::Oversees, None));
        assert!(seen.events.is_empty() && seen.tasks.is_empty() && seen.reasons.is_empty());
        assert!(!seen.entries.is_empty() && seen.entries.iter().all(|e| !e.access.allows()));
        assert_eq!(w.procedures.claim(&auditor, &iuie, 1, "").await.unwrap_err().kind(), Kind::NotFound);
        let token = w.procedures.official_look(&juana, &iuie).await.unwrap().free.unwrap().token;
        w.procedures.claim(&juana, &iuie, token, "").await.unwrap();
        let taken = w.procedures.claim(&pedro, &iuie, token, "").await.unwrap_err();
        assert_eq!(taken.code(), "tarea_tomada");
        assert!(taken.detail().contains("Juana Soto"));
        w.procedures
            .ask_correction(&juana, &iuie, token, "Adjunte la revisión técnica vigente.")
            .await
            .unwrap();
        let look = w.procedures.look(&ana, look.id).await.unwrap();
        let (owed, _) = look.correction.clone().unwrap();
        // Sent on Tuesday 10 March 2026: made on the third business day, Friday 13; five more end on Friday 20.
        assert_eq!(owed.request.due.to_string(), "2026-03-20");
        let notices = w.notifications.inbox(&ana, None, 50).await.unwrap();
        let notice = w.notifications.open(&ana, notices[0].id).await.unwrap();
        assert!(format!("{notice:?}").contains("desistido"), "the warning of the law is in it");
        let empty = w
            .procedures
            .answer_correction(&ana, look.id, texts(&[("d.correccion.respuesta", " ")]))
            .await
            .unwrap();
        assert!(matches!(empty, Sent::Mend(_)));
        let posted = texts(&[("d.correccion.respuesta", "La hice ayer.")]);
        w.procedures.answer_correction(&ana, look.id, posted).await.unwrap();
        let resolve = |otp: String| Resolve {
            token,
            outcome: "aprobar".to_owned(),
            posted: texts(&[("d.revision.hechos", "Acompañó la revisión técnica vigente.")]),
            otp,
        };
        let wrong = w.procedures.resolve(&juana, &iuie, &resolve("000000".to_owned())).await;
        assert!(!matches!(wrong, Ok(Sent::Done)), "{wrong:?}");
        let otp = w.code(&juana).await;
        let sent = w.procedures.resolve(&juana, &iuie, &resolve(otp)).await.unwrap();
        assert!(matches!(sent, Sent::Done), "{sent:?}");
        let look = w.procedures.look(&ana, look.id).await.unwrap();
        assert_eq!(look.status, "Aprobada: falta que usted pague");
        assert!(look.state.issued.contains_key("acta"));
    })
    .await;
}

#[tokio::test]
async fn pro_31_a_rejection_is_not_signed_without_facts_and_grounds_and_says_its_appeals() {
    each_engine(async |w: World| {
        w.all_in_order();
        let ana = w.ana();
        let look = filed(&w, &ana).await;
        let iuie = look.iuie.clone().unwrap();
        let juana = w.at_work(10_000_001, "Juana Soto");
        let token = w.procedures.official_look(&juana, &iuie).await.unwrap().free.unwrap().token;
        w.procedures.claim(&juana, &iuie, token, "").await.unwrap();
        let reject = |pairs: &[(&str, &str)], otp: String| Resolve {
            token,
            outcome: "rechazar".to_owned(),
            posted: texts(pairs),
            otp,
        };
        let otp = w.code(&juana).await;
        let short =
            [("d.revision.hechos", "No."), ("d.revision.fundamentos", "No."), ("d.revision.decision", "No.")];
        let Sent::Mend(errors) = w.procedures.resolve(&juana, &iuie, &reject(&short, otp)).await.unwrap()
        else {
            panic!("signed")
        };
        let pointers: Vec<&str> = errors.iter().map(|e| e.pointer.as_str()).collect();
        assert_eq!(pointers, ["d.revision.hechos", "d.revision.fundamentos", "d.revision.decision"]);
        let full = [
            ("d.revision.hechos", "La revisión técnica venció el 5 de octubre de 2025."),
            ("d.revision.fundamentos", "El artículo 89 de la Ley N° 18.290 exige revisión técnica vigente."),
            ("d.revision.decision", "Se rechaza la solicitud de permiso de circulación."),
        ];
        let otp = w.code(&juana).await;
        let sent = w.procedures.resolve(&juana, &iuie, &reject(&full, otp)).await.unwrap();
        assert!(matches!(sent, Sent::Done), "{sent:?}");
        let look = w.procedures.look(&ana, look.id).await.unwrap();
        assert!(look.closed);
        assert!(look.state.issued.contains_key("rechazo"));
    })
    .await;
}

#[tokio::test]
async fn exp_14_nobody_else_reaches_a_case() {
    each_engine(async |w: World| {
        w.all_in_order();
        let ana = w.ana();
        let look = begin(&w, &ana).await;
        let other = w.person(55_555_555, "Otra Persona");
        assert_eq!(w.procedures.look(&other, look.id).await.unwrap_err().kind(), Kind::NotFound);
        let unknown = Id::from_bytes([1; 16]);
        assert_eq!(w.procedures.look(&ana, unknown).await.unwrap_err().kind(), Kind::NotFound);
        let token = look.task.unwrap().token;
        let sent = w.procedures.finish(&other, look.id, token, "aceptar").await;
        assert_eq!(sent.unwrap_err().kind(), Kind::NotFound);
    })
    .await;
}

#[tokio::test]
async fn prc_05_a_double_click_does_it_once_and_a_second_start_finds_the_draft() {
    each_engine(async |w: World| {
        w.all_in_order();
        let ana = w.ana();
        let look = begin(&w, &ana).await;
        let again = w.procedures.start(&ana, "permiso-circulacion", TOWN).await.unwrap();
        assert_eq!(again, look.id);
        let token = look.task.as_ref().unwrap().token;
        w.procedures.send_page(&ana, look.id, token, 2, texts(&[("d.cuotas", "dos")]), false).await.unwrap();
        let (a, b) = tokio::join!(
            w.procedures.finish(&ana, look.id, token, "aceptar"),
            w.procedures.finish(&ana, look.id, token, "aceptar"),
        );
        assert_eq!([a.is_ok(), b.is_ok()].iter().filter(|ok| **ok).count(), 1);
        assert_eq!(w.casefiles.list(&ana).await.unwrap().len(), 1);
        let look = w.procedures.look(&ana, look.id).await.unwrap();
        assert_eq!(look.payment.unwrap().1.amount, 87_224, "half of it");
    })
    .await;
}

#[tokio::test]
async fn pay_10_two_people_pay_the_same_plate_and_one_permit_is_issued() {
    each_engine(async |w: World| {
        w.all_in_order();
        let (ana, eva) = (w.ana(), w.person(55_555_555, "Eva Díaz"));
        let mine = begin(&w, &ana).await;
        w.procedures
            .send_page(
                &ana,
                mine.id,
                mine.task.as_ref().unwrap().token,
                2,
                texts(&[("d.cuotas", "una")]),
                false,
            )
            .await
            .unwrap();
        let mine = outcome(&w, &ana, &mine, "aceptar").await;
        w.pay(&ana, &mine.payment.unwrap().1.start_path, Verdict::Approve).await.unwrap();
        let hers = begin(&w, &eva).await;
        w.procedures
            .send_page(
                &eva,
                hers.id,
                hers.task.as_ref().unwrap().token,
                2,
                texts(&[("d.cuotas", "una")]),
                false,
            )
            .await
            .unwrap();
        let refused = w
            .procedures
            .finish(&eva, hers.id, hers.task.as_ref().unwrap().token, "aceptar")
            .await
            .unwrap_err();
        assert_eq!(refused.kind(), Kind::Conflict, "{refused}");
    })
    .await;
}

#[tokio::test]
async fn pro_25_taking_a_later_case_first_needs_a_reason() {
    each_engine(async |w: World| {
        w.all_in_order();
        let (ana, eva) = (w.ana(), w.person(55_555_555, "Eva Díaz"));
        filed(&w, &ana).await;
        w.clock.advance_millis(60_000);
        let second = filed(&w, &eva).await.iuie.unwrap();
        let juana = w.at_work(10_000_001, "Juana Soto");
        let desk = w.procedures.desk(&juana, &DeskFilter::default()).await.unwrap();
        assert_eq!(
            desk.iter().map(|t| t.person_name.as_str()).collect::<Vec<_>>(),
            ["Ana Rojas", "Eva Díaz"]
        );
        let token = w.procedures.official_look(&juana, &second).await.unwrap().free.unwrap().token;
        let refused = w.procedures.claim(&juana, &second, token, "").await.unwrap_err();
        assert_eq!(refused.code(), "orden_de_ingreso");
        w.procedures.claim(&juana, &second, token, "Tiene urgencia médica acreditada.").await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn pay_08_a_permit_that_cannot_be_issued_is_refunded_and_the_person_is_told_why() {
    each_engine(async |w: World| {
        w.all_in_order();
        let ana = w.ana();
        let look = begin(&w, &ana).await;
        let token = look.task.as_ref().unwrap().token;
        w.procedures.send_page(&ana, look.id, token, 2, texts(&[("d.cuotas", "una")]), false).await.unwrap();
        let look = outcome(&w, &ana, &look, "aceptar").await;
        // Another way issued the same permit: the document step can't come to a good end any more.
        w.take_unique("permiso:BBCD12:2026:1").await;
        let path = look.payment.clone().unwrap().1.start_path;
        w.pay(&ana, &path, Verdict::Approve).await.unwrap();
        w.payments.recover().await.unwrap();
        assert!(w.notifications.inbox(&ana, None, 50).await.unwrap().is_empty(), "there is still time");
        w.clock.advance_millis(11 * 60_000);
        w.payments.recover().await.unwrap();
        let look = w.procedures.look(&ana, look.id).await.unwrap();
        assert_eq!(look.status, "Le devolvemos su pago. Puede intentarlo de nuevo");
        assert_eq!(look.payment.clone().unwrap().1.status, "refunded");
        assert!(!look.state.issued.contains_key("permiso") && !look.closed);
        let id = path.rsplit('/').next().unwrap().parse().unwrap();
        let paid = w.payments.view(&ana, id).await.unwrap();
        assert_eq!(paid.refunds.len(), 1);
        assert_eq!(paid.payment.refund, Some(copihue_payments::RefundState::Confirmed));
        let notices = w.notifications.inbox(&ana, None, 50).await.unwrap();
        assert_eq!(notices.len(), 1);
        assert_eq!(notices[0].subject, "Le devolvemos su pago de $174.448");
        let notice = format!("{:?}", w.notifications.open(&ana, notices[0].id).await.unwrap());
        assert!(notice.contains("No pudimos entregarle lo que pagó dentro del plazo."), "{notice}");
        let iuie = look.iuie.unwrap();
        let file = w.casefiles.case(&ana, &format!("{TOWN}:{iuie}").parse().unwrap()).await.unwrap();
        assert!(file.timeline.iter().any(|line| line.action == "procedures-trace-refunded"));
        w.mail().await;
        let mails = w.notifications.kept_mail().await.unwrap();
        assert_eq!(mails.len(), 1, "{mails:?}");
    })
    .await;
}

#[tokio::test]
async fn pay_03_a_rejected_payment_is_said_and_tried_again() {
    each_engine(async |w: World| {
        w.all_in_order();
        let ana = w.ana();
        let look = begin(&w, &ana).await;
        let token = look.task.as_ref().unwrap().token;
        w.procedures.send_page(&ana, look.id, token, 2, texts(&[("d.cuotas", "una")]), false).await.unwrap();
        let look = outcome(&w, &ana, &look, "aceptar").await;
        let path = look.payment.clone().unwrap().1.start_path;
        for _ in 0..3 {
            w.pay(&ana, &path, Verdict::Reject).await.unwrap();
        }
        let look = w.procedures.look(&ana, look.id).await.unwrap();
        assert_eq!(look.payment.clone().unwrap().1.status, "failed");
        let path = w.procedures.pay(&ana, look.id).await.unwrap();
        w.pay(&ana, &path, Verdict::Approve).await.unwrap();
        assert!(w.procedures.look(&ana, look.id).await.unwrap().closed);
    })
    .await;
}
