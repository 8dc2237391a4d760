//! Any changed byte is refused.

use copihue_signing::keys::Algorithm;
use copihue_signing::verify::{Indication, verify_pdf};
use proptest::prelude::*;

use crate::support::{Authority, classic_pdf, now, options, stream_pdf};

/// Every byte for one of them; every fifth for the others, which differ in few places.
#[test]
fn sig_20_no_byte_of_a_signed_pdf_can_change_unseen() {
    flip_bytes(Algorithm::P256, &classic_pdf(), 1);
    flip_bytes(Algorithm::P256, &stream_pdf(), 5);
    flip_bytes(Algorithm::Rsa2048, &classic_pdf(), 5);
}

#[test]
fn sig_20_no_byte_of_a_timestamped_pdf_can_change_unseen() {
    let authority = Authority::new(Algorithm::P256);
    flip_signed(&authority, &authority.stamped(&classic_pdf(), now()), 7);
}

fn flip_bytes(algorithm: Algorithm, pdf: &[u8], step: usize) {
    let authority = Authority::new(algorithm);
    let signed = authority.holder().sign_pdf(pdf, &options(), now()).unwrap();
    flip_signed(&authority, &signed, step);
}

fn flip_signed(authority: &Authority, signed: &[u8], step: usize) {
    let trust = authority.trust();
    let whole = verify_pdf(signed, &trust, now());
    assert!(whole.is_genuine());
    let level = whole.signatures[0].level;
    for at in (0..signed.len()).step_by(step) {
        // The lowest bit, the bit of letter case, and all of them, in turn.
        let flip = [0x01, 0x20, 0xff][at % 3];
        let mut changed = signed.to_vec();
        changed[at] ^= flip;
        let verdict = verify_pdf(&changed, &trust, now());
        // A timestamp is no part of what is signed: who takes it away leaves a good signature of a lower level.
        let passed =
            verdict.signatures.iter().any(|s| s.indication == Indication::TotalPassed && s.level == level);
        assert!(!passed, "byte {at} ^ {flip:#x} of {}: {verdict:?}", signed.len());
    }
}

#[test]
fn a_truncated_pdf_is_refused() {
    let authority = Authority::new(Algorithm::P256);
    let signed = authority.holder().sign_pdf(&classic_pdf(), &options(), now()).unwrap();
    for length in 0..signed.len() {
        assert!(!verify_pdf(&signed[..length], &authority.trust(), now()).is_genuine(), "{length} bytes");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn nothing_that_is_not_a_pdf_makes_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
        let with_header = [b"%PDF-1.7\n", &bytes[..], b"\nstartxref\n12\n%%EOF"].concat();
        let verdict = verify_pdf(&with_header, &copihue_signing::verify::TrustStore::new(), now());
        prop_assert!(!verdict.is_genuine());
    }

    #[test]
    fn many_bytes_changed_at_once_never_verify(
        places in proptest::collection::vec((any::<prop::sample::Index>(), 1u8..), 1..40)
    ) {
        let (authority, signed) = signed();
        let mut changed = signed.clone();
        for (place, flip) in places {
            changed[place.index(signed.len())] ^= flip;
        }
        prop_assume!(changed != *signed);
        prop_assert!(!verify_pdf(&changed, &authority.trust(), now()).is_genuine());
    }
}

fn signed() -> &'static (Authority, Vec<u8>) {
    static SIGNED: std::sync::OnceLock<(Authority, Vec<u8>)> = std::sync::OnceLock::new();
    SIGNED.get_or_init(|| {
        let authority = Authority::new(Algorithm::P256);
        let signed = authority.holder().sign_pdf(&classic_pdf(), &options(), now()).unwrap();
        (authority, signed)
    })
}
