//! The official's desk: who may, who was first, what a signature needs, and the correction that the law describes.

use std::time::Duration;

use copihue_core::calendar::{Calendar, Channel, Scope, Zone};
use copihue_core::{Clock, SystemClock, text};
use copihue_visitor::{Form, Page, Visitor, journeys};

use crate::evidence::events;
use crate::support::{DIRECTOR, OF_OLLAGUE, SECRETARY, SOCIAL_WORKER, World, eventually, lock, says};

/// A plate whose technical inspection has expired.
const EXPIRED: &str = "FGHJ34";

/// Files an application that somebody must look at: its number and its case.
fn file_for_review(person: &mut Visitor) -> (String, String) {
    let page = journeys::ask_permit(person, EXPIRED).unwrap();
    says(&page, "Lo que encontramos");
    let page = journeys::walk(person, page, &[], |p| p.form_with("d.peticion").is_some()).unwrap();
    let form = page.form_with("d.peticion").unwrap().set("d.peticion", "Ya hice la revisión técnica.");
    let page = person.submit(&form.press("Presentar")).unwrap();
    let number = journeys::after(&page.visible(), "Ver el expediente ").unwrap();
    (number, journeys::case_of(&page).unwrap())
}

fn case(number: &str) -> String {
    format!("/gestion/casos/{number}")
}

/// Claims it, with a reason when an older one is free.
fn claim(official: &mut Visitor, number: &str) -> Page {
    let page = official.get(&case(number)).unwrap();
    let page = official.submit(&page.form_to("/tomar").unwrap()).unwrap();
    match page.form_with("razon") {
        Some(form) => official.submit(&form.set("razon", "La persona viaja mañana.")).unwrap(),
        None => page,
    }
}

fn resolve(page: &Page) -> Form {
    page.form_to("/resolver").unwrap_or_else(|| panic!("{}", page.visible()))
}

#[test]
fn officials_of_others_do_not_see_a_case() {
    let world = World::own();
    let (number, _) = file_for_review(&mut world.person());
    assert_eq!(world.logged_in(OF_OLLAGUE).get(&case(&number)).unwrap().status, 404);
    let list = world.logged_in(SOCIAL_WORKER).get("/gestion").unwrap();
    assert!(!list.visible().contains(&number), "{}", list.visible());
}

#[test]
fn exp_29_who_may_see_a_case_is_decided_in_one_place_and_a_claim_leaves_its_receipt() {
    let world = World::own();
    let mut person = world.person();
    let (number, _) = file_for_review(&mut person);
    // Of another unit, with a role that the procedure names: the page, and what it links to.
    let mut head = world.logged_in(SECRETARY);
    let page = head.get(&case(&number)).unwrap();
    says(&page, person.run);
    for part in ["/documentos/1", "/comprobantes/1", "/comprobantes/0", "/exportar"] {
        let file =
            head.get(&page.link(part).unwrap_or_else(|| panic!("{part}: {}", page.visible()))).unwrap();
        assert_eq!(file.status, 200, "{part}");
    }
    // Without it: neither the page nor anything behind it.
    for run in [SOCIAL_WORKER, OF_OLLAGUE] {
        let mut other = world.logged_in(run);
        for part in ["", "/documentos/1", "/comprobantes/1", "/exportar"] {
            assert_eq!(other.get(&format!("{}{part}", case(&number))).unwrap().status, 404, "{run} {part}");
        }
    }
    claim(&mut world.logged_in(DIRECTOR), &number);
    let claimed = eventually("the claim", Duration::from_secs(10), || {
        events(&mut person).into_iter().find(|event| event.starts_with("casefile/procedure.claimed/"))
    });
    let page = person.get(&format!("/mi/actividad/{claimed}")).unwrap();
    says(&page, "Un funcionario tomó su trámite");
    says(&page, "Carolina Paz Fuentes Paredes");
}

#[test]
fn two_claim_at_once_and_one_is_told_who_has_it() {
    let world = World::own();
    let (number, _) = file_for_review(&mut world.person());
    let windows: Vec<_> = (0..2).map(|_| world.logged_in(DIRECTOR)).collect();
    let forms: Vec<(Visitor, Form)> = windows
        .into_iter()
        .map(|mut v| {
            let form = v.get(&case(&number)).unwrap().form_to("/tomar").unwrap();
            (v, form)
        })
        .collect();
    let pages = std::sync::Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for (mut official, form) in forms {
            let pages = &pages;
            scope.spawn(move || lock(pages).push(official.submit(&form).unwrap()));
        }
    });
    assert!(pages.into_inner().unwrap().iter().all(|p| p.status == 200));
    let seen = world.logged_in(SECRETARY).get(&case(&number)).unwrap();
    if seen.status == 200 {
        says(&seen, "Carolina Paz Fuentes Paredes");
    }
}

#[test]
fn pro_31_a_rejection_needs_facts_grounds_appeals_and_the_right_code() {
    let world = World::own();
    let mut person = world.person();
    let (number, at) = file_for_review(&mut person);
    let mut official = world.logged_in(DIRECTOR);
    let page = claim(&mut official, &number);
    let page = official.submit(&resolve(&page).set("otp", "000000").press("Rechazar")).unwrap();
    assert_eq!(page.status, 422, "without facts: {}", page.visible());
    let form = resolve(&page)
        .set("d.revision.hechos", "La revisión técnica venció.")
        .set("d.revision.decision", "Se rechaza la solicitud.");
    let page = official.submit(&form.set("otp", &world.otp(DIRECTOR)).press("Rechazar")).unwrap();
    assert_eq!(page.status, 422, "without grounds: {}", page.visible());
    let grounds = "El artículo 89 de la Ley N° 18.290 exige revisión técnica vigente.";
    let form = resolve(&page).set("d.revision.fundamentos", grounds);
    assert_eq!(form.value("d.revision.hechos"), Some("La revisión técnica venció."));
    let page = official.submit(&form.set("otp", "000000").press("Rechazar")).unwrap();
    assert_eq!(page.status, 422, "with a wrong code: {}", page.visible());
    let form = resolve(&page).set("otp", &world.otp(DIRECTOR));
    assert_eq!(form.value("d.revision.fundamentos"), Some(grounds));
    let page = official.submit(&form.press("Rechazar")).unwrap();
    assert_eq!(page.status, 200, "{}", page.visible());
    assert!(page.form_to("/resolver").is_none(), "{}", page.visible());
    the_resolution_is_served(&world, &mut person, &at);
}

fn the_resolution_is_served(world: &World, person: &mut Visitor, at: &str) {
    let page = person.get(at).unwrap();
    let address = page.link("/documentos/").unwrap();
    let file = person.get(&address).unwrap();
    assert_eq!(file.header("content-type"), Some("application/pdf"));
    std::fs::write(world.folder.path().join("rechazo.pdf"), &file.bytes).unwrap();
    if let Some(output) = world.run("pdftotext", &["rechazo.pdf", "-"]) {
        let text = String::from_utf8_lossy(&output.stdout).split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(text.contains("reposición") && !text.contains("jerárquico"), "{text}");
    }
    let list = person.get("/mi/avisos").unwrap();
    let notice = person.get(&list.link("/mi/avisos/0").unwrap()).unwrap();
    says(&notice, "Se entenderá notificada");
}

#[test]
fn pro_22_a_correction_gives_five_business_days_and_the_warning_of_the_law() {
    let world = World::own();
    let mut person = world.person();
    let (number, at) = file_for_review(&mut person);
    let mut official = world.logged_in(DIRECTOR);
    let page = claim(&mut official, &number);
    let form = page.form_to("/corregir").unwrap();
    let page = official.submit(&form.set("falta", "Falta el certificado de revisión técnica.")).unwrap();
    assert_eq!(page.status, 200, "{}", page.visible());
    let scope = Scope::commune("13201".parse().unwrap());
    let calendar = Calendar::shipped();
    let today = Zone::Santiago.date(SystemClock::default().now());
    // The five days run from the day on which the notice counts as made.
    let made = calendar.notice_made(Channel::Ddu, today, scope).unwrap().made;
    let due = calendar.add_business_days(made, 5, scope).unwrap();

    let page = person.get(&format!("{at}/correccion")).unwrap();
    says(&page, "Falta el certificado de revisión técnica.");
    says(&page, "desisti");
    says(&page, &text::day_month_year(due));
    let form = page.form_to("/correccion").unwrap().set("d.correccion.respuesta", "Adjunto el certificado.");
    let page = person.submit(&form).unwrap();
    assert_eq!(page.status, 200, "{}", page.visible());
    let page = official.get(&case(&number)).unwrap();
    says(&page, "Adjunto el certificado.");
    let form = resolve(&page).set("d.revision.hechos", "Acompañó el certificado vigente.");
    let page = official.submit(&form.set("otp", &world.otp(DIRECTOR)).press("Aprobar")).unwrap();
    assert_eq!(page.status, 200, "{}", page.visible());
    let page = person.get(&at).unwrap();
    let page = journeys::walk(&mut person, page, journeys::PERMIT_ANSWERS, journeys::at_payment).unwrap();
    let page = journeys::pay(&mut person, &page, "Aprobar").unwrap();
    let back = page.link("/mi/tramites/0").unwrap();
    journeys::permit(&person.get(&back).unwrap()).unwrap();
}
