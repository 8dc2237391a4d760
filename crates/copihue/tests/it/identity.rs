//! `copihue identity …`: beside a running server, and without one.

use std::path::Path;
use std::process::{Command, Output};

use copihue_visitor::{Visitor, journeys};

use crate::support::{World, program, said};

const BACK: &str = "http://localhost:9/vuelta";

fn identity(data: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(program());
    command.arg("identity").args(arguments).arg("--data").arg(data);
    command.output().unwrap()
}

fn done(data: &Path, arguments: &[&str]) -> String {
    let output = identity(data, arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn told(text: &str, name: &str) -> String {
    let found = text.lines().find_map(|line| line.strip_prefix(name)?.split_once(": ").map(|(_, v)| v));
    found.unwrap_or_else(|| panic!("no {name} in {text}")).to_owned()
}

fn login_page(visitor: &mut Visitor, client: &str) -> u16 {
    let query = format!(
        "client_id={client}&response_type=code&scope=openid%20run%20name&state=abc&redirect_uri={BACK}"
    );
    visitor.get(&format!("/openid/authorize?{query}")).unwrap().status
}

#[test]
fn idp_01_c07_an_operator_adds_lists_stops_and_rotates_beside_a_running_server() {
    let world = World::shared();
    let data = world.data();
    let add = ["client", "add", "--profile", "compat", "--name", "Prueba", "--redirect-uri", BACK];
    let text = done(&data, &add);
    let (id, secret) = (told(&text, "client_id"), told(&text, "client_secret"));
    assert!(id.len() == 32 && secret.len() >= 40);
    let list = done(&data, &["client", "list"]);
    assert!(list.lines().any(|line| line.starts_with(&id) && line.contains("Prueba")), "{list}");
    assert!(!list.contains(&secret));
    let mut visitor = world.demo.visitor();
    assert_eq!(login_page(&mut visitor, &id), 200, "in force at once");
    done(&data, &["client", "suspend", &id]);
    assert_eq!(login_page(&mut visitor, &id), 403);
    done(&data, &["client", "resume", &id]);
    assert_eq!(login_page(&mut visitor, &id), 200);
    assert_ne!(told(&done(&data, &["client", "rotate", &id]), "client_secret"), secret);
    // Our own pages still log in: their registration was left alone.
    journeys::log_in(&mut world.demo.visitor(), "44.444.444-4", "/mi").unwrap();
}

#[test]
fn idp_01_an_operator_adds_a_person_who_logs_in_at_once() {
    let world = World::shared();
    let data = world.data();
    let add = ["person", "add", "--run", "16.543.210-1", "--name", "Ana Luisa Rojas Vera"];
    let refused = identity(&data, &add);
    assert!(!refused.status.success() && said(&refused).contains("revise el d"), "{}", said(&refused));
    let run = copihue_core::Run::from_number(16_543_210).unwrap().to_string();
    let add = ["person", "add", "--run", &run, "--name", "Ana Luisa Rojas Vera"];
    let text = done(&data, &add);
    let password = told(&text, "password (shown once)");
    let mut visitor = world.demo.visitor();
    let form = visitor.get("/ingresar?volver=/mi/ingresos").unwrap().form_with("password").unwrap();
    let page = visitor.submit(&form.set("run", &run).set("password", &password)).unwrap();
    assert!(page.visible().contains("Mis ingresos"), "{}", page.visible());
    assert!(page.visible().contains("Se creó su cuenta"), "the history tells it");
    assert!(said(&identity(&data, &add)).contains("Ya hay una persona con ese RUN"));
}

#[test]
fn idp_01_without_a_server_the_same_commands_work_and_mistakes_are_told() {
    let mut world = World::own();
    let data = world.data();
    world.demo.kill();
    let add = ["client", "add", "--profile", "base", "--name", "Prueba", "--redirect-uri", BACK];
    told(&done(&data, &add), "client_id");
    let bad = ["client", "add", "--profile", "base", "--name", "X", "--redirect-uri", "http://ejemplo.cl/"];
    assert!(!identity(&data, &bad).status.success());
    let keyless = ["client", "add", "--profile", "alto", "--name", "X", "--redirect-uri", BACK];
    assert!(said(&identity(&data, &keyless)).contains("llaves"));
    assert!(said(&identity(&data, &["client", "suspend", "nadie"])).contains("client list"));
    assert!(said(&identity(&data.join("otra"), &["client", "list"])).contains("copihue demo --data"));
}

#[test]
fn k02_an_operator_writes_a_mandate_that_both_read_and_ends_it() {
    let world = World::shared();
    let data = world.data();
    let add = [
        "mandate",
        "add",
        "--run",
        "55.555.555-5",
        "--rut",
        "76.086.428-5",
        "--name",
        "Ejemplo SpA",
        "--power",
        "tramitar",
        "--until",
        "2099-12-31",
    ];
    let vague = identity(&data, &[&add[..], &["--reason", " "]].concat());
    assert!(!vague.status.success() && said(&vague).contains("Escriba el motivo"), "{}", said(&vague));
    let unknown = identity(&data, &[&add[..], &["--reason", "x", "--power", "volar"]].concat());
    assert!(!unknown.status.success() && said(&unknown).contains("volar"), "{}", said(&unknown));
    let id = told(&done(&data, &[&add[..], &["--reason", "Escritura de 2026"]].concat()), "mandate");
    let mut visitor = world.demo.visitor();
    journeys::log_in(&mut visitor, "55.555.555-5", "/mi").unwrap();
    let page = visitor.get("/mi/representaciones").unwrap();
    let text = page.visible();
    assert!(
        text.contains("Ejemplo SpA") && text.contains("hasta el jueves 31 de diciembre de 2099"),
        "{text}"
    );
    assert!(visitor.get("/mi/ingresos").unwrap().visible().contains("Escritura de 2026"));
    let end = ["mandate", "end", &id, "--run", "55.555.555-5", "--reason", "Se revocó"];
    done(&data, &end);
    assert!(visitor.get("/mi/representaciones").unwrap().visible().contains("retirada"));
    assert!(said(&identity(&data, &end)).contains("ya terminó"));
}
