//! A receipt is checked in the reader's own browser: the same verdicts as the program's, and no server needed.

use fantoccini::Locator;
use serde_json::{Value, json};

use crate::steps::{MARIA, accept_amount, ask_for_permit, enter, pay};
use crate::window::{DESK, PHONE, Script, Window};
use crate::world::World;

const CASES: &str = include_str!("../../../tlog/tests/cases/receipts.json");
const JUDGE: &str = "const [proof, policy, done] = arguments
copihueReceipts.verify(proof, policy).then(found => done(found.reason || found.result), error => done(String(error)))";

#[tokio::test]
async fn a10_a20_the_browser_judges_every_case_as_the_program_does() {
    let Some(world) = World::start() else { return };
    let w = world.window(DESK, Script::On).await;
    w.go("/verificar/registro").await;
    let all: Value = serde_json::from_str(CASES).unwrap();
    for case in all["cases"].as_array().unwrap() {
        let policy = all["policies"][case["policy"].as_str().unwrap()].clone();
        let found = w.client.execute_async(JUDGE, vec![case["proof"].clone(), policy]).await.unwrap();
        assert_eq!(found, case["verdict"], "{}", case["name"]);
    }
}

#[tokio::test]
async fn led_04_a_receipt_is_checked_in_the_browser_with_and_without_the_site() {
    let Some(world) = World::start() else { return };
    let w = world.window(PHONE, Script::On).await;
    enter(&w, "/tramites/permiso-circulacion/comenzar", MARIA).await;
    ask_for_permit(&w, "BBCD12").await;
    accept_amount(&w).await;
    pay(&w).await;
    w.go("/mi/pagos").await;
    w.press("Permiso de circulación").await;
    w.press("Comprobante de integridad").await;
    w.script_brings("El comprobante está listo").await;
    w.see("93-hecho").await;
    let proof = world.download(&w, &w.href("Descargar el comprobante").await).await;
    w.go("/mi/actividad").await;
    w.says("Pagó, y el pago quedó registrado").await;
    w.see("94-mi-actividad-con-hechos").await;

    let folder = tempfile::tempdir().unwrap();
    let (good, forged) = (folder.path().join("pago.tlog-proof"), folder.path().join("falso.tlog-proof"));
    std::fs::write(&good, &proof).unwrap();
    let text = String::from_utf8(proof).unwrap();
    std::fs::write(&forged, text.replacen("\nindex ", "\nindex 9", 1)).unwrap();
    w.go("/verificar/registro").await;
    w.see("95-comprobar").await;
    check(&w, &good).await;
    w.script_brings("El comprobante es válido").await;
    w.see("96-comprobante-valido").await;
    w.go("/verificar/registro").await;
    check(&w, &forged).await;
    w.script_brings("El comprobante no es válido").await;
    w.see("97-comprobante-falso").await;

    // The same as one file, opened from the disk: nothing of ours is asked.
    let page = folder.path().join("revisar.html");
    let link = "/verificar/registro/sin-conexion.html";
    std::fs::write(&page, world.download(&w, link).await).unwrap();
    w.client.goto(&format!("file://{}", page.display())).await.unwrap();
    check(&w, &good).await;
    w.script_brings("El comprobante es válido").await;
    let asked = "return performance.getEntriesByType('resource').length";
    assert_eq!(w.client.execute(asked, vec![]).await.unwrap(), json!(0));
}

async fn check(w: &Window, file: &std::path::Path) {
    let field = w.client.find(Locator::Css("#revisor input[type='file']")).await.unwrap();
    field.send_keys(file.to_str().unwrap()).await.unwrap();
    let button = w.client.find(Locator::Css("#revisor button[type='submit']")).await.unwrap();
    button.click().await.unwrap();
}
