//! Sensitive acts ask for more than a session (SIG-16).

use std::sync::Arc;

use copihue_core::Clock as _;
use copihue_db::testing::{TestDb, engines};
use copihue_signing::NoEvidence;

use super::world::{ANA, CLERK, DESK, DESKER, HOLDERS, MINE, Town, YEARLY_CLERK};

/// A little longer than a login is fresh.
const LATER_MS: i64 = 11 * 60_000;

#[tokio::test(flavor = "multi_thread")]
async fn sig_16_who_certifies_long_after_the_login_gives_a_code() {
    for test in engines() {
        let town = Town::new(&test, Arc::new(NoEvidence)).await;
        let seed = town.signer(CLERK).await;
        town.make_holder(ANA, "ambos").await.expect(200);
        let id = town.ask(ANA, "general").await;
        let mut clerk = town.visitor(CLERK).await;
        let (page, approve) = (format!("{DESK}/{id}"), format!("{DESK}/{id}/aprobar"));
        assert!(!clerk.get(&page).await.expect(200).says("Código de 6 dígitos"), "the login was just now");
        town.clock.advance_millis(LATER_MS);
        assert!(clerk.get(&page).await.expect(200).says("Código de 6 dígitos"));
        assert!(clerk.post(&approve, &[]).await.expect(422).says("Han pasado más de 10 minutos"));
        assert!(clerk.post(&approve, &[("otp", "000000")]).await.expect(422).says("no coincide"));
        let done = clerk.post(&approve, &[("otp", &town.code(&seed))]).await.expect(200);
        assert!(done.says("Vigente"), "{}", done.text());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_16_a_new_session_over_an_old_login_is_no_login_of_a_moment_ago() {
    for test in engines() {
        let town = Town::new(&test, Arc::new(NoEvidence)).await;
        town.make_holder(ANA, "ambos").await.expect(200);
        let id = town.ask(ANA, "general").await;
        let page = format!("{DESK}/{id}");
        let approve = format!("{page}/aprobar");
        for since in [Some(town.clock.now().plus_millis(-LATER_MS)), None] {
            let mut clerk = town.visitor(CLERK).await;
            town.log_in_since(&mut clerk, CLERK, since).await;
            assert!(clerk.get(&page).await.expect(200).says("Código de 6 dígitos"), "{since:?}");
            let refused = clerk.post(&approve, &[]).await.expect(422);
            assert!(refused.says("Han pasado más de 10 minutos"), "{}", refused.text());
            // The way to another login leads back to the page of the request, not to where its form is sent.
            let back = page.replace('-', "%2D").replace('/', "%2F");
            let again = format!("/ingresar?volver={back}&amp;de-nuevo=si");
            assert!(refused.text().contains(&again), "{again}: {}", refused.text());
        }
        let mut clerk = town.visitor(CLERK).await;
        let soon = town.clock.now().plus_millis(-60_000);
        town.log_in_since(&mut clerk, CLERK, Some(soon)).await;
        clerk.get(&page).await.expect(200);
        assert!(clerk.post(&approve, &[]).await.expect(200).says("Vigente"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_16_who_has_no_second_factor_logs_in_again_to_revoke() {
    let test = TestDb::sqlite(&copihue_db::Options::default());
    let town = Town::new(&test, Arc::new(NoEvidence)).await;
    town.make_holder(ANA, "ambos").await.expect(200);
    let id = town.ask(ANA, "general").await;
    town.approve(CLERK, &id).await.expect(200);
    let mut operator = town.visitor(DESKER).await;
    let mut ana = town.visitor(ANA).await;
    town.clock.advance_millis(LATER_MS);
    let motive = [("motivo", "cese_de_funciones")];
    operator.get(&format!("{DESK}/{id}")).await.expect(200);
    operator.post(&format!("{DESK}/{id}/revocar"), &motive).await.expect(422);
    ana.get(&format!("{MINE}/solicitudes/{id}")).await.expect(200);
    let (place, own) = (format!("{MINE}/solicitudes/{id}/revocar"), [("motivo", "solicitud_del_titular")]);
    let refused = ana.post(&place, &own).await.expect(422);
    assert!(refused.says("Han pasado más de 10 minutos") && refused.says("Vigente"), "{}", refused.text());
    town.log_in(&mut operator, DESKER).await;
    operator.get(&format!("{DESK}/{id}")).await.expect(200);
    let done = operator.post(&format!("{DESK}/{id}/revocar"), &motive).await.expect(200);
    assert!(done.says("Revocado"), "{}", done.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_16_an_operators_old_session_opens_no_signatures() {
    for test in engines() {
        let town = Town::new(&test, Arc::new(NoEvidence)).await;
        town.signer(CLERK).await;
        let mut operator = town.visitor(DESKER).await;
        let holder = format!("{HOLDERS}/{}", town.actor(CLERK).hat.unwrap().official);
        town.clock.advance_millis(LATER_MS);
        // To close them, no more than the session is asked.
        assert!(operator.post(&format!("{holder}/bloquear"), &[]).await.expect(200).says("Bloqueado"));
        for path in ["reponer", "desbloquear"] {
            let refused = operator.post(&format!("{holder}/{path}"), &[]).await.expect(422);
            assert!(refused.says("Han pasado más de 10 minutos"), "{}", refused.text());
        }
        assert!(operator.get(&holder).await.expect(200).says("Activado"));
        town.log_in(&mut operator, DESKER).await;
        operator.get(&format!("{holder}/reponer")).await.expect(200);
        assert!(operator.post(&format!("{holder}/desbloquear"), &[]).await.expect(200).says("Puede firmar"));
        let done = operator.post(&format!("{holder}/reponer"), &[]).await.expect(200);
        assert!(done.says("Sin activar"), "{}", done.text());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_16_what_a_body_decided_is_written_down_by_permanent_staff_who_show_more_than_a_session() {
    for test in engines() {
        let town = Town::new(&test, Arc::new(NoEvidence)).await;
        let settings = "/gestion/firma/ajustes";
        let fields = [("honorarios", "permitido"), ("acto", "Decreto 12 de 2026"), ("llave", "p256")];
        let mut yearly = town.visitor(YEARLY_CLERK).await;
        yearly.get(settings).await.expect(200);
        let refused = yearly.post(settings, &fields).await.expect(422);
        assert!(refused.says("debe ser funcionario de planta"), "{}", refused.text());
        let mut clerk = town.visitor(CLERK).await;
        assert!(!clerk.get(settings).await.expect(200).says("Código de 6 dígitos"));
        town.clock.advance_millis(LATER_MS);
        assert!(clerk.get(settings).await.expect(200).says("Código de 6 dígitos"));
        let refused = clerk.post(settings, &fields).await.expect(422);
        assert!(refused.says("Han pasado más de 10 minutos"), "{}", refused.text());
        town.log_in(&mut clerk, CLERK).await;
        clerk.get(settings).await.expect(200);
        assert!(clerk.post(settings, &fields).await.expect(200).says("Quedó registrado"));
    }
}
