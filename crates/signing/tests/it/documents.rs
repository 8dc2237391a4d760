//! What the documents crate makes, signed.

use std::path::Path;

use copihue_documents::{Engine, Meta, Template};
use copihue_signing::keys::Algorithm;
use copihue_signing::verify::verify_pdf;
use serde_json::json;

use crate::support::{Authority, Bench, now, options, text};

pub(crate) fn permit() -> Vec<u8> {
    let template: Template = serde_json::from_value(json!({
        "format": "copihue/document/1",
        "header": {"institution": "{institucion}"},
        "title": "Permiso de circulación {anio}",
        "blocks": [{"type": "highlight", "items": [{"label": "Patente", "value": "{patente}"}]}, {"type": "verify"}]
    }))
    .unwrap();
    let values = json!({"institucion": "Municipalidad de Ollagüe", "anio": 2026, "patente": "SKKB-41"});
    let meta = Meta {
        title: "Permiso de circulación 2026".into(),
        author: "Municipalidad de Ollagüe".into(),
        lang: "es-CL".into(),
        created: now(),
        document_id: "01KWCX7JTTD3DY2NAGDJJ7M80H".into(),
        code: "RTZZ-AERD-F9JG-66PK".parse().ok(),
        preview: false,
        verify_url: Some("https://ejemplo.cl/v/RTZZ-AERD-F9JG-66PK".into()),
    };
    Engine::new().render(&template, values.as_object().unwrap(), &meta).unwrap()
}

#[test]
fn sig_20_an_issued_permit_verifies_here_and_elsewhere() {
    let authority = Authority::new(Algorithm::P256);
    let signed = authority.seal().sign_pdf(&permit(), &options(), now()).unwrap();
    let verdict = verify_pdf(&signed, &authority.trust(), now());
    assert!(verdict.is_genuine(), "{verdict:?}");
    assert_eq!(verdict.document.code.unwrap().to_string(), "RTZZ-AERD-F9JG-66PK");
    assert_eq!(verdict.document.document_id.as_deref(), Some("01KWCX7JTTD3DY2NAGDJJ7M80H"));
    assert_eq!(verdict.document.title.as_deref(), Some("Permiso de circulación 2026"));
    let bench = Bench::new(&authority);
    bench.put("permit.pdf", &signed);
    let Some(output) = bench.run("pdfsig", &["-nocert", "permit.pdf"]) else { return };
    let said = text(&output);
    assert!(said.contains("Signature is Valid.") && said.contains("Total document signed"), "{said}");
    let validate =
        ["sign", "validate", "--trust", "ca.pem", "--trust-replace", "--no-revocation-check", "permit.pdf"];
    let Some(output) = bench.run("pyhanko", &validate) else { return };
    assert!(
        output.status.success() && text(&output).contains("INTACT:TRUSTED,UNTOUCHED"),
        "{}",
        text(&output)
    );
    let Some(output) = bench.run("qpdf", &["--check", "permit.pdf"]) else { return };
    assert!(output.status.success() && !text(&output).contains("WARNING"), "{}", text(&output));
}

/// Where `cargo xtask setup` puts it, unless `COPIHUE_VERAPDF` says where else its class path is.
fn verapdf_class_path() -> Option<String> {
    if let Ok(given) = std::env::var("COPIHUE_VERAPDF") {
        return Some(given);
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/tools/verapdf");
    folder.join("installed").is_file().then(|| format!("{}/*", folder.display()))
}

/// Whether veraPDF finds each file PDF/A-2a and PDF/UA-1.
pub(crate) fn verapdf(pdfs: &[Vec<u8>]) {
    let Some(class_path) = verapdf_class_path() else {
        eprintln!("skipped: veraPDF is not installed");
        return;
    };
    let bench = Bench::new(&Authority::new(Algorithm::P256));
    let names: Vec<String> = (0..pdfs.len()).map(|n| format!("{n}.pdf")).collect();
    names.iter().zip(pdfs).for_each(|(name, pdf)| drop(bench.put(name, pdf)));
    for flavour in ["2a", "ua1"] {
        let program = "org.verapdf.apps.GreenfieldCliWrapper";
        let arguments = ["-cp", &class_path, program, "-f", flavour, "--format", "text", "-v"];
        let all: Vec<&str> = arguments.into_iter().chain(names.iter().map(String::as_str)).collect();
        let Some(output) = bench.run("java", &all) else { return };
        let said = text(&output);
        let passed = said.lines().filter(|line| line.starts_with("PASS")).count();
        assert_eq!(passed, pdfs.len(), "{flavour}: {said}");
    }
}

/// PDF/A-2a and PDF/UA-1 survive the signature, and a second one.
#[test]
fn sig_20_verapdf_finds_the_signed_permit_conforming() {
    let authority = Authority::new(Algorithm::P256);
    let once = authority.holder().sign_pdf(&permit(), &options(), now()).unwrap();
    let twice = authority.seal().sign_pdf(&once, &options(), now().plus_seconds(5)).unwrap();
    verapdf(&[once, twice]);
}
