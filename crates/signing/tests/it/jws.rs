//! JWS, as foreign libraries read them.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use copihue_signing::Signer;
use copihue_signing::keys::Algorithm;
use copihue_signing::verify::{Indication, SubIndication, TrustStore, verify_jws};
use serde_json::{Value, json};

use crate::support::{Authority, Bench, classic_pdf, now, options, text};

const CHECK: &str = r#"
import base64, json, sys
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, utils
t = open("t.jws").read(); h, p, s = t.split(".")
d = lambda x: base64.urlsafe_b64decode(x + "=" * (-len(x) % 4))
header = json.loads(d(h)); sig = d(s); data = (h + "." + p).encode()
cert = x509.load_der_x509_certificate(base64.b64decode(header["x5c"][0])); key = cert.public_key()
assert d(header["x5t#S256"]) == cert.fingerprint(hashes.SHA256())
if header["alg"] in ("ES256", "ES384"):
    half, hash = (32, hashes.SHA256()) if header["alg"] == "ES256" else (48, hashes.SHA384())
    assert len(sig) == 2 * half
    der = utils.encode_dss_signature(int.from_bytes(sig[:half], "big"), int.from_bytes(sig[half:], "big"))
    key.verify(der, data, ec.ECDSA(hash))
elif header["alg"] == "EdDSA":
    key.verify(sig, data)
else:
    hash = {"RS256": hashes.SHA256, "RS384": hashes.SHA384, "RS512": hashes.SHA512}[header["alg"]]
    key.verify(sig, data, padding.PKCS1v15(), hash())
print("ok", d(p).decode())
"#;

#[test]
fn exp_06_a_jws_is_verified_by_a_foreign_library() {
    for algorithm in Algorithm::DOCUMENTS {
        let authority = Authority::new(algorithm);
        accepted_elsewhere(&authority, &authority.seal());
    }
}

fn accepted_elsewhere(authority: &Authority, signer: &Signer) {
    let jws = signer.sign_jws(&json!({"b": 1, "a": "ñ"}), now()).unwrap();
    let header: Value =
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(jws.split('.').next().unwrap()).unwrap()).unwrap();
    assert_eq!(header["iat"], now().millis() / 1000);
    let bench = Bench::new(authority);
    bench.put("t.jws", jws.as_bytes());
    bench.put("check.py", CHECK.as_bytes());
    let Some(output) = bench.run("python3", &["check.py"]) else { return };
    if text(&output).contains("ModuleNotFoundError") {
        return eprintln!("skipped: python3 lacks cryptography");
    }
    assert!(output.status.success(), "{}", text(&output));
    assert!(String::from_utf8_lossy(&output.stdout).contains(r#"{"a":"ñ","b":1}"#));
}

#[test]
fn sig_20_ed25519_signs_jws_and_no_document() {
    let authority = Authority::new(Algorithm::P256);
    let signer = authority.holder_with(Algorithm::Ed25519);
    accepted_elsewhere(&authority, &signer);
    let jws = signer.sign_jws(&json!({"a": 1}), now()).unwrap();
    assert_eq!(verify_jws(&jws, &authority.trust(), now()).problem, None);
    let changed = forged(&jws, 1, |payload| payload[5] ^= 3);
    assert_eq!(
        verify_jws(&changed, &authority.trust(), now()).problem,
        Some(SubIndication::SigCryptoFailure)
    );
    let document = signer.sign_pdf(&classic_pdf(), &options(), now());
    assert_eq!(document.unwrap_err().code(), "algoritmo_solo_jws");
}

#[test]
fn exp_06_a_jws_is_verified_offline_and_says_who_sealed() {
    for algorithm in Algorithm::DOCUMENTS {
        let authority = Authority::new(algorithm);
        let jws = authority.seal().sign_jws(&json!({"b": 1, "a": "ñ"}), now()).unwrap();
        let verdict = verify_jws(&jws, &authority.trust(), now());
        assert_eq!((verdict.problem, verdict.indication()), (None, Indication::TotalPassed));
        assert_eq!(verdict.payload, r#"{"a":"ñ","b":1}"#.as_bytes());
        assert_eq!(verdict.claimed_time, Some(now()));
        let signer = verdict.signer.unwrap();
        assert!(signer.is_seal());
        assert_eq!(signer.name.institution, "Municipalidad de Puente Alto");
        let by_a_person = authority.holder().sign_jws(&json!({}), now()).unwrap();
        assert!(!verify_jws(&by_a_person, &authority.trust(), now()).signer.unwrap().is_seal());
        // Nobody is trusted: nothing is known. After its end, nothing proves that it is older.
        let unknown = verify_jws(&jws, &TrustStore::new(), now());
        assert_eq!(unknown.problem, Some(SubIndication::NoCertificateChainFound));
        assert_eq!(unknown.indication(), Indication::Indeterminate);
        let late = verify_jws(&jws, &authority.trust(), now().plus_seconds(4 * 365 * 86_400));
        assert_eq!(late.problem, Some(SubIndication::OutOfBoundsNoPoe));
    }
}

/// The parts of a JWS put together again after a change.
fn forged(jws: &str, part: usize, change: impl Fn(&mut Vec<u8>)) -> String {
    let mut parts: Vec<Vec<u8>> = jws.split('.').map(|p| URL_SAFE_NO_PAD.decode(p).unwrap()).collect();
    change(&mut parts[part]);
    parts.iter().map(|p| URL_SAFE_NO_PAD.encode(p)).collect::<Vec<_>>().join(".")
}

#[test]
fn exp_06_a_jws_that_was_changed_is_refused() {
    use SubIndication as S;
    let (authority, other) = (Authority::new(Algorithm::P256), Authority::new(Algorithm::P256));
    let jws = authority.seal().sign_jws(&json!({"a": 1}), now()).unwrap();
    let judged = |jws: &str| verify_jws(jws, &authority.trust(), now()).problem;
    let replaced = |from: &str, to: &str| {
        forged(&jws, 0, |header| {
            *header = String::from_utf8(header.clone()).unwrap().replacen(from, to, 1).into_bytes();
        })
    };
    assert_eq!(judged(&forged(&jws, 1, |payload| payload[5] ^= 3)), Some(S::SigCryptoFailure));
    assert_eq!(judged(&forged(&jws, 2, |signature| signature[9] ^= 1)), Some(S::SigCryptoFailure));
    assert_eq!(judged(&forged(&jws, 2, Vec::clear)), Some(S::SigCryptoFailure));
    assert_eq!(judged(&replaced("\"iat\":1", "\"iat\":2")), Some(S::SigCryptoFailure));
    for algorithm in ["none", "HS256", "RS256"] {
        let text = replaced("ES256", algorithm);
        assert_eq!(judged(&text), Some(S::CryptoConstraintsFailure), "{algorithm}");
    }
    assert_eq!(judged(&replaced("\"alg\"", "\"crit\":[\"b64\"],\"alg\"")), Some(S::FormatFailure));
    for text in ["", "a", "a.b", "a.b.c", &format!("{jws}.x"), &format!("{jws}=")] {
        assert_eq!(judged(text), Some(S::FormatFailure), "{text}");
    }
    // The same words under another's seal of the same name.
    let theirs = other.seal().sign_jws(&json!({"a": 1}), now()).unwrap();
    assert_eq!(judged(&theirs), Some(S::NoCertificateChainFound));
}
