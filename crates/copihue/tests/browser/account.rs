//! A person forgets their password, changes their mail, logs in while somebody guesses it; another one opens an account at a counter.

use crate::driver;
use crate::steps::{INSPECTOR, JOSE, SECRETARY, SOCIAL_WORKER, enter};
use crate::window::{DESK, PHONE, Script, Window};
use crate::world::World;

const PASSWORD: &str = "tres gatos azules";

#[tokio::test]
async fn i04_a_forgotten_password_comes_back_by_mail() {
    let Some(world) = World::start() else { return };
    let w = world.window(PHONE, Script::Off).await;
    w.go("/ingresar/recuperar").await;
    w.fill("run", JOSE).await;
    w.press("Enviar código").await;
    w.see("A0-elija-clave").await;
    let mail = world.window(DESK, Script::On).await;
    mail.go("/demo/correo").await;
    mail.wait_for("Código de recuperación").await;
    let text =
        mail.client.execute("return document.querySelector('main').textContent", vec![]).await.unwrap();
    let code = code_in(text.as_str().unwrap());
    w.fill("codigo", &code).await;
    w.fill("nueva", "corta").await;
    w.press("Guardar la clave nueva").await;
    w.says("La clave debe tener al menos 8 caracteres.").await;
    w.see("A1-clave-corta").await;
    w.fill("nueva", PASSWORD).await;
    w.press("Guardar la clave nueva").await;
    w.says("Cambió su clave").await;
    enter_with(&w, JOSE).await;
    w.go("/mi/ingresos").await;
    w.says("Recuperó su clave").await;
    mail.wait_for("Cambió la clave de su cuenta").await;
}

/// The newest letter of the demo with these words in it.
async fn letter(world: &World, words: &str) -> String {
    let mail = world.window(DESK, Script::On).await;
    mail.go("/demo/correo").await;
    mail.wait_for(words).await;
    let text =
        mail.client.execute("return document.querySelector('main').textContent", vec![]).await.unwrap();
    text.as_str().unwrap().to_owned()
}

#[tokio::test]
async fn i06_another_mail_waits_and_the_old_one_takes_it_back() {
    let Some(world) = World::start() else { return };
    let w = world.window(PHONE, Script::Off).await;
    enter(&w, "/mi/seguridad", JOSE).await;
    w.press("Cambiar el correo").await;
    w.fill("password", "testing").await;
    w.press("Continuar").await;
    w.see("A5-correo-nuevo").await;
    w.fill("correo", "otro@correo.example").await;
    w.press("Enviar código").await;
    w.see("A6-codigo-del-correo").await;
    let text = letter(&world, "Código de cambio de correo").await;
    w.fill("codigo", &code_in(&text)).await;
    w.press("Cambiar el correo").await;
    w.says("o•••@correo.example").await;
    w.see("A7-correo-espera").await;
    let text = letter(&world, "Pidió cambiar el correo").await;
    let link = text.split_whitespace().find(|word| word.contains("/ingresar/correo/anular?")).unwrap();
    let path = &link[link.find("/ingresar/").unwrap()..];
    let other = world.window(PHONE, Script::Off).await;
    other.go(path).await;
    other.see("A8-anular-cambio").await;
    other.press("Anular el cambio de correo").await;
    other.says("Anuló el cambio de correo").await;
    other.see("A9-anulado").await;
    other.go(path).await;
    other.says("Este enlace ya no sirve").await;
    other.see("B0-enlace-usado").await;
}

#[tokio::test]
async fn l02_no_fui_yo_opens_a_case_that_the_support_desk_carries() {
    let Some(world) = World::start() else { return };
    let w = world.window(PHONE, Script::Off).await;
    enter(&w, "/mi/ingresos", JOSE).await;
    w.press("No fui yo").await;
    w.see("B3-no-fui-yo").await;
    w.press("No fui yo: bloquear mi cuenta").await;
    w.says("Bloqueamos su cuenta").await;
    let text = w.reads().await;
    let number = text.split_whitespace().find(|word| word.starts_with("NF-")).unwrap();
    let number = number.trim_end_matches('.').to_owned();
    w.go(&format!("/ingresar/bloqueada?caso={number}")).await;
    w.see("B4-bloqueada").await;
    let desk = world.window(DESK, Script::Off).await;
    enter(&desk, "/gestion/identidad/soporte", SOCIAL_WORKER).await;
    desk.see("B5-mesa").await;
    desk.press("Casos de «No fui yo»").await;
    desk.see("B6-casos").await;
    desk.press(&number).await;
    desk.see("B7-caso").await;
    desk.choose("acto", "tomar").await;
    desk.press("Guardar").await;
    desk.says("Hay un problema").await;
    desk.see("B8-sin-explicacion").await;
    desk.choose("acto", "derivado_seguridad").await;
    desk.fill("motivo", "Llamó; le indicamos acercarse con su cédula").await;
    desk.press("Guardar").await;
    desk.says("Derivado a seguridad").await;
    desk.see("B9-resuelto").await;
    assert!(!desk.reads().await.contains("José"), "the desk learns no name");
}

/// RUN and password on the page of the login.
async fn try_with(w: &Window, password: &str) {
    w.fill("run", JOSE).await;
    w.fill("password", password).await;
    w.press("Ingresar").await;
}

#[tokio::test]
async fn h13_the_browser_proves_its_work_while_the_person_types() {
    let Some(world) = World::start() else { return };
    let w = world.window(PHONE, Script::On).await;
    w.go("/ingresar?volver=/mi").await;
    for n in 0..10 {
        try_with(&w, &format!("no es {n}")).await;
        w.says("Hay un problema").await;
    }
    w.see("B1-se-pide-trabajo").await;
    try_with(&w, "testing").await;
    w.wait_for("Mi carpeta").await;
    // Without a script the page says for how long to wait.
    let w = world.window(PHONE, Script::Off).await;
    w.go("/ingresar?volver=/mi").await;
    for n in 0..11 {
        try_with(&w, &format!("tampoco es {n}")).await;
        w.says("Hay un problema").await;
    }
    w.says("espere 10 segundos").await;
    w.see("B2-espera").await;
}

/// Six letters and digits alone on their line.
fn code_in(text: &str) -> String {
    let code = text
        .lines()
        .map(str::trim)
        .find(|line| line.len() == 6 && line.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit()));
    code.unwrap_or_else(|| panic!("no code in:\n{text}")).to_owned()
}

async fn enter_with(w: &Window, run: &str) {
    w.go("/mi").await;
    w.fill("run", run).await;
    w.fill("password", PASSWORD).await;
    w.press("Ingresar").await;
    w.says("Mi carpeta").await;
}

/// At the desk of accounts: an official's password alone opens nobody's account.
async fn official(world: &World, width: u32, run: &str) -> Window {
    with_passkey(world, width, run, "/gestion/cuentas").await
}

/// At a page that a password alone does not open, with a passkey made for it.
pub(crate) async fn with_passkey(world: &World, width: u32, run: &str, page: &str) -> Window {
    let w = world.window(width, Script::On).await;
    driver::add_authenticator(&w.client).await;
    enter(&w, "/mi/seguridad", run).await;
    w.press("Agregar una llave de acceso").await;
    w.fill("password", "testing").await;
    w.press("Continuar").await;
    w.press("Crear la llave").await;
    w.says("Anótelos o imprímalos ahora").await;
    w.client.delete_all_cookies().await.unwrap();
    w.go(page).await;
    w.arrives(page).await;
    w
}

#[tokio::test]
async fn i02_two_officials_open_an_account_and_its_owner_chooses_the_password() {
    let Some(world) = World::named() else { return };
    let one = official(&world, PHONE, SECRETARY).await;
    one.press("Continuar").await;
    one.says("Hay 6 problemas").await;
    one.see("A2-cuenta-incompleta").await;
    one.fill("run", "9.876.543-3").await;
    one.fill("nombres", "Elena").await;
    one.fill("apellidos", "Paillalef Rojas").await;
    one.fill("serie", "A012345678").await;
    one.choose("nivel", "P2").await;
    one.choose("vista", "si").await;
    one.press("Continuar").await;
    one.says("Elena Paillalef Rojas").await;
    one.see("A3-espera-segundo").await;
    let two = official(&world, DESK, INSPECTOR).await;
    two.press("Aprobar").await;
    two.says("Entregue este código").await;
    two.see("A4-codigo").await;
    let text = two.reads().await;
    let code = text.split_whitespace().find(|w| w.len() == 11 && w.as_bytes()[5] == b'-').unwrap().to_owned();
    let w = world.window(PHONE, Script::On).await;
    w.go("/ingresar/activar").await;
    w.fill("run", "9.876.543-3").await;
    w.fill("codigo", &code).await;
    w.fill("serie", "a012345678").await;
    w.fill("nueva", PASSWORD).await;
    w.press("Activar mi cuenta").await;
    w.says("Su cuenta está activa").await;
    enter_with(&w, "9.876.543-3").await;
}
