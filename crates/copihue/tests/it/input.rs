//! Bad input: refused with words that help, nothing typed is lost, nothing of others is shown.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use copihue_visitor::{Form, Page, Visitor, journeys};

use crate::support::{World, plate, says};

fn login_form(visitor: &mut Visitor) -> Form {
    visitor.get("/ingresar?volver=/mi").unwrap().form_with("password").unwrap()
}

#[test]
fn a_wrong_password_and_an_unknown_person_get_the_same_answer() {
    let world = World::shared();
    let mut visitor = world.demo.visitor();
    let refuse = |visitor: &mut Visitor, run: &str| {
        let form = login_form(visitor).set("run", run).set("password", "equivocada");
        let page = visitor.submit(&form).unwrap();
        assert!(page.form_with("password").is_some());
        let text = page.visible();
        (page.status, text[text.find("RUN").unwrap()..].replace(run, ""))
    };
    let known = refuse(&mut visitor, "33.333.333-3");
    let unknown = refuse(&mut visitor, "10.000.013-K");
    assert_eq!(known, unknown);
    assert!(known.1.contains("no son correctos"), "{}", known.1);
}

#[test]
fn web_04_an_invalid_run_is_told_how_to_mend_and_stays() {
    let world = World::shared();
    let mut visitor = world.demo.visitor();
    let form = login_form(&mut visitor).set("run", "44.444.444-5").set("password", "testing");
    let page = visitor.submit(&form).unwrap();
    says(&page, "El RUN no es válido");
    assert_eq!(page.form_with("password").unwrap().value("run"), Some("44.444.444-5"));
}

#[test]
fn web_04_an_unknown_plate_and_a_bad_one_are_said() {
    let world = World::own();
    let mut person = world.person();
    let page = journeys::ask_permit(&mut person, "esto no es").unwrap();
    assert_eq!(page.status, 422, "{}", page.visible());
    assert!(page.form_with("d.patente").unwrap().value("d.patente").is_some_and(|v| v.contains("esto")));
    assert_eq!(page.form_with("d.correo").unwrap().value("d.correo"), Some("maria@correo.example"));
    let page = journeys::ask_permit(&mut person, "ZZZZ99").unwrap();
    says(&page, "ZZZZ99");
    says(&page, "consultar de nuevo");
    says(&page, "Presentar de todas formas");
}

#[test]
fn web_04_an_expired_session_loses_nothing_that_was_typed() {
    let world = World::own();
    let mut person = world.person();
    let page = journeys::start(&mut person, "permiso-circulacion", journeys::PUENTE_ALTO).unwrap();
    let plate = plate();
    let form =
        page.form_with("d.patente").unwrap().set("d.patente", &plate).set("d.correo", "otra@correo.example");
    let run = person.run;
    // It ends elsewhere; this window does not know.
    let mut second = person.twin();
    let out = second.get("/mi").unwrap().form_to("/salir").unwrap();
    second.submit(&out).unwrap();
    let page = person.submit(&form).unwrap();
    let login = page.form_with("password").unwrap().set("run", run).set("password", journeys::PASSWORD);
    let page = person.submit(&login).unwrap();
    let form = page.form_with("d.patente").unwrap();
    assert_eq!(form.value("d.patente"), Some(plate.as_str()));
    assert_eq!(form.value("d.correo"), Some("otra@correo.example"));
    let page = person.submit(&form).unwrap();
    says(&page, "Lo que encontramos");
}

#[test]
fn an_old_step_posted_again_leads_to_where_the_case_stands() {
    let world = World::shared();
    let mut person = world.person();
    let plate = plate();
    let first = journeys::start(&mut person, "permiso-circulacion", journeys::PUENTE_ALTO).unwrap();
    let old = first.form_with("d.patente").unwrap();
    let page = journeys::file_permit(&mut person, &plate).unwrap();
    let other = old.set("d.patente", "BBBB99").set("d.correo", "otra@correo.example");
    let back = person.submit(&other).unwrap();
    assert_eq!((back.status, back.path.starts_with("/mi/tramites/")), (200, true), "{}", back.path);
    says(&back, "Falta que usted pague");
    let page = journeys::pay(&mut person, &page, "Aprobar").unwrap();
    says(&page, &plate);
}

#[test]
fn another_persons_case_is_not_there() {
    let world = World::shared();
    let mut person = world.person();
    let (permit, receipt) = journeys::whole_permit(&mut person, &plate()).unwrap();
    let mut other = world.person();
    for path in [&permit.case, &permit.file, &permit.document, &receipt.path] {
        assert_eq!(other.get(path).unwrap().status, 404, "{path}");
        assert_ne!(world.demo.visitor().get(path).unwrap().path, *path);
    }
}

#[test]
fn a_forged_token_is_refused() {
    let world = World::shared();
    let mut person = world.person();
    let page = person.get("/tramites/permiso-circulacion/comenzar").unwrap();
    let form =
        page.form_to("/comenzar").unwrap().set("institucion", journeys::PUENTE_ALTO).set("csrf", "falsa");
    assert_eq!(person.submit(&form).unwrap().status, 403);
    let mut other = world.person();
    let theirs = other.get("/tramites/permiso-circulacion/comenzar").unwrap().form_to("/comenzar").unwrap();
    let form = page.form_to("/comenzar").unwrap().set("csrf", theirs.value("csrf").unwrap());
    assert_eq!(person.submit(&form.set("institucion", journeys::PUENTE_ALTO)).unwrap().status, 403);
}

/// The last page of the residence certificate, where a file may go with it.
fn at_upload(person: &mut Visitor) -> Page {
    let answers = [
        ("d.direccion.calle", "Los Toros 0645"),
        ("d.direccion.desde-dia", "31"),
        ("d.direccion.desde-mes", "3"),
        ("d.direccion.desde-ano", "2019"),
        ("d.vive_con_otros", "no"),
        ("d.uso", "salud"),
    ];
    let page = journeys::start(person, "certificado-residencia", journeys::PUENTE_ALTO).unwrap();
    journeys::walk(person, page, &answers, |p| p.form_with("d.comprobante").is_some()).unwrap()
}

#[test]
fn web_04_a_program_that_calls_itself_a_pdf_is_refused_and_the_rest_stays() {
    let world = World::own();
    let mut person = world.person();
    let page = at_upload(&mut person);
    let mut program = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff".to_vec();
    program.resize(4096, 0);
    let form = page.form_with("d.comprobante").unwrap();
    let form = form.set("d.contacto.correo", "maria@correo.example").set("d.declara", "si");
    let page = person.submit(&form.clone().file("d.comprobante", "cuenta.pdf", &program)).unwrap();
    assert_eq!(page.status, 422, "{}", page.visible());
    says(&page, "no es un PDF");
    let again = page.form_with("d.comprobante").unwrap();
    assert_eq!(again.value("d.contacto.correo"), Some("maria@correo.example"));
    // An image that calls itself a PDF is no better.
    let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
    let page = person.submit(&again.file("d.comprobante", "cuenta.pdf", png)).unwrap();
    assert_eq!(page.status, 422, "{}", page.visible());
}

#[test]
fn a_hundred_megabytes_are_refused_at_once_and_never_held() {
    let world = World::own();
    let mut person = world.person();
    let page = at_upload(&mut person);
    let before = world.demo.resident().unwrap();
    let begun = Instant::now();
    let mut socket = TcpStream::connect(&world.demo.address).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let head = format!(
        "POST {} HTTP/1.1\r\nHost: {}\r\nCookie: {}\r\nOrigin: http://{}\r\nSec-Fetch-Site: same-origin\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: 104857600\r\n\r\n",
        page.path,
        world.demo.address,
        person.cookie_header(),
        world.demo.address
    );
    socket.write_all(head.as_bytes()).unwrap();
    let mut sent = 0;
    let piece = vec![b'a'; 64 * 1024];
    // A browser that goes on sending may be cut off; what counts is that the answer is there.
    while sent < 104_857_600 && socket.write_all(&piece).is_ok() {
        sent += piece.len();
    }
    let mut answer = [0; 64];
    let n = socket.read(&mut answer).unwrap_or(0);
    let line = String::from_utf8_lossy(&answer[..n]).into_owned();
    assert!(line.starts_with("HTTP/1.1 413"), "{line:?} after {sent} bytes");
    assert!(begun.elapsed() < Duration::from_secs(15), "{:?}", begun.elapsed());
    let grown = world.demo.resident().unwrap().saturating_sub(before);
    assert!(grown < 40 * 1024 * 1024, "{grown} bytes more are held");
}
