//! What other people's programs say of a certificate that went through the whole flow.

use std::sync::Arc;

use copihue_db::testing::TestDb;
use copihue_signing::{NoEvidence, SealOptions};

use super::world::{ANA, DESK, DESKER, Town, run};
use crate::longterm::certificate;
use crate::support::{Authority, Bench, classic_pdf, text};

#[tokio::test(flavor = "multi_thread")]
async fn sig_20_openssl_and_pyhanko_accept_a_certificate_of_the_flow_and_see_why_it_was_revoked() {
    let test = TestDb::sqlite(&copihue_db::Options::default());
    let town = Town::new(&test, Arc::new(NoEvidence)).await;
    let seed = town.signer(ANA).await;
    let (actor, code) = (town.actor(ANA), town.code(&seed));
    let signed =
        town.signing.sign_pdf_as(&actor, &code, classic_pdf(), SealOptions::default()).await.unwrap();
    let bench = Bench::new(&Authority::new(copihue_signing::keys::Algorithm::P256));
    bench.put("ca.pem", town.signing.root().unwrap().to_pem().as_bytes());
    bench.put("issuing.pem", town.signing.issuing().unwrap().to_pem().as_bytes());
    bench.put("s.pdf", &signed.bytes);
    let Some(leaf) = certificate(&bench, &signed.bytes, "Ana María Ñancupil Peña") else { return };
    bench.put("leaf.pem", leaf.to_pem().as_bytes());

    let at = (signed.signed_at.millis() / 1000).to_string();
    let path = ["verify", "-attime", &at, "-CAfile", "ca.pem", "-untrusted", "issuing.pem", "leaf.pem"];
    let Some(output) = bench.run("openssl", &path) else { return };
    assert!(output.status.success(), "{}", text(&output));
    let subject =
        bench.run("openssl", &["x509", "-in", "leaf.pem", "-noout", "-subject", "-nameopt", "utf8"]);
    let subject = String::from_utf8_lossy(&subject.unwrap().stdout).into_owned();
    assert!(
        subject.contains("Ana María Ñancupil Peña") && subject.contains(&run(ANA).compact()),
        "{subject}"
    );
    let pyhanko =
        ["sign", "validate", "--trust", "ca.pem", "--trust-replace", "--no-revocation-check", "s.pdf"];
    if let Some(output) = bench.run("pyhanko", &pyhanko) {
        assert!(output.status.success() && text(&output).contains("INTACT:TRUSTED"), "{}", text(&output));
    }

    // Another process, which knows of no revocation yet.
    let other = town.other_process().await;
    other.crl().await.unwrap();
    // openssl looks at its own clock, by which the answer must be fresh.
    town.clock.advance_millis(86_340_000);
    let said = ocsp(&bench, &town).await;
    assert!(said.contains("leaf.pem: good"), "{said}");
    let mut operator = town.visitor(DESKER).await;
    let list = operator.get(&format!("{DESK}?ver=disponibles")).await.expect(200).text();
    let id = list.split(&format!("{DESK}/")).nth(1).unwrap()[..26].to_owned();
    operator.get(&format!("{DESK}/{id}")).await.expect(200);
    let motive = [("motivo", "compromiso_de_clave")];
    let done = operator.post(&format!("{DESK}/{id}/revocar"), &motive).await.expect(200);
    assert!(done.says("Sospecha de compromiso de clave privada"));
    let said = ocsp(&bench, &town).await;
    assert!(said.contains("leaf.pem: revoked") && said.contains("Reason: keyCompromise"), "{said}");
    // The other one publishes the new list too.
    for signing in [&town.signing, &other] {
        bench.put("list.crl", &signing.crl().await.unwrap());
        let crl = ["crl", "-inform", "DER", "-in", "list.crl", "-CAfile", "issuing.pem", "-noout", "-text"];
        let said = text(&bench.run("openssl", &crl).unwrap());
        assert!(said.contains("verify OK") && said.contains("Key Compromise"), "{said}");
    }
}

async fn ocsp(bench: &Bench, town: &Town) -> String {
    let about = ["-issuer", "issuing.pem", "-cert", "leaf.pem"];
    bench.run("openssl", &[&["ocsp"][..], &about, &["-no_nonce", "-reqout", "q.der"]].concat()).unwrap();
    let request = std::fs::read(bench.0.path().join("q.der")).unwrap();
    bench.put("a.der", &town.signing.answer_ocsp(&request).await.unwrap());
    let known = ["-respin", "a.der", "-CAfile", "ca.pem", "-verify_other", "issuing.pem"];
    text(&bench.run("openssl", &[&["ocsp"][..], &about, &known].concat()).unwrap())
}
