//! Files that ask for more work than any honest one: the answer comes soon, and is never that they are genuine.

use copihue_core::{Clock, SystemClock, SystemRandom};
use copihue_signing::keys::{Algorithm, SigningKey};
use copihue_signing::pdf::{ValidationData, append_dss};
use copihue_signing::pki::{Certificate, Issuer, Profile, issue};
use copihue_signing::verify::{Given, Outcome, verify, verify_pdf};
use copihue_signing::{DataFile, Level, Order, Shape, Signer, WhenShort};

use crate::longterm::place;
use crate::service::CITY;
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

/// A large file, and a timestamp over all of it that is there again and again.
#[tokio::test(flavor = "multi_thread")]
async fn sig_20_a_large_file_is_not_read_again_for_each_of_many_timestamps() {
    const AGAIN: usize = 50;
    let place = place().await;
    for shape in [Shape::Jades, Shape::XadesEnveloped] {
        let bytes = format!("<a>{}</a>", "Se decreta. ".repeat(400_000)).into_bytes();
        let file = DataFile { name: "a.xml".into(), media_type: "application/xml".into(), bytes };
        let order = Order::new(shape, vec![file], Level::LTA, WhenShort::Refuse).unwrap();
        let signed = place.signing.seal_files(CITY, order).await.unwrap().bytes;
        let text = String::from_utf8(signed).unwrap();
        let stamp = match shape {
            Shape::Jades => {
                let whole: serde_json::Value = serde_json::from_str(&text).unwrap();
                let last = whole["header"]["etsiU"].as_array().unwrap().last().unwrap().to_string();
                (last.clone(), vec![last; AGAIN].join(","))
            }
            _ => {
                let start = text.find("<xades141:ArchiveTimeStamp").unwrap();
                let end = text.find("</xades141:ArchiveTimeStamp>").unwrap();
                let one = format!("{}</xades141:ArchiveTimeStamp>", &text[start..end]);
                (one.clone(), one.repeat(AGAIN))
            }
        };
        for (text, outcome) in
            [(text.clone(), Outcome::Genuine), (text.replace(&stamp.0, &stamp.1), Outcome::Unreadable)]
        {
            let file = Given { name: "a.xml", bytes: text.as_bytes() };
            let verdict = verify(&[file], &place.signing.trust(), SystemClock::default().now());
            assert_eq!(verdict.outcome, outcome, "{shape:?}");
        }
    }
}
