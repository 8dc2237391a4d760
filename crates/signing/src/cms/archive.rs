//! The archive timestamp of CAdES (EN 319 122-1 §5.5): over what, and how it says so.

use const_oid::ObjectIdentifier;

use super::{attribute, hash_identifier};
use crate::asn1::{self, DerError, Reader, require, tag};
use crate::hash::{Hash, sha256_of};
use crate::oid;

/// The pieces of a signature, each as it stands in it.
pub(super) struct Pieces<'a> {
    /// SHA-256 of what is signed.
    pub(super) content: [u8; 32],
    /// SignerInfo up to the signature value.
    pub(super) signed: &'a [u8],
    pub(super) certificates: &'a [Vec<u8>],
    pub(super) revocation: &'a [Vec<u8>],
    pub(super) unsigned: &'a [Vec<u8>],
}

impl Pieces<'_> {
    /// `ATSHashIndexV3`: each piece by its hash, so that later ones may be added.
    ///
    /// # Errors
    /// When an unsigned attribute is none.
    pub(super) fn index(&self) -> Result<Vec<u8>, DerError> {
        let mut values = Vec::new();
        for one in self.unsigned {
            let mut fields = Reader::only(one, tag::SEQUENCE)?;
            let kind = fields.expect(tag::OID)?.whole;
            let mut set = fields.enter(tag::SET)?;
            while !set.is_empty() {
                values.push(octets(&[kind, set.any()?.whole]));
            }
        }
        let hashes = |list: &[Vec<u8>]| -> Vec<Vec<u8>> { list.iter().map(|der| octets(&[der])).collect() };
        Ok(asn1::seq(&[
            &hash_identifier(Hash::Sha256),
            &list(&hashes(self.certificates)),
            &list(&hashes(self.revocation)),
            &list(&values),
        ]))
    }

    /// What the timestamp is over.
    pub(super) fn imprint(&self, index: &[u8]) -> [u8; 32] {
        sha256_of(&[&asn1::oid(oid::ID_DATA), &self.content, self.signed, index])
    }
}

fn octets(parts: &[&[u8]]) -> Vec<u8> {
    asn1::tlv(tag::OCTET_STRING, &[&sha256_of(parts)])
}

fn list(elements: &[Vec<u8>]) -> Vec<u8> {
    asn1::seq(&elements.iter().map(Vec::as_slice).collect::<Vec<_>>())
}

/// The attribute that carries the token, which itself carries the index.
///
/// # Errors
/// When the token is no SignedData of one signer.
pub(super) fn archive_attribute(token: &[u8], index: &[u8]) -> Result<Vec<u8>, DerError> {
    let token = with_unsigned(token, oid::ATS_HASH_INDEX_V3, index)?;
    Ok(attribute(oid::ARCHIVE_TIMESTAMP_V3, &token))
}

/// SignedData with one more unsigned attribute: nothing that is signed changes.
fn with_unsigned(der: &[u8], kind: ObjectIdentifier, value: &[u8]) -> Result<Vec<u8>, DerError> {
    let mut info = Reader::only(der, tag::SEQUENCE)?;
    require(info.oid()? == oid::ID_SIGNED_DATA)?;
    let mut data = info.enter(tag::context(0))?.enter(tag::SEQUENCE)?;
    let mut before = Vec::new();
    let signers = loop {
        let element = data.any()?;
        if data.is_empty() {
            break element;
        }
        before.extend_from_slice(element.whole);
    };
    require(signers.tag == tag::SET)?;
    let mut set = Reader::new(signers.content);
    let mut signer = set.enter(tag::SEQUENCE)?;
    set.end()?;
    let (mut fields, mut unsigned) = (Vec::new(), vec![attribute(kind, value)]);
    while !signer.is_empty() {
        let element = signer.any()?;
        if element.tag != tag::context(1) {
            fields.extend_from_slice(element.whole);
            continue;
        }
        let mut attributes = Reader::new(element.content);
        while !attributes.is_empty() {
            unsigned.push(attributes.any()?.whole.to_vec());
        }
    }
    let signer = asn1::seq(&[&fields, &super::optional_set(1, &unsigned)]);
    let data = asn1::seq(&[&before, &asn1::tlv(tag::SET, &[&signer])]);
    Ok(asn1::seq(&[&asn1::oid(oid::ID_SIGNED_DATA), &asn1::tlv(tag::context(0), &[&data])]))
}
