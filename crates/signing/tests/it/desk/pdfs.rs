//! What a PDF holds besides what it shows, and how large its pages are.

use copihue_db::testing::engines;
use copihue_signing::model::layout::StampPage;
use copihue_signing::pdf::{PdfError, inspect, sheet};

use super::world::office;
use crate::support::{classic_pdf, stream_pdf};

/// One page and these objects, the catalog with these entries.
fn pdf(catalog: &str, objects: &[&str]) -> Vec<u8> {
    let mut all = vec![
        format!("<</Type/Catalog/Pages 2 0 R {catalog}>>"),
        "<</Type/Pages/Kids[3 0 R]/Count 1/MediaBox[0 0 612 792]>>".to_owned(),
        "<</Type/Page/Parent 2 0 R/CropBox[10 20 600.5 780]>>".to_owned(),
    ];
    all.extend(objects.iter().map(|o| (*o).to_owned()));
    let (mut out, mut offsets) = (b"%PDF-1.7\n".to_vec(), Vec::new());
    for (n, object) in all.iter().enumerate() {
        offsets.push(out.len());
        out.extend(format!("{} 0 obj\n{object}\nendobj\n", n + 1).bytes());
    }
    let start = out.len();
    out.extend(format!("xref\n0 {}\n0000000000 65535 f\r\n", all.len() + 1).bytes());
    for offset in offsets {
        out.extend(format!("{offset:010} 00000 n\r\n").bytes());
    }
    let trailer = format!("trailer\n<</Size {}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF", all.len() + 1);
    out.extend(trailer.bytes());
    out
}

#[test]
fn programs_files_and_fields_are_found_and_plain_files_have_none() {
    for plain in [classic_pdf(), stream_pdf(), pdf("", &[])] {
        let found = inspect(&plain).unwrap();
        assert!(!found.is_active() && found.pages == 1 && found.signatures == 0, "{found:?}");
    }
    let script = inspect(&pdf("/OpenAction 4 0 R", &["<</S/JavaScript/JS(app.alert\\(1\\))>>"])).unwrap();
    assert!(script.scripts && !script.files && !script.form);
    let launch = inspect(&pdf("/OpenAction<</S/Launch/F(x.exe)>>", &[])).unwrap();
    assert!(launch.scripts);
    let file = inspect(&pdf("/Names<</EmbeddedFiles<</Names[]>>>>", &[])).unwrap();
    assert!(file.files && !file.scripts);
    let form = inspect(&pdf("/AcroForm<</Fields[4 0 R]>>", &["<</FT/Tx/T(a)>>"])).unwrap();
    assert!(form.form && !form.scripts);
}

#[test]
fn a_page_is_as_large_as_what_it_shows() {
    assert_eq!(sheet(&classic_pdf(), StampPage::Last).unwrap().shown, [0.0, 0.0, 612.0, 792.0]);
    assert_eq!(sheet(&pdf("", &[]), StampPage::Number(1)).unwrap().shown, [10.0, 20.0, 600.5, 780.0]);
    assert_eq!(sheet(&classic_pdf(), StampPage::Number(2)), Err(PdfError::Layout));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_admits_no_signature_is_found_when_it_comes() {
    let certified = pdf(
        "/Perms<</DocMDP 4 0 R>>",
        &["<</Type/Sig/Reference[<</TransformMethod/DocMDP/TransformParams<</P 1>>>>]>>"],
    );
    for test in engines() {
        let office = office(&test).await;
        for (bytes, code) in [
            (certified.clone(), "pdf_certificado"),
            (b"hola".to_vec(), "pdf_no_es_pdf"),
            (pdf("/AcroForm<</XFA 4 0 R>>", &["null"]), "pdf_formulario_xfa"),
        ] {
            let new = copihue_signing::NewPaper { pdf: bytes, ..office.paper("oficio", &[(1, 1)]) };
            assert_eq!(office.desk.send(&office.actor(0), new).await.unwrap_err().code(), code);
        }
    }
}
