use copihue_casefiles::*;
use copihue_core::{Timestamp, json};
use copihue_db::blobs::BlobRef;
use copihue_signing::verify::FoundSignature;
use serde_json::{Value, json};

use crate::support::{case_of, person};

fn at() -> Timestamp {
    Timestamp::parse("2026-11-21T20:15:07.456Z").unwrap()
}

fn entry() -> NewEntry {
    let blob = BlobRef { sha256: json::sha256(b"x"), size: 52_594 };
    NewEntry {
        author: Author::Party(person(1)),
        holders: vec![person(1).id],
        pages: Some(3),
        ..NewEntry::new("Solicitud de permiso", DocumentKind::REQUEST, blob, at())
    }
}

fn document(entry: &NewEntry) -> Value {
    let context = DocumentContext {
        document: "DOCU-20261121-000001",
        institution: "PE-MUN-00345",
        institution_number: None,
        institution_name: "Municipalidad",
        commune: Some("13201"),
        procedure_code: "PA-UNI00002-00001",
        procedure_name: "Permiso de circulación",
        at: at(),
    };
    of_document(entry, &context)
}

/// Takes an element away, wherever it stands.
fn without(m: &Value, element: &str) -> Value {
    let mut m = m.clone();
    m.as_object_mut().unwrap().remove(element);
    for value in m.as_object_mut().unwrap().values_mut() {
        for row in value.as_array_mut().into_iter().flatten() {
            row.as_object_mut().unwrap().remove(element);
        }
    }
    m
}

fn pointer(result: copihue_core::Result<()>) -> String {
    result.unwrap_err().fields()[0].pointer.clone()
}

#[test]
fn exp_40_without_any_mandatory_element_a_case_is_refused() {
    let whole = of_case(&case_of(&[1]), "EXP-20261121-000001");
    check_case(&whole, Closed::No).unwrap();
    for element in CASE_MANDATORY {
        let error = check_case(&without(&whole, element), Closed::No);
        assert_eq!(pointer(error), format!("/{element}"));
    }
    assert_eq!(pointer(check_case(&whole, Closed::Yes)), "/MGDEE3_2");
    let mut dated = whole;
    dated["MGDEE3_2"] = json!("2027-01-01 00:00:00");
    check_case(&dated, Closed::Yes).unwrap();
}

#[test]
fn exp_40_without_any_mandatory_element_a_document_is_refused() {
    let whole = document(&entry());
    check_document(&whole).unwrap();
    for element in DOCUMENT_MANDATORY {
        assert_eq!(pointer(check_document(&without(&whole, element))), format!("/{element}"));
    }
}

#[test]
fn exp_41_conditional_elements_are_due_when_their_condition_holds() {
    let mut coded = of_case(&case_of(&[1]), "EXP-20261121-000001");
    check_case(&without(&coded, "MGDEE51_5"), Closed::No).unwrap();
    coded["MGDEE51"][0]["MGDEE51_4"] = json!("PE-MUN-00345");
    let error = check_case(&coded, Closed::No).unwrap_err();
    assert_eq!((error.code(), error.fields()[0].pointer.as_str()), ("metadato_condicional", "/MGDEE51_5"));

    let whole = document(&entry());
    assert_eq!(pointer(check_document(&without(&whole, "MGDDE62_3"))), "/MGDDE62_4");
    let mut paper = whole.clone();
    paper["MGDDE5_3"] = json!(3);
    assert_eq!(pointer(check_document(&paper)), "/MGDDE1_7");
    let mut outside = whole.clone();
    outside["MGDDE5_2"] = json!(1);
    assert_eq!(pointer(check_document(&outside)), "/MGDDE5_4");
    let mut strange = whole;
    strange["MGDDE7_1"] = json!(5);
    assert_eq!(check_document(&strange).unwrap_err().code(), "valor_fuera_de_lista");
}

#[test]
fn exp_09_interoperated_data_name_who_answered_and_need_consent_when_sensitive() {
    let answered = Interoperated {
        institution: "PE-SRC-00001".to_owned(),
        service: "padron".to_owned(),
        consent: None,
        trace: None,
    };
    let fetched = NewEntry {
        origin: Origin::Interoperability,
        author: Author::System("copihue"),
        interoperated: Some(answered),
        ..entry()
    };
    fetched.check().unwrap();
    let metadata = document(&fetched);
    check_document(&metadata).unwrap();
    assert_eq!(metadata["MGDDE61"][0]["MGDDE61_1"], "PE-SRC-00001");
    assert_eq!(metadata["MGDDE5_2"], 2);
    assert!(metadata.get("MGDDE4_3").is_some(), "captured, not made here");
    let sensitive = NewEntry { privacy: Privacy::Sensitive, ..fetched.clone() };
    assert_eq!(sensitive.check().unwrap_err().code(), "metadato_condicional");
    let unmarked = NewEntry { interoperated: None, ..fetched };
    assert!(unmarked.check().is_err());
}

#[test]
fn exp_18_an_advanced_signature_is_marked_only_with_its_signers() {
    assert_eq!(document(&entry())["MGDDE8_3"], 2);
    let signer = Signer {
        official: None,
        run: Some(person(2).run),
        name: "Rosa".to_owned(),
        post: "Alcaldesa".to_owned(),
    };
    let signed = document(&NewEntry { signers: vec![signer], ..entry() });
    assert_eq!(
        (&signed["MGDDE8_3"], &signed["MGDDE84"][0]["MGDDE84_1"]),
        (&json!(1), &json!("Rosa, Alcaldesa"))
    );
}

#[test]
fn sig_15_what_validation_found_in_a_document_stands_in_its_metadata() {
    let advanced = FoundSignature {
        advanced: true,
        provider: "Prestador acreditado".to_owned(),
        name: "Rosa Ñancupil".to_owned(),
        post: None,
        run: Some(person(2).run),
    };
    let simple =
        FoundSignature { advanced: false, run: None, post: Some("Gerenta".to_owned()), ..advanced.clone() };
    let m = document(&NewEntry { signatures: vec![simple.clone(), advanced], ..entry() });
    check_document(&m).unwrap();
    assert_eq!(
        m["MGDDE8"],
        json!([{ "MGDDE8_1": 2, "MGDDE8_2": "Prestador acreditado" }, { "MGDDE8_1": 1, "MGDDE8_2": "Prestador acreditado" }])
    );
    let run = person(2).run.compact();
    assert_eq!(
        m["MGDDE84"],
        json!([{ "MGDDE84_1": "Rosa Ñancupil, Gerenta" }, { "MGDDE84_1": "Rosa Ñancupil", "MGDDE84_2": run }])
    );
    assert_eq!(m["MGDDE8_3"], 1);
    let m = document(&NewEntry { signatures: vec![simple], ..entry() });
    assert_eq!((&m["MGDDE8_3"], &m["MGDDE8"][0]["MGDDE8_1"]), (&json!(2), &json!(2)));
}

#[test]
fn exp_11_dates_of_the_guide_are_utc_to_the_second() {
    let metadata = document(&entry());
    assert_eq!(metadata["MGDDE4_1"], "2026-11-21 20:15:07");
    assert_eq!(metadata["MGDDE3_4"], "13201");
}
