//! Makes a log of N entries as static files: `static_log N FOLDER`. Prints its public key. For measures: nothing is forced to disk.
#![expect(clippy::print_stdout, reason = "its answer")]
#![expect(clippy::unwrap_used, reason = "a tool that can't go on ends")]

use std::path::Path;

use copihue_tlog::checkpoint::Checkpoint;
use copihue_tlog::growth::Growth;
use copihue_tlog::merkle::leaf_hash;
use copihue_tlog::note::{Algorithm, Signer};
use copihue_tlog::tile::{TilePath, WIDTH, bundled};

const ORIGIN: &str = "medida.example.cl/ledger/payment";

fn write(folder: &Path, path: TilePath, bytes: &[u8]) {
    let file = folder.join(path.to_string());
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(file, bytes).unwrap();
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let size: u64 = arguments.next().unwrap().parse().unwrap();
    let folder = std::path::PathBuf::from(arguments.next().unwrap());
    let mut tree = Growth::default();
    for n in 0..size.div_ceil(WIDTH) {
        let mut bundle = Vec::with_capacity(20_000);
        let to = ((n + 1) * WIDTH).min(size);
        for index in n * WIDTH..to {
            // As long as a commitment's entry.
            let entry = format!(r#"{{"c":"{index:043}","k":"trace","v":1}}"#);
            tree.push(leaf_hash(entry.as_bytes()));
            bundle.extend(bundled(entry.as_bytes()).unwrap());
        }
        write(&folder, TilePath::Entries { n, width: (to - n * WIDTH) as u16 }, &bundle);
        for tile in tree.take_full() {
            let path = TilePath::Hashes { level: tile.level, n: tile.n, width: WIDTH as u16 };
            write(&folder, path, &tile.hashes);
        }
    }
    for (level, n, hashes) in tree.begun() {
        write(&folder, TilePath::Hashes { level, n, width: (hashes.len() / 32) as u16 }, hashes);
    }
    let signer = Signer::new(ORIGIN, Algorithm::Ed25519, &[0x40; 32]).unwrap();
    let head = Checkpoint { origin: ORIGIN.into(), size, root: tree.root() };
    std::fs::write(folder.join("checkpoint"), signer.sign(&head.text())).unwrap();
    println!("{}", signer.verifier());
}
