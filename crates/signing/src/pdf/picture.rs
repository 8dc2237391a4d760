//! Pictures of stamps. Their colours are said by what they look like and not by what a device makes of them, so that they may
//! stand in any PDF/A, whatever its output intent.

use std::io::{Cursor, Write as _};

use flate2::Compression;
use flate2::write::ZlibEncoder;

use super::object::{Dict, Object, Ref};
use super::reader::Reader;
use super::source::Source;
use super::stamp::real;
use super::update::Update;
use super::{PdfError, PdfResult};

const MAX_PIXELS: usize = 2 << 20;

/// Whether what is under a picture may shine through.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Transparency {
    /// It may.
    Kept,
    /// White stands there instead.
    OnWhite,
}

impl Transparency {
    /// PDF/A-1 knows none, and the later ones only where the document says in which colours to mix (ISO 19005-1 §6.4, ISO 19005-2
    /// §6.2.10).
    pub(super) fn of<S: Source + ?Sized>(reader: &Reader<'_, S>, catalog: &Dict) -> PdfResult<Self> {
        let Some(part) = archival_part(reader, catalog) else { return Ok(Self::Kept) };
        let intents = reader.value(catalog, "OutputIntents")?;
        let says_how = intents.as_array().is_some_and(|list| !list.is_empty());
        Ok(if part == b'1' || !says_how { Self::OnWhite } else { Self::Kept })
    }
}

/// Which part of PDF/A a document says it is, as a digit.
fn archival_part<S: Source + ?Sized>(reader: &Reader<'_, S>, catalog: &Dict) -> Option<u8> {
    const MARK: &[u8] = b"pdfaid:part";
    let id = catalog.get("Metadata").and_then(Object::as_ref)?;
    let (_, metadata) = reader.stream(id.number).ok()?;
    let at = metadata.windows(MARK.len()).position(|w| w == MARK)? + MARK.len();
    metadata[at..].iter().copied().take(8).find(u8::is_ascii_digit)
}

/// A calibrated gray.
pub(super) fn gray() -> Object {
    let white = Dict::default().with("WhitePoint", reals(&WHITE)).with("Gamma", real(2.2));
    Object::Array(vec![Object::name_of("CalGray"), Object::Dict(white)])
}

/// sRGB, as near as a calibrated space comes to it (IEC 61966-2-1).
fn rgb() -> Object {
    let primaries = [0.4124, 0.2126, 0.0193, 0.3576, 0.7152, 0.1192, 0.1805, 0.0722, 0.9505];
    let space = Dict::default()
        .with("WhitePoint", reals(&WHITE))
        .with("Gamma", reals(&[2.2; 3]))
        .with("Matrix", reals(&primaries));
    Object::Array(vec![Object::name_of("CalRGB"), Object::Dict(space)])
}

/// D65.
const WHITE: [f64; 3] = [0.9505, 1.0, 1.089];

fn reals(all: &[f64]) -> Object {
    Object::Array(all.iter().map(|n| Object::Real(format!("{n:.4}").into_bytes())).collect())
}

/// Adds a PNG or a JPEG.
pub(super) fn picture<S: Source + ?Sized>(
    update: &mut Update<'_, '_, S>,
    bytes: &[u8],
    transparency: Transparency,
) -> PdfResult<Ref> {
    if bytes.starts_with(b"\xff\xd8") { jpeg(update, bytes) } else { png(update, bytes, transparency) }
}

fn image((width, height): (u32, u32), color: Object, filter: &str) -> Dict {
    Dict::default()
        .with("Type", Object::name_of("XObject"))
        .with("Subtype", Object::name_of("Image"))
        .with("Width", Object::Int(i64::from(width)))
        .with("Height", Object::Int(i64::from(height)))
        .with("ColorSpace", color)
        .with("BitsPerComponent", Object::Int(8))
        .with("Filter", Object::name_of(filter))
}

/// A JPEG goes in as it is.
fn jpeg<S: Source + ?Sized>(update: &mut Update<'_, '_, S>, bytes: &[u8]) -> PdfResult<Ref> {
    let (width, height, color) = jpeg_size(bytes).ok_or(PdfError::Layout)?;
    let id = update.allocate();
    update.put(id, Object::Stream(image((width, height), color, "DCTDecode"), bytes.to_vec()));
    Ok(id)
}

/// Width, height and colours, from the frame header.
fn jpeg_size(bytes: &[u8]) -> Option<(u32, u32, Object)> {
    let mut at = 2;
    loop {
        let &[0xff, marker, high, low] = bytes.get(at..at + 4)? else { return None };
        let length = usize::from(u16::from_be_bytes([high, low]));
        let is_frame = matches!(marker, 0xc0..=0xcf) && !matches!(marker, 0xc4 | 0xc8 | 0xcc);
        if is_frame {
            let &[8, h1, h2, w1, w2, components] = bytes.get(at + 4..at + 10)? else { return None };
            let color = match components {
                1 => gray(),
                3 => rgb(),
                _ => return None,
            };
            let side = |a, b| u32::from(u16::from_be_bytes([a, b]));
            return Some((side(w1, w2), side(h1, h2), color)).filter(|(w, h, _)| *w > 0 && *h > 0);
        }
        at += 2 + length.max(2);
    }
}

/// A PNG is taken apart: its colours, and its transparency as a mask.
fn png<S: Source + ?Sized>(
    update: &mut Update<'_, '_, S>,
    bytes: &[u8],
    transparency: Transparency,
) -> PdfResult<Ref> {
    let (width, height, mut rgba) = decode_png(bytes).ok_or(PdfError::Layout)?;
    if transparency == Transparency::OnWhite {
        rgba.chunks_exact_mut(4).for_each(lay_on_white);
    }
    let colors: Vec<u8> = rgba.chunks_exact(4).flat_map(|p| [p[0], p[1], p[2]]).collect();
    let alpha: Vec<u8> = rgba.chunks_exact(4).map(|p| p[3]).collect();
    let mut dict = image((width, height), rgb(), "FlateDecode");
    if alpha.iter().any(|a| *a != 255) {
        let mask = update.allocate();
        // How much shines through is a number and no colour: a mask has no other space (ISO 32000-1 §11.6.5.3).
        let mask_dict = image((width, height), Object::name_of("DeviceGray"), "FlateDecode");
        update.put(mask, Object::Stream(mask_dict, deflate(&alpha)?));
        dict.set("SMask", Object::Ref(mask));
    }
    let id = update.allocate();
    update.put(id, Object::Stream(dict, deflate(&colors)?));
    Ok(id)
}

fn lay_on_white(pixel: &mut [u8]) {
    let alpha = u16::from(pixel[3]);
    for color in &mut pixel[..3] {
        *color = ((u16::from(*color) * alpha + 255 * (255 - alpha)) / 255) as u8;
    }
    pixel[3] = 255;
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

pub(super) fn deflate(bytes: &[u8]) -> PdfResult<Vec<u8>> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).and_then(|()| encoder.finish()).map_err(|_| PdfError::Layout)
}
