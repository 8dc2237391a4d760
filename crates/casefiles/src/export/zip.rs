//! Writes a ZIP as a stream: stored, with sizes and sums before each file, so that any reader takes it in order.

use copihue_core::Timestamp;

/// What a file of the ZIP is called, and how long it is.
pub(crate) type Sized<'a> = (&'a str, u64);

const LOCAL: u32 = 0x0403_4b50;
const CENTRAL: u32 = 0x0201_4b50;
const END: u32 = 0x0605_4b50;
/// Names are UTF-8.
const UTF8: u16 = 1 << 11;
/// 2.0; made on a system with Unix modes.
const VERSION: u16 = 20;
const MADE_BY: u16 = 3 << 8 | VERSION;
/// An ordinary file that its owner may change and others read.
const MODE: u32 = 0o100_644 << 16;

/// How long the whole ZIP will be.
pub(crate) fn length<'a>(files: impl IntoIterator<Item = Sized<'a>>) -> u64 {
    files.into_iter().map(|(name, size)| 30 + 46 + 2 * name.len() as u64 + size).sum::<u64>() + 22
}

/// A ZIP under way. The caller writes what [`file`](Self::file) answers, then the file's bytes; at the end
/// [`finish`](Self::finish). Below 4 GiB and 65,535 files in all.
pub(crate) struct Writer {
    directory: Vec<u8>,
    offset: u32,
    count: u16,
    /// Time and day as DOS wrote them, in UTC.
    stamp: (u16, u16),
}

impl Writer {
    pub(crate) fn new(at: Timestamp) -> Self {
        let t = jiff::Timestamp::from(at).to_zoned(jiff::tz::TimeZone::UTC).datetime();
        let year = u16::try_from(t.year()).unwrap_or(1980).saturating_sub(1980).min(127);
        let part = |n: i8| u16::try_from(n).unwrap_or_default();
        let day = year << 9 | part(t.month()) << 5 | part(t.day());
        let time = part(t.hour()) << 11 | part(t.minute()) << 5 | (part(t.second()) / 2);
        Self { directory: Vec::new(), offset: 0, count: 0, stamp: (time, day) }
    }

    /// What stands before a file's bytes.
    pub(crate) fn file(&mut self, name: &str, bytes: &[u8]) -> Vec<u8> {
        let mut facts = Vec::with_capacity(26 + name.len());
        for short in [VERSION, UTF8, 0, self.stamp.0, self.stamp.1] {
            facts.extend_from_slice(&short.to_le_bytes());
        }
        let size = bytes.len() as u32;
        for long in [crc32fast::hash(bytes), size, size] {
            facts.extend_from_slice(&long.to_le_bytes());
        }
        for short in [name.len() as u16, 0] {
            facts.extend_from_slice(&short.to_le_bytes());
        }
        let header = [&LOCAL.to_le_bytes()[..], &facts, name.as_bytes()].concat();
        self.directory.extend_from_slice(&CENTRAL.to_le_bytes());
        self.directory.extend_from_slice(&MADE_BY.to_le_bytes());
        self.directory.extend_from_slice(&facts);
        // No comment, first disk, no attributes of a text.
        self.directory.extend_from_slice(&[0; 6]);
        self.directory.extend_from_slice(&MODE.to_le_bytes());
        self.directory.extend_from_slice(&self.offset.to_le_bytes());
        self.directory.extend_from_slice(name.as_bytes());
        self.offset += header.len() as u32 + size;
        self.count += 1;
        header
    }

    /// The list of all files.
    pub(crate) fn finish(self) -> Vec<u8> {
        let mut end = self.directory;
        let size = end.len() as u32;
        end.extend_from_slice(&END.to_le_bytes());
        for short in [0, 0, self.count, self.count] {
            end.extend_from_slice(&short.to_le_bytes());
        }
        for long in [size, self.offset] {
            end.extend_from_slice(&long.to_le_bytes());
        }
        end.extend_from_slice(&[0; 2]);
        end
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Read};

    use super::*;

    #[test]
    fn exp_52_another_reader_finds_every_file_as_it_was() {
        let files: [(&str, &[u8]); 3] =
            [("a/índice.json", b"{}"), ("a/vacío", b""), ("a/ñandú.pdf", &[7; 70_000])];
        let mut writer = Writer::new(Timestamp::parse("2026-11-21T20:15:07Z").unwrap_or_default());
        let mut all = Vec::new();
        for (name, bytes) in files {
            all.extend(writer.file(name, bytes));
            all.extend_from_slice(bytes);
        }
        all.extend(writer.finish());
        assert_eq!(all.len() as u64, length(files.map(|(name, bytes)| (name, bytes.len() as u64))));
        let mut read = ::zip::ZipArchive::new(Cursor::new(all)).expect("a ZIP");
        assert_eq!(read.len(), 3);
        for (i, (name, bytes)) in files.into_iter().enumerate() {
            let mut file = read.by_index(i).expect("a file");
            let mut found = Vec::new();
            file.read_to_end(&mut found).expect("its bytes");
            let called = file.name().expect("a name").into_owned();
            assert_eq!((called.as_str(), found.as_slice()), (name, bytes));
            assert_eq!(file.last_modified().map(|t| (t.year(), t.second())), Some((2026, 6)));
        }
    }
}
