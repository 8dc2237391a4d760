//! CAdES judged here: ours at each level, other people's, and nothing that was changed.

use copihue_core::{Clock, SystemClock};
use copihue_signing::keys::Algorithm;
use copihue_signing::verify::{AnchorKind, Outcome, SubIndication, TrustStore, verify_cades};
use copihue_signing::{DataFile, Level, Order, Shape, WhenShort};

use crate::foreign::OPENSSL_PKI;
use crate::longterm::{Place, place};
use crate::service::CITY;
use crate::support::{Authority, Bench, text};

const DATA: &[u8] = b"Se decreta lo siguiente.";

async fn sealed(place: &Place, shape: Shape, level: Level) -> Vec<u8> {
    let file = DataFile { name: "a".into(), media_type: "text/plain".into(), bytes: DATA.to_vec() };
    let order = Order::new(shape, vec![file], level, WhenShort::Refuse).unwrap();
    place.signing.seal_files(CITY, order).await.unwrap().bytes
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_19_each_level_of_cades_is_recognised() {
    let place = place().await;
    let (trust, now) = (place.signing.trust(), SystemClock::default().now());
    for (shape, beside) in [(Shape::CadesDetached, Some(DATA)), (Shape::CadesAttached, None)] {
        for level in [Level::B, Level::T, Level::LT, Level::LTA] {
            let verdict = verify_cades(&sealed(&place, shape, level).await, beside, &trust, now);
            assert!(verdict.is_genuine(), "{verdict:?}");
            assert_eq!(verdict.signatures[0].level, level.name());
            assert_eq!(verdict.signatures[0].revocation.is_empty(), level < Level::LT);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_20_no_byte_of_a_cades_signature_can_change_unseen() {
    let place = place().await;
    let (trust, now) = (place.signing.trust(), SystemClock::default().now());
    for (level, step) in [(Level::B, 1), (Level::T, 7)] {
        let signed = sealed(&place, Shape::CadesAttached, level).await;
        for at in (0..signed.len()).step_by(step) {
            let flip = [0x01, 0x20, 0xff][at % 3];
            let mut changed = signed.clone();
            changed[at] ^= flip;
            let verdict = verify_cades(&changed, None, &trust, now);
            // A timestamp is no part of what is signed: who takes it away leaves a good signature of a lower level.
            let same = verdict.signatures.iter().any(|s| s.level == level.name());
            assert!(
                !(verdict.is_genuine() && same),
                "byte {at} ^ {flip:#x} of {}: {verdict:?}",
                signed.len()
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_20_a_cades_signature_is_of_one_file_and_no_other() {
    let place = place().await;
    let (trust, now) = (place.signing.trust(), SystemClock::default().now());
    let detached = sealed(&place, Shape::CadesDetached, Level::LTA).await;
    let other = verify_cades(&detached, Some(b"Otra cosa."), &trust, now);
    assert_eq!(other.outcome, Outcome::Altered);
    assert_eq!(other.signatures[0].sub_indication, Some(SubIndication::HashFailure));
    assert_eq!(verify_cades(&detached, None, &trust, now).outcome, Outcome::Incomplete);
    let attached = sealed(&place, Shape::CadesAttached, Level::B).await;
    assert_eq!(verify_cades(&attached, Some(DATA), &trust, now).outcome, Outcome::Unreadable);
    let stranger = verify_cades(&attached, None, &TrustStore::new(), now);
    assert_eq!(stranger.outcome, Outcome::Unrecognised);
}

#[test]
fn sig_20_what_openssl_signs_is_accepted_and_named() {
    let bench = Bench::new(&Authority::new(Algorithm::P256));
    bench.put("ext", b"keyUsage=critical,nonRepudiation,digitalSignature");
    bench.put("doc", DATA);
    for step in OPENSSL_PKI {
        let Some(output) = bench.run("openssl", step) else { return };
        assert!(output.status.success(), "{}", text(&output));
    }
    let pem = std::fs::read_to_string(bench.0.path().join("other.pem")).unwrap();
    let trust = TrustStore::from_pem(&pem, AnchorKind::Other).unwrap();
    let common =
        ["cms", "-sign", "-binary", "-in", "doc", "-signer", "k.crt", "-inkey", "k.pem", "-outform", "DER"];
    for (kind, beside) in [(&["-nodetach"][..], None), (&[], Some(DATA))] {
        for (cades, format) in [(&["-cades"][..], "CAdES"), (&[], "CMS")] {
            let arguments = [&common[..], kind, cades, &["-out", "s"]].concat();
            let output = bench.run("openssl", &arguments).unwrap();
            assert!(output.status.success(), "{}", text(&output));
            let cms = std::fs::read(bench.0.path().join("s")).unwrap();
            let verdict = verify_cades(&cms, beside, &trust, SystemClock::default().now());
            assert!(verdict.is_genuine(), "{verdict:?}");
            assert_eq!(verdict.signatures[0].format, format);
            assert!(
                !verify_cades(&cms[..cms.len() - 1], beside, &trust, SystemClock::default().now())
                    .is_genuine()
            );
        }
    }
}
