//! CMS SignedData, written: the byte rules of PAdES and CAdES (ETSI EN 319 122-1, RFC 5652).

use copihue_core::{Result, Timestamp};

use crate::asn1::{self, tag};
use crate::oid;
use crate::signer::Signer;

/// Detached SignedData over a document's SHA-256, as PAdES wants it: no signing-time attribute (the time is `/M`).
///
/// # Errors
/// When the key refuses to sign.
pub fn pades(signer: &Signer, digest: &[u8; 32]) -> Result<Vec<u8>> {
    signed_data(signer, &signed_attributes(signer.ess_attribute(), digest, None))
}

/// Detached SignedData as the CAdES baseline wants it: with the signing-time attribute.
///
/// # Errors
/// When the key refuses to sign.
pub fn cades(signer: &Signer, digest: &[u8; 32], at: Timestamp) -> Result<Vec<u8>> {
    signed_data(signer, &signed_attributes(signer.ess_attribute(), digest, Some(at)))
}

/// Room that a PAdES B-B CMS of this signer needs at most, with a kilobyte to spare.
#[must_use]
pub fn room(signer: &Signer) -> usize {
    signer.certificates().len() + signer.sid().len() + signer.algorithm().max_signature() + 400 + 1024
}

/// The attributes as they are hashed and signed: an explicit `SET OF`, in DER order.
pub(crate) fn signed_attributes(ess: &[u8], digest: &[u8; 32], at: Option<Timestamp>) -> Vec<u8> {
    let content_type = attribute(oid::CONTENT_TYPE, &asn1::oid(oid::ID_DATA));
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

fn attribute(id: const_oid::ObjectIdentifier, value: &[u8]) -> Vec<u8> {
    asn1::seq(&[&asn1::oid(id), &asn1::tlv(tag::SET, &[value])])
}

fn signed_data(signer: &Signer, attributes: &[u8]) -> Result<Vec<u8>> {
    let signature = signer.sign(attributes)?;
    // Signed under the tag of SET, stored under [0]: the same length, so only the first byte differs.
    let stored = [&[tag::context(0)], &attributes[1..]].concat();
    let sha256 = asn1::seq(&[&asn1::oid(oid::SHA256)]);
    let info = asn1::seq(&[
        &asn1::unsigned(&[1]),
        signer.sid(),
        &sha256,
        &stored,
        &signer.algorithm().identifier(),
        &asn1::tlv(tag::OCTET_STRING, &[&signature]),
    ]);
    let data = asn1::seq(&[
        &asn1::unsigned(&[1]),
        &asn1::tlv(tag::SET, &[&sha256]),
        &asn1::seq(&[&asn1::oid(oid::ID_DATA)]),
        signer.certificates(),
        &asn1::tlv(tag::SET, &[&info]),
    ]);
    Ok(asn1::seq(&[&asn1::oid(oid::ID_SIGNED_DATA), &asn1::tlv(tag::context(0), &[&data])]))
}

#[cfg(test)]
mod tests {
    use copihue_core::json::sha256;

    #[test]
    fn sig_19_golden_signed_attributes() {
        let ess = super::ess_attribute(&sha256(b"cert"));
        let attributes = super::signed_attributes(&ess, &sha256(b""), None);
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
