//! The ZIP of a container, read whole and strictly: what another program would unpack is exactly what is judged.

use std::collections::BTreeSet;
use std::io::{Cursor, Read};

use zip::{CompressionMethod, ZipArchive};

use crate::ades::is_name;
use crate::verify::detect::Kind;
use crate::verify::file::Given;

/// More files than a container is for.
const MOST_FILES: usize = 1_000;
/// All of them, unpacked, are in memory while they are judged.
const MOST_BYTES: u64 = 256 << 20;
/// No text packs better than this; a bomb does.
const MOST_TIMES: u64 = 400;
/// Below this a file may pack as well as it likes.
const SMALL: u64 = 1 << 20;
const MIMETYPE: &str = "mimetype";
const META: &str = "META-INF/";

/// The kind that the first file of a ZIP says, where it is stored as it must be.
pub(in crate::verify) fn kind(bytes: &[u8]) -> Option<Kind> {
    const NAME_AT: usize = 30;
    let head = bytes.strip_prefix(b"PK\x03\x04")?;
    let stored = head.get(4..6)? == [0, 0];
    let name = bytes.get(NAME_AT..NAME_AT + MIMETYPE.len())?;
    let (name_length, extra) = (bytes.get(26..28)?, bytes.get(28..30)?);
    if !stored || name != MIMETYPE.as_bytes() || name_length != [8, 0] {
        return None;
    }
    let at = NAME_AT + MIMETYPE.len() + usize::from(u16::from_le_bytes([extra[0], extra[1]]));
    let says = |text: &[u8]| bytes.get(at..).is_some_and(|rest| rest.starts_with(text));
    if says(b"application/vnd.etsi.asic-s+zip") {
        Some(Kind::AsicS)
    } else {
        says(b"application/vnd.etsi.asic-e+zip").then_some(Kind::AsicE)
    }
}

/// The files of a container by their names.
pub(super) struct Package(Vec<(String, Vec<u8>)>);

impl Package {
    /// Unpacks.
    ///
    /// # Errors
    /// What is wrong with it, for a technician.
    pub(super) fn open(bytes: &[u8]) -> Result<Self, &'static str> {
        let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(|_| "not a ZIP that can be read")?;
        if zip.len() > MOST_FILES {
            return Err("more files than a container is for");
        }
        // Two programs may take different files for those of one name, or of one place.
        if zip.has_duplicate_names() || zip.has_overlapping_entries().map_err(|_| "a broken ZIP")? {
            return Err("two files in one place or of one name");
        }
        if zip.offset() != 0 || zip.validate_header_consistency().is_err() {
            return Err("a ZIP that says two things of its files");
        }
        let (mut files, mut names, mut left) = (Vec::new(), BTreeSet::new(), MOST_BYTES);
        for n in 0..zip.len() {
            let mut file = zip.by_index(n).map_err(|_| "a file that can't be unpacked")?;
            let name = file.name().map_err(|_| "a name that can't be read")?.into_owned();
            let plain = name.strip_suffix('/').unwrap_or(&name);
            let inner = plain.strip_prefix(META).unwrap_or(plain);
            let is_own = plain == MIMETYPE || plain == META.trim_end_matches('/');
            if !is_own && !is_name(inner) || !names.insert(name.to_lowercase()) {
                return Err("a name that leads elsewhere, or that another file has");
            }
            if name == MIMETYPE && (n != 0 || file.compression() != CompressionMethod::Stored) {
                return Err("its type is not said first and plainly");
            }
            if file.encrypted() || file.is_symlink() {
                return Err("a file that is encrypted, or leads elsewhere");
            }
            let most = left.min(file.compressed_size().saturating_mul(MOST_TIMES).max(SMALL));
            let mut content = Vec::new();
            (&mut file)
                .take(most + 1)
                .read_to_end(&mut content)
                .map_err(|_| "a file that can't be unpacked")?;
            let size = content.len() as u64;
            if size > most {
                return Err("it unpacks to more than is judged");
            }
            left -= size;
            if !name.ends_with('/') {
                files.push((name, content));
            } else if size > 0 {
                return Err("a folder with content");
            }
        }
        Ok(Self(files))
    }

    fn all(&self) -> impl Iterator<Item = Given<'_>> {
        self.0.iter().map(|(name, bytes)| Given { name, bytes })
    }

    /// What is signed, or should be.
    pub(super) fn data(&self) -> impl Iterator<Item = Given<'_>> {
        self.all().filter(|f| f.name != MIMETYPE && !f.name.starts_with(META))
    }

    /// Signatures, manifests and proofs.
    pub(super) fn meta(&self) -> impl Iterator<Item = Given<'_>> {
        self.all().filter(|f| f.name.starts_with(META))
    }

    pub(super) fn bytes(&self, name: &str) -> Option<&[u8]> {
        self.0.iter().find(|(n, _)| n == name).map(|(_, bytes)| bytes.as_slice())
    }
}
