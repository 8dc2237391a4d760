//! CMS SignedData, read as raw slices. Strict: one signer, DER, nothing that is not accounted for.

use const_oid::ObjectIdentifier;
use der::Decode;
use spki::AlgorithmIdentifierOwned;

use super::algorithm::Hash;
use crate::asn1::{DerError, Element, Reader, tag};
use crate::oid;
use crate::pki::Certificate;

/// A detached signature, not yet judged.
pub(super) struct SignedData<'a> {
    pub(super) certificates: Vec<Certificate>,
    /// `None`: a hash that no longer counts.
    pub(super) hash: Option<Hash>,
    pub(super) issuer: &'a [u8],
    pub(super) serial: &'a [u8],
    /// As they were signed: under the tag of SET.
    pub(super) attributes: Vec<u8>,
    pub(super) message_digest: &'a [u8],
    pub(super) certificate_id: Option<CertificateId<'a>>,
    pub(super) has_signing_time: bool,
    pub(super) algorithm: AlgorithmIdentifierOwned,
    pub(super) signature: &'a [u8],
    pub(super) has_timestamp: bool,
}

/// Which certificate the signer meant (`signingCertificateV2`).
pub(super) struct CertificateId<'a> {
    pub(super) hash: Option<Hash>,
    pub(super) digest: &'a [u8],
}

impl<'a> SignedData<'a> {
    pub(super) fn parse(der: &'a [u8]) -> Result<Self, DerError> {
        let mut info = Reader::only(der, tag::SEQUENCE)?;
        require(info.oid()? == oid::ID_SIGNED_DATA)?;
        let mut explicit = info.enter(tag::context(0))?;
        info.end()?;
        let mut data = explicit.enter(tag::SEQUENCE)?;
        explicit.end()?;

        require(data.expect(tag::INTEGER)?.content == [1])?;
        let digests = data.expect(tag::SET)?.content;
        let mut content = data.enter(tag::SEQUENCE)?;
        require(content.oid()? == oid::ID_DATA)?;
        content.end()?;
        let certificates = certificates(data.optional(tag::context(0))?)?;
        data.optional(tag::context(1))?;
        let mut signers = data.enter(tag::SET)?;
        data.end()?;
        let signer = signers.enter(tag::SEQUENCE)?;
        signers.end()?;
        Self::signer(signer, digests, certificates)
    }

    fn signer(
        mut info: Reader<'a>,
        digests: &[u8],
        certificates: Vec<Certificate>,
    ) -> Result<Self, DerError> {
        require(info.expect(tag::INTEGER)?.content == [1])?;
        let mut sid = info.enter(tag::SEQUENCE)?;
        let (issuer, serial) = (sid.expect(tag::SEQUENCE)?.whole, sid.expect(tag::INTEGER)?.whole);
        sid.end()?;
        let digest = info.expect(tag::SEQUENCE)?;
        require(digests == digest.whole)?;
        let stored = info.expect(tag::context(0))?;
        let algorithm = info.expect(tag::SEQUENCE)?;
        let signature = info.expect(tag::OCTET_STRING)?.content;
        let unsigned = info.optional(tag::context(1))?;
        info.end()?;
        let attributes = Attributes::parse(stored.content)?;
        Ok(Self {
            certificates,
            hash: Hash::from_oid(digest_algorithm(digest)?),
            issuer,
            serial,
            attributes: [&[tag::SET], &stored.whole[1..]].concat(),
            message_digest: attributes.message_digest,
            certificate_id: attributes.certificate_id,
            has_signing_time: attributes.has_signing_time,
            algorithm: AlgorithmIdentifierOwned::from_der(algorithm.whole).map_err(|_| DerError)?,
            signature,
            has_timestamp: has_timestamp(unsigned)?,
        })
    }

    /// The certificate that the signature names, among those that travel with it.
    pub(super) fn signing_certificate(&self) -> Option<&Certificate> {
        self.certificates.iter().find(|c| c.issuer_name() == self.issuer && c.serial_element() == self.serial)
    }
}

fn require(holds: bool) -> Result<(), DerError> {
    if holds { Ok(()) } else { Err(DerError) }
}

fn certificates(element: Option<Element<'_>>) -> Result<Vec<Certificate>, DerError> {
    const MOST: usize = 16;
    let mut list = Vec::new();
    let mut reader = Reader::new(element.map_or(&[], |e| e.content));
    while !reader.is_empty() {
        require(list.len() < MOST)?;
        list.push(Certificate::from_der(reader.expect(tag::SEQUENCE)?.whole)?);
    }
    Ok(list)
}

/// The hash's identifier; its parameters are absent or NULL (RFC 5754 §2).
fn digest_algorithm(element: Element<'_>) -> Result<ObjectIdentifier, DerError> {
    let mut fields = Reader::new(element.content);
    let id = fields.oid()?;
    if let Some(null) = fields.optional(tag::NULL)? {
        require(null.content.is_empty())?;
    }
    fields.end()?;
    Ok(id)
}

fn has_timestamp(unsigned: Option<Element<'_>>) -> Result<bool, DerError> {
    let mut reader = Reader::new(unsigned.map_or(&[], |e| e.content));
    let mut found = false;
    while !reader.is_empty() {
        found |= reader.enter(tag::SEQUENCE)?.oid()? == oid::TIMESTAMP_TOKEN;
    }
    Ok(found)
}

struct Attributes<'a> {
    message_digest: &'a [u8],
    certificate_id: Option<CertificateId<'a>>,
    has_signing_time: bool,
}

impl<'a> Attributes<'a> {
    fn parse(content: &'a [u8]) -> Result<Self, DerError> {
        let (mut content_type, mut digest, mut id, mut time) = (None, None, None, None);
        let mut reader = Reader::new(content);
        while !reader.is_empty() {
            let mut attribute = reader.enter(tag::SEQUENCE)?;
            let kind = attribute.oid()?;
            let mut values = attribute.enter(tag::SET)?;
            attribute.end()?;
            let value = values.any()?;
            let slot = match kind {
                oid::CONTENT_TYPE => &mut content_type,
                oid::MESSAGE_DIGEST => &mut digest,
                oid::SIGNING_CERTIFICATE_V2 => &mut id,
                oid::SIGNING_TIME => &mut time,
                _ => continue,
            };
            values.end()?;
            // The same attribute twice could be read in two ways.
            require(slot.replace(value).is_none())?;
        }
        require(content_type.is_some_and(|v| v.tag == tag::OID && v.content == oid::ID_DATA.as_bytes()))?;
        let digest = digest.filter(|v| v.tag == tag::OCTET_STRING).ok_or(DerError)?;
        Ok(Self {
            message_digest: digest.content,
            certificate_id: id.map(CertificateId::parse).transpose()?,
            has_signing_time: time.is_some(),
        })
    }
}

impl<'a> CertificateId<'a> {
    /// The first `ESSCertIDv2`, which is the signer's (RFC 5035 §3).
    fn parse(value: Element<'a>) -> Result<Self, DerError> {
        require(value.tag == tag::SEQUENCE)?;
        let mut first = Reader::new(value.content).enter(tag::SEQUENCE)?.enter(tag::SEQUENCE)?;
        let hash = match first.optional(tag::SEQUENCE)? {
            None => Some(Hash::Sha256),
            Some(algorithm) => Hash::from_oid(digest_algorithm(algorithm)?),
        };
        Ok(Self { hash, digest: first.expect(tag::OCTET_STRING)?.content })
    }
}
