//! Every act of a journey hands a receipt that verifies offline; only whom it concerns gets it.

use std::collections::BTreeSet;
use std::time::Duration;

use copihue_tlog::policy::Policy;
use copihue_tlog::verify_proof;
use copihue_visitor::{Visitor, journeys};

use crate::support::{Person, World, eventually, plate, says};

const LIST: &str = "/mi/actividad";
/// What a permit leaves in the log, by kind.
const KINDS: [&str; 7] = [
    "ingreso",
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
    let mut kinds = BTreeSet::new();
    for event in &found {
        let proof = eventually("the receipt", Duration::from_secs(10), || proof(&mut person, event));
        let verified = verify_proof(&proof, &policy).unwrap();
        assert!(!verified.fields.is_empty(), "{event}");
        kinds.extend(verified.kind);
    }
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
