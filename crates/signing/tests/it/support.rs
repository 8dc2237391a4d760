//! PDFs written by hand, a small authority, and foreign programs.

use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::{Arc, OnceLock};

use copihue_core::json::sha256;
use copihue_core::{Clock, SystemClock, SystemRandom, Timestamp};
use copihue_signing::keys::{Algorithm, SigningKey};
use copihue_signing::pki::{Certificate, Issuer, Profile, issue, issue_root};
use copihue_signing::verify::{AnchorKind, TrustStore};
use copihue_signing::{SealOptions, Signer, tsp};

/// The instant of every test that needs no other: yesterday by the machine's clock, which foreign programs go by.
pub(crate) fn now() -> Timestamp {
    static NOW: OnceLock<Timestamp> = OnceLock::new();
    *NOW.get_or_init(|| {
        let seconds = SystemClock::default().now().millis() / 1000;
        Timestamp::from_millis(seconds * 1000).plus_seconds(-86_400)
    })
}

pub(crate) struct Authority {
    pub(crate) root: Certificate,
    pub(crate) root_key: SigningKey,
    pub(crate) issuing: Certificate,
    pub(crate) issuing_key: SigningKey,
    pub(crate) algorithm: Algorithm,
}

/// One of each kind; the matrix has every size.
pub(crate) const KINDS: [Algorithm; 3] = [Algorithm::P256, Algorithm::P384, Algorithm::Rsa2048];

pub(crate) fn new_key(algorithm: Algorithm) -> SigningKey {
    SigningKey::from_pkcs8(algorithm, &SigningKey::generate(algorithm).unwrap()).unwrap()
}

impl Authority {
    pub(crate) fn new(algorithm: Algorithm) -> Self {
        let start = now().plus_seconds(-60 * 86_400);
        let root_key = new_key(algorithm);
        let root = issue_root(&root_key, "Raíz de prueba", "Copihue", start, 20, &SystemRandom).unwrap();
        let issuing_key = new_key(algorithm);
        let profile =
            Profile::IssuingAuthority { name: "Emisora de prueba".into(), organisation: "Copihue".into() };
        let by_root = Issuer { certificate: &root, key: &root_key, rut: None, published_at: None };
        let until = start.plus_seconds(10 * 365 * 86_400);
        let issuing = issue(&by_root, &profile, &issuing_key, start, until, &SystemRandom).unwrap();
        Self { root, root_key, issuing, issuing_key, algorithm }
    }

    pub(crate) fn issue(&self, profile: &Profile, from: Timestamp, until: Timestamp) -> Signer {
        self.issue_for(new_key(self.algorithm), profile, from, until)
    }

    fn issue_for(&self, key: SigningKey, profile: &Profile, from: Timestamp, until: Timestamp) -> Signer {
        let issuer = Issuer {
            certificate: &self.issuing,
            key: &self.issuing_key,
            rut: copihue_core::Run::from_number(60_501_000),
            published_at: None,
        };
        let certificate = issue(&issuer, profile, &key, from, until, &SystemRandom).unwrap();
        Signer::new(key, certificate, vec![self.issuing.clone()]).unwrap()
    }

    pub(crate) fn holder(&self) -> Signer {
        self.issue(&holder(), now().plus_seconds(-86_400), now().plus_seconds(3 * 365 * 86_400))
    }

    pub(crate) fn seal(&self) -> Signer {
        let profile = Profile::Seal {
            institution: "Municipalidad de Puente Alto".into(),
            rut: copihue_core::Run::from_number(69_072_100),
        };
        self.issue(&profile, now().plus_seconds(-86_400), now().plus_seconds(3 * 365 * 86_400))
    }

    /// A holder whose key is of another kind than the authority's.
    pub(crate) fn holder_with(&self, algorithm: Algorithm) -> Signer {
        let until = now().plus_seconds(3 * 365 * 86_400);
        self.issue_for(new_key(algorithm), &holder(), now().plus_seconds(-86_400), until)
    }

    /// An authority that stamps times, with a certificate that is good from `from` to `until`.
    pub(crate) fn stamps(&self, from: Timestamp, until: Timestamp) -> tsp::Authority {
        let profile = Profile::TimestampAuthority {
            name: "Sellos de tiempo de prueba".into(),
            organisation: "Copihue".into(),
        };
        tsp::Authority::new(Arc::new(self.issue(&profile, from, until)))
    }

    /// A PDF signed with a timestamp of `at` by an authority that is good for nine years.
    pub(crate) fn stamped(&self, pdf: &[u8], at: Timestamp) -> Vec<u8> {
        self.stamped_by(&self.holder(), pdf, at).0
    }

    /// The same by this signer, with its certificate.
    pub(crate) fn stamped_by(&self, signer: &Signer, pdf: &[u8], at: Timestamp) -> (Vec<u8>, Certificate) {
        let room = if self.algorithm.code().starts_with("rsa") { 7000 } else { 2900 };
        let half = signer.begin_pdf(pdf, &options(), at, room).unwrap();
        let stamps = self.stamps(now().plus_seconds(-86_400), now().plus_seconds(9 * 365 * 86_400));
        let token = stamps.stamp(&sha256(half.signature()), at, &SystemRandom).unwrap().unwrap();
        (half.finish(signer, Some(&token)).unwrap(), signer.certificate().clone())
    }

    pub(crate) fn trust(&self) -> TrustStore {
        TrustStore::from_pem(&self.root.to_pem(), AnchorKind::Test).unwrap()
    }
}

pub(crate) fn holder() -> Profile {
    Profile::Holder {
        name: "María José Ñancupil Peña".into(),
        run: "11.111.111-1".parse().unwrap(),
        post: "Directora de Tránsito".into(),
        institution: "Municipalidad de Puente Alto".into(),
        email: Some("maria@example.cl".into()),
    }
}

pub(crate) fn options() -> SealOptions {
    SealOptions {
        location: Some("Puente Alto".into()),
        ..SealOptions::because("Emisión del permiso de circulación")
    }
}

const PAGE: &str = "BT /F1 18 Tf 72 720 Td (Permiso de circulacion) Tj ET";

fn objects(page: &str) -> Vec<String> {
    vec![
        "<</Type/Catalog/Pages 2 0 R>>".into(),
        "<</Type/Pages/Kids[3 0 R]/Count 1/MediaBox[0 0 612 792]>>".into(),
        format!("<</Type/Page/Parent 2 0 R/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>{page}>>"),
        format!("<</Length {}>>\nstream\n{PAGE}\nendstream", PAGE.len()),
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>".into(),
        "<</Title(Permiso)/Keywords(RTZZ-AERD-F9JG-66PK)>>".into(),
    ]
}

fn write_objects(objects: &[String]) -> (Vec<u8>, Vec<usize>) {
    let mut out = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n".to_vec();
    let mut offsets = Vec::new();
    for (i, object) in objects.iter().enumerate() {
        offsets.push(out.len());
        out.extend(format!("{} 0 obj\n{object}\nendobj\n", i + 1).bytes());
    }
    (out, offsets)
}

/// A page with a classic cross-reference table, and no line end after `%%EOF`.
pub(crate) fn classic_pdf() -> Vec<u8> {
    classic_pdf_with("")
}

/// The same with more keys of its page.
pub(crate) fn classic_pdf_with(page: &str) -> Vec<u8> {
    with_table(&objects(page), "/Info 6 0 R")
}

/// A file of these objects, numbered from one; the first is its catalog.
pub(crate) fn pdf_of(objects: &[String]) -> Vec<u8> {
    with_table(objects, "")
}

fn with_table(objects: &[String], trailer: &str) -> Vec<u8> {
    let (mut out, offsets) = write_objects(objects);
    let start = out.len();
    out.extend(format!("xref\n0 {}\n0000000000 65535 f\r\n", offsets.len() + 1).bytes());
    for offset in &offsets {
        out.extend(format!("{offset:010} 00000 n\r\n").bytes());
    }
    let size = offsets.len() + 1;
    let trailer = format!("trailer\n<</Size {size}/Root 1 0 R{trailer}>>\nstartxref\n{start}\n%%EOF");
    out.extend(trailer.bytes());
    out
}

/// The same page with everything but the content in an object stream, and a compressed cross-reference stream with a
/// PNG predictor.
pub(crate) fn stream_pdf() -> Vec<u8> {
    let all = objects("");
    let (mut out, offsets) = write_objects(&[all[3].clone()]);
    // Object 4 is written first, so it must carry its own number.
    let at = offsets[0];
    out[at] = b'4';
    let packed = [(1, &all[0]), (2, &all[1]), (3, &all[2]), (5, &all[4]), (6, &all[5])];
    let (mut index, mut body) = (String::new(), String::new());
    for (number, object) in packed {
        index.push_str(&format!("{number} {} ", body.len()));
        body.push_str(&format!("{object} "));
    }
    let stream = deflate(format!("{index}{body}").as_bytes());
    let object_stream = out.len();
    let head = format!(
        "7 0 obj\n<</Type/ObjStm/N 5/First {}/Filter/FlateDecode/Length {}>>\nstream\n",
        index.len(),
        stream.len()
    );
    out.extend(head.bytes());
    out.extend(stream);
    out.extend(b"\nendstream\nendobj\n");
    let start = out.len();
    let row = |kind: u8, a: usize, b: u8| [&[kind], &(a as u32).to_be_bytes()[..], &[b]].concat();
    let rows = [
        row(0, 0, 255),
        row(2, 7, 0),
        row(2, 7, 1),
        row(2, 7, 2),
        row(1, at, 0),
        row(2, 7, 3),
        row(2, 7, 4),
        row(1, object_stream, 0),
        row(1, start, 0),
    ];
    let data = deflate(&png_up(&rows));
    let dict = format!(
        "8 0 obj\n<</Type/XRef/Size 9/W[1 4 1]/Root 1 0 R/Info 6 0 R/Filter/FlateDecode\
         /DecodeParms<</Predictor 12/Columns 6>>/Length {}>>\nstream\n",
        data.len()
    );
    out.extend(dict.bytes());
    out.extend(data);
    out.extend(format!("\nendstream\nendobj\nstartxref\n{start}\n%%EOF\n").bytes());
    out
}

fn png_up(rows: &[Vec<u8>]) -> Vec<u8> {
    let mut above = vec![0u8; rows[0].len()];
    let mut out = Vec::new();
    for row in rows {
        out.push(2);
        out.extend(row.iter().zip(&above).map(|(a, b)| a.wrapping_sub(*b)));
        above.clone_from(row);
    }
    out
}

fn deflate(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A folder for foreign programs, with the root as `ca.pem`.
pub(crate) struct Bench(pub(crate) tempfile::TempDir);

impl Bench {
    pub(crate) fn new(authority: &Authority) -> Self {
        let bench = Self(tempfile::tempdir().unwrap());
        bench.put("ca.pem", authority.root.to_pem().as_bytes());
        bench
    }

    pub(crate) fn put(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    /// Runs a program in the folder; `None`, with a notice, when it is not installed.
    pub(crate) fn run(&self, program: &str, arguments: &[&str]) -> Option<Output> {
        self.run_in(".", program, arguments)
    }

    /// The same in a folder within.
    pub(crate) fn run_in(&self, folder: &str, program: &str, arguments: &[&str]) -> Option<Output> {
        match Command::new(program).args(arguments).current_dir(self.0.path().join(folder)).output() {
            Ok(output) => Some(output),
            Err(e) => {
                eprintln!("skipped: {program} can't be run ({e})");
                None
            }
        }
    }
}

pub(crate) fn text(output: &Output) -> String {
    [&output.stdout[..], &output.stderr[..]].concat().iter().map(|b| char::from(*b)).collect()
}
