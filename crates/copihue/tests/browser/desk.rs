//! An official asks for a correction, approves, and rejects as the law demands.

use crate::steps::{HEAD_OF_TRAFFIC, choose_amount, claim, enter, pay, present_expired, sign};
use crate::window::{DESK, PHONE, Script, Window};
use crate::world::World;

#[tokio::test]
async fn web_01_official_asks_for_a_correction_and_rejects_with_facts_and_grounds() {
    let Some(world) = World::start() else { return };
    let person = world.window(PHONE, Script::On).await;
    let iuie = present_expired(&person).await;
    let official = world.window(DESK, Script::On).await;
    enter(&official, "/gestion", HEAD_OF_TRAFFIC).await;
    claim(&official, &iuie).await;
    correct(&official, &person).await;
    official.client.refresh().await.unwrap();
    official.says("La adjunto en el certificado de la planta").await;
    reject_needs_reasons(&world, &official).await;
    read_resolution(&world, &person, &iuie).await;
}

/// The official asks; the person reads the warning, and answers.
async fn correct(official: &Window, person: &Window) {
    official.fill("falta", "Adjunte el certificado de la revisión técnica que dice haber hecho.").await;
    official.press("Enviar la petición").await;
    official.says("La persona debe completar su solicitud hasta el").await;
    official.see("33-caso-espera").await;
    person.client.refresh().await.unwrap();
    person.says("Adjunte el certificado de la revisión técnica").await;
    person.says("desistid").await;
    person.see("22-correccion-pedida").await;
    person.press("Completar la solicitud").await;
    person.see("23-corregir").await;
    person.press("Enviar").await;
    person.says("Hay un problema").await;
    person.see("24-corregir-error").await;
    person.fill("d.correccion.respuesta", "La adjunto en el certificado de la planta.").await;
    person.press("Enviar").await;
    person.wait_for("La municipalidad está revisando su solicitud").await;
}

/// Neither facts nor grounds: not signed. With them and a wrong code: not signed. With all: signed.
async fn reject_needs_reasons(world: &World, w: &Window) {
    w.press("Rechazar").await;
    w.says("Hay").await;
    w.says("problema").await;
    w.see("34-rechazo-incompleto").await;
    w.fill("d.revision.hechos", "La revisión técnica venció y no hay otra posterior.").await;
    w.fill("d.revision.fundamentos", "Artículo 51 de la Ley N° 18.290.").await;
    w.fill("d.revision.decision", "Recházase la solicitud.").await;
    w.fill("otp", "000000").await;
    w.press("Rechazar").await;
    w.says("problema").await;
    assert_eq!(w.value("d.revision.decision").await, "Recházase la solicitud.");
    w.see("35-codigo-malo").await;
    sign(world, w, HEAD_OF_TRAFFIC, "Rechazar").await;
    w.says("Solicitud rechazada").await;
    w.see("36-rechazado").await;
}

/// The person finds the resolution; against a mayor only reposición is open.
async fn read_resolution(world: &World, w: &Window, iuie: &str) {
    w.client.refresh().await.unwrap();
    w.see("25-rechazada").await;
    let pdf = world.download(w, &w.href("Descargar: Resolución").await).await;
    let text = text_of(&pdf);
    assert!(text.contains("reposición"), "the resolution names the appeal:\n{text}");
    assert!(!text.contains("jerárquico"), "nobody stands above a mayor:\n{text}");
    w.go("/mi/avisos").await;
    w.see("26-avisos").await;
    w.press("Resolución sobre").await;
    w.says("los recursos que usted puede presentar").await;
    w.see("27-aviso-rechazo").await;
    w.go("/mi/expedientes").await;
    w.see("28-expedientes").await;
    w.press("Permiso de circulación").await;
    w.says(iuie).await;
    w.see("29-expediente-rechazado").await;
}

/// The text of a PDF, by poppler.
fn text_of(pdf: &[u8]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.pdf");
    std::fs::write(&file, pdf).unwrap();
    let output = std::process::Command::new("pdftotext").arg(&file).arg("-").output().unwrap();
    String::from_utf8_lossy(&output.stdout).split_whitespace().collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn web_01_official_approves_and_the_person_pays() {
    let Some(world) = World::start() else { return };
    let person = world.window(PHONE, Script::Off).await;
    let iuie = present_expired(&person).await;
    let official = world.window(DESK, Script::Off).await;
    enter(&official, "/gestion", HEAD_OF_TRAFFIC).await;
    claim(&official, &iuie).await;
    official.fill("d.revision.hechos", "La planta confirmó por teléfono la revisión de ayer.").await;
    sign(&world, &official, HEAD_OF_TRAFFIC, "Aprobar y pasar a pago").await;
    official.says("falta que usted pague").await;
    official.see("37-aprobado").await;
    person.client.refresh().await.unwrap();
    choose_amount(&person).await;
    pay(&person).await;
}

#[tokio::test]
async fn web_01_official_works_on_a_phone() {
    let Some(world) = World::start() else { return };
    let person = world.window(DESK, Script::On).await;
    let iuie = present_expired(&person).await;
    let official = world.window(PHONE, Script::On).await;
    enter(&official, "/gestion", HEAD_OF_TRAFFIC).await;
    claim(&official, &iuie).await;
}
