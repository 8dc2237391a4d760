//! A person gets the permit of a car, in both widths, with and without script.

use crate::steps::{JOSE, MARIA, accept_amount, ask_for_permit, code_in, enter, log_in, pay};
use crate::window::{DESK, PHONE, Script, Window};
use crate::world::World;

#[tokio::test]
async fn web_01_person_gets_a_permit_on_a_phone() {
    permit(PHONE, Script::On, MARIA, "BBCD12").await;
}

#[tokio::test]
async fn web_01_person_gets_a_permit_on_a_phone_without_script() {
    permit(PHONE, Script::Off, MARIA, "KLPR56").await;
}

#[tokio::test]
async fn web_01_person_gets_a_permit_at_a_desk() {
    permit(DESK, Script::On, JOSE, "RSTV78").await;
}

#[tokio::test]
async fn web_01_person_gets_a_permit_at_a_desk_without_script() {
    permit(DESK, Script::Off, JOSE, "DDFF20").await;
}

/// From the home page to the verified permit.
async fn permit(width: u32, script: Script, run: &str, plate: &str) {
    let Some(world) = World::start() else { return };
    let w = world.window(width, script).await;
    search(&w).await;
    w.press("Comenzar").await;
    w.says("Ingrese con su RUN").await;
    w.see("03-ingresar").await;
    log_in(&w, run).await;
    w.see("04-comenzar").await;
    ask_for_permit(&w, plate).await;
    accept_amount(&w).await;
    pay(&w).await;
    let code = code_in(&w.reads().await, "Permiso de circulación");
    let pdf = world.download(&w, &w.href("Descargar: Permiso de circulación").await).await;
    assert!(pdf.starts_with(b"%PDF-"), "the permit is a PDF");
    read_file(&w).await;
    read_notice(&w).await;
    verify(&w, &code, plate).await;
}

async fn search(w: &Window) {
    w.go("/").await;
    w.see("00-inicio").await;
    w.fill("q", "patente auto").await;
    w.press("Buscar").await;
    w.says("Encontramos 1 trámite").await;
    w.see("01-buscar").await;
    w.press("Permiso de circulación").await;
    w.says("Cuánto cuesta").await;
    w.see("02-informacion").await;
}

/// The case file, with its documents and what has happened.
async fn read_file(w: &Window) {
    w.press("Ver el expediente").await;
    for part in
        ["Responsable", "Se entiende presentado", "Certificado de presentación", "Qué ha pasado", "Plazos"]
    {
        w.says(part).await;
    }
    w.see("13-expediente").await;
}

/// The notice, its legal date, and the mail that told of it.
async fn read_notice(w: &Window) {
    w.go("/mi").await;
    w.says("1 notificación sin leer").await;
    w.see("14-mi").await;
    w.press("Mis notificaciones").await;
    w.see("15-avisos").await;
    w.press("está listo").await;
    w.says("Se entenderá notificada el").await;
    w.says("tercer día hábil").await;
    w.see("16-aviso").await;
    w.go("/demo/correo").await;
    w.wait_for("Tiene una nueva notificación").await;
    w.see("17-correo").await;
}

/// Anybody verifies the permit by its code.
async fn verify(w: &Window, code: &str, plate: &str) {
    w.go("/verificar").await;
    w.see("18-verificar").await;
    w.fill("codigo", code).await;
    w.press("Buscar el documento").await;
    w.says("vigente").await;
    w.says("Municipalidad de Puente Alto").await;
    assert!(!w.reads().await.contains(plate), "the public page does not tell the plate");
    w.see("19-verificado").await;
}

#[tokio::test]
async fn web_04_person_browses_mends_an_unknown_plate_and_pays_at_the_second_try() {
    let Some(world) = World::start() else { return };
    let w = world.window(PHONE, Script::On).await;
    w.go("/").await;
    w.press("Vehículos y transporte").await;
    w.see("40-tema").await;
    w.press("Permiso de circulación").await;
    w.press("Comenzar").await;
    log_in(&w, MARIA).await;
    nothing_typed(&w).await;
    ask_for_permit(&w, "zzzz-99").await;
    w.wait_for("No encontramos ese vehículo").await;
    w.says("ZZZZ99").await;
    assert_eq!(w.value("d.patente").await, "ZZZZ99");
    w.see("41-desconocida").await;
    w.fill("d.patente", "BBCD12").await;
    w.press("consultar de nuevo").await;
    accept_amount(&w).await;
    w.press("Pagar $").await;
    w.press("Rechazar").await;
    w.wait_for("No se le cobró").await;
    w.see("42-rechazado").await;
    pay(&w).await;
}

/// Every message of an empty form stands beside its field and in the summary; the wrong plate stays where it was typed.
async fn nothing_typed(w: &Window) {
    w.press("Comenzar").await;
    w.says("Hay un problema").await;
    w.see("43-sin-institucion").await;
    w.choose("institucion", crate::steps::PUENTE_ALTO).await;
    w.press("Comenzar").await;
    w.fill("d.patente", "NO ES PATENTE").await;
    w.press("Continuar").await;
    w.says("Hay 2 problemas").await;
    assert_eq!(w.value("d.patente").await, "NO ES PATENTE");
    w.see("44-errores").await;
    w.go("/tramites/permiso-circulacion/comenzar").await;
}

#[tokio::test]
async fn web_04_person_saves_leaves_and_goes_on() {
    let Some(world) = World::start() else { return };
    let w = world.window(DESK, Script::Off).await;
    enter(&w, "/tramites/permiso-circulacion/comenzar", MARIA).await;
    w.choose("institucion", crate::steps::PUENTE_ALTO).await;
    w.press("Comenzar").await;
    w.fill("d.patente", "BBCD12").await;
    w.press("Guardar y salir").await;
    w.says("está guardado").await;
    w.see("45-guardado").await;
    w.press("Permiso de circulación").await;
    assert_eq!(w.value("d.patente").await, "BBCD12");
}
