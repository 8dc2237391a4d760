//! The little of POSIX tar (ustar) that an archive needs: plain files with their length.

use std::io::{Read, Write};

use copihue_core::Result;

use super::{refused, stream_error};

const BLOCK: usize = 512;

/// One file's name and length.
#[derive(PartialEq, Eq, Debug)]
pub(super) struct Entry {
    pub(super) path: String,
    pub(super) size: u64,
}

/// Writes a file's header; exactly `size` bytes must follow, then [`pad`].
pub(super) fn begin(out: &mut dyn Write, path: &str, size: u64) -> Result<()> {
    if path.len() > 100 || size >= 1 << 33 {
        return Err(refused(format_args!("{path} does not fit into the archive")));
    }
    let mut header = [0_u8; BLOCK];
    put(&mut header, 0, path);
    put(&mut header, 100, "0000644\0");
    put(&mut header, 108, "0000000\0");
    put(&mut header, 116, "0000000\0");
    put(&mut header, 124, &format!("{size:011o}\0"));
    put(&mut header, 136, "00000000000\0");
    put(&mut header, 148, "        ");
    put(&mut header, 156, "0");
    put(&mut header, 257, "ustar\x0000");
    let sum = checksum(&header);
    put(&mut header, 148, &format!("{sum:06o}\0 "));
    out.write_all(&header).map_err(stream_error)
}

/// Fills the last block of a file of `size` bytes.
pub(super) fn pad(out: &mut dyn Write, size: u64) -> Result<()> {
    out.write_all(&[0; BLOCK][..padding(size)]).map_err(stream_error)
}

/// A whole file.
pub(super) fn file(out: &mut dyn Write, path: &str, bytes: &[u8]) -> Result<()> {
    begin(out, path, bytes.len() as u64)?;
    out.write_all(bytes).map_err(stream_error)?;
    pad(out, bytes.len() as u64)
}

/// The end of the archive.
pub(super) fn end(out: &mut dyn Write) -> Result<()> {
    out.write_all(&[0; 2 * BLOCK]).and_then(|()| out.flush()).map_err(stream_error)
}

/// The next file's header, or `None` at the end.
pub(super) fn next(input: &mut dyn Read) -> Result<Option<Entry>> {
    let mut header = [0_u8; BLOCK];
    input.read_exact(&mut header).map_err(stream_error)?;
    if header.iter().all(|byte| *byte == 0) {
        return Ok(None);
    }
    let stored = octal(&header[148..156]);
    let size = octal(&header[124..136]);
    header[148..156].fill(b' ');
    let (Some(stored), Some(size)) = (stored, size) else { return Err(refused("not an archive")) };
    if stored != u64::from(checksum(&header)) {
        return Err(refused("a header of the archive is damaged"));
    }
    let name = header[..100].split(|byte| *byte == 0).next().unwrap_or(&[]);
    let path = String::from_utf8(name.to_vec()).map_err(refused)?;
    Ok(Some(Entry { path, size }))
}

/// The bytes between a file's end and the next header.
pub(super) fn skip_padding(input: &mut dyn Read, size: u64) -> Result<()> {
    input.read_exact(&mut [0; BLOCK][..padding(size)]).map_err(stream_error)
}

fn padding(size: u64) -> usize {
    let over = (size % BLOCK as u64) as usize;
    if over == 0 { 0 } else { BLOCK - over }
}

fn put(header: &mut [u8; BLOCK], at: usize, text: &str) {
    header[at..at + text.len()].copy_from_slice(text.as_bytes());
}

fn octal(field: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(field).ok()?;
    u64::from_str_radix(text.trim_matches(['\0', ' ']), 8).ok()
}

fn checksum(header: &[u8; BLOCK]) -> u32 {
    header.iter().map(|byte| u32::from(*byte)).sum()
}
