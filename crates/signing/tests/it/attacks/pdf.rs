//! PDFs: certified documents that somebody draws over, signatures taken from another document, and forged ranges.

use copihue_core::{Clock, SystemClock};
use copihue_signing::SealOptions;
use copihue_signing::keys::Algorithm;
use copihue_signing::model::layout::{Stamp, StampPage};
use copihue_signing::verify::{Changes, Outcome, verify_pdf};

use crate::changes::update;
use crate::support::{Authority, classic_pdf, now, options, stream_pdf, text};

/// The place of the signature's text, `<` and `>` inside.
fn gap(pdf: &[u8]) -> std::ops::Range<usize> {
    let start = pdf
        .windows(11)
        .position(|w| w == b"/Contents <")
        .map_or_else(|| pdf.windows(10).position(|w| w == b"/Contents<").unwrap() + 9, |at| at + 10);
    let end = pdf[start..].iter().position(|b| *b == b'>').unwrap() + start + 1;
    start..end
}

#[test]
fn sig_20_a_signature_of_another_document_is_refused() {
    let authority = Authority::new(Algorithm::P256);
    let signer = authority.holder();
    let one = signer.sign_pdf(&classic_pdf(), &options(), now()).unwrap();
    let two = signer.sign_pdf(&stream_pdf(), &options(), now()).unwrap();
    let (here, there) = (gap(&one), gap(&two));
    let mut swapped = one.clone();
    let length = here.len().min(there.len());
    swapped[here.start..here.start + length - 1].copy_from_slice(&two[there.start..there.start + length - 1]);
    assert_eq!(verify_pdf(&swapped, &authority.trust(), now()).outcome, Outcome::Altered);
}

#[test]
fn sig_20_a_range_that_leaves_out_more_than_the_signature_is_refused() {
    let authority = Authority::new(Algorithm::P256);
    let signed = authority.holder().sign_pdf(&classic_pdf(), &options(), now()).unwrap();
    let at = signed.windows(12).position(|w| w == b"/ByteRange [").unwrap() + 12;
    let end = signed[at..].iter().position(|b| *b == b']').unwrap() + at;
    let numbers: Vec<i64> =
        std::str::from_utf8(&signed[at..end]).unwrap().split(' ').map(|n| n.parse().unwrap()).collect();
    let [zero, first, second, length] = numbers[..] else { panic!("{numbers:?}") };
    let forged = [
        [zero, 0, 0, 0],
        [zero, first - 1, second, length],
        [zero, first, second + 1, length - 1],
        [1, first - 1, second, length],
        [second, length, zero, first],
        [zero, first, second, length + 10],
        [zero, -first, second, length],
        [zero, first, second, -length],
    ];
    for numbers in forged {
        let text = numbers.map(|n| n.to_string()).join(" ");
        let mut bytes = signed.clone();
        let room = end - at;
        if text.len() > room {
            continue;
        }
        bytes[at..end].copy_from_slice(format!("{text:<room$}").as_bytes());
        assert_eq!(verify_pdf(&bytes, &authority.trust(), now()).outcome, Outcome::Altered, "{numbers:?}");
    }
}

const CERTIFY: &[u8] = b"import sys
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
signer = signers.SimpleSigner.load('key.pem', 'signer.pem', ca_chain_files=('issuing.pem',))
meta = signers.PdfSignatureMetadata(field_name='Firma1', md_algorithm='sha256', subfilter=SigSeedSubFilter.PADES,
    certify=True, docmdp_permissions=MDPPerm(int(sys.argv[1])))
out = signers.PdfSigner(meta, signer=signer).sign_pdf(IncrementalPdfFileWriter(open('data.pdf', 'rb')))
open('certified.pdf', 'wb').write(out.getbuffer())
";

#[tokio::test(flavor = "multi_thread")]
async fn sig_20_a_certified_document_takes_no_stamp_that_is_drawn_over_it() {
    let place = crate::crosscheck::place().await;
    place.bench.put("certify.py", CERTIFY);
    let (trust, now) = (place.authority.trust(), SystemClock::default().now());
    for permission in ["1", "2", "3"] {
        let Some(output) = place.bench.run("python3", &["certify.py", permission]) else { return };
        if !output.status.success() {
            assert!(text(&output).contains("ModuleNotFoundError"), "{}", text(&output));
            return eprintln!("skipped: pyHanko is not installed");
        }
        let once = std::fs::read(place.bench.0.path().join("certified.pdf")).unwrap();
        let verdict = verify_pdf(&once, &trust, now);
        assert_eq!(verdict.outcome, Outcome::Genuine, "{permission}: {verdict:?}");
        let annotated = "<</Type/Page/Parent 2 0 R/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>\
                         /Annots[<</Type/Annot/Subtype/Stamp/Rect[0 0 600 700]>>]>>";
        // What permission 3 allows is what the attack draws with.
        assert_eq!(
            verify_pdf(&update(&once, 3, annotated), &trust, now).outcome,
            Outcome::Altered,
            "{permission}"
        );
        let Ok(more) = place.authority.seal().sign_pdf(&once, &SealOptions::default(), now) else {
            assert_eq!(permission, "1");
            continue;
        };
        assert_eq!(verify_pdf(&more, &trust, now).signatures[0].changes_after, Changes::Harmless);
        let stamp = Stamp {
            rect: [50.0, 50.0, 300.0, 300.0],
            page: StampPage::Number(1),
            image: None,
            with_text: true,
            check: None,
        };
        let options = SealOptions { stamp: Some(stamp), ..SealOptions::default() };
        let drawn = place.authority.seal().sign_pdf(&once, &options, now).unwrap();
        assert_eq!(
            verify_pdf(&drawn, &trust, now).signatures[0].changes_after,
            Changes::Content,
            "{permission}"
        );
    }
}
