//! An institution connects an application, its developer finds what is wrong with a request, and the operator approves.

use crate::account::with_passkey;
use crate::steps::{SECRETARY, SOCIAL_WORKER, enter};
use crate::window::{DESK, PHONE, Script, Window};
use crate::world::World;

const HERE: &str = "/gestion/integraciones";
const NAME: &str = "Permisos en línea, Municipalidad de Puente Alto";

/// Fills in the request, with what the institution gets wrong most.
async fn fill_in(w: &Window) {
    for (name, value) in [
        ("nombre", NAME),
        ("descripcion", "Las personas piden y pagan permisos municipales desde su casa."),
        ("sitio", "https://permisos.puentealto.example"),
        ("norma", "Ley 21.180, artículo 1; ordenanza municipal 12"),
        ("punta", "500"),
        ("desarrollo-volver", "http://localhost:8000/volver"),
        ("pruebas-volver", "https://pruebas.puentealto.example/volver"),
        ("produccion-volver", "https://permisos.puentealto.example/volver"),
        ("administrativo", "Rodrigo Castillo"),
        ("administrativo-correo", "contacto@puentealto.example"),
        ("tecnico", "Pedro Soto"),
        ("tecnico-correo", "pedro@proveedor.example"),
        ("terminos", "2025-09"),
        ("aceptados-dia", "18"),
        ("aceptados-mes", "3"),
        ("aceptados-ano", "2026"),
    ] {
        w.fill(name, value).await;
    }
    for (name, value) in [
        ("publico", "publico"),
        ("perfil", "compat"),
        ("datos", "run"),
        ("segundo", "no"),
        ("representa", "no"),
        ("jefatura", "si"),
    ] {
        w.choose(name, value).await;
    }
}

#[tokio::test]
async fn aut_05_an_institution_connects_an_application_and_the_operator_approves_it() {
    let Some(world) = World::named() else { return };
    let w = world.window(PHONE, Script::Off).await;
    enter(&w, HERE, SOCIAL_WORKER).await;
    w.see("N0-integraciones").await;
    w.press("Conectar una aplicación").await;
    fill_in(&w).await;
    w.press("Guardar y revisar").await;
    w.says("Escriba el correo de una persona, no una casilla compartida.").await;
    w.see("N1-solicitud-mal").await;
    w.fill("administrativo-correo", "rcastillo@puentealto.example").await;
    w.press("Guardar y revisar").await;
    w.says("Borrador").await;
    w.see("N2-borrador").await;
    w.press("Enviar la solicitud").await;
    w.says("Respuesta a más tardar el").await;
    w.see("N3-enviada").await;
    let text = w.reads().await;
    let client = text.lines().find(|l| l.len() == 32 && l.bytes().all(|b| b.is_ascii_hexdigit())).unwrap();
    w.press("Obtener el secreto").await;
    w.says("El secreto se muestra solo esta vez").await;
    w.see("N4-secreto").await;
    w.press("Ya lo guardé").await;
    w.press("Avisar de una sospecha").await;
    w.choose("tipo", "sospecha").await;
    w.fill("relato", "El secreto apareció en un repositorio público.").await;
    w.see("N5-aviso").await;
    w.press("Enviar el aviso").await;
    developer(&world, client).await;

    let operator = with_passkey(&world, DESK, SECRETARY, "/gestion/revision-integraciones").await;
    operator.says("El secreto apareció en un repositorio público.").await;
    operator.see("N6-revision").await;
    operator.press(NAME).await;
    operator.choose("paso", "observar").await;
    operator.press("Continuar").await;
    operator.says("Escriba el motivo, entre 10 y 1.000 letras").await;
    operator.see("N7-sin-motivo").await;
    operator.choose("paso", "aprobar").await;
    operator.press("Continuar").await;
    operator.says("Aprobada").await;
    operator.see("N8-aprobada").await;

    w.go(HERE).await;
    w.press(NAME).await;
    w.says("Cerrada hasta la certificación").await;
    w.see("N9-aprobada").await;
    w.press("Pedir un cambio").await;
    w.choose("que", "produccion").await;
    w.fill("volver", "https://otra.puentealto.example/volver").await;
    w.see("N10-cambio").await;
    w.press("Pedir el cambio").await;
    w.says("Retirar este cambio").await;
    w.see("N11-cambio-pedido").await;
}

/// Whoever builds it needs no account to learn what is wrong.
async fn developer(world: &World, client: &str) {
    let w = world.window(DESK, Script::On).await;
    w.go("/desarrollo/probador").await;
    w.see("N12-probador").await;
    let address = format!(
        "http://localhost/openid/authorize?client_id={client}&response_type=code&scope=openid%20run&state=abc\
         &redirect_uri=http%3A%2F%2Flocalhost%3A8000%2Fvolver"
    );
    w.fill("direccion", &format!("{address}%2F")).await;
    w.press("Revisar la dirección").await;
    w.says("solo en la barra final").await;
    w.see("N13-probador-mal").await;
    w.fill("direccion", &address).await;
    w.press("Revisar la dirección").await;
    w.says("La solicitud está bien").await;
    w.says("«state» falta o es corto").await;
    w.see("N14-probador-bien").await;
}
