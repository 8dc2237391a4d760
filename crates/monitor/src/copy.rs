//! A copy of a log as static files: what any web server can hand out, and any other monitor read.
//!
//! Each file is written beside its place, forced to disk, and renamed; then its folder is forced to disk; the checkpoint
//! comes last. Whatever moment the power goes: the checkpoint that lies there has all its tiles.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use copihue_tlog::growth::Growth;
use copihue_tlog::tile::{TilePath, WIDTH, level_size};

use crate::state::replace;
use crate::trouble::Trouble;

/// Forcing a file to disk is mostly waiting: so many wait at once.
const THREADS: usize = 16;
/// Bytes that wait before they are put on disk, between two memories: 64 MiB.
const HEAVY: usize = 64 << 20;

/// A folder that becomes a copy.
#[derive(Clone, Debug)]
pub struct Copy {
    folder: PathBuf,
    waiting: Vec<(PathBuf, Vec<u8>)>,
    /// Bytes that wait.
    weight: usize,
}

impl Copy {
    /// Into this folder.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into(), waiting: Vec::new(), weight: 0 }
    }

    /// Whether so much waits that it should be put on disk now, whatever the log's entries weigh.
    pub(crate) fn is_heavy(&self) -> bool {
        self.weight >= HEAVY
    }

    /// Takes a tile or bundle; it lies there after [`flush`](Self::flush).
    pub(crate) fn add(&mut self, path: TilePath, bytes: Vec<u8>) {
        self.weight += bytes.len();
        self.waiting.push((self.folder.join(path.to_string()), bytes));
    }

    /// Puts what was taken on disk.
    pub(crate) async fn flush(&mut self) -> Result<(), Trouble> {
        let files = std::mem::take(&mut self.waiting);
        self.weight = 0;
        let written = tokio::task::spawn_blocking(move || write_all(&files)).await.map_err(Trouble::state)?;
        written.map_err(Trouble::state)
    }

    /// The tiles that are begun, then the checkpoint; what only an earlier and smaller one needed goes.
    pub(crate) async fn finish(&mut self, tree: &Growth, note: &str, before: u64) -> Result<(), Trouble> {
        for (level, n, hashes) in tree.begun() {
            let width = (hashes.len() / 32) as u16;
            self.add(TilePath::Hashes { level, n, width }, hashes.to_vec());
        }
        self.flush().await?;
        self.refresh(note)?;
        self.drop_partial(before, tree.size()).map_err(|e| self.failed(&e))
    }

    /// The checkpoint alone: the same tree with newer signatures.
    pub(crate) fn refresh(&self, note: &str) -> Result<(), Trouble> {
        replace(&self.folder.join("checkpoint"), note.as_bytes()).map_err(|e| self.failed(&e))
    }

    fn failed(&self, e: &std::io::Error) -> Trouble {
        Trouble::state(format_args!("{}: {e}", self.folder.display()))
    }

    /// Partial tiles may go once the full one is there.
    fn drop_partial(&self, before: u64, now: u64) -> std::io::Result<()> {
        for level in 0..8 {
            let (n, begun) = (level_size(before, level) / WIDTH, level_size(before, level) % WIDTH);
            if begun == 0 || level_size(now, level) / WIDTH <= n {
                continue;
            }
            let width = WIDTH as u16;
            let bundle = (level == 0).then_some(TilePath::Entries { n, width });
            for full in bundle.into_iter().chain([TilePath::Hashes { level, n, width }]) {
                let folder = self.folder.join(format!("{full}.p"));
                if folder.is_dir() {
                    std::fs::remove_dir_all(folder)?;
                }
            }
        }
        Ok(())
    }
}

fn write_all(files: &[(PathBuf, Vec<u8>)]) -> std::io::Result<()> {
    let folders: BTreeSet<&Path> = files.iter().filter_map(|(path, _)| path.parent()).collect();
    for folder in &folders {
        std::fs::create_dir_all(folder)?;
    }
    each(files, |(path, bytes)| {
        let partial = path.with_extension("part");
        let mut out = File::create(&partial)?;
        out.write_all(bytes)?;
        out.sync_all()?;
        std::fs::rename(&partial, path)
    })?;
    let folders: Vec<&Path> = folders.into_iter().collect();
    each(&folders, |folder| File::open(folder)?.sync_all())
}

/// Does it with each, many at once; answers the first failure.
fn each<T: Sync>(all: &[T], work: impl Fn(&T) -> std::io::Result<()> + Sync) -> std::io::Result<()> {
    let share = all.len().div_ceil(THREADS).max(1);
    std::thread::scope(|scope| {
        let workers: Vec<_> =
            all.chunks(share).map(|part| scope.spawn(|| part.iter().try_for_each(&work))).collect();
        workers.into_iter().try_for_each(|worker| {
            worker.join().unwrap_or_else(|_| Err(std::io::Error::other("a writing thread panicked")))
        })
    })
}
