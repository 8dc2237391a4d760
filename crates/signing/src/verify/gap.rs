//! The gap of a signature: what its digest leaves out must be exactly the text of its CMS.

use std::ops::Range;

use crate::asn1::element_length;
use crate::pdf::{Dict, Object};

/// What a signature covers.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Covered {
    /// From `<` to `>`, both inside.
    pub(super) gap: Range<usize>,
    /// Where the covered revision ends.
    pub(super) end: usize,
}

/// Reads and checks `/ByteRange`: from 0, leaving out nothing but the `/Contents` of this very dictionary, up to the end
/// of a revision. Anything else is how signatures are forged.
pub(super) fn covered(data: &[u8], dict: &Dict, contents: Option<&Range<usize>>) -> Option<Covered> {
    let numbers: Vec<usize> = dict
        .get("ByteRange")?
        .as_array()?
        .iter()
        .map(|o| if let Object::Int(n) = o { usize::try_from(*n).ok() } else { None })
        .collect::<Option<_>>()?;
    let [0, first, second, length] = numbers[..] else { return None };
    let gap = first..second;
    let end = second.checked_add(length)?;
    let fits = contents == Some(&gap) && length > 0 && end <= data.len() && ends_a_revision(&data[..end]);
    fits.then_some(Covered { gap, end })
}

fn ends_a_revision(data: &[u8]) -> bool {
    let trimmed = data.trim_ascii_end();
    trimmed.ends_with(b"%%EOF") && data.len() - trimmed.len() <= 2
}

/// The CMS in the gap. One letter case, no space, zeros after it: so that no byte of the gap can change unseen.
pub(super) fn cms(data: &[u8], gap: &Range<usize>) -> Option<Vec<u8>> {
    let text = data.get(gap.clone())?.strip_prefix(b"<")?.strip_suffix(b">")?;
    let upper = text.iter().any(u8::is_ascii_uppercase);
    let lower = text.iter().any(u8::is_ascii_lowercase);
    if upper && lower {
        return None;
    }
    let mut bytes = hex::decode(text).ok()?;
    let length = element_length(&bytes).ok()?;
    if bytes[length..].iter().any(|b| *b != 0) {
        return None;
    }
    bytes.truncate(length);
    Some(bytes)
}
