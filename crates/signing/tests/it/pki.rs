//! Certificates, revocation and time.

use copihue_core::Timestamp;
use copihue_signing::keys::Algorithm;
use copihue_signing::pki::{Revocation, RevocationReason, issue_crl};
use copihue_signing::verify::{AnchorKind, Given, Outcome, SubIndication, TrustStore, report, verify_pdf};

use crate::support::{Authority, Bench, classic_pdf, holder, now, options, text};

#[test]
fn sig_04_no_holder_certificate_lives_longer_than_three_years() {
    let authority = Authority::new(Algorithm::P256);
    let signer = authority.issue(&holder(), now(), now().plus_seconds(9 * 365 * 86_400));
    let (from, to) = signer.certificate().validity();
    assert_eq!(to, from.plus_seconds(3 * 365 * 86_400));
}

#[test]
fn sig_15_the_certificate_carries_the_run_where_the_decree_puts_it() {
    let authority = Authority::new(Algorithm::P256);
    let signer = authority.holder();
    assert_eq!(signer.certificate().run().unwrap().compact(), "11111111-1");
    let bench = Bench::new(&authority);
    bench.put("c.pem", signer.certificate().to_pem().as_bytes());
    bench.put("i.pem", authority.issuing.to_pem().as_bytes());
    let arguments = ["verify", "-x509_strict", "-CAfile", "ca.pem", "-untrusted", "i.pem", "c.pem"];
    let Some(output) = bench.run("openssl", &arguments) else { return };
    assert!(output.status.success(), "{}", text(&output));
    let shown = text(&bench.run("openssl", &["x509", "-in", "c.pem", "-noout", "-text"]).unwrap());
    for expected in ["Digital Signature, Non Repudiation", "1.3.6.1.4.1.8321.1", "email:maria@example.cl"] {
        assert!(shown.contains(expected), "{expected}\n{shown}");
    }
}

#[test]
fn sig_04_revocation_counts_from_its_exact_second() {
    let authority = Authority::new(Algorithm::P256);
    let signer = authority.holder();
    let signed = signer.sign_pdf(&classic_pdf(), &options(), now()).unwrap();
    let verdict_with = |revoked_at: Timestamp, known_at: Timestamp| {
        let revocation = Revocation {
            serial: hex::decode(signer.certificate().serial()).unwrap(),
            at: revoked_at,
            reason: RevocationReason::KeyCompromise,
        };
        let week = now().plus_seconds(7 * 86_400);
        let crl =
            issue_crl(&authority.issuing, &authority.issuing_key, &[revocation], 7, now(), week).unwrap();
        let mut trust = authority.trust();
        trust.add_crl(&crl).unwrap();
        verify_pdf(&signed, &trust, known_at)
    };
    let second = now().plus_seconds(1);
    let before = verdict_with(now(), second);
    assert_eq!(before.signatures[0].sub_indication, Some(SubIndication::Revoked));
    assert_eq!(before.outcome, Outcome::Unrecognised);
    let unproven = verdict_with(second, now().plus_seconds(60));
    assert_eq!(unproven.outcome, Outcome::Undated);
    let proven = verdict_with(second, now());
    assert_eq!(proven.outcome, Outcome::Genuine);
}

#[test]
fn crl_is_read_by_openssl() {
    let authority = Authority::new(Algorithm::P256);
    let bench = Bench::new(&authority);
    let week = now().plus_seconds(7 * 86_400);
    for revoked in
        [vec![], vec![Revocation { serial: vec![0x81, 2], at: now(), reason: RevocationReason::Unspecified }]]
    {
        let crl = issue_crl(&authority.issuing, &authority.issuing_key, &revoked, 1, now(), week).unwrap();
        bench.put("c.crl", &crl);
        bench.put("i.pem", authority.issuing.to_pem().as_bytes());
        let arguments = ["crl", "-inform", "DER", "-in", "c.crl", "-CAfile", "i.pem", "-noout"];
        let Some(output) = bench.run("openssl", &arguments) else { return };
        assert!(output.status.success() && text(&output).contains("verify OK"), "{}", text(&output));
    }
}

#[test]
fn another_authority_is_not_recognised() {
    let (ours, theirs) = (Authority::new(Algorithm::P256), Authority::new(Algorithm::P256));
    let signed = theirs.holder().sign_pdf(&classic_pdf(), &options(), now()).unwrap();
    let verdict = verify_pdf(&signed, &ours.trust(), now());
    assert_eq!(verdict.outcome, Outcome::Unrecognised);
    assert_eq!(verdict.signatures[0].sub_indication, Some(SubIndication::NoCertificateChainFound));
    assert!(verdict.signatures[0].is_intact());
    // The issuing authority may itself be trusted.
    let direct = TrustStore::from_pem(&theirs.issuing.to_pem(), AnchorKind::State).unwrap();
    assert!(verify_pdf(&signed, &direct, now()).is_genuine());
}

#[test]
fn a_certificate_that_ended_proves_nothing_without_a_register() {
    let authority = Authority::new(Algorithm::P256);
    let signed = authority.holder().sign_pdf(&classic_pdf(), &options(), now()).unwrap();
    let later = now().plus_seconds(4 * 365 * 86_400);
    assert_eq!(verify_pdf(&signed, &authority.trust(), later).outcome, Outcome::Undated);
    assert_eq!(verify_pdf(&signed, &authority.trust(), now()).outcome, Outcome::Genuine);
}

#[test]
fn a_signing_time_in_the_future_is_not_believed() {
    let authority = Authority::new(Algorithm::P256);
    let signed = authority.holder().sign_pdf(&classic_pdf(), &options(), now().plus_seconds(3600)).unwrap();
    let verdict = verify_pdf(&signed, &authority.trust(), now());
    assert_eq!(verdict.outcome, Outcome::Unrecognised);
    assert_eq!(verdict.signatures[0].sub_indication, Some(SubIndication::TimestampOrderFailure));
}

#[test]
fn the_report_says_all_but_whether_it_is_in_force() {
    let authority = Authority::new(Algorithm::P256);
    let signed = authority.holder().sign_pdf(&classic_pdf(), &options(), now()).unwrap();
    let report = |bytes: &[u8]| report(&[Given { name: "a.pdf", bytes }], &authority.trust(), now());
    let good = report(&signed);
    assert_eq!(good.exit_code, 0);
    let who =
        "Firmado por María José Ñancupil Peña, Directora de Tránsito, Municipalidad de Puente Alto, el ";
    assert!(good.text.contains(who), "{}", good.text);
    assert!(good.text.contains("no se puede saber si el documento sigue vigente"));
    assert_eq!(good.json["verdict"], "autentico");
    assert_eq!(good.json["signatures"][0]["signer"]["kind"], "de_prueba");
    let mut changed = signed.clone();
    changed[200] ^= 1;
    assert_eq!(report(&changed).exit_code, 1);
    assert_eq!(report(&classic_pdf()).exit_code, 2);
    assert_eq!(report(b"MZ").exit_code, 1);
}
