//! Files of large blobs: `folder/ab/cd/<sha256>`.

use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_lc_rs::digest;
use copihue_core::{Error, Result, SystemRandom, Timestamp, random};

use super::BlobRef;

/// A file in the folder: a blob's, or one that was never finished.
pub(super) struct Found {
    pub(super) path: PathBuf,
    pub(super) sha256: Option<[u8; 32]>,
}

pub(crate) fn path(folder: &Path, sha256: &[u8; 32]) -> PathBuf {
    let name = hex::encode(sha256);
    folder.join(&name[..2]).join(&name[2..4]).join(name)
}

/// Writes bytes whose hash is known. When this returns they are durable.
pub(crate) fn keep(folder: &Path, blob: &BlobRef, bytes: &[u8]) -> Result<()> {
    let target = path(folder, &blob.sha256);
    if still_there(&target, blob.size)? {
        return sync_folders(&target, folder);
    }
    let kept = Incoming::begin(folder)?.with(bytes)?.keep(folder)?;
    if kept.sha256 != blob.sha256 {
        return Err(Error::internal("the bytes do not have the hash they were said to have"));
    }
    Ok(())
}

/// A file that is being written.
pub(crate) struct Incoming {
    file: Option<File>,
    path: PathBuf,
    hash: digest::Context,
    size: u64,
}

impl Incoming {
    pub(crate) fn begin(folder: &Path) -> Result<Self> {
        if !folder.exists() {
            fs::create_dir_all(folder).map_err(disk)?;
            folder.parent().filter(|parent| parent.exists()).map_or(Ok(()), sync_folder)?;
        }
        let path = folder.join(format!(".{}", hex::encode(random::bytes::<16>(&SystemRandom))));
        let file = File::options().write(true).create_new(true).open(&path).map_err(disk)?;
        Ok(Self { file: Some(file), path, hash: digest::Context::new(&digest::SHA256), size: 0 })
    }

    pub(crate) fn with(mut self, bytes: &[u8]) -> Result<Self> {
        if let Some(file) = &mut self.file {
            file.write_all(bytes).map_err(disk)?;
        }
        self.hash.update(bytes);
        self.size += bytes.len() as u64;
        Ok(self)
    }

    /// Gives the file its name for ever.
    pub(crate) fn keep(mut self, folder: &Path) -> Result<BlobRef> {
        let mut sha256 = [0; 32];
        sha256.copy_from_slice(self.hash.clone().finish().as_ref());
        let blob = BlobRef { sha256, size: self.size };
        let target = path(folder, &sha256);
        if still_there(&target, blob.size)? {
            sync_folders(&target, folder)?;
            return Ok(blob);
        }
        if let Some(file) = self.file.take() {
            file.sync_all().map_err(disk)?;
        }
        let inner = target.parent().unwrap_or(folder);
        fs::create_dir_all(inner).map_err(disk)?;
        fs::rename(&self.path, &target).map_err(disk)?;
        sync_folders(&target, folder)?;
        Ok(blob)
    }
}

/// Makes the file's name durable, also when another one has just given it and not come so far yet.
fn sync_folders(file: &Path, folder: &Path) -> Result<()> {
    for place in file.ancestors().skip(1).take_while(|place| place.starts_with(folder)) {
        sync_folder(place)?;
    }
    Ok(())
}

fn sync_folder(place: &Path) -> Result<()> {
    File::open(place).and_then(|place| place.sync_all()).map_err(disk)
}

/// What was not given its name is of no use.
impl Drop for Incoming {
    fn drop(&mut self) {
        if fs::remove_file(&self.path).is_err_and(|e| e.kind() != ErrorKind::NotFound) {
            tracing::warn!("an unfinished blob file stays until it is swept");
        }
    }
}

/// Whether the file is there already; then it is made young, so that no sweep takes it before its row comes.
///
/// A file of another length was damaged by the disk: it is written anew.
fn still_there(path: &Path, size: u64) -> Result<bool> {
    let file = match File::options().append(true).open(path) {
        Ok(file) => file,
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(false),
        Err(e) => return Err(disk(e)),
    };
    if file.metadata().map_err(disk)?.len() != size {
        return Ok(false);
    }
    #[expect(
        clippy::disallowed_methods,
        reason = "compared with file times, which the machine's clock makes"
    )]
    file.set_modified(SystemTime::now()).map_err(disk)?;
    // A sweep may have moved it away just before: then it must be written again.
    Ok(path.exists())
}

/// Every file last touched before `before`.
pub(super) fn older_than(folder: &Path, before: Timestamp) -> Result<Vec<Found>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(e) if e.kind() == ErrorKind::NotFound => continue,
            Err(e) => return Err(disk(e)),
        };
        for entry in entries {
            let entry = entry.map_err(disk)?;
            let path = entry.path();
            if entry.file_type().map_err(disk)?.is_dir() {
                folders.push(path);
            } else if is_older(&path, before)? {
                let name = entry.file_name();
                let sha256 = name.to_str().and_then(|name| hex::decode(name).ok());
                found.push(Found { path, sha256: sha256.and_then(|bytes| bytes.try_into().ok()) });
            }
        }
    }
    Ok(found)
}

fn is_older(path: &Path, before: Timestamp) -> Result<bool> {
    let limit = UNIX_EPOCH + Duration::from_millis(u64::try_from(before.millis()).unwrap_or(0));
    match fs::metadata(path) {
        Ok(metadata) => Ok(metadata.modified().map_err(disk)? < limit),
        Err(e) if e.kind() == ErrorKind::NotFound => Ok(false),
        Err(e) => Err(disk(e)),
    }
}

/// Removes a file, unless somebody staged the same bytes again meanwhile.
///
/// It is moved away first: who stages the bytes from then on writes them anew, and who did before has made
/// the file young, and it goes back.
pub(super) fn remove_old(path: &Path, before: Timestamp) -> Result<bool> {
    let aside = path.with_extension("swept");
    match fs::rename(path, &aside) {
        Ok(()) => {}
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(false),
        Err(e) => return Err(disk(e)),
    }
    let old = is_older(&aside, before)?;
    if !old && let Err(e) = fs::hard_link(&aside, path) {
        // Already written anew: that one is as good.
        if e.kind() != ErrorKind::AlreadyExists {
            return Err(disk(e));
        }
    }
    fs::remove_file(&aside).map_err(disk)?;
    Ok(old)
}

pub(super) fn disk(e: std::io::Error) -> Error {
    match e.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Error::unavailable("blobs: the disk is full"),
        _ => Error::internal(format_args!("blobs: {e}")),
    }
}
