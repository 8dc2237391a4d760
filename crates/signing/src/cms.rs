//! CMS SignedData, written: the byte rules of PAdES, CAdES and timestamps (ETSI EN 319 122-1, RFC 5652, RFC 3161).

use const_oid::ObjectIdentifier;
use copihue_core::{Result, Timestamp};

use crate::asn1::{self, tag};
use crate::oid;
use crate::signer::Signer;

/// A signature value with the attributes it is over: what a timestamp is asked for before the rest is put together.
pub struct Half {
    attributes: Vec<u8>,
    signature: Vec<u8>,
}

/// What SignedData is about.
#[derive(Clone, Copy)]
pub(crate) enum Content<'a> {
    /// Data that travels elsewhere.
    Detached,
    /// These bytes, of this type.
    Inside(ObjectIdentifier, &'a [u8]),
}

/// Detached SignedData over a document's SHA-256, as PAdES wants it: no signing-time attribute (the time is `/M`).
///
/// # Errors
/// When the key refuses to sign.
pub fn pades(signer: &Signer, digest: &[u8; 32]) -> Result<Vec<u8>> {
    Ok(pades_half(signer, digest)?.detached(signer, None))
}

/// The first half of it.
///
/// # Errors
/// When the key refuses to sign.
pub fn pades_half(signer: &Signer, digest: &[u8; 32]) -> Result<Half> {
    Half::new(signer, signed_attributes(oid::ID_DATA, signer.ess_attribute(), digest, None))
}

/// Detached SignedData as the CAdES baseline wants it: with the signing-time attribute.
///
/// # Errors
/// When the key refuses to sign.
pub fn cades(signer: &Signer, digest: &[u8; 32], at: Timestamp) -> Result<Vec<u8>> {
    let attributes = signed_attributes(oid::ID_DATA, signer.ess_attribute(), digest, Some(at));
    Ok(Half::new(signer, attributes)?.detached(signer, None))
}

/// SignedData with its content inside, as a timestamp is (RFC 3161 §2.4.2).
pub(crate) fn enveloping(
    signer: &Signer,
    (kind, content): (ObjectIdentifier, &[u8]),
    digest: &[u8; 32],
    certificates: &[u8],
) -> Result<Vec<u8>> {
    let half = Half::new(signer, signed_attributes(kind, signer.ess_attribute(), digest, None))?;
    Ok(half.signed_data(signer, Content::Inside(kind, content), certificates, None))
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
    fn new(signer: &Signer, attributes: Vec<u8>) -> Result<Self> {
        Ok(Self { signature: signer.sign(&attributes)?, attributes })
    }

    /// The signature value: what a signature timestamp is over.
    #[must_use]
    pub fn signature(&self) -> &[u8] {
        &self.signature
    }

    /// The whole, detached, with the signature's timestamp where there is one.
    #[must_use]
    pub fn detached(&self, signer: &Signer, token: Option<&[u8]>) -> Vec<u8> {
        self.signed_data(signer, Content::Detached, signer.certificates(), token)
    }

    fn signed_data(
        &self,
        signer: &Signer,
        content: Content<'_>,
        certificates: &[u8],
        token: Option<&[u8]>,
    ) -> Vec<u8> {
        let sha256 = asn1::seq(&[&asn1::oid(oid::SHA256)]);
        let (version, content) = match content {
            Content::Detached => (1, asn1::seq(&[&asn1::oid(oid::ID_DATA)])),
            // Any other type than plain data makes it version 3 (RFC 5652 §5.1).
            Content::Inside(kind, bytes) => {
                let bytes = asn1::tlv(tag::context(0), &[&asn1::tlv(tag::OCTET_STRING, &[bytes])]);
                (3, asn1::seq(&[&asn1::oid(kind), &bytes]))
            }
        };
        let data = asn1::seq(&[
            &asn1::unsigned(&[version]),
            &asn1::tlv(tag::SET, &[&sha256]),
            &content,
            certificates,
            &asn1::tlv(tag::SET, &[&self.signer_info(signer, &sha256, token)]),
        ]);
        asn1::seq(&[&asn1::oid(oid::ID_SIGNED_DATA), &asn1::tlv(tag::context(0), &[&data])])
    }

    fn signer_info(&self, signer: &Signer, sha256: &[u8], token: Option<&[u8]>) -> Vec<u8> {
        // Signed under the tag of SET, stored under [0]: the same length, so only the first byte differs.
        let stored = [&[tag::context(0)], &self.attributes[1..]].concat();
        let unsigned = token
            .map(|t| asn1::tlv(tag::context(1), &[&attribute(oid::TIMESTAMP_TOKEN, t)]))
            .unwrap_or_default();
        asn1::seq(&[
            &asn1::unsigned(&[1]),
            signer.sid(),
            sha256,
            &stored,
            &signer.algorithm().identifier(),
            &asn1::tlv(tag::OCTET_STRING, &[&self.signature]),
            &unsigned,
        ])
    }
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
