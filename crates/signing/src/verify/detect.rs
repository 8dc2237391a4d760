//! What a file is, by its content.

use serde::Serialize;

use super::{asic, jose, xml};
use crate::asn1::{Reader, tag};
use crate::{ers, oid, tsp};

/// Kinds of files that can be judged.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default, Serialize)]
pub enum Kind {
    /// A CMS, which may be beside what it is over.
    #[serde(rename = "application/pkcs7-signature")]
    Cms,
    /// A compact JWS.
    #[serde(rename = "application/jose")]
    JwsCompact,
    /// A JWS in JSON.
    #[serde(rename = "application/jose+json")]
    JwsJson,
    /// XML with a signature in it.
    #[serde(rename = "application/xml")]
    Xml,
    /// A container of one file.
    #[serde(rename = "application/vnd.etsi.asic-s+zip")]
    AsicS,
    /// A container of any number of files.
    #[serde(rename = "application/vnd.etsi.asic-e+zip")]
    AsicE,
    /// A PDF.
    #[serde(rename = "application/pdf")]
    Pdf,
    /// A timestamp (RFC 3161), by itself.
    #[serde(rename = "application/vnd.etsi.timestamp-token")]
    Timestamp,
    /// An evidence record (RFC 4998).
    #[serde(rename = "application/ers")]
    EvidenceRecord,
    /// None of these: it may be what one of them is over.
    #[default]
    #[serde(rename = "application/octet-stream")]
    Other,
}

impl Kind {
    /// By content.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        /// A PDF may have something before its first line (ISO 32000-1, annex H).
        const HEAD: usize = 1024;
        if bytes.first() == Some(&tag::SEQUENCE) {
            return of_der(bytes);
        }
        if let Some(kind) = asic::kind(bytes) {
            return kind;
        }
        if bytes.get(..bytes.len().min(HEAD)).is_some_and(|h| h.windows(5).any(|w| w == b"%PDF-")) {
            return Self::Pdf;
        }
        if jose::is_jws(bytes) {
            return if bytes.starts_with(b"eyJ") { Self::JwsCompact } else { Self::JwsJson };
        }
        if xml::has_signature(bytes) { Self::Xml } else { Self::Other }
    }

    /// Whether it may be over a file beside it.
    pub(super) const fn may_be_beside(self) -> bool {
        matches!(self, Self::Cms | Self::JwsCompact | Self::JwsJson | Self::Xml)
    }
}

fn of_der(bytes: &[u8]) -> Kind {
    if ers::is_record(bytes) {
        return Kind::EvidenceRecord;
    }
    if tsp::granted_token(bytes).is_ok() {
        return Kind::Timestamp;
    }
    let content_type = || {
        let mut info = Reader::only(bytes, tag::SEQUENCE).ok()?;
        (info.oid().ok()? == oid::ID_SIGNED_DATA).then_some(())?;
        let mut data = info.enter(tag::context(0)).ok()?.enter(tag::SEQUENCE).ok()?;
        data.expect(tag::INTEGER).ok()?;
        data.expect(tag::SET).ok()?;
        data.enter(tag::SEQUENCE).ok()?.oid().ok()
    };
    match content_type() {
        Some(oid::ID_TST_INFO) => Kind::Timestamp,
        Some(_) => Kind::Cms,
        None => Kind::Other,
    }
}
