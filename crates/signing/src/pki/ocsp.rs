//! Whether a certificate still counts, answered one by one (RFC 6960).

use aws_lc_rs::digest::{self, SHA1_FOR_LEGACY_USE_ONLY};
use const_oid::ObjectIdentifier;
use copihue_core::{Result, Timestamp};
use der::Decode;
use spki::AlgorithmIdentifierOwned;

use super::certificate::Certificate;
use super::crl::RevocationReason;
use super::issue::extension;
use crate::asn1::{self, DerError, Element, Reader, require, tag};
use crate::hash::{self, Hash};
use crate::oid;
use crate::signer::Signer;

/// More certificates in one question than anybody needs.
const MOST: usize = 16;
/// A nonce is at most so long (RFC 9654).
const LONGEST_NONCE: usize = 128;

/// Which certificate is asked about: its serial number, and its issuer by two hashes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CertificateId {
    der: Vec<u8>,
    hash: ObjectIdentifier,
    name_hash: Vec<u8>,
    key_hash: Vec<u8>,
    serial: Vec<u8>,
}

/// A question about certificates.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OcspQuestion {
    /// About which.
    pub certificates: Vec<CertificateId>,
    /// The nonce's extension, whole, to be repeated.
    nonce: Option<Vec<u8>>,
}

/// What is known of a certificate.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Standing {
    /// Issued, and not revoked.
    Good,
    /// Revoked since then.
    Revoked(Timestamp, RevocationReason),
    /// Never issued here.
    Unknown,
}

/// Why a question gets no answer (`OCSPResponseStatus`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OcspRefusal {
    /// It can't be read.
    Malformed = 1,
    /// Something failed on our side: ask again later.
    TryLater = 3,
    /// It is about another authority's certificates.
    Unauthorized = 6,
}

fn digest_with(hash: ObjectIdentifier, bytes: &[u8]) -> Option<digest::Digest> {
    if hash == oid::SHA1 {
        // Only names what is asked about: openssl and NSS ask so.
        return Some(digest::digest(&SHA1_FOR_LEGACY_USE_ONLY, bytes));
    }
    Some(Hash::from_oid(hash)?.of(&[bytes]))
}

impl CertificateId {
    /// Of a certificate, by SHA-1 as every reader of PDFs expects it.
    #[must_use]
    pub fn of(certificate: &Certificate, issuer: &Certificate) -> Self {
        let hash = |bytes| digest::digest(&SHA1_FOR_LEGACY_USE_ONLY, bytes).as_ref().to_vec();
        let (name_hash, key_hash) = (hash(issuer.subject_name()), hash(issuer.public_bits()));
        let algorithm = asn1::seq(&[&asn1::oid(oid::SHA1), &asn1::tlv(tag::NULL, &[])]);
        let der = asn1::seq(&[
            &algorithm,
            &asn1::tlv(tag::OCTET_STRING, &[&name_hash]),
            &asn1::tlv(tag::OCTET_STRING, &[&key_hash]),
            certificate.serial_element(),
        ]);
        let serial = certificate.parsed().tbs_certificate.serial_number.as_bytes().to_vec();
        Self { der, hash: oid::SHA1, name_hash, key_hash, serial }
    }

    fn parse(element: Element<'_>) -> std::result::Result<Self, DerError> {
        let mut fields = Reader::new(element.content);
        let hash = hash::identifier(fields.expect(tag::SEQUENCE)?)?;
        let name_hash = fields.expect(tag::OCTET_STRING)?.content.to_vec();
        let key_hash = fields.expect(tag::OCTET_STRING)?.content.to_vec();
        let serial = fields.expect(tag::INTEGER)?.content;
        fields.end()?;
        let serial = serial.strip_prefix(&[0]).unwrap_or(serial).to_vec();
        Ok(Self { der: element.whole.to_vec(), hash, name_hash, key_hash, serial })
    }

    /// Whether it means a certificate of this issuer.
    pub(crate) fn is_of(&self, issuer: &Certificate) -> bool {
        let same = |bytes, known: &[u8]| digest_with(self.hash, bytes).is_some_and(|d| d.as_ref() == known);
        same(issuer.subject_name(), &self.name_hash) && same(issuer.public_bits(), &self.key_hash)
    }

    /// The serial number in hex.
    #[must_use]
    pub fn serial(&self) -> String {
        hex::encode(&self.serial)
    }
}

impl OcspQuestion {
    /// About one certificate, without a nonce.
    #[must_use]
    pub fn about(certificate: &Certificate, issuer: &Certificate) -> Self {
        Self { certificates: vec![CertificateId::of(certificate, issuer)], nonce: None }
    }

    /// In DER.
    pub(crate) fn to_der(&self) -> Vec<u8> {
        let one = |id: &CertificateId| asn1::seq(&[&id.der]);
        let all: Vec<Vec<u8>> = self.certificates.iter().map(one).collect();
        let list = asn1::seq(&all.iter().map(Vec::as_slice).collect::<Vec<_>>());
        let nonce = self.nonce.as_deref().map(|n| asn1::tlv(tag::context(2), &[&asn1::seq(&[n])]));
        asn1::seq(&[&asn1::seq(&[&list, nonce.as_deref().unwrap_or_default()])])
    }

    /// Reads a request in DER.
    ///
    /// # Errors
    /// When it is none.
    pub fn parse(der: &[u8]) -> std::result::Result<Self, DerError> {
        let mut outer = Reader::only(der, tag::SEQUENCE)?;
        let mut request = outer.enter(tag::SEQUENCE)?;
        request.optional(tag::context(0))?;
        request.optional(tag::context(1))?;
        let mut list = request.enter(tag::SEQUENCE)?;
        let extensions = request.optional(tag::context(2))?;
        request.end()?;
        let mut certificates = Vec::new();
        while !list.is_empty() {
            require(certificates.len() < MOST)?;
            let mut one = list.enter(tag::SEQUENCE)?;
            certificates.push(CertificateId::parse(one.expect(tag::SEQUENCE)?)?);
            one.optional(tag::context(0))?;
            one.end()?;
        }
        require(!certificates.is_empty())?;
        let nonce = extensions.map(nonce).transpose()?.flatten();
        Ok(Self { certificates, nonce })
    }
}

/// The nonce among the extensions of a request.
fn nonce(extensions: Element<'_>) -> std::result::Result<Option<Vec<u8>>, DerError> {
    let mut list = Reader::only(extensions.content, tag::SEQUENCE)?;
    while !list.is_empty() {
        let element = list.expect(tag::SEQUENCE)?;
        if Reader::new(element.content).oid()? == oid::OCSP_NONCE {
            return Ok((element.whole.len() <= LONGEST_NONCE).then(|| element.whole.to_vec()));
        }
    }
    Ok(None)
}

/// An answer without an answer.
#[must_use]
pub fn refuse_ocsp(refusal: OcspRefusal) -> Vec<u8> {
    asn1::seq(&[&asn1::tlv(tag::ENUMERATED, &[&[refusal as u8]])])
}

/// Signs what is known of certificates as a delegated responder, good from `at` until `next`.
///
/// # Errors
/// When the key refuses to sign.
pub fn answer_ocsp(
    responder: &Signer,
    question: &OcspQuestion,
    standings: &[Standing],
    at: Timestamp,
    next: Timestamp,
) -> Result<Vec<u8>> {
    let until = asn1::tlv(tag::context(0), &[&asn1::generalized_time(next)]);
    let pairs = question.certificates.iter().zip(standings);
    let one = |(id, standing): (&CertificateId, &Standing)| {
        asn1::seq(&[&id.der, &write_standing(*standing), &asn1::generalized_time(at), &until])
    };
    let all: Vec<Vec<u8>> = pairs.map(one).collect();
    let nonce = question.nonce.as_deref().map(|n| asn1::tlv(tag::context(1), &[&asn1::seq(&[n])]));
    let data = asn1::seq(&[
        &asn1::tlv(tag::context(1), &[responder.certificate().subject_name()]),
        &asn1::generalized_time(at),
        &asn1::seq(&all.iter().map(Vec::as_slice).collect::<Vec<_>>()),
        nonce.as_deref().unwrap_or_default(),
    ]);
    let algorithm = responder.algorithm().identifier();
    let signature = asn1::tlv(tag::BIT_STRING, &[&[0], &responder.sign(&data)?]);
    let certificates = asn1::tlv(tag::context(0), &[&asn1::seq(&[responder.certificate().der()])]);
    let basic = asn1::seq(&[&data, &algorithm, &signature, &certificates]);
    let bytes = asn1::seq(&[&asn1::oid(oid::OCSP_BASIC), &asn1::tlv(tag::OCTET_STRING, &[&basic])]);
    Ok(asn1::seq(&[&asn1::tlv(tag::ENUMERATED, &[&[0]]), &asn1::tlv(tag::context(0), &[&bytes])]))
}

fn write_standing(standing: Standing) -> Vec<u8> {
    match standing {
        Standing::Good => asn1::tlv(tag::context_primitive(0), &[]),
        Standing::Unknown => asn1::tlv(tag::context_primitive(2), &[]),
        Standing::Revoked(at, reason) => {
            let reason = match reason {
                RevocationReason::Unspecified => Vec::new(),
                other => {
                    asn1::tlv(tag::context(0), &[&asn1::tlv(tag::ENUMERATED, &[&[other.number() as u8]])])
                }
            };
            asn1::tlv(tag::context(1), &[&asn1::generalized_time(at), &reason])
        }
    }
}

/// `id-pkix-ocsp-nocheck`: a responder's certificate is short-lived and asked about by nobody (RFC 6960 §4.2.2.2.1).
pub(crate) fn no_check() -> Vec<u8> {
    extension(oid::OCSP_NO_CHECK, false, &asn1::tlv(tag::NULL, &[]))
}

/// An answer as it is read.
#[derive(Clone, Debug)]
pub struct OcspAnswer {
    data: Vec<u8>,
    algorithm: AlgorithmIdentifierOwned,
    signature: Vec<u8>,
    /// Certificates that came with it.
    pub(crate) certificates: Vec<Certificate>,
    /// When it was made.
    pub(crate) produced_at: Timestamp,
    singles: Vec<Single>,
}

#[derive(Clone, Debug)]
struct Single {
    id: CertificateId,
    standing: Standing,
    next: Option<Timestamp>,
}

impl OcspAnswer {
    /// Reads a response in DER.
    ///
    /// # Errors
    /// When it is not a successful basic one.
    pub fn from_der(der: &[u8]) -> std::result::Result<Self, DerError> {
        let mut outer = Reader::only(der, tag::SEQUENCE)?;
        require(outer.expect(tag::ENUMERATED)?.content == [0])?;
        let mut bytes = outer.enter(tag::context(0))?.enter(tag::SEQUENCE)?;
        outer.end()?;
        require(bytes.oid()? == oid::OCSP_BASIC)?;
        let mut basic = Reader::only(bytes.expect(tag::OCTET_STRING)?.content, tag::SEQUENCE)?;
        let data = basic.expect(tag::SEQUENCE)?;
        let algorithm = basic.expect(tag::SEQUENCE)?;
        let signature = basic.expect(tag::BIT_STRING)?.content.strip_prefix(&[0]).ok_or(DerError)?;
        let certificates = basic.optional(tag::context(0))?.map(certificates).transpose()?;
        basic.end()?;
        let (produced_at, singles) = response_data(data)?;
        Ok(Self {
            data: data.whole.to_vec(),
            algorithm: AlgorithmIdentifierOwned::from_der(algorithm.whole).map_err(|_| DerError)?,
            signature: signature.to_vec(),
            certificates: certificates.unwrap_or_default(),
            produced_at,
            singles,
        })
    }

    pub(crate) fn signed_parts(&self) -> (&[u8], &AlgorithmIdentifierOwned, &[u8]) {
        (&self.data, &self.algorithm, &self.signature)
    }

    /// What it says of a certificate of this issuer; `None` when it says nothing.
    pub(crate) fn standing(&self, certificate: &Certificate, issuer: &Certificate) -> Option<Standing> {
        let serial = certificate.parsed().tbs_certificate.serial_number.as_bytes();
        let found = self.singles.iter().find(|s| s.id.serial == serial && s.id.is_of(issuer))?;
        Some(found.standing)
    }

    /// Until when what it says of any certificate holds, at the earliest.
    #[must_use]
    pub fn next_update(&self) -> Option<Timestamp> {
        self.singles.iter().filter_map(|s| s.next).min()
    }
}

fn certificates(element: Element<'_>) -> std::result::Result<Vec<Certificate>, DerError> {
    let mut list = Reader::only(element.content, tag::SEQUENCE)?;
    let mut all = Vec::new();
    while !list.is_empty() {
        require(all.len() < MOST)?;
        all.push(Certificate::from_der(list.expect(tag::SEQUENCE)?.whole)?);
    }
    Ok(all)
}

fn response_data(data: Element<'_>) -> std::result::Result<(Timestamp, Vec<Single>), DerError> {
    let mut fields = Reader::new(data.content);
    fields.optional(tag::context(0))?;
    let responder = fields.any()?;
    require(responder.tag == tag::context(1) || responder.tag == tag::context(2))?;
    let produced_at = asn1::read_generalized_time(fields.expect(tag::GENERALIZED_TIME)?.content)?;
    let mut list = fields.enter(tag::SEQUENCE)?;
    let mut singles = Vec::new();
    while !list.is_empty() {
        require(singles.len() < MOST)?;
        singles.push(single(list.enter(tag::SEQUENCE)?)?);
    }
    Ok((produced_at, singles))
}

fn single(mut fields: Reader<'_>) -> std::result::Result<Single, DerError> {
    let id = CertificateId::parse(fields.expect(tag::SEQUENCE)?)?;
    let status = fields.any()?;
    fields.expect(tag::GENERALIZED_TIME)?;
    let next = fields.optional(tag::context(0))?;
    let next = next
        .map(|e| Reader::new(e.content).expect(tag::GENERALIZED_TIME))
        .transpose()?
        .map(|e| asn1::read_generalized_time(e.content))
        .transpose()?;
    let standing = if status.tag == tag::context_primitive(0) {
        Standing::Good
    } else if status.tag == tag::context(1) {
        let at = Reader::new(status.content).expect(tag::GENERALIZED_TIME)?;
        Standing::Revoked(asn1::read_generalized_time(at.content)?, RevocationReason::Unspecified)
    } else {
        Standing::Unknown
    };
    Ok(Single { id, standing, next })
}
