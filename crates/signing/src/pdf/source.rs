//! Where a PDF's bytes come from: memory, or a file that is read only where it is asked for.

use std::borrow::Cow;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

use super::parser::Parser;
use super::{PdfError, PdfResult};

/// What is read of a file at first, to parse something there: more than most objects take.
const WINDOW: usize = 4 << 10;
/// An object of a file that takes more is refused.
const MAX_WINDOW: usize = 64 << 20;
/// What is handed on of a file at once.
const CHUNK: usize = 256 << 10;

/// Bytes, all of them within reach.
pub(crate) trait Source {
    /// How many there are.
    fn length(&self) -> usize;

    /// What stands at `at`: up to the end where all is in memory, else `most` bytes, or fewer at the end.
    fn window(&self, at: usize, most: usize) -> PdfResult<Cow<'_, [u8]>>;
}

impl Source for [u8] {
    fn length(&self) -> usize {
        self.len()
    }

    fn window(&self, at: usize, _: usize) -> PdfResult<Cow<'_, [u8]>> {
        Ok(Cow::Borrowed(self.get(at..).unwrap_or_default()))
    }
}

/// A file. It must not change meanwhile.
pub(crate) struct FileSource {
    file: File,
    length: usize,
}

impl FileSource {
    pub(crate) fn new(file: File) -> PdfResult<Self> {
        let length = file.metadata().map_err(|_| UNREADABLE)?.len();
        Ok(Self { file, length: usize::try_from(length).map_err(|_| PdfError::Limit("size"))? })
    }

    fn read(&self, at: usize, bytes: &mut [u8]) -> PdfResult<()> {
        self.file.read_exact_at(bytes, at as u64).map_err(|_| UNREADABLE)
    }

    /// Hands all of it on, piece by piece.
    pub(crate) fn each(&self, mut take: impl FnMut(&[u8]) -> io::Result<()>) -> PdfResult<()> {
        let (mut chunk, mut at) = (vec![0; CHUNK.min(self.length)], 0);
        while at < self.length {
            let part = CHUNK.min(self.length - at);
            self.read(at, &mut chunk[..part])?;
            take(&chunk[..part]).map_err(|_| UNREADABLE)?;
            at += part;
        }
        Ok(())
    }
}

const UNREADABLE: PdfError = PdfError::Broken("file");

impl Source for FileSource {
    fn length(&self) -> usize {
        self.length
    }

    fn window(&self, at: usize, most: usize) -> PdfResult<Cow<'_, [u8]>> {
        let mut bytes = vec![0; most.min(self.length.saturating_sub(at))];
        self.read(at, &mut bytes)?;
        Ok(Cow::Owned(bytes))
    }
}

/// Parses what stands at `at`; places that the parser tells count from there. What reaches the end of what was read is
/// parsed again from more.
pub(super) fn parse<S: Source + ?Sized, T>(
    data: &S,
    at: usize,
    read: impl Fn(&mut Parser<'_>) -> PdfResult<T>,
) -> PdfResult<T> {
    let mut most = WINDOW;
    loop {
        let bytes = data.window(at, most)?;
        let mut parser = Parser::new(&bytes, 0);
        let parsed = read(&mut parser);
        if bytes.len() >= data.length().saturating_sub(at) || !parser.met_end() {
            return parsed;
        }
        if most >= MAX_WINDOW {
            return Err(PdfError::Limit("object size"));
        }
        most *= 8;
    }
}

/// Exactly the bytes from `start` to `end`.
pub(super) fn exact<S: Source + ?Sized>(data: &S, start: usize, end: usize) -> PdfResult<Cow<'_, [u8]>> {
    let length = end.checked_sub(start).filter(|_| end <= data.length()).ok_or(PdfError::Broken("stream"))?;
    if length > MAX_WINDOW {
        return Err(PdfError::Limit("stream size"));
    }
    Ok(match data.window(start, length)? {
        Cow::Borrowed(bytes) => Cow::Borrowed(&bytes[..length]),
        owned @ Cow::Owned(_) => owned,
    })
}
