//! What a timestamp authority is asked.

use crate::asn1::{self, DerError, Reader, tag};
use crate::hash::{self, Hash};

/// A question: a digest, and how the answer shall be.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Query {
    pub(crate) hash: Hash,
    pub(crate) digest: Vec<u8>,
    /// The policy's OBJECT IDENTIFIER, whole.
    pub(crate) policy: Option<Vec<u8>>,
    /// The content of the INTEGER, as it came.
    pub(crate) nonce: Option<Vec<u8>>,
    /// Whether the authority's certificates shall travel with the answer.
    pub(crate) with_certificates: bool,
}

/// Why a question gets no timestamp (`PKIFailureInfo`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Refusal {
    BadAlgorithm = 0,
    BadRequest = 2,
    BadDataFormat = 5,
    TimeNotAvailable = 14,
    UnacceptedPolicy = 15,
    UnacceptedExtension = 16,
    SystemFailure = 25,
}

impl From<DerError> for Refusal {
    fn from(_: DerError) -> Self {
        Self::BadDataFormat
    }
}

impl Query {
    /// Our own question about a digest: with certificates, and a nonce so that an old answer can't pass for a new one.
    pub(crate) fn new((hash, digest): (Hash, &[u8]), nonce: [u8; 8]) -> Self {
        // Positive and minimal: the integer comes back as it went.
        let mut nonce = nonce.to_vec();
        nonce[0] = nonce[0] & 0x7f | 0x40;
        Self { hash, digest: digest.to_vec(), policy: None, nonce: Some(nonce), with_certificates: true }
    }

    pub(crate) fn imprint(&self) -> Vec<u8> {
        self.hash.digest_info(&self.digest)
    }

    pub(crate) fn to_der(&self) -> Vec<u8> {
        let nonce = self.nonce.as_deref().map(asn1::integer).unwrap_or_default();
        let certificates =
            if self.with_certificates { asn1::tlv(tag::BOOLEAN, &[&[0xff]]) } else { Vec::new() };
        asn1::seq(&[
            &asn1::unsigned(&[1]),
            &self.imprint(),
            self.policy.as_deref().unwrap_or_default(),
            &nonce,
            &certificates,
        ])
    }

    pub(crate) fn parse(der: &[u8]) -> Result<Self, Refusal> {
        let mut fields = Reader::only(der, tag::SEQUENCE)?;
        if fields.expect(tag::INTEGER)?.content != [1] {
            return Err(Refusal::BadRequest);
        }
        let mut imprint = fields.enter(tag::SEQUENCE)?;
        let algorithm = hash::identifier(imprint.expect(tag::SEQUENCE)?)?;
        let digest = imprint.expect(tag::OCTET_STRING)?.content.to_vec();
        imprint.end()?;
        let policy = fields.optional(tag::OID)?.map(|e| e.whole.to_vec());
        let nonce = fields.optional(tag::INTEGER)?.map(|e| e.content.to_vec());
        let with_certificates = fields.optional(tag::BOOLEAN)?.is_some_and(|e| e.content == [0xff]);
        let extensions = fields.optional(tag::context(0))?;
        fields.end()?;
        let hash = Hash::from_oid(algorithm).ok_or(Refusal::BadAlgorithm)?;
        if digest.len() != hash.length() || nonce.as_ref().is_some_and(|n| n.is_empty() || n.len() > 32) {
            return Err(Refusal::BadDataFormat);
        }
        if extensions.is_some() {
            return Err(Refusal::UnacceptedExtension);
        }
        Ok(Self { hash, digest, policy, nonce, with_certificates })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sig_19_golden_timestamp_query() {
        let empty = Hash::Sha256.of(&[]);
        let query = Query { nonce: None, ..Query::new((Hash::Sha256, &[0; 32]), [0; 8]) };
        let query = Query { digest: empty.as_ref().to_vec(), ..query };
        let expected = "30390201013031300d060960864801650304020105000420\
                        e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b8550101ff";
        assert_eq!(hex::encode(query.to_der()), expected);
        assert_eq!(Query::parse(&query.to_der()), Ok(query));
    }

    #[test]
    fn what_is_asked_wrongly_is_refused_with_its_reason() {
        let good = Query::new((Hash::Sha256, &[7; 32]), [1; 8]);
        assert_eq!(Query::parse(&good.to_der()), Ok(good.clone()));
        assert_eq!(Query::parse(b"nada"), Err(Refusal::BadDataFormat));
        assert_eq!(Query::parse(&[&good.to_der()[..], b"x"].concat()), Err(Refusal::BadDataFormat));
        let short = Query { digest: vec![7; 20], ..good.clone() };
        assert_eq!(Query::parse(&short.to_der()), Err(Refusal::BadDataFormat));
        let sha1 = hex::decode("3029020101302130090605 2b0e03021a05000414".replace(' ', "")).unwrap();
        let sha1 = [&sha1[..], &[7; 20], &[1, 1, 0xff]].concat();
        let mut sha1 = sha1;
        sha1[1] = (sha1.len() - 2) as u8;
        assert_eq!(Query::parse(&sha1), Err(Refusal::BadAlgorithm));
    }
}
