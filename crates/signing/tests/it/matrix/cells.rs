//! What is judged: one file for each algorithm, format and level, signed as a deployment signs.

use std::io::{Cursor, Write};

use copihue_signing::keys::Algorithm;
use copihue_signing::{DataFile, Level, Order, SealOptions, Shape, WhenShort};

use crate::longterm::Place;
use crate::service::CITY;
use crate::support::classic_pdf;

pub(super) const LEVELS: [Level; 4] = [Level::B, Level::T, Level::LT, Level::LTA];

/// A format: how it is called, how its files end, and how it is asked for.
#[derive(Clone, Copy)]
pub(super) struct Form {
    pub(super) name: &'static str,
    pub(super) kind: &'static str,
    /// How EU DSS calls it.
    pub(super) dss: &'static str,
    /// `None`: a PDF.
    pub(super) shape: Option<Shape>,
}

const fn form(name: &'static str, kind: &'static str, dss: &'static str, shape: Shape) -> Form {
    Form { name, kind, dss, shape: Some(shape) }
}

/// A PDF, as EU DSS calls its signature.
pub(super) const fn pdf(name: &'static str, dss: &'static str) -> Form {
    Form { name, kind: "pdf", dss, shape: None }
}

pub(super) const PADES: &str = "PAdES-BASELINE";

pub(super) const FORMS: [Form; 9] = [
    pdf("PAdES", PADES),
    form("CAdES, detached", "p7s", "CAdES-BASELINE", Shape::CadesDetached),
    form("CAdES, attached", "p7m", "CAdES-BASELINE", Shape::CadesAttached),
    form("XAdES, enveloped", "xml", "XAdES-BASELINE", Shape::XadesEnveloped),
    form("JAdES", "jws", "JAdES-BASELINE", Shape::Jades),
    form("ASiC-S with CAdES", "scs", "CAdES-BASELINE", Shape::AsicSCades),
    form("ASiC-S with XAdES", "asics", "XAdES-BASELINE", Shape::AsicSXades),
    form("ASiC-E with CAdES", "sce", "CAdES-BASELINE", Shape::AsicECades),
    form("ASiC-E with XAdES", "asice", "XAdES-BASELINE", Shape::AsicEXades),
];

/// A file to be judged.
#[derive(Clone)]
pub(super) struct Cell {
    pub(super) form: Form,
    pub(super) level: Level,
    pub(super) file: String,
    /// How many signatures it had before.
    pub(super) earlier: usize,
}

pub(super) fn file_name(form: Form, level: Level, algorithm: Algorithm) -> String {
    format!("{}-{}.{}", algorithm.code(), level.name(), form.kind)
}

pub(super) const DOCUMENT: &str = "decreto 12.xml";
pub(super) const XML: &[u8] =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<decreto xmlns=\"urn:decreto\" n=\"12\">\n  <visto>Año &amp; ñandú</visto>\n</decreto>\n"
        .as_bytes();

pub(super) fn data(shape: Shape) -> Vec<DataFile> {
    let file = |name: &str, media_type: &str, bytes: &[u8]| DataFile {
        name: name.into(),
        media_type: media_type.into(),
        bytes: bytes.to_vec(),
    };
    let first = file(DOCUMENT, "application/xml", XML);
    match shape {
        Shape::AsicECades | Shape::AsicEXades => {
            vec![first, file("anexos/señal.txt", "text/plain", b"Plano de la calle.\r\n")]
        }
        _ => vec![first],
    }
}

pub(super) async fn make(place: &Place) -> Vec<Cell> {
    place.bench.put(DOCUMENT, XML);
    let mut cells = Vec::new();
    for form in FORMS {
        for level in LEVELS {
            for algorithm in Algorithm::DOCUMENTS {
                let institution = format!("{CITY}-{}", algorithm.code());
                let signed = match form.shape {
                    None => {
                        let options = SealOptions { level, ..SealOptions::default() };
                        place.signing.seal_pdf(&institution, classic_pdf(), options).await
                    }
                    Some(shape) => {
                        let order = Order::new(shape, data(shape), level, WhenShort::Degrade).unwrap();
                        place.signing.seal_files(&institution, order).await
                    }
                };
                let signed = signed.unwrap();
                assert_eq!(
                    (signed.level_asked, signed.level_reached, signed.shortfall),
                    (level, level, None)
                );
                let file = file_name(form, level, algorithm);
                place.bench.put(&file, &signed.bytes);
                cells.push(Cell { form, level, file, earlier: 0 });
            }
        }
    }
    cells
}

/// One file of each format at the highest level, with one byte of what is signed changed afterwards.
pub(super) fn change(place: &Place, cells: Vec<Cell>) -> Vec<Cell> {
    let changed: Vec<u8> = swap(XML, b"n=\"12\"", b"n=\"13\"");
    place.bench.put(DOCUMENT, &changed);
    let of_one = |c: &Cell| c.file == file_name(c.form, Level::LTA, Algorithm::P256);
    let cells: Vec<Cell> = cells.into_iter().filter(of_one).collect();
    for cell in &cells {
        let bytes = std::fs::read(place.bench.0.path().join(&cell.file)).unwrap();
        let bytes = match cell.form.kind {
            // The file that it is over is another one now.
            "p7s" => continue,
            "pdf" => swap(&bytes, b"(Permiso de", b"(permiso de"),
            "p7m" | "xml" => swap(&bytes, b"n=\"12\"", b"n=\"13\""),
            // The same change, as base64url carries it.
            "jws" => swap(&bytes, &encoded(XML), &encoded(&changed)),
            _ => packed_again(&bytes, &changed),
        };
        place.bench.put(&cell.file, &bytes);
    }
    cells
}

fn encoded(bytes: &[u8]) -> Vec<u8> {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes).into_bytes()
}

fn swap(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let at = bytes.windows(from.len()).position(|w| w == from).unwrap();
    [&bytes[..at], to, &bytes[at + from.len()..]].concat()
}

/// The container with another first file, each part as it was packed.
fn packed_again(bytes: &[u8], document: &[u8]) -> Vec<u8> {
    let mut package = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut out = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for n in 0..package.len() {
        let file = package.by_index_raw(n).unwrap();
        if file.name().unwrap() == DOCUMENT {
            drop(file);
            out.start_file(DOCUMENT, zip::write::SimpleFileOptions::default()).unwrap();
            out.write_all(document).unwrap();
        } else {
            out.raw_copy_file(file).unwrap();
        }
    }
    out.finish().unwrap().into_inner()
}
