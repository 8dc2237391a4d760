//! Rust implementations that are not ours say the same: trees (`ct-merkle`), tiles and proofs (`tlog_tiles`), notes (`signed_note`).

use ct_merkle::mem_backed_tree::MemoryBackedTree;
use ct_merkle::{ConsistencyProof, InclusionProof, RootHash};
use sha2_of_ct_merkle::Sha256;
use sha2_of_ct_merkle::digest::Output;
use signed_note::{Note as TheirNote, StandardVerifier, Verifier as _, VerifierList};
use tlog_tiles::{
    Error as TheirError, Hash as TheirHash, Tile, TileHashReader, TileReader, check_record, check_tree,
    prove_record, prove_tree, record_hash, tree_hash,
};

use copihue_tlog::checkpoint::Checkpoint;
use copihue_tlog::merkle::{Hash, consistency_proof, inclusion_proof, leaf_hash, root, verify_inclusion};
use copihue_tlog::note::{Algorithm, Note, Signer};
use copihue_tlog::tile::{TilePath, Tiles};

use crate::support::{NoTiles, tiles_of};
use crate::vectors::seed;

fn entry(n: u64) -> Vec<u8> {
    n.to_be_bytes().to_vec()
}

fn leaves(count: u64) -> Vec<Hash> {
    (0..count).map(|n| leaf_hash(&entry(n))).collect()
}

fn digests(hashes: &[Hash]) -> Vec<Output<Sha256>> {
    hashes.iter().map(|hash| (*hash).into()).collect()
}

#[test]
fn led_02_ct_merkle_computes_our_roots_and_accepts_our_proofs() {
    let leaves = leaves(600);
    let mut tiles = tiles_of(&leaves);
    let mut theirs = MemoryBackedTree::<Sha256, Vec<u8>>::new();
    let mut roots: Vec<RootHash<Sha256>> = vec![theirs.root()];
    for n in 0..600 {
        theirs.push(entry(n));
        roots.push(theirs.root());
        let ours = root(&mut tiles, n + 1).unwrap();
        assert_eq!(roots.last().unwrap().as_bytes().as_slice(), ours, "size {}", n + 1);
    }
    for size in [1_u64, 2, 3, 7, 255, 256, 257, 511, 600] {
        for index in (0..size).step_by(13) {
            let path = digests(&inclusion_proof(&mut tiles, index, size).unwrap());
            let proof = InclusionProof::<Sha256>::from_digests(&path);
            roots[size as usize].verify_inclusion(&entry(index), index, &proof).unwrap();
            assert!(roots[size as usize].verify_inclusion(&entry(index + 1), index, &proof).is_err());
        }
        for old in (1..size).step_by(17) {
            let path = digests(&consistency_proof(&mut tiles, old, size).unwrap());
            let proof = ConsistencyProof::<Sha256>::from_digests(&path);
            roots[size as usize].verify_consistency(&roots[old as usize], &proof).unwrap();
        }
    }
    // And the other way: what it proves, we accept.
    for index in (0..600).step_by(29) {
        let proof = theirs.prove_inclusion(index as usize);
        let path: Vec<Hash> = proof.as_bytes().as_chunks::<32>().0.to_vec();
        let root = root(&mut tiles, 600).unwrap();
        assert!(verify_inclusion(&leaf_hash(&entry(index)), index, 600, &path, &root));
    }
}

/// Our tiles, as their reader asks for them: by its own path, read by ours.
struct Served(std::cell::RefCell<Tiles<NoTiles>>);

impl TileReader for Served {
    fn height(&self) -> u8 {
        8
    }

    fn read_tiles(&self, wanted: &[Tile]) -> Result<Vec<Vec<u8>>, TheirError> {
        let mut tiles = self.0.borrow_mut();
        let one = |tile: &Tile| {
            let path = TilePath::parse(tile_path(tile).strip_prefix("tile/").unwrap()).unwrap();
            let TilePath::Hashes { level, n, width } = path else { unreachable!("a tile of hashes") };
            tiles.get(level, n).unwrap()[..usize::from(width) * 32].to_vec()
        };
        Ok(wanted.iter().map(one).collect())
    }

    fn save_tiles(&self, _: &[Tile], _: &[Vec<u8>]) {}
}

/// Their path names the tile's height too, as Go's checksum database does: `tile/8/0/000`.
fn tile_path(tile: &Tile) -> String {
    tile.path().replacen("tile/8/", "tile/", 1)
}

#[test]
fn led_02_tlog_tiles_reads_our_tiles_and_accepts_our_proofs() {
    let size = 70_000;
    let leaves = leaves(size);
    let mut tiles = tiles_of(&leaves);
    let ours = root(&mut tiles, size).unwrap();
    let served = Served(std::cell::RefCell::new(tiles_of(&leaves)));
    // Their reader authenticates each tile against the root before it gives a hash.
    let reader = TileHashReader::new(size, TheirHash(ours), &served);
    assert_eq!(tree_hash(size, &reader).unwrap().0, ours);
    for n in (0..size).step_by(7_001) {
        let proof = prove_record(size, n, &reader).unwrap();
        let path = inclusion_proof(&mut tiles, n, size).unwrap();
        assert_eq!(proof.iter().map(|hash| hash.0).collect::<Vec<_>>(), path, "record {n}");
        let path: Vec<TheirHash> = path.into_iter().map(TheirHash).collect();
        check_record(&path, size, TheirHash(ours), n, record_hash(&entry(n))).unwrap();
        let old = n + 1;
        let old_root = TheirHash(root(&mut tiles, old).unwrap());
        let path: Vec<TheirHash> =
            consistency_proof(&mut tiles, old, size).unwrap().into_iter().map(TheirHash).collect();
        assert_eq!(prove_tree(size, old, &reader).unwrap(), path, "tree {old}");
        check_tree(&path, size, TheirHash(ours), old, old_root).unwrap();
    }
}

#[test]
fn led_02_signed_note_reads_our_checkpoints_and_we_read_theirs() {
    let origin = "bitacora.example.cl/interop";
    let signer = Signer::new(origin, Algorithm::Ed25519, &seed(0x40)).unwrap();
    let ours = Checkpoint { origin: origin.into(), size: 7, root: leaf_hash(b"x") };
    let note = signer.sign(&ours.text());
    let verifier = StandardVerifier::new(&signer.verifier().to_string()).unwrap();
    assert_eq!(verifier.name(), origin);
    let known = VerifierList::new(vec![Box::new(verifier)]);
    let theirs = TheirNote::from_bytes(note.as_bytes()).unwrap();
    let (verified, unverified) = theirs.verify(&known).unwrap();
    assert_eq!((verified.len(), unverified.len()), (1, 0));
    let checkpoint = tlog_tiles::Checkpoint::from_bytes(theirs.text()).unwrap();
    assert_eq!((checkpoint.origin(), checkpoint.size(), checkpoint.hash().0), (origin, 7, ours.root));
    let forged = note.replace("\n7\n", "\n8\n");
    assert!(TheirNote::from_bytes(forged.as_bytes()).unwrap().verify(&known).is_err());
    // What they write again from what they read is the same, byte for byte.
    assert_eq!(theirs.to_bytes(), note.as_bytes());
    assert_eq!(Note::parse(std::str::from_utf8(&theirs.to_bytes()).unwrap()).unwrap().text, ours.text());
}
