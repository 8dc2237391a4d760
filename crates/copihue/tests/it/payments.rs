//! A payment that comes twice, late or never: one receipt at most, never charged without a permit or a reversal.

use copihue_visitor::{Page, Visitor, journeys};

use crate::support::{World, lock, plate, says};

/// The case that a receipt belongs to, finished.
fn finished(person: &mut Visitor, receipt: &Page) -> journeys::Permit {
    let back = receipt.link("/mi/tramites/0").unwrap();
    journeys::permit(&person.get(&back).unwrap()).unwrap()
}

/// What the person's payments for this plate have come to: the first word of «Pagado», «No pagado»…
fn states(person: &mut Visitor, plate: &str) -> Vec<String> {
    let list = person.get("/mi/pagos").unwrap().visible();
    let rows = list.split("Qué pagó ").filter(|row| row.contains(plate));
    rows.map(|row| journeys::after(row, "Estado ").unwrap()).collect()
}

#[test]
fn pay_05_answered_twice_gives_one_receipt() {
    let world = World::shared();
    let (mut person, plate) = (world.person(), plate());
    let page = journeys::file_permit(&mut person, &plate).unwrap();
    let page = journeys::pay(&mut person, &page, "Responder dos veces").unwrap();
    let receipt = journeys::receipt(&page).unwrap();
    finished(&mut person, &page);
    let again = person.get(&receipt.path).unwrap();
    assert_eq!(journeys::receipt(&again).unwrap(), receipt);
    assert_eq!(states(&mut person, &plate), ["Pagado"]);
}

#[test]
fn a_rejected_payment_is_tried_again() {
    let world = World::shared();
    let mut person = world.person();
    let page = journeys::file_permit(&mut person, &plate()).unwrap();
    let page = journeys::pay(&mut person, &page, "Rechazar").unwrap();
    assert!(journeys::at_payment(&page), "{} {}", page.path, page.visible());
    says(&page, "rechaz");
    let page = journeys::pay(&mut person, &page, "Aprobar").unwrap();
    journeys::receipt(&page).unwrap();
    finished(&mut person, &page);
}

#[test]
fn pay_10_an_abandoned_payment_is_shown_again() {
    let world = World::shared();
    let mut person = world.person();
    let page = journeys::file_permit(&mut person, &plate()).unwrap();
    let provider = journeys::to_provider(&mut person, &page).unwrap();
    // Closes the window, comes back another day.
    let case = person.get("/mi/tramites").unwrap().link("/mi/tramites/0").unwrap();
    let page = person.get(&case).unwrap();
    says(&page, "Falta que usted pague");
    let page = person.submit(&page.form_to("/pagar").unwrap()).unwrap();
    let same = journeys::to_provider(&mut person, &page).unwrap();
    assert_eq!(same.path, provider.path);
    let page = person.submit(&same.form_to("/pagos/prueba/").unwrap().press("Aprobar")).unwrap();
    finished(&mut person, &page);
}

#[test]
fn pay_10_a_second_case_leads_to_the_payment_that_is_under_way() {
    let world = World::shared();
    let (mut person, plate) = (world.person(), plate());
    let page = journeys::file_permit(&mut person, &plate).unwrap();
    journeys::to_provider(&mut person, &page).unwrap();

    let page = journeys::ask_permit(&mut person, &plate).unwrap();
    let under_way = |page: &Page| page.path.starts_with("/mi/pagos?en_curso");
    let page = journeys::walk(&mut person, page, journeys::PERMIT_ANSWERS, under_way).unwrap();
    says(&page, "Ya empezó a pagar esto en otro trámite");
    let first = person.get(&page.link("/mi/pagos/0").unwrap()).unwrap();
    person.submit(&first.form_to("/anular").unwrap()).unwrap();

    // Goes on with what was kept of the second.
    let page = journeys::start(&mut person, "permiso-circulacion", journeys::PUENTE_ALTO).unwrap();
    let page = journeys::walk(&mut person, page, journeys::PERMIT_ANSWERS, journeys::at_payment).unwrap();
    let page = journeys::pay(&mut person, &page, "Aprobar").unwrap();
    finished(&mut person, &page);
}

#[test]
fn a_payment_that_returns_late_still_gives_what_was_paid() {
    let world = World::shared();
    let mut person = world.person();
    let page = journeys::file_permit(&mut person, &plate()).unwrap();
    let provider = journeys::to_provider(&mut person, &page).unwrap();
    // Approves; the browser never comes back.
    let form = provider.form_to("/pagos/prueba/").unwrap();
    let body = format!("csrf={}&resultado=aprobar", form.value("csrf").unwrap());
    let decided = person
        .once("POST", &provider.path, Some(("application/x-www-form-urlencoded", body.as_bytes())))
        .unwrap();
    let back = decided.header("location").unwrap().to_owned();
    // Much later, in another browser, without a session: what was approved is charged and given.
    world.demo.visitor().get(&back).unwrap();
    let page = person.get(&back).unwrap();
    journeys::receipt(&page).unwrap();
    finished(&mut person, &page);
}

#[test]
fn a_cancelled_payment_charges_nothing_and_can_begin_anew() {
    let world = World::shared();
    let (mut person, plate) = (world.person(), plate());
    let page = journeys::file_permit(&mut person, &plate).unwrap();
    let page = journeys::pay(&mut person, &page, "Anular compra").unwrap();
    assert!(journeys::at_payment(&page), "{} {}", page.path, page.visible());
    let page = person.submit(&page.form_to("/anular").unwrap()).unwrap();
    assert_eq!(states(&mut person, &plate), ["No"]);
    let page = person.submit(&page.form_to("/pagar").unwrap()).unwrap();
    let page = journeys::pay(&mut person, &page, "Aprobar").unwrap();
    finished(&mut person, &page);
    assert_eq!(states(&mut person, &plate), ["Pagado", "No"]);
}

#[test]
fn pay_10_a_double_click_files_once_and_pays_once() {
    let world = World::shared();
    let (mut person, plate) = (world.person(), plate());
    let page = journeys::ask_permit(&mut person, &plate).unwrap();
    let check = |p: &Page| p.path.ends_with("/revisar");
    let page = journeys::walk(&mut person, page, journeys::PERMIT_ANSWERS, check).unwrap();
    let form = journeys::main_form(&page).unwrap();
    let pages = std::sync::Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..3 {
            let mut window = person.twin();
            let (form, pages) = (&form, &pages);
            scope.spawn(move || lock(pages).push(window.submit(form).unwrap()));
        }
    });
    let pages = pages.into_inner().unwrap();
    assert!(
        pages.iter().all(|p| p.status == 200),
        "{:?}",
        pages.iter().map(|p| (p.status, &p.path)).collect::<Vec<_>>()
    );
    let page = pages.into_iter().find(journeys::at_payment).unwrap();
    let page = journeys::pay(&mut person, &page, "Aprobar").unwrap();
    finished(&mut person, &page);
    assert_eq!(states(&mut person, &plate), ["Pagado"]);
}
