//! A PDF with room for its CMS: what is hashed, and what goes into the gap.

use std::io;
use std::ops::Range;

use aws_lc_rs::digest::Digest;

use super::request::BYTE_RANGE;
use crate::hash::Hash;
use crate::pdf::object::Ref;
use crate::pdf::source::FileSource;
use crate::pdf::update::Written;
use crate::pdf::{PdfError, PdfResult};

/// A PDF that waits for its CMS.
pub struct Prepared {
    /// What stands before the bytes, when it is a file of its own.
    before: Option<FileSource>,
    bytes: Vec<u8>,
    /// From `<` to `>`, both inside, among the bytes.
    gap: Range<usize>,
}

impl Prepared {
    /// The same, where what stands before the bytes is this file.
    pub(super) fn behind(self, file: FileSource) -> Self {
        Self { before: Some(file), ..self }
    }

    /// SHA-256 of everything except the gap.
    ///
    /// # Errors
    /// When a file can't be read.
    pub fn digest(&self) -> PdfResult<[u8; 32]> {
        let mut out = [0; 32];
        out.copy_from_slice(self.digest_and(Hash::Sha256, |_| Ok(()))?.as_ref());
        Ok(out)
    }

    /// The same by the hash that a signature is over, with each piece of the file before the bytes handed on as it is hashed: a copy made of them is what was
    /// signed, whatever happens to the file meanwhile.
    ///
    /// # Errors
    /// When a file can't be read, or a piece can't be taken.
    pub(crate) fn digest_and(
        &self,
        hash: Hash,
        mut take: impl FnMut(&[u8]) -> io::Result<()>,
    ) -> PdfResult<Digest> {
        let mut context = hash.context();
        if let Some(before) = &self.before {
            before.each(|piece| {
                context.update(piece);
                take(piece)
            })?;
        }
        context.update(&self.bytes[..self.gap.start]);
        context.update(&self.bytes[self.gap.end..]);
        Ok(context.finish())
    }

    /// The file with this CMS in its place; another can be put there as well.
    ///
    /// # Errors
    /// When it does not fit.
    pub(crate) fn filled(&self, cms: &[u8]) -> PdfResult<Vec<u8>> {
        Self { before: None, bytes: self.bytes.clone(), gap: self.gap.clone() }.finish(cms)
    }

    /// Puts the CMS into its place. Of a file, what goes behind it.
    ///
    /// # Errors
    /// When it does not fit.
    pub fn finish(mut self, cms: &[u8]) -> PdfResult<Vec<u8>> {
        let room = &mut self.bytes[self.gap.start + 1..self.gap.end - 1];
        let place = room.get_mut(..cms.len() * 2).ok_or(PdfError::NoRoom)?;
        hex::encode_to_slice(cms, place).map_err(|_| PdfError::NoRoom)?;
        Ok(self.bytes)
    }
}

/// Writes what the signature is over into its dictionary.
pub(super) fn fix_byte_range(written: Written, signature: Ref) -> PdfResult<Prepared> {
    let lost = PdfError::Broken("signature");
    let Written { mut bytes, start, places } = written;
    let object = places.get(&signature).ok_or(lost)? - start;
    let tail = &bytes[object..];
    let range = tail.windows(BYTE_RANGE.len()).position(|w| w == BYTE_RANGE).ok_or(lost)? + object;
    let after = range + BYTE_RANGE.len();
    let open = bytes[after..].iter().position(|b| *b == b'<').ok_or(lost)? + after;
    let close = bytes[open..].iter().position(|b| *b == b'>').ok_or(lost)? + open;
    let gap = open..close + 1;
    let (from, to) = (start + gap.start, start + gap.end);
    let text = format!("[0 {from:010} {to:010} {:010}]", bytes.len() - gap.end);
    // A file beyond ten gigabytes.
    if text.len() != BYTE_RANGE.len() {
        return Err(PdfError::Limit("size"));
    }
    bytes[range..after].copy_from_slice(text.as_bytes());
    Ok(Prepared { before: None, bytes, gap })
}
