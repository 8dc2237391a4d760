//! Archive timestamps: each proves that all before it existed while its certificates counted (EN 319 102-1 §5.6).

use super::cms::SignedData;
use super::timestamp::{Known, TimestampVerdict, Token};
use super::verdict::SubIndication;
use crate::asn1::{DerError, Element, Reader, require, tag};
use crate::hash::{self, Hash};
use crate::oid;
use crate::pki::Certificate;

/// A token and the bytes that it must be over.
pub(super) struct Archived<'a> {
    pub(super) token: Token<'a>,
    pub(super) over: Vec<Vec<u8>>,
}

/// Judges archive timestamps from the last to the first. One that is damaged was tampered with.
pub(super) fn judge(
    mut stamps: Vec<Archived<'_>>,
    sent: &[Certificate],
    mut known: Known<'_>,
) -> Result<Vec<TimestampVerdict>, SubIndication> {
    stamps.sort_by_key(|s| std::cmp::Reverse(s.token.info().at));
    let mut all = Vec::new();
    for Archived { token, over } in &stamps {
        let parts: Vec<&[u8]> = over.iter().map(Vec::as_slice).collect();
        let verdict = token.judge(&parts, sent, known).map_err(|_| SubIndication::SigConstraintsFailure)?;
        known = known.since(verdict.counts().then_some(verdict.time));
        all.push(verdict);
    }
    all.reverse();
    Ok(all)
}

/// Those of a CMS (`archive-time-stamp-v3`, EN 319 122-1 §5.5.3).
pub(super) fn judge_cms(
    signed: &SignedData<'_>,
    parts: &[&[u8]],
    known: Known<'_>,
) -> Result<Vec<TimestampVerdict>, SubIndication> {
    let damaged = SubIndication::SigConstraintsFailure;
    let mut stamps = Vec::new();
    for der in signed.signer.unsigned_values(oid::ARCHIVE_TIMESTAMP_V3) {
        let token = Token::open(der).map_err(|_| damaged)?;
        let hash = token.info().hash.ok_or(SubIndication::CryptoConstraintsFailure)?;
        let index = token.unsigned(oid::ATS_HASH_INDEX_V3).ok_or(damaged)?;
        Index::parse(index).map_err(|_| damaged)?.covers_only(signed).ok_or(damaged)?;
        let digest = hash.of(parts).as_ref().to_vec();
        let over = vec![signed.content_type.to_vec(), digest, signed.signer.fields.clone(), index.to_vec()];
        stamps.push(Archived { token, over });
    }
    judge(stamps, &signed.certificates, known)
}

/// `ATSHashIndexV3`: what such a timestamp covers, piece by piece.
struct Index<'a> {
    hash: Hash,
    certificates: Vec<&'a [u8]>,
    revocation: Vec<&'a [u8]>,
    unsigned: Vec<&'a [u8]>,
}

impl<'a> Index<'a> {
    fn parse(der: &'a [u8]) -> Result<Self, DerError> {
        let mut fields = Reader::only(der, tag::SEQUENCE)?;
        let first = fields.any()?;
        // The default, SHA-256, is left out (DER), or written all the same.
        let (hash, certificates) = match hash::identifier(first) {
            Ok(id) => (Hash::from_oid(id).ok_or(DerError)?, fields.expect(tag::SEQUENCE)?),
            Err(_) => (Hash::Sha256, first),
        };
        let (revocation, unsigned) = (fields.expect(tag::SEQUENCE)?, fields.expect(tag::SEQUENCE)?);
        fields.end()?;
        Ok(Self {
            hash,
            certificates: hashes(certificates)?,
            revocation: hashes(revocation)?,
            unsigned: hashes(unsigned)?,
        })
    }

    /// Whether each piece that it names is there: who takes one away breaks it. What it does not name came later.
    fn covers_only(&self, signed: &SignedData<'_>) -> Option<()> {
        let certificates: Vec<Vec<u8>> = signed.certificates.iter().map(|c| self.of(&[c.der()])).collect();
        let revocation: Vec<Vec<u8>> = signed.revocation.iter().map(|r| self.of(&[r.whole])).collect();
        let values = signed.signer.unsigned.iter().flat_map(|a| a.values.iter().map(move |v| (a.kind, v)));
        let unsigned: Vec<Vec<u8>> = values.map(|(kind, v)| self.of(&[kind, v.whole])).collect();
        let are_in = |named: &[&[u8]], there: &[Vec<u8>]| named.iter().all(|n| there.iter().any(|t| t == n));
        let all = are_in(&self.certificates, &certificates)
            && are_in(&self.revocation, &revocation)
            && are_in(&self.unsigned, &unsigned);
        all.then_some(())
    }

    fn of(&self, parts: &[&[u8]]) -> Vec<u8> {
        self.hash.of(parts).as_ref().to_vec()
    }
}

fn hashes(list: Element<'_>) -> Result<Vec<&[u8]>, DerError> {
    const MOST: usize = 256;
    require(list.tag == tag::SEQUENCE)?;
    let mut reader = Reader::new(list.content);
    let mut all = Vec::new();
    while !reader.is_empty() {
        all.push(reader.expect(tag::OCTET_STRING)?.content);
        require(all.len() <= MOST)?;
    }
    Ok(all)
}
