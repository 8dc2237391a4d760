//! Compression: cheap for pages made now, thorough for what is kept.

use std::cell::RefCell;
use std::io::Write;

use flate2::{Compress, Compression, Crc, FlushCompress, Status};
use http::{HeaderMap, HeaderValue, header};

/// What the reader takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Encoding {
    Brotli,
    Gzip,
    Plain,
}

impl Encoding {
    /// The best that `Accept-Encoding` allows; one with `q=0` is refused.
    pub(crate) fn accepted(headers: &HeaderMap) -> Self {
        let mut best = Self::Plain;
        let lines = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|v| v.to_str().ok());
        for part in lines.flat_map(|line| line.split(',')) {
            let mut pieces = part.split(';').map(str::trim);
            let name = pieces.next().unwrap_or_default();
            let refused = pieces.any(|p| matches!(p, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"));
            match name {
                "br" if !refused => return Self::Brotli,
                "gzip" if !refused => best = Self::Gzip,
                _ => {}
            }
        }
        best
    }

    pub(crate) const fn name(self) -> Option<HeaderValue> {
        match self {
            Self::Brotli => Some(HeaderValue::from_static("br")),
            Self::Gzip => Some(HeaderValue::from_static("gzip")),
            Self::Plain => None,
        }
    }
}

/// Gzip at a level from 1 to 9.
pub(crate) fn gzip(bytes: &[u8], level: u32) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), Compression::new(level));
    // Writing to memory does not fail.
    let _ = encoder.write_all(bytes);
    encoder.finish().unwrap_or_default()
}

/// Brotli at a quality from 0 to 11.
pub(crate) fn brotli(bytes: &[u8], quality: i32) -> Vec<u8> {
    let params = brotli::enc::BrotliEncoderParams { quality, ..Default::default() };
    let mut out = Vec::with_capacity(bytes.len() / 3);
    let _ = brotli::BrotliCompress(&mut &bytes[..], &mut out, &params);
    out
}

thread_local! {
    /// The state of a compressor is 300 KB: each thread keeps one.
    static FAST: RefCell<Compress> = RefCell::new(Compress::new(Compression::new(2), false));
}

/// Gzip for a page that is made for one reader: fast, without setting up a compressor each time.
pub(crate) fn gzip_fast(bytes: &[u8]) -> Option<Vec<u8>> {
    const HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 4, 255];
    let mut out = Vec::with_capacity(HEADER.len() + bytes.len() / 2 + 1024);
    out.extend_from_slice(&HEADER);
    FAST.with_borrow_mut(|deflate| {
        deflate.reset();
        loop {
            let done = usize::try_from(deflate.total_in()).ok()?;
            match deflate.compress_vec(&bytes[done..], &mut out, FlushCompress::Finish).ok()? {
                Status::StreamEnd => return Some(()),
                _ => out.reserve(bytes.len() / 2 + 1024),
            }
        }
    })?;
    let mut crc = Crc::new();
    crc.update(bytes);
    out.extend_from_slice(&crc.sum().to_le_bytes());
    out.extend_from_slice(&crc.amount().to_le_bytes());
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    #[test]
    fn web_03_what_is_compressed_opens_again() {
        let page = "Permiso de circulación ".repeat(5_000);
        for packed in [gzip(page.as_bytes(), 9), gzip_fast(page.as_bytes()).unwrap(), gzip_fast(b"").unwrap()]
        {
            let mut text = String::new();
            flate2::read::GzDecoder::new(&packed[..]).read_to_string(&mut text).unwrap();
            assert!(text == page || text.is_empty());
        }
        let mut text = Vec::new();
        brotli::BrotliDecompress(&mut &brotli(page.as_bytes(), 5)[..], &mut text).unwrap();
        assert_eq!(text, page.as_bytes());
    }

    #[test]
    fn web_03_the_reader_chooses_the_encoding() {
        let ask = |value: &'static str| {
            Encoding::accepted(&HeaderMap::from_iter([(
                header::ACCEPT_ENCODING,
                HeaderValue::from_static(value),
            )]))
        };
        assert_eq!(ask("gzip, deflate, br, zstd"), Encoding::Brotli);
        assert_eq!(ask("gzip;q=1.0, br;q=0"), Encoding::Gzip);
        assert_eq!(ask("identity"), Encoding::Plain);
    }
}
