//! The second factor, as a holder sets it up.

use std::sync::Arc;

use copihue_core::Clock as _;
use copihue_core::totp::{code_of_step, step_at};
use copihue_db::testing::TestDb;
use copihue_signing::NoEvidence;

use super::world::{ANA, DESKER, HOLDERS, MINE, Town, mail_of, seed_on};

#[tokio::test(flavor = "multi_thread")]
async fn sig_16_the_qr_code_is_shown_once_for_each_fresh_login_and_each_time_is_recorded() {
    let test = TestDb::sqlite(&copihue_db::Options::default());
    let town = Town::new(&test, Arc::new(NoEvidence)).await;
    town.make_holder(ANA, "general").await.expect(200);
    let mut ana = town.visitor(ANA).await;
    ana.get(&format!("{MINE}/codigo")).await.expect(200);
    town.clock.advance_millis(1_000);
    let shown = ana.post(&format!("{MINE}/codigo/ver"), &[]).await.expect(200);
    assert_eq!(shown.header("cache-control"), Some("no-store"));
    let seed = seed_on(&shown);
    town.clock.advance_millis(1_000);
    let again = ana.post(&format!("{MINE}/codigo/ver"), &[("otra", "vez")]).await.expect(409);
    assert!(again.says("Ingrese de nuevo") && !again.text().contains("<svg width=\"240\""));
    let back = format!("{MINE}/codigo").replace('-', "%2D").replace('/', "%2F");
    assert!(again.text().contains(&format!("/ingresar?volver={back}&amp;de-nuevo=si")), "{}", again.text());
    let mut later = town.visitor(ANA).await;
    later.get(&format!("{MINE}/codigo")).await.expect(200);
    town.clock.advance_millis(1_000);
    let shown = later.post(&format!("{MINE}/codigo/ver"), &[]).await.expect(200);
    assert_eq!(seed_on(&shown).expose(), seed.expose());
    town.clock.advance_millis(11 * 60_000);
    let mut stale = town.visitor(ANA).await;
    stale.get(&format!("{MINE}/codigo")).await.expect(200);
    town.clock.advance_millis(11 * 60_000);
    assert_eq!(stale.post(&format!("{MINE}/codigo/ver"), &[]).await.status, 409);
    let history = stale.get(MINE).await.expect(200);
    assert_eq!(history.text().matches("Se mostró el código QR").count(), 2);
    let mails = town.mail.to(&mail_of(ANA));
    let told: Vec<_> = mails.iter().filter(|mail| mail.starts_with("Se mostró su código QR")).collect();
    assert_eq!(told.len(), 2, "{mails:?}");
    assert!(told[0].contains("detenga sus firmas") && !told[0].contains("otpauth"));
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_16_a_code_that_is_tried_tells_the_clocks_fault_in_seconds() {
    let test = TestDb::sqlite(&copihue_db::Options::default());
    let town = Town::new(&test, Arc::new(NoEvidence)).await;
    town.make_holder(ANA, "general").await.expect(200);
    let mut ana = town.visitor(ANA).await;
    ana.get(&format!("{MINE}/codigo")).await.expect(200);
    let seed = seed_on(&ana.post(&format!("{MINE}/codigo/ver"), &[]).await.expect(200));
    let shows = |seconds: i64| code_of_step(&seed, step_at(town.clock.now().plus_seconds(seconds)));
    let (slow, near) = (shows(-120), shows(-30));
    let off = ana.post(&format!("{MINE}/codigo/probar"), &[("otp", &slow)]).await.expect(422);
    assert!(off.says("atrasada en unos 120 segundos") && off.says("en automático"), "{}", off.text());
    assert!(off.says("Sin activar"));
    let good = ana.post(&format!("{MINE}/codigo/probar"), &[("otp", &near)]).await.expect(200);
    assert!(good.says("atrasada en unos 30 segundos") && good.says("Activado"), "{}", good.text());
    let spent = ana.post(&format!("{MINE}/codigo/probar"), &[("otp", &near), ("n", "2")]).await.expect(422);
    assert!(spent.says("Ese código ya se usó"));
    let fast = shows(300);
    let off = ana.post(&format!("{MINE}/codigo/probar"), &[("otp", &fast)]).await.expect(422);
    assert!(off.says("adelantada en unos 300 segundos"), "{}", off.text());
    town.clock.advance_millis(300_000);
    ana.get(&format!("{MINE}/codigo")).await.expect(200);
    let told = ana.post(&format!("{MINE}/codigo/probar"), &[("otp", &fast), ("n", "3")]).await.expect(422);
    assert!(told.says("Ese código ya se usó"), "what was told is worth nothing: {}", told.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_16_a_blocked_second_factor_is_set_up_again_by_the_operator() {
    let test = TestDb::sqlite(&copihue_db::Options::default());
    let town = Town::new(&test, Arc::new(NoEvidence)).await;
    let old = town.signer(ANA).await;
    let official = town.actor(ANA).hat.unwrap().official;
    let mut operator = town.visitor(DESKER).await;
    operator.get(&format!("{HOLDERS}/{official}")).await.expect(200);
    operator.post(&format!("{HOLDERS}/{official}/reponer"), &[]).await.expect(200);
    let mut ana = town.visitor(ANA).await;
    assert!(ana.get(MINE).await.expect(200).says("Sin activar"));
    town.clock.advance_millis(60_000);
    let new = town.set_codes_up(ANA).await;
    assert_ne!(new.expose(), old.expose());
}
