//! A CMS that somebody else made: who signed it, and a timestamp put into it.

use const_oid::ObjectIdentifier;

use super::attribute;
use crate::asn1::{self, DerError, Element, Reader, require, tag};
use crate::oid;
use crate::pki::Certificate;

/// A signature of one signer, in DER. Whether it holds is another's to judge.
pub(crate) struct Foreign {
    /// The elements of SignedData before its signers.
    before: Vec<u8>,
    /// The signer's elements up to the signature's value.
    signer: Vec<u8>,
    /// Each attribute that is not signed.
    unsigned: Vec<Vec<u8>>,
    pub(crate) signature: Vec<u8>,
    pub(crate) certificate: Certificate,
    /// Those that came with it.
    pub(crate) chain: Vec<Certificate>,
}

impl Foreign {
    pub(crate) fn parse(der: &[u8]) -> Result<Self, DerError> {
        let mut info = Reader::only(der, tag::SEQUENCE)?;
        require(info.oid()? == oid::ID_SIGNED_DATA)?;
        let mut data = info.enter(tag::context(0))?.enter(tag::SEQUENCE)?;
        let head = [data.expect(tag::INTEGER)?, data.expect(tag::SET)?, data.expect(tag::SEQUENCE)?];
        let certificates = data.optional(tag::context(0))?;
        let lists = data.optional(tag::context(1))?;
        let mut signers = data.enter(tag::SET)?;
        data.end()?;
        let mut fields = signers.enter(tag::SEQUENCE)?;
        signers.end()?;
        let parts = head.iter().chain(&certificates).chain(&lists);
        let before = parts.map(|e| e.whole).collect::<Vec<_>>().concat();

        let version = fields.expect(tag::INTEGER)?;
        let id = fields.expect(tag::SEQUENCE)?;
        let (digest, signed) = (fields.expect(tag::SEQUENCE)?, fields.expect(tag::context(0))?);
        let (algorithm, signature) = (fields.expect(tag::SEQUENCE)?, fields.expect(tag::OCTET_STRING)?);
        let unsigned = fields.optional(tag::context(1))?;
        fields.end()?;
        let signer = [version, id, digest, signed, algorithm, signature].map(|e| e.whole).concat();
        let mut chain = each_certificate(certificates)?;
        let own = chain.iter().position(|c| id.content == [c.issuer_name(), c.serial_element()].concat());
        Ok(Self {
            before,
            signer,
            unsigned: elements(unsigned)?.iter().map(|e| e.whole.to_vec()).collect(),
            signature: signature.content.to_vec(),
            certificate: chain.remove(own.ok_or(DerError)?),
            chain,
        })
    }

    /// The first timestamp over the signature's value that it carries.
    pub(crate) fn timestamp(&self) -> Option<Vec<u8>> {
        let token = |one: &Vec<u8>| {
            let mut attribute = Reader::only(one, tag::SEQUENCE).ok()?;
            (attribute.oid().ok()? == oid::TIMESTAMP_TOKEN).then_some(())?;
            Some(attribute.enter(tag::SET).ok()?.any().ok()?.whole.to_vec())
        };
        self.unsigned.iter().find_map(token)
    }

    /// The same with a timestamp over the signature's value.
    pub(crate) fn with_timestamp(&self, token: &[u8]) -> Vec<u8> {
        let mut unsigned = self.unsigned.clone();
        unsigned.push(attribute(oid::TIMESTAMP_TOKEN, token));
        let unsigned = asn1::set_of(tag::context(1), unsigned.iter().map(Vec::as_slice).collect());
        let signer = asn1::seq(&[&self.signer, &unsigned]);
        let data = asn1::seq(&[&self.before, &asn1::tlv(tag::SET, &[&signer])]);
        let kind: ObjectIdentifier = oid::ID_SIGNED_DATA;
        asn1::seq(&[&asn1::oid(kind), &asn1::tlv(tag::context(0), &[&data])])
    }
}

fn elements(list: Option<Element<'_>>) -> Result<Vec<Element<'_>>, DerError> {
    const MOST: usize = 32;
    let (mut reader, mut found) = (Reader::new(list.map_or(&[], |e| e.content)), Vec::new());
    while !reader.is_empty() {
        require(found.len() < MOST)?;
        found.push(reader.any()?);
    }
    Ok(found)
}

fn each_certificate(list: Option<Element<'_>>) -> Result<Vec<Certificate>, DerError> {
    elements(list)?.iter().map(|e| Certificate::from_der(e.whole)).collect()
}
