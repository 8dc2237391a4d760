//! The one door: whatever is signed here is recognised for what it is, at the level that it has, and not when it was changed.

use copihue_core::{Clock, SystemClock, Timestamp};
use copihue_signing::verify::{Given, Outcome, SubIndication, Verdict, verify};
use copihue_signing::{DataFile, Level, Order, Shape, WhenShort};

use crate::longterm::{Place, place};
use crate::service::CITY;

pub(crate) const DATA: &[u8] = b"<a b=\"1\"><c>Se decreta.</c></a>";

pub(crate) async fn signed(place: &Place, shape: Shape, level: Level) -> Vec<u8> {
    let file = DataFile { name: "a.xml".into(), media_type: "application/xml".into(), bytes: DATA.to_vec() };
    let order = Order::new(shape, vec![file], level, WhenShort::Refuse).unwrap();
    place.signing.seal_files(CITY, order).await.unwrap().bytes
}

fn real_now() -> Timestamp {
    SystemClock::default().now()
}

/// The file, and what it is over where that is beside it.
fn judged(place: &Place, shape: Shape, bytes: &[u8]) -> Verdict {
    let own = Given { name: "firma", bytes };
    let beside = Given { name: "a.xml", bytes: DATA };
    let files = if shape == Shape::CadesDetached { vec![beside, own] } else { vec![own] };
    verify(&files, &place.signing.trust(), real_now())
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_19_each_format_is_recognised_at_each_level() {
    let place = place().await;
    for shape in Shape::ALL {
        for level in [Level::B, Level::T, Level::LT, Level::LTA] {
            let bytes = signed(&place, shape, level).await;
            let verdict = judged(&place, shape, &bytes);
            assert_eq!(verdict.outcome, Outcome::Genuine, "{shape:?} {level:?}: {verdict:#?}");
            assert_eq!(verdict.signatures[0].level, level.name(), "{shape:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_20_no_byte_of_any_format_can_change_unseen() {
    let place = place().await;
    for shape in Shape::ALL {
        let bytes = signed(&place, shape, Level::LTA).await;
        let whole = judged(&place, shape, &bytes);
        for at in (0..bytes.len()).step_by(17) {
            let mut changed = bytes.clone();
            changed[at] ^= [0x01, 0x20, 0x02][at % 3];
            let verdict = judged(&place, shape, &changed);
            let says_the_same = verdict.outcome == Outcome::Genuine
                && verdict.signatures.len() == whole.signatures.len()
                && verdict.signatures.iter().all(|s| s.level == "B-LTA");
            // Names in ZIP's central list of what is no file, and spaces between parts of XML, say nothing.
            let says_nothing = verdict.signatures == whole.signatures;
            assert!(!says_the_same || says_nothing, "{shape:?} {at} of {}: {verdict:#?}", bytes.len());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signature_without_its_file_or_with_another_is_told_so() {
    let place = place().await;
    let trust = place.signing.trust();
    let bytes = signed(&place, Shape::CadesDetached, Level::LTA).await;
    let own = Given { name: "a.p7s", bytes: &bytes };
    let alone = verify(&[own], &trust, real_now());
    assert_eq!(alone.outcome, Outcome::Incomplete);
    assert_eq!(alone.signatures[0].sub_indication, Some(SubIndication::SignedDataNotFound));
    let other = verify(&[own, Given { name: "b", bytes: b"<b/>" }], &trust, real_now());
    assert_eq!(other.outcome, Outcome::Altered);
    let none = verify(&[Given { name: "b", bytes: b"nada" }], &trust, real_now());
    assert_eq!(
        (none.outcome, verify(&[], &trust, real_now()).outcome),
        (Outcome::Unreadable, Outcome::Unreadable)
    );
}
