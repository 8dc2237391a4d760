//! RFC 6962: vectors, and every size against the definition.

use copihue_tlog::merkle::{
    Frontier, consistency_proof, inclusion_proof, leaf_hash, root, verify_consistency, verify_inclusion,
};
use proptest::prelude::*;

use crate::support::{Leaves, naive_root};
use crate::vectors::hash_of_hex;

const ENTRIES: [&str; 8] =
    ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
const ROOTS: [&str; 9] = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

fn vector_leaves() -> Leaves {
    Leaves(ENTRIES.iter().map(|e| leaf_hash(&hex::decode(e).unwrap())).collect())
}

fn hex_of(hashes: &[[u8; 32]]) -> Vec<String> {
    hashes.iter().map(hex::encode).collect()
}

#[test]
fn led_02_roots_of_the_rfc_6962_vectors() {
    let mut leaves = vector_leaves();
    let mut frontier = Frontier::default();
    for (n, expected) in ROOTS.iter().enumerate() {
        assert_eq!(hex::encode(root(&mut leaves, n as u64).unwrap()), *expected);
        assert_eq!(hex::encode(frontier.root()), *expected);
        if let Some(leaf) = leaves.0.get(n) {
            frontier.push(*leaf);
        }
    }
}

#[test]
fn led_02_proofs_of_the_rfc_6962_vectors() {
    let mut leaves = vector_leaves();
    assert_eq!(
        hex_of(&inclusion_proof(&mut leaves, 5, 8).unwrap()),
        [
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"
        ]
    );
    assert_eq!(
        hex_of(&consistency_proof(&mut leaves, 6, 8).unwrap()),
        [
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"
        ]
    );
    assert_eq!(
        hex_of(&consistency_proof(&mut leaves, 2, 5).unwrap()),
        [
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
        ]
    );
    let root5 = hash_of_hex(ROOTS[5]);
    let proof = consistency_proof(&mut leaves, 2, 5).unwrap();
    assert!(verify_consistency(2, &hash_of_hex(ROOTS[2]), 5, &root5, &proof));
}

#[test]
fn led_02_every_size_to_300_equals_the_naive_definition() {
    let mut leaves = Leaves::numbered(300);
    let roots: Vec<_> = (0..=300).map(|n| naive_root(&leaves.0[..n])).collect();
    let mut frontier = Frontier::default();
    for size in 0..=300_u64 {
        let expected = roots[size as usize];
        assert_eq!(root(&mut leaves, size).unwrap(), expected);
        assert_eq!(frontier.root(), expected);
        let again = Frontier::from_bytes(size, &frontier.to_bytes()).unwrap();
        assert_eq!(again.root(), expected);
        assert!(
            Frontier::from_bytes(size, &again.to_bytes()[1.min(size as usize)..]).is_none_or(|_| size == 0)
        );
        if size < 300 {
            frontier.push(leaves.0[size as usize]);
        }
    }
    for size in (1..=300_u64).filter(|n| *n < 70 || n % 23 == 0 || *n > 254) {
        for index in (0..size).filter(|i| size < 70 || i % 7 == 0) {
            let proof = inclusion_proof(&mut leaves, index, size).unwrap();
            let (leaf, root) = (leaves.0[index as usize], roots[size as usize]);
            assert!(verify_inclusion(&leaf, index, size, &proof, &root), "{index} in {size}");
            assert!(!verify_inclusion(&leaf, index + 1, size, &proof, &root));
            if proof.len() > 1 {
                assert!(!verify_inclusion(&leaf, index, size, &proof[1..], &root));
            }
        }
        for old in (0..=size).filter(|i| size < 70 || i % 7 == 0) {
            let proof = consistency_proof(&mut leaves, old, size).unwrap();
            assert!(verify_consistency(old, &roots[old as usize], size, &roots[size as usize], &proof));
            if old > 0 && old < size {
                let other = roots[old as usize - 1];
                assert!(!verify_consistency(old, &other, size, &roots[size as usize], &proof));
            }
        }
    }
}

#[test]
fn a13_an_entry_made_of_two_hashes_is_not_the_node_over_them() {
    let leaves = Leaves::numbered(2);
    let forged = [leaves.0[0].as_slice(), leaves.0[1].as_slice()].concat();
    let root = naive_root(&leaves.0);
    assert_ne!(leaf_hash(&forged), root);
    // Nor does the pair pass for the only entry of a log with that root, or for one of a larger log.
    assert!(!verify_inclusion(&leaf_hash(&forged), 0, 1, &[], &root));
    let four = Leaves::numbered(4).0;
    let (pair, root) = (naive_root(&four[2..]), naive_root(&four));
    assert!(!verify_inclusion(&leaf_hash(&forged), 0, 2, &[pair], &root));
}

#[test]
fn led_02_the_prefixes_part_leaves_from_nodes() {
    let leaves = Leaves::numbered(2).0;
    assert_ne!(copihue_tlog::merkle::node_hash(&leaves[0], &leaves[1]), leaf_hash(&leaves.concat()));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn led_02_any_flipped_bit_is_refused(size in 1..200_u64, pick in any::<u64>(), at in any::<usize>(), bit in 0..8_u8) {
        let mut leaves = Leaves::numbered(size);
        let (index, old) = (pick % size, pick % (size + 1));
        let (root, old_root) = (naive_root(&leaves.0), naive_root(&leaves.0[..old as usize]));
        let mut proof = inclusion_proof(&mut leaves, index, size).unwrap();
        if !proof.is_empty() {
            let n = at % proof.len();
            proof[n][at % 32] ^= 1 << bit;
            prop_assert!(!verify_inclusion(&leaves.0[index as usize], index, size, &proof, &root));
        }
        let mut proof = consistency_proof(&mut leaves, old, size).unwrap();
        if !proof.is_empty() {
            let n = at % proof.len();
            proof[n][at % 32] ^= 1 << bit;
            prop_assert!(!verify_consistency(old, &old_root, size, &root, &proof));
        }
    }
}
