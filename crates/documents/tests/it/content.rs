//! What is put in comes out: text, escaping, Spanish.

use proptest::prelude::*;
use serde_json::json;

use crate::sample::{render, text_of, with_blocks};

#[test]
fn values_are_data_and_never_markup() {
    let template = with_blocks(json!([{"type": "paragraph", "text": "Nombre: {nombre} y {{llaves}}"}]));
    let hostile = "{otro} #let x = 1 @@ \\u{41} <b>negrita</b> $x$ %PDF (a) {{n}}";
    let text = text_of(&render(&template, json!({"nombre": hostile, "otro": "SECRETO"})).unwrap());
    assert!(text.contains(hostile), "{text}");
    assert!(text.contains("y {llaves}"));
    assert!(!text.contains("SECRETO"));
}

#[test]
fn spanish_is_shown_and_read_back_whole() {
    let all = "áéíóúüñ ÁÉÍÓÚÜÑ ¿qué? ¡sí! «cita» “otra” – — … N° 1º 2ª € § ½ fi fl ffi";
    let template = with_blocks(
        json!([{"type": "paragraph", "text": "{v}"}, {"type": "paragraph", "look": "strong", "text": "{v}"}]),
    );
    let text = text_of(&render(&template, json!({"v": all})).unwrap());
    assert_eq!(text.matches(all).count(), 2, "{text}");
}

#[test]
fn decomposed_letters_are_composed_and_direction_tricks_dropped() {
    let template = with_blocks(json!([{"type": "paragraph", "text": "{v}"}]));
    let text = text_of(
        &render(&template, json!({"v": "n\u{303}andu\u{301} \u{202e}abc\u{202c} \u{0}\u{7}x 日 😀"}))
            .unwrap(),
    );
    assert!(text.contains("ñandú abc x ◊ ◊"), "{text}");
}

#[test]
fn long_words_break_and_long_texts_wrap_without_hyphens() {
    let template = with_blocks(json!([{"type": "facts", "items": [{"label": "Serie", "value": "{v}"}]},
        {"type": "paragraph", "text": "{largo}"}]));
    let word = "ABCDEFGHIJ".repeat(30);
    let long = "consideración administrativa ".repeat(40);
    let text = text_of(&render(&template, json!({"v": word, "largo": long})).unwrap());
    assert_eq!(text.replace(['\n', ' '], "").matches("ABCDEFGHIJ").count(), 30);
    assert!(!text.contains("-\n"));
    assert_eq!(text.matches("consideración").count(), 40);
}

#[test]
fn conditions_show_and_hide() {
    let template = with_blocks(json!([
        {"type": "paragraph", "when": "si", "text": "AAA"}, {"type": "paragraph", "when": "no", "text": "BBB"},
        {"type": "paragraph", "when": "!no", "text": "CCC"}, {"type": "paragraph", "when": "vacio", "text": "DDD {falta}"},
        {"type": "paragraph", "when": "nada.de.nada", "text": "EEE"}, {"type": "paragraph", "when": "lista", "text": "FFF"}]));
    let text =
        text_of(&render(&template, json!({"si": true, "no": false, "vacio": " ", "lista": []})).unwrap());
    assert!(text.contains("AAA") && text.contains("CCC"));
    assert!(["BBB", "DDD", "EEE", "FFF"].iter().all(|hidden| !text.contains(hidden)), "{text}");
}

#[test]
fn a_value_that_is_missing_stops_the_document_and_names_it() {
    let template = with_blocks(json!([{"type": "paragraph", "text": "{vehiculo.marca}"}]));
    let error = render(&template, json!({"vehiculo": {}})).unwrap_err();
    assert_eq!(error.code(), "documento_incompleto");
    assert!(error.detail().contains("«vehiculo.marca»"));
}

#[test]
fn values_beyond_their_size_are_refused() {
    let template = with_blocks(json!([{"type": "paragraph", "text": "{v}"}]));
    let error = render(&template, json!({"v": "x".repeat(20_001)})).unwrap_err();
    assert_eq!(error.code(), "documento_limite");
}

#[test]
fn empty_table_and_empty_cells_stay_sound() {
    let template = with_blocks(json!([{"type": "table", "rows": "filas", "caption": "Detalle",
        "columns": [{"label": "A", "value": "{a}"}, {"label": "B", "value": "{b}"}]}, {"type": "highlight", "items": []}]));
    let pdf = render(&template, json!({"filas": []})).unwrap();
    crate::sample::tool("qpdf", &["--check"], &pdf, &[]);
    let pdf = render(&template, json!({"filas": [{"a": "", "b": null}, {"a": "1", "b": true}]})).unwrap();
    assert!(text_of(&pdf).contains("1 Sí"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]
    #[test]
    fn any_text_gives_a_document(value in "\\PC{0,300}", other in any::<String>()) {
        let template = with_blocks(json!([{"type": "notice", "title": "{a}", "text": "{b}"},
            {"type": "table", "rows": "f", "columns": [{"label": "x", "value": "{item}"}, {"label": "y", "value": "{a}"}]}]));
        let rendered = render(&template, json!({"a": value, "b": other, "f": [value, other]}));
        prop_assert!(rendered.is_ok());
    }
}

#[test]
fn a_value_that_its_style_does_not_fit_stops_the_document_and_names_it() {
    for (style, wrong, right, written) in [
        ("pesos", "45.230", json!("45230"), "$45.230"),
        ("numero", "1,5", json!(1_500), "1.500"),
        ("fecha", "10-12-2026", json!("2026-12-10"), "10 de diciembre de 2026"),
        ("fecha", "mañana", json!("2026-12-10T14:00:00Z"), "2026-12-10T14:00:00Z"),
        ("run", "44444444-5", json!("44444444-4"), "44.444.444-4"),
    ] {
        let template = with_blocks(json!([{"type": "paragraph", "text": format!("Dice {{v:{style}}}")}]));
        let error = render(&template, json!({"v": wrong})).unwrap_err();
        assert_eq!(error.code(), "documento_incompleto");
        assert!(error.detail().contains("«v»"), "{}", error.detail());
        let text = text_of(&render(&template, json!({"v": right})).unwrap());
        assert!(text.contains(&format!("Dice {written}")), "{text}");
        assert!(render(&template, json!({"v": ""})).is_ok(), "{style}: nothing is written as nothing");
    }
}

#[test]
fn what_holds_other_values_is_never_written() {
    let template = with_blocks(json!([{"type": "paragraph", "text": "{vehiculo}"}]));
    for value in [json!({"marca": "Toyota"}), json!([{"marca": "Toyota"}])] {
        let error = render(&template, json!({"vehiculo": value})).unwrap_err();
        assert_eq!(error.code(), "documento_incompleto");
    }
    assert!(render(&template, json!({"vehiculo": ["a", "b"]})).is_ok());
}

#[test]
fn a_title_of_which_nothing_shows_stops_the_document() {
    let template: copihue_documents::Template = serde_json::from_value(json!({
        "format": "copihue/document/1", "header": {"institution": "M"}, "title": "{v}", "blocks": []}))
    .unwrap();
    assert_eq!(render(&template, json!({"v": " \u{200b}"})).unwrap_err().code(), "documento_incompleto");
}
