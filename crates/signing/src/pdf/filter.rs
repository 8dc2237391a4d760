//! Decoding of cross-reference and object streams: Flate with PNG predictors.

use std::io::Read;

use flate2::read::ZlibDecoder;

use super::object::{Dict, Object};
use super::{PdfError, PdfResult};

/// More than any honest cross-reference or object stream needs; stops decompression bombs.
const MAX_DECODED: u64 = 32 << 20;

/// Decodes a stream's bytes.
pub(crate) fn decode(dict: &Dict, raw: &[u8]) -> PdfResult<Vec<u8>> {
    let (filter, parameters) = single(dict)?;
    match filter {
        None => Ok(raw.to_vec()),
        Some(b"FlateDecode") => {
            let mut out = Vec::new();
            ZlibDecoder::new(raw)
                .take(MAX_DECODED + 1)
                .read_to_end(&mut out)
                .map_err(|_| PdfError::Broken("compressed stream"))?;
            if out.len() as u64 > MAX_DECODED {
                return Err(PdfError::Limit("decompressed size"));
            }
            predict(parameters, out)
        }
        Some(_) => Err(PdfError::Broken("filter")),
    }
}

/// The one filter and its parameters; chains don't occur in the streams read here.
fn single(dict: &Dict) -> PdfResult<(Option<&[u8]>, Option<&Dict>)> {
    let first = |o: &'static str| match dict.get(o) {
        Some(Object::Array(items)) if items.len() > 1 => Err(PdfError::Broken("filter chain")),
        Some(Object::Array(items)) => Ok(items.first()),
        other => Ok(other),
    };
    let filter = match first("Filter")? {
        Some(Object::Name(name)) => Some(name.as_slice()),
        None | Some(Object::Null) => None,
        Some(_) => return Err(PdfError::Broken("filter")),
    };
    Ok((filter, first("DecodeParms")?.and_then(Object::as_dict)))
}

fn predict(parameters: Option<&Dict>, data: Vec<u8>) -> PdfResult<Vec<u8>> {
    let parameter = |key, default| parameters.and_then(|p| p.int(key)).unwrap_or(default);
    match parameter("Predictor", 1) {
        1 => return Ok(data),
        10..=15 => {}
        _ => return Err(PdfError::Broken("predictor")),
    }
    let (colors, bits) = (parameter("Colors", 1), parameter("BitsPerComponent", 8));
    let columns = usize::try_from(parameter("Columns", 1)).unwrap_or(0);
    if colors != 1 || bits != 8 || columns == 0 || columns > 1024 {
        return Err(PdfError::Broken("predictor"));
    }
    let mut out: Vec<u8> = Vec::with_capacity(data.len());
    let mut above = vec![0u8; columns];
    for row in data.chunks_exact(columns + 1) {
        let mut line = row[1..].to_vec();
        unfilter(row[0], &mut line, &above)?;
        out.extend_from_slice(&line);
        above = line;
    }
    Ok(out)
}

/// Undoes one PNG row filter (one byte a pixel).
fn unfilter(kind: u8, line: &mut [u8], above: &[u8]) -> PdfResult<()> {
    for i in 0..line.len() {
        let left = if i > 0 { line[i - 1] } else { 0 };
        let corner = if i > 0 { above[i - 1] } else { 0 };
        let prediction = match kind {
            0 => 0,
            1 => left,
            2 => above[i],
            3 => ((u16::from(left) + u16::from(above[i])) / 2) as u8,
            4 => paeth(left, above[i], corner),
            _ => return Err(PdfError::Broken("predictor")),
        };
        line[i] = line[i].wrapping_add(prediction);
    }
    Ok(())
}

fn paeth(left: u8, up: u8, corner: u8) -> u8 {
    let p = i16::from(left) + i16::from(up) - i16::from(corner);
    let distance = |v: u8| (p - i16::from(v)).abs();
    if distance(left) <= distance(up) && distance(left) <= distance(corner) {
        left
    } else if distance(up) <= distance(corner) {
        up
    } else {
        corner
    }
}
