//! Signed notes and checkpoints.

use copihue_tlog::checkpoint::Checkpoint;
use copihue_tlog::note::{Algorithm, Note, NoteError, Signer, VerifierKey};

use crate::vectors::{PROOF, VKEYS, seed};

const VKEY: &str = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
const NOTE: &str = "This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";

fn golden_key() -> VerifierKey {
    VerifierKey::parse(VKEY).unwrap()
}

#[test]
fn led_02_golden_note_verifies_and_its_key_round_trips() {
    assert_eq!(golden_key().to_string(), VKEY);
    let note = Note::parse(NOTE).unwrap();
    assert_eq!(note.text, "This is an example message.\n");
    assert_eq!(note.verify(&[golden_key()]).unwrap(), [(0, None)]);
    assert_eq!(note.verify(&[]).unwrap(), []);
}

#[test]
fn led_02_a_known_key_whose_signature_fails_spoils_the_note() {
    let altered = Note::parse(&NOTE.replace("example message", "exemple message")).unwrap();
    assert_eq!(altered.verify(&[golden_key()]), Err(NoteError::BadSignature(0)));
}

#[test]
fn led_02_seeds_give_the_vectors_keys_and_signatures() {
    let (checkpoint, _) = PROOF.split_once("\n\n").map(|(_, c)| (c, ())).unwrap();
    let text = &checkpoint[..checkpoint.find("\n\n").unwrap() + 1];
    let signers = [
        (Signer::new("bitacora.example.cl/interop", Algorithm::Ed25519, &seed(0x40)), 0),
        (Signer::new("testigo.ufro.example", Algorithm::Cosignature, &seed(0x60)), 1_796_126_400),
        (Signer::new("testigo.cgr.example", Algorithm::Cosignature, &seed(0x80)), 1_796_126_401),
    ];
    for ((signer, time), vkey) in signers.into_iter().zip(VKEYS) {
        let signer = signer.unwrap();
        assert_eq!(signer.verifier().to_string(), vkey);
        assert!(checkpoint.contains(&signer.line(text, time)), "{vkey}");
    }
    let parsed = Checkpoint::parse(text).unwrap();
    assert_eq!((parsed.origin.as_str(), parsed.size), ("bitacora.example.cl/interop", 7));
    assert_eq!(parsed.text(), text);
    let origin = copihue_core::json::sha256_hex(parsed.origin.as_bytes());
    assert_eq!(origin, "25ef65ad435ae54e2a88d6ba7dae8f8e3337c9805deb685ae3dbd068af28e82d");
}

#[test]
fn led_02_malformed_notes_are_refused() {
    let huge = format!("{}\n\n— a AAAAAAAA\n", "x".repeat(10_000_000));
    let many = format!("t\n\n{}", "— a AAAAAAAA\n".repeat(10_000));
    let bad = [
        "",
        "\n",
        "text\n",
        "text\n\n",
        "text\n\n— a\n",
        "text\n\n- a AAAAAAAA\n",
        "text\n\n— a AAAAAAAA",
        "text\r\n\n— a AAAAAAAA\n",
        "text\n\n— a AAAAAAAA\n\n",
        "text\n\n— a+b AAAAAAAA\n",
        "text\n\n— a AAAA\n",
        "text\n\n— a AAAAAAAB=\n",
        "text\n\n— a AAAAAA\n",
        "text\n\n— a AAAAAAAA \n",
        &huge,
        &many,
    ];
    for note in bad {
        assert_eq!(Note::parse(note), Err(NoteError::Malformed), "{:.40}", note);
    }
    // Seventeen signatures by unknown keys don't disturb the known one.
    let unknown = format!("{NOTE}{}", "— otro AAAAAAAA\n".repeat(17));
    assert_eq!(Note::parse(&unknown).unwrap().verify(&[golden_key()]).unwrap().len(), 1);
}

#[test]
fn led_02_key_ids_that_collide_by_name_only_do_not_count() {
    let renamed = NOTE.replace("— example.com/foo", "— example.com/bar");
    assert_eq!(Note::parse(&renamed).unwrap().verify(&[golden_key()]).unwrap(), []);
    assert!(VerifierKey::parse(&VKEY.replace("530d903a", "530d903b")).is_none());
    assert!(VerifierKey::parse(&VKEY.replace("example.com/foo", "example.com/bar")).is_none());
}

#[test]
fn led_02_checkpoints_are_read_strictly() {
    let root = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
    assert!(Checkpoint::parse(&format!("a\n0\n{root}\n")).is_some());
    assert!(Checkpoint::parse(&format!("a\n0\n{root}\nextension\n")).is_some());
    for (origin, size, root) in [
        ("", "1", root),
        ("a", "01", root),
        ("a", "+1", root),
        ("a", "-1", root),
        ("a", " 1", root),
        ("a", "1", "AAAA"),
        ("a", "1", "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFV="),
        ("a", "99999999999999999999", root),
    ] {
        assert_eq!(Checkpoint::parse(&format!("{origin}\n{size}\n{root}\n")), None, "{origin} {size} {root}");
    }
}
