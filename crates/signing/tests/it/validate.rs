//! The check for machines, and its reports.

use std::path::Path;
use std::sync::Arc;

use axum::http::Method;
use copihue_core::Clock;
use copihue_signing::verify::{Given, to_etsi_xml, verify};
use copihue_signing::{Level, Shape};
use copihue_web::NoHats;
use copihue_web::testing::{TestClient, web};
use serde_json::Value;

use crate::door::{DATA, signed};
use crate::longterm::{Place, place};
use crate::support::{classic_pdf, text};

const PATH: &str = "/api/sign/v1/validate";

/// A form as programs send it.
fn multipart(files: &[(&str, &str, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    for (field, name, bytes) in files {
        let head = format!(
            "--x\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n"
        );
        body.extend(head.bytes().chain(bytes.iter().copied()).chain(*b"\r\n"));
    }
    body.extend(b"--x--\r\n");
    body
}

async fn ask(place: &Place, accept: &'static str, files: &[(&str, &str, &[u8])]) -> (u16, String) {
    let clock = Arc::clone(&place.clock) as Arc<dyn Clock>;
    let face = web(place.test.db(), clock, Arc::new(NoHats));
    let mut client = TestClient::new(&face.router(vec![place.signing.contracts()])).header("accept", accept);
    let reply =
        client.send(Method::POST, PATH, Some("multipart/form-data; boundary=x"), multipart(files)).await;
    (reply.status.as_u16(), reply.text().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_15_machines_get_one_shape_of_report_for_every_kind_of_file() {
    let place = place().await;
    for shape in Shape::ALL {
        let bytes = signed(&place, shape, Level::LTA).await;
        let mut files = vec![("document", "firma", bytes.as_slice())];
        if shape == Shape::CadesDetached {
            files.push(("content", "a.xml", DATA));
        }
        let (status, body) = ask(&place, "application/json", &files).await;
        assert_eq!(status, 200, "{body}");
        let report: Value = serde_json::from_str(&body).unwrap();
        assert_eq!(report["verdict"], "autentico", "{shape:?}: {report:#}");
        let one = &report["signatures"][0];
        assert_eq!((&one["indication"], &one["level"]), (&"TOTAL_PASSED".into(), &"B-LTA".into()));
        assert_eq!((&one["signer"]["kind"], &one["coverage"]), (&"de_prueba".into(), &"total".into()));
        assert_eq!(one["revocation"]["status"], "good");
        assert!(one["certificate_chain"].as_array().unwrap().len() > 1, "{one:#}");
        assert!(one["timestamps"].as_array().unwrap().iter().any(|t| t["kind"] == "archive"), "{one:#}");
        for name in ["policy", "trust_store_version", "produced_at"] {
            assert!(report[name].is_string(), "{name}");
        }
    }
    let (status, body) = ask(&place, "application/json", &[("document", "a.pdf", &classic_pdf())]).await;
    assert_eq!(
        (status, serde_json::from_str::<Value>(&body).unwrap()["verdict"].clone()),
        (200, "sin_firma".into())
    );
    assert_eq!(ask(&place, "application/json", &[("otro", "a.pdf", b"x")]).await.0, 422);
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_15_the_report_on_paper_is_sealed_and_says_the_same() {
    let place = place().await;
    let bytes = signed(&place, Shape::Jades, Level::T).await;
    let clock = Arc::clone(&place.clock) as Arc<dyn Clock>;
    let face = web(place.test.db(), clock, Arc::new(NoHats));
    let mut client =
        TestClient::new(&face.router(vec![place.signing.contracts()])).header("accept", "application/pdf");
    let body = multipart(&[("document", "firma", &bytes)]);
    let reply =
        client.send(Method::POST, PATH, Some("multipart/form-data; boundary=x"), body).await.expect(200);
    let verdict = verify(
        &[Given { name: "informe.pdf", bytes: &reply.body }],
        &place.signing.trust(),
        place.clock.now(),
    );
    assert!(verdict.is_genuine(), "{verdict:#?}");
    assert_eq!(verdict.signatures[0].signer.as_ref().unwrap().name.name, "Servicio de validación de firmas");
    place.bench.put("r.pdf", &reply.body);
    if let Some(output) = place.bench.run("pdftotext", &["-layout", "r.pdf", "-"]) {
        let said = text(&output).replace('\n', " ");
        assert!(String::from_utf8_lossy(&output.stdout).contains("auténtico"), "{said}");
    }
    if let Some(output) = place.bench.run("qpdf", &["--check", "r.pdf"]) {
        assert!(output.status.success() && !text(&output).contains("WARNING"), "{}", text(&output));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_15_the_report_of_etsi_is_valid_by_its_schema() {
    let place = place().await;
    let (status, body) = ask(
        &place,
        "application/xml",
        &[("document", "a", &signed(&place, Shape::AsicEXades, Level::LTA).await)],
    )
    .await;
    assert!(status == 200 && body.contains("urn:etsi:019102:mainindication:total-passed"), "{body}");
    let jars = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/tools/dss");
    for (jar, kind) in [
        ("specs-validation-report-6.4.jar", "xsd"),
        ("specs-xmldsig-6.4.jar", "xsd"),
        ("specs-xades-6.4.jar", "xsd"),
        ("specs-trusted-list-6.4.jar", "xsd"),
    ] {
        let jar = jars.join(jar).display().to_string();
        let Some(output) = place.bench.run("unzip", &["-qo", &jar, &format!("{kind}/*"), "-d", "."]) else {
            return;
        };
        if !output.status.success() {
            return eprintln!("skipped: EU DSS is not installed, which brings the schema");
        }
    }
    // The schema names others by addresses: here they are the files beside it.
    let folder = place.bench.0.path().join("xsd");
    for name in ["TS119102-2-v141.xsd", "XAdES01903v132-202407.xsd", "ts_119612v020401_xsd.xsd"] {
        let mut schema = std::fs::read_to_string(folder.join(name)).unwrap();
        for (address, file) in [
            (
                "http://www.w3.org/TR/2002/REC-xmldsig-core-20020212/xmldsig-core-schema.xsd",
                "xmldsig-core-schema.xsd",
            ),
            (
                "http://www.w3.org/TR/2008/REC-xmldsig-core-20080610/xmldsig-core-schema.xsd",
                "xmldsig-core-schema.xsd",
            ),
            ("http://uri.etsi.org/01903/v1.3.2/XAdES.xsd", "XAdES01903v132-202407.xsd"),
            ("http://uri.etsi.org/19612/v2.2.1/ts_119612v020201_201601xsd.xsd", "ts_119612v020401_xsd.xsd"),
            ("http://www.w3.org/2001/xml.xsd", "xml.xsd"),
        ] {
            schema = schema.replace(address, file);
        }
        std::fs::write(folder.join(name), schema).unwrap();
    }
    let unsigned = verify(&[Given { name: "a", bytes: b"nada" }], &place.signing.trust(), place.clock.now());
    let undated = signed(&place, Shape::Jades, Level::B).await;
    let later = place.clock.now().plus_seconds(4 * 365 * 86_400);
    let undated = verify(&[Given { name: "a", bytes: &undated }], &place.signing.trust(), later);
    let trust = place.signing.trust();
    for report in [body, to_etsi_xml(&unsigned, &trust, later), to_etsi_xml(&undated, &trust, later)] {
        place.bench.put("report.xml", report.as_bytes());
        let arguments = ["--nonet", "--noout", "--schema", "xsd/TS119102-2-v141.xsd", "report.xml"];
        let Some(output) = place.bench.run("xmllint", &arguments) else { return };
        assert!(output.status.success(), "{}\n{report}", text(&output));
    }
}
