//! Visible stamps, as other programs see them: text that can be taken out, letters that are embedded, upright and on the page.

use copihue_signing::SealOptions;
use copihue_signing::keys::Algorithm;
use copihue_signing::model::layout::{Stamp, StampPage};
use copihue_signing::verify::{Outcome, verify_pdf};

use crate::documents::{permit, verapdf};
use crate::support::{Authority, Bench, classic_pdf, classic_pdf_with, now, options, text};

const NAME: &str = "María José Ñancupil Peña";

fn stamped(rect: [f64; 4], image: Option<Vec<u8>>) -> SealOptions {
    let stamp = Stamp { rect, page: StampPage::Last, image, with_text: true, check: None };
    SealOptions { stamp: Some(stamp), ..options() }
}

/// A picture of two pixels, one of which lets half of what is under it through.
fn picture() -> Vec<u8> {
    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, 2, 1);
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(&[0, 111, 179, 255, 200, 35, 44, 128]).unwrap();
    writer.finish().unwrap();
    out
}

/// A word's place on the page as it is shown: left, top, right, bottom.
fn place_of(bench: &Bench, word: &str) -> Option<[f64; 4]> {
    let output = bench.run("pdftotext", &["-bbox", "-cropbox", "f.pdf", "-"])?;
    let all = String::from_utf8_lossy(&output.stdout).into_owned();
    let line = all.lines().find(|l| l.contains(&format!(">{word}<"))).unwrap_or_else(|| panic!("{all}"));
    let number = |key: &str| {
        let start = line.find(&format!("{key}=\"")).unwrap() + key.len() + 2;
        line[start..].split('"').next().unwrap().parse().unwrap()
    };
    Some(["xMin", "yMin", "xMax", "yMax"].map(number))
}

#[test]
fn sig_21_the_text_of_a_stamp_is_embedded_and_can_be_taken_out() {
    let authority = Authority::new(Algorithm::P256);
    for pdf in [classic_pdf(), permit()] {
        let signed =
            authority.holder().sign_pdf(&pdf, &stamped([60.0, 60.0, 260.0, 120.0], None), now()).unwrap();
        assert_eq!(verify_pdf(&signed, &authority.trust(), now()).outcome, Outcome::Genuine);
        let bench = Bench::new(&authority);
        bench.put("f.pdf", &signed);
        let Some(output) = bench.run("pdftotext", &["f.pdf", "-"]) else { return };
        let shown = String::from_utf8_lossy(&output.stdout).replace('\n', " ");
        assert!(shown.contains(&format!("Firmado por {NAME}")), "{shown}");
        // Name, kind, encoding, embedded, subset, with ToUnicode.
        let fonts = text(&bench.run("pdffonts", &["f.pdf"]).unwrap());
        let font = fonts.lines().rfind(|l| l.contains("+Roboto-Regular")).unwrap().to_owned();
        assert!(font.contains("CID TrueType") && font.contains("yes yes yes"), "{fonts}");
        let output = bench.run("qpdf", &["--check", "f.pdf"]).unwrap();
        assert!(output.status.success() && !text(&output).contains("WARNING"), "{}", text(&output));
        let validate =
            ["sign", "validate", "--trust", "ca.pem", "--trust-replace", "--no-revocation-check", "f.pdf"];
        if let Some(output) = bench.run("pyhanko", &validate) {
            assert!(output.status.success(), "{}", text(&output));
        }
    }
}

#[test]
fn sig_21_a_stamp_stands_upright_and_on_what_one_sees_of_the_page() {
    let authority = Authority::new(Algorithm::P256);
    for turn in [0, 90, 180, 270, -90] {
        for page in [String::new(), "/CropBox[100 100 500 700]".to_owned()] {
            let pdf = classic_pdf_with(&format!("/Rotate {turn}{page}"));
            // Beside the page, where it would be seen by nobody.
            let options = stamped([700.0, 10.0, 860.0, 130.0], Some(picture()));
            let signed = authority.holder().sign_pdf(&pdf, &options, now()).unwrap();
            let bench = Bench::new(&authority);
            bench.put("f.pdf", &signed);
            let Some([left, top, right, bottom]) = place_of(&bench, "Ñancupil") else { return };
            assert!(right - left > bottom - top, "{turn} {page}: {left} {top} {right} {bottom}");
            let (width, height) = if page.is_empty() { (612.0, 792.0) } else { (400.0, 600.0) };
            let (width, height) = if turn % 180 == 0 { (width, height) } else { (height, width) };
            assert!(left >= 0.0 && top >= 0.0 && right <= width && bottom <= height, "{turn} {page}");
        }
    }
}

#[test]
fn sig_21_a_stamp_is_part_of_a_tagged_documents_structure_and_a_second_one_harms_nothing() {
    let authority = Authority::new(Algorithm::P256);
    let options = |bottom| stamped([60.0, bottom, 260.0, bottom + 60.0], Some(picture()));
    let once = authority.holder().sign_pdf(&permit(), &options(60.0), now()).unwrap();
    let bench = Bench::new(&authority);
    bench.put("f.pdf", &once);
    if let Some(output) = bench.run("pdfinfo", &["-struct", "f.pdf"]) {
        assert!(text(&output).contains("Form"), "{}", text(&output));
    }
    let twice = authority.holder().sign_pdf(&once, &options(160.0), now()).unwrap();
    let verdict = verify_pdf(&twice, &authority.trust(), now());
    assert!(verdict.is_genuine() && verdict.signatures.len() == 2, "{verdict:?}");
    bench.put("f.pdf", &twice);
    let validate =
        ["sign", "validate", "--trust", "ca.pem", "--trust-replace", "--no-revocation-check", "f.pdf"];
    if let Some(output) = bench.run("pyhanko", &validate) {
        assert!(output.status.success(), "{}", text(&output));
    }
}

/// PDF/A-2a and PDF/UA-1 survive a stamp with text and a transparent picture.
#[test]
fn sig_20_verapdf_finds_a_stamped_permit_conforming() {
    let authority = Authority::new(Algorithm::P256);
    let options = stamped([60.0, 60.0, 260.0, 120.0], Some(picture()));
    verapdf(&[authority.holder().sign_pdf(&permit(), &options, now()).unwrap()]);
}

/// A card with a QR code: a long name and its accents stay whole, and archival documents stay so.
#[test]
fn sig_09_a_stamp_with_a_qr_code_says_all_of_a_long_name_and_stays_archival() {
    let authority = Authority::new(Algorithm::P256);
    let words = "Firmado por María José de los Ángeles Ñancupil Peñaloza Etcheverría\n\
                 Directora (S) de Tránsito y Transporte Público, por orden de la alcaldesa\n\
                 Ilustre Municipalidad de San José de la Mariquina\n29-11-2026 18:35\n\
                 Verifique en tramites.municipalidad.ejemplo.cl/v/RTZZ-AERD-F9JG-66PK";
    let with_code = |check: Option<&str>| {
        let mut options = stamped([330.0, 56.0, 557.0, 127.0], None);
        options.stamp_text = Some(words.to_owned());
        options.stamp.as_mut().unwrap().check = check.map(str::to_owned);
        authority.holder().sign_pdf(&permit(), &options, now()).unwrap()
    };
    let signed = with_code(Some("https://tramites.municipalidad.ejemplo.cl/v/RTZZ-AERD-F9JG-66PK"));
    assert!(signed.len() < with_code(None).len() + 15_000, "a code is small");
    assert!(verify_pdf(&signed, &authority.trust(), now()).is_genuine());
    let bench = Bench::new(&authority);
    bench.put("f.pdf", &signed);
    if let Some(output) = bench.run("pdftotext", &["-raw", "f.pdf", "-"]) {
        let shown = String::from_utf8_lossy(&output.stdout).split_whitespace().collect::<Vec<_>>().join(" ");
        for line in words.lines() {
            assert!(shown.contains(line), "{line} in {shown}");
        }
        let output = bench.run("qpdf", &["--check", "f.pdf"]).unwrap();
        assert!(output.status.success() && !text(&output).contains("WARNING"), "{}", text(&output));
    }
    verapdf(&[signed]);
}
