//! What other programs sign is recognised here, at the level that EU DSS gives it, and nothing of it when it was changed.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::routing::post;
use copihue_core::{Clock, SystemClock, SystemRandom, Timestamp};
use copihue_signing::keys::{Algorithm, SigningKey};
use copihue_signing::pki::{Issuer, Profile, issue, issue_crl};
use copihue_signing::verify::{Given, Outcome, Verdict, verify};
use copihue_signing::{Signer, tsp};

use crate::matrix::dss_class_path;
use crate::support::{Authority, Bench, classic_pdf, holder, new_key, text};

const DATA: &[u8] = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<decreto xmlns=\"urn:decreto\" Id=\"decreto\" n=\"12\"><visto>Ñandú</visto></decreto>\n".as_bytes();
const DAY: i64 = 86_400;
/// Places at which a byte of each file is changed.
const FLIPS: usize = 3;

fn real_now() -> Timestamp {
    SystemClock::default().now()
}

pub(crate) struct Place {
    pub(crate) authority: Authority,
    pub(crate) bench: Bench,
    url: String,
}

pub(crate) const LISTS: [&str; 2] = ["root.crl", "issuing.crl"];

/// What an authority revoked until then: nothing.
pub(crate) fn list(authority: &Authority, name: &str, at: Timestamp) -> Vec<u8> {
    let (certificate, key) = match name {
        "root.crl" => (&authority.root, &authority.root_key),
        _ => (&authority.issuing, &authority.issuing_key),
    };
    issue_crl(certificate, key, &[], 1, at, at.plus_seconds(DAY)).unwrap()
}

/// EU DSS asks nothing about a certificate that does not say where to ask; nobody answers there.
pub(crate) const PUBLISHED_AT: Option<&str> = Some("http://127.0.0.1:9");

/// An authority whose issuing certificate says so, too.
pub(crate) fn published() -> Authority {
    let mut authority = Authority::new(Algorithm::P256);
    let by_root = Issuer {
        certificate: &authority.root,
        key: &authority.root_key,
        rut: None,
        published_at: PUBLISHED_AT,
    };
    let profile =
        Profile::IssuingAuthority { name: "Emisora de prueba".into(), organisation: "Copihue".into() };
    let (start, end) = authority.issuing.validity();
    authority.issuing = issue(&by_root, &profile, &authority.issuing_key, start, end, &SystemRandom).unwrap();
    authority
}

/// A signer whose key others may use, an authority of time that answers on this machine, and the lists of what was revoked.
pub(crate) async fn place() -> Place {
    let (authority, published_at) = (published(), PUBLISHED_AT);
    let bench = Bench::new(&authority);
    let (from, until) = (real_now().plus_seconds(-DAY), real_now().plus_seconds(300 * DAY));
    let pkcs8 = SigningKey::generate(Algorithm::P256).unwrap();
    let key = SigningKey::from_pkcs8(Algorithm::P256, &pkcs8).unwrap();
    let by = Issuer { certificate: &authority.issuing, key: &authority.issuing_key, rut: None, published_at };
    let signer = issue(&by, &holder(), &key, from, until, &SystemRandom).unwrap();
    let stamper =
        Profile::TimestampAuthority { name: "Sellos de prueba".into(), organisation: "Copihue".into() };
    let stamp_key = new_key(Algorithm::P256);
    let certificate = issue(&by, &stamper, &stamp_key, from, until, &SystemRandom).unwrap();
    let stamper = Signer::new(stamp_key, certificate, vec![authority.issuing.clone()]).unwrap();
    bench.put("key.p8", pkcs8.expose());
    bench.run("openssl", &["pkcs8", "-inform", "DER", "-nocrypt", "-in", "key.p8", "-out", "key.pem"]);
    bench.put("signer.pem", signer.to_pem().as_bytes());
    bench.put("issuing.pem", authority.issuing.to_pem().as_bytes());
    for name in LISTS {
        bench.put(name, &list(&authority, name, real_now()));
    }
    bench.put("data.xml", DATA);
    bench.put("data.pdf", &classic_pdf());
    let stamps = Arc::new(tsp::Authority::new(Arc::new(stamper)));
    let answer = move |body: Bytes| {
        let stamps = Arc::clone(&stamps);
        async move {
            let headers = [("content-type", "application/timestamp-reply")];
            (headers, stamps.answer(&body, real_now(), &SystemRandom).unwrap().0)
        }
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/tsa", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/tsa", post(answer))).await });
    Place { authority, bench, url }
}

/// A file, and what it is over when that is beside it.
type Made = (String, Option<String>);

fn made(said: &str) -> Vec<Made> {
    let lines = said.lines().filter_map(|l| l.split_once('\t'));
    lines.map(|(file, beside)| (file.to_owned(), (!beside.is_empty()).then(|| beside.to_owned()))).collect()
}

impl Place {
    fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.bench.0.path().join(name)).unwrap()
    }

    fn judge(&self, (file, beside): &Made) -> Verdict {
        let bytes = self.read(file);
        let content = beside.as_deref().map(|name| (name, self.read(name)));
        let mut files = vec![Given { name: file, bytes: &bytes }];
        files.extend(content.as_ref().map(|(name, bytes)| Given { name, bytes }));
        verify(&files, &self.authority.trust(), real_now())
    }

    /// What EU DSS says of each: format with level, and indication.
    fn dss(&self, all: &[Made]) -> Option<BTreeMap<String, (String, String)>> {
        let line = |(file, beside): &Made| {
            // What of the proofs was damaged may be read beside them.
            let lists = if file.starts_with("dss-LT") { "alone" } else { "lists" };
            format!("{file}\t{lists}{}\n", beside.as_deref().map(|b| format!("\t{b}")).unwrap_or_default())
        };
        self.bench.put("list", all.iter().map(line).collect::<String>().as_bytes());
        let judge = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/dss/Judge.java");
        let output = self.bench.run("java", &["-cp", &dss_class_path()?, judge, "ca.pem", "list"])?;
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let read = |line: &str| {
            let mut fields = line.split('\t').map(str::to_owned);
            Some((fields.next()?, (fields.next()?, fields.next()?)))
        };
        Some(said.lines().filter_map(read).collect())
    }

    /// Each file again with a byte changed here and there, and with another file beside it.
    fn changed(&self, all: &[Made]) -> Vec<Made> {
        let mut out = Vec::new();
        self.bench
            .put("other.xml", &DATA.iter().map(|b| if *b == b'1' { b'7' } else { *b }).collect::<Vec<_>>());
        for (file, beside) in all {
            let bytes = self.read(file);
            for n in 0..FLIPS {
                let at = (bytes.len() * (2 * n + 1)) / (2 * FLIPS);
                let mut changed = bytes.clone();
                changed[at] ^= 0x04;
                let name = format!("bad{n}-{file}");
                self.bench.put(&name, &changed);
                out.push((name, beside.clone()));
            }
            if beside.is_some() {
                let name = format!("other-{file}");
                self.bench.put(&name, &bytes);
                out.push((name, Some("other.xml".to_owned())));
            }
        }
        out
    }
}

/// The level as EU DSS names it; `None` for what is no baseline signature to it.
fn level_of(format: &str) -> Option<String> {
    format.split_once("-BASELINE-").map(|(_, level)| format!("B-{level}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_20_what_others_sign_has_the_level_that_eu_dss_gives_it() {
    let place = place().await;
    let Some(class_path) = dss_class_path() else { return eprintln!("skipped: EU DSS is not installed") };
    let make = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/dss/Make.java");
    let Some(output) = place.bench.run("java", &["-cp", &class_path, make, &place.url]) else { return };
    let all = made(&String::from_utf8_lossy(&output.stdout));
    assert_eq!(all.len(), 53, "{}", text(&output));
    place.compare(&all);
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_20_what_python_libraries_sign_is_recognised() {
    let place = place().await;
    place.bench.put("make.py", include_bytes!("make.py"));
    let Some(output) = place.bench.run("python3", &["make.py", &place.url]) else {
        return;
    };
    let all = made(&String::from_utf8_lossy(&output.stdout));
    if text(&output).contains("ModuleNotFoundError") {
        return eprintln!("skipped: {}", text(&output));
    }
    assert_eq!(all.len(), 7, "{}", text(&output));
    place.compare(&all);
}

impl Place {
    fn compare(&self, all: &[Made]) {
        let mut wrong = Vec::new();
        let theirs = self.dss(all);
        for one in all {
            let (file, verdict) = (&one.0, self.judge(one));
            let level = verdict.signatures.first().map(|s| s.level);
            if verdict.outcome != Outcome::Genuine
                && !(file.contains("internal") && verdict.outcome == Outcome::Partly)
            {
                wrong.push(format!(
                    "{file}: {:?} {:?} {:?}",
                    verdict.outcome,
                    verdict.problem,
                    verdict.signatures.first().map(|s| s.sub_indication)
                ));
            } else if let Some((format, indication)) = theirs.as_ref().and_then(|t| t.get(file)) {
                let same = level_of(format).is_none_or(|l| Some(l.as_str()) == level);
                if !same || indication != "TOTAL_PASSED" {
                    wrong.push(format!("{file}: {level:?} here, {format} {indication} there"));
                }
            }
        }
        let changed = self.changed(all);
        let theirs = self.dss(&changed).unwrap_or_default();
        for one in &changed {
            let (file, verdict) = (&one.0, self.judge(one));
            let passes = verdict.outcome == Outcome::Genuine;
            let level = verdict.signatures.first().map(|s| s.level.to_owned());
            let there = theirs.get(file).filter(|(_, i)| i == "TOTAL_PASSED").and_then(|(f, _)| level_of(f));
            // Who changes what nobody signed leaves a good signature: then both say so, of the same level.
            if passes && (there.is_none() || there != level) {
                wrong.push(format!("{file}: {level:?} here, {:?} there", theirs.get(file)));
            }
        }
        assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), all.len() + changed.len(), wrong.join("\n"));
    }
}
