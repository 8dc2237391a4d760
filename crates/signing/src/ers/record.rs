//! The record as it is exchanged (`EvidenceRecord`, DER).

use super::tree::{Digest, Path};
use crate::asn1::{self, DerError, Reader, require, tag};
use crate::hash::{self, Hash};
use crate::verify::token_imprint;

/// Lists of a path, and hashes of a list, that are read at most: a tree of a quarter of a million documents has eighteen.
const MOST: usize = 64;
/// Timestamps of a chain: a new one each few years.
const MOST_STAMPS: usize = 256;
/// A new one when a hash no longer counts.
const MOST_CHAINS: usize = 16;

/// A timestamp, and what leads to it from what it covers.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct ArchiveTimestamp {
    pub(crate) path: Path,
    /// A CMS `ContentInfo` (RFC 3161).
    pub(crate) token: Vec<u8>,
}

/// Timestamps under one hash, each over the one before.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Chain {
    pub(crate) hash: Hash,
    pub(crate) stamps: Vec<ArchiveTimestamp>,
}

/// Chains of timestamps: the next one, under a stronger hash, covers the document anew and all the chains before it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct EvidenceRecord(pub(crate) Vec<Chain>);

/// `SEQUENCE OF PartialHashtree`, without its tag: for the store, and for a record.
pub(crate) fn write_path(path: &Path) -> Vec<u8> {
    let list = |hashes: &Vec<Digest>| {
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
            let digest = hashes.expect(tag::OCTET_STRING)?.content;
            require(Hash::of_length(digest.len()).is_some())?;
            list.push(digest.to_vec());
        }
        path.push(list);
        require(path.len() <= MOST && path.last().is_some_and(|list| (1..=MOST).contains(&list.len())))?;
    }
    Ok(path)
}

/// `ArchiveTimeStampSequence`.
fn sequence(chains: &[Chain]) -> Vec<u8> {
    let all: Vec<Vec<u8>> = chains.iter().map(Chain::to_der).collect();
    asn1::seq(&all.iter().map(Vec::as_slice).collect::<Vec<_>>())
}

/// What the first timestamp of a chain covers, from the document's digest under its hash: that digest, or with the chains before
/// it in one (RFC 4998, section 5.2; in this order, not sorted).
pub(crate) fn covered(hash: Hash, document: &[u8], before: &[Chain]) -> Digest {
    if before.is_empty() {
        return document.to_vec();
    }
    let chains = hash.of(&[&sequence(before)]);
    hash.of(&[document, chains.as_ref()]).as_ref().to_vec()
}

impl EvidenceRecord {
    pub(crate) fn to_der(&self) -> Vec<u8> {
        let used = Hash::ALL.into_iter().filter(|hash| self.0.iter().any(|chain| chain.hash == *hash));
        let algorithms: Vec<Vec<u8>> = used.map(|hash| asn1::seq(&[&asn1::oid(hash.oid())])).collect();
        let algorithms = asn1::seq(&algorithms.iter().map(Vec::as_slice).collect::<Vec<_>>());
        asn1::seq(&[&asn1::unsigned(&[1]), &algorithms, &sequence(&self.0)])
    }

    pub(crate) fn parse(der: &[u8]) -> Result<Self, DerError> {
        let mut fields = Reader::only(der, tag::SEQUENCE)?;
        require(fields.expect(tag::INTEGER)?.content == [1])?;
        let mut algorithms = fields.enter(tag::SEQUENCE)?;
        while !algorithms.is_empty() {
            hash::identifier(algorithms.expect(tag::SEQUENCE)?)?;
        }
        let mut list = fields.enter(tag::SEQUENCE)?;
        fields.end()?;
        let mut chains = Vec::new();
        while !list.is_empty() {
            chains.push(Chain::read(list.enter(tag::SEQUENCE)?)?);
            require(chains.len() <= MOST_CHAINS)?;
        }
        require(!chains.is_empty())?;
        Ok(Self(chains))
    }
}

impl Chain {
    fn to_der(&self) -> Vec<u8> {
        let stamps: Vec<Vec<u8>> = self.stamps.iter().map(ArchiveTimestamp::to_der).collect();
        asn1::seq(&stamps.iter().map(Vec::as_slice).collect::<Vec<_>>())
    }

    /// All under the hash of the first one's timestamp.
    fn read(mut list: Reader<'_>) -> Result<Self, DerError> {
        let mut chain: Option<Self> = None;
        while !list.is_empty() {
            let (said, stamp) = ArchiveTimestamp::read(list.enter(tag::SEQUENCE)?)?;
            let hash = token_imprint(&stamp.token).map_err(|_| DerError)?;
            let chain = chain.get_or_insert(Self { hash, stamps: Vec::new() });
            let sizes = stamp.path.iter().flatten().all(|digest| digest.len() == hash.length());
            require(chain.hash == hash && said.is_none_or(|said| said == hash) && sizes)?;
            chain.stamps.push(stamp);
            require(chain.stamps.len() <= MOST_STAMPS)?;
        }
        chain.ok_or(DerError)
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

    /// With the hash that it names, if it does.
    fn read(mut fields: Reader<'_>) -> Result<(Option<Hash>, Self), DerError> {
        let said = fields.optional(tag::context(0))?.map(|algorithm| {
            let mut algorithm = Reader::new(algorithm.content);
            Hash::from_oid(algorithm.oid()?).ok_or(DerError)
        });
        fields.optional(tag::context(1))?;
        let path = fields.optional(tag::context(2))?.map(|path| read_path(path.content)).transpose()?;
        let token = fields.expect(tag::SEQUENCE)?.whole.to_vec();
        fields.end()?;
        Ok((said.transpose()?, Self { path: path.unwrap_or_default(), token }))
    }
}
