//! Each kind of PDF × kind of signature × level. What differs between them is how the file is read and written, and not the key.

use std::fmt::Write as _;

use copihue_signing::keys::Algorithm;
use copihue_signing::{Level, NewSeal, SealOptions, SubFilter};

use super::Verdicts;
use super::cells::{Cell, DOCUMENT, Form, LEVELS, PADES, XML, pdf};
use super::judges;
use crate::documents::permit;
use crate::longterm::{Place, place};
use crate::service::CITY;
use crate::support::{classic_pdf, pdf_of, stream_pdf, text};

const FIRST: &str = "PE-MUN-00345-otra";
const FIELD: &str = "Aprobación";

const SUB_FILTERS: [(&str, &str, SubFilter); 2] =
    [("ETSI.CAdES", PADES, SubFilter::Etsi), ("adbe.pkcs7", "PKCS7", SubFilter::Adobe)];

/// A page whose form has an empty signature field.
fn with_a_field() -> Vec<u8> {
    let name: String = FIELD.encode_utf16().fold("FEFF".to_owned(), |mut hex, unit| {
        write!(hex, "{unit:04X}").unwrap();
        hex
    });
    pdf_of(&[
        "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[4 0 R]/SigFlags 1>>>>".into(),
        "<</Type/Pages/Kids[3 0 R]/Count 1/MediaBox[0 0 612 792]>>".into(),
        "<</Type/Page/Parent 2 0 R/Annots[4 0 R]>>".into(),
        format!("<</Type/Annot/Subtype/Widget/FT/Sig/T<{name}>/F 132/Rect[0 0 0 0]/P 3 0 R>>"),
    ])
}

/// The kinds: how they are called, a file of each, and the field that is filled.
async fn kinds(place: &Place) -> [(&'static str, Vec<u8>, Option<&'static str>); 5] {
    let plain = SealOptions { level: Level::B, ..SealOptions::default() };
    let signed = place.signing.seal_pdf(FIRST, classic_pdf(), plain).await.unwrap();
    [
        ("cross-reference table", classic_pdf(), None),
        ("cross-reference stream", stream_pdf(), None),
        ("PDF/A-2a and PDF/UA-1", permit(), None),
        ("signed already", signed.bytes, None),
        ("empty field", with_a_field(), Some(FIELD)),
    ]
}

fn pdfsig(place: &Place, cells: &[Cell], verdicts: &mut Verdicts) {
    for cell in cells {
        let Some(output) = place.bench.run("pdfsig", &["-nocert", &cell.file]) else {
            return verdicts.missing.push("pdfsig");
        };
        let said = text(&output);
        let signatures = if cell.form.name == "signed already" { 2 } else { 1 };
        let fits = said.matches("Signature is Valid.").count() == signatures && !said.contains("Mismatch");
        verdicts.take(cell, "pdfsig", if fits { Ok(()) } else { Err(said) });
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_20_each_kind_of_pdf_is_accepted_by_foreign_programs_at_each_level() {
    let place = place().await;
    for institution in [CITY, FIRST] {
        let (institution, name) = (institution.to_owned(), "Municipalidad de Puente Alto".to_owned());
        let seal = NewSeal { institution, name, rut: None, algorithm: Algorithm::P256 };
        place.signing.ensure_seal(&seal).await.unwrap();
    }
    // What the programs' scripts look into for other formats.
    place.bench.put(DOCUMENT, XML);
    let mut cells = Vec::new();
    for (n, (name, file, field)) in kinds(&place).await.into_iter().enumerate() {
        for (short, dss, sub_filter) in SUB_FILTERS {
            for level in LEVELS {
                let field = field.map(str::to_owned);
                let options = SealOptions { level, sub_filter, field, ..SealOptions::default() };
                let signed = place.signing.seal_pdf(CITY, file.clone(), options).await.unwrap();
                assert_eq!((signed.level_reached, signed.shortfall), (level, None));
                let form: Form = pdf(name, dss);
                let file = format!("{n}-{short}-{}.pdf", level.name());
                place.bench.put(&file, &signed.bytes);
                cells.push(Cell { form, level, file });
            }
        }
    }
    let mut verdicts = Verdicts::default();
    judges::judge(&place, &cells, &mut verdicts).await;
    pdfsig(&place, &cells, &mut verdicts);
    assert!(verdicts.refused.is_empty(), "{}", verdicts.refused.join("\n"));
    if verdicts.missing.is_empty() {
        for cell in &cells {
            assert_eq!(verdicts.accepted[&cell.file], ["pyHanko", "OpenSSL", "EU DSS", "pdfsig"]);
        }
    }
}
