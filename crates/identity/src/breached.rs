//! Passwords that are known from breaches (§3.3, H8), in a file that is looked into and never loaded: a look-up reads two places of it, some
//! hundred bytes, however many passwords it holds.
//!
//! The file is made from the SHA-1 list «Pwned Passwords», ordered by hash. It keeps no hash whole: the first bits of one say in which
//! bucket it lies, the next 24 are kept there. Layout, integers little endian: `COPBRCH1`; bits of a bucket's number and the count of
//! entries, eight bytes each; where each bucket begins and the last one ends, four bytes each; three bytes an entry, big endian, ascending
//! within its bucket. A thousand million passwords take 3.03 GB; a password that is not among them is refused wrongly seven times in a
//! million ([`Breached::false_positives`]).

use std::fs::File;
use std::io::{BufRead, BufWriter, Seek, SeekFrom, Write};
use std::os::unix::fs::FileExt;
use std::path::Path;

use aws_lc_rs::digest;
use copihue_core::{Error, Result};
use unicode_normalization::UnicodeNormalization;

const MAGIC: &[u8; 8] = b"COPBRCH1";
const HEADER: u64 = 24;
/// Bytes of an entry.
const ENTRY: u64 = 3;
/// Bits of a bucket's number: at most 64 MB of index.
const BITS: std::ops::RangeInclusive<u32> = 4..=24;
/// Entries that a bucket is meant to hold.
const MEANT: u64 = 64;
/// Most entries of a bucket: hashes are even, so more is no list of hashes.
const MOST: u64 = 1 << 16;
/// Bytes of a line of the list: forty of hash, a colon, a count, the ends.
const LINE: u64 = 44;

/// A list of breached passwords on disk.
#[derive(Debug)]
pub struct Breached {
    file: File,
    bits: u32,
    count: u64,
}

/// What was built.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Built {
    /// Passwords in the list.
    pub count: u64,
    /// Bytes of the file.
    pub bytes: u64,
    /// Share of other passwords that are refused wrongly.
    pub false_positives: f64,
}

fn unreadable(e: &std::io::Error) -> Error {
    Error::unavailable(format_args!("list of breached passwords: {e}"))
}

fn malformed(what: impl std::fmt::Display) -> Error {
    Error::invalid("lista_de_claves", format!("La lista de claves filtradas no se puede usar: {what}."))
}

/// Bucket and entry of a hash's first eight bytes.
const fn place(head: u64, bits: u32) -> (u64, u32) {
    (head >> (64 - bits), ((head << bits) >> 40) as u32)
}

fn index_bytes(bits: u32) -> u64 {
    ((1_u64 << bits) + 1) * 4
}

#[expect(clippy::cast_precision_loss, reason = "a rate that people read")]
fn rate(count: u64, bits: u32) -> f64 {
    count as f64 / (1_u64 << (bits + 24)) as f64
}

impl Breached {
    /// Opens a file that [`build`] made.
    ///
    /// # Errors
    /// `lista_de_claves` for another file or half of one; unavailable when it can't be read.
    pub fn open(path: &Path) -> Result<Self> {
        let file = File::open(path).map_err(|e| malformed(format_args!("{}: {e}", path.display())))?;
        let length = file.metadata().map_err(|e| unreadable(&e))?.len();
        let mut header = [0; HEADER as usize];
        file.read_exact_at(&mut header, 0).map_err(|_| malformed("es demasiado corta"))?;
        let (magic, rest) = header.split_at(8);
        let (bits, count) = rest.split_at(8);
        let number = |bytes: &[u8]| bytes.try_into().map(u64::from_le_bytes).unwrap_or_default();
        let (bits, count) = (u32::try_from(number(bits)).unwrap_or_default(), number(count));
        if magic != MAGIC || !BITS.contains(&bits) || count > u64::from(u32::MAX) {
            return Err(malformed("no la hizo «copihue identity breached build»"));
        }
        if length != HEADER + index_bytes(bits) + count * ENTRY {
            return Err(malformed("está incompleta"));
        }
        Ok(Self { file, bits, count })
    }

    /// How many passwords it holds.
    #[must_use]
    pub const fn count(&self) -> u64 {
        self.count
    }

    /// The share of passwords that are not in it and are refused all the same.
    #[must_use]
    pub fn false_positives(&self) -> f64 {
        rate(self.count, self.bits)
    }

    /// Whether a password is in it. Reads the disk: not for the threads that serve.
    ///
    /// # Errors
    /// Unavailable when the file can't be read any more; `lista_de_claves` when it contradicts itself.
    pub fn has(&self, password: &str) -> Result<bool> {
        let normal: String = password.nfc().collect();
        // The list's own hash: it guards nothing here.
        let hash = digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, normal.as_bytes());
        let head = hash.as_ref().first_chunk().copied().map(u64::from_be_bytes).unwrap_or_default();
        let (bucket, entry) = place(head, self.bits);
        let mut ends = [0; 8];
        self.file.read_exact_at(&mut ends, HEADER + bucket * 4).map_err(|e| unreadable(&e))?;
        let [a, b, c, d, e, f, g, h] = ends;
        let (from, to) =
            (u64::from(u32::from_le_bytes([a, b, c, d])), u64::from(u32::from_le_bytes([e, f, g, h])));
        let held = to.checked_sub(from).filter(|held| *held <= MOST && to <= self.count);
        let held = held.ok_or_else(|| malformed("se contradice"))?;
        let mut entries = vec![0; usize::try_from(held * ENTRY).unwrap_or_default()];
        let at = HEADER + index_bytes(self.bits) + from * ENTRY;
        self.file.read_exact_at(&mut entries, at).map_err(|e| unreadable(&e))?;
        let wanted = entry.to_be_bytes();
        Ok(entries.chunks_exact(3).any(|one| one == &wanted[1..]))
    }
}

/// Makes the file `out` of the list `list`, of `length` bytes: lines `HASH` or `HASH:COUNT` in the order of their hashes, forty hexadecimal
/// digits. Those seen fewer than `least` times are left out. Needs 64 MB of memory at most, however long the list.
///
/// # Errors
/// `lista_de_claves` with the line that is out of order or no hash; unavailable when a file can't be read or written.
pub fn build(list: impl BufRead, length: u64, out: &Path, least: u64) -> Result<Built> {
    let meant = (length / LINE / MEANT).max(1).ilog2();
    let bits = meant.clamp(*BITS.start(), *BITS.end());
    let part = out.with_extension("part");
    let file = File::create(&part).map_err(|e| unreadable(&e))?;
    let count = fill(list, &file, bits, least)?;
    file.sync_all().and_then(|()| std::fs::rename(&part, out)).map_err(|e| unreadable(&e))?;
    let bytes = HEADER + index_bytes(bits) + count * ENTRY;
    Ok(Built { count, bytes, false_positives: rate(count, bits) })
}

fn fill(list: impl BufRead, file: &File, bits: u32, least: u64) -> Result<u64> {
    let mut writer = BufWriter::with_capacity(1 << 20, file);
    let mut index: Vec<u32> = Vec::new();
    let (mut last, mut before, mut count) = (None, 0, 0_u32);
    writer.seek(SeekFrom::Start(HEADER + index_bytes(bits))).map_err(|e| unreadable(&e))?;
    for (number, line) in list.lines().enumerate() {
        let line = line.map_err(|e| unreadable(&e))?;
        let wrong = || malformed(format_args!("línea {}", number + 1));
        let Some((head, seen)) = read(&line).ok_or_else(wrong)? else { continue };
        if head < before {
            return Err(malformed(format_args!("la línea {} no sigue el orden de los hash", number + 1)));
        }
        before = head;
        let at = place(head, bits);
        if seen < least || last == Some(at) {
            continue;
        }
        last = Some(at);
        let bucket = usize::try_from(at.0).unwrap_or_default();
        index.resize(index.len().max(bucket + 1), count);
        writer.write_all(&at.1.to_be_bytes()[1..]).map_err(|e| unreadable(&e))?;
        count = count.checked_add(1).ok_or_else(|| malformed("es demasiado larga"))?;
    }
    let buckets = usize::try_from(1_u64 << bits).unwrap_or_default();
    index.resize(buckets + 1, count);
    let head = |writer: &mut BufWriter<&File>| {
        writer.seek(SeekFrom::Start(0))?;
        writer.write_all(MAGIC)?;
        writer.write_all(&u64::from(bits).to_le_bytes())?;
        writer.write_all(&u64::from(count).to_le_bytes())?;
        index.iter().try_for_each(|begins| writer.write_all(&begins.to_le_bytes()))?;
        writer.flush()
    };
    head(&mut writer).map_err(|e| unreadable(&e))?;
    Ok(count.into())
}

/// The first eight bytes of a line's hash and how often it was seen; nothing on an empty line.
#[expect(clippy::option_option, reason = "no hash, no line, a hash")]
fn read(line: &str) -> Option<Option<(u64, u64)>> {
    let line = line.trim_end().trim_start_matches('\u{feff}');
    if line.is_empty() {
        return Some(None);
    }
    let (hash, seen) = line.split_once(':').unwrap_or((line, "1"));
    let hex = hash.len() == 40 && hash.bytes().all(|b| b.is_ascii_hexdigit());
    let head = u64::from_str_radix(hash.get(..16)?, 16).ok()?;
    hex.then_some(Some((head, seen.parse().ok()?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sha1(text: &str) -> String {
        hex::encode_upper(digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, text.as_bytes()).as_ref())
    }

    /// A list of these passwords, the n-th seen n times.
    fn list(passwords: &[String]) -> String {
        let mut lines: Vec<String> =
            passwords.iter().enumerate().map(|(n, p)| format!("{}:{}\r\n", sha1(p), n + 1)).collect();
        lines.sort();
        lines.concat()
    }

    fn made(text: &str, least: u64) -> (tempfile::TempDir, Result<Built>) {
        let folder = tempfile::tempdir().unwrap();
        let built = build(text.as_bytes(), text.len() as u64, &folder.path().join("claves.bin"), least);
        (folder, built)
    }

    #[test]
    fn h08_every_password_of_the_list_is_found_and_hardly_another() {
        let passwords: Vec<String> = (0..20_000).map(|n| format!("clave número {n}")).collect();
        let (folder, built) = made(&list(&passwords), 1);
        let built = built.unwrap();
        assert_eq!(built.count, 20_000);
        let breached = Breached::open(&folder.path().join("claves.bin")).unwrap();
        assert_eq!(built.bytes, std::fs::metadata(folder.path().join("claves.bin")).unwrap().len());
        assert!(passwords.iter().all(|p| breached.has(p).unwrap()));
        // The same letters, composed otherwise.
        assert!(breached.has("clave nu\u{301}mero 7").unwrap());
        let wrong = (0..100_000).filter(|n| breached.has(&format!("otra {n}")).unwrap()).count();
        // 20,000 among 2^32: one in two hundred thousand.
        assert!(built.false_positives < 1e-5 && wrong <= 5, "{wrong} {}", built.false_positives);
        assert!((breached.false_positives() - built.false_positives).abs() < 1e-12);
    }

    #[test]
    fn h08_a_list_of_a_thousand_million_stays_small_and_exact() {
        // What the documentation says of the whole list.
        let bits = (1_000_000_000_u64 * LINE / LINE / MEANT).ilog2();
        assert_eq!(bits, 23);
        assert!((rate(1_000_000_000, bits) - 7.1e-6).abs() < 1e-7);
        assert_eq!((HEADER + index_bytes(bits) + 1_000_000_000 * ENTRY) / 10_000_000, 303);
    }

    #[test]
    fn h08_rarely_seen_ones_can_be_left_out_and_disorder_is_told() {
        let passwords: Vec<String> = (0..10).map(|n| format!("clave {n}")).collect();
        let (folder, built) = made(&list(&passwords), 5);
        assert_eq!(built.unwrap().count, 6);
        let breached = Breached::open(&folder.path().join("claves.bin")).unwrap();
        assert!(!breached.has("clave 3").unwrap() && breached.has("clave 4").unwrap());
        let good = list(&passwords);
        let mut lines: Vec<&str> = good.lines().collect();
        lines.swap(3, 7);
        for bad in [lines.join("\n"), "no es un hash\n".into(), format!("{}:x\n", sha1("a")), "á".repeat(40)]
        {
            let (folder, built) = made(&bad, 1);
            assert_eq!(built.unwrap_err().code(), "lista_de_claves", "{bad}");
            assert!(!folder.path().join("claves.bin").exists(), "a half list is none");
        }
    }

    #[test]
    fn h08_a_file_that_is_no_list_or_half_of_one_is_refused() {
        let (folder, _) = made(&list(&["una".into(), "dos".into()]), 1);
        let path = folder.path().join("claves.bin");
        let good = std::fs::read(&path).unwrap();
        for bad in [&good[..good.len() - 1], &good[..10], b"", b"COPBRCH1 and more than twenty-four bytes"] {
            std::fs::write(&path, bad).unwrap();
            assert!(Breached::open(&path).is_err());
        }
        assert!(Breached::open(&folder.path().join("nada")).is_err());
        let mut torn = good;
        let index = usize::try_from(HEADER).unwrap();
        torn[index..index + 64].fill(0xff);
        std::fs::write(&path, torn).unwrap();
        let breached = Breached::open(&path).unwrap();
        assert!((0..100).any(|n| breached.has(&n.to_string()).is_err()), "never more than a bucket is read");
    }
}
