//! CMS in PEM and in BER, as openssl writes them.

use copihue_core::json::sha256_hex;
use copihue_core::{Clock, SystemClock};
use copihue_signing::keys::Algorithm;
use copihue_signing::pki::Certificate;
use copihue_signing::verify::{AnchorKind, Given, Indication, Kind, TrustStore, verify};

use crate::support::{Authority, Bench, text};

/// A signer of openssl's own making; `None` where it is not there.
fn signer() -> Option<(Bench, TrustStore)> {
    let bench = Bench::new(&Authority::new(Algorithm::P256));
    let run = |arguments: &[&str]| {
        let output = bench.run("openssl", arguments)?;
        assert!(output.status.success(), "{}", text(&output));
        Some(())
    };
    let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
    let root = ["req", "-x509", "-subj", "/CN=Raiz", "-days", "30", "-keyout", "r.key", "-out", "r.pem"];
    let usage = ["-addext", "keyUsage=critical,keyCertSign,cRLSign"];
    run(&[&root[..], &key, &usage].concat())?;
    run(&[&["req", "-subj", "/CN=Firmante", "-keyout", "s.key", "-out", "s.csr"][..], &key].concat())?;
    bench.put("s.ext", b"basicConstraints=CA:false\nkeyUsage=critical,nonRepudiation,digitalSignature\nauthorityKeyIdentifier=keyid\nsubjectKeyIdentifier=hash\n");
    run(&[
        "x509",
        "-req",
        "-in",
        "s.csr",
        "-CA",
        "r.pem",
        "-CAkey",
        "r.key",
        "-CAcreateserial",
        "-days",
        "20",
        "-extfile",
        "s.ext",
        "-out",
        "s.pem",
    ])?;
    let pem = std::fs::read_to_string(bench.0.path().join("r.pem")).unwrap();
    let mut trust = TrustStore::new();
    trust.add_anchor(Certificate::many_from_pem(&pem).unwrap().remove(0), AnchorKind::Other);
    bench.put("doc", &b"Un documento de la municipalidad. ".repeat(2_000));
    Some((bench, trust))
}

#[test]
fn sig_20_a_cms_in_pem_or_in_ber_is_read_as_the_same_in_der() {
    let Some((bench, trust)) = signer() else { return };
    let now = SystemClock::default().now();
    let sign = |arguments: &[&str]| {
        let by = [
            "-cades",
            "-binary",
            "-md",
            "sha256",
            "-signer",
            "s.pem",
            "-inkey",
            "s.key",
            "-certfile",
            "r.pem",
        ];
        let to = ["-in", "doc", "-out", "out"];
        let output = bench.run("openssl", &[&["cms", "-sign"][..], &by, arguments, &to].concat()).unwrap();
        assert!(output.status.success(), "{}", text(&output));
        std::fs::read(bench.0.path().join("out")).unwrap()
    };
    let doc = std::fs::read(bench.0.path().join("doc")).unwrap();
    let ber = sign(&["-nodetach", "-stream", "-outform", "DER"]);
    assert_eq!(ber[..2], [0x30, 0x80], "openssl tells no length");
    let pem = sign(&["-nodetach", "-outform", "PEM"]);
    assert!(pem.starts_with(b"-----BEGIN CMS-----"));
    let streamed = sign(&["-nodetach", "-stream", "-outform", "PEM"]);
    let pkcs7 = String::from_utf8(pem.clone()).unwrap().replace(" CMS-", " PKCS7-").into_bytes();
    for (n, bytes) in [&ber, &pem, &streamed, &pkcs7].into_iter().enumerate() {
        let verdict = verify(&[Given { name: "f.p7m", bytes }], &trust, now);
        assert_eq!(verdict.signatures.len(), 1, "{n}: {:?}", verdict.problem);
        let signature = &verdict.signatures[0];
        assert_eq!(signature.indication, Indication::TotalPassed, "{:?}", signature.sub_indication);
        assert_eq!((verdict.document.kind, verdict.document.bytes), (Kind::Cms, bytes.len()));
        assert_eq!(verdict.document.sha256, sha256_hex(bytes), "it is named by what was given");
    }
    let detached = sign(&["-outform", "PEM"]);
    let beside = |doc: &[u8]| {
        let files = [Given { name: "f.p7s", bytes: &detached }, Given { name: "doc", bytes: doc }];
        verify(&files, &trust, now).signatures[0].indication
    };
    assert_eq!(beside(&doc), Indication::TotalPassed);
    assert_eq!(beside(b"otro"), Indication::TotalFailed);
    // The content changed within the BER, and half of it.
    let at = ber.windows(12).position(|w| w == b"Un documento").unwrap();
    let mut changed = ber.clone();
    changed[at] ^= 1;
    let verdict = verify(&[Given { name: "f.p7m", bytes: &changed }], &trust, now);
    assert_eq!(verdict.signatures[0].indication, Indication::TotalFailed);
    assert!(!verify(&[Given { name: "f.p7m", bytes: &ber[..ber.len() / 2] }], &trust, now).is_genuine());
}
