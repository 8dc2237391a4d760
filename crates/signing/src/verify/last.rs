//! The last signature of a PDF, to be raised in its place.

use std::ops::Range;

use super::gap;
use super::signature::find;
use crate::pdf::Reader;

/// The last signature that a PDF carries.
pub(crate) struct LastSignature {
    /// Its CMS.
    pub(crate) cms: Vec<u8>,
    /// From `<` to `>`, both inside.
    gap: Range<usize>,
    /// Whether nothing stands after what it covers: only then its CMS may still change.
    pub(crate) is_at_end: bool,
}

impl LastSignature {
    /// Of a PDF.
    pub(crate) fn of(pdf: &[u8]) -> Option<Self> {
        let found = find(&Reader::open(pdf).ok()?).ok()?;
        let covered = found.iter().rfind(|f| f.is_signature())?.covered()?;
        let is_at_end =
            covered.end == pdf.len() && found.last().is_some_and(super::signature::Found::is_signature);
        Some(Self { cms: gap::cms(pdf, &covered.gap)?, gap: covered.gap.clone(), is_at_end })
    }

    /// The PDF with another CMS in its place: what it covers stays. `None`, when there is no room for it.
    pub(crate) fn replaced(&self, pdf: &[u8], cms: &[u8]) -> Option<Vec<u8>> {
        let mut out = pdf.to_vec();
        let room = out.get_mut(self.gap.start + 1..self.gap.end - 1)?;
        let (place, rest) = room.split_at_mut_checked(cms.len() * 2)?;
        hex::encode_to_slice(cms, place).ok()?;
        rest.fill(b'0');
        Some(out)
    }
}
