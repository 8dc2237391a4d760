//! XAdES of ours, with its properties moved, doubled or exchanged.

use copihue_core::{Clock, SystemClock};
use copihue_signing::verify::{Given, Outcome, Verdict, verify};
use copihue_signing::{Level, Shape};

use crate::door::signed;
use crate::longterm::{Place, place};

fn judge(place: &Place, text: &str) -> Verdict {
    verify(
        &[Given { name: "a.xml", bytes: text.as_bytes() }],
        &place.signing.trust(),
        SystemClock::default().now(),
    )
}

fn between<'a>(text: &'a str, from: &str, to: &str) -> &'a str {
    let start = text.find(from).unwrap();
    let end = text[start..].find(to).unwrap() + start + to.len();
    &text[start..end]
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_20_properties_that_are_not_those_that_were_signed_are_refused() {
    let place = place().await;
    let good = String::from_utf8(signed(&place, Shape::XadesEnveloped, Level::LT).await).unwrap();
    assert_eq!(judge(&place, &good).outcome, Outcome::Genuine);
    let object = between(&good, "<ds:Object>", "</ds:Object>");
    let properties = between(&good, "<xades:SignedProperties", "</xades:SignedProperties>");
    let declared = properties.replacen(
        "<xades:SignedProperties ",
        "<xades:SignedProperties xmlns:xades=\"http://uri.etsi.org/01903/v1.3.2#\" \
         xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\" ",
        1,
    );
    let time = between(properties, "<xades:SigningTime>", "</xades:SigningTime>");
    let other_time = properties.replace(time, "<xades:SigningTime>2020-01-01T00:00:00Z</xades:SigningTime>");
    let forged = [
        // Another set of properties, before or after the signed one, with its id or without.
        good.replace(object, &format!("{}{object}", object.replace(properties, &other_time))),
        good.replace(object, &format!("{object}{}", object.replace(properties, &other_time))),
        good.replace(properties, &format!("{other_time}{properties}")),
        // The signed ones hidden, so that their digest still fits, and others where they are read.
        good.replace(object, &object.replace(properties, &other_time.replace("Id=\"", "Id=\"x")))
            .replace("<c>", &format!("{declared}<c>")),
        // Of another signature.
        good.replace("Target=\"#", "Target=\"#x"),
        // No longer said to be what they are.
        good.replace("Type=\"http://uri.etsi.org/01903#SignedProperties\" ", ""),
        // Taken away: what is signed stays the same.
        good.replace(object, ""),
    ];
    for (n, text) in forged.iter().enumerate() {
        assert_ne!(text, &good, "{n}");
        let verdict = judge(&place, text);
        assert!(matches!(verdict.outcome, Outcome::Altered | Outcome::Incomplete), "{n}: {verdict:#?}");
    }
    // Who takes the proofs away leaves a good signature of a lower level.
    let unsigned = between(&good, "<xades:UnsignedProperties>", "</xades:UnsignedProperties>");
    let verdict = judge(&place, &good.replace(unsigned, ""));
    assert_eq!((verdict.outcome, verdict.signatures[0].level), (Outcome::Genuine, "B-B"));
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_20_timestamps_of_another_signature_are_refused() {
    let place = place().await;
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let one = text(signed(&place, Shape::XadesEnveloped, Level::T).await);
    place.clock.advance_millis(5_000);
    let two = text(signed(&place, Shape::XadesEnveloped, Level::T).await);
    let token = |text: &str| {
        between(text, "<xades:EncapsulatedTimeStamp>", "</xades:EncapsulatedTimeStamp>").to_owned()
    };
    let verdict = judge(&place, &one.replace(&token(&one), &token(&two)));
    assert_eq!(verdict.outcome, Outcome::Altered, "{verdict:#?}");
}
