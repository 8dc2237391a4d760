//! Where a stamp goes: its page, within what one sees of it, upright.

use super::object::{Dict, Object, Ref};
use super::reader::Reader;
use super::source::Source;
use super::{PdfError, PdfResult};
use crate::model::layout::StampPage;

const MAX_PAGES: usize = 100_000;
const MAX_DEPTH: usize = 64;
/// A page without a size is a letter's (ISO 32000-1 §7.7.3.3 demands one; readers do so).
const LETTER: Rect = [0.0, 0.0, 612.0, 792.0];

/// Left, bottom, right, top.
pub(super) type Rect = [f64; 4];

/// How often a page is turned by a right angle, clockwise, to be shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Turn {
    No,
    Right,
    Upside,
    Left,
}

/// What one sees of a page.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct View {
    pub(super) shown: Rect,
    pub(super) turn: Turn,
}

/// The page that a stamp goes on.
pub(super) fn page<S: Source + ?Sized>(
    reader: &Reader<'_, S>,
    catalog: &Dict,
    wanted: StampPage,
) -> PdfResult<(Ref, Dict)> {
    let broken = PdfError::Broken("pages");
    let root = catalog.get("Pages").and_then(Object::as_ref).ok_or(broken)?;
    let (mut stack, mut last, mut seen, mut number) = (vec![root], None, 0, 0);
    while let Some(id) = stack.pop() {
        seen += 1;
        if seen > MAX_PAGES {
            return Err(PdfError::Limit("pages"));
        }
        let Object::Dict(node) = reader.get(id)? else { return Err(broken) };
        let kids = reader.value(&node, "Kids")?;
        if let Some(kids) = kids.as_array() {
            stack.extend(kids.iter().rev().filter_map(Object::as_ref));
            continue;
        }
        number += 1;
        if wanted == StampPage::Number(number) {
            return Ok((id, node));
        }
        last = Some((id, node));
    }
    match wanted {
        StampPage::Last => last.ok_or(broken),
        StampPage::Number(_) => Err(PdfError::Layout),
    }
}

impl View {
    pub(super) fn of<S: Source + ?Sized>(reader: &Reader<'_, S>, page: &Dict) -> PdfResult<Self> {
        let media = rect(reader, &inherited(reader, page, "MediaBox")?)?.unwrap_or(LETTER);
        let crop = rect(reader, &inherited(reader, page, "CropBox")?)?.unwrap_or(media);
        let shown =
            [crop[0].max(media[0]), crop[1].max(media[1]), crop[2].min(media[2]), crop[3].min(media[3])];
        let is_something = shown[0] < shown[2] && shown[1] < shown[3];
        let turn = match inherited(reader, page, "Rotate")? {
            Object::Int(90 | -270) => Turn::Right,
            Object::Int(180 | -180) => Turn::Upside,
            Object::Int(270 | -90) => Turn::Left,
            _ => Turn::No,
        };
        Ok(Self { shown: if is_something { shown } else { media }, turn })
    }

    /// The nearest place where all of a stamp is seen; one that is larger than the page is cut to it.
    pub(super) fn within(&self, [left, bottom, right, top]: Rect) -> Rect {
        let [least_x, least_y, most_x, most_y] = self.shown;
        let (left, right) = nearest((left, right), (least_x, most_x));
        let (bottom, top) = nearest((bottom, top), (least_y, most_y));
        [left, bottom, right, top]
    }
}

fn nearest((low, high): (f64, f64), (least, most): (f64, f64)) -> (f64, f64) {
    let length = high - low;
    if length >= most - least {
        (least, most)
    } else {
        let low = low.clamp(least, most - length);
        (low, low + length)
    }
}

impl Turn {
    /// Width and height as one sees them.
    pub(super) fn seen(self, (width, height): (f64, f64)) -> (f64, f64) {
        match self {
            Self::No | Self::Upside => (width, height),
            Self::Right | Self::Left => (height, width),
        }
    }

    /// Turns an appearance back; `None` where the page stands upright. The reader moves the result into its rectangle (ISO
    /// 32000-1 §12.5.5).
    pub(super) fn back(self) -> Option<Object> {
        let matrix = match self {
            Self::No => return None,
            Self::Right => [0, 1, -1, 0, 0, 0],
            Self::Upside => [-1, 0, 0, -1, 0, 0],
            Self::Left => [0, -1, 1, 0, 0, 0],
        };
        Some(Object::Array(matrix.into_iter().map(Object::Int).collect()))
    }
}

/// A key of a page, or of the nodes above it.
fn inherited<S: Source + ?Sized>(reader: &Reader<'_, S>, page: &Dict, key: &str) -> PdfResult<Object> {
    let mut node = page.clone();
    for _ in 0..MAX_DEPTH {
        match reader.value(&node, key)? {
            Object::Null => {}
            found => return Ok(found),
        }
        match reader.value(&node, "Parent")? {
            Object::Dict(parent) => node = parent,
            _ => return Ok(Object::Null),
        }
    }
    Err(PdfError::Limit("depth"))
}

fn rect<S: Source + ?Sized>(reader: &Reader<'_, S>, object: &Object) -> PdfResult<Option<Rect>> {
    let Some(items) = object.as_array() else { return Ok(None) };
    let mut numbers = Vec::new();
    for item in items {
        numbers.extend(number(&reader.resolve(item)?));
    }
    let [a, b, c, d] = numbers[..] else { return Ok(None) };
    Ok(Some([a.min(c), b.min(d), a.max(c), b.max(d)]))
}

fn number(object: &Object) -> Option<f64> {
    match object {
        Object::Int(n) => i32::try_from(*n).ok().map(f64::from),
        Object::Real(text) => std::str::from_utf8(text).ok()?.parse().ok().filter(|n: &f64| n.is_finite()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sig_21_a_stamp_beside_what_one_sees_moves_the_least_distance_into_it() {
        let view = View { shown: [10.0, 20.0, 110.0, 220.0], turn: Turn::No };
        for (asked, got) in [
            ([20.0, 30.0, 50.0, 60.0], [20.0, 30.0, 50.0, 60.0]),
            ([0.0, 0.0, 30.0, 30.0], [10.0, 20.0, 40.0, 50.0]),
            ([100.0, 500.0, 130.0, 530.0], [80.0, 190.0, 110.0, 220.0]),
            ([0.0, 30.0, 500.0, 60.0], [10.0, 30.0, 110.0, 60.0]),
        ] {
            assert_eq!(view.within(asked), got);
        }
    }
}
