//! CMS SignedData, read as raw slices. Strict: DER, nothing that is not accounted for.

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

    /// RFC 5652 §5.1: whatever is not plain data makes it version 3, as a signer named by its key does, and revocation data
    /// other than lists version 5.
    fn version(self, revocation: &[Element<'_>], by_key: bool) -> u8 {
        match self {
            Self::Cades if revocation.iter().any(|r| r.tag != tag::SEQUENCE) => 5,
            Self::Detached | Self::Cades => {
                if by_key {
                    3
                } else {
                    1
                }
            }
            Self::Token => 3,
        }
    }
}

/// A signature, not yet judged.
#[derive(Clone)]
pub(super) struct SignedData<'a> {
    /// The object identifier of the content's type, whole.
    pub(super) content_type: &'a [u8],
    /// What is inside; always so for a token.
    pub(super) content: Option<&'a [u8]>,
    pub(super) certificates: Vec<Certificate>,
    /// Lists, and answers under their `[1]`.
    pub(super) revocation: Vec<Element<'a>>,
    pub(super) signer: Signer<'a>,
}

/// One signer's part of it.
#[derive(Clone)]
pub(super) struct Signer<'a> {
    /// `None`: a hash that no longer counts.
    pub(super) hash: Option<Hash>,
    id: SignerId<'a>,
    /// As they were signed: under the tag of SET.
    pub(super) attributes: Vec<u8>,
    pub(super) message_digest: &'a [u8],
    pub(super) certificate_id: Option<CertificateId<'a>>,
    /// When, by the signer's own clock.
    pub(super) signing_time: Option<Element<'a>>,
    pub(super) algorithm: AlgorithmIdentifierOwned,
    pub(super) signature: &'a [u8],
    /// Everything of it up to the signature, as it stands there.
    pub(super) fields: Vec<u8>,
    /// Unsigned attributes.
    pub(super) unsigned: Vec<Unsigned<'a>>,
}

/// How a signer names its certificate.
#[derive(Clone, Copy)]
enum SignerId<'a> {
    Name { issuer: &'a [u8], serial: &'a [u8] },
    Key(&'a [u8]),
}

/// An attribute that is not signed.
#[derive(Clone)]
pub(super) struct Unsigned<'a> {
    pub(super) id: ObjectIdentifier,
    /// The identifier, whole.
    pub(super) kind: &'a [u8],
    pub(super) values: Vec<Element<'a>>,
}

/// Which certificate the signer meant (`signingCertificateV2`).
#[derive(Clone)]
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
    /// Of exactly one signer.
    pub(super) fn parse(der: &'a [u8], shape: Shape) -> Result<Self, DerError> {
        let mut all = Self::parse_all(der, shape)?;
        require(all.len() == 1)?;
        all.pop().ok_or(DerError)
    }

    /// Once for each signer, of which there is one at least.
    pub(super) fn parse_all(der: &'a [u8], shape: Shape) -> Result<Vec<Self>, DerError> {
        const MOST: usize = 16;
        let mut info = Reader::only(der, tag::SEQUENCE)?;
        require(info.oid()? == oid::ID_SIGNED_DATA)?;
        let mut explicit = info.enter(tag::context(0))?;
        info.end()?;
        let mut data = explicit.enter(tag::SEQUENCE)?;
        explicit.end()?;

        let version = data.expect(tag::INTEGER)?.content;
        let mut digests = data.enter(tag::SET)?;
        let mut listed = Vec::new();
        while !digests.is_empty() {
            listed.push(hash::identifier(digests.expect(tag::SEQUENCE)?)?);
        }
        let (content_type, content) = content(data.enter(tag::SEQUENCE)?, shape)?;
        let certificates = certificates(data.optional(tag::context(0))?)?;
        let revocation = elements(data.optional(tag::context(1))?)?;
        let mut set = data.enter(tag::SET)?;
        data.end()?;
        let mut all = Vec::new();
        while !set.is_empty() {
            let signer = Signer::parse(set.enter(tag::SEQUENCE)?, &listed, shape)?;
            let (certificates, revocation) = (certificates.clone(), revocation.clone());
            all.push(Self { content_type, content, certificates, revocation, signer });
            require(all.len() <= MOST)?;
        }
        let by_key = all.iter().any(|one| matches!(one.signer.id, SignerId::Key(_)));
        require(!all.is_empty() && version == [shape.version(&revocation, by_key)])?;
        Ok(all)
    }

    /// The certificate that the signature names, among those that travel with it.
    pub(super) fn signing_certificate(&self) -> Option<&Certificate> {
        self.certificates.iter().find(|c| match self.signer.id {
            SignerId::Name { issuer, serial } => c.issuer_name() == issuer && c.serial_element() == serial,
            SignerId::Key(id) => c.key_identifier() == Some(id),
        })
    }
}

impl<'a> Signer<'a> {
    fn parse(mut info: Reader<'a>, listed: &[ObjectIdentifier], shape: Shape) -> Result<Self, DerError> {
        let version = info.expect(tag::INTEGER)?;
        let by = info.any()?;
        let id = SignerId::parse(by)?;
        let is_key = matches!(id, SignerId::Key(_));
        require(version.content == [if is_key { 3 } else { 1 }])?;
        let named = info.expect(tag::SEQUENCE)?;
        let digest = hash::identifier(named)?;
        require(listed.contains(&digest))?;
        let stored = info.expect(tag::context(0))?;
        let algorithm = info.expect(tag::SEQUENCE)?;
        let signature = info.expect(tag::OCTET_STRING)?;
        let unsigned = Unsigned::parse_all(info.optional(tag::context(1))?)?;
        info.end()?;
        let attributes = Attributes::parse(stored.content, shape.content_type())?;
        let fields = [version, by, named, stored, algorithm, signature].map(|e| e.whole).concat();
        Ok(Self {
            hash: Hash::from_oid(digest),
            id,
            attributes: [&[tag::SET], &stored.whole[1..]].concat(),
            message_digest: attributes.message_digest,
            certificate_id: attributes.certificate_id,
            signing_time: attributes.signing_time,
            algorithm: AlgorithmIdentifierOwned::from_der(algorithm.whole).map_err(|_| DerError)?,
            signature: signature.content,
            fields,
            unsigned,
        })
    }

    /// The values of the unsigned attributes of one kind: whole tokens, for timestamps.
    pub(super) fn unsigned_values(&self, id: ObjectIdentifier) -> impl Iterator<Item = &'a [u8]> {
        self.unsigned.iter().filter(move |a| a.id == id).flat_map(|a| a.values.iter().map(|v| v.whole))
    }
}

impl<'a> SignerId<'a> {
    fn parse(element: Element<'a>) -> Result<Self, DerError> {
        if element.tag == tag::context_primitive(0) {
            return Ok(Self::Key(element.content));
        }
        require(element.tag == tag::SEQUENCE)?;
        let mut name = Reader::new(element.content);
        let (issuer, serial) = (name.expect(tag::SEQUENCE)?.whole, name.expect(tag::INTEGER)?.whole);
        name.end()?;
        Ok(Self::Name { issuer, serial })
    }
}

impl<'a> Unsigned<'a> {
    fn parse_all(element: Option<Element<'a>>) -> Result<Vec<Self>, DerError> {
        const MOST: usize = 64;
        let mut reader = Reader::new(element.map_or(&[], |e| e.content));
        let mut all = Vec::new();
        while !reader.is_empty() {
            let mut attribute = reader.enter(tag::SEQUENCE)?;
            let kind = attribute.expect(tag::OID)?;
            let id = ObjectIdentifier::from_bytes(kind.content).map_err(|_| DerError)?;
            let values = elements(attribute.optional(tag::SET)?)?;
            attribute.end()?;
            all.push(Self { id, kind: kind.whole, values });
            require(all.len() <= MOST)?;
        }
        Ok(all)
    }
}

type Content<'a> = (&'a [u8], Option<&'a [u8]>);

fn content<'a>(mut info: Reader<'a>, shape: Shape) -> Result<Content<'a>, DerError> {
    let kind = info.expect(tag::OID)?;
    require(kind.content == shape.content_type().as_bytes())?;
    let content = match shape {
        Shape::Detached => None,
        Shape::Cades if info.is_empty() => None,
        Shape::Cades | Shape::Token => Some(inside(&mut info)?),
    };
    info.end()?;
    Ok((kind.whole, content))
}

fn inside<'a>(info: &mut Reader<'a>) -> Result<&'a [u8], DerError> {
    let mut explicit = info.enter(tag::context(0))?;
    let bytes = explicit.expect(tag::OCTET_STRING)?.content;
    explicit.end()?;
    Ok(bytes)
}

/// What stands in a set, whatever it is.
fn elements(element: Option<Element<'_>>) -> Result<Vec<Element<'_>>, DerError> {
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
    const MOST: usize = 64;
    let mut list = Vec::new();
    let mut reader = Reader::new(element.map_or(&[], |e| e.content));
    while !reader.is_empty() {
        require(list.len() < MOST)?;
        list.push(Certificate::from_der(reader.expect(tag::SEQUENCE)?.whole)?);
    }
    Ok(list)
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
