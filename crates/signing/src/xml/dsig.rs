//! The parts of a signature (XML-DSig), written in the form that is digested: exclusive canonical.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use copihue_core::Result;

use crate::hash::Hash;
use crate::keys::{Algorithm, for_jws_alone};
use crate::signer::Signer;

pub(crate) const DSIG: &str = "http://www.w3.org/2000/09/xmldsig#";
pub(super) const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
pub(crate) const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";

/// What a signature is over. Text is escaped already.
#[derive(Clone, Copy, Default)]
pub(super) struct Reference<'a> {
    pub(super) id: Option<&'a str>,
    pub(super) kind: Option<&'a str>,
    pub(super) uri: &'a str,
    pub(super) transforms: &'a [&'a str],
}

impl Reference<'_> {
    /// With the digest of what it names.
    pub(super) fn to_xml(self, hash: Hash, digest: &[u8]) -> String {
        let attribute =
            |name, value: Option<&str>| value.map(|v| format!(" {name}=\"{v}\"")).unwrap_or_default();
        let transforms: String = self
            .transforms
            .iter()
            .map(|t| format!("<ds:Transform Algorithm=\"{t}\"></ds:Transform>"))
            .collect();
        let transforms = match self.transforms {
            [] => String::new(),
            _ => format!("<ds:Transforms>{transforms}</ds:Transforms>"),
        };
        format!(
            "<ds:Reference{}{} URI=\"{}\">{transforms}{}</ds:Reference>",
            attribute("Id", self.id),
            attribute("Type", self.kind),
            self.uri,
            digest_xml(hash, digest)
        )
    }
}

/// A digest and the name of its hash.
pub(crate) fn digest_xml(hash: Hash, digest: &[u8]) -> String {
    let name = match hash {
        Hash::Sha256 => "http://www.w3.org/2001/04/xmlenc#sha256",
        Hash::Sha384 => "http://www.w3.org/2001/04/xmldsig-more#sha384",
        Hash::Sha512 => "http://www.w3.org/2001/04/xmlenc#sha512",
    };
    format!(
        "<ds:DigestMethod Algorithm=\"{name}\"></ds:DigestMethod><ds:DigestValue>{}</ds:DigestValue>",
        STANDARD.encode(digest)
    )
}

/// The name of signatures over a hash (RFC 6931); Ed25519 signs no XML.
fn method(algorithm: Algorithm, hash: Hash) -> Result<&'static str> {
    let (ecdsa, rsa) = match hash {
        Hash::Sha256 => (
            "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256",
            "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
        ),
        Hash::Sha384 => (
            "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384",
            "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384",
        ),
        Hash::Sha512 => (
            "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512",
            "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512",
        ),
    };
    match algorithm {
        Algorithm::P256 | Algorithm::P384 => Ok(ecdsa),
        Algorithm::Rsa2048 | Algorithm::Rsa3072 | Algorithm::Rsa4096 => Ok(rsa),
        Algorithm::Ed25519 => Err(for_jws_alone()),
    }
}

/// `SignedInfo`, `SignatureValue` and `KeyInfo` over these references. `value_id`: of the value, so that a timestamp is found.
///
/// # Errors
/// When the key refuses.
pub(super) fn signed(
    signer: &Signer,
    hash: Hash,
    references: &str,
    value_id: Option<&str>,
) -> Result<String> {
    let inside = format!(
        "<ds:CanonicalizationMethod Algorithm=\"{EXCLUSIVE}\"></ds:CanonicalizationMethod>\
         <ds:SignatureMethod Algorithm=\"{}\"></ds:SignatureMethod>{references}</ds:SignedInfo>",
        method(signer.algorithm(), hash)?
    );
    let canonical = format!("<ds:SignedInfo xmlns:ds=\"{DSIG}\">{inside}");
    // XML carries an ECDSA signature as JOSE does: r and s, one behind the other.
    let value = STANDARD.encode(signer.sign_raw(hash, canonical.as_bytes())?);
    let id = value_id.map(|id| format!(" Id=\"{id}\"")).unwrap_or_default();
    let certificates: String = std::iter::once(signer.certificate())
        .chain(signer.chain())
        .map(|c| format!("<ds:X509Certificate>{}</ds:X509Certificate>", STANDARD.encode(c.der())))
        .collect();
    Ok(format!(
        "<ds:SignedInfo>{inside}<ds:SignatureValue{id}>{value}</ds:SignatureValue>\
         <ds:KeyInfo><ds:X509Data>{certificates}</ds:X509Data></ds:KeyInfo>"
    ))
}
