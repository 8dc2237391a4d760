//! The visible stamp of a signature: a picture, a line of text, or both. Decoration: it changes no verdict.

use std::io::{Cursor, Write as _};

use flate2::Compression;
use flate2::write::ZlibEncoder;

use super::object::{Dict, Object, Ref};
use super::reader::Reader;
use super::source::Source;
use super::update::Update;
use super::{PdfError, PdfResult};
use crate::model::layout::{Stamp, StampPage};

const MAX_PAGES: usize = 100_000;
const MAX_PIXELS: usize = 2 << 20;

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

/// Draws a stamp: the appearance of its widget.
pub(super) fn appearance<S: Source + ?Sized>(
    update: &mut Update<'_, '_, S>,
    stamp: &Stamp,
    signer: &str,
) -> PdfResult<Ref> {
    let [left, bottom, right, top] = stamp.rect;
    let (width, height) = (right - left, top - bottom);
    if width < 1.0 || height < 1.0 {
        return Err(PdfError::Layout);
    }
    let (mut content, mut resources) = (String::new(), Dict::default());
    if let Some(image) = &stamp.image {
        let image = picture(update, image)?;
        resources.set("XObject", Object::Dict(Dict::default().with("I", Object::Ref(image))));
        content.push_str(&format!("q {width:.2} 0 0 {height:.2} 0 0 cm /I Do Q\n"));
    }
    let text_alone = stamp.image.is_none();
    let mut text = Vec::new();
    if stamp.with_text || text_alone {
        let words = format!("Firmado por {signer}");
        // Helvetica is about half as wide as it is high.
        let size = (width / (0.52 * words.chars().count() as f64)).min(height * 0.4).max(2.0);
        resources.set("Font", Object::Dict(Dict::default().with("F", helvetica())));
        text.extend(format!("BT /F {size:.2} Tf 2 {:.2} Td ", height / 2.0 - size / 3.0).bytes());
        Object::Text(latin(&words)).write(&mut text);
        text.extend(b" Tj ET\n");
    }
    let form = Dict::default()
        .with("Type", Object::name_of("XObject"))
        .with("Subtype", Object::name_of("Form"))
        .with("BBox", Object::Array(vec![Object::Int(0), Object::Int(0), real(width), real(height)]))
        .with("Resources", Object::Dict(resources));
    let id = update.allocate();
    update.put(id, Object::Stream(form, [content.as_bytes(), &text].concat()));
    Ok(id)
}

/// The widget's rectangle.
pub(super) fn rect(stamp: &Stamp) -> Object {
    Object::Array(stamp.rect.iter().map(|n| real(*n)).collect())
}

fn real(number: f64) -> Object {
    Object::Real(format!("{number:.2}").into_bytes())
}

fn helvetica() -> Object {
    Object::Dict(
        Dict::default()
            .with("Type", Object::name_of("Font"))
            .with("Subtype", Object::name_of("Type1"))
            .with("BaseFont", Object::name_of("Helvetica"))
            .with("Encoding", Object::name_of("WinAnsiEncoding")),
    )
}

/// Latin-1, which WinAnsi agrees with in every letter of Spanish.
fn latin(text: &str) -> Vec<u8> {
    text.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect()
}

fn picture<S: Source + ?Sized>(update: &mut Update<'_, '_, S>, bytes: &[u8]) -> PdfResult<Ref> {
    if bytes.starts_with(b"\xff\xd8") { jpeg(update, bytes) } else { png(update, bytes) }
}

fn image(width: u32, height: u32, color: &str, filter: &str) -> Dict {
    Dict::default()
        .with("Type", Object::name_of("XObject"))
        .with("Subtype", Object::name_of("Image"))
        .with("Width", Object::Int(i64::from(width)))
        .with("Height", Object::Int(i64::from(height)))
        .with("ColorSpace", Object::name_of(color))
        .with("BitsPerComponent", Object::Int(8))
        .with("Filter", Object::name_of(filter))
}

/// A JPEG goes in as it is.
fn jpeg<S: Source + ?Sized>(update: &mut Update<'_, '_, S>, bytes: &[u8]) -> PdfResult<Ref> {
    let (width, height, color) = jpeg_size(bytes).ok_or(PdfError::Layout)?;
    let id = update.allocate();
    update.put(id, Object::Stream(image(width, height, color, "DCTDecode"), bytes.to_vec()));
    Ok(id)
}

/// Width, height and colours, from the frame header.
fn jpeg_size(bytes: &[u8]) -> Option<(u32, u32, &'static str)> {
    let mut at = 2;
    loop {
        let &[0xff, marker, high, low] = bytes.get(at..at + 4)? else { return None };
        let length = usize::from(u16::from_be_bytes([high, low]));
        let is_frame = matches!(marker, 0xc0..=0xcf) && !matches!(marker, 0xc4 | 0xc8 | 0xcc);
        if is_frame {
            let &[8, h1, h2, w1, w2, components] = bytes.get(at + 4..at + 10)? else { return None };
            let color = match components {
                1 => "DeviceGray",
                3 => "DeviceRGB",
                _ => return None,
            };
            let side = |a, b| u32::from(u16::from_be_bytes([a, b]));
            return Some((side(w1, w2), side(h1, h2), color)).filter(|(w, h, _)| *w > 0 && *h > 0);
        }
        at += 2 + length.max(2);
    }
}

/// A PNG is taken apart: its colours, and its transparency as a mask.
fn png<S: Source + ?Sized>(update: &mut Update<'_, '_, S>, bytes: &[u8]) -> PdfResult<Ref> {
    let (width, height, rgba) = decode_png(bytes).ok_or(PdfError::Layout)?;
    let colors: Vec<u8> = rgba.chunks_exact(4).flat_map(|p| [p[0], p[1], p[2]]).collect();
    let alpha: Vec<u8> = rgba.chunks_exact(4).map(|p| p[3]).collect();
    let mut dict = image(width, height, "DeviceRGB", "FlateDecode");
    if alpha.iter().any(|a| *a != 255) {
        let mask = update.allocate();
        let mask_dict = image(width, height, "DeviceGray", "FlateDecode");
        update.put(mask, Object::Stream(mask_dict, deflate(&alpha)?));
        dict.set("SMask", Object::Ref(mask));
    }
    let id = update.allocate();
    update.put(id, Object::Stream(dict, deflate(&colors)?));
    Ok(id)
}

fn decode_png(bytes: &[u8]) -> Option<(u32, u32, Vec<u8>)> {
    let limits = png::Limits { bytes: 4 * MAX_PIXELS };
    let mut decoder = png::Decoder::new_with_limits(Cursor::new(bytes), limits);
    decoder.set_transformations(png::Transformations::normalize_to_color8() | png::Transformations::ALPHA);
    let mut reader = decoder.read_info().ok()?;
    let size = reader.output_buffer_size().filter(|n| *n <= 4 * MAX_PIXELS)?;
    let mut pixels = vec![0; size];
    let info = reader.next_frame(&mut pixels).ok()?;
    pixels.truncate(info.buffer_size());
    let rgba = match info.color_type {
        png::ColorType::Rgba => pixels,
        png::ColorType::Rgb => pixels.chunks_exact(3).flat_map(|p| [p[0], p[1], p[2], 255]).collect(),
        png::ColorType::Grayscale => pixels.iter().flat_map(|p| [*p, *p, *p, 255]).collect(),
        png::ColorType::GrayscaleAlpha => {
            pixels.chunks_exact(2).flat_map(|p| [p[0], p[0], p[0], p[1]]).collect()
        }
        png::ColorType::Indexed => return None,
    };
    Some((info.width, info.height, rgba))
}

fn deflate(bytes: &[u8]) -> PdfResult<Vec<u8>> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).and_then(|()| encoder.finish()).map_err(|_| PdfError::Layout)
}
