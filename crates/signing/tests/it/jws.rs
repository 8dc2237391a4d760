//! JWS, as foreign libraries read them.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use copihue_signing::keys::Algorithm;
use serde_json::{Value, json};

use crate::support::{Authority, Bench, now, text};

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
if header["alg"] == "ES256":
    assert len(sig) == 64
    der = utils.encode_dss_signature(int.from_bytes(sig[:32], "big"), int.from_bytes(sig[32:], "big"))
    key.verify(der, data, ec.ECDSA(hashes.SHA256()))
else:
    assert header["alg"] == "RS256"
    key.verify(sig, data, padding.PKCS1v15(), hashes.SHA256())
print("ok", d(p).decode())
"#;

#[test]
fn exp_06_a_jws_is_verified_by_a_foreign_library() {
    for algorithm in [Algorithm::P256, Algorithm::Rsa2048] {
        let authority = Authority::new(algorithm);
        let jws = authority.seal().sign_jws(&json!({"b": 1, "a": "ñ"}), now()).unwrap();
        let header: Value =
            serde_json::from_slice(&URL_SAFE_NO_PAD.decode(jws.split('.').next().unwrap()).unwrap()).unwrap();
        assert_eq!(header["iat"], now().millis() / 1000);
        let bench = Bench::new(&authority);
        bench.put("t.jws", jws.as_bytes());
        bench.put("check.py", CHECK.as_bytes());
        let Some(output) = bench.run("python3", &["check.py"]) else { return };
        if text(&output).contains("ModuleNotFoundError") {
            eprintln!("skipped: python3 lacks cryptography");
            return;
        }
        assert!(output.status.success(), "{}", text(&output));
        assert!(String::from_utf8_lossy(&output.stdout).contains(r#"{"a":"ñ","b":1}"#));
    }
}
