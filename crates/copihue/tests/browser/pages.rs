//! Every page that no journey passes: public ones, errors, the person's lists; weights; very narrow windows.

use fantoccini::Locator;

use crate::steps::{
    HEAD_OF_TRAFFIC, MARIA, PUENTE_ALTO, SECRETARY, accept_amount, ask_for_permit, enter, pay,
};
use crate::window::{DESK, PHONE, Script, Window};
use crate::world::World;

/// Name of the picture, path.
const PUBLIC: &[(&str, &str)] = &[
    ("60-tramites", "/tramites"),
    ("61-nada", "/tramites?q=xilofono"),
    ("62-certificado", "/tramites/certificado-residencia"),
    ("63-accesibilidad", "/accesibilidad"),
    ("64-privacidad", "/privacidad"),
    ("65-contacto", "/contacto"),
    ("66-no-encontrada", "/no-existe"),
    ("67-tramite-no-encontrado", "/tramites/no-existe"),
    ("68-codigo-malo", "/verificar/0000-0000-0000-0000"),
    ("69-codigo-mal-escrito", "/verificar?codigo=hola"),
    ("70-demo", "/demo"),
    ("71-correo", "/demo/correo"),
    ("72-gracias", "/opinion/gracias"),
    ("73-salida", "/salir/listo"),
    ("74-ingreso", "/ingresar"),
    ("76-registros", "/registros"),
    ("77-comunas", "/registros/communes?q=puente"),
    ("78-comuna", "/registros/communes/13201"),
    ("79-feriados", "/registros/holidays"),
    ("75-bloqueada", "/ingresar/bloqueada"),
    ("75-recuperar", "/ingresar/recuperar"),
    ("75-recuperada", "/ingresar/recuperar/listo"),
    ("75-activar", "/ingresar/activar"),
    ("75-activada", "/ingresar/activar/listo"),
    ("76-bitacoras", "/bitacoras"),
    ("77-bitacora", "/bitacoras/admin"),
    ("78-bitacora-sin-entradas", "/bitacoras/vote"),
];

/// Pages of a person who has not done anything yet.
const OWN: &[(&str, &str)] = &[
    ("80-mi", "/mi"),
    ("81-mis-tramites", "/mi/tramites"),
    ("82-mis-expedientes", "/mi/expedientes"),
    ("83-mis-avisos", "/mi/avisos"),
    ("84-mis-pagos", "/mi/pagos"),
    ("85-mis-ingresos", "/mi/ingresos"),
    ("85-mi-actividad", "/mi/actividad"),
    ("85-mis-accesos", "/mi/actividad?ver=accesos"),
    ("85-mis-aplicaciones", "/mi/aplicaciones"),
    ("85-vincular", "/vincular"),
    ("85-mi-seguridad", "/mi/seguridad"),
    ("85-mis-representaciones", "/mi/representaciones"),
    ("85-ofrecer", "/mi/representaciones/ofrecer"),
    ("86-sin-permiso", "/gestion"),
    ("87-ajeno", "/mi/expedientes/PE-MUN-00301:EXP-20260101-000001"),
];

#[tokio::test]
async fn web_02_public_pages_and_errors_hold_in_both_widths() {
    let Some(world) = World::start() else { return };
    for width in [PHONE, DESK] {
        let w = world.window(width, Script::On).await;
        for (name, path) in PUBLIC {
            w.go(path).await;
            w.see(name).await;
        }
        refused_login(&w).await;
    }
}

/// A wrong password is refused in words that tell nothing; the RUN stays.
async fn refused_login(w: &Window) {
    w.go("/ingresar?volver=/mi").await;
    w.fill("run", MARIA).await;
    w.fill("password", "no es esta").await;
    w.press("Ingresar").await;
    w.says("Hay un problema").await;
    assert_eq!(w.value("run").await, MARIA);
    assert_eq!(w.value("password").await, "");
    w.see("75-clave-mala").await;
}

#[tokio::test]
async fn web_02_pages_of_a_person_and_an_official_hold_in_both_widths() {
    let Some(world) = World::start() else { return };
    for width in [PHONE, DESK] {
        let w = world.window(width, Script::On).await;
        enter(&w, "/mi", MARIA).await;
        for (name, path) in OWN {
            w.go(path).await;
            w.see(name).await;
        }
        let w = world.window(width, Script::On).await;
        enter(&w, "/gestion", HEAD_OF_TRAFFIC).await;
        w.see("88-sin-casos").await;
        w.go("/gestion/cargo").await;
        w.see("89-cargo").await;
        let w = world.window(width, Script::On).await;
        enter(&w, "/gestion/registros", SECRETARY).await;
        w.see("93-custodia").await;
        w.go("/gestion/registros/holidays/proponer").await;
        w.see("94-proponer-feriado").await;
        w.go("/gestion/registros/institutions/proponer?clave=PE-MUN-00015").await;
        w.fill("motivo", "Cambió su sigla según el decreto alcaldicio").await;
        w.fill("sigla", if width == PHONE { "MOLL" } else { "MOLLAGUE" }).await;
        w.press("Enviar a aprobación").await;
        w.see("95-propuesta").await;
    }
}

#[tokio::test]
async fn web_03_first_visit_weighs_at_most_60_kb_and_later_pages_15() {
    let Some(world) = World::start() else { return };
    let w = world.window(PHONE, Script::On).await;
    w.go("/").await;
    let first = weight(&w).await;
    assert!((1..=60_000).contains(&first), "the first visit weighs {first} bytes");
    for path in
        ["/tramites?q=patente+auto", "/tramites/permiso-circulacion", "/verificar", "/ingresar?volver=/mi"]
    {
        w.go(path).await;
        let next = weight(&w).await;
        assert!((1..=15_000).contains(&next), "{path} weighs {next} bytes after the first visit");
    }
    crate::steps::log_in(&w, MARIA).await;
    w.go("/tramites/permiso-circulacion/comenzar").await;
    ask_for_permit(&w, "BBCD12").await;
    accept_amount(&w).await;
    pay(&w).await;
    w.press("Ver el expediente").await;
    let file = weight(&w).await;
    assert!((1..=15_000).contains(&file), "a case file weighs {file} bytes");
}

/// Bytes over the wire of the page and all that it loaded.
async fn weight(w: &Window) -> u64 {
    let sum = "return performance.getEntries().reduce((sum, e) => sum + (e.transferSize || 0), 0)";
    w.client.execute(sum, vec![]).await.unwrap().as_u64().unwrap()
}

#[tokio::test]
async fn web_01_pages_reflow_at_320_pixels_with_letters_at_150_percent() {
    let Some(world) = World::start() else { return };
    let w = world.window(320, Script::On).await;
    for path in [
        "/",
        "/tramites?q=auto",
        "/tramites/permiso-circulacion",
        "/verificar",
        "/bitacoras",
        "/bitacoras/admin",
        "/demo",
        "/no-existe",
    ] {
        w.go(path).await;
        w.reflows().await;
    }
    enter(&w, "/tramites/permiso-circulacion/comenzar", MARIA).await;
    ask_for_permit(&w, "KLPR56").await;
    accept_amount(&w).await;
    pay(&w).await;
    w.press("Ver el expediente").await;
    w.see("90-expediente").await;
    for path in [
        "/mi",
        "/mi/tramites",
        "/mi/avisos",
        "/mi/pagos",
        "/mi/ingresos",
        "/mi/actividad",
        "/mi/aplicaciones",
        "/mi/representaciones/ofrecer",
        "/vincular",
    ] {
        w.go(path).await;
        w.reflows().await;
    }
    for _ in 0..2 {
        let bigger = w.find(".toolbar button:nth-of-type(3)").await;
        bigger.click().await.unwrap();
        w.left(&bigger).await;
    }
    for path in ["/", "/mi", "/mi/expedientes", "/verificar"] {
        w.go(path).await;
        w.reflows().await;
    }
}

#[tokio::test]
async fn sig_genuine_file_is_told_from_a_changed_one() {
    let Some(world) = World::start() else { return };
    let w = world.window(PHONE, Script::On).await;
    enter(&w, "/tramites/permiso-circulacion/comenzar", MARIA).await;
    assert_eq!(
        w.find(&format!("input[value='{PUENTE_ALTO}']")).await.attr("type").await.unwrap().unwrap(),
        "radio"
    );
    ask_for_permit(&w, "BBCD12").await;
    accept_amount(&w).await;
    pay(&w).await;
    let mut pdf = world.download(&w, &w.href("Descargar: Permiso de circulación").await).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("permiso.pdf");
    std::fs::write(&file, &pdf).unwrap();
    choose(&w, &file).await;
    w.script_brings("Es el mismo archivo").await;
    w.see("91-archivo-bueno").await;
    let middle = pdf.len() / 3;
    pdf[middle] ^= 1;
    std::fs::write(&file, &pdf).unwrap();
    choose(&w, &file).await;
    w.press("Revisar el archivo").await;
    w.says("El documento no es auténtico").await;
    w.see("92-archivo-cambiado").await;
}

/// With script the file's hash is looked up at once, and a file that is known is never sent.
async fn choose(w: &Window, file: &std::path::Path) {
    w.go("/verificar").await;
    let field = w.client.find(Locator::Css("input[type='file']")).await.unwrap();
    field.send_keys(file.to_str().unwrap()).await.unwrap();
}
