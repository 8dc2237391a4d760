//! The visible stamp of a signature: a picture, some lines of text, both, or a card with the text and a QR code. Decoration: it
//! changes no verdict.

use copihue_documents::Qr;

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

/// Between the frame of a card and what is in it.
const PAD: f64 = 5.0;
/// Width of the bar along a card's left side.
const BAR: f64 = 2.5;
/// The largest letters of a card, in half points: a card is read from near.
const CARD_SIZE: u8 = 18;
/// Side of the smallest QR code that telephones read from paper, 2 cm (specs signing §9), less the white around it.
const SMALLEST_CODE: f64 = 52.0;

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
        match &stamp.check {
            Some(address) => content.extend(card(&mut typeface, words, address, (width, height))?),
            None => content.extend(text(&mut typeface, words, [0.0, 0.0, width, height], Look::PLAIN)),
        }
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

/// How a text looks.
struct Look {
    /// The largest letters, in half points.
    largest: u8,
    /// Whether what its first line says stands out.
    heading: bool,
}

impl Look {
    const PLAIN: Self = Self { largest: *SIZES.end(), heading: false };
    const CARD: Self = Self { largest: CARD_SIZE, heading: true };
}

/// A frame with a bar to the left, the text, and the QR code to the right where it is large enough to be read.
fn card(
    typeface: &mut Typeface,
    words: &str,
    address: &str,
    (width, height): (f64, f64),
) -> PdfResult<Vec<u8>> {
    let side = (height - 2.0 * PAD).min(width / 3.0);
    let code =
        if side >= SMALLEST_CODE { Some(Qr::new(address).map_err(|_| PdfError::Layout)?) } else { None };
    // Black alone: readers disagree about how a calibrated white looks beside the paper's.
    let (across, up) = (width - 0.5, height - 0.5);
    let mut out = format!(
        "/G cs /G CS q 0 SC 0.35 w 0.25 0.25 {across:.2} {up:.2} re S 0 sc 0 0 {BAR:.2} {height:.2} re f Q\n"
    )
    .into_bytes();
    let mut right = width - PAD;
    if let Some(code) = code {
        right -= side;
        out.extend(modules(&code, (right, (height - side) / 2.0), side));
        right -= PAD;
    }
    let area = [BAR + PAD, PAD / 2.0, right, height - PAD / 2.0];
    out.extend(text(typeface, words, area, Look::CARD));
    Ok(out)
}

/// The dark modules of a QR code in a square.
fn modules(code: &Qr, (left, bottom): (f64, f64), side: f64) -> Vec<u8> {
    let module = side / code.width() as f64;
    let mut out = b"q 0 sc\n".to_vec();
    for (row, start, length) in code.runs() {
        let (x, y) = (left + f64::from(start) * module, bottom + side - (row + 1) as f64 * module);
        let wide = f64::from(length) * module;
        out.extend(format!("{x:.3} {y:.3} {wide:.3} {module:.3} re\n").bytes());
    }
    out.extend(b"f Q\n");
    out
}

/// The text in as many lines as let its letters be largest, in the middle of the height.
fn text(typeface: &mut Typeface, words: &str, [left, bottom, right, top]: Rect, look: Look) -> Vec<u8> {
    let paragraphs: Vec<String> = words.lines().map(|line| typeface.clean(line)).collect();
    let (room, rise) = (right - left - 2.0 * BORDER, top - bottom - 2.0 * BORDER);
    let fits = |(size, lines): &(f64, Vec<Vec<String>>)| {
        let all = || lines.iter().flatten();
        let widest = all().map(|line| typeface.width(line)).fold(0.0, f64::max);
        widest * size <= room && all().count() as f64 * LINE * size <= rise
    };
    let set = |half: u8| {
        let size = f64::from(half) / 2.0;
        (size, paragraphs.iter().map(|words| lines(typeface, words, room / size)).collect())
    };
    let sizes = *SIZES.start()..=look.largest;
    let (size, lines) = sizes.rev().map(set).find(fits).unwrap_or_else(|| set(*SIZES.start()));
    // The first baseline: the letters of a line stand about a quarter of their size above its foot.
    let count = lines.iter().flatten().count() as f64;
    let first = f64::midpoint(bottom + top, count * LINE * size) - size * 0.95;
    let start = left + BORDER;
    let mut out = format!("BT /G cs 0 sc /F {size:.2} Tf {:.2} TL {start:.2} {first:.2} Td\n", size * LINE)
        .into_bytes();
    for (n, line) in lines.iter().enumerate().flat_map(|(n, all)| all.iter().map(move |line| (n, line))) {
        // Bold, without another typeface: the outline is drawn too.
        let bold = look.heading && n == 0;
        if bold {
            out.extend(format!("/G CS 0 SC {:.2} w 2 Tr\n", size * 0.03).bytes());
        }
        typeface.encode(line).write(&mut out);
        out.extend(b" Tj T*\n");
        if bold {
            out.extend(b"0 Tr\n");
        }
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
