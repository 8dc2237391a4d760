//! A10 and A20: forged receipts and malicious `extra`, each with the verdict that it must get.
//!
//! The cases stand in `tests/cases/receipts.json` as well, for verifiers that are not this one: the browser's is held
//! against the same file. `COPIHUE_WRITE_CASES=1` writes it anew.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use copihue_tlog::checkpoint::Checkpoint;
use copihue_tlog::commitment::open_extra;
use copihue_tlog::merkle::{inclusion_proof, leaf_hash, root};
use copihue_tlog::note::{Algorithm, Signer};
use copihue_tlog::policy::Policy;
use copihue_tlog::proof::TlogProof;
use copihue_tlog::verify_proof;
use serde_json::{Value, json};

use crate::commitments::golden;
use crate::support::Leaves;
use crate::vectors::{PROOF, VKEYS, log_of_seven, policy_text, seed};

const ORIGIN: &str = "bitacora.example.cl/interop";
const OTHER: &str = "bitacora.example.cl/otra";
const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases/receipts.json");

/// A receipt, the policy it is held against, and the verdict: `valid`, or the reason's code.
struct Case {
    name: &'static str,
    policy: &'static str,
    proof: String,
    verdict: &'static str,
}

fn case(name: &'static str, proof: impl Into<String>, verdict: &'static str) -> Case {
    Case { name, policy: "two_witnesses", proof: proof.into(), verdict }
}

fn policies() -> Value {
    let other = signer(OTHER, 0xc0);
    json!({
        "two_witnesses": policy_text(),
        "log_only": format!("log {}\nquorum none\n", VKEYS[0]),
        "both_logs": format!("log {}\nlog {}\nquorum none\n", VKEYS[0], other.verifier()),
        "stranger": "# nobody\nquorum none\n",
    })
}

fn signer(name: &str, from: u8) -> Signer {
    Signer::new(name, Algorithm::Ed25519, &seed(from)).unwrap()
}

/// The golden receipt with a record disclosed in it.
fn with_extra(extra: &[u8]) -> String {
    let proof = TlogProof { extra: Some(extra.to_vec()), ..TlogProof::parse(PROOF).unwrap() };
    proof.to_string()
}

fn shown(fields: &[&str]) -> String {
    golden(fields).to_extra().unwrap()
}

fn good() -> String {
    with_extra(shown(&["stage", "run"]).as_bytes())
}

/// A receipt of `entry`, at the end of the golden log with it in its place, signed as `by` signs.
fn signed(by: &Signer, origin: &str, entry: &str, extra: &str) -> TlogProof {
    let mut entries = log_of_seven();
    entries.push(entry.to_owned());
    let mut leaves = Leaves(entries.iter().map(|e| leaf_hash(e.as_bytes())).collect());
    let head = Checkpoint { origin: origin.to_owned(), size: 8, root: root(&mut leaves, 8).unwrap() };
    TlogProof {
        extra: Some(extra.as_bytes().to_vec()),
        index: 7,
        path: inclusion_proof(&mut leaves, 7, 8).unwrap(),
        checkpoint: by.sign(&head.text()),
    }
}

fn without(proof: &str, line: &str) -> String {
    proof.lines().filter(|l| !l.starts_with(line)).map(|l| format!("{l}\n")).collect()
}

fn line(proof: &str, start: &str) -> String {
    proof.lines().find(|l| l.starts_with(start)).unwrap().to_owned()
}

/// A signature line whose bytes after the key's id are these.
fn line_of(name: &str, id: &[u8], rest: &[u8]) -> String {
    format!("— {name} {}", BASE64_STANDARD.encode([id, rest].concat()))
}

fn id_of(line: &str) -> Vec<u8> {
    BASE64_STANDARD.decode(line.rsplit_once(' ').unwrap().1).unwrap()[..4].to_vec()
}

fn genuine() -> Vec<Case> {
    let open = r#"{"id":"x","k":"institution.renamed","r":{"code":"PE-MUN-00345"},"v":1}"#;
    let open = signed(&signer(ORIGIN, 0x40), ORIGIN, open, &open_extra(open).unwrap());
    let strangers: String = (0..17)
        .map(|i| format!("{}\n", line_of(&format!("otro{i}.example"), &[1, 2, 3, i], &[7; 64])))
        .collect();
    vec![
        case("genuine", good(), "valid"),
        case("genuine_shows_nothing", with_extra(shown(&[]).as_bytes()), "valid"),
        Case { policy: "log_only", ..case("genuine_of_an_open_ledger", open.to_string(), "valid") },
        case("genuine_with_17_unknown_signatures", format!("{}{strangers}", good()), "valid"),
        Case {
            policy: "log_only",
            ..case("genuine_without_witnesses", without(&good(), "— testigo"), "valid")
        },
    ]
}

fn a10() -> Vec<Case> {
    let good = good();
    let log_line = line(&good, "— bitacora");
    let forger = line(&signer(ORIGIN, 0xc0).sign("x\n"), "—");
    let moved = {
        // The witness signed another checkpoint of the same log.
        let witness = Signer::new("testigo.cgr.example", Algorithm::Cosignature, &seed(0x80)).unwrap();
        let head = Checkpoint { origin: ORIGIN.into(), size: 6, root: [9; 32] };
        witness.line(&head.text(), 1_796_126_401)
    };
    let other_log = signed(&signer(OTHER, 0xc0), OTHER, "otra cosa", &shown(&["stage"])).to_string();
    let self_made = signed(&signer(ORIGIN, 0xc0), ORIGIN, "x", &shown(&["stage"])).to_string();
    vec![
        case("other_record", with_extra(open_extra(r#"{"k":"x","r":{}}"#).unwrap().as_bytes()), "inclusion"),
        case("other_index", good.replace("\nindex 4\n", "\nindex 3\n"), "inclusion"),
        case("index_beyond_the_log", good.replace("\nindex 4\n", "\nindex 7\n"), "inclusion"),
        case(
            "other_origin",
            good.replace(&format!("\n{ORIGIN}\n"), &format!("\n{OTHER}\n")),
            "origen_desconocido",
        ),
        Case { policy: "stranger", ..case("nobody_is_believed", good.clone(), "origen_desconocido") },
        Case { policy: "both_logs", ..case("checkpoint_of_another_log", other_log, "inclusion") },
        case("other_size", good.replace("\n7\n", "\n8\n"), "firma_registro"),
        case("other_root", good.replace("0GW7mf2L", "1GW7mf2L"), "firma_registro"),
        case("removed_signature", without(&good, "— bitacora"), "firma_registro"),
        case("signed_by_another_key_of_that_name", self_made, "firma_registro"),
        case("removed_cosignature", without(&good, "— testigo.cgr"), "testigos_insuficientes"),
        case(
            "moved_cosignature",
            good.replace(&line(&good, "— testigo.cgr"), moved.trim_end()),
            "firma_testigo",
        ),
        case(
            "key_id_collision",
            good.replace(&log_line, &line_of(ORIGIN, &id_of(&log_line), &[7; 64])),
            "firma_registro",
        ),
        case("same_name_other_key_id", good.replace(&log_line, &forger), "firma_registro"),
        case("path_cut", without(&good, "ijRjuDfN55"), "inclusion"),
        case(
            "path_longer",
            good.replace("\n\nbitacora", "\nijRjuDfN55dL9JzQFu7KCIb2bZCMWI8uCTChJXbGSUg=\n\nbitacora"),
            "inclusion",
        ),
        case("without_record", PROOF, "hoja"),
        case("crlf", good.replace('\n', "\r\n"), "formato"),
        case("byte_order_mark", format!("\u{feff}{good}"), "formato"),
        case("trailing_space", good.replace("\n7\n", "\n7 \n"), "formato"),
        case("leading_zero", good.replace("\nindex 4\n", "\nindex 04\n"), "formato"),
        case("plus_sign", good.replace("\nindex 4\n", "\nindex +4\n"), "formato"),
        case("negative_size", good.replace("\n7\n", "\n-7\n"), "formato"),
        case("index_of_65_bits", good.replace("\nindex 4\n", "\nindex 18446744073709551616\n"), "formato"),
        case("base64_without_padding", good.replace("JXbGSUg=", "JXbGSUg"), "formato"),
        case("base64_with_bits_left_over", good.replace("JXbGSUg=", "JXbGSUh="), "formato"),
        case("plus_in_a_key_name", good.replace("— bitacora.example.cl", "— bitacora+example.cl"), "formato"),
        case("no_last_line_end", good.trim_end().to_owned(), "formato"),
        case("not_a_receipt", "hola", "formato"),
        case("nothing", "", "formato"),
    ]
}

fn a20() -> Vec<Case> {
    let plain = shown(&["run", "stage"]);
    let parsed: Value = serde_json::from_str(&plain).unwrap();
    let changed = |change: &dyn Fn(&mut Value)| {
        let mut value = parsed.clone();
        change(&mut value);
        with_extra(copihue_core::json::canonical(&value).unwrap().as_bytes())
    };
    let raw = |text: String| with_extra(text.as_bytes());
    vec![
        case("another_value", raw(plain.replace("11111111-1", "22222222-2")), "campo"),
        case("another_salt", changed(&|v| v["open"]["run"]["s"] = v["open"]["stage"]["s"].clone()), "campo"),
        case("salt_too_short", changed(&|v| v["open"]["run"]["s"] = json!("AAAA")), "campo"),
        case(
            "shows_a_field_that_is_not_committed",
            changed(&|v| v["open"]["edad"] = v["open"]["run"].clone()),
            "campo",
        ),
        case("commitment_too_short", changed(&|v| v["fields"]["run"] = json!("AAAA")), "campo"),
        case("another_kind", changed(&|v| v["k"] = json!("paid")), "inclusion"),
        case("a_field_more", changed(&|v| v["fields"]["edad"] = v["fields"]["run"].clone()), "inclusion"),
        case(
            "a_field_less",
            changed(&|v| {
                v["fields"].as_object_mut().unwrap().remove("tx");
            }),
            "inclusion",
        ),
        case("other_version", changed(&|v| v["v"] = json!(2)), "formato"),
        case("unknown_member", changed(&|v| v["trust"] = json!(true)), "formato"),
        case("unknown_member_of_a_field", changed(&|v| v["open"]["run"]["y"] = json!(1)), "formato"),
        case("fields_as_a_list", changed(&|v| v["fields"] = json!([])), "formato"),
        case(
            "prototype_in_place_of_fields",
            raw(plain.replacen("\"fields\"", "\"__proto__\"", 1)),
            "formato",
        ),
        case("name_twice", raw(plain.replacen("{\"fields\"", "{\"k\":\"paid\",\"fields\"", 1)), "formato"),
        case("space_between", raw(plain.replacen("\"v\":1", "\"v\": 1", 1)), "formato"),
        case("bomb_of_brackets", raw("[".repeat(60_000)), "formato"),
        case("bomb_of_objects", raw("{\"a\":".repeat(10_000) + "1" + &"}".repeat(10_000)), "formato"),
        case("larger_than_64_kib", raw(format!("{{\"v\":1,\"x\":\"{}\"}}", "a".repeat(70_000))), "formato"),
        case("not_utf8", with_extra(&[0xff, 0xfe, 0x00]), "formato"),
        case(
            "open_entry_with_another_member",
            raw("{\"entry\":\"{}\",\"v\":1,\"w\":1}".to_owned()),
            "formato",
        ),
        case("open_entry_that_is_no_record", raw("{\"entry\":\"hola\",\"v\":1}".to_owned()), "formato"),
        case("float", changed(&|v| v["open"]["stage"]["x"] = json!(1.5)), "campo"),
    ]
}

fn all() -> Vec<Case> {
    genuine().into_iter().chain(a10()).chain(a20()).collect()
}

#[track_caller]
fn holds(cases: Vec<Case>) {
    let policies = policies();
    for case in cases {
        let policy = Policy::parse(policies[case.policy].as_str().unwrap()).unwrap();
        let verdict = verify_proof(&case.proof, &policy).map_or_else(|reason| reason.code(), |_| "valid");
        assert_eq!(verdict, case.verdict, "{}:\n{}", case.name, case.proof);
    }
}

#[test]
fn a10_forged_receipts_are_refused_each_with_its_reason() {
    holds(genuine());
    holds(a10());
}

#[test]
fn a20_a_malicious_extra_is_a_wrong_field_or_no_receipt_at_all() {
    holds(a20());
}

#[test]
fn the_committed_cases_are_those_of_this_test() {
    let policies = policies();
    let cases: Vec<Value> = all()
        .into_iter()
        .map(|c| json!({"name": c.name, "policy": c.policy, "proof": c.proof, "verdict": c.verdict}))
        .collect();
    let now = json!({"policies": policies, "cases": cases});
    if std::env::var_os("COPIHUE_WRITE_CASES").is_some() {
        std::fs::write(FILE, serde_json::to_string_pretty(&now).unwrap() + "\n").unwrap();
    }
    let committed: Value =
        serde_json::from_str(&std::fs::read_to_string(FILE).unwrap_or_default()).unwrap_or_default();
    assert!(
        committed == now,
        "run this test once with COPIHUE_WRITE_CASES=1 and commit tests/cases/receipts.json"
    );
}
