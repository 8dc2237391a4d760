//! Offline verification: the golden proof, and every forgery of it with its reason.

use copihue_tlog::policy::Policy;
use copihue_tlog::proof::TlogProof;
use copihue_tlog::verify::{Reason, verify_proof, verify_proof_of_entry};
use proptest::prelude::*;

use crate::commitments::golden;
use crate::vectors::{ENTRY, PROOF, VKEYS, policy_text};

fn policy() -> Policy {
    Policy::parse(&policy_text()).unwrap()
}

fn with_extra(shown: &[&str]) -> String {
    let mut proof = TlogProof::parse(PROOF).unwrap();
    proof.extra = Some(golden(shown).to_extra().unwrap().into_bytes());
    proof.to_string()
}

fn reason(text: &str) -> Reason {
    verify_proof_of_entry(text, ENTRY.as_bytes(), &policy()).unwrap_err()
}

#[test]
fn led_04_golden_proof_verifies_offline() {
    assert_eq!(TlogProof::parse(PROOF).unwrap().to_string(), PROOF);
    let verified = verify_proof_of_entry(PROOF, ENTRY.as_bytes(), &policy()).unwrap();
    assert_eq!((verified.index, verified.size, verified.witnesses.len()), (4, 7, 2));
    assert_eq!(
        verified.to_string(),
        "Prueba válida: registro 4 de bitacora.example.cl/interop, 2 testigos, 2026-12-01T12:00:01.000Z."
    );
}

#[test]
fn led_04_a_proof_that_shows_fields_verifies_by_itself() {
    let verified = verify_proof(&with_extra(&["stage", "ts"]), &policy()).unwrap();
    assert_eq!(verified.kind.as_deref(), Some("trace"));
    assert_eq!(verified.fields["stage"], 1);
    assert_eq!(verified.fields.len(), 2);
    assert_eq!(verify_proof(PROOF, &policy()), Err(Reason::Leaf));
}

#[test]
fn led_04_each_forgery_is_refused_with_its_reason() {
    let lines: Vec<&str> = PROOF.lines().collect();
    let without = |prefix: &str| {
        lines.iter().filter(|l| !l.starts_with(prefix)).map(|l| format!("{l}\n")).collect::<String>()
    };
    assert_eq!(reason("hola"), Reason::Format);
    assert_eq!(reason(&PROOF.replace("index 4", "index 04")), Reason::Format);
    assert_eq!(reason(&PROOF.replace("index 4", "index 3")), Reason::Inclusion);
    assert_eq!(reason(&PROOF.replace("index 4", "index 7")), Reason::Inclusion);
    assert_eq!(reason(&PROOF.replace("\n7\n", "\n8\n")), Reason::LogSignature);
    assert_eq!(
        reason(&PROOF.replace("bitacora.example.cl/interop\n7", "bitacora.example.cl/otra\n7")),
        Reason::UnknownOrigin
    );
    assert_eq!(reason(&without("— bitacora")), Reason::LogSignature);
    assert_eq!(reason(&without("— testigo.cgr")), Reason::TooFewWitnesses);
    // A cosignature of another witness under this one's name and key id.
    let moved = PROOF.replace("wI9argAAAABrDrbAEhBkCjOw", "wI9argAAAABrDrbAEhBkCjOx");
    assert_eq!(reason(&moved), Reason::WitnessSignature);
    assert_eq!(reason(&without("ijRjuDfN55")), Reason::Inclusion);
    let other = verify_proof_of_entry(PROOF, ENTRY.replace("trace", "tracf").as_bytes(), &policy());
    assert_eq!(other, Err(Reason::Inclusion));
    let shown = String::from_utf8(TlogProof::parse(&with_extra(&["run"])).unwrap().extra.unwrap()).unwrap();
    let mut forged = TlogProof::parse(PROOF).unwrap();
    forged.extra = Some(shown.replace("11111111-1", "22222222-2").into_bytes());
    assert_eq!(verify_proof(&forged.to_string(), &policy()), Err(Reason::Field));
    forged.extra = Some("[".repeat(200_000).into_bytes());
    assert_eq!(verify_proof(&forged.to_string(), &policy()), Err(Reason::Format));
    forged.extra = Some(br#"{"entry":"{\"k\":\"x\",\"r\":{}}","v":1}"#.to_vec());
    assert_eq!(verify_proof(&forged.to_string(), &policy()), Err(Reason::Inclusion));
}

#[test]
fn led_04_reasons_speak_spanish_and_say_what_is_undecided() {
    assert_eq!(Reason::Field.to_string(), "Prueba inválida: un dato mostrado no es el que se registró.");
    assert!(Reason::TooFewWitnesses.to_string().starts_with("No se puede verificar:"));
    assert_eq!(Reason::UnknownOrigin.code(), "origen_desconocido");
    let only_log = Policy::parse(&format!("log {}\nquorum none\n", VKEYS[0])).unwrap();
    let verified = verify_proof_of_entry(PROOF, ENTRY.as_bytes(), &only_log).unwrap();
    assert_eq!(verified.to_string(), "Prueba válida: registro 4 de bitacora.example.cl/interop, 0 testigos.");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]
    #[test]
    fn led_04_any_flipped_bit_of_a_proof_is_refused(at in 0..PROOF.len(), bit in 0..8_u8) {
        let mut bytes = PROOF.as_bytes().to_vec();
        bytes[at] ^= 1 << bit;
        if let Ok(text) = String::from_utf8(bytes) {
            prop_assert!(verify_proof_of_entry(&text, ENTRY.as_bytes(), &policy()).is_err());
        }
    }

    #[test]
    fn led_04_anything_at_all_is_read_without_panic(text in any::<String>()) {
        prop_assert!(verify_proof(&text, &policy()).is_err());
        let with_header = format!("c2sp.org/tlog-proof@v1\n{}", text);
        prop_assert!(TlogProof::parse(&with_header).is_none_or(|p| p.path.len() <= 64));
    }
}
