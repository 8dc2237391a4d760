//! Files that ask for more work than any honest one: the answer comes soon, and is never that they are genuine.

use copihue_core::SystemRandom;
use copihue_signing::Signer;
use copihue_signing::keys::{Algorithm, SigningKey};
use copihue_signing::pdf::{ValidationData, append_dss};
use copihue_signing::pki::{Certificate, Issuer, Profile, issue};
use copihue_signing::verify::{Outcome, verify_pdf};

use crate::support::{Authority, classic_pdf, holder, new_key, now, options};

const NAME: &str = "Emisora de sí misma";

/// Of this authority, with its name and for its own key again.
fn again(by: &Certificate, key: &SigningKey, of: &SigningKey) -> Certificate {
    let issuer = Issuer { certificate: by, key, rut: None, published_at: None };
    let profile = Profile::IssuingAuthority { name: NAME.into(), organisation: "Copihue".into() };
    let (from, until) = (now().plus_seconds(-86_400), now().plus_seconds(365 * 86_400));
    issue(&issuer, &profile, of, from, until, &SystemRandom).unwrap()
}

/// Authorities that issued each other, and as many that only say so.
#[test]
fn sig_20_authorities_without_end_are_not_followed() {
    let authority = Authority::new(Algorithm::P384);
    let (key, other) = (new_key(Algorithm::P384), new_key(Algorithm::P384));
    let first = again(&authority.issuing, &authority.issuing_key, &key);
    let issuer = Issuer { certificate: &first, key: &key, rut: None, published_at: None };
    let (from, until) = (now().plus_seconds(-3600), now().plus_seconds(300 * 86_400));
    let leaf_key = new_key(Algorithm::P384);
    let leaf = issue(&issuer, &holder(), &leaf_key, from, until, &SystemRandom).unwrap();
    let signer = Signer::new(leaf_key, leaf, Vec::new()).unwrap();
    let mut pdf = classic_pdf();
    for _ in 0..10 {
        pdf = signer.sign_pdf(&pdf, &options(), now()).unwrap();
    }
    let certificates: Vec<Vec<u8>> = (0..250)
        .map(|n| again(&first, &key, if n % 2 == 0 { &key } else { &other }).der().to_vec())
        .collect();
    let pdf = append_dss(&pdf, &ValidationData { certificates, ..ValidationData::default() }).unwrap();
    let verdict = verify_pdf(&pdf, &authority.trust(), now());
    assert_eq!(verdict.outcome, Outcome::Unreadable);
}
