//! Steps that several journeys take.

use crate::window::Window;
use crate::world::World;

/// The sample people and officials that the journeys are made by.
pub(crate) const MARIA: &str = "44.444.444-4";
pub(crate) const JOSE: &str = "55.555.555-5";
pub(crate) const HEAD_OF_TRAFFIC: &str = "11.111.111-1";
pub(crate) const SOCIAL_WORKER: &str = "22.222.222-2";
pub(crate) const INSPECTOR: &str = "33.333.333-3";
pub(crate) const SECRETARY: &str = "12.345.678-5";

pub(crate) const PUENTE_ALTO: &str = "PE-MUN-00301";

/// Gives RUN and password on the page that asks for them.
pub(crate) async fn log_in(w: &Window, run: &str) {
    w.fill("run", run).await;
    w.fill("password", "testing").await;
    w.press("Ingresar").await;
}

/// Opens a page that asks to log in first.
pub(crate) async fn enter(w: &Window, path: &str, run: &str) {
    w.go(path).await;
    log_in(w, run).await;
    assert!(w.path().await.starts_with(path), "back at {path} after the login, not at {}", w.path().await);
}

/// From the page that starts a permit to the page of what the holders answered, or of what is missing.
pub(crate) async fn ask_for_permit(w: &Window, plate: &str) {
    w.choose("institucion", PUENTE_ALTO).await;
    w.press("Comenzar").await;
    w.says("¿De qué vehículo es el permiso?").await;
    w.see("05-patente").await;
    w.fill("d.patente", plate).await;
    w.fill("d.correo", "maria@correo.example").await;
    w.press("Continuar").await;
}

/// Reads data and amount, accepts, and stands before the payment.
pub(crate) async fn accept_amount(w: &Window) {
    w.wait_for("Lo que encontramos").await;
    w.says("Fuente: Servicio de Registro Civil e Identificación").await;
    w.says("Consultado el").await;
    w.see("06-antecedentes").await;
    w.press("Continuar").await;
    choose_amount(w).await;
}

/// From the page of the amount to the payment.
pub(crate) async fn choose_amount(w: &Window) {
    w.says("Cuánto debe pagar").await;
    w.says("$").await;
    w.see("07-monto").await;
    // Whoever owes fines pays all at once.
    if w.has("[name='d.cuotas']").await {
        w.choose("d.cuotas", "una").await;
    }
    w.press("Continuar").await;
    w.says("Revise sus respuestas").await;
    w.see("08-revisar").await;
    w.press("Aceptar y pagar").await;
    w.says("Usted paga a").await;
    w.see("09-pagar").await;
}

/// Pays at the test bank, and goes on to the case.
pub(crate) async fn pay(w: &Window) {
    w.press(if w.reads().await.contains("Reintentar el pago") { "Reintentar el pago" } else { "Pagar $" })
        .await;
    w.says("Banco de prueba").await;
    w.see("10-banco").await;
    w.press("Aprobar").await;
    w.wait_for("Pago realizado").await;
    w.see("11-comprobante").await;
    w.press("Continuar con su trámite").await;
    w.wait_for("Permiso emitido").await;
    w.see("12-terminado").await;
}

/// Presents the car whose inspection has expired all the same, and answers the case's number.
pub(crate) async fn present_expired(w: &Window) -> String {
    enter(w, "/tramites/permiso-circulacion/comenzar", MARIA).await;
    ask_for_permit(w, "FGHJ34").await;
    w.wait_for("Lo que encontramos").await;
    w.press("Continuar").await;
    w.says("La revisión técnica del vehículo está vencida").await;
    w.see("20-vencida").await;
    w.fill("d.peticion", "La planta aún no informa la revisión que hice ayer.").await;
    w.press("Presentar de todas formas").await;
    w.wait_for("La municipalidad está revisando su solicitud").await;
    w.see("21-presentada").await;
    number_in(&w.reads().await)
}

/// The first number of a case in a text.
pub(crate) fn number_in(text: &str) -> String {
    let found = text.split_whitespace().find(|word| word.starts_with("EXP-"));
    let found = found.unwrap_or_else(|| panic!("no number of a case in:\n{text}"));
    found.trim_end_matches('.').to_owned()
}

/// The verification code of the issued document with this title.
pub(crate) fn code_in(text: &str, title: &str) -> String {
    let code = text.split_once("Documentos").and_then(|(_, rest)| {
        let of_it = rest.split_once(title)?.1.split_once("Código de verificación:")?.1;
        of_it.split_whitespace().next()
    });
    code.unwrap_or_else(|| panic!("no code of «{title}» in:\n{text}")).to_owned()
}

/// Claims a case at the desk as its only task.
pub(crate) async fn claim(w: &Window, iuie: &str) {
    w.says(iuie).await;
    w.see("30-escritorio").await;
    w.press(iuie).await;
    w.see("31-caso").await;
    w.press("Tomar el caso").await;
    w.see("32-caso-tomado").await;
}

/// Signs an outcome with the official's one-time code.
pub(crate) async fn sign(world: &World, w: &Window, run: &str, outcome: &str) {
    let code = world.code_of(run).await;
    w.fill("otp", &code).await;
    w.press(outcome).await;
}
