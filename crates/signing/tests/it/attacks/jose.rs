//! JWS and JAdES: headers that choose how they are judged, say things twice, or ask for what nobody understands.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use copihue_core::SystemRandom;
use copihue_core::json::sha256;
use copihue_signing::keys::{Algorithm, SigningKey};
use copihue_signing::pki::{Certificate, Issuer, issue};
use copihue_signing::verify::{Given, Outcome, SubIndication, Verdict, verify};
use serde_json::{Value, json};

use crate::support::{Authority, holder, new_key, now};

struct Bench {
    authority: Authority,
    key: SigningKey,
    certificate: Certificate,
}

impl Bench {
    fn new() -> Self {
        let authority = Authority::new(Algorithm::P256);
        let key = new_key(Algorithm::P256);
        let by = Issuer {
            certificate: &authority.issuing,
            key: &authority.issuing_key,
            rut: None,
            published_at: None,
        };
        let (from, until) = (now().plus_seconds(-86_400), now().plus_seconds(86_400 * 300));
        let certificate = issue(&by, &holder(), &key, from, until, &SystemRandom).unwrap();
        Self { authority, key, certificate }
    }

    fn header(&self, besides: Value) -> String {
        let mut header = json!({
            "alg": "ES256", "iat": now().millis() / 1000,
            "x5c": [STANDARD.encode(self.certificate.der()), STANDARD.encode(self.authority.issuing.der())],
            "x5t#S256": URL_SAFE_NO_PAD.encode(sha256(self.certificate.der())),
        });
        header.as_object_mut().unwrap().extend(besides.as_object().unwrap().clone());
        header.to_string()
    }

    fn sign(&self, header: &str, payload: &str) -> [String; 3] {
        let protected = URL_SAFE_NO_PAD.encode(header);
        let signature = self.key.sign_jose(format!("{protected}.{payload}").as_bytes()).unwrap();
        [protected, payload.to_owned(), URL_SAFE_NO_PAD.encode(signature)]
    }

    fn compact(&self, header: &str) -> String {
        self.sign(header, &URL_SAFE_NO_PAD.encode("{\"a\":1}")).join(".")
    }

    fn judge(&self, text: &str, beside: &[(&str, &[u8])]) -> Verdict {
        let mut files = vec![Given { name: "f.json", bytes: text.as_bytes() }];
        files.extend(beside.iter().map(|(name, bytes)| Given { name, bytes }));
        verify(&files, &self.authority.trust(), now())
    }

    fn problem(&self, header: &str) -> Option<SubIndication> {
        let verdict = self.judge(&self.compact(header), &[]);
        assert_eq!(verdict.signatures.len(), 1, "{header}: {verdict:#?}");
        verdict.signatures[0].sub_indication
    }
}

#[test]
fn sig_20_headers_that_must_be_understood_and_are_not_are_refused() {
    use SubIndication::FormatFailure;
    let bench = Bench::new();
    assert_eq!(bench.problem(&bench.header(json!({}))), None);
    assert_eq!(bench.problem(&bench.header(json!({"crit": ["sigPl"], "sigPl": {}}))), None);
    let bad = [
        json!({"crit": ["otra"], "otra": 1}),
        json!({"crit": []}),
        json!({"crit": ["sigPl", "sigPl"], "sigPl": {}}),
        json!({"crit": ["sigPl"]}),
        json!({"crit": ["alg"]}),
        json!({"crit": "b64"}),
        json!({"b64": false}),
        json!({"b64": "no", "crit": ["b64"]}),
        json!({"sigT": "2026-01-01T00:00:00Z"}),
        json!({"sigD": {"mId": "http://uri.etsi.org/19182/HttpHeaders", "pars": ["a"]}}),
    ];
    for besides in bad {
        assert_eq!(bench.problem(&bench.header(besides.clone())), Some(FormatFailure), "{besides}");
    }
    let twice = bench.header(json!({})).replace("{\"alg\"", "{\"alg\":\"none\",\"alg\"");
    assert_eq!(bench.problem(&twice), Some(FormatFailure));
}

#[test]
fn sig_20_the_header_does_not_choose_the_algorithm_nor_the_certificate() {
    let bench = Bench::new();
    for algorithm in ["none", "HS256", "RS256", "ES384", "ES512", "PS256"] {
        let header = bench.header(json!({"alg": algorithm}));
        assert_eq!(bench.problem(&header), Some(SubIndication::CryptoConstraintsFailure), "{algorithm}");
    }
    let other = URL_SAFE_NO_PAD.encode(sha256(bench.authority.issuing.der()));
    assert_eq!(
        bench.problem(&bench.header(json!({"x5t#S256": other}))),
        Some(SubIndication::NoSigningCertificateFound)
    );
    let weak = json!({"x5t#o": {"digAlg": "S1", "digVal": "AAAA"}});
    assert_eq!(bench.problem(&bench.header(weak)), Some(SubIndication::CryptoConstraintsFailure));
    let none = bench.judge(&bench.compact("{\"alg\":\"ES256\"}"), &[]);
    assert_eq!(none.signatures[0].sub_indication, Some(SubIndication::NoSigningCertificateFound));
    // r and s of nothing, by which a careless check takes any message.
    let [protected, payload, _] = bench.sign(&bench.header(json!({})), "e30");
    let zero = format!("{protected}.{payload}.{}", URL_SAFE_NO_PAD.encode([0; 64]));
    assert_eq!(bench.judge(&zero, &[]).signatures[0].sub_indication, Some(SubIndication::SigCryptoFailure));
}

#[test]
fn sig_20_json_forms_say_nothing_twice() {
    let bench = Bench::new();
    let [protected, payload, signature] = bench.sign(&bench.header(json!({})), "e30");
    let flat = |header: Value| json!({"payload": payload, "protected": protected, "signature": signature, "header": header});
    assert_eq!(bench.judge(&flat(json!({})).to_string(), &[]).outcome, Outcome::Genuine);
    let one = json!({"protected": protected, "signature": signature});
    let many = json!({"payload": payload, "signatures": [one, one]}).to_string();
    let verdict = bench.judge(&many, &[]);
    assert_eq!((verdict.outcome, verdict.signatures.len()), (Outcome::Genuine, 2));
    for header in [json!({"alg": "none"}), json!({"crit": ["x"]}), json!({"iat": 1})] {
        assert_eq!(bench.judge(&flat(header.clone()).to_string(), &[]).outcome, Outcome::Altered, "{header}");
    }
    let twice = flat(json!({})).to_string().replacen("{\"", "{\"payload\":\"e31\",\"", 1);
    assert_eq!(bench.judge(&twice, &[]).outcome, Outcome::Unreadable);
    let both =
        json!({"payload": payload, "protected": protected, "signature": signature, "signatures": [one]});
    assert_eq!(bench.judge(&both.to_string(), &[]).outcome, Outcome::Unreadable);
}

#[test]
fn sig_20_a_payload_elsewhere_is_the_file_that_is_given() {
    let bench = Bench::new();
    let data: &[u8] = b"Se decreta.";
    let encoded = URL_SAFE_NO_PAD.encode(data);
    let [protected, _, signature] = bench.sign(&bench.header(json!({})), &encoded);
    let plain = format!("{protected}..{signature}");
    let hash = json!({"crit": ["sigD"], "sigD": {"mId": "http://uri.etsi.org/19182/ObjectIdByURIHash", "pars": ["a.txt"],
        "hashM": "S256", "hashV": [URL_SAFE_NO_PAD.encode(sha256(encoded.as_bytes()))], "ctys": ["text/plain"]}});
    let by_hash = bench.sign(&bench.header(hash), "").join(".");
    let raw = bench.header(json!({"b64": false, "crit": ["b64"]}));
    let protected = URL_SAFE_NO_PAD.encode(&raw);
    let signature = bench.key.sign_jose(&[format!("{protected}.").as_bytes(), data].concat()).unwrap();
    let unencoded = format!("{protected}..{}", URL_SAFE_NO_PAD.encode(signature));
    for text in [plain, by_hash, unencoded] {
        assert_eq!(bench.judge(&text, &[("a.txt", data)]).outcome, Outcome::Genuine, "{text}");
        assert_eq!(bench.judge(&text, &[("a.txt", b"Otra cosa.")]).outcome, Outcome::Altered);
        assert_eq!(bench.judge(&text, &[]).outcome, Outcome::Incomplete);
    }
    // Inside and beside: which of the two was signed would be anybody's choice.
    let attached = bench.compact(&bench.header(json!({})));
    assert_eq!(bench.judge(&attached, &[("a.txt", data)]).outcome, Outcome::Altered);
}
