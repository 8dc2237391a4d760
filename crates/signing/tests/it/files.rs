//! Files that are signed where they lie: only what is needed of them is read.

use std::fs::File;

use copihue_core::Kind;
use copihue_signing::keys::Algorithm;
use copihue_signing::verify::verify_pdf;
use copihue_signing::{SealOptions, Signer};

use crate::documents::permit;
use crate::support::{Authority, Bench, classic_pdf, now, options, pdf_of, stream_pdf, text};

/// Signs a file, and answers what came out.
fn sign_file(signer: &Signer, pdf: &[u8], options: &SealOptions) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let (source, target) = (folder.path().join("source.pdf"), folder.path().join("target.pdf"));
    std::fs::write(&source, pdf).unwrap();
    signer.sign_pdf_file(File::open(&source).unwrap(), &target, options, now()).unwrap();
    assert_eq!(std::fs::read(&source).unwrap(), pdf);
    std::fs::read(&target).unwrap()
}

/// A page whose form is longer than what is read of a file at first, and that starts within it.
fn long_form() -> Vec<u8> {
    let name = |n: usize| format!("<</FT/Tx/T(Campo {n})/V({})>>", "x".repeat(n % 90));
    let fields: String = (0..900).map(name).collect();
    let objects = [
        "<</Type/Catalog/Pages 2 0 R/AcroForm 4 0 R>>".to_owned(),
        "<</Type/Pages/Kids[3 0 R]/Count 1/MediaBox[0 0 612 792]>>".to_owned(),
        "<</Type/Page/Parent 2 0 R>>".to_owned(),
        format!("<</Fields[{fields}]>>"),
    ];
    pdf_of(&objects)
}

#[test]
fn sig_17_a_file_is_signed_into_the_same_bytes_as_in_memory() {
    // RSA signs the same into the same, so that the two can be compared.
    let authority = Authority::new(Algorithm::Rsa2048);
    let signer = authority.holder();
    for pdf in [classic_pdf(), stream_pdf(), permit(), long_form()] {
        let once = sign_file(&signer, &pdf, &options());
        assert_eq!(once, signer.sign_pdf(&pdf, &options(), now()).unwrap());
        let twice = sign_file(&signer, &once, &SealOptions::default());
        assert_eq!(twice, signer.sign_pdf(&once, &SealOptions::default(), now()).unwrap());
        assert!(verify_pdf(&twice, &authority.trust(), now()).is_genuine());
    }
}

#[test]
fn sig_17_a_damaged_file_is_judged_as_in_memory() {
    let signer = Authority::new(Algorithm::Rsa2048).holder();
    let folder = tempfile::tempdir().unwrap();
    let (source, target) = (folder.path().join("source.pdf"), folder.path().join("target.pdf"));
    let mut dice = 1_u64;
    let mut throw = |sides: usize| {
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (dice >> 33) as usize % sides
    };
    for pdf in [classic_pdf(), stream_pdf(), long_form()] {
        for _ in 0..150 {
            let mut bad = pdf.clone();
            for _ in 0..=throw(3) {
                let at = throw(bad.len());
                bad[at] = [b'<', b'>', b'[', b'(', b'9', b' ', throw(256) as u8][throw(7)];
            }
            bad.truncate(bad.len() - throw(2) * throw(60));
            let in_memory = signer.sign_pdf(&bad, &options(), now()).map_err(|e| e.to_string());
            std::fs::write(&source, &bad).unwrap();
            let file = File::open(&source).unwrap();
            let in_place = signer
                .sign_pdf_file(file, &target, &options(), now())
                .map(|()| std::fs::read(&target).unwrap())
                .map_err(|e| e.to_string());
            drop(std::fs::remove_file(&target));
            assert_eq!(in_memory, in_place);
        }
    }
}

#[test]
fn sig_20_a_signed_file_verifies_elsewhere() {
    let authority = Authority::new(Algorithm::P256);
    let bench = Bench::new(&authority);
    bench.put("file.pdf", &sign_file(&authority.holder(), &permit(), &options()));
    let Some(output) = bench.run("pdfsig", &["-nocert", "file.pdf"]) else { return };
    let said = text(&output);
    assert!(said.contains("Signature is Valid.") && said.contains("Total document signed"), "{said}");
}

#[test]
fn sig_17_signing_a_file_overwrites_nothing_and_leaves_no_half_file() {
    let signer = Authority::new(Algorithm::P256).holder();
    let folder = tempfile::tempdir().unwrap();
    let (source, target) = (folder.path().join("source.pdf"), folder.path().join("target.pdf"));
    std::fs::write(&source, classic_pdf()).unwrap();
    std::fs::write(&target, "otro").unwrap();
    let sign = || signer.sign_pdf_file(File::open(&source).unwrap(), &target, &options(), now());
    assert!(sign().is_err());
    assert_eq!(std::fs::read(&target).unwrap(), b"otro");
    std::fs::remove_file(&target).unwrap();
    std::fs::write(&source, "no es un PDF").unwrap();
    assert_eq!(sign().unwrap_err().kind(), Kind::Invalid);
    assert!(!target.exists());
}
