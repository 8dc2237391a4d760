//! How an application's signatures are made, and how what it sends is read (specs signing §2.3, §2.4, §2.7).

use super::level::Level;
use super::token::ExpirationZone;
use crate::pdf::SubFilter;

codes! {
    /// Whether the checksum that comes with a document must be right.
    Checksum {
        /// It is kept and given back as it came: the State's own service does the same.
        Echoed = "libre",
        /// A document whose checksum is none of the known kinds is refused.
        Strict = "estricta",
    }
}

/// How an application signs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Manner {
    /// The level of what it signs, where the format has levels.
    pub level: Level,
    /// The kind of signature in its PDFs.
    pub sub_filter: SubFilter,
    /// In which zone its tokens expire.
    pub zone: ExpirationZone,
    /// What is asked of its checksums.
    pub checksum: Checksum,
}

impl Default for Manner {
    fn default() -> Self {
        Self {
            level: Level::T,
            sub_filter: SubFilter::Adobe,
            zone: ExpirationZone::Chile,
            checksum: Checksum::Echoed,
        }
    }
}
