//! The person's main path by keyboard alone: Tab, Enter, space and letters.

use fantoccini::elements::Element;
use fantoccini::error::CmdError;
use fantoccini::key::Key;

use crate::steps::MARIA;
use crate::window::{DESK, Script, Window};
use crate::world::World;

/// How often Tab may be pressed to reach anything.
const TABS: usize = 60;

#[tokio::test]
async fn web_01_person_gets_a_permit_by_keyboard_alone() {
    let Some(world) = World::start() else { return };
    let w = world.window(DESK, Script::On).await;
    w.go("/").await;
    skip_to_content(&w).await;
    write(&w, "q", "patente auto\u{e007}").await;
    enter(&w, "Permiso de circulación").await;
    enter(&w, "Comenzar").await;
    write(&w, "run", MARIA).await;
    write(&w, "password", "testing").await;
    enter(&w, "Ingresar").await;
    tick(&w, "institucion", 1).await;
    enter(&w, "Comenzar").await;
    write(&w, "d.patente", "BBCD12").await;
    write(&w, "d.correo", "maria@correo.example").await;
    enter(&w, "Continuar").await;
    w.wait_for("Lo que encontramos").await;
    enter(&w, "Continuar").await;
    tick(&w, "d.cuotas", 0).await;
    enter(&w, "Continuar").await;
    enter(&w, "Aceptar y pagar").await;
    enter(&w, "Pagar $").await;
    enter(&w, "Aprobar").await;
    w.wait_for("Pago realizado").await;
    enter(&w, "Continuar con su trámite").await;
    w.wait_for("Permiso emitido").await;
    enter(&w, "Ver el expediente").await;
    w.says("Certificado de presentación").await;
}

/// The first stop of every page leads past its head.
async fn skip_to_content(w: &Window) {
    let at = next(w).await;
    assert!(at.text().await.unwrap().contains("Saltar al contenido"), "the first stop is the skip link");
    at.send_keys(&Key::Enter.to_string()).await.unwrap();
    assert!(w.client.current_url().await.unwrap().as_str().ends_with("#contenido"));
}

/// Presses Tab until this holds for where the focus is; the focus must be seen at every stop.
async fn tab_to<F>(w: &Window, what: &str, wanted: F) -> Element
where
    F: AsyncFn(&Element) -> Result<bool, CmdError>,
{
    for _ in 0..TABS {
        let at = next(w).await;
        let ring = "const s = getComputedStyle(arguments[0]); return s.outlineStyle !== 'none' || s.boxShadow !== 'none'";
        let seen = w.client.execute(ring, vec![serde_json::to_value(&at).unwrap()]).await.unwrap();
        assert_eq!(seen, true, "the focus is not seen at {}", at.html(false).await.unwrap_or_default());
        if wanted(&at).await.unwrap() {
            return at;
        }
    }
    panic!("{what} is not reached in {}", w.path().await);
}

async fn next(w: &Window) -> Element {
    w.client.active_element().await.unwrap().send_keys(&Key::Tab.to_string()).await.unwrap();
    w.client.active_element().await.unwrap()
}

pub(crate) async fn enter(w: &Window, text: &str) {
    let found = tab_to(w, text, async |e| Ok(in_main(w, e).await && e.text().await?.contains(text))).await;
    found.send_keys(&Key::Enter.to_string()).await.unwrap();
    w.left(&found).await;
}

pub(crate) async fn write(w: &Window, name: &str, text: &str) {
    let found =
        tab_to(w, name, async |e| Ok(in_main(w, e).await && e.attr("name").await?.as_deref() == Some(name)))
            .await;
    let sends = text.ends_with('\u{e007}');
    found.send_keys(text).await.unwrap();
    if sends {
        w.left(&found).await;
    }
}

/// Reaches a group of radios, moves down `steps`, and ticks.
async fn tick(w: &Window, name: &str, steps: usize) {
    let found = tab_to(w, name, async |e| Ok(e.attr("name").await?.as_deref() == Some(name))).await;
    for _ in 0..steps {
        w.client.active_element().await.unwrap().send_keys(&Key::Down.to_string()).await.unwrap();
    }
    if steps == 0 {
        found.send_keys(" ").await.unwrap();
    }
}

async fn in_main(w: &Window, element: &Element) -> bool {
    let inside = "return !!arguments[0].closest('main')";
    let inside = w.client.execute(inside, vec![serde_json::to_value(element).unwrap()]).await;
    inside.unwrap() == true
}
