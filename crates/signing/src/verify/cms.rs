//! CMS SignedData, read as raw slices. Strict: one signer, DER, nothing that is not accounted for.

use aws_lc_rs::digest;
use const_oid::ObjectIdentifier;
use der::Decode;
use spki::AlgorithmIdentifierOwned;

use crate::asn1::{DerError, Element, Reader, require, tag};
use crate::hash::{self, Hash};
use crate::oid;
use crate::pki::Certificate;

/// What shape it must have.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Shape {
    /// A detached signature over plain data.
    Detached,
    /// A signature over plain data, which may be inside, with revocation data beside it.
    Cades,
    /// A timestamp, which carries its statement.
    Token,
}

impl Shape {
    const fn content_type(self) -> ObjectIdentifier {
        match self {
            Self::Detached | Self::Cades => oid::ID_DATA,
            Self::Token => oid::ID_TST_INFO,
        }
    }

    /// RFC 5652 §5.1: whatever is not plain data makes it version 3, and revocation data other than lists version 5.
    fn version(self, revocation: &[Element<'_>]) -> u8 {
        match self {
            Self::Cades if revocation.iter().any(|r| r.tag != tag::SEQUENCE) => 5,
            Self::Detached | Self::Cades => 1,
            Self::Token => 3,
        }
    }
}

/// A signature, not yet judged.
pub(super) struct SignedData<'a> {
    /// What is inside; always so for a token.
    pub(super) content: Option<&'a [u8]>,
    pub(super) certificates: Vec<Certificate>,
    /// Lists, and answers under their `[1]`.
    pub(super) revocation: Vec<Element<'a>>,
    /// `None`: a hash that no longer counts.
    pub(super) hash: Option<Hash>,
    pub(super) issuer: &'a [u8],
    pub(super) serial: &'a [u8],
    /// As they were signed: under the tag of SET.
    pub(super) attributes: Vec<u8>,
    pub(super) message_digest: &'a [u8],
    pub(super) certificate_id: Option<CertificateId<'a>>,
    /// When, by the signer's own clock.
    pub(super) signing_time: Option<Element<'a>>,
    pub(super) algorithm: AlgorithmIdentifierOwned,
    pub(super) signature: &'a [u8],
    /// Signature timestamps: whole tokens.
    pub(super) timestamps: Vec<&'a [u8]>,
}

/// Which certificate the signer meant (`signingCertificateV2`).
pub(super) struct CertificateId<'a> {
    hash: IdHash,
    pub(super) digest: &'a [u8],
}

/// The hash by which a certificate is named. SHA-1 only where it is the attribute's only one: it picks a certificate and
/// protects nothing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum IdHash {
    Sha1,
    Strong(Hash),
    Unknown,
}

impl<'a> SignedData<'a> {
    pub(super) fn parse(der: &'a [u8], shape: Shape) -> Result<Self, DerError> {
        let mut info = Reader::only(der, tag::SEQUENCE)?;
        require(info.oid()? == oid::ID_SIGNED_DATA)?;
        let mut explicit = info.enter(tag::context(0))?;
        info.end()?;
        let mut data = explicit.enter(tag::SEQUENCE)?;
        explicit.end()?;

        let version = data.expect(tag::INTEGER)?.content;
        let mut digests = data.enter(tag::SET)?;
        let digest = hash::identifier(digests.expect(tag::SEQUENCE)?)?;
        digests.end()?;
        let content = content(data.enter(tag::SEQUENCE)?, shape)?;
        let certificates = certificates(data.optional(tag::context(0))?)?;
        let revocation = revocation(data.optional(tag::context(1))?)?;
        require(version == [shape.version(&revocation)])?;
        let mut signers = data.enter(tag::SET)?;
        data.end()?;
        let signer = signers.enter(tag::SEQUENCE)?;
        signers.end()?;
        Ok(Self { content, certificates, revocation, ..Self::signer(signer, digest, shape)? })
    }

    fn signer(mut info: Reader<'a>, listed: ObjectIdentifier, shape: Shape) -> Result<Self, DerError> {
        require(info.expect(tag::INTEGER)?.content == [1])?;
        let mut sid = info.enter(tag::SEQUENCE)?;
        let (issuer, serial) = (sid.expect(tag::SEQUENCE)?.whole, sid.expect(tag::INTEGER)?.whole);
        sid.end()?;
        let digest = hash::identifier(info.expect(tag::SEQUENCE)?)?;
        require(digest == listed)?;
        let stored = info.expect(tag::context(0))?;
        let algorithm = info.expect(tag::SEQUENCE)?;
        let signature = info.expect(tag::OCTET_STRING)?.content;
        let unsigned = info.optional(tag::context(1))?;
        info.end()?;
        let attributes = Attributes::parse(stored.content, shape.content_type())?;
        Ok(Self {
            content: None,
            certificates: Vec::new(),
            revocation: Vec::new(),
            hash: Hash::from_oid(digest),
            issuer,
            serial,
            attributes: [&[tag::SET], &stored.whole[1..]].concat(),
            message_digest: attributes.message_digest,
            certificate_id: attributes.certificate_id,
            signing_time: attributes.signing_time,
            algorithm: AlgorithmIdentifierOwned::from_der(algorithm.whole).map_err(|_| DerError)?,
            signature,
            timestamps: timestamps(unsigned)?,
        })
    }

    /// The certificate that the signature names, among those that travel with it.
    pub(super) fn signing_certificate(&self) -> Option<&Certificate> {
        self.certificates.iter().find(|c| c.issuer_name() == self.issuer && c.serial_element() == self.serial)
    }
}

fn content<'a>(mut info: Reader<'a>, shape: Shape) -> Result<Option<&'a [u8]>, DerError> {
    require(info.oid()? == shape.content_type())?;
    let content = match shape {
        Shape::Detached => None,
        Shape::Cades if info.is_empty() => None,
        Shape::Cades => Some(inside(&mut info)?),
        Shape::Token => Some(inside(&mut info)?),
    };
    info.end()?;
    Ok(content)
}

fn inside<'a>(info: &mut Reader<'a>) -> Result<&'a [u8], DerError> {
    let mut explicit = info.enter(tag::context(0))?;
    let bytes = explicit.expect(tag::OCTET_STRING)?.content;
    explicit.end()?;
    Ok(bytes)
}

fn revocation(element: Option<Element<'_>>) -> Result<Vec<Element<'_>>, DerError> {
    const MOST: usize = 64;
    let mut list = Vec::new();
    let mut reader = Reader::new(element.map_or(&[], |e| e.content));
    while !reader.is_empty() {
        require(list.len() < MOST)?;
        list.push(reader.any()?);
    }
    Ok(list)
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

/// The signature timestamps among the unsigned attributes.
fn timestamps(unsigned: Option<Element<'_>>) -> Result<Vec<&[u8]>, DerError> {
    const MOST: usize = 8;
    let mut reader = Reader::new(unsigned.map_or(&[], |e| e.content));
    let mut found = Vec::new();
    while !reader.is_empty() {
        let mut attribute = reader.enter(tag::SEQUENCE)?;
        if attribute.oid()? != oid::TIMESTAMP_TOKEN {
            continue;
        }
        let mut values = attribute.enter(tag::SET)?;
        attribute.end()?;
        while !values.is_empty() {
            require(found.len() < MOST)?;
            found.push(values.expect(tag::SEQUENCE)?.whole);
        }
    }
    Ok(found)
}

struct Attributes<'a> {
    message_digest: &'a [u8],
    certificate_id: Option<CertificateId<'a>>,
    signing_time: Option<Element<'a>>,
}

impl<'a> Attributes<'a> {
    fn parse(content: &'a [u8], expected: ObjectIdentifier) -> Result<Self, DerError> {
        let (mut content_type, mut digest, mut id, mut old_id, mut time) = (None, None, None, None, None);
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
                oid::SIGNING_CERTIFICATE => &mut old_id,
                oid::SIGNING_TIME => &mut time,
                _ => continue,
            };
            values.end()?;
            // The same attribute twice could be read in two ways.
            require(slot.replace(value).is_none())?;
        }
        require(content_type.is_some_and(|v| v.tag == tag::OID && v.content == expected.as_bytes()))?;
        let digest = digest.filter(|v| v.tag == tag::OCTET_STRING).ok_or(DerError)?;
        Ok(Self {
            message_digest: digest.content,
            certificate_id: match (id, old_id) {
                (Some(id), _) => Some(CertificateId::parse(id)?),
                (None, Some(old)) => Some(CertificateId::parse_old(old)?),
                (None, None) => None,
            },
            signing_time: time,
        })
    }
}

impl<'a> CertificateId<'a> {
    /// The first `ESSCertIDv2`, which is the signer's (RFC 5035 §3).
    fn parse(value: Element<'a>) -> Result<Self, DerError> {
        require(value.tag == tag::SEQUENCE)?;
        let mut first = Reader::new(value.content).enter(tag::SEQUENCE)?.enter(tag::SEQUENCE)?;
        let hash = match first.optional(tag::SEQUENCE)? {
            None => IdHash::Strong(Hash::Sha256),
            Some(algorithm) => {
                Hash::from_oid(hash::identifier(algorithm)?).map_or(IdHash::Unknown, IdHash::Strong)
            }
        };
        Ok(Self { hash, digest: first.expect(tag::OCTET_STRING)?.content })
    }

    /// The first `ESSCertID` (RFC 2634 §5.4).
    fn parse_old(value: Element<'a>) -> Result<Self, DerError> {
        require(value.tag == tag::SEQUENCE)?;
        let mut first = Reader::new(value.content).enter(tag::SEQUENCE)?.enter(tag::SEQUENCE)?;
        Ok(Self { hash: IdHash::Sha1, digest: first.expect(tag::OCTET_STRING)?.content })
    }

    /// What the certificate's digest should be; `None` for a hash that is not known.
    pub(super) fn digest_of(&self, certificate: &[u8]) -> Option<digest::Digest> {
        match self.hash {
            IdHash::Sha1 => Some(digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, certificate)),
            IdHash::Strong(hash) => Some(hash.of(&[certificate])),
            IdHash::Unknown => None,
        }
    }

    /// Whether it is the older attribute, which a signature of today must not rely on.
    pub(super) fn is_weak(&self) -> bool {
        self.hash == IdHash::Sha1
    }
}
