//! One failing definition per code, and its fixed twin is the sample itself.

use copihue_procedures::model::check::{Level, check};
use serde_json::{Value, json};

use crate::definitions::{CERTIFICATE, PERMIT, definition};

/// The codes found in a sample after a change.
fn codes(sample: &str, change: impl FnOnce(&mut Value)) -> Vec<&'static str> {
    let mut value: Value = serde_json::from_str(sample).unwrap();
    change(&mut value);
    let found = check(&definition(&value.to_string()));
    found.into_iter().filter(|f| f.level == Level::Error).map(|f| f.code).collect()
}

fn finds(code: &str, sample: &str, change: impl FnOnce(&mut Value)) {
    let found = codes(sample, change);
    assert!(found.contains(&code), "{code} is not among {found:?}");
}

fn edge<'v>(d: &'v mut Value, id: &str) -> &'v mut Value {
    let edges = d["flow"]["edges"].as_array_mut().unwrap();
    edges.iter_mut().find(|e| e["id"] == id).unwrap()
}

fn drop_edge(d: &mut Value, id: &str) {
    d["flow"]["edges"].as_array_mut().unwrap().retain(|e| e["id"] != id);
}

/// What hangs on its case is never issued from a table.
#[test]
fn s29_documents_for_many() {
    let document = "aviso_renovacion";
    finds("S29", PERMIT, |d| d["documents"]["permiso_total"]["bulk"] = json!(true));
    finds("S29", PERMIT, |d| d["documents"]["rechazo"]["bulk"] = json!(true));
    finds("S29", PERMIT, |d| d["documents"][document]["sign"] = json!("official"));
    finds("S29", PERMIT, |d| d["documents"][document]["unique"] = json!("d.patente"));
    finds("S29", PERMIT, |d| d["documents"][document]["values"]["pagado"] = json!("pay.segunda.amount"));
}

#[test]
fn the_fixed_twins_are_sound() {
    for sample in [PERMIT, CERTIFICATE] {
        assert_eq!(codes(sample, |_| ()), Vec::<&str>::new());
    }
}

#[test]
fn s01_s02_a_lost_edge() {
    finds("S01", PERMIT, |d| drop_edge(d, "e10"));
    finds("S02", PERMIT, |d| drop_edge(d, "e20"));
    finds("S01", PERMIT, |d| d["flow"]["nodes"]["inicio"]["kind"] = json!("task"));
}

#[test]
fn s03_conditions_that_leave_a_gap() {
    finds("S03", PERMIT, |d| edge(d, "e4")["when"] = json!("dec.admisibilidad.salida == 'nada'"));
    finds("S03", PERMIT, |d| edge(d, "e2")["when"] = json!("dec.admisibilidad.salida == 'otra'"));
    finds("S03", PERMIT, |d| edge(d, "e15")["else"] = json!(false));
}

#[test]
fn s05_an_edge_that_is_never_taken() {
    finds("S05", PERMIT, |d| edge(d, "e2")["when"] = json!("true"));
    finds("S05", PERMIT, |d| edge(d, "e3")["when"] = json!("dec.admisibilidad.salida == 'pagar'"));
}

#[test]
fn s06_s07_joins_and_regions() {
    finds("S06", CERTIFICATE, |d| edge(d, "e3")["of"] = json!("firma"));
    finds("S07", CERTIFICATE, |d| {
        *edge(d, "e3") = json!({"id": "e3", "from": "revision_social", "to": "firma", "kind": "sequence"});
    });
}

#[test]
fn s08_an_inclusive_split_without_else() {
    finds("S08", CERTIFICATE, |d| {
        edge(d, "e1")["kind"] = json!("inclusive");
        edge(d, "e1")["when"] = json!("d.uso == 'salud'");
        edge(d, "e2")["kind"] = json!("inclusive");
        edge(d, "e2")["when"] = json!("d.uso == 'otro'");
    });
}

#[test]
fn s09_a_cycle_in_which_nobody_works() {
    finds("S09", PERMIT, |d| edge(d, "e3")["to"] = json!("consultas"));
}

#[test]
fn s10_a_branch_that_turns_for_ever() {
    let found = codes(CERTIFICATE, |d| {
        *edge(d, "e3") =
            json!({"id": "e3", "from": "revision_social", "to": "revision_social", "kind": "sequence"});
    });
    assert!(found.contains(&"S10") && found.contains(&"S02"), "{found:?}");
}

#[test]
fn s11_expressions_that_can_not_be_right() {
    let when = |rule: &'static str| move |d: &mut Value| edge(d, "e14")["when"] = json!(rule);
    for rule in [
        "d.patente == 5",
        "d.pattente == 'x'",
        "nada == 1",
        "d.calculo.total + 'x' == 'x'",
        "d.patente",
        "d.calculo.total > 1.5",
        "magia(d.patente)",
        "text.len(5) > 1",
        "d.patente.matches(d.correo)",
        "((",
    ] {
        finds("S11", PERMIT, when(rule));
    }
    // Three loops, one inside the other, over 200 items each.
    let loops = "reg.multas.status == 'ok' && reg.multas.data.multas.all(a, reg.multas.data.multas.all(b, reg.multas.data.multas.all(c, true)))";
    finds("S11", PERMIT, when(loops));
}

#[test]
fn s12_data_that_may_not_have_been_written() {
    finds("S12", PERMIT, |d| edge(d, "e14")["when"] = json!("d.cuotas == 'dos'"));
    finds("S12", PERMIT, |d| d["notices"]["emitido"]["body"] = json!("d.revision.hechos"));
    finds("S12", PERMIT, |d| {
        d["decisions"]["admisibilidad"]["inputs"][1]["expr"] = json!("reg.padron.data.encargo_robo")
    });
    finds("S12", PERMIT, |d| {
        let run = d["flow"]["nodes"]["consultas"]["run"].as_array_mut().unwrap();
        run.retain(|r| r.get("queries").is_none_or(|q| q != &json!(["tasacion"])));
    });
}

#[test]
fn s15_a_task_that_nobody_can_do() {
    finds("S15", PERMIT, |d| d["flow"]["nodes"]["revision"]["who"] = Value::Null);
    finds("S15", PERMIT, |d| d["flow"]["nodes"]["revision"]["who"]["official"]["role"] = json!(""));
    finds("S15", CERTIFICATE, |d| {
        d["flow"]["nodes"]["firma"]["who"]["official"]["not_same_as"] = json!(["firma"])
    });
}

#[test]
fn s16_terms_and_silence() {
    finds("S16", PERMIT, |d| d["catalog"]["silence"] = json!("unset"));
    finds("S16", PERMIT, |d| d["deadlines"][0]["term"] = json!("lbpa99"));
    finds("S16", PERMIT, |d| d["deadlines"][0]["starts"] = json!("nunca"));
    finds("S16", PERMIT, |d| d["catalog"]["legal_basis"] = json!([]));
}

#[test]
fn s17_a_way_out_without_a_decision() {
    finds("S17", PERMIT, |d| d["flow"]["nodes"]["emision"]["legal"] = json!([]));
    finds("S17", PERMIT, |d| d["flow"]["nodes"]["aviso_rechazo"]["legal"] = json!([]));
    finds("S17", PERMIT, |d| d["flow"]["nodes"]["propuesta"]["outcomes"][0]["legal"] = json!(["resolver"]));
}

#[test]
fn s18_a_resolution_without_its_parts() {
    finds("S18", PERMIT, |d| {
        let blocks = d["documents"]["rechazo"]["template"]["blocks"].as_array_mut().unwrap();
        blocks.retain(|b| b.get("part").is_none_or(|p| p != "recursos"));
    });
    finds("S18", PERMIT, |d| {
        d["documents"]["rechazo"]["template"]["subtitle"] = json!("Procede el Recurso Jerárquico");
    });
}

#[test]
fn s21_secrets_in_clear() {
    finds("S21", PERMIT, |d| d["ext"] = json!({"token": "abc"}));
    finds("S21", PERMIT, |d| d["ext"] = json!({"servicio": "http://interno"}));
    finds("S21", PERMIT, |d| d["ext"] = json!({"servicio": "https://ana:clave@interno/x"}));
}

#[test]
fn s22_gaps_and_overlaps_of_a_table() {
    finds("S22", PERMIT, |d| {
        d["decisions"]["rebaja"].as_object_mut().unwrap().remove("else");
    });
    finds("S22", PERMIT, |d| {
        d["decisions"]["rebaja"]["hit"] = json!("U");
        d["decisions"]["rebaja"]["rules"][1]["when"][2] = json!("[2024..2026]");
    });
    finds("S22", PERMIT, |d| d["decisions"]["rebaja"]["rules"][0]["when"] = json!(["-"]));
}

#[test]
fn s24_s25_s27_texts_and_references() {
    finds("S24", PERMIT, |d| d["title"] = json!({"en": "Permit"}));
    finds("S25", PERMIT, |d| d["forms"]["solicitud"]["pages"][0]["nodes"][0]["field"]["label"] = json!(""));
    finds("S27", PERMIT, |d| d["flow"]["nodes"]["inicio"]["steps"][0]["form"] = json!("otra"));
    finds("S27", PERMIT, |d| d["notices"]["emitido"]["attach"] = json!(["otro"]));
    finds("S27", PERMIT, |d| edge(d, "e1")["to"] = json!("otro"));
    finds("S27", PERMIT, |d| d["flow"]["nodes"]["segunda_cuota"] = json!({"kind": "multi"}));
    finds("S27", PERMIT, |d| d["forms"]["solicitud"]["pages"][0]["nodes"][0]["field"]["at"] = json!("/otro"));
}
