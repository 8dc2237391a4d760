//! PDFs: each kind of key × hash × level × kind of file × where the key is × kind of signature.

use std::fmt::Write as _;

use copihue_signing::keys::Algorithm;
use copihue_signing::{Hash, Level, SealOptions, SubFilter};
use futures_util::StreamExt as _;

use super::cells::{Cell, LEVELS, PADES, pdf};
use super::engines::{Engine, Engines};
use crate::documents::permit;
use crate::support::{classic_pdf, pdf_of, stream_pdf};

const FIELD: &str = "Aprobación";

pub(super) const SUB_FILTERS: [SubFilter; 2] = [SubFilter::Etsi, SubFilter::Adobe];

/// How a kind of signature is called, here and by EU DSS.
pub(super) const fn names(sub_filter: SubFilter) -> (&'static str, &'static str) {
    match sub_filter {
        SubFilter::Etsi => ("ETSI.CAdES.detached", PADES),
        SubFilter::Adobe => ("adbe.pkcs7.detached", "PKCS7"),
    }
}

/// What differs between signatures of a PDF, but for the file.
#[derive(Clone, Copy, Debug)]
pub(super) struct How {
    pub(super) engine: Engine,
    pub(super) sub_filter: SubFilter,
    pub(super) algorithm: Algorithm,
    pub(super) hash: Hash,
    pub(super) level: Level,
}

impl How {
    /// Each of them. What makes a signature PAdES is among the attributes that are signed, and of those FirmaGob's contract
    /// promises nothing: it signs the other kind.
    pub(super) fn each(engines: &[Engine]) -> Vec<Self> {
        let mut all = Vec::new();
        for &engine in engines {
            for sub_filter in SUB_FILTERS {
                if (engine, sub_filter) == (Engine::FirmaGob, SubFilter::Etsi) {
                    continue;
                }
                for algorithm in Algorithm::DOCUMENTS {
                    for hash in Hash::ALL {
                        all.extend(LEVELS.map(|level| Self { engine, sub_filter, algorithm, hash, level }));
                    }
                }
            }
        }
        all
    }

    pub(super) fn file(&self, kind: &str) -> String {
        let Self { engine, sub_filter, algorithm, hash, level } = self;
        let parts = [algorithm.code(), hash.name(), level.name()].join("-");
        format!("{engine:?}-{kind}-{sub_filter:?}-{parts}.pdf")
    }

    pub(super) fn options(&self) -> SealOptions {
        let Self { sub_filter, hash, level, .. } = *self;
        SealOptions { level, sub_filter, hash: Some(hash), ..SealOptions::default() }
    }
}

/// A kind of PDF, and one of it.
pub(super) struct Kind {
    pub(super) name: &'static str,
    bytes: Vec<u8>,
    /// The field that is filled.
    field: Option<&'static str>,
    /// How many signatures it has already.
    earlier: usize,
}

/// A page whose form has an empty signature field.
fn with_a_field() -> Vec<u8> {
    let name: String = FIELD.encode_utf16().fold("FEFF".to_owned(), |mut hex, unit| {
        write!(hex, "{unit:04X}").unwrap();
        hex
    });
    pdf_of(&[
        "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[4 0 R]/SigFlags 1>>>>".into(),
        "<</Type/Pages/Kids[3 0 R]/Count 1/MediaBox[0 0 612 792]>>".into(),
        "<</Type/Page/Parent 2 0 R/Annots[4 0 R]>>".into(),
        format!("<</Type/Annot/Subtype/Widget/FT/Sig/T<{name}>/F 132/Rect[0 0 0 0]/P 3 0 R>>"),
    ])
}

pub(super) async fn kinds(engines: &Engines) -> [Kind; 5] {
    let plain = SealOptions { level: Level::B, ..SealOptions::default() };
    let signed = engines.pdf((Engine::Here, Algorithm::P256), classic_pdf(), plain).await.unwrap();
    let kind = |name, bytes| Kind { name, bytes, field: None, earlier: 0 };
    [
        kind("cross-reference table", classic_pdf()),
        kind("cross-reference stream", stream_pdf()),
        kind("PDF/A-2a and PDF/UA-1", permit()),
        Kind { earlier: 1, ..kind("signed already", signed.bytes) },
        Kind { field: Some(FIELD), ..kind("empty field", with_a_field()) },
    ]
}

/// A file of the product.
pub(super) struct One {
    pub(super) how: How,
    pub(super) kind: &'static str,
    pub(super) cell: Cell,
}

/// Signs all of them, as many at once as there are processors.
pub(super) async fn make(engines: &Engines, kinds: &[Kind]) -> Vec<One> {
    let all = How::each(&engines.all()).into_iter().flat_map(|how| kinds.iter().map(move |kind| (how, kind)));
    futures_util::stream::iter(all.map(|(how, kind)| one(engines, how, kind))).buffered(2).collect().await
}

async fn one(engines: &Engines, how: How, kind: &Kind) -> One {
    let Kind { name, bytes, field, earlier } = kind;
    let options = SealOptions { field: field.map(str::to_owned), ..how.options() };
    let signed = engines.pdf((how.engine, how.algorithm), bytes.clone(), options).await.unwrap();
    assert_eq!((signed.level_reached, signed.shortfall), (how.level, None), "{how:?}");
    let file = how.file(&name.replace([' ', '/'], "-"));
    engines.bench.put(&file, &signed.bytes);
    let form = pdf(name, names(how.sub_filter).1);
    let cell = Cell { form, level: how.level, file, earlier: *earlier };
    One { how, kind: name, cell }
}
