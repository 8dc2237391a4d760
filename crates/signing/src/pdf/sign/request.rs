//! What a signature is asked to say, and its dictionary.

use copihue_core::Timestamp;

use crate::model::layout::Stamp;
use crate::model::restriction::{Certification, FieldLock};
use crate::pdf::object::{Dict, Object};

/// The kind of CMS inside.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum SubFilter {
    /// `ETSI.CAdES.detached`: PAdES, the native default.
    #[default]
    Etsi,
    /// `adbe.pkcs7.detached`: what FirmaGob's contract returns.
    Adobe,
}

impl SubFilter {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Etsi => "ETSI.CAdES.detached",
            Self::Adobe => "adbe.pkcs7.detached",
        }
    }

    pub(crate) fn from_name(name: &[u8]) -> Option<Self> {
        [Self::Etsi, Self::Adobe].into_iter().find(|f| f.name().as_bytes() == name)
    }
}

/// What the signature dictionary says.
#[derive(Clone, Debug)]
pub struct SignatureRequest<'a> {
    /// The signer's name, as `/Name`.
    pub name: &'a str,
    /// Why it is signed.
    pub reason: Option<&'a str>,
    /// Where.
    pub location: Option<&'a str>,
    /// When, as claimed; written in Chile's continental time.
    pub at: Timestamp,
    /// The kind of CMS.
    pub sub_filter: SubFilter,
    /// Room for the CMS, in bytes.
    pub room: usize,
    /// An empty signature field to fill, by its name; a new field when `None`.
    pub field: Option<&'a str>,
    /// A visible stamp, for a new field.
    pub stamp: Option<&'a Stamp>,
    /// What it says, line by line; `Firmado por …` when `None`.
    pub stamp_text: Option<&'a str>,
    /// Certifies the document: only its first signature can.
    pub certify: Option<Certification>,
    /// Locks fields: only the first signature can.
    pub lock: Option<&'a FieldLock>,
}

/// Ten digits hold any offset of a file that a cross-reference table can describe.
pub(super) const BYTE_RANGE: &[u8] = b"[0 0000000000 0000000000 0000000000]";

/// What stands first in the dictionary: the parts of fixed width come before any text, so that no text can pass for them.
pub(super) fn fixed_parts(kind: &str, sub_filter: &str, room: usize) -> Dict {
    let mut contents = vec![b'0'; room * 2 + 2];
    contents[0] = b'<';
    contents[room * 2 + 1] = b'>';
    Dict::default()
        .with("Type", Object::name_of(kind))
        .with("Filter", Object::name_of("Adobe.PPKLite"))
        .with("SubFilter", Object::name_of(sub_filter))
        .with("ByteRange", Object::Verbatim(BYTE_RANGE.to_vec()))
        .with("Contents", Object::Verbatim(contents))
}

pub(super) fn signature_dict(request: &SignatureRequest<'_>) -> Dict {
    let mut dict = fixed_parts("Sig", request.sub_filter.name(), request.room)
        .with("M", Object::text_of(&pdf_date(request.at)))
        .with("Name", Object::text_of(request.name));
    for (key, text) in [("Reason", request.reason), ("Location", request.location)] {
        if let Some(text) = text {
            dict.set(key, Object::text_of(text));
        }
    }
    dict
}

/// `D:20261121193000-03'00'`, in the time of continental Chile.
fn pdf_date(at: Timestamp) -> String {
    let zone = jiff::tz::TimeZone::get("America/Santiago").unwrap_or(jiff::tz::TimeZone::UTC);
    let local = jiff::Timestamp::from(at).to_zoned(zone);
    let minutes = local.offset().seconds() / 60;
    let sign = if minutes < 0 { '-' } else { '+' };
    format!("D:{}{sign}{:02}'{:02}'", local.strftime("%Y%m%d%H%M%S"), minutes.abs() / 60, minutes.abs() % 60)
}
