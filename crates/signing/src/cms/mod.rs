//! CMS SignedData, written: the byte rules of PAdES, CAdES and timestamps (ETSI EN 319 122-1, RFC 5652, RFC 3161).

mod archive;
mod cades;
mod foreign;

use const_oid::ObjectIdentifier;
use copihue_core::{Result, Timestamp};

use crate::asn1::{self, tag};
use crate::hash::Hash;
use crate::oid;
use crate::signer::Signer;

pub(crate) use cades::{Cades, Place};
pub(crate) use foreign::Foreign;

/// A signature value with the attributes it is over: what a timestamp is asked for before the rest is put together.
pub struct Half {
    hash: Hash,
    attributes: Vec<u8>,
    signature: Vec<u8>,
}

/// What stands in SignedData beside the signature and its attributes.
#[derive(Clone, Copy, Default)]
struct Frame<'a> {
    /// The content and its type; `None` when plain data travels elsewhere.
    content: Option<(ObjectIdentifier, &'a [u8])>,
    /// The `[0]` element, or nothing.
    certificates: &'a [u8],
    /// Lists and answers, each as it stands in the `[1]` element.
    revocation: &'a [Vec<u8>],
    /// Unsigned attributes, each whole.
    unsigned: &'a [Vec<u8>],
}

/// Detached SignedData over a document's digest by the key's own hash, as PAdES wants it: no signing-time attribute (the
/// time is `/M`).
///
/// # Errors
/// When the key refuses to sign.
pub fn pades(signer: &Signer, digest: &[u8]) -> Result<Vec<u8>> {
    pades_over(signer, signer.algorithm().hash(), digest)
}

/// The same over a digest by another hash. The attributes are signed by that one, too: programs take the hash of the content
/// for that of the signature.
///
/// # Errors
/// When the key refuses to sign.
pub(crate) fn pades_over(signer: &Signer, hash: Hash, digest: &[u8]) -> Result<Vec<u8>> {
    Ok(pades_half(signer, hash, digest)?.detached(signer, None))
}

/// The first half of it.
///
/// # Errors
/// When the key refuses to sign.
pub fn pades_half(signer: &Signer, hash: Hash, digest: &[u8]) -> Result<Half> {
    Half::new(signer, hash, signed_attributes(oid::ID_DATA, signer.ess_attribute(), digest, None))
}

/// SignedData with its content inside, as a timestamp is (RFC 3161 §2.4.2).
pub(crate) fn enveloping(
    signer: &Signer,
    (kind, content): (ObjectIdentifier, &[u8]),
    certificates: &[u8],
) -> Result<Vec<u8>> {
    let hash = signer.algorithm().hash();
    let digest = hash.of(&[content]);
    let half =
        Half::new(signer, hash, signed_attributes(kind, signer.ess_attribute(), digest.as_ref(), None))?;
    Ok(half.signed_data(signer, Frame { content: Some((kind, content)), certificates, ..Frame::default() }))
}

/// Room that a PAdES B-B CMS of this signer needs at most, with a kilobyte to spare.
#[must_use]
pub fn room(signer: &Signer) -> usize {
    signer.certificates().len() + signer.sid().len() + signer.algorithm().max_signature() + 400 + 1024
}

/// The attributes as they are hashed and signed: an explicit `SET OF`, in DER order.
pub(crate) fn signed_attributes(
    kind: ObjectIdentifier,
    ess: &[u8],
    digest: &[u8],
    at: Option<Timestamp>,
) -> Vec<u8> {
    let content_type = attribute(oid::CONTENT_TYPE, &asn1::oid(kind));
    let message_digest = attribute(oid::MESSAGE_DIGEST, &asn1::tlv(tag::OCTET_STRING, &[digest]));
    let time = at.map(|at| attribute(oid::SIGNING_TIME, &asn1::time(at)));
    let mut parts: Vec<&[u8]> = vec![&content_type, &message_digest, ess];
    parts.extend(time.as_deref());
    asn1::set_of(tag::SET, parts)
}

/// `signingCertificateV2` (RFC 5035): SHA-256 is the default, so the algorithm is left out.
pub(crate) fn ess_attribute(certificate_hash: &[u8; 32]) -> Vec<u8> {
    let id = asn1::seq(&[&asn1::tlv(tag::OCTET_STRING, &[certificate_hash])]);
    attribute(oid::SIGNING_CERTIFICATE_V2, &asn1::seq(&[&asn1::seq(&[&id])]))
}

fn attribute(id: ObjectIdentifier, value: &[u8]) -> Vec<u8> {
    asn1::seq(&[&asn1::oid(id), &asn1::tlv(tag::SET, &[value])])
}

impl Half {
    fn new(signer: &Signer, hash: Hash, attributes: Vec<u8>) -> Result<Self> {
        Ok(Self { hash, signature: signer.sign_over(hash, &attributes)?, attributes })
    }

    /// The signature value: what a signature timestamp is over.
    #[must_use]
    pub fn signature(&self) -> &[u8] {
        &self.signature
    }

    /// The whole, detached, with the signature's timestamp where there is one.
    #[must_use]
    pub fn detached(&self, signer: &Signer, token: Option<&[u8]>) -> Vec<u8> {
        let unsigned: Vec<_> = token.map(|t| attribute(oid::TIMESTAMP_TOKEN, t)).into_iter().collect();
        let certificates = signer.certificates();
        self.signed_data(signer, Frame { certificates, unsigned: &unsigned, ..Frame::default() })
    }

    fn signed_data(&self, signer: &Signer, frame: Frame<'_>) -> Vec<u8> {
        let kind = frame.content.map_or(oid::ID_DATA, |(kind, _)| kind);
        let content = frame
            .content
            .map(|(_, bytes)| asn1::tlv(tag::context(0), &[&asn1::tlv(tag::OCTET_STRING, &[bytes])]));
        let has_answers = frame.revocation.iter().any(|r| r.first() == Some(&tag::context(1)));
        // RFC 5652 §5.1: answers make it version 5, any other type than plain data version 3.
        let version = match (has_answers, kind) {
            (true, _) => 5,
            (false, oid::ID_DATA) => 1,
            (false, _) => 3,
        };
        let data = asn1::seq(&[
            &asn1::unsigned(&[version]),
            &asn1::tlv(tag::SET, &[&hash_identifier(self.hash)]),
            &asn1::seq(&[&asn1::oid(kind), content.as_deref().unwrap_or_default()]),
            frame.certificates,
            &optional_set(1, frame.revocation),
            &asn1::tlv(tag::SET, &[&self.signer_info(signer, frame.unsigned)]),
        ]);
        asn1::seq(&[&asn1::oid(oid::ID_SIGNED_DATA), &asn1::tlv(tag::context(0), &[&data])])
    }

    /// Everything of SignerInfo but the unsigned attributes.
    fn signed_fields(&self, signer: &Signer) -> Vec<u8> {
        // Signed under the tag of SET, stored under [0]: the same length, so only the first byte differs.
        let stored = [&[tag::context(0)], &self.attributes[1..]].concat();
        [
            &asn1::unsigned(&[1])[..],
            signer.sid(),
            &hash_identifier(self.hash),
            &stored,
            &signer.algorithm().identifier_over(self.hash),
            &asn1::tlv(tag::OCTET_STRING, &[&self.signature]),
        ]
        .concat()
    }

    fn signer_info(&self, signer: &Signer, unsigned: &[Vec<u8>]) -> Vec<u8> {
        asn1::seq(&[&self.signed_fields(signer), &optional_set(1, unsigned)])
    }
}

/// Elements of a `SET OF` under `[n]`; nothing when there are none.
fn optional_set(n: u8, elements: &[Vec<u8>]) -> Vec<u8> {
    match elements {
        [] => Vec::new(),
        some => asn1::set_of(tag::context(n), some.iter().map(Vec::as_slice).collect()),
    }
}

/// Its parameters are absent (RFC 5754 §2).
fn hash_identifier(hash: Hash) -> Vec<u8> {
    asn1::seq(&[&asn1::oid(hash.oid())])
}

#[cfg(test)]
mod tests {
    use copihue_core::json::sha256;

    #[test]
    fn sig_19_golden_signed_attributes() {
        let ess = super::ess_attribute(&sha256(b"cert"));
        let attributes = super::signed_attributes(crate::oid::ID_DATA, &ess, &sha256(b""), None);
        assert_eq!(attributes.len(), 135);
        assert_eq!(
            hex::encode(&attributes),
            "318184301806092a864886f70d010903310b06092a864886f70d010701302f06092a864886f70d01090431220420e3b0c44298fc1c14\
             9afbf4c8996fb92427ae41e4649b934ca495991b7852b8553037060b2a864886f70d010910022f3128302630243022042006298432e8\
             066b29e2223bcc23aa9504b56ae508fabf3435508869b9c3190e22"
        );
        assert!(hex::encode(sha256(&attributes)).starts_with("53b0d3d1b9e19dd9"));
    }
}
