//! From a request to a certificate, or not.

use std::sync::Arc;

use copihue_core::Kind;
use copihue_db::testing::{TestDb, engines};
use copihue_signing::verify::verify_pdf;
use copihue_signing::{NoEvidence, SealOptions};

use super::world::{ANA, CLERK, DESK, DESKER, FEE, HOLDERS, MINE, Town, YEARLY_CLERK, mail_of};
use crate::support::classic_pdf;

#[tokio::test(flavor = "multi_thread")]
async fn sig_03_the_ministro_de_fe_certifies_whom_the_operator_added_and_the_names_are_the_logins() {
    for test in engines() {
        let town = Town::new(&test, Arc::new(NoEvidence)).await;
        let mut ana = town.visitor(ANA).await;
        assert!(ana.get(MINE).await.expect(200).says("Todavía no es titular"));
        town.make_holder(ANA, "ambos").await.expect(200);
        assert!(town.mail.to(&mail_of(ANA))[0].contains("lo agregó como titular"));
        let id = town.ask(ANA, "general").await;
        assert!(town.mail.to(&mail_of(CLERK))[0].contains("Ana María Ñancupil Peña pidió"));
        let mut clerk = town.visitor(CLERK).await;
        let desk = clerk.get(DESK).await.expect(200);
        assert!(desk.says("Ana María Ñancupil Peña") && !desk.says("Ana (de la lista)"), "{}", desk.text());
        let done = town.approve(CLERK, &id).await.expect(200);
        assert!(done.says("Vigente") && done.says("Quedó registrado"), "{}", done.text());
        assert!(town.mail.to(&mail_of(ANA)).last().unwrap().contains("active su segundo factor"));

        let sign = async |code: &str| {
            let (actor, pdf) = (town.actor(ANA), classic_pdf());
            town.signing.sign_pdf_as(&actor, code, pdf, SealOptions::default()).await
        };
        assert_eq!(sign("123456").await.unwrap_err().code(), "segundo_factor_sin_activar");
        let seed = town.set_codes_up(ANA).await;
        let signed = sign(&town.code(&seed)).await.unwrap();
        assert_eq!(signed.signer.name, "Ana María Ñancupil Peña");
        let verdict = verify_pdf(&signed.bytes, &town.signing.trust(), signed.signed_at);
        assert!(verdict.is_genuine());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_03_a_refusal_says_why_and_a_request_can_be_taken_back() {
    let test = TestDb::sqlite(&copihue_db::Options::default());
    let town = Town::new(&test, Arc::new(NoEvidence)).await;
    town.make_holder(ANA, "ambos").await.expect(200);
    let id = town.ask(ANA, "general").await;
    let mut clerk = town.visitor(CLERK).await;
    clerk.get(&format!("{DESK}/{id}")).await.expect(200);
    let empty = clerk.post(&format!("{DESK}/{id}/rechazar"), &[("motivo", "no")]).await.expect(422);
    assert!(empty.says("Escriba el motivo, entre 10 y 500 letras"));
    let reason = "El cargo no corresponde a la resolución.";
    clerk.post(&format!("{DESK}/{id}/rechazar"), &[("motivo", reason)]).await.expect(200);
    assert!(town.mail.to(&mail_of(ANA)).last().unwrap().contains(reason));
    let mut ana = town.visitor(ANA).await;
    assert!(ana.get(&format!("{MINE}/solicitudes/{id}")).await.expect(200).says(reason));
    assert!(ana.get(&format!("{MINE}?ver=cancelados")).await.says("Rechazada"));
    // A refused one is over; the next one is a new one, which its holder may take back.
    assert_eq!(clerk.post(&format!("{DESK}/{id}/aprobar"), &[]).await.status, 422);
    let next = town.ask(ANA, "general").await;
    ana.get(&format!("{MINE}/solicitudes/{next}")).await.expect(200);
    let page = ana.post(&format!("{MINE}/solicitudes/{next}/cancelar"), &[]).await.expect(200);
    assert!(page.says("Cancelada"), "{}", page.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_03_only_permanent_staff_certify_and_nobody_else() {
    let test = TestDb::sqlite(&copihue_db::Options::default());
    let town = Town::new(&test, Arc::new(NoEvidence)).await;
    town.make_holder(ANA, "ambos").await.expect(200);
    let id = town.ask(ANA, "general").await;
    let refused = town.approve(YEARLY_CLERK, &id).await.expect(422);
    assert!(refused.says("debe ser funcionario de planta"));
    let mut operator = town.visitor(DESKER).await;
    operator.get(&format!("{DESK}/{id}")).await.expect(200);
    assert_eq!(operator.post_raw(&format!("{DESK}/{id}/aprobar"), &[]).await.status, 403);
    let mut ana = town.visitor(ANA).await;
    ana.get(MINE).await.expect(200);
    assert_eq!(ana.post_raw(&format!("{DESK}/{id}/aprobar"), &[]).await.status, 403);
    assert_eq!(ana.get(DESK).await.status, 404);
    let mut stranger = town.visitor(FEE).await;
    stranger.get(MINE).await.expect(200);
    assert_eq!(stranger.get(&format!("{MINE}/solicitudes/{id}")).await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_03_who_certifies_themself_is_flagged_and_a_second_person_told() {
    let test = TestDb::sqlite(&copihue_db::Options::default());
    let town = Town::new(&test, Arc::new(NoEvidence)).await;
    town.make_holder(CLERK, "general").await.expect(200);
    let id = town.ask(CLERK, "general").await;
    let mut clerk = town.visitor(CLERK).await;
    assert!(clerk.get(&format!("{DESK}/{id}")).await.expect(200).says("Esta solicitud es suya"));
    let done = clerk.post(&format!("{DESK}/{id}/aprobar"), &[]).await.expect(200);
    assert!(done.says("El ministro de fe se certificó a sí mismo"), "{}", done.text());
    let told = town.mail.to(&mail_of(DESKER));
    assert!(told.iter().any(|text| text.contains("se certificó a sí mismo")), "{told:?}");
    assert!(!town.mail.to(&mail_of(CLERK)).iter().any(|text| text.contains("se certificó a sí mismo")));
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_03_one_request_at_a_time_and_a_certificate_that_lasts_is_not_asked_for_again() {
    let test = TestDb::sqlite(&copihue_db::Options::default());
    let town = Town::new(&test, Arc::new(NoEvidence)).await;
    town.make_holder(ANA, "general").await.expect(200);
    let id = town.ask(ANA, "general").await;
    let mut ana = town.visitor(ANA).await;
    let again = async |ana: &mut copihue_web::testing::TestClient| {
        ana.get(&format!("{MINE}/solicitar")).await.expect(200);
        ana.post(&format!("{MINE}/solicitar"), &[("proposito", "general"), ("vigencia", "12")]).await
    };
    assert!(again(&mut ana).await.expect(422).says("Ya tiene una solicitud abierta"));
    town.approve(CLERK, &id).await.expect(200);
    assert!(again(&mut ana).await.expect(422).says("Podrá renovarlo en sus últimos 60 días"));
    let unattended = [("proposito", "desatendido"), ("vigencia", "12")];
    ana.post(&format!("{MINE}/solicitar"), &unattended).await.expect(422);
    town.clock.advance_millis(320 * 86_400_000);
    let mut ana = town.visitor(ANA).await;
    again(&mut ana).await.expect(200);
    // The first one still signs until its own end.
    assert_eq!(
        town.signing
            .current_code(super::world::TOWN, town.actor(ANA).hat.unwrap().official)
            .await
            .unwrap_err()
            .kind(),
        Kind::Conflict
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_06_fee_staff_are_holders_only_where_the_body_decided_so_by_an_act() {
    let test = TestDb::sqlite(&copihue_db::Options::default());
    let town = Town::new(&test, Arc::new(NoEvidence)).await;
    let refused = town.make_holder(FEE, "general").await.expect(422);
    assert!(refused.says("no ha decidido que las personas a honorarios puedan firmar"));
    let mut clerk = town.visitor(CLERK).await;
    clerk.get("/gestion/firma/ajustes").await.expect(200);
    let without = [("honorarios", "permitido"), ("llave", "p256")];
    assert!(clerk.post("/gestion/firma/ajustes", &without).await.expect(422).says("Indique el acto"));
    let with = [("honorarios", "permitido"), ("acto", "Decreto 12 de 2026"), ("llave", "rsa2048")];
    clerk.post("/gestion/firma/ajustes", &with).await.expect(200);
    let made = town.make_holder(FEE, "general").await.expect(200);
    assert!(made.path.starts_with(HOLDERS));
    let stranger = town.make_holder(55_555_555, "general").await.expect(422);
    assert!(stranger.says("no es funcionaria de esta institución"));
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_04_warnings_go_out_at_sixty_thirty_and_seven_days() {
    for test in engines() {
        let town = Town::new(&test, Arc::new(NoEvidence)).await;
        town.make_holder(ANA, "general").await.expect(200);
        let id = town.ask(ANA, "general").await;
        town.approve(CLERK, &id).await.expect(200);
        let warned = |town: &Town| {
            let all = town.mail.to(&mail_of(ANA));
            all.into_iter().filter(|t| t.contains("vence pronto")).collect::<Vec<_>>()
        };
        for (days, expected) in [(300, 0), (6, 1), (28, 1), (2, 2), (21, 2), (2, 3), (4, 3)] {
            town.clock.advance_millis(days * 86_400_000);
            town.run_jobs().await;
            assert_eq!(warned(&town).len(), expected, "after {days} more days");
        }
        let texts = warned(&town);
        assert!(texts[0].contains("60 días") && texts[1].contains("30 días") && texts[2].contains("7 días"));
        assert_eq!(town.mail.to(&mail_of(DESKER)).iter().filter(|t| t.contains("vence pronto")).count(), 3);
        let mut operator = town.visitor(DESKER).await;
        operator.get(&format!("{HOLDERS}/por-vencer")).await.expect(200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_03_the_term_of_the_ministro_de_fe_is_five_business_days() {
    let test = TestDb::sqlite(&copihue_db::Options::default());
    let town = Town::new(&test, Arc::new(NoEvidence)).await;
    town.make_holder(ANA, "general").await.expect(200);
    let id = town.ask(ANA, "general").await;
    let mut clerk = town.visitor(CLERK).await;
    assert!(clerk.get(&format!("{DESK}/{id}")).await.expect(200).says("Responder hasta"));
    town.clock.advance_millis(20 * 86_400_000);
    let mut clerk = town.visitor(CLERK).await;
    assert!(clerk.get(DESK).await.expect(200).says("Atrasada"));
}
