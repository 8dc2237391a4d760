//! What is appended after a signature.

use copihue_signing::keys::Algorithm;
use copihue_signing::verify::{Changes, Coverage, Outcome, SubIndication, verify_pdf};

use crate::support::{Authority, classic_pdf, now, options, stream_pdf};

#[test]
fn sig_12_a_second_signature_leaves_the_first_valid() {
    let authority = Authority::new(Algorithm::P256);
    for pdf in [classic_pdf(), stream_pdf()] {
        let once = authority.holder().sign_pdf(&pdf, &options(), now()).unwrap();
        let twice = authority.seal().sign_pdf(&once, &options(), now().plus_seconds(60)).unwrap();
        let verdict = verify_pdf(&twice, &authority.trust(), now().plus_seconds(60));
        assert_eq!(verdict.outcome, Outcome::Genuine, "{verdict:?}");
        assert_eq!(verdict.signatures.len(), 2);
        assert_eq!(verdict.signatures[0].id, "Firma1");
        assert_eq!(verdict.signatures[0].coverage, Coverage::Partial);
        assert_eq!(verdict.signatures[0].changes_after, Changes::Harmless);
        assert_eq!(verdict.signatures[1].id, "Firma2");
        assert_eq!(verdict.signatures[1].coverage, Coverage::Whole);
    }
}

/// An incremental update that writes one object anew.
pub(crate) fn update(pdf: &[u8], number: u32, object: &str) -> Vec<u8> {
    let previous = String::from_utf8_lossy(&pdf[pdf.len() - 40..]);
    let start: u64 =
        previous.split("startxref").nth(1).unwrap().split_whitespace().next().unwrap().parse().unwrap();
    let mut out = pdf.to_vec();
    let at = out.len();
    out.extend(format!("{number} 0 obj\n{object}\nendobj\n").bytes());
    let xref = out.len();
    out.extend(format!("xref\n{number} 1\n{at:010} 00000 n\r\n").bytes());
    out.extend(
        format!("trailer\n<</Size 40/Root 1 0 R/Info 6 0 R/Prev {start}>>\nstartxref\n{xref}\n%%EOF\n")
            .bytes(),
    );
    out
}

#[test]
fn incremental_saving_of_other_content_is_refused() {
    let authority = Authority::new(Algorithm::P256);
    let signed = authority.holder().sign_pdf(&classic_pdf(), &options(), now()).unwrap();
    let other = "BT /F1 18 Tf 72 720 Td (Otro) Tj ET";
    let attacks = [
        (4, format!("<</Length {}>>\nstream\n{other}\nendstream", other.len())),
        (3, "<</Type/Page/Parent 2 0 R/Contents 20 0 R>>".to_owned()),
        (5, "<</Type/Font/Subtype/Type1/BaseFont/Courier>>".to_owned()),
        (6, "<</Title(Otro)>>".to_owned()),
        (2, "<</Type/Pages/Kids[3 0 R 3 0 R]/Count 2>>".to_owned()),
        (1, "<</Type/Catalog/Pages 2 0 R>>".to_owned()),
    ];
    for (number, object) in attacks {
        let changed = update(&signed, number, &object);
        let verdict = verify_pdf(&changed, &authority.trust(), now());
        assert!(!verdict.is_genuine(), "object {number}");
        assert!(
            matches!(verdict.outcome, Outcome::Altered | Outcome::Unsigned),
            "object {number}: {verdict:?}"
        );
    }
}

#[test]
fn shadow_attack_with_an_annotation_is_refused() {
    let authority = Authority::new(Algorithm::P256);
    let signed = authority.holder().sign_pdf(&classic_pdf(), &options(), now()).unwrap();
    let page = "<</Type/Page/Parent 2 0 R/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>\
                /Annots[8 0 R<</Type/Annot/Subtype/FreeText/Rect[0 0 600 700]/Contents(Otro)>>]>>";
    let verdict = verify_pdf(&update(&signed, 3, page), &authority.trust(), now());
    assert_eq!(verdict.outcome, Outcome::Altered);
    assert_eq!(verdict.signatures[0].changes_after, Changes::Content);
}

#[test]
fn bytes_appended_without_structure_are_refused() {
    let authority = Authority::new(Algorithm::P256);
    let signed = authority.holder().sign_pdf(&classic_pdf(), &options(), now()).unwrap();
    for tail in ["\n", " ", "hola", "%%EOF\n", "9 0 obj\n<<>>\nendobj\n"] {
        let verdict = verify_pdf(&[&signed, tail.as_bytes()].concat(), &authority.trust(), now());
        assert_eq!(verdict.outcome, Outcome::Altered, "{tail:?}");
    }
}

#[test]
fn validation_data_appended_later_is_harmless() {
    let authority = Authority::new(Algorithm::P256);
    let signed = authority.holder().sign_pdf(&classic_pdf(), &options(), now()).unwrap();
    let text = String::from_utf8_lossy(&signed);
    let catalog = text.rsplit("1 0 obj\n").next().unwrap().split("\nendobj").next().unwrap().to_owned();
    let with_store = catalog.replacen("<<", "<</DSS<</Type/DSS/Certs[]>>", 1);
    let verdict = verify_pdf(&update(&signed, 1, &with_store), &authority.trust(), now());
    assert_eq!(verdict.outcome, Outcome::Genuine, "{verdict:?}");
    assert_eq!(verdict.signatures[0].changes_after, Changes::Harmless);
}

#[test]
fn universal_forgery_by_a_moved_or_missing_range_is_refused() {
    let authority = Authority::new(Algorithm::P256);
    let signed = authority.holder().sign_pdf(&classic_pdf(), &options(), now()).unwrap();
    let at = signed.windows(12).position(|w| w == b"/ByteRange [").unwrap();
    for (from, to) in [(b"/ByteRange ", b"/ByteRangX "), (b"/ByteRange ", b"/ByteRange\0")] {
        let mut forged = signed.clone();
        forged[at..at + from.len()].copy_from_slice(to);
        assert!(!verify_pdf(&forged, &authority.trust(), now()).is_genuine());
    }
    let mut moved = signed.clone();
    // [0 a b c] → [0 a b c-1]: the last byte would no longer be covered.
    let end = moved[at..].iter().position(|b| *b == b']').unwrap() + at;
    moved[end - 1] = if moved[end - 1] == b'0' { b'1' } else { moved[end - 1] - 1 };
    let verdict = verify_pdf(&moved, &authority.trust(), now());
    assert_eq!(verdict.outcome, Outcome::Altered);
    assert!(
        verdict.signatures[0].sub_indication.is_some_and(|s| s != SubIndication::NoCertificateChainFound)
    );
}

#[test]
fn shadow_attack_by_an_object_that_was_missing_is_refused() {
    let authority = Authority::new(Algorithm::P256);
    // The page names object 19, which the signed file does not have: it shows nothing, until somebody brings it.
    let page = "<</Type/Page/Parent 2 0 R/Contents[4 0 R 19 0 R]/Resources<</Font<</F1 5 0 R>>>>>>";
    let prepared = update(&classic_pdf(), 3, page);
    let signed = authority.holder().sign_pdf(&prepared, &options(), now()).unwrap();
    assert!(verify_pdf(&signed, &authority.trust(), now()).is_genuine());
    let hidden = "BT /F1 40 Tf 72 500 Td (Otro) Tj ET";
    let shown = update(&signed, 19, &format!("<</Length {}>>\nstream\n{hidden}\nendstream", hidden.len()));
    assert_eq!(verify_pdf(&shown, &authority.trust(), now()).outcome, Outcome::Altered);
}

#[test]
fn shadow_attack_by_a_repeated_key_is_refused() {
    let authority = Authority::new(Algorithm::P256);
    let signed = authority.holder().sign_pdf(&classic_pdf(), &options(), now()).unwrap();
    let page = "<</Type/Page/Parent 2 0 R/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>/Annots[8 0 R]\
                /Annots[<</Type/Annot/Subtype/FreeText/Rect[0 0 600 700]/Contents(Otro)>>]>>";
    assert_eq!(verify_pdf(&update(&signed, 3, page), &authority.trust(), now()).outcome, Outcome::Altered);
}

#[test]
fn an_appended_object_that_nothing_shows_is_harmless() {
    let authority = Authority::new(Algorithm::P256);
    let signed = authority.holder().sign_pdf(&classic_pdf(), &options(), now()).unwrap();
    let verdict = verify_pdf(&update(&signed, 30, "<</Unused true>>"), &authority.trust(), now());
    assert_eq!(verdict.signatures[0].changes_after, Changes::Harmless);
}

/// A reader that goes by the trailer's `/Size` does not see the page of such a file, until a later update says another one.
#[test]
fn shadow_attack_by_an_end_that_hides_objects_is_refused() {
    let authority = Authority::new(Algorithm::P256);
    let signed = authority.holder().sign_pdf(&classic_pdf(), &options(), now()).unwrap();
    let text = String::from_utf8_lossy(&signed).into_owned();
    let said = text.rsplit("/Size ").next().unwrap().split(['/', '>']).next().unwrap().to_owned();
    let at = signed.windows(6).rposition(|w| w == b"/Size ").unwrap() + 6;
    // The trailer is under the signature: who makes such a file signs it so.
    let mut short = signed.clone();
    short.splice(at..at + said.len(), format!("{:0>1$}", 3, said.len()).into_bytes());
    let verdict = verify_pdf(&update(&short, 30, "<</Unused true>>"), &authority.trust(), now());
    assert_eq!(verdict.signatures[0].changes_after, Changes::Content);
    let verdict = verify_pdf(&update(&signed, 30, "<</Unused true>>"), &authority.trust(), now());
    assert_eq!(verdict.signatures[0].changes_after, Changes::Harmless);
}

/// Each prepared so that the validation data's own objects are at the same time something that is read.
#[test]
fn shadow_attack_by_what_passes_for_validation_data_is_refused() {
    let authority = Authority::new(Algorithm::P256);
    let other = "BT /F1 18 Tf 72 720 Td (Otro) Tj ET";
    let drawn = format!("<</Length {}>>\nstream\n{other}\nendstream", other.len());
    let page = "<</Type/Page/Parent 2 0 R/Contents 20 0 R/Resources<</Font<</F1 5 0 R>>>>>>";
    let prepared =
        |store: &str, pdf: &[u8]| update(pdf, 1, &format!("<</Type/Catalog/Pages 2 0 R/DSS {store}>>"));
    let list = update(
        &classic_pdf(),
        3,
        "<</Type/Page/Parent 2 0 R/Contents 12 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
    );
    let list = update(&list, 12, "[4 0 R]");
    let attacks = [
        ("the page's content", prepared("<</Certs 4 0 R>>", &classic_pdf()), (4, drawn.as_str())),
        ("the list of the page's contents", prepared("<</Certs 12 0 R>>", &list), (12, "[20 0 R]")),
        ("the page", prepared("3 0 R", &classic_pdf()), (3, page)),
        (
            "a font",
            prepared("<</VRI 5 0 R>>", &classic_pdf()),
            (5, "<</Type/Font/Subtype/Type1/BaseFont/Courier>>"),
        ),
    ];
    for (what, pdf, (number, object)) in attacks {
        let signed = authority.holder().sign_pdf(&pdf, &options(), now()).unwrap();
        assert!(verify_pdf(&signed, &authority.trust(), now()).is_genuine(), "{what}");
        let shown = update(&signed, number, object);
        assert_eq!(verify_pdf(&shown, &authority.trust(), now()).outcome, Outcome::Altered, "{what}");
    }
}

#[test]
fn shadow_attack_by_a_form_whose_fields_are_the_pages_is_refused() {
    let authority = Authority::new(Algorithm::P256);
    let pages = update(&classic_pdf(), 2, "<</Type/Pages/Kids 12 0 R/Count 2>>");
    let shared = update(&pages, 12, "[3 0 R]");
    let pdf = update(&shared, 1, "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields 12 0 R>>>>");
    let signed = authority.holder().sign_pdf(&pdf, &options(), now());
    // Whoever does not sign such a file at all is safe, too.
    let Ok(signed) = signed else { return };
    let kids = String::from_utf8_lossy(&signed).rsplit("12 0 obj\n").next().unwrap().to_owned();
    let kids = kids.split("\nendobj").next().unwrap().replace(']', " 30 0 R]");
    let sheet = "<</Type/Page/Parent 2 0 R/Contents 4 0 R/FT/Sig/Subtype/Widget/Rect[0 0 0 0]>>";
    let shown = update(&update(&signed, 30, sheet), 12, &kids);
    assert_eq!(verify_pdf(&shown, &authority.trust(), now()).outcome, Outcome::Altered);
}
