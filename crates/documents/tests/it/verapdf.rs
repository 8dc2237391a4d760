//! What another program says of our PDF/A-2a and PDF/UA-1: veraPDF, the open validator of the industry.

use std::path::Path;
use std::process::Command;

use copihue_documents::Template;
use serde_json::{Value, json};

use crate::sample::{
    meta, permit, permit_values, render, resolution, resolution_values, text_of, tool, with_blocks,
};

/// Where `cargo xtask setup` puts it, unless `COPIHUE_VERAPDF` says where else its class path is.
fn class_path() -> Option<String> {
    if let Ok(given) = std::env::var("COPIHUE_VERAPDF") {
        return Some(given);
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/tools/verapdf");
    folder.join("installed").is_file().then(|| format!("{}/*", folder.display()))
}

/// A line of each of several writings, marks without a letter of their own, and what the faces lack.
pub(crate) const EVERY_LETTER: &str =
    "Zoë Škvorecký Ḻafkenche ŋ ā x\u{323} l\u{307} Ελλάδα Россия ½ ≥ 日 😀 \u{202e}abc";

/// Each block, in both weights, over several pages.
pub(crate) fn everything() -> (Template, Value) {
    let pairs =
        |n: usize| (0..n).map(|n| json!({"label": n.to_string(), "value": "{v}"})).collect::<Vec<Value>>();
    let blocks = json!([
        {"type": "heading", "text": "Uno {v}"}, {"type": "heading", "level": 2, "text": "Dos"},
        {"type": "paragraph", "text": "{largo}"}, {"type": "paragraph", "look": "strong", "text": "{v}"},
        {"type": "paragraph", "look": "small", "text": "{v}"}, {"type": "paragraph", "look": "right", "text": "{v}"},
        {"type": "facts", "items": [{"label": "a", "value": "{v}"}, {"label": "b", "value": ""}]},
        {"type": "facts", "columns": 2, "items": [{"label": "a", "value": "{largo}"}, {"label": "b", "value": "x"}, {"label": "c", "value": "y"}]},
        {"type": "highlight", "items": [{"label": "a", "value": "{v}"}, {"label": "b", "value": "2"}, {"label": "c", "value": "3"}]},
        {"type": "highlight", "items": pairs(5)},
        {"type": "highlight", "items": pairs(7)},
        {"type": "table", "caption": "Cuadro de {v}", "rows": "filas", "columns": [{"label": "n", "value": "{n}"},
            {"label": "v", "value": "{v}", "align": "right"}], "total": ["Total", "{v}"]},
        {"type": "table", "rows": "nada", "columns": [{"label": "n", "value": "{n}"}, {"label": "v", "value": "{v}"}]},
        {"type": "list", "items": ["{v}", "otra"]}, {"type": "list", "marker": "letter", "items": ["{largo}", "otra"]},
        {"type": "list", "marker": "none", "items": ["suelta"]},
        {"type": "page_break"}, {"type": "notice", "title": "{v}", "text": "{largo}"},
        {"type": "section", "heading": "Resuelvo", "marker": "ordinal", "items": [{"rows": "filas", "text": "{n}: {v}"}]},
        {"type": "signature", "name": "{v}", "post": "Cargo (a) \\ b", "institution": "Institución", "note": "Nota"},
        {"type": "verify"}
    ]);
    let rows: Vec<Value> =
        (0..70).map(|n| json!({"n": n, "v": if n % 9 == 0 { EVERY_LETTER } else { "" }})).collect();
    let long = "La autoridad que suscribe, en uso de sus facultades, ".repeat(40);
    (with_blocks(blocks), json!({"v": EVERY_LETTER, "largo": long, "filas": rows, "nada": []}))
}

fn samples() -> Vec<(&'static str, Vec<u8>)> {
    let (template, values) = everything();
    let mut preview = meta();
    (preview.code, preview.preview) = (None, true);
    let preview =
        crate::sample::ENGINE.render(&permit(), permit_values().as_object().unwrap(), &preview).unwrap();
    let headings = json!([
        {"type": "heading", "text": "{vacio}"}, {"type": "heading", "level": 2, "text": "Dos sin uno"},
        {"type": "section", "heading": "{vacio}", "items": ["Punto"]}, {"type": "heading", "level": 2, "text": "Otro"},
        {"type": "signature", "name": "{largo}", "post": "Cargo"}
    ]);
    let long = "Nombre muy largo de quien firma ".repeat(200);
    vec![
        (
            "headings.pdf",
            render(&with_blocks(headings), json!({"vacio": " \u{200b}", "largo": long})).unwrap(),
        ),
        ("permit.pdf", render(&permit(), permit_values()).unwrap()),
        ("resolution.pdf", render(&resolution(), resolution_values()).unwrap()),
        ("everything.pdf", render(&template, values).unwrap()),
        ("empty.pdf", render(&with_blocks(json!([])), json!({})).unwrap()),
        ("preview.pdf", preview),
    ]
}

#[test]
fn sig_20_verapdf_finds_every_kind_of_document_conforming() {
    let Some(class_path) = class_path() else {
        eprintln!("skipped: veraPDF is not installed");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let samples = samples();
    for (name, pdf) in &samples {
        std::fs::write(folder.path().join(name), pdf).unwrap();
    }
    for flavour in ["2a", "ua1"] {
        let mut java = Command::new("java");
        java.current_dir(&folder).args(["-cp", &class_path, "org.verapdf.apps.GreenfieldCliWrapper"]);
        java.args(["-f", flavour, "--format", "text", "-v"]).args(samples.iter().map(|(name, _)| name));
        let output = match java.output() {
            Ok(output) => output,
            Err(e) => return eprintln!("skipped: java can't be run ({e})"),
        };
        let said = String::from_utf8_lossy(&output.stdout);
        let passed = said.lines().filter(|line| line.starts_with("PASS")).count();
        assert_eq!(passed, samples.len(), "{flavour}: {said}{}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn letters_beyond_spanish_are_shown_and_read_back_as_they_are() {
    let (template, values) = everything();
    let pdf = render(&template, values).unwrap();
    if let Ok(path) = std::env::var("COPIHUE_KEEP_PDF") {
        std::fs::write(format!("{path}.everything.pdf"), &pdf).unwrap();
    }
    tool("qpdf", &["--check"], &pdf, &[]);
    let text = text_of(&pdf);
    for word in ["Zoë Škvorecký Ḻafkenche ŋ ā", "Ελλάδα Россия ½ ≥ ◊ ◊ abc", "x\u{323}", "l\u{307}"]
    {
        assert!(text.contains(word), "{word} in {text}");
    }
    let fonts = tool("pdffonts", &[], &pdf, &[]);
    assert_eq!(
        fonts.lines().filter(|l| l.contains("+Roboto") && l.contains("yes yes yes")).count(),
        4,
        "{fonts}"
    );
}

#[test]
fn a_document_has_the_same_bytes_whatever_was_made_before() {
    let engine = copihue_documents::Engine::new();
    let make = |values: &Value| engine.render(&permit(), values.as_object().unwrap(), &meta()).unwrap();
    let first = make(&permit_values());
    let mut other = permit_values();
    other["titular"] = EVERY_LETTER.into();
    other["lineas"].as_array_mut().unwrap().truncate(1);
    assert_ne!(make(&other), first);
    assert_eq!(make(&permit_values()), first);
}
