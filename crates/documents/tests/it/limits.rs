//! Hostile templates and data: each ends in an error that says why, within the time a document may take.

use std::time::{Duration, Instant};

use copihue_documents::{Engine, Template};
use serde_json::{Value, json};

use crate::sample::{meta, permit, permit_values, render, template, text_of, tool, with_blocks};

/// What is refused, and how soon; the limit counts on the slow machine of a test as well.
fn refused(template: &Template, values: Value) -> String {
    let begun = Instant::now();
    let error = render(template, values).unwrap_err();
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    assert_eq!(error.code(), "documento_limite");
    error.detail().to_owned()
}

#[test]
fn sig_21_a_document_that_takes_too_long_is_given_up() {
    let engine = Engine::new().with_patience(Duration::ZERO);
    let error = engine.render(&permit(), permit_values().as_object().unwrap(), &meta()).unwrap_err();
    assert_eq!((error.code(), error.kind()), ("documento_tarda", copihue_core::Kind::Unavailable));
}

#[test]
fn thousands_of_headings_without_an_end_are_refused() {
    let blocks: Vec<Value> = (0..20).map(|_| json!({"type": "heading", "text": "{v}"})).collect();
    let said = refused(&with_blocks(json!(blocks)), json!({"v": "a\n".repeat(9_900)}));
    assert!(said.contains("líneas"), "{said}");
}

#[test]
fn millions_of_empty_cells_are_refused() {
    let columns: Vec<Value> = (0..8).map(|n| json!({"label": format!("{n}"), "value": "{a}"})).collect();
    let tables: Vec<Value> =
        (0..500).map(|_| json!({"type": "table", "rows": "filas", "columns": columns})).collect();
    let said = refused(&with_blocks(json!(tables)), json!({"filas": vec![json!({}); 2_000], "a": ""}));
    assert!(said.contains("textos"), "{said}");
}

#[test]
fn narrow_columns_of_long_words_are_refused() {
    let columns: Vec<Value> = (0..8)
        .map(|n| json!({"label": "x", "value": "{v}", "width": if n == 0 { 255 } else { 1 }}))
        .collect();
    let template = with_blocks(json!([{"type": "table", "rows": "filas", "columns": columns}]));
    let said = refused(&template, json!({"filas": [{}, {}], "v": "W".repeat(19_000)}));
    assert!(said.contains("líneas") || said.contains("páginas"), "{said}");
}

#[test]
fn a_tower_of_marks_costs_no_more_than_four() {
    let template = with_blocks(json!([{"type": "list", "items": [{"rows": "filas", "text": "{item}"}]}]));
    let tower = format!("x{}", "\u{323}\u{302}\u{30b}".repeat(3_000));
    let begun = Instant::now();
    let pdf = render(&template, json!({"filas": vec![tower; 20]})).unwrap();
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    assert!(pdf.len() < 60_000);
}

#[test]
fn an_address_that_no_code_can_hold_is_an_error() {
    let mut meta = meta();
    meta.verify_url = Some(format!("https://ejemplo.cl/{}", "a".repeat(3_000)));
    let values = permit_values();
    assert!(crate::sample::ENGINE.render(&permit(), values.as_object().unwrap(), &meta).is_err());
}

/// Every word of a document, with where it ends on its page.
fn lowest(pdf: &[u8]) -> f32 {
    let words = tool("pdftotext", &["-bbox"], pdf, &["-"]);
    let ends = words.split("yMax=\"").skip(1).filter_map(|rest| rest.split('"').next()?.parse::<f32>().ok());
    ends.fold(0.0, f32::max)
}

#[test]
fn what_is_longer_than_a_page_goes_on_on_the_next() {
    let long = "palabra\n".repeat(120);
    let signature = with_blocks(json!([{"type": "signature", "name": "{v}", "post": "Cargo"}]));
    let head = with_blocks(json!([{"type": "table", "rows": "filas", "columns": [
        {"label": "{v}", "value": "fila {n}"}, {"label": "Dos", "value": "x"}]}]));
    let letterhead = template(json!({"format": "copihue/document/1", "title": "Título", "blocks": [],
        "header": {"institution": "{v}", "unit": "Unidad", "reference": "{v}"}}));
    let rows: Vec<Value> = (0..150).map(|n| json!({"n": n})).collect();
    for (name, template, words) in
        [("signature", signature, 120), ("head", head, 120), ("letterhead", letterhead, 240)]
    {
        let pdf = render(&template, json!({"v": long, "filas": rows})).unwrap();
        let text = text_of(&pdf);
        // The running header names the institution.
        assert!(text.matches("palabra").count() >= words, "{name}: {text}");
        assert!(lowest(&pdf) < 842.0, "{name}: {}", lowest(&pdf));
        assert!(text.contains("Página 2 de"), "{name}");
    }
}

#[test]
fn a_header_that_takes_much_of_a_page_is_not_repeated() {
    let table = with_blocks(
        json!([{"type": "table", "rows": "filas", "columns": [{"label": "{v}", "value": "fila {n}"}]}]),
    );
    let rows: Vec<Value> = (0..80).map(|n| json!({"n": n})).collect();
    for (lines, times) in [(3, 3), (40, 1)] {
        let pdf = render(&table, json!({"v": "palabra\n".repeat(lines), "filas": rows})).unwrap();
        let found = text_of(&pdf).matches("palabra").count();
        assert_eq!(found, lines * times, "{lines} lines");
    }
}
