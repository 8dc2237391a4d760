//! The second procedure: two units review at the same time, and a third person signs.

use crate::steps::{INSPECTOR, JOSE, PUENTE_ALTO, SECRETARY, SOCIAL_WORKER, code_in, enter, number_in, sign};
use crate::window::{DESK, PHONE, Script, Window};
use crate::world::World;

#[tokio::test]
async fn web_01_person_gets_a_certificate_that_two_units_review_and_a_third_signs() {
    let Some(world) = World::start() else { return };
    let person = world.window(PHONE, Script::On).await;
    let iuie = apply(&person).await;
    review(&world, SOCIAL_WORKER, &iuie, "social").await;
    review(&world, INSPECTOR, &iuie, "territorial").await;
    let secretary = world.window(DESK, Script::On).await;
    enter(&secretary, "/gestion", SECRETARY).await;
    secretary.press(&iuie).await;
    secretary.press("Tomar el caso").await;
    secretary.says("Revisión territorial").await;
    secretary.see("55-firma").await;
    sign(&world, &secretary, SECRETARY, "Firmar el certificado").await;
    secretary.says("Certificado emitido").await;
    person.client.refresh().await.unwrap();
    person.wait_for("Certificado emitido").await;
    person.see("56-certificado").await;
    let code = code_in(&person.reads().await, "Certificado de residencia");
    person.go(&format!("/verificar/{code}")).await;
    person.says("Hernán Eduardo Salinas Cortés").await;
    person.see("57-verificado").await;
}

/// Fills in the four pages, with a list of people, and answers the case's number.
async fn apply(w: &Window) -> String {
    enter(w, "/tramites/certificado-residencia/comenzar", JOSE).await;
    w.press("Comenzar").await;
    w.see("50-direccion").await;
    w.fill("d.direccion.calle", "Los Toros 0645").await;
    for (part, value) in [("dia", "31"), ("mes", "marzo"), ("ano", "2019")] {
        w.fill(&format!("d.direccion.desde-{part}"), value).await;
    }
    w.press("Continuar").await;
    w.choose("d.vive_con_otros", "si").await;
    w.press("Continuar").await;
    w.see("51-hogar").await;
    w.fill("d.personas.0.nombre", "Elena Ojeda Soto").await;
    w.press("Continuar").await;
    w.choose("d.uso", "salud").await;
    w.see("52-uso").await;
    w.press("Continuar").await;
    w.fill("d.contacto.correo", "jose@correo.example").await;
    w.choose("d.declara", "si").await;
    w.see("53-contacto").await;
    w.press("Continuar").await;
    w.says("31 de marzo de 2019").await;
    w.says("Elena Ojeda Soto").await;
    w.see("54-revisar").await;
    w.press("Presentar").await;
    w.wait_for("Dos unidades están revisando su solicitud").await;
    number_in(&w.reads().await)
}

async fn review(world: &World, run: &str, iuie: &str, unit: &str) {
    let w = world.window(DESK, Script::Off).await;
    enter(&w, "/gestion", run).await;
    w.press(iuie).await;
    w.press("Tomar el caso").await;
    w.choose(&format!("d.{unit}.resultado"), "conforme").await;
    w.fill(&format!("d.{unit}.informe"), "Se visitó el domicilio y se revisaron los antecedentes.").await;
    w.see(&format!("58-revision-{unit}")).await;
    w.press("Terminar la tarea").await;
}

#[tokio::test]
async fn web_02_certificate_is_offered_by_one_municipality_alone() {
    let Some(world) = World::start() else { return };
    let w = world.window(PHONE, Script::On).await;
    w.go("/tramites/certificado-residencia").await;
    w.see("59-certificado").await;
    w.press("Comenzar").await;
    crate::steps::log_in(&w, JOSE).await;
    w.says("Lo hará en Municipalidad de Puente Alto").await;
    assert_eq!(w.value("institucion").await, PUENTE_ALTO);
}
