//! Timestamps: our authority as others see it, and what a stamped signature proves.

use copihue_core::json::sha256;
use copihue_core::{SystemRandom, Timestamp};
use copihue_signing::SealOptions;
use copihue_signing::keys::Algorithm;
use copihue_signing::verify::{Outcome, SubIndication, verify_pdf};

use crate::support::{Authority, Bench, KINDS, classic_pdf, now, options, stream_pdf, text};

const YEAR_S: i64 = 365 * 86_400;

/// Sends what openssl asks to our authority, and the answer back to openssl.
fn ask(bench: &Bench, authority: &Authority, question: &[&str]) -> Option<String> {
    let query = [&["ts", "-query", "-data", "doc", "-out", "q.tsq"][..], question].concat();
    let output = bench.run("openssl", &query)?;
    assert!(output.status.success(), "{}", text(&output));
    let request = std::fs::read(bench.0.path().join("q.tsq")).unwrap();
    let stamps = authority.stamps(now().plus_seconds(-86_400), now().plus_seconds(YEAR_S));
    let (reply, _) = stamps.answer(&request, now(), &SystemRandom).unwrap();
    bench.put("r.tsr", &reply);
    Some(text(&bench.run("openssl", &["ts", "-reply", "-in", "r.tsr", "-text"])?))
}

#[test]
fn sig_19_openssl_verifies_what_our_timestamp_authority_answers() {
    for algorithm in KINDS {
        let authority = Authority::new(algorithm);
        let bench = Bench::new(&authority);
        bench.put("doc", b"un documento");
        bench.put("other", b"otro documento");
        bench.put("issuing.pem", authority.issuing.to_pem().as_bytes());
        for hash in ["-sha256", "-sha384", "-sha512"] {
            for more in [&["-cert"][..], &["-cert", "-no_nonce"]] {
                let Some(said) = ask(&bench, &authority, &[&[hash][..], more].concat()) else { return };
                assert!(
                    said.contains("Status: Granted.") && said.contains("Accuracy: 0x01 seconds"),
                    "{said}"
                );
                let verify = |source: &[&str]| {
                    let rest = ["-in", "r.tsr", "-CAfile", "ca.pem"];
                    text(&bench.run("openssl", &[&["ts", "-verify"][..], source, &rest].concat()).unwrap())
                };
                let said = verify(&["-data", "doc"]);
                assert!(said.contains("Verification: OK"), "{said}");
                let said = verify(&["-queryfile", "q.tsq"]);
                assert!(said.contains("Verification: OK"), "{said}");
                assert!(verify(&["-data", "other"]).contains("Verification: FAILED"));
            }
        }
        // Without certificates in the answer they must be known.
        ask(&bench, &authority, &["-sha256"]).unwrap();
        let said = text(
            &bench
                .run("openssl", &["ts", "-verify", "-data", "doc", "-in", "r.tsr", "-CAfile", "ca.pem"])
                .unwrap(),
        );
        assert!(said.contains("FAILED"), "{said}");
    }
}

#[test]
fn sig_19_what_can_not_be_stamped_is_refused_with_its_reason() {
    let authority = Authority::new(Algorithm::P256);
    let bench = Bench::new(&authority);
    bench.put("doc", b"un documento");
    let Some(said) = ask(&bench, &authority, &["-sha1"]) else { return };
    assert!(said.contains("Rejected.") && said.contains("unrecognized or unsupported algorithm"), "{said}");
    let said = ask(&bench, &authority, &["-sha256", "-tspolicy", "1.2.3.4"]).unwrap();
    assert!(said.contains("requested TSA policy is not supported"), "{said}");
    let said =
        ask(&bench, &authority, &["-sha256", "-tspolicy", "2.25.19744045342950186521341161718548319743"]);
    assert!(said.unwrap().contains("Status: Granted."));
    let stamps = authority.stamps(now().plus_seconds(-86_400), now().plus_seconds(YEAR_S));
    let reason = |request: &[u8], at: Timestamp| {
        bench.put("r.tsr", &stamps.answer(request, at, &SystemRandom).unwrap().0);
        text(&bench.run("openssl", &["ts", "-reply", "-in", "r.tsr", "-text"]).unwrap())
    };
    assert!(reason(b"nada", now()).contains("data submitted has the wrong format"));
    let good = std::fs::read(bench.0.path().join("q.tsq")).unwrap();
    assert!(reason(&good, now()).contains("Granted"));
    // The clock was set back: nobody knows any more what time it is.
    assert!(reason(&good, now().plus_seconds(-60)).contains("time source is not available"));
    assert!(reason(&good, now().plus_seconds(2 * YEAR_S)).contains("system failure"));
}

const PYHANKO: [&str; 6] =
    ["sign", "validate", "--trust", "ca.pem", "--trust-replace", "--no-revocation-check"];

#[test]
fn sig_20_foreign_programs_accept_a_stamped_signature_and_refuse_a_changed_byte() {
    for algorithm in KINDS {
        let authority = Authority::new(algorithm);
        for pdf in [classic_pdf(), stream_pdf()] {
            let bench = Bench::new(&authority);
            let good = authority.stamped(&pdf, now());
            let mut bad = good.clone();
            let at = bad.windows(7).position(|w| w == b"Permiso").unwrap();
            bad[at] ^= 1;
            bench.put("good.pdf", &good);
            bench.put("bad.pdf", &bad);
            if let Some(output) = bench.run("pyhanko", &[&PYHANKO[..], &["good.pdf"]].concat()) {
                let said = text(&output);
                assert!(
                    output.status.success() && said.contains("TIMESTAMP_TOKEN<INTACT:TRUSTED>"),
                    "{said}"
                );
                assert!(
                    !bench.run("pyhanko", &[&PYHANKO[..], &["bad.pdf"]].concat()).unwrap().status.success()
                );
            }
            if let Some(output) = bench.run("pdfsig", &["-nocert", "good.pdf"]) {
                let said = text(&output);
                assert!(
                    said.contains("Signature is Valid.") && said.contains("Total document signed"),
                    "{said}"
                );
                let said = text(&bench.run("pdfsig", &["-nocert", "bad.pdf"]).unwrap());
                assert!(said.contains("Digest Mismatch"), "{said}");
            }
            if let Some(output) = bench.run("qpdf", &["--check", "good.pdf"]) {
                assert!(output.status.success() && !text(&output).contains("WARNING"), "{}", text(&output));
            }
        }
    }
}

#[test]
fn sig_19_a_timestamp_proves_the_date_after_the_certificate_has_ended() {
    let authority = Authority::new(Algorithm::P256);
    let (trust, later) = (authority.trust(), now().plus_seconds(4 * YEAR_S));
    let bare = authority.holder().sign_pdf(&classic_pdf(), &options(), now()).unwrap();
    assert_eq!(verify_pdf(&bare, &trust, later).outcome, Outcome::Undated);
    let stamped = authority.stamped(&classic_pdf(), now());
    let verdict = verify_pdf(&stamped, &trust, later);
    assert_eq!(verdict.outcome, Outcome::Genuine, "{verdict:?}");
    let [signature] = &verdict.signatures[..] else { panic!("one signature") };
    assert_eq!((signature.level, signature.best_time), ("B-T", Some(now())));
    assert!(
        signature
            .messages_es
            .iter()
            .any(|m| m.starts_with("Un sello de tiempo de Sellos de tiempo de prueba"))
    );
    // When the authority's own certificate has ended too, the token no longer proves anything by itself.
    let verdict = verify_pdf(&stamped, &trust, now().plus_seconds(9 * YEAR_S + 86_400 * 2));
    assert_eq!(verdict.outcome, Outcome::Undated, "{verdict:?}");
    assert_eq!(verdict.signatures[0].level, "B-B");
}

/// Signs with a token made by `token` over the signature value.
fn with_token(authority: &Authority, at: Timestamp, token: impl Fn(&[u8]) -> Vec<u8>) -> Vec<u8> {
    let signer = authority.holder();
    let half = signer.begin_pdf(&classic_pdf(), &SealOptions::default(), at, 6000).unwrap();
    let token = token(half.signature());
    half.finish(&signer, Some(&token)).unwrap()
}

#[test]
fn sig_19_a_token_that_is_not_of_this_signature_or_not_by_an_authority_is_refused() {
    let authority = Authority::new(Algorithm::P256);
    let trust = authority.trust();
    let good = authority.stamps(now().plus_seconds(-86_400), now().plus_seconds(YEAR_S));
    let stamp = |by: &copihue_signing::tsp::Authority, over: &[u8], at| {
        by.stamp(&sha256(over), at, &SystemRandom).unwrap().unwrap()
    };
    let sub = |pdf: &[u8]| verify_pdf(pdf, &trust, now()).signatures[0].sub_indication;
    let moved = with_token(&authority, now(), |_| stamp(&good, b"otra firma", now()));
    assert_eq!(sub(&moved), Some(SubIndication::SigConstraintsFailure));
    // A holder's certificate does not stamp, whatever it signs.
    let holder = copihue_signing::tsp::Authority::new(std::sync::Arc::new(authority.holder()));
    let by_holder = with_token(&authority, now(), |value| stamp(&holder, value, now()));
    let verdict = verify_pdf(&by_holder, &trust, now());
    assert_eq!(
        verdict.signatures[0].timestamps[0].sub_indication,
        Some(SubIndication::ChainConstraintsFailure)
    );
    assert_eq!((verdict.signatures[0].level, verdict.signatures[0].best_time), ("B-B", None));
    // Signed by its own clock a day after the time that the token proves.
    let before = authority.stamps(now().plus_seconds(-86_400), now().plus_seconds(YEAR_S));
    let early = with_token(&authority, now(), |value| stamp(&before, value, now().plus_seconds(-80_000)));
    assert_eq!(sub(&early), Some(SubIndication::TimestampOrderFailure));
    // An authority that nobody here knows: the signature stands, its date is not proved.
    let other =
        Authority::new(Algorithm::P256).stamps(now().plus_seconds(-86_400), now().plus_seconds(YEAR_S));
    let unknown = with_token(&authority, now(), |value| stamp(&other, value, now()));
    let verdict = verify_pdf(&unknown, &trust, now());
    assert!(verdict.is_genuine() && verdict.signatures[0].level == "B-B", "{verdict:?}");
    assert!(verdict.signatures[0].messages_es.iter().any(|m| m.contains("no prueba la fecha")));
}
