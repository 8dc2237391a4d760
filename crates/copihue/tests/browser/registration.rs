//! The registration authority from end to end: a certificate is asked for, certified, used by an application that was admitted, and
//! revoked. Every page of it is looked at on the way.

use crate::keyboard::enter as follow;
use crate::steps::{INSPECTOR, SECRETARY, SOCIAL_WORKER, enter};
use crate::window::{DESK, PHONE, Script, Window};
use crate::world::World;

const MINE: &str = "/gestion/firma/mi-certificado";
const HOLDERS: &str = "/gestion/firma/titulares";
const REQUESTS: &str = "/gestion/firma/solicitudes";
const APPLICATIONS: &str = "/gestion/firma/aplicaciones";
const PLATFORM: &str = "/gestion/firma/plataforma";
const APPLICATION: &str = "Permisos de feria";

/// Who takes part, each in a window of their own.
struct Office {
    world: World,
    holder: Window,
    certifier: Window,
    operator: Window,
}

#[tokio::test]
async fn web_01_certificate_from_its_request_to_its_revocation_at_the_desk() {
    journey(DESK, Script::On).await;
}

#[tokio::test]
async fn web_02_certificate_from_its_request_to_its_revocation_on_a_telephone() {
    journey(PHONE, Script::On).await;
}

#[tokio::test]
async fn web_02_certificate_from_its_request_to_its_revocation_without_script() {
    journey(PHONE, Script::Off).await;
}

async fn journey(width: u32, script: Script) {
    let Some(world) = World::start() else { return };
    let holder = world.window(width, script).await;
    let certifier = world.window(width, script).await;
    let operator = world.window(width, script).await;
    let office = Office { world, holder, certifier, operator };
    enter(&office.holder, MINE, SOCIAL_WORKER).await;
    enter(&office.certifier, REQUESTS, SECRETARY).await;
    enter(&office.operator, HOLDERS, INSPECTOR).await;
    ask(&office.holder).await;
    certify(&office.certifier).await;
    set_up_codes(&office).await;
    register(&office.operator).await;
    admit(&office).await;
    permit(&office.holder).await;
    stop_and_resume(&office).await;
    end_application(&office).await;
    holders(&office.operator).await;
    revoke(&office.operator).await;
    settings(&office).await;
    office.holder.go(&format!("{MINE}?ver=revocados")).await;
    office.holder.says("Revocado").await;
    office.holder.see("100-mis-revocados").await;
}

/// The holder takes the sample request back, and asks again.
async fn ask(w: &Window) {
    w.see("100-mi-certificado").await;
    w.go(&format!("{MINE}?ver=pendientes")).await;
    w.press("Desatendido").await;
    w.see("101-solicitud-mia").await;
    w.press("Cancelar la solicitud").await;
    w.says("Cancelada").await;
    w.see("101-mis-canceladas").await;
    w.press("Solicitar un certificado").await;
    w.see("102-solicitar").await;
    w.press_in_vain("Continuar").await;
    w.see("102-solicitar-sin-elegir").await;
    w.choose("proposito", "desatendido").await;
    w.press("Continuar").await;
    w.says("Revise su solicitud").await;
    w.see("103-solicitud-por-enviar").await;
    w.press("Enviar la solicitud").await;
    w.says("Solicitud enviada").await;
    w.see("104-solicitud-enviada").await;
}

/// The ministro de fe does not refuse without a reason, and certifies; with script, by keyboard alone.
async fn certify(w: &Window) {
    w.see("105-solicitudes").await;
    w.press("Hernán").await;
    w.says("Esta solicitud es suya").await;
    w.see("106-solicitud-propia").await;
    w.go(REQUESTS).await;
    w.press("Rodrigo").await;
    w.see("106-solicitud").await;
    w.press_in_vain("Rechazar la solicitud").await;
    w.see("107-rechazo-sin-motivo").await;
    match w.script {
        Script::On => follow(w, "Aprobar y emitir").await,
        Script::Off => w.press("Aprobar y emitir").await,
    }
    w.says("Vigente").await;
    w.see("108-solicitud-aprobada").await;
    for tab in ["disponibles", "revocados", "rechazados"] {
        w.go(&format!("{REQUESTS}?ver={tab}")).await;
        w.see(&format!("105-solicitudes-{tab}")).await;
    }
}

/// The QR code is shown once for each login, and a code is tried.
async fn set_up_codes(office: &Office) {
    let w = &office.holder;
    w.go(&format!("{MINE}/codigo")).await;
    w.see("110-segundo-factor").await;
    w.press("Ver el código QR otra vez").await;
    w.says("se muestra una sola vez").await;
    w.see("111-codigo-qr").await;
    w.go(&format!("{MINE}/codigo")).await;
    w.press("Ver el código QR otra vez").await;
    w.says("Ingrese de nuevo").await;
    w.see("112-codigo-qr-otro-ingreso").await;
    w.go(&format!("{MINE}/codigo")).await;
    w.fill("otp", "12").await;
    w.press_in_vain("Probar código").await;
    w.see("113-codigo-malo").await;
    let code = office.world.code_of(SOCIAL_WORKER).await;
    w.fill("otp", &code).await;
    w.press("Probar código").await;
    w.says("El código es correcto").await;
    w.see("114-codigo-bueno").await;
}

/// The operator asks for an application to be admitted.
async fn register(w: &Window) {
    w.go(APPLICATIONS).await;
    w.see("120-aplicaciones").await;
    w.press("Registrar una aplicación").await;
    w.see("121-registrar").await;
    w.press_in_vain("Enviar la solicitud").await;
    w.see("121-registrar-vacio").await;
    w.fill("nombre", APPLICATION).await;
    w.fill("descripcion", "Firma los permisos de la feria que se pagan en línea.").await;
    w.fill("correo", "feria@puentealto.example").await;
    w.press("Enviar la solicitud").await;
    w.says("Solicitada").await;
    w.see("122-aplicacion-solicitada").await;
}

/// The administrator admits it; the operator makes its secret, bounds it and asks for production, which it gets.
async fn admit(office: &Office) {
    let (admin, w) = (&office.certifier, &office.operator);
    admin.go(PLATFORM).await;
    admin.see("130-plataforma").await;
    admin.press(APPLICATION).await;
    admin.see("131-aplicacion-por-admitir").await;
    admin.press_in_vain("Confirmar").await;
    admin.see("131-aplicacion-sin-elegir").await;
    decide(admin, "admitir", "En prueba").await;
    admin.see("132-aplicacion-admitida").await;
    w.go(APPLICATIONS).await;
    w.press(APPLICATION).await;
    w.see("123-aplicacion-en-prueba").await;
    w.press("Crear el secreto").await;
    w.says("se muestra una sola vez").await;
    w.see("124-secreto").await;
    w.press("Ya lo guardé").await;
    bound(w).await;
    w.press("Pedir el paso a producción").await;
    w.see("126-pide-produccion").await;
    admin.go(&format!("{PLATFORM}?ver=prueba_activa")).await;
    admin.says("Paso a producción").await;
    admin.see("130-plataforma-en-prueba").await;
    admin.press(APPLICATION).await;
    decide(admin, "pasar_a_produccion", "En producción").await;
    w.go(APPLICATIONS).await;
    w.press(APPLICATION).await;
    w.see("127-aplicacion-en-produccion").await;
}

async fn bound(w: &Window) {
    w.press("Cambiar").await;
    w.see("125-limites").await;
    w.fill("por_minuto", "0").await;
    w.fill("redes", "la oficina").await;
    w.press_in_vain("Guardar").await;
    w.see("125-limites-malos").await;
    w.fill("por_minuto", "60").await;
    w.fill("redes", "10.1.2.0/24").await;
    w.press("Guardar").await;
    w.says("Hasta 60 solicitudes por minuto").await;
}

async fn decide(w: &Window, step: &str, phase: &str) {
    w.choose("paso", step).await;
    w.press("Confirmar").await;
    w.says(phase).await;
}

/// The holder lets it sign, having accepted, and withdraws that again.
async fn permit(w: &Window) {
    w.go(&format!("{MINE}/aplicaciones")).await;
    w.see("140-aplicaciones-mias").await;
    w.press("Habilitar").await;
    w.see("141-habilitar").await;
    w.press_in_vain("Habilitar").await;
    w.see("141-habilitar-sin-aceptar").await;
    w.choose("acepto", "si").await;
    w.press("Habilitar").await;
    w.says("Aplicación habilitada").await;
    w.see("142-habilitada").await;
    w.press("Retirar el permiso").await;
    w.says("Permiso retirado").await;
    w.go(&format!("{MINE}/firmas")).await;
    w.see("143-firmas").await;
}

/// Everything stops at once, and goes on with a code.
async fn stop_and_resume(office: &Office) {
    let w = &office.holder;
    w.go(MINE).await;
    w.press("Detener todas mis firmas").await;
    w.see("144-detener").await;
    w.press("Sí, detener").await;
    w.says("Sus firmas están detenidas").await;
    w.see("145-detenidas").await;
    w.press("Volver a firmar").await;
    w.see("146-reanudar").await;
    w.fill("otp", "12").await;
    w.press_in_vain("Volver a firmar").await;
    w.see("146-reanudar-codigo-malo").await;
    let code = office.world.code_of(SOCIAL_WORKER).await;
    w.fill("otp", &code).await;
    w.press("Volver a firmar").await;
    w.says("Ya puede volver a firmar").await;
    w.see("147-reanudadas").await;
}

/// An application is not revoked without a reason, and never comes back.
async fn end_application(office: &Office) {
    let w = &office.certifier;
    w.go(&format!("{PLATFORM}?ver=produccion_activa")).await;
    w.see("130-plataforma-en-produccion").await;
    w.press(APPLICATION).await;
    w.choose("paso", "revocar").await;
    w.press_in_vain("Confirmar").await;
    w.see("133-revocar-sin-motivo").await;
    w.fill("motivo", "La institución ya no usa este sistema.").await;
    w.choose("paso", "revocar").await;
    w.press("Confirmar").await;
    w.says("Revocada").await;
    w.see("134-aplicacion-revocada").await;
}

/// The operator's pages of holders.
async fn holders(w: &Window) {
    w.go(HOLDERS).await;
    w.see("150-titulares").await;
    w.go(&format!("{HOLDERS}/por-vencer")).await;
    w.see("151-por-vencer").await;
    w.go(&format!("{HOLDERS}/nuevo")).await;
    w.see("152-titular-nuevo").await;
    w.press_in_vain("Guardar").await;
    w.see("152-titular-nuevo-vacio").await;
    roster(w).await;
    w.go(HOLDERS).await;
    w.press("Rodrigo").await;
    w.see("154-titular").await;
    w.press("Cambiar sus datos").await;
    w.see("155-titular-cambiar").await;
    w.press("Guardar").await;
    w.press("Bloquear").await;
    w.says("Bloqueado por el operador").await;
    w.see("156-titular-bloqueado").await;
    w.press("Desbloquear").await;
    w.see("156-titular-desbloquear").await;
    w.press("Desbloquear").await;
    w.says("Puede firmar").await;
    w.press_in_vain("Registrar el cese").await;
    w.see("157-cese-sin-motivo").await;
}

/// A list with faults adds nobody, and says what to mend.
async fn roster(w: &Window) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("titulares.csv");
    let list = "run;correo;tipo;vigencia;propositos\n11.111.111-2;sin arroba;jefe;99;todos\n";
    std::fs::write(&file, list).unwrap();
    w.go(&format!("{HOLDERS}/lista")).await;
    w.see("153-lista").await;
    w.find("main input[type='file']").await.send_keys(file.to_str().unwrap()).await.unwrap();
    w.press_in_vain("Revisar y agregar").await;
    w.says("No se agregó a nadie").await;
    w.see("153-lista-con-errores").await;
}

/// A certificate is revoked for a motive of the contract's.
async fn revoke(w: &Window) {
    w.go(HOLDERS).await;
    w.press("Rodrigo").await;
    w.press("Desatendido").await;
    w.see("158-certificado").await;
    w.press_in_vain("Revocar para siempre").await;
    w.see("158-revocar-sin-motivo").await;
    w.pick("motivo", "Cese").await;
    w.press("Revocar para siempre").await;
    w.says("Revocado").await;
    w.see("159-revocado").await;
}

/// Who decides about the body's settings changes them, and the operator reads them.
async fn settings(office: &Office) {
    office.operator.go("/gestion/firma/ajustes").await;
    office.operator.see("160-ajustes-leidos").await;
    let w = &office.certifier;
    w.go("/gestion/firma/ajustes").await;
    w.see("161-ajustes").await;
    w.choose("honorarios", "permitido").await;
    w.press_in_vain("Guardar").await;
    w.see("161-ajustes-sin-acto").await;
    w.fill("acto", "Decreto 123 de 2026").await;
    w.press("Guardar").await;
    w.says("Quedó registrado").await;
    w.see("162-ajustes-cambiados").await;
}
