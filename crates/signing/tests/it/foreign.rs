//! Other people's programs judge what is signed here. Verifying one's own signatures proves nothing.

use copihue_signing::SealOptions;
use copihue_signing::keys::Algorithm;
use copihue_signing::verify::{AnchorKind, TrustStore, verify_pdf};

use crate::support::{Authority, Bench, KINDS, classic_pdf, now, options, stream_pdf, text};

/// Each algorithm with each kind of cross-reference.
fn each(check: impl Fn(&Authority, &[u8])) {
    for algorithm in KINDS {
        let authority = Authority::new(algorithm);
        for pdf in [classic_pdf(), stream_pdf()] {
            check(&authority, &pdf);
        }
    }
}

/// A byte of the page's text, which every digest covers.
fn flip(signed: &[u8]) -> Vec<u8> {
    let mut changed = signed.to_vec();
    let at = changed.windows(7).position(|w| w == b"Permiso").unwrap();
    changed[at] ^= 1;
    changed
}

const PYHANKO: [&str; 6] =
    ["sign", "validate", "--trust", "ca.pem", "--trust-replace", "--no-revocation-check"];

#[test]
fn sig_20_pyhanko_accepts_and_refuses_a_changed_byte() {
    each(|authority, pdf| {
        let bench = Bench::new(authority);
        let once = authority.holder().sign_pdf(pdf, &options(), now()).unwrap();
        let twice = authority.seal().sign_pdf(&once, &SealOptions::default(), now().plus_seconds(5)).unwrap();
        bench.put("once.pdf", &once);
        bench.put("twice.pdf", &twice);
        bench.put("bad.pdf", &flip(&once));
        let run = |file| bench.run("pyhanko", &[&PYHANKO[..], &[file]].concat());
        let Some(output) = run("once.pdf") else { return };
        assert!(output.status.success(), "{}", text(&output));
        assert!(text(&output).contains("INTACT:TRUSTED,UNTOUCHED"), "{}", text(&output));
        let output = run("twice.pdf").unwrap();
        assert!(output.status.success(), "{}", text(&output));
        assert!(text(&output).contains("ACCEPTABLE_MODIFICATIONS"), "{}", text(&output));
        assert!(!run("bad.pdf").unwrap().status.success());
    });
}

#[test]
fn sig_20_pdfsig_accepts_and_refuses_a_changed_byte() {
    each(|authority, pdf| {
        let bench = Bench::new(authority);
        let signed = authority.holder().sign_pdf(pdf, &options(), now()).unwrap();
        bench.put("good.pdf", &signed);
        bench.put("bad.pdf", &flip(&signed));
        let Some(output) = bench.run("pdfsig", &["-nocert", "good.pdf"]) else { return };
        let good = text(&output);
        assert!(good.contains("Signature is Valid.") && good.contains("Total document signed"), "{good}");
        let bad = text(&bench.run("pdfsig", &["-nocert", "bad.pdf"]).unwrap());
        assert!(bad.contains("Digest Mismatch"), "{bad}");
    });
}

#[test]
fn sig_20_pdfsig_trusts_the_path_when_it_knows_the_root() {
    let authority = Authority::new(Algorithm::P256);
    let bench = Bench::new(&authority);
    bench.put("good.pdf", &authority.holder().sign_pdf(&classic_pdf(), &options(), now()).unwrap());
    std::fs::create_dir(bench.0.path().join("nss")).unwrap();
    let Some(made) = bench.run("certutil", &["-N", "-d", "sql:nss", "--empty-password"]) else { return };
    assert!(made.status.success());
    bench.run("certutil", &["-A", "-d", "sql:nss", "-n", "ca", "-t", "CT,C,C", "-i", "ca.pem"]);
    let folder = format!("sql:{}/nss", bench.0.path().display());
    let Some(output) = bench.run("pdfsig", &["-nssdir", &folder, "good.pdf"]) else { return };
    assert!(text(&output).contains("Certificate is Trusted."), "{}", text(&output));
}

#[test]
fn sig_20_qpdf_finds_no_fault_in_the_structure() {
    each(|authority, pdf| {
        let bench = Bench::new(authority);
        let once = authority.holder().sign_pdf(pdf, &options(), now()).unwrap();
        let twice = authority.seal().sign_pdf(&once, &options(), now()).unwrap();
        bench.put("twice.pdf", &twice);
        let Some(output) = bench.run("qpdf", &["--check", "twice.pdf"]) else { return };
        assert!(output.status.success() && !text(&output).contains("WARNING"), "{}", text(&output));
    });
}

/// The covered bytes and the CMS of the last signature that is no timestamp, cut out without the code under test.
pub(crate) fn cut(signed: &[u8]) -> (Vec<u8>, Vec<u8>) {
    cut_behind(signed, 0)
}

/// The same, looked for behind so many bytes.
pub(crate) fn cut_behind(signed: &[u8], start: usize) -> (Vec<u8>, Vec<u8>) {
    let is_signature =
        |at: usize| !signed[at.saturating_sub(100)..at].windows(12).any(|w| w == b"DocTimeStamp");
    let places = signed[start..].windows(12).enumerate().map(|(n, w)| (start + n, w));
    let starts = places.filter(|(at, w)| *w == b"/ByteRange [" && is_signature(*at));
    let at = starts.max_by_key(|(at, _)| *at).unwrap().0 + 12;
    let end = signed[at..].iter().position(|b| *b == b']').unwrap() + at;
    let numbers: Vec<usize> =
        std::str::from_utf8(&signed[at..end]).unwrap().split(' ').map(|n| n.parse().unwrap()).collect();
    let content = [&signed[..numbers[1]], &signed[numbers[2]..][..numbers[3]]].concat();
    let mut der = hex::decode(&signed[numbers[1] + 1..numbers[2] - 1]).unwrap();
    let length = 4 + usize::from(der[2]) * 256 + usize::from(der[3]);
    der.truncate(length);
    (content, der)
}

#[test]
fn sig_20_openssl_verifies_the_cms_and_refuses_a_changed_byte() {
    each(|authority, pdf| {
        let bench = Bench::new(authority);
        let signed = authority.holder().sign_pdf(pdf, &options(), now()).unwrap();
        let verify = |signed: &[u8]| {
            let (content, der) = cut(signed);
            bench.put("doc", &content);
            bench.put("s.p7s", &der);
            let arguments = [
                "cms",
                "-verify",
                "-binary",
                "-inform",
                "DER",
                "-in",
                "s.p7s",
                "-content",
                "doc",
                "-CAfile",
                "ca.pem",
                "-purpose",
                "any",
                "-out",
                "/dev/null",
            ];
            bench.run("openssl", &arguments)
        };
        let Some(output) = verify(&signed) else { return };
        assert!(output.status.success(), "{}", text(&output));
        assert!(!verify(&flip(&signed)).unwrap().status.success());
        let (_, der) = cut(&signed);
        assert!(der.len() <= 7_500);
    });
}

/// An authority and a signer made by openssl.
pub(crate) const OPENSSL_PKI: [&[&str]; 3] = [
    &[
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-keyout",
        "ca.key",
        "-out",
        "other.pem",
        "-days",
        "30",
        "-subj",
        "/C=CL/CN=Otra raiz",
    ],
    &[
        "req",
        "-newkey",
        "rsa:3072",
        "-nodes",
        "-keyout",
        "k.pem",
        "-out",
        "k.csr",
        "-subj",
        "/C=CL/O=Otro organismo/CN=JUANA PEREZ/serialNumber=11.111.111-1",
    ],
    &[
        "x509",
        "-req",
        "-in",
        "k.csr",
        "-CA",
        "other.pem",
        "-CAkey",
        "ca.key",
        "-CAcreateserial",
        "-out",
        "k.crt",
        "-days",
        "20",
        "-extfile",
        "ext",
    ],
];

#[test]
fn sig_20_what_pyhanko_signs_is_accepted_and_can_be_signed_again() {
    let authority = Authority::new(Algorithm::P256);
    let bench = Bench::new(&authority);
    bench.put("ext", b"keyUsage=critical,nonRepudiation,digitalSignature");
    for step in OPENSSL_PKI {
        let Some(output) = bench.run("openssl", step) else { return };
        assert!(output.status.success(), "{}", text(&output));
    }
    bench.put("in.pdf", &classic_pdf());
    let other = std::fs::read_to_string(bench.0.path().join("other.pem")).unwrap();
    let real_now = copihue_core::Clock::now(&copihue_core::SystemClock::default());
    for kind in [&["--use-pades"][..], &[]] {
        let arguments = [
            &["sign", "addsig", "--field", "Firma1"][..],
            kind,
            &["pemder", "--no-pass", "--key", "k.pem", "--cert", "k.crt", "in.pdf", "out.pdf"],
        ]
        .concat();
        let Some(output) = bench.run("pyhanko", &arguments) else { return };
        assert!(output.status.success(), "{}", text(&output));
        let theirs = std::fs::read(bench.0.path().join("out.pdf")).unwrap();
        let mut trust = TrustStore::from_pem(&other, AnchorKind::Other).unwrap();
        let verdict = verify_pdf(&theirs, &trust, real_now);
        assert!(verdict.is_genuine(), "{verdict:?}");
        assert_eq!(
            verdict.signatures[0].signer.as_ref().unwrap().run_masked.as_deref(),
            Some("••.•••.111-1")
        );
        let both = authority.holder().sign_pdf(&theirs, &options(), real_now).unwrap();
        trust.add_anchor(authority.root.clone(), AnchorKind::Test);
        let verdict = verify_pdf(&both, &trust, real_now);
        assert!(verdict.is_genuine(), "{verdict:?}");
        assert_eq!(verdict.signatures[1].id, "Firma2");
        bench.put("both.pdf", &both);
        bench.put("all.pem", trust.to_pem().as_bytes());
        let validate = [
            "sign",
            "validate",
            "--trust",
            "all.pem",
            "--trust-replace",
            "--no-revocation-check",
            "both.pdf",
        ];
        let output = bench.run("pyhanko", &validate).unwrap();
        assert!(output.status.success(), "{}", text(&output));
    }
}
