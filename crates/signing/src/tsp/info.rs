//! What a timestamp says (`TSTInfo`).

use copihue_core::Timestamp;

use super::query::Query;
use crate::asn1::{self, DerError, Reader, require, tag};
use crate::hash::{self, Hash};

/// A timestamp's statement: this digest existed then.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Info {
    /// `None`: a hash that no longer counts.
    pub(crate) hash: Option<Hash>,
    pub(crate) digest: Vec<u8>,
    pub(crate) at: Timestamp,
    pub(crate) nonce: Option<Vec<u8>>,
}

/// The statement that answers a question, with an accuracy of a second.
pub(super) fn write(query: &Query, policy: &[u8], serial: &[u8; 16], at: Timestamp) -> Vec<u8> {
    let nonce = query.nonce.as_deref().map(asn1::integer).unwrap_or_default();
    asn1::seq(&[
        &asn1::unsigned(&[1]),
        policy,
        &query.imprint(),
        &asn1::unsigned(serial),
        &asn1::generalized_time(at),
        &asn1::seq(&[&asn1::unsigned(&[1])]),
        &nonce,
    ])
}

impl Info {
    pub(crate) fn parse(der: &[u8]) -> Result<Self, DerError> {
        let mut fields = Reader::only(der, tag::SEQUENCE)?;
        require(fields.expect(tag::INTEGER)?.content == [1])?;
        fields.expect(tag::OID)?;
        let mut imprint = fields.enter(tag::SEQUENCE)?;
        let hash = Hash::from_oid(hash::identifier(imprint.expect(tag::SEQUENCE)?)?);
        let digest = imprint.expect(tag::OCTET_STRING)?.content.to_vec();
        imprint.end()?;
        fields.expect(tag::INTEGER)?;
        let at = asn1::read_generalized_time(fields.expect(tag::GENERALIZED_TIME)?.content)?;
        fields.optional(tag::SEQUENCE)?;
        fields.optional(tag::BOOLEAN)?;
        let nonce = fields.optional(tag::INTEGER)?.map(|e| e.content.to_vec());
        fields.optional(tag::context(0))?;
        fields.optional(tag::context(1))?;
        fields.end()?;
        Ok(Self { hash, digest, at, nonce })
    }

    /// Whether it is about these bytes. `None`: its hash no longer counts.
    pub(crate) fn is_of(&self, parts: &[&[u8]]) -> Option<bool> {
        Some(self.hash?.of(parts).as_ref() == self.digest)
    }
}
