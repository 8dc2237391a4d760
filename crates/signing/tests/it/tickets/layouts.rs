//! Stamps: layouts as clients write them, and those that can't be followed.

use copihue_core::Clock;
use copihue_db::testing::TestDb;
use copihue_signing::verify::verify_pdf;
use serde_json::json;

use super::world::{Contract, UNATTENDED, content, contract, file, files};
use crate::support::{Authority, Bench, classic_pdf, text};

/// A picture of one pixel.
const PNG: &str =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

fn layout(rect: [&str; 4], page: &str, image: &str) -> String {
    let [a, b, c, d] = rect;
    format!(
        "<AgileSignerConfig><Application id=\"THIS-CONFIG\"><pdfPassword/><Signature>\n <Visible active=\"true\" \
         layer2=\"false\" label=\"true\" pos=\"1\"><llx> {a} </llx><lly>{b}</lly><urx>{c}</urx><ury>{d}</ury>\
         <page>{page}</page><image>BASE64</image><BASE64VALUE>{image}</BASE64VALUE></Visible></Signature>\
         </Application></AgileSignerConfig>"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_21_layouts_are_followed_as_clients_write_them() {
    let mut contract = contract(TestDb::sqlite(&copihue_db::Options::default())).await;
    let sign = async |contract: &mut Contract, layout: &str, other: bool| {
        let mut pdf = file("pdf", &classic_pdf());
        pdf["layout"] = json!(layout);
        let mut items = vec![pdf];
        if other {
            items.push(file("json", b"{}"));
        }
        contract.sign(&UNATTENDED, None, files(items)).await
    };
    let bench = Bench::new(&Authority::new(copihue_signing::keys::Algorithm::P256));
    bench.put("ca.pem", contract.signing.root().unwrap().to_pem().as_bytes());
    let good = [
        layout(["250", "300", "350", "450"], "LAST", PNG),
        layout(["350.5", "450", "250,25", "300"], "1", ""),
        layout(["250", "300", "350", "450"], "1", &PNG.replace("iVBOR", "iVBO\nR")),
    ];
    for layout in good {
        let said = sign(&mut contract, &layout, false).await;
        assert_eq!(said.status, 200, "{layout} {}", said.text());
        let pdf = content(&said.json(), "files", 0);
        assert!(pdf.windows(4).any(|w| w == b"/AP<"));
        assert!(verify_pdf(&pdf, &contract.signing.trust(), contract.clock.now()).is_genuine());
        bench.put("f.pdf", &pdf);
        if let Some(output) = bench.run("qpdf", &["--check", "f.pdf"]) {
            assert!(output.status.success() && !text(&output).contains("WARNING"), "{}", text(&output));
        }
        let validate =
            ["sign", "validate", "--trust", "ca.pem", "--trust-replace", "--no-revocation-check", "f.pdf"];
        if let Some(output) = bench.run("pyhanko", &validate) {
            assert!(output.status.success(), "{}", text(&output));
        }
    }
    for invisible in [
        "",
        "<AgileSignerConfig><Application><Signature><Invisible/></Signature></Application></AgileSignerConfig>",
    ] {
        let said = sign(&mut contract, invisible, false).await.json();
        assert!(!content(&said, "files", 0).windows(4).any(|w| w == b"/AP<"));
    }
    let rect = ["250", "300", "350", "450"];
    let bad = [
        "<AgileSignerConfig>".to_owned(),
        "<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>".to_owned(),
        layout(["a", "300", "350", "450"], "1", PNG),
        layout(["NaN", "300", "350", "450"], "1", PNG),
        layout(["250", "300", "250", "450"], "1", PNG),
        layout(rect, "0", PNG),
        layout(rect, "2", PNG),
        layout(rect, "uno", PNG),
        layout(rect, "1", "AAAA"),
        layout(rect, "1", PNG).replace("<pdfPassword/>", "<pdfPassword>x</pdfPassword>"),
    ];
    for layout in bad {
        let said = sign(&mut contract, &layout, false).await;
        assert_eq!(said.status, 500, "{layout}");
        assert_eq!(said.json()["error"], "ERROR : Formato de contenido o layout incorrecto");
        let said = sign(&mut contract, &layout, true).await.json();
        assert_eq!(
            (&said["files"][0]["status"], &said["files"][1]["status"]),
            (&json!("error"), &json!("OK"))
        );
    }
}
