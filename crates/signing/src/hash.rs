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

    pub(crate) fn context(self) -> digest::Context {
        digest::Context::new(match self {
            Self::Sha256 => &digest::SHA256,
            Self::Sha384 => &digest::SHA384,
            Self::Sha512 => &digest::SHA512,
        })
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
