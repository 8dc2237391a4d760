//! Files made to cost a verifier its time or its memory: each is answered soon, and from little memory.

use std::io::Write;
use std::time::{Duration, Instant};

use copihue_core::SystemRandom;
use copihue_signing::Signer;
use copihue_signing::keys::Algorithm;
use copihue_signing::pki::{Issuer, issue, issue_root};
use copihue_signing::verify::{Outcome, TrustStore, Verdict, verify_pdf};

use crate::support::{classic_pdf, holder, new_key, now, options};

const SOON: Duration = Duration::from_secs(20);

fn judged(pdf: &[u8]) -> Verdict {
    let started = Instant::now();
    let verdict = verify_pdf(pdf, &TrustStore::new(), now());
    assert!(started.elapsed() < SOON, "took {:?}", started.elapsed());
    verdict
}

#[test]
fn authorities_that_issued_each_other_do_not_stop_the_verifier() {
    // One key under one name, certified again and again: each certificate issued each other one.
    let key = new_key(Algorithm::P256);
    let start = now().plus_seconds(-86_400);
    let crossed: Vec<_> =
        (0..14).map(|_| issue_root(&key, "Nadie", "Nadie", start, 9, &SystemRandom).unwrap()).collect();
    let by = Issuer { certificate: &crossed[0], key: &key, rut: None, published_at: None };
    let own = new_key(Algorithm::P256);
    let leaf = issue(&by, &holder(), &own, start, now().plus_seconds(86_400), &SystemRandom).unwrap();
    let signer = Signer::new(own, leaf, crossed).unwrap();
    let pdf = signer.sign_pdf(&classic_pdf(), &options(), now()).unwrap();
    assert_eq!(judged(&pdf).outcome, Outcome::Unrecognised);
}

/// A file of cross-reference streams, each of which names the one before.
fn chained(sections: usize, rows: &[u8], dict: &str) -> Vec<u8> {
    let mut packer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    packer.write_all(rows).unwrap();
    let packed = packer.finish().unwrap();
    let mut out = b"%PDF-1.7\n1 0 obj\n<</Type/Catalog>>\nendobj\n".to_vec();
    let mut before = String::new();
    for _ in 0..sections {
        let start = out.len();
        let head = format!(
            "2 0 obj\n<</Type/XRef/Root 1 0 R{dict}{before}/Filter/FlateDecode/Length {}>>\nstream\n",
            packed.len()
        );
        out.extend(head.bytes());
        out.extend(&packed);
        out.extend(b"\nendstream\nendobj\n");
        before = format!("/Prev {start}");
    }
    let start = before.trim_start_matches("/Prev ").to_owned();
    out.extend(format!("startxref\n{start}\n%%EOF\n").bytes());
    out
}

fn refused_for_its_size(pdf: &[u8]) {
    let verdict = judged(pdf);
    assert_eq!(verdict.outcome, Outcome::Unreadable);
    let problem = verdict.problem.unwrap();
    assert!(problem.starts_with("beyond the limits"), "{problem}");
}

#[test]
fn many_small_streams_that_decode_to_much_are_refused() {
    let pdf = chained(6, &vec![0; 16 << 20], "/Size 3/W[1 4 1]");
    assert!(pdf.len() < 200_000);
    refused_for_its_size(&pdf);
}

#[test]
fn an_array_of_millions_is_refused() {
    let index = "0 1 ".repeat(1_000_000);
    refused_for_its_size(&chained(1, &[0; 6], &format!("/Size 3/W[1 4 1]/Index[{index}]")));
}
