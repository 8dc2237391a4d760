//! What is said to the author of a template.

use copihue_documents::Template;
use serde_json::json;

use crate::sample::{permit, render, resolution, resolution_values, template, with_blocks};

fn codes(template: &Template, names: &[&str]) -> Vec<&'static str> {
    template.check(names).into_iter().map(|f| f.code).collect()
}

#[test]
fn the_samples_have_nothing_to_mend_and_round_trip() {
    let names = [
        "institucion",
        "unidad",
        "folio",
        "anio",
        "patente",
        "vence",
        "titular",
        "run",
        "vehiculo",
        "lineas",
        "total",
        "cuota",
        "soap",
        "revision",
        "firmante",
        "fecha",
    ];
    assert_eq!(permit().check(&names), vec![]);
    let again: Template = serde_json::from_str(&serde_json::to_string(&permit()).unwrap()).unwrap();
    assert_eq!(again, permit());
}

#[test]
fn unknown_names_are_found_with_their_place() {
    let template = with_blocks(json!([{"type": "paragraph", "text": "{a} {b.c}"},
        {"type": "table", "rows": "filas", "columns": [{"label": "x", "value": "{monto} {otro} {a}"}]},
        {"type": "paragraph", "when": "z", "text": "hola"}]));
    let findings = template.check(&["a", "filas.monto", "b.d"]);
    let pointers: Vec<&str> = findings.iter().map(|f| f.pointer.as_str()).collect();
    assert_eq!(pointers, ["/blocks/0/text", "/blocks/1/columns/0/value", "/blocks/2/when"], "{findings:?}");
    assert!(findings[0].message.contains("«b.c»"));
    assert!(findings[1].message.contains("«otro»"));
}

#[test]
fn empty_headings_and_skipped_levels_are_found() {
    let template = with_blocks(
        json!([{"type": "heading", "level": 2, "text": "Dos"}, {"type": "heading", "text": " "}]),
    );
    assert_eq!(codes(&template, &[]), ["nivel_de_titulo", "texto_vacio"]);
}

#[test]
fn pro_31_a_resolution_without_its_mandatory_parts_is_found() {
    let template = template(
        json!({"format": "copihue/document/1", "header": {"institution": "M"}, "title": "R",
        "legal_parts": ["vistos", "considerandos", "decision", "recursos"],
        "blocks": [{"type": "section", "part": "vistos", "heading": "Vistos", "items": ["La ley."]},
                   {"type": "section", "part": "recursos", "when": "x", "heading": "Recursos", "items": ["Reposición."]}]}),
    );
    let findings = template.check(&["x"]);
    assert_eq!(findings.len(), 3);
    assert!(findings.iter().all(|f| f.code == "parte_legal_faltante"));
    assert!(findings.iter().any(|f| f.message.contains("decisión")));
}

#[test]
fn pro_31_a_resolution_whose_parts_turn_out_empty_is_not_rendered() {
    let mut values = resolution_values();
    assert!(render(&resolution(), values.clone()).is_ok());
    values["peticiones"] = json!([]);
    let error = render(&resolution(), values).unwrap_err();
    assert_eq!(error.code(), "documento_incompleto");
    assert!(error.detail().contains("decisión"));
}

#[test]
fn what_is_not_a_template_is_refused() {
    for blocks in [
        json!([{"type": "paragraph", "text": "{sin cerrar"}]),
        json!([{"type": "paragraph", "text": "{nombre con espacio}"}]),
        json!([{"type": "paragraph", "text": "{a:dolares}"}]),
        json!([{"type": "script", "text": "x"}]),
        json!([{"type": "paragraph", "texto": "x"}]),
    ] {
        let value = json!({"format": "copihue/document/1", "header": {"institution": "M"}, "title": "T", "blocks": blocks});
        assert!(serde_json::from_value::<Template>(value).is_err());
    }
}

#[test]
fn a_name_that_holds_others_is_found_where_it_is_written_and_not_where_it_decides() {
    let template = with_blocks(json!([
        {"type": "paragraph", "when": "vehiculo", "text": "{vehiculo}"},
        {"type": "table", "rows": "filas", "columns": [{"label": "x", "value": "{duenio}"}], "total": ["{vehiculo}"]}]));
    let findings = template.check(&["vehiculo.marca", "filas.duenio.nombre"]);
    let pointers: Vec<&str> = findings.iter().map(|f| f.pointer.as_str()).collect();
    assert_eq!(pointers, ["/blocks/0/text", "/blocks/1/total", "/blocks/1/columns/0/value"], "{findings:?}");
}

#[test]
fn a_sample_shows_what_is_given_and_leaves_empty_what_is_given_as_nothing() {
    let template = with_blocks(json!([
        {"type": "list", "items": [{"rows": "hechos", "text": "{item}"}]},
        {"type": "paragraph", "when": "!auto", "text": "Sin auto"}, {"type": "paragraph", "when": "auto", "text": "{auto.marca}"},
        {"type": "table", "rows": "filas", "columns": [{"label": "x", "value": "{n}"}]}]));
    let given = json!({"hechos.item": "Un hecho", "auto": null, "filas": null});
    let sample = template.sample(given.as_object().unwrap());
    assert_eq!(json!(sample), json!({"hechos": ["Un hecho", "Un hecho"], "auto": null, "filas": []}));
    assert_eq!(json!(template.sample(&serde_json::Map::new()))["auto"], json!({"marca": "[marca]"}));
}
