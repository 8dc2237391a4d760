//! The keepers' panel: counts of logins, and the alarms that they raise.

use copihue_core::Acr;
use copihue_db::testing::engines;
use copihue_identity::*;

use crate::desk::official;
use crate::world::*;

const PANEL: &str = "/gestion/identidad/panel";

/// Tries with RUNs that nobody has.
async fn strangers(w: &World, from: u32, count: u32) {
    for n in from..from + count {
        let run = copihue_core::Run::from_number(10_000_000 + n).unwrap().compact();
        w.log_in(&mut w.visitor(), &authorize(&[]), &run, "no es").await.expect(401);
    }
}

fn patient(config: &mut Config) {
    config.limits.prefix.free = 10_000;
    config.limits.work.prefix = 10_000;
}

#[tokio::test(flavor = "multi_thread")]
async fn h03_the_panel_counts_logins_and_the_alarm_is_closed_with_a_reason() {
    for engine in engines() {
        let w = World::on(engine, patient).await;
        w.code(&mut w.visitor(), &authorize(&[])).await;
        strangers(&w, 0, 3).await;
        let (admin, support) = (OFFICES[0].0, OFFICES[1].0);
        official(&w, support, Acr::Substantial).await.get(PANEL).await.expect(403);
        let mut c = official(&w, admin, Acr::Substantial).await;
        let page = c.get(PANEL).await.expect(200);
        assert!(page.says("Nada fuera de lo común") && page.says("Patentes"), "{}", page.text());
        assert!(page.says("3 en esta hora, 3 en las últimas 24") && page.says("1 en esta hora"));
        assert!(!page.says("44.444.444-4") && !page.says("María"));
        strangers(&w, 100, 98).await;
        w.identity.watch_once().await.unwrap();
        w.identity.watch_once().await.unwrap();
        let page = c.get(PANEL).await.expect(200);
        assert!(page.says("101 intentos con RUN que nadie tiene"), "{}", page.text());
        let fields = page.form(PANEL).unwrap();
        let (name, _) = fields.iter().find(|(name, _)| name.starts_with("motivo-")).unwrap();
        let short = c.submit(&page, PANEL, &[(name, "corto")]).await.expect(422);
        assert!(short.says("entre 10 y 300"));
        let page = c.submit(&page, PANEL, &[(name, "Prueba de carga acordada")]).await.expect(200);
        assert!(page.says("La alarma quedó cerrada") && page.says("Prueba de carga acordada"));
        assert!(page.says("Nada fuera de lo común"));
        // Said once: more of the same hour neither opens nor rewrites it.
        strangers(&w, 300, 2).await;
        let page = c.get(PANEL).await.expect(200);
        assert!(page.says("Nada fuera de lo común") && page.says("101 intentos"));
    }
}
