//! A log as static files, made here: honest, or as an attacker would have it.

use std::path::Path;

use copihue_monitor::{Copy, Folder, Follower, News, Source, State, Trouble};
use copihue_tlog::checkpoint::Checkpoint;
use copihue_tlog::growth::Growth;
use copihue_tlog::merkle::leaf_hash;
use copihue_tlog::note::{Algorithm, Signer};
use copihue_tlog::policy::Policy;
use copihue_tlog::tile::{TilePath, WIDTH, bundled};

pub(crate) const ORIGIN: &str = "bitacora.example.cl/interop";

pub(crate) fn signer() -> Signer {
    Signer::new(ORIGIN, Algorithm::Ed25519, &[0x40; 32]).unwrap()
}

pub(crate) fn policy() -> Policy {
    Policy::of_logs(vec![signer().verifier().clone()])
}

pub(crate) fn numbered(n: u64) -> Vec<u8> {
    format!("{{\"n\":{n}}}").into_bytes()
}

pub(crate) fn write(folder: &Path, path: &str, bytes: &[u8]) {
    let file = folder.join(path);
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(file, bytes).unwrap();
}

pub(crate) fn tree(size: u64, entry: impl Fn(u64) -> Vec<u8>) -> Growth {
    let mut tree = Growth::default();
    (0..size).for_each(|n| tree.push(leaf_hash(&entry(n))));
    tree
}

pub(crate) fn note(size: u64, entry: impl Fn(u64) -> Vec<u8>) -> String {
    let root = tree(size, entry).root();
    signer().sign(&Checkpoint { origin: ORIGIN.into(), size, root }.text())
}

/// Publishes the first `size` entries, over whatever lies there.
pub(crate) fn publish(folder: &Path, size: u64, entry: impl Fn(u64) -> Vec<u8> + std::marker::Copy) {
    let mut tree = tree(size, entry);
    for tile in tree.take_full() {
        let path = TilePath::Hashes { level: tile.level, n: tile.n, width: WIDTH as u16 };
        write(folder, &path.to_string(), &tile.hashes);
    }
    for (level, n, hashes) in tree.begun() {
        let path = TilePath::Hashes { level, n, width: (hashes.len() / 32) as u16 };
        write(folder, &path.to_string(), hashes);
    }
    for n in 0..size.div_ceil(WIDTH) {
        let to = ((n + 1) * WIDTH).min(size);
        let bundle: Vec<u8> = (n * WIDTH..to).flat_map(|i| bundled(&entry(i)).unwrap()).collect();
        let path = TilePath::Entries { n, width: (to - n * WIDTH) as u16 };
        write(folder, &path.to_string(), &bundle);
    }
    write(folder, "checkpoint", note(size, entry).as_bytes());
}

/// A follower of the log in `folder` that remembers in `state`.
pub(crate) fn follower(folder: &Path, state: &Path) -> Follower<Folder> {
    over(Folder::new(folder), state, None)
}

pub(crate) fn over<S: Source>(source: S, state: &Path, copy: Option<&Path>) -> Follower<S> {
    let state = State::open(&state.join("state.json")).unwrap();
    Follower::new(source, ORIGIN, policy(), state, copy.map(Copy::new))
}

/// One look of a follower that was just started.
pub(crate) async fn look(folder: &Path, state: &Path) -> Result<News, Trouble> {
    follower(folder, state).look(&mut |_| ()).await
}
