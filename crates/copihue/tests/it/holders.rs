//! A holder of data that is down, slow, or answers nonsense: the case waits, says so, and goes on.

use std::time::{Duration, Instant};

use copihue_visitor::{Page, journeys};

use crate::support::{DIRECTOR, World, eventually, plate, says};

const SILENT: &str = "Aún no nos responde";

fn goes_on_when_back(key: &str, mode: &str) {
    let world = World::own();
    let mut person = world.person();
    world.holder(key, mode);
    let begun = Instant::now();
    let page = journeys::ask_permit(&mut person, &plate()).unwrap();
    assert!(begun.elapsed() < Duration::from_secs(15), "{mode}: {:?}", begun.elapsed());
    says(&page, SILENT);
    let case = journeys::case_of(&page).unwrap();
    world.holder(key, "normal");
    let page = eventually("the holder is asked again", Duration::from_secs(60), || {
        let page = person.get(&case).unwrap();
        // Not while it is being asked: that page has nothing to send yet.
        (!page.visible().contains(SILENT) && journeys::main_form(&page).is_some()).then_some(page)
    });
    let page = journeys::walk(&mut person, page, journeys::PERMIT_ANSWERS, journeys::at_payment).unwrap();
    let page = journeys::pay(&mut person, &page, "Aprobar").unwrap();
    journeys::receipt(&page).unwrap();
}

#[test]
fn a_case_waits_for_a_holder_that_is_down() {
    goes_on_when_back("soap", "caido");
}

#[test]
fn a_case_waits_for_a_holder_that_is_slow() {
    goes_on_when_back("revision", "lento");
}

#[test]
fn a_case_waits_for_a_holder_that_answers_nonsense() {
    goes_on_when_back("vehiculos", "sin_sentido");
}

#[test]
fn an_official_steps_in_when_a_holder_stays_silent() {
    let world = World::own();
    let mut person = world.person();
    world.holder("soap", "caido");
    let page = journeys::ask_permit(&mut person, &plate()).unwrap();
    says(&page, SILENT);
    let page = person.submit(&page.form_to("/seguir").unwrap()).unwrap();
    let there = |p: &Page| !p.path.contains("/paso/");
    let page =
        journeys::walk(&mut person, page, &[("d.peticion", "Tengo mi seguro al día.")], there).unwrap();
    let number = journeys::after(&page.visible(), "Ver el expediente ").unwrap();

    let mut official = world.logged_in(DIRECTOR);
    let address = format!("/gestion/casos/{number}");
    let page = official.get(&address).unwrap();
    let page = official.submit(&page.form_to("/tomar").unwrap()).unwrap();
    says(&page, "no respondieron");
    world.holder("soap", "normal");
    let page = official.submit(&page.form_to("/consultar").unwrap()).unwrap();
    assert_eq!(page.status, 200, "{}", page.visible());
    assert!(!page.visible().contains("Estas fuentes no respondieron"), "{}", page.visible());
    let form = page.form_to("/resolver").unwrap();
    let form = form.set("d.revision.hechos", "El seguro está vigente.").set("otp", &world.otp(DIRECTOR));
    let page = official.submit(&form.press("Aprobar")).unwrap();
    assert_eq!(page.status, 200, "{}", page.visible());
    assert!(page.form_to("/resolver").is_none(), "{}", page.visible());
}
