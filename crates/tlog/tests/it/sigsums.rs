//! Sigsum's verifier accepts a log made with our engine: leaf, inclusion, tree head and cosignature in one.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use copihue_tlog::checkpoint::Checkpoint;
use copihue_tlog::merkle::{inclusion_proof, leaf_hash, root};
use copihue_tlog::note::{Algorithm, Signer};
use sigsum::{Hash, Policy, PublicKey, SigsumSignature, verify};

use crate::support::tiles_of;
use crate::vectors::seed;

/// The 32 bytes of a signer's public key.
fn public(signer: &Signer) -> [u8; 32] {
    let text = signer.verifier().to_string();
    let data = BASE64_STANDARD.decode(text.splitn(3, '+').nth(2).unwrap()).unwrap();
    data[1..].try_into().unwrap()
}

fn sha256(bytes: &[u8]) -> [u8; 32] {
    copihue_core::json::sha256(bytes)
}

/// The signature of a line, without key id and, for a cosignature, time.
fn signature(line: &str, skip: usize) -> String {
    let data = BASE64_STANDARD.decode(line.trim_end().rsplit(' ').next().unwrap()).unwrap();
    hex::encode(&data[4 + skip..])
}

#[test]
fn led_02_sigsum_verifies_a_leaf_a_tree_head_and_a_cosignature_of_ours() {
    let ed25519 = |name: &str, n| Signer::new(name, Algorithm::Ed25519, &seed(n)).unwrap();
    let (submitter, log_key) = (ed25519("x", 0x10), public(&ed25519("x", 0x40)));
    let message = sha256(b"acta");
    let checksum = sha256(&message);
    // The leaf is signed over bytes that are no text of a note: by the key itself.
    let signed = [b"sigsum.org/v1/tree-leaf\0".as_slice(), &checksum].concat();
    let pair = aws_lc_rs::signature::Ed25519KeyPair::from_seed_unchecked(&seed(0x10)).unwrap();
    let leaf_signature = pair.sign(&signed);
    let keyhash = sha256(&public(&submitter));
    let leaf = [checksum.as_slice(), leaf_signature.as_ref(), &keyhash].concat();
    let mut leaves: Vec<_> = (0..600_u64).map(|n| leaf_hash(&n.to_be_bytes())).collect();
    leaves[300] = leaf_hash(&leaf);
    let mut tiles = tiles_of(&leaves);
    let head = Checkpoint {
        origin: format!("sigsum.org/v1/tree/{}", hex::encode(sha256(&log_key))),
        size: 600,
        root: root(&mut tiles, 600).unwrap(),
    };
    let log = ed25519(&head.origin, 0x40);
    let witness = Signer::new("testigo.ufro.example", Algorithm::Cosignature, &seed(0x60)).unwrap();
    let witness_key = public(&witness);
    let nodes: String = inclusion_proof(&mut tiles, 300, 600)
        .unwrap()
        .iter()
        .map(|hash| format!("node_hash={}\n", hex::encode(hash)))
        .collect();
    let text = format!(
        "version=2\nlog={}\nleaf={} {}\n\nsize=600\nroot_hash={}\nsignature={}\ncosignature={} 1796126400 {}\n\nleaf_index=300\n{nodes}",
        hex::encode(sha256(&log_key)),
        hex::encode(keyhash),
        hex::encode(leaf_signature.as_ref()),
        hex::encode(head.root),
        signature(&log.line(&head.text(), 0), 0),
        hex::encode(sha256(&witness_key)),
        signature(&witness.line(&head.text(), 1_796_126_400), 8),
    );
    let policy =
        format!("log {}\nwitness ufro {}\nquorum ufro\n", hex::encode(log_key), hex::encode(witness_key));
    let policy = Policy::parse(&policy).unwrap();
    let signers = [PublicKey::from(public(&submitter))];
    let check = |text: &str| {
        verify(&Hash::from(message), &SigsumSignature::from_ascii(text).unwrap(), &signers, &policy)
    };
    check(&text).unwrap();
    assert!(check(&text.replace("leaf_index=300", "leaf_index=301")).is_err());
    assert!(check(&text.replace(" 1796126400 ", " 1796126401 ")).is_err());
    assert!(check(&text.replace("size=600", "size=601")).is_err());
}
