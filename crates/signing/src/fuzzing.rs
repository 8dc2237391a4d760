//! What the fuzzers feed with any bytes (`fuzz/`), and what must hold of the answer. No panic, no run without an end, and:
//! what we sign, we can read again.

#![expect(clippy::unwrap_used, reason = "code of tests")]

use std::sync::OnceLock;

use copihue_core::{Run, SystemRandom, Timestamp};

use crate::keys::{Algorithm, SigningKey};
use crate::model::ticket::Ticket;
use crate::model::{layout, token};
use crate::pki::{Certificate, Crl, Issuer, OcspAnswer, OcspQuestion, Profile, issue, issue_root};
use crate::verify::{
    AnchorKind, Given, TrustStore, timestamp_of, to_etsi_xml, to_json, verify, verify_jws, verify_pdf,
};
use crate::xml::Asked;
use crate::{SealOptions, Signer, xml as xml_signature};

const DAY_S: i64 = 86_400;

struct Ready {
    signer: Signer,
    trust: TrustStore,
    at: Timestamp,
}

/// A signer, and whom to trust: made once.
fn ready() -> &'static Ready {
    static READY: OnceLock<Ready> = OnceLock::new();
    READY.get_or_init(|| {
        let at = Timestamp::from_millis(1_795_000_000_000);
        let (from, until) = (at.plus_seconds(-DAY_S), at.plus_seconds(365 * DAY_S));
        let [root_key, key] = [(); 2].map(|()| {
            SigningKey::from_pkcs8(Algorithm::P256, &SigningKey::generate(Algorithm::P256).unwrap()).unwrap()
        });
        let root = issue_root(&root_key, "Raíz de prueba", "Copihue", from, 20, &SystemRandom).unwrap();
        let issuer = Issuer { certificate: &root, key: &root_key, rut: None, published_at: None };
        let profile = Profile::Seal {
            institution: "Municipalidad de prueba".into(),
            rut: Run::from_number(69_072_100),
        };
        let certificate = issue(&issuer, &profile, &key, from, until, &SystemRandom).unwrap();
        let mut trust = TrustStore::new();
        trust.add_anchor(root, AnchorKind::Test);
        Ready { signer: Signer::new(key, certificate, Vec::new()).unwrap(), trust, at }
    })
}

/// Any bytes as a PDF: judged, signed, and judged again. Nothing of the original changes, and what could be read can be read
/// with the signature.
///
/// # Panics
/// When what was signed can't be read again.
pub fn pdf(data: &[u8]) {
    let ready = ready();
    let before = verify_pdf(data, &ready.trust, ready.at);
    let Ok(signed) = ready.signer.sign_pdf(data, &SealOptions::default(), ready.at) else { return };
    assert!(signed.starts_with(data), "signing changed what was there");
    // Damage elsewhere in the file was there before, and stays.
    if before.problem.is_none() {
        assert_last_intact(&signed);
    }
}

fn assert_last_intact(signed: &[u8]) {
    let ready = ready();
    let verdict = verify_pdf(signed, &ready.trust, ready.at);
    assert!(
        verdict.signatures.last().is_some_and(|s| s.is_intact()),
        "what was signed can't be read: {verdict:?}"
    );
}

/// Any bytes through the one door, alone and beside a file, and each report on them.
fn door(data: &[u8]) {
    let ready = ready();
    let (own, beside) = (Given { name: "f", bytes: data }, Given { name: "abc", bytes: b"abc" });
    for files in [&[own][..], &[own, beside]] {
        let verdict = verify(files, &ready.trust, ready.at);
        let _ = (to_json(&verdict, &ready.trust), to_etsi_xml(&verdict, &ready.trust, ready.at));
    }
}

/// Any bytes as each of the things in DER: a CMS around or beside a file, a timestamp, a certificate, a list of revoked ones, a
/// question and an answer about one.
pub fn cms(data: &[u8]) {
    let ready = ready();
    door(data);
    let _ = timestamp_of(b"abc", data);
    let _ = OcspQuestion::parse(data);
    let _ = OcspAnswer::from_der(data);
    if let Ok(crl) = Crl::from_der(data) {
        let _ = (crl.this_update(), crl.revoked_at(ready.signer.certificate()));
    }
    let Ok(certificate) = Certificate::from_der(data) else { return };
    let _ = (certificate.serial(), certificate.validity(), certificate.run(), certificate.common_name());
    let _ = (certificate.authority(), certificate.extended_usage(), certificate.has_unknown_critical());
}

/// Any bytes as an XML document, judged, and signed whole and by an id, with an object put in.
///
/// # Panics
/// When what was signed is no XML, or its signature is refused.
pub fn xml(data: &[u8]) {
    door(data);
    let (signer, trust, at) = (&ready().signer, &ready().trust, ready().at);
    let hashes = signer.hashes(None);
    let objects = ["<a xmlns=\"urn:a\"/>".to_owned()];
    for (references, objects) in [(&[][..], &[][..]), (&["a".to_owned()][..], &objects[..])] {
        if let Ok(signed) = xml_signature::sign(signer, hashes, &Asked { content: data, references, objects })
        {
            let again = xml_signature::sign(
                signer,
                hashes,
                &Asked { content: &signed, references: &[], objects: &[] },
            );
            assert!(again.is_ok(), "what was signed can't be read: {again:?}");
            let verdict = verify(&[Given { name: "f", bytes: &signed }], trust, at);
            assert!(
                verdict.signatures.iter().any(|s| s.is_intact()),
                "what was signed is refused: {verdict:?}"
            );
        }
    }
}

/// Any text as a stamp's layout: what can be read is drawn or refused, and what is drawn can be read. The same text as a token,
/// a JWS and a request of the contract.
///
/// # Panics
/// When what was signed can't be read again.
pub fn layout(data: &[u8]) {
    const PAGE: &[u8] = include_bytes!("../../../fuzz/corpus/pdf/classic.pdf");
    let ready = ready();
    let _ = Ticket::parse(data);
    let Ok(text) = std::str::from_utf8(data) else { return };
    let _ = token::Token::parse(text);
    let _ = verify_jws(text, &ready.trust, ready.at);
    door(data);
    if let Ok(stamp @ Some(_)) = layout::parse(text) {
        let options = SealOptions { stamp, ..SealOptions::default() };
        if let Ok(signed) = ready.signer.sign_pdf(PAGE, &options, ready.at) {
            assert_last_intact(&signed);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    type Target = (&'static str, fn(&[u8]));

    /// What the fuzzers found once is asked again in each run.
    #[test]
    fn every_file_of_the_corpora_is_answered() {
        let corpora = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus");
        let targets: [Target; 4] =
            [("pdf", super::pdf), ("cms", super::cms), ("xml", super::xml), ("layout", super::layout)];
        for (name, target) in targets {
            let files: Vec<_> = std::fs::read_dir(corpora.join(name)).unwrap().collect();
            assert!(!files.is_empty(), "{name} has no corpus");
            for file in files {
                target(&std::fs::read(file.unwrap().path()).unwrap());
            }
        }
    }
}
