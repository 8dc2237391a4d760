//! The file: conformance, determinism, metadata, pages.

use copihue_core::json::sha256_hex;
use copihue_documents::Engine;
use serde_json::json;

use crate::sample::{
    meta, permit, permit_values, render, resolution, resolution_values, text_of, tool, with_blocks,
};

#[test]
fn sig_13_permit_says_that_it_is_pdf_a_2a_and_pdf_ua_1_and_is_sound() {
    let pdf = render(&permit(), permit_values()).unwrap();
    if let Ok(path) = std::env::var("COPIHUE_KEEP_PDF") {
        std::fs::write(path, &pdf).unwrap();
    }
    tool("qpdf", &["--check"], &pdf, &[]);
    let xmp = tool("pdfinfo", &["-meta"], &pdf, &[]);
    assert!(xmp.contains("<pdfaid:part>2</pdfaid:part>"), "{xmp}");
    assert!(xmp.contains("<pdfaid:conformance>A</pdfaid:conformance>"));
    assert!(xmp.contains("<pdfuaid:part>1</pdfuaid:part>"));
    assert!(xmp.contains("es-CL"));
    let info = tool("pdfinfo", &[], &pdf, &[]);
    assert!(info.contains("Tagged:          yes"), "{info}");
    assert!(info.contains("A4"));
    let fonts = tool("pdffonts", &[], &pdf, &[]);
    assert!(fonts.lines().skip(2).all(|l| l.contains("+Roboto") && l.contains("yes yes yes")), "{fonts}");
}

#[test]
fn same_input_gives_same_bytes_in_every_engine() {
    let (template, values) = (permit(), permit_values());
    let first = render(&template, values.clone()).unwrap();
    let again = Engine::new().render(&template, values.as_object().unwrap(), &meta()).unwrap();
    assert_eq!(sha256_hex(&first), sha256_hex(&again));
    assert_eq!(sha256_hex(&first), include_str!("permit.sha256").trim(), "the permit's bytes changed");
}

#[test]
fn exp_17_code_and_id_are_in_the_properties_and_on_the_page() {
    let pdf = render(&permit(), permit_values()).unwrap();
    let info = tool("pdfinfo", &[], &pdf, &[]);
    assert!(info.contains("documento=01KWCX7JTTD3DY2NAGDJJ7M80H, codigo=RTZZ-AERD-F9JG-66PK"), "{info}");
    assert!(info.contains("Permiso de circulación 2026"));
    assert!(tool("pdfinfo", &["-meta"], &pdf, &[]).contains("codigo=RTZZ-AERD-F9JG-66PK"));
    let text = text_of(&pdf);
    assert!(text.contains("RTZZ-AERD-F9JG-66PK"), "{text}");
    assert!(text.contains("https://tramites.puentealto.example.cl/v/RTZZ-AERD-F9JG-66PK"));
    let structure = tool("pdfinfo", &["-struct"], &pdf, &[]);
    for tag in ["H1", "H2", "Table", "TH", "TD", "Figure", "Link"] {
        assert!(structure.contains(tag), "{tag} in {structure}");
    }
}

#[test]
fn a_preview_without_code_shows_no_verification() {
    let mut meta = meta();
    meta.code = None;
    let look = |meta: &copihue_documents::Meta| {
        let values = permit_values();
        text_of(&crate::sample::ENGINE.render(&permit(), values.as_object().unwrap(), meta).unwrap())
    };
    let text = look(&meta);
    assert!(!text.contains("verificación") && !text.contains("VISTA PREVIA"), "{text}");
    meta.preview = true;
    let text = look(&meta);
    let pages = text.split('\u{c}').filter(|p| !p.trim().is_empty());
    assert!(pages.map(|page| assert!(page.contains("VISTA PREVIA, SIN VALIDEZ"), "{page}")).count() >= 1);
}

#[test]
fn long_tables_repeat_their_header_and_pages_are_numbered() {
    let template = with_blocks(json!([{"type": "table", "rows": "filas", "columns": [
        {"label": "Cosa", "value": "{nombre}"}, {"label": "Monto", "value": "{monto:pesos}", "align": "right"}]}]));
    let rows: Vec<_> = (1..=100).map(|n| json!({"nombre": format!("Cosa {n}"), "monto": n * 1000})).collect();
    let pdf = render(&template, json!({"filas": rows})).unwrap();
    tool("qpdf", &["--check"], &pdf, &[]);
    let text = text_of(&pdf);
    let pages: Vec<&str> = text.split('\u{c}').filter(|p| !p.trim().is_empty()).collect();
    assert!(pages.len() >= 3);
    for (i, page) in pages.iter().enumerate() {
        assert!(page.contains("Cosa Monto"), "header on page {}", i + 1);
        assert!(page.contains(&format!("Página {} de {}", i + 1, pages.len())));
    }
    assert!(text.contains("Cosa 100 $100.000"));
}

#[test]
fn headings_never_end_a_page() {
    let mut blocks = Vec::new();
    for n in 1..=40 {
        blocks.push(json!({"type": "heading", "text": format!("Título {n}")}));
        blocks.push(json!({"type": "paragraph", "text": "Una oración. ".repeat(30)}));
    }
    let text = text_of(&render(&with_blocks(json!(blocks)), json!({})).unwrap());
    for page in text.split('\u{c}').filter(|p| !p.trim().is_empty()) {
        let lines: Vec<&str> = page.lines().filter(|l| !l.trim().is_empty()).collect();
        let last = lines[lines.len() - 2];
        assert!(!last.starts_with("Título"), "{last}");
        assert!(!lines[lines.len() - 3].starts_with("Título"), "an orphan line follows the heading");
    }
}

#[test]
fn documents_beyond_sixty_pages_are_refused() {
    let template = with_blocks(json!([{"type": "list", "items": [{"rows": "filas", "text": "{item}"}]}]));
    let rows = vec!["x"; 500];
    assert!(render(&template, json!({"filas": rows})).is_ok());
    let long = vec!["palabra\n".repeat(40); 130];
    let error = render(&template, json!({"filas": long})).unwrap_err();
    assert_eq!(error.code(), "documento_limite");
    assert!(error.detail().contains("60 páginas"));
    let huge = vec!["x".repeat(10_000); 60];
    assert_eq!(render(&template, json!({"filas": huge})).unwrap_err().code(), "documento_limite");
}

#[test]
fn pro_31_a_complete_resolution_reads_in_order() {
    let pdf = render(&resolution(), resolution_values()).unwrap();
    if let Ok(path) = std::env::var("COPIHUE_KEEP_PDF") {
        std::fs::write(format!("{path}.resolution.pdf"), &pdf).unwrap();
    }
    let text = text_of(&pdf);
    let mut at = 0;
    for part in [
        "Vistos",
        "Considerando",
        "1° El 7 de diciembre",
        "3° Que el artículo 94",
        "Resuelvo",
        "Recursos",
        "Humberto Flores",
    ] {
        at += text[at..].find(part).unwrap_or_else(|| panic!("{part} in {text}"));
    }
    assert!(text.contains("44.444.444-4: se rechaza."));
    assert!(text.contains("hasta el 17 de diciembre de 2026."));
}

#[test]
#[ignore = "a measurement, not a check: run it by hand"]
fn time_of_one_permit() {
    let (template, values) = (permit(), permit_values());
    render(&template, values.clone()).unwrap();
    let start = std::time::Instant::now();
    for _ in 0..100 {
        render(&template, values.clone()).unwrap();
    }
    println!("{:?} per permit", start.elapsed() / 100);
}
