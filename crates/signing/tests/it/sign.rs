use copihue_core::json::sha256_hex;
use copihue_signing::keys::Algorithm;
use copihue_signing::verify::{Coverage, Outcome, verify_pdf};
use copihue_signing::{Certification, FieldLock, SealOptions, SubFilter};

use crate::support::{Authority, Bench, classic_pdf, now, options, stream_pdf, text};

#[test]
fn sig_17_signing_appends_and_changes_no_original_byte() {
    let signer = Authority::new(Algorithm::P256).holder();
    for pdf in [classic_pdf(), stream_pdf()] {
        let signed = signer.sign_pdf(&pdf, &options(), now()).unwrap();
        assert_eq!(&signed[..pdf.len()], &pdf[..]);
    }
}

#[test]
fn sig_15_a_signed_pdf_tells_who_when_and_that_it_is_whole() {
    for algorithm in Algorithm::DOCUMENTS {
        let authority = Authority::new(algorithm);
        for pdf in [classic_pdf(), stream_pdf()] {
            let signed = authority.holder().sign_pdf(&pdf, &options(), now()).unwrap();
            let verdict = verify_pdf(&signed, &authority.trust(), now());
            assert_eq!(verdict.outcome, Outcome::Genuine, "{verdict:?}");
            let [signature] = &verdict.signatures[..] else { panic!("one signature") };
            let signer = signature.signer.as_ref().unwrap();
            assert_eq!(signer.name.name, "María José Ñancupil Peña");
            assert_eq!(signer.name.post.as_deref(), Some("Directora de Tránsito"));
            assert_eq!(signer.run_masked.as_deref(), Some("••.•••.111-1"));
            assert_eq!(signature.claimed_time, Some(now()));
            assert_eq!(signature.reason.as_deref(), Some("Emisión del permiso de circulación"));
            assert_eq!(signature.coverage, Coverage::Whole);
            assert_eq!(verdict.document.code.unwrap().to_string(), "RTZZ-AERD-F9JG-66PK");
            assert_eq!(verdict.document.title.as_deref(), Some("Permiso"));
            assert_eq!(verdict.document.sha256, sha256_hex(&signed));
        }
    }
}

#[test]
fn sig_20_adobe_subfilter_is_accepted_too() {
    let authority = Authority::new(Algorithm::P256);
    let adobe = SealOptions { sub_filter: SubFilter::Adobe, ..options() };
    let signed = authority.seal().sign_pdf(&classic_pdf(), &adobe, now()).unwrap();
    assert!(verify_pdf(&signed, &authority.trust(), now()).is_genuine());
}

#[test]
fn sig_04_an_expired_certificate_does_not_sign() {
    let signer = Authority::new(Algorithm::P256).holder();
    let later = now().plus_seconds(4 * 365 * 86_400);
    let error = signer.sign_pdf(&classic_pdf(), &options(), later).unwrap_err();
    assert_eq!(error.code(), "certificado_vencido");
}

#[test]
fn what_can_not_be_signed_says_why() {
    let signer = Authority::new(Algorithm::P256).holder();
    let code = |pdf: &[u8]| signer.sign_pdf(pdf, &options(), now()).unwrap_err().code();
    assert_eq!(code(b"MZ\x90\0 this is a program"), "pdf_no_es_pdf");
    let mut cut = classic_pdf();
    cut.truncate(300);
    assert_eq!(code(&cut), "pdf_danado");
    let encrypted = replace(&classic_pdf(), b"/Root 1 0 R", b"/Root 1 0 R/Encrypt 5 0 R");
    assert_eq!(code(&encrypted), "pdf_cifrado");
    let hybrid = replace(&classic_pdf(), b"/Root 1 0 R", b"/Root 1 0 R/XRefStm 15");
    assert_eq!(code(&hybrid), "pdf_hibrido");
}

#[test]
fn a_reference_to_another_generation_is_not_guessed_at() {
    let authority = Authority::new(Algorithm::P256);
    let elsewhere = replace(&classic_pdf(), b"/Root 1 0 R", b"/Root 1 5 R");
    let refused = authority.holder().sign_pdf(&elsewhere, &options(), now()).unwrap_err();
    assert_eq!(refused.code(), "pdf_danado");
    assert_eq!(verify_pdf(&elsewhere, &authority.trust(), now()).outcome, Outcome::Unreadable);
}

#[test]
fn sig_20_a_first_signature_certifies_and_locks_and_others_keep_to_it() {
    let authority = Authority::new(Algorithm::P256);
    let (signer, bench) = (authority.holder(), Bench::new(&authority));
    let certified = |certify, lock| SealOptions { certify: Some(certify), lock, ..options() };
    let check = |pdf: &[u8], said: &str| {
        assert!(verify_pdf(pdf, &authority.trust(), now()).is_genuine());
        bench.put("f.pdf", pdf);
        let validate =
            ["sign", "validate", "--trust", "ca.pem", "--trust-replace", "--no-revocation-check", "f.pdf"];
        if let Some(output) = bench.run("pyhanko", &validate) {
            assert!(output.status.success() && text(&output).contains(said), "{}", text(&output));
        }
        if let Some(output) = bench.run("qpdf", &["--check", "f.pdf"]) {
            assert!(output.status.success() && !text(&output).contains("WARNING"), "{}", text(&output));
        }
    };
    for pdf in [classic_pdf(), stream_pdf()] {
        let some = FieldLock::Only(vec!["Observación".into()]);
        let open =
            signer.sign_pdf(&pdf, &certified(Certification::FormsAndSignatures, Some(some)), now()).unwrap();
        check(&open, "UNTOUCHED");
        assert!(open.windows(9).any(|w| w == b"/FieldMDP"));
        let twice = signer.sign_pdf(&open, &options(), now()).unwrap();
        check(&twice, "EXTENDED_WITH_FORM_FILLING,ACCEPTABLE_MODIFICATIONS");
        // Only the first one may.
        let again = certified(Certification::FormsAndSignatures, None);
        assert_eq!(signer.sign_pdf(&open, &again, now()).unwrap_err().code(), "pdf_ya_firmado");
        let late = SealOptions { lock: Some(FieldLock::All), ..options() };
        assert_eq!(signer.sign_pdf(&open, &late, now()).unwrap_err().code(), "pdf_ya_firmado");
        let closed = signer.sign_pdf(&pdf, &certified(Certification::Nothing, None), now()).unwrap();
        check(&closed, "UNTOUCHED");
        assert_eq!(signer.sign_pdf(&closed, &options(), now()).unwrap_err().code(), "pdf_certificado");
        // What only keeps it provable is no change (ISO 32000-2 §12.8.2.2.2).
        assert!(copihue_signing::pdf::prepare_timestamp(&closed, 6_000).is_ok());
    }
}

/// Replaces text of the trailer, after which no offset is kept.
fn replace(pdf: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let at = pdf.windows(from.len()).rposition(|w| w == from).unwrap();
    [&pdf[..at], to, &pdf[at + from.len()..]].concat()
}
