//! Algorithms and encodings that no longer count, or never did.

use copihue_core::{Clock, SystemClock};
use copihue_signing::keys::Algorithm;
use copihue_signing::verify::{AnchorKind, Given, Outcome, SubIndication, TrustStore, Verdict, verify};
use copihue_signing::{Level, Shape};

use crate::door::signed;
use crate::longterm::place;
use crate::support::{Authority, Bench, text};

const DATA: &[u8] = b"Se decreta lo siguiente.";

/// A CMS around a file by a key that `openssl` makes so, hashed so.
fn made(key: &[&str], hash: &str) -> Option<Verdict> {
    let bench = Bench::new(&Authority::new(Algorithm::P256));
    bench.put("doc", DATA);
    bench.put("ext", b"keyUsage=critical,nonRepudiation,digitalSignature");
    let run = |arguments: &[&str]| {
        let output = bench.run("openssl", arguments)?;
        assert!(output.status.success(), "{arguments:?}: {}", text(&output));
        Some(())
    };
    run(&[&["genpkey", "-out", "k.pem"], key].concat())?;
    run(&[
        "req",
        "-x509",
        "-key",
        "k.pem",
        "-sha256",
        "-out",
        "c.pem",
        "-days",
        "20",
        "-subj",
        "/CN=Prueba",
        "-addext",
        "keyUsage=critical,nonRepudiation,digitalSignature,keyCertSign",
    ])?;
    run(&[
        "cms",
        "-sign",
        "-binary",
        "-nodetach",
        "-cades",
        "-in",
        "doc",
        "-signer",
        "c.pem",
        "-inkey",
        "k.pem",
        "-md",
        hash,
        "-outform",
        "DER",
        "-out",
        "s",
    ])?;
    let read = |name: &str| std::fs::read(bench.0.path().join(name)).unwrap();
    let trust = TrustStore::from_pem(&String::from_utf8(read("c.pem")).unwrap(), AnchorKind::Other).unwrap();
    Some(verify(&[Given { name: "s", bytes: &read("s") }], &trust, SystemClock::default().now()))
}

const RSA: [&str; 2] = ["-algorithm", "RSA"];

#[test]
fn sig_20_weak_hashes_and_short_keys_are_refused_and_sound_ones_named() {
    let bits = |option: &'static str| [&RSA[..], &["-pkeyopt", option]].concat();
    let Some(sound) = made(&bits("rsa_keygen_bits:3072"), "sha384") else { return };
    assert_eq!(sound.outcome, Outcome::Genuine, "{sound:#?}");
    assert_eq!(sound.signatures[0].algorithm, Some("RSA SHA-384"));
    let curve = ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-521"];
    let sound = made(&curve, "sha512").unwrap();
    assert_eq!(
        (sound.outcome, sound.signatures[0].algorithm),
        (Outcome::Genuine, Some("ECDSA P-521 SHA-512"))
    );
    let exponent = [&bits("rsa_keygen_bits:2048")[..], &["-pkeyopt", "rsa_keygen_pubexp:3"]].concat();
    let curve = ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:secp256k1"];
    for (key, hash) in [
        (&bits("rsa_keygen_bits:2048")[..], "sha1"),
        (&bits("rsa_keygen_bits:1024"), "sha256"),
        (&exponent, "sha256"),
        (&curve, "sha256"),
    ] {
        let verdict = made(key, hash).unwrap();
        assert_eq!(verdict.outcome, Outcome::Altered, "{key:?} {hash}");
        let sub = verdict.signatures[0].sub_indication;
        assert_eq!(sub, Some(SubIndication::CryptoConstraintsFailure), "{key:?} {hash}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_20_encodings_that_say_a_length_in_another_way_are_refused() {
    let place = place().await;
    let good = signed(&place, Shape::CadesAttached, Level::B).await;
    let judge = |bytes: &[u8]| {
        verify(&[Given { name: "a.p7m", bytes }], &place.signing.trust(), place.clock.now()).outcome
    };
    assert_eq!(judge(&good), Outcome::Genuine);
    assert_eq!(good[..2], [0x30, 0x82]);
    let long = [&[0x30, 0x83, 0][..], &good[2..]].concat();
    let indefinite = [&[0x30, 0x80][..], &good[4..], &[0, 0]].concat();
    let trailing = [&good[..], &[0]].concat();
    for bad in [long, trailing, [&indefinite[..], &[0]].concat()] {
        assert_eq!(judge(&bad), Outcome::Unreadable);
    }
    // A length that is told at the end is how BER is streamed: that alone is read as the same in DER.
    assert_eq!(judge(&indefinite), Outcome::Genuine);
}
