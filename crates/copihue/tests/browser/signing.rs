//! The signing desk: three documents with one code, one of which its sender takes back meanwhile; by keyboard alone.

use fantoccini::key::Key;

use crate::keyboard::{enter as follow, write};
use crate::steps::{HEAD_OF_TRAFFIC, INSPECTOR, enter};
use crate::window::{DESK, PHONE, Script, Window};
use crate::world::World;

/// What the demo has waiting for the head of traffic.
const WAITING: [&str; 3] = ["Oficio 214", "Decreto que cierra la calle Ñuble", "Convenio de señalización"];

#[tokio::test]
async fn web_01_official_signs_three_documents_with_one_code_by_keyboard_and_sees_the_one_that_failed() {
    let Some(world) = World::start() else { return };
    let w = world.window(DESK, Script::On).await;
    enter(&w, "/gestion/firma", HEAD_OF_TRAFFIC).await;
    for title in WAITING {
        w.says(title).await;
    }
    w.see("40-firma-espera").await;
    choose_all(&w).await;
    follow(&w, "Revisar y firmar los elegidos").await;
    w.says("Revise antes de firmar").await;
    w.says("Hay documentos que usted no ha abierto").await;
    w.see("41-firma-revisar").await;
    take_back(&world, WAITING[2]).await;
    write(&w, "otp", &format!("{}\u{e007}", world.code_of(HEAD_OF_TRAFFIC).await)).await;
    w.wait_for("Resultado de la firma").await;
    w.says("2 de 3 documentos firmados").await;
    w.says("Quien envió el documento lo retiró").await;
    w.see("43-firma-resultado").await;
    let signed = world.download(&w, &w.href("Descargar").await).await;
    let said = copihue_signing_of(&signed);
    assert!(said.contains("Carolina Paz Fuentes Paredes"), "{said}");
}

/// Ticks every box of the list with the space bar.
async fn choose_all(w: &Window) {
    let mut ticked = 0;
    for _ in 0..80 {
        w.client.active_element().await.unwrap().send_keys(&Key::Tab.to_string()).await.unwrap();
        let at = w.client.active_element().await.unwrap();
        if at.attr("name").await.unwrap().as_deref() == Some("documento") {
            at.send_keys(" ").await.unwrap();
            ticked += 1;
        }
        if ticked == WAITING.len() {
            return;
        }
    }
    panic!("{ticked} of {} documents can be reached", WAITING.len());
}

/// Its sender takes a document back.
async fn take_back(world: &World, title: &str) {
    let w = world.window(PHONE, Script::Off).await;
    enter(&w, "/gestion/firma/enviados", INSPECTOR).await;
    w.see("45-firma-enviados").await;
    w.press(title).await;
    w.see("46-firma-enviado").await;
    w.press("Retirar el documento").await;
    w.says("Retirado").await;
}

/// Names in a signed file, as poppler finds them.
fn copihue_signing_of(pdf: &[u8]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.pdf");
    std::fs::write(&file, pdf).unwrap();
    let output = std::process::Command::new("pdfsig").arg(&file).output().unwrap();
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[tokio::test]
async fn web_02_pages_of_the_signing_desk_hold_in_both_widths_and_without_script() {
    let Some(world) = World::start() else { return };
    for (width, script) in [(PHONE, Script::On), (DESK, Script::On), (PHONE, Script::Off)] {
        let w = world.window(width, script).await;
        enter(&w, "/gestion/firma", HEAD_OF_TRAFFIC).await;
        w.see("40-firma-espera").await;
        w.press("Ver Decreto").await;
        w.see("47-firma-documento").await;
        w.press("Rechazar la firma").await;
        w.see("48-firma-rechazar").await;
        w.press("Rechazar").await;
        w.says("Hay un problema").await;
        w.see("49-firma-rechazar-sin-motivo").await;
        for (name, path) in [
            ("50-firma-subir", "/gestion/firma/subir"),
            ("51-firma-enviar", "/gestion/firma/enviar"),
            ("52-firma-enviados", "/gestion/firma/enviados"),
        ] {
            w.go(path).await;
            w.see(name).await;
        }
        w.go("/gestion/firma").await;
        w.press("Ver Oficio 214").await;
        w.press("Revisar y firmar").await;
        w.see("41-firma-revisar").await;
        w.press("Cambiar").await;
        w.see("53-firma-estampa").await;
        w.choose("lugar", "arriba-izquierda").await;
        w.press("Guardar").await;
        w.says("Arriba a la izquierda").await;
        w.fill("otp", "12").await;
        w.press("Firmar el documento").await;
        w.says("El código no coincide").await;
        w.see("54-firma-codigo-malo").await;
    }
}
