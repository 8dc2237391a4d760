//! A certificate as it is read: raw slices for what is hashed or compared, plain values for what is judged.

use std::ops::Range;
use std::sync::Arc;

use const_oid::ObjectIdentifier;
use copihue_core::{Run, Timestamp};
use der::{Decode, DecodePem, Encode};
use x509_cert::ext::pkix::{BasicConstraints, ExtendedKeyUsage, KeyUsage, KeyUsages};

use super::names;
use crate::asn1::{DerError, Reader, tag};
use crate::oid;

/// A parsed certificate. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Certificate(Arc<Parts>);

#[derive(Debug)]
struct Parts {
    der: Vec<u8>,
    tbs: Range<usize>,
    serial: Range<usize>,
    issuer: Range<usize>,
    subject: Range<usize>,
    parsed: x509_cert::Certificate,
}

impl Certificate {
    /// Reads DER.
    ///
    /// # Errors
    /// When it is not exactly one certificate.
    pub fn from_der(der: &[u8]) -> Result<Self, DerError> {
        let parsed = x509_cert::Certificate::from_der(der).map_err(|_| DerError)?;
        let mut whole = Reader::only(der, tag::SEQUENCE)?;
        let tbs = whole.expect(tag::SEQUENCE)?;
        let mut fields = Reader::new(tbs.content);
        fields.optional(tag::context(0))?;
        let serial = fields.expect(tag::INTEGER)?.whole;
        fields.expect(tag::SEQUENCE)?;
        let issuer = fields.expect(tag::SEQUENCE)?.whole;
        fields.expect(tag::SEQUENCE)?;
        let subject = fields.expect(tag::SEQUENCE)?.whole;
        let place = |part: &[u8]| {
            let start = part.as_ptr() as usize - der.as_ptr() as usize;
            start..start + part.len()
        };
        let parts = Parts {
            tbs: place(tbs.whole),
            serial: place(serial),
            issuer: place(issuer),
            subject: place(subject),
            der: der.to_vec(),
            parsed,
        };
        Ok(Self(Arc::new(parts)))
    }

    /// Reads PEM with any number of certificates.
    ///
    /// # Errors
    /// When a block is not a certificate.
    pub fn many_from_pem(pem: &str) -> Result<Vec<Self>, DerError> {
        const END: &str = "-----END CERTIFICATE-----";
        let blocks =
            pem.split_inclusive(END).filter_map(|b| b.find("-----BEGIN CERTIFICATE-----").map(|at| &b[at..]));
        blocks
            .map(|block| {
                let certificate = x509_cert::Certificate::from_pem(block).map_err(|_| DerError)?;
                Self::from_der(&certificate.to_der().map_err(|_| DerError)?)
            })
            .collect()
    }

    /// As PEM.
    #[must_use]
    pub fn to_pem(&self) -> String {
        pem("CERTIFICATE", self.der())
    }

    /// The whole of it.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.0.der
    }

    fn slice(&self, range: &Range<usize>) -> &[u8] {
        &self.0.der[range.clone()]
    }

    /// What its issuer signed.
    pub(crate) fn tbs(&self) -> &[u8] {
        self.slice(&self.0.tbs)
    }

    /// The serial number as a whole DER element.
    pub(crate) fn serial_element(&self) -> &[u8] {
        self.slice(&self.0.serial)
    }

    /// The issuer's name in DER.
    pub(crate) fn issuer_name(&self) -> &[u8] {
        self.slice(&self.0.issuer)
    }

    /// The subject's name in DER.
    pub(crate) fn subject_name(&self) -> &[u8] {
        self.slice(&self.0.subject)
    }

    pub(crate) fn parsed(&self) -> &x509_cert::Certificate {
        &self.0.parsed
    }

    pub(crate) fn public_bits(&self) -> &[u8] {
        self.0.parsed.tbs_certificate.subject_public_key_info.subject_public_key.raw_bytes()
    }

    /// The algorithm of the subject's key, and the curve for an elliptic one.
    pub(crate) fn key_algorithm(&self) -> (ObjectIdentifier, Option<ObjectIdentifier>) {
        let algorithm = &self.0.parsed.tbs_certificate.subject_public_key_info.algorithm;
        let curve = algorithm.parameters.as_ref().and_then(|p| p.decode_as::<ObjectIdentifier>().ok());
        (algorithm.oid, curve)
    }

    /// The id of its key in hex: the name under which it and its list of revoked certificates are published.
    #[must_use]
    pub fn key_id(&self) -> String {
        hex::encode(super::issue::key_id(self.public_bits()))
    }

    /// The id of its key as the certificate itself tells it.
    pub(crate) fn key_identifier(&self) -> Option<&[u8]> {
        let (_, value) = self.extension(oid::SUBJECT_KEY_ID)?;
        Some(Reader::new(value).expect(tag::OCTET_STRING).ok()?.content)
    }

    /// Serial number in hex.
    #[must_use]
    pub fn serial(&self) -> String {
        hex::encode(self.0.parsed.tbs_certificate.serial_number.as_bytes())
    }

    /// Start and end of validity, both inside.
    #[must_use]
    pub fn validity(&self) -> (Timestamp, Timestamp) {
        let at = |t: x509_cert::time::Time| {
            Timestamp::from_millis(i64::try_from(t.to_unix_duration().as_millis()).unwrap_or(i64::MAX))
        };
        let validity = &self.0.parsed.tbs_certificate.validity;
        (at(validity.not_before), at(validity.not_after))
    }

    /// Whether `at` lies within its validity.
    #[must_use]
    pub fn valid_at(&self, at: Timestamp) -> bool {
        let (from, to) = self.validity();
        // notAfter names a whole second, which still counts.
        from <= at && at < to.plus_seconds(1)
    }

    /// CN of the subject.
    #[must_use]
    pub fn common_name(&self) -> String {
        names::attribute(self.subject_name(), oid::COMMON_NAME).unwrap_or_default()
    }

    /// O of the subject.
    #[must_use]
    pub fn organisation(&self) -> String {
        names::attribute(self.subject_name(), oid::ORGANISATION).unwrap_or_default()
    }

    /// Title (post) of the subject.
    #[must_use]
    pub fn title(&self) -> Option<String> {
        names::attribute(self.subject_name(), oid::TITLE)
    }

    /// CN of the issuer.
    #[must_use]
    pub fn issuer_common_name(&self) -> String {
        names::attribute(self.issuer_name(), oid::COMMON_NAME).unwrap_or_default()
    }

    /// The RUN of the subject, wherever Chilean certificates put it: the `otherName` counts first.
    #[must_use]
    pub fn run(&self) -> Option<Run> {
        self.runs().first().copied()
    }

    /// Each RUN that it names, once, in the order in which they count: `otherName`, serial number, unit, common name.
    #[must_use]
    pub fn runs(&self) -> Vec<Run> {
        let subject = |id| names::attribute(self.subject_name(), id);
        let in_text = |id| {
            let text: String = subject(id)?;
            text.parse().ok().or_else(|| names::run_in_text(&text))
        };
        let other =
            self.extension(oid::SUBJECT_ALT_NAME).and_then(|(_, value)| names::rut_in_general_names(value));
        let places = [oid::SERIAL_NUMBER, oid::ORGANISATIONAL_UNIT, oid::COMMON_NAME];
        let mut all: Vec<Run> = Vec::new();
        for run in std::iter::once(other).chain(places.map(in_text)).flatten() {
            if !all.contains(&run) {
                all.push(run);
            }
        }
        all
    }

    /// An extension's value, and whether it is critical.
    pub(crate) fn extension(&self, id: ObjectIdentifier) -> Option<(bool, &[u8])> {
        let extensions = self.0.parsed.tbs_certificate.extensions.as_ref()?;
        extensions.iter().find(|e| e.extn_id == id).map(|e| (e.critical, e.extn_value.as_bytes()))
    }

    /// Whether it says that it is an authority, and how many authorities may stand below it.
    pub(crate) fn authority(&self) -> Option<Option<u8>> {
        let (_, value) = self.extension(oid::BASIC_CONSTRAINTS)?;
        let constraints = BasicConstraints::from_der(value).ok()?;
        constraints.ca.then_some(constraints.path_len_constraint)
    }

    /// Whether its key may be used so; without the extension every use is allowed.
    pub(crate) fn allows(&self, usage: KeyUsages) -> bool {
        match self.extension(oid::KEY_USAGE) {
            None => true,
            Some((_, value)) => KeyUsage::from_der(value).is_ok_and(|u| u.0.contains(usage)),
        }
    }

    /// Its extended uses; `None` without the extension.
    pub(crate) fn extended_usage(&self) -> Option<Vec<ObjectIdentifier>> {
        let (_, value) = self.extension(oid::EXTENDED_KEY_USAGE)?;
        Some(ExtendedKeyUsage::from_der(value).map(|u| u.0).unwrap_or_default())
    }

    /// Whether it carries a critical extension that nobody here understands (RFC 5280 §4.2).
    pub(crate) fn has_unknown_critical(&self) -> bool {
        let known = [oid::BASIC_CONSTRAINTS, oid::KEY_USAGE, oid::EXTENDED_KEY_USAGE, oid::SUBJECT_ALT_NAME];
        let extensions = self.0.parsed.tbs_certificate.extensions.as_deref().unwrap_or_default();
        extensions.iter().any(|e| e.critical && !known.contains(&e.extn_id))
    }
}

impl PartialEq for Certificate {
    fn eq(&self, other: &Self) -> bool {
        self.0.der == other.0.der
    }
}

impl Eq for Certificate {}

/// DER in PEM armour, lines of 64.
pub(crate) fn pem(label: &str, der: &[u8]) -> String {
    use base64::Engine as _;
    let body = base64::engine::general_purpose::STANDARD.encode(der);
    let mut out = format!("-----BEGIN {label}-----\n");
    for line in body.as_bytes().chunks(64) {
        out.extend(line.iter().map(|b| char::from(*b)));
        out.push('\n');
    }
    out.push_str(&format!("-----END {label}-----\n"));
    out
}
