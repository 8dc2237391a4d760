//! Every act of a journey hands a receipt that verifies offline; only whom it concerns gets it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use copihue_tlog::policy::Policy;
use copihue_tlog::verify_proof;
use copihue_visitor::{Visitor, journeys};

use crate::support::{Person, World, eventually, plate, program, said, says};

const LIST: &str = "/mi/actividad";
/// What a permit leaves in the log, by kind.
const KINDS: [&str; 9] = [
    "ingreso",
    "procedure.query",
    "payment.started",
    "casefile.opened",
    "casefile.entry",
    "casefile.filing",
    "procedure.act",
    "notice.sent",
    "payment.succeeded",
];

pub(crate) fn policy(visitor: &mut Visitor) -> Policy {
    Policy::parse(&visitor.get("/ledger/policy").unwrap().text()).unwrap()
}

/// The addresses of a person's events, oldest pages included, as `ledger/record`.
pub(crate) fn events(person: &mut Visitor) -> Vec<String> {
    let (mut found, mut address) = (Vec::new(), LIST.to_owned());
    loop {
        let page = person.get(&address).unwrap();
        let html = page.text();
        let links = html.split("href=\"/mi/actividad/").skip(1).filter_map(|rest| rest.split('"').next());
        found.extend(links.map(str::to_owned));
        match page.link("/mi/actividad?antes=") {
            Some(older) => address = older,
            None => return found,
        }
    }
}

fn proof(person: &mut Visitor, event: &str) -> Option<String> {
    let page = person.get(&format!("/mi/comprobantes/{event}")).unwrap();
    let file = page.header("content-disposition").is_some_and(|name| name.ends_with(".tlog-proof\""));
    file.then(|| page.text())
}

fn whole_permit(person: &mut Person) -> Vec<String> {
    let (permit, _) = journeys::whole_permit(person, &plate()).unwrap();
    eventually("every kind of event", Duration::from_secs(20), || {
        let found = events(person);
        let whole = found.iter().any(|e| e.contains(&permit.number));
        (whole && KINDS.iter().all(|kind| found.iter().any(|e| is_of(e, kind)))).then_some(found)
    })
}

/// Logins stand under their own id in the ledger `identity`, the others under their kind.
fn is_of(event: &str, kind: &str) -> bool {
    event.split('/').nth(1) == Some(kind) || (kind == "ingreso" && event.starts_with("identity/"))
}

#[test]
fn led_03_each_act_of_a_journey_hands_a_receipt_that_verifies_offline() {
    let world = World::shared();
    let mut person = world.person();
    let found = whole_permit(&mut person);
    let policy = policy(&mut person);
    let (mut kinds, mut fields) = (BTreeSet::new(), BTreeSet::new());
    for event in &found {
        let proof = eventually("the receipt", Duration::from_secs(10), || proof(&mut person, event));
        let verified = verify_proof(&proof, &policy).unwrap();
        assert!(!verified.fields.is_empty(), "{event}");
        kinds.extend(verified.kind);
        fields.extend(verified.fields.into_keys());
    }
    // Whoever checks a receipt in the browser reads it in words.
    let words = person.get("/verificar/registro").unwrap().text();
    let said =
        |name: String| assert!(words.contains(&format!("data-texto=\"{name}\"")), "no words for {name}");
    kinds.iter().for_each(|kind| said(format!("hecho-{kind}")));
    fields.iter().for_each(|field| said(format!("campo-{field}")));
    assert!(KINDS.iter().all(|kind| kinds.contains(*kind)), "{kinds:?}");
    let page = person.get(LIST).unwrap();
    says(&page, "Pagó, y el pago quedó registrado");
    says(&page, "Municipalidad de Puente Alto");
    let paid = found.iter().find(|e| is_of(e, "payment.succeeded")).unwrap();
    let page = person.get(&format!("{LIST}/{paid}")).unwrap();
    says(&page, "Comprobante de integridad");
    says(&page, "Monto");
    person.accept("application/json");
    let answer = person.get(&format!("/api/receipts/{paid}")).unwrap();
    let answer: serde_json::Value = serde_json::from_str(&answer.text()).unwrap();
    assert_eq!(
        (answer["state"].as_str(), answer["kind"].as_str()),
        (Some("ready"), Some("payment.succeeded"))
    );
    assert!(verify_proof(answer["proof"].as_str().unwrap(), &policy).is_ok());
    let nobody = world.demo.visitor().once("GET", &format!("/api/receipts/{paid}"), None).unwrap();
    assert_eq!(nobody.status, 401);
    assert_eq!(nobody.header("content-type"), Some("application/problem+json"));
}

/// What a case says in JSON names the receipt of each act in it.
#[test]
fn led_03_the_api_and_the_files_of_a_journey_name_the_receipts() {
    let world = World::shared();
    let mut person = world.person();
    let (permit, receipt) = journeys::whole_permit(&mut person, &plate()).unwrap();
    let policy = policy(&mut person);
    let page = person.get(&permit.case).unwrap();
    says(&page, "Cada paso, con su comprobante");
    let paid = person.get(&format!("{}/comprobante.json", receipt.path)).unwrap();
    let link = paid.header("link").unwrap();
    assert!(link.starts_with("</api/receipts/payment/payment.succeeded/"), "{link}");
    let notice = person.get("/mi/avisos").unwrap().link("/mi/avisos/0").unwrap();
    let notice = person.get(&format!("{notice}/certificado.json")).unwrap();
    let link = notice.header("link").unwrap();
    assert!(link.starts_with("</api/receipts/notification/notice.sent/"), "{link}");
    person.accept("application/json");
    let id = permit.case.rsplit('/').next().unwrap();
    let case = person.get(&format!("/api/cases/{id}")).unwrap().text();
    let case: serde_json::Value = serde_json::from_str(&case).unwrap();
    let acts = case["acts"].as_array().unwrap();
    for kind in [
        "procedure.query",
        "procedure.act",
        "casefile.opened",
        "casefile.filing",
        "casefile.entry",
        "payment.started",
        "payment.succeeded",
    ] {
        assert!(acts.iter().any(|act| act["kind"] == kind), "{kind}: {case}");
    }
    for act in acts {
        let address = act["receipt"].as_str().unwrap();
        let proof = eventually("a receipt of the API", Duration::from_secs(10), || {
            let answer: serde_json::Value =
                serde_json::from_str(&person.get(address).unwrap().text()).unwrap();
            answer["proof"].as_str().map(str::to_owned)
        });
        assert_eq!(verify_proof(&proof, &policy).unwrap().kind.as_deref(), act["kind"].as_str(), "{act}");
    }
}

#[test]
fn led_03_anothers_receipt_is_not_there() {
    let world = World::shared();
    let mut person = world.person();
    let found = whole_permit(&mut person);
    let mut other = world.person();
    for event in &found {
        for address in ["/mi/actividad", "/mi/comprobantes", "/api/receipts"] {
            assert_eq!(other.get(&format!("{address}/{event}")).unwrap().status, 404, "{address}/{event}");
        }
    }
    assert!(events(&mut other).iter().all(|event| !found.contains(event)));
}

const RECEIPT_PY: &str = include_str!("receipt.py");

/// `copihue verify`, away from the demo's folder: exit code and what it said.
fn verify(world: &World, arguments: &[&str]) -> (Option<i32>, String) {
    let output = world.run(program(), &[&["verify"], arguments].concat()).unwrap();
    (output.status.code(), said(&output))
}

/// A folder of its own with the policy of the demo's logs in it.
fn folder(world: &World, name: &str) -> (PathBuf, String) {
    let folder = world.folder.path().join(name);
    std::fs::create_dir_all(&folder).unwrap();
    let policy = folder.join("politica.txt");
    std::fs::write(&policy, world.demo.visitor().get("/ledger/policy").unwrap().text()).unwrap();
    (folder, policy.to_str().unwrap().to_owned())
}

fn kept(folder: &Path, name: &str, bytes: &[u8]) -> String {
    let file = folder.join(name);
    std::fs::write(&file, bytes).unwrap();
    file.to_str().unwrap().to_owned()
}

fn paid(person: &mut Person) -> String {
    let found = whole_permit(person);
    let event = found.into_iter().find(|e| is_of(e, "payment.succeeded")).unwrap();
    eventually("the receipt", Duration::from_secs(10), || proof(person, &event))
}

#[test]
fn led_04_the_program_explains_a_receipt_without_a_network() {
    let world = World::shared();
    let mut person = world.person();
    let good = paid(&mut person);
    let (folder, policy) = folder(&world, "receipt");
    let file = kept(&folder, "pago.tlog-proof", good.as_bytes());
    let (code, text) = verify(&world, &["--policy", &policy, &file]);
    assert_eq!(code, Some(0), "{text}");
    for words in ["Prueba válida: registro", "payment.succeeded", "amount:", "resultado=valida"] {
        assert!(text.contains(words), "{words}: {text}");
    }
    let (code, json) = verify(&world, &["--json", "--policy", &policy, &file]);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!((code, json["result"].as_str()), (Some(0), Some("valid")));
    // Nobody to believe: it can't be said. Another place in the log: it is false.
    let nobody = kept(&folder, "nadie.txt", b"quorum none\n");
    let (code, text) = verify(&world, &["--policy", &nobody, &file]);
    assert_eq!(code, Some(2), "{text}");
    assert!(text.contains("--policy") && text.contains("motivo=origen_desconocido"), "{text}");
    let index = good.lines().find(|l| l.starts_with("index ")).unwrap();
    let forged = kept(&folder, "falso.tlog-proof", good.replacen(index, "index 999999", 1).as_bytes());
    let (code, text) = verify(&world, &["--policy", &policy, &forged]);
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("motivo=inclusion"), "{text}");
}

#[test]
fn led_02_a_program_that_is_not_ours_verifies_a_receipt_of_the_running_demo() {
    let world = World::shared();
    let mut person = world.person();
    let good = paid(&mut person);
    let (folder, policy) = folder(&world, "foreign");
    let script = kept(&folder, "receipt.py", RECEIPT_PY.as_bytes());
    let file = kept(&folder, "pago.tlog-proof", good.as_bytes());
    let python = std::env::var("COPIHUE_TEST_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let Some(output) = world.run(&python, &[&script, &file, &policy]) else { return };
    if said(&output).contains("No module named 'cryptography'") {
        eprintln!("skipped: {python} lacks cryptography");
        return;
    }
    assert!(output.status.success(), "{}", said(&output));
    let fields: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(fields["amount"].as_i64().is_some_and(|amount| amount > 0), "{fields}");
    let index = good.lines().find(|l| l.starts_with("index ")).unwrap();
    for forged in [good.replacen(index, "index 999999", 1), good.replacen("extra eyJ", "extra eyK", 1)] {
        let file = kept(&folder, "falso.tlog-proof", forged.as_bytes());
        assert!(!world.run(&python, &[&script, &file, &policy]).unwrap().status.success(), "{forged}");
    }
}

#[test]
fn exp_52_a_whole_exported_case_verifies_offline_and_names_what_was_changed() {
    let world = World::shared();
    let mut person = world.person();
    let (permit, _) = journeys::whole_permit(&mut person, &plate()).unwrap();
    let (folder, policy) = folder(&world, "case");
    let authority = kept(&folder, "autoridad.pem", &world.demo.visitor().get("/pki/raiz.pem").unwrap().bytes);
    // The last document is the certificate of filing, and its receipt comes within a second.
    let file = eventually("a whole export", Duration::from_secs(30), || {
        let page = person.get(&permit.file).unwrap();
        page.visible().contains("Descargar el certificado").then_some(())?;
        let zip = person.get(&format!("{}/exportar", permit.file)).unwrap();
        assert_eq!(zip.header("content-type"), Some("application/zip"));
        let file = kept(&folder, "expediente.zip", &zip.bytes);
        (verify(&world, &["--policy", &policy, "--trust", &authority, &file]).0 == Some(0)).then_some(file)
    });
    let believed = ["--policy", &policy, "--trust", &authority];
    let (_, json) = verify(&world, &[&["--json"], &believed[..], &[&file]].concat());
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert!(json["case"].as_str().unwrap().ends_with(&permit.number), "{json}");
    assert!(json["documents"].as_u64().unwrap() >= 5 && json["hidden"] == 0, "{json}");
    // Each entry, the opening and the filing have one; and so has what else was done: queries, steps, payment.
    assert!(json["receipts"].as_u64().unwrap() > json["entries"].as_u64().unwrap() + 10, "{json}");
    assert_eq!(json["sealed_by"], "Municipalidad de Puente Alto", "{json}");
    let (_, text) = verify(&world, &[&believed[..], &[&file]].concat());
    for words in ["está entero", "Lo selló «Municipalidad de Puente Alto»", "No prueba que la institución"]
    {
        assert!(text.contains(words), "{words}: {text}");
    }
    // Without an authority to believe, nobody knows whose the seal is.
    let (code, text) = verify(&world, &["--policy", &policy, &file]);
    assert_eq!(code, Some(2), "{text}");
    assert!(text.contains("El certificado no fue emitido") && text.contains("--trust"), "{text}");
    if let Some(output) = world.run("unzip", &["-tq", &file]) {
        assert!(output.status.success(), "{}", said(&output));
    }
    changed_exports(&world, &folder, &believed, &std::fs::read(&file).unwrap());
    // A PDF asks for no log: a policy that is not there is not missed.
    let pdf = kept(&folder, "permiso.pdf", &person.get(&permit.document).unwrap().bytes);
    let (code, text) = verify(&world, &["--policy", "no-hay.txt", "--trust", &authority, &pdf]);
    assert_eq!(code, Some(0), "{text}");
    assert!(verify(&world, &["--policy", "no-hay.txt", &file]).1.contains("no-hay.txt"));
    let mut other = world.person();
    assert_eq!(other.get(&format!("{}/exportar", permit.file)).unwrap().status, 404);
    assert_eq!(other.get(&format!("{}/comprobantes/1", permit.file)).unwrap().status, 404);
}

fn changed_exports(world: &World, folder: &Path, believed: &[&str], good: &[u8]) {
    let spot = |text: &[u8]| good.windows(text.len()).position(|w| w == text).unwrap();
    let mut document = good.to_vec();
    document[spot(b"%PDF-") + 400] ^= 1;
    let mut index = good.to_vec();
    let head = spot(b"\"cabeza\":\"");
    index[head + 12] ^= 1;
    for (name, bytes) in [
        ("documento.zip", &document),
        ("indice.zip", &index),
        ("cortado.zip", &good[..good.len() / 2].to_vec()),
    ] {
        let file = kept(folder, name, bytes);
        let (code, text) = verify(world, &[believed, &[&file]].concat());
        assert_eq!(code, Some(1), "{name}: {text}");
        assert!(text.contains("no es el expediente"), "{name}: {text}");
    }
}
