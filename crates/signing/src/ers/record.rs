//! The record as it is exchanged (`EvidenceRecord`, DER).

use super::tree::{Hash256, Path};
use crate::asn1::{self, DerError, Reader, require, tag};
use crate::hash::{self, Hash};

/// Lists of a path, and hashes of a list, that are read at most: a tree of a quarter of a million documents has eighteen.
const MOST: usize = 64;
/// Timestamps of a chain: a new one each few years.
const MOST_STAMPS: usize = 256;

/// A timestamp, and what leads to it from what it covers.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct ArchiveTimestamp {
    pub(crate) path: Path,
    /// A CMS `ContentInfo` (RFC 3161).
    pub(crate) token: Vec<u8>,
}

/// One chain of timestamps under one hash, SHA-256. A second chain follows when that one no longer counts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct EvidenceRecord(pub(crate) Vec<ArchiveTimestamp>);

/// `SEQUENCE OF PartialHashtree`, without its tag: for the store, and for a record.
pub(crate) fn write_path(path: &Path) -> Vec<u8> {
    let list = |hashes: &Vec<Hash256>| {
        let hashes: Vec<Vec<u8>> = hashes.iter().map(|h| asn1::tlv(tag::OCTET_STRING, &[h])).collect();
        asn1::seq(&hashes.iter().map(Vec::as_slice).collect::<Vec<_>>())
    };
    path.iter().flat_map(list).collect()
}

pub(crate) fn read_path(content: &[u8]) -> Result<Path, DerError> {
    let mut lists = Reader::new(content);
    let mut path = Vec::new();
    while !lists.is_empty() {
        let mut hashes = lists.enter(tag::SEQUENCE)?;
        let mut list = Vec::new();
        while !hashes.is_empty() {
            list.push(hashes.expect(tag::OCTET_STRING)?.content.try_into().map_err(|_| DerError)?);
        }
        path.push(list);
        require(path.len() <= MOST && path.last().is_some_and(|list| (1..=MOST).contains(&list.len())))?;
    }
    Ok(path)
}

impl EvidenceRecord {
    pub(crate) fn to_der(&self) -> Vec<u8> {
        let stamps: Vec<Vec<u8>> = self.0.iter().map(ArchiveTimestamp::to_der).collect();
        let chain = asn1::seq(&stamps.iter().map(Vec::as_slice).collect::<Vec<_>>());
        let algorithms = asn1::seq(&[&asn1::seq(&[&asn1::oid(Hash::Sha256.oid())])]);
        asn1::seq(&[&asn1::unsigned(&[1]), &algorithms, &asn1::seq(&[&chain])])
    }

    pub(crate) fn parse(der: &[u8]) -> Result<Self, DerError> {
        let mut fields = Reader::only(der, tag::SEQUENCE)?;
        require(fields.expect(tag::INTEGER)?.content == [1])?;
        let mut algorithms = fields.enter(tag::SEQUENCE)?;
        while !algorithms.is_empty() {
            hash::identifier(algorithms.expect(tag::SEQUENCE)?)?;
        }
        let mut chains = fields.enter(tag::SEQUENCE)?;
        fields.end()?;
        let mut chain = chains.enter(tag::SEQUENCE)?;
        chains.end()?;
        let mut stamps = Vec::new();
        while !chain.is_empty() {
            stamps.push(ArchiveTimestamp::read(chain.enter(tag::SEQUENCE)?)?);
            require(stamps.len() <= MOST_STAMPS)?;
        }
        require(!stamps.is_empty())?;
        Ok(Self(stamps))
    }
}

impl ArchiveTimestamp {
    fn to_der(&self) -> Vec<u8> {
        let path = if self.path.is_empty() {
            Vec::new()
        } else {
            asn1::tlv(tag::context(2), &[&write_path(&self.path)])
        };
        asn1::seq(&[&path, &self.token])
    }

    fn read(mut fields: Reader<'_>) -> Result<Self, DerError> {
        if let Some(algorithm) = fields.optional(tag::context(0))? {
            let mut algorithm = Reader::new(algorithm.content);
            require(Hash::from_oid(algorithm.oid()?) == Some(Hash::Sha256))?;
        }
        fields.optional(tag::context(1))?;
        let path = fields.optional(tag::context(2))?.map(|path| read_path(path.content)).transpose()?;
        let token = fields.expect(tag::SEQUENCE)?.whole.to_vec();
        fields.end()?;
        Ok(Self { path: path.unwrap_or_default(), token })
    }
}
