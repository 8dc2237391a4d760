//! The visible stamp of a signature: a picture, a line of text, or both. Decoration: it changes no verdict.

use super::object::{Dict, Object, Ref};
use super::picture::{Transparency, gray, picture};
use super::placing::{Rect, View};
use super::source::Source;
use super::typeface::Typeface;
use super::update::Update;
use super::{PdfError, PdfResult};
use crate::model::layout::Stamp;

/// Sizes of letters that are tried, the largest first, in half points.
const SIZES: std::ops::RangeInclusive<u8> = 4..=24;
/// From one line to the next, and from the border, in sizes.
const LINE: f64 = 1.2;
const BORDER: f64 = 2.0;

/// A stamp as it is drawn.
pub(super) struct Drawn {
    pub(super) appearance: Ref,
    pub(super) rect: Object,
}

/// Draws a stamp: the appearance of its widget, and its rectangle.
pub(super) fn draw<S: Source + ?Sized>(
    update: &mut Update<'_, '_, S>,
    stamp: &Stamp,
    words: &str,
    (view, transparency): (View, Transparency),
) -> PdfResult<Drawn> {
    let [left, bottom, right, top] = stamp.rect;
    if right - left < 1.0 || top - bottom < 1.0 {
        return Err(PdfError::Layout);
    }
    let rect = view.within(stamp.rect);
    let (width, height) = view.turn.seen(size(rect));
    let (mut content, mut resources) = (Vec::new(), Dict::default());
    if let Some(image) = &stamp.image {
        let image = picture(update, image, transparency)?;
        resources.set("XObject", Object::Dict(Dict::default().with("I", Object::Ref(image))));
        content.extend(format!("q {width:.2} 0 0 {height:.2} 0 0 cm /I Do Q\n").bytes());
    }
    if stamp.with_text || stamp.image.is_none() {
        let mut typeface = Typeface::new()?;
        content.extend(text(&mut typeface, words, (width, height)));
        let font = typeface.embed(update)?;
        resources.set("Font", Object::Dict(Dict::default().with("F", Object::Ref(font))));
        resources.set("ColorSpace", Object::Dict(Dict::default().with("G", gray())));
    }
    let mut form = Dict::default()
        .with("Type", Object::name_of("XObject"))
        .with("Subtype", Object::name_of("Form"))
        .with("BBox", numbers(&[0.0, 0.0, width, height]))
        .with("Resources", Object::Dict(resources));
    if let Some(back) = view.turn.back() {
        form.set("Matrix", back);
    }
    let appearance = update.allocate();
    update.put(appearance, Object::Stream(form, content));
    Ok(Drawn { appearance, rect: numbers(&rect) })
}

fn size([left, bottom, right, top]: Rect) -> (f64, f64) {
    (right - left, top - bottom)
}

/// The text in as many lines as let its letters be largest, in the middle of the height.
fn text(typeface: &mut Typeface, words: &str, (width, height): (f64, f64)) -> Vec<u8> {
    let paragraphs: Vec<String> = words.lines().map(|line| typeface.clean(line)).collect();
    let (room, rise) = (width - 2.0 * BORDER, height - 2.0 * BORDER);
    let fits = |(size, lines): &(f64, Vec<String>)| {
        let widest = lines.iter().map(|line| typeface.width(line)).fold(0.0, f64::max);
        widest * size <= room && lines.len() as f64 * LINE * size <= rise
    };
    let set = |half: u8| {
        let size = f64::from(half) / 2.0;
        (size, paragraphs.iter().flat_map(|words| lines(typeface, words, room / size)).collect())
    };
    let (size, lines) = SIZES.rev().map(set).find(fits).unwrap_or_else(|| set(*SIZES.start()));
    // The first baseline: the letters of a line stand about a quarter of their size above its foot.
    let first = f64::midpoint(height, lines.len() as f64 * LINE * size) - size * 0.95;
    let mut out = format!("BT /G cs 0 sc /F {size:.2} Tf {:.2} TL {BORDER:.2} {first:.2} Td\n", size * LINE)
        .into_bytes();
    for line in lines {
        typeface.encode(&line).write(&mut out);
        out.extend(b" Tj T*\n");
    }
    out.extend(b"ET\n");
    out
}

/// Words in lines of this width at size 1.
fn lines(typeface: &Typeface, words: &str, room: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in words.split_whitespace() {
        match lines.last_mut() {
            Some(line) if typeface.width(&format!("{line} {word}")) <= room => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

fn numbers(all: &[f64]) -> Object {
    Object::Array(all.iter().copied().map(real).collect())
}

pub(super) fn real(number: f64) -> Object {
    Object::Real(format!("{number:.2}").into_bytes())
}
