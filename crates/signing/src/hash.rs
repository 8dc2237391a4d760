//! The hashes that still count. SHA-1 and MD5 don't.

use aws_lc_rs::digest;
use const_oid::ObjectIdentifier;

use crate::asn1::{self, DerError, Element, Reader, tag};
use crate::oid;

/// A hash that still counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Hash {
    /// SHA-256.
    #[default]
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
}

impl Hash {
    /// Each of them.
    pub const ALL: [Self; 3] = [Self::Sha256, Self::Sha384, Self::Sha512];

    pub(crate) const fn oid(self) -> ObjectIdentifier {
        match self {
            Self::Sha256 => oid::SHA256,
            Self::Sha384 => oid::SHA384,
            Self::Sha512 => oid::SHA512,
        }
    }

    pub(crate) fn from_oid(id: ObjectIdentifier) -> Option<Self> {
        Self::ALL.into_iter().find(|h| h.oid() == id)
    }

    /// Bytes of a digest.
    #[must_use]
    pub const fn length(self) -> usize {
        match self {
            Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }

    /// As stored and named.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Sha256 => "sha256",
            Self::Sha384 => "sha384",
            Self::Sha512 => "sha512",
        }
    }

    /// As people and settings name it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sha256 => "SHA-256",
            Self::Sha384 => "SHA-384",
            Self::Sha512 => "SHA-512",
        }
    }

    /// From how it is named.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|h| h.name() == name)
    }

    /// From what is stored.
    pub(crate) fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|h| h.code() == code)
    }

    /// The one whose digests have so many bytes.
    pub(crate) fn of_length(bytes: usize) -> Option<Self> {
        Self::ALL.into_iter().find(|h| h.length() == bytes)
    }

    pub(crate) const fn algorithm(self) -> &'static digest::Algorithm {
        match self {
            Self::Sha256 => &digest::SHA256,
            Self::Sha384 => &digest::SHA384,
            Self::Sha512 => &digest::SHA512,
        }
    }

    pub(crate) fn context(self) -> digest::Context {
        digest::Context::new(self.algorithm())
    }

    /// A digest beside the name of its hash: the `DigestInfo` that PKCS#1 signs (RFC 8017 §9.2), and the `MessageImprint` of a
    /// timestamp, whose older authorities insist on the NULL.
    pub(crate) fn digest_info(self, digest: &[u8]) -> Vec<u8> {
        let algorithm = asn1::seq(&[&asn1::oid(self.oid()), &asn1::tlv(tag::NULL, &[])]);
        asn1::seq(&[&algorithm, &asn1::tlv(tag::OCTET_STRING, &[digest])])
    }

    pub(crate) fn of(self, parts: &[&[u8]]) -> digest::Digest {
        let mut context = self.context();
        for part in parts {
            context.update(part);
        }
        context.finish()
    }
}

/// SHA-256 of the parts, one behind the other: what a timestamp is asked for.
pub(crate) fn sha256_of(parts: &[&[u8]]) -> [u8; 32] {
    let mut out = [0; 32];
    out.copy_from_slice(Hash::Sha256.of(parts).as_ref());
    out
}

/// The identifier of a hash; its parameters are absent or NULL (RFC 5754 §2).
pub(crate) fn identifier(element: Element<'_>) -> Result<ObjectIdentifier, DerError> {
    let mut fields = Reader::new(element.content);
    let id = fields.oid()?;
    if let Some(null) = fields.optional(tag::NULL)? {
        asn1::require(null.content.is_empty())?;
    }
    fields.end()?;
    Ok(id)
}
