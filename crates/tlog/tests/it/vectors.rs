//! The golden vectors of the specification.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use copihue_tlog::merkle::Hash;

pub(crate) const VKEYS: [&str; 3] = [
    "bitacora.example.cl/interop+82328afb+ASVDuS/xCVURR2rcg2nbbdyTNmWhGXjdoUBO4QZsqVWd",
    "testigo.ufro.example+c08f5aae+BBdFU7RW3d/GkI7KscEB/mqyHiuqBhd5W31DpjSCmT/V",
    "testigo.cgr.example+01e93ec5+BM0Us3+VbpUxlP9/tzs9gdzFYdYadTgJS3w+GmQ+5fOq",
];

pub(crate) const PROOF: &str = include_str!("proof.txt");

pub(crate) const ENTRY: &str = r#"{"c":"8a6H1LlQCy1Or39pq0MS8wOlO7UXdLfJFnQrh0oMSe8","k":"trace","v":1}"#;

/// Entry 4 is the golden record's; the others are fillers.
pub(crate) fn log_of_seven() -> Vec<String> {
    let filler = |i: usize| {
        let c = copihue_core::json::sha256(format!("filler {i}").as_bytes());
        format!(r#"{{"c":"{}","k":"trace","v":1}}"#, BASE64_URL_SAFE_NO_PAD.encode(c))
    };
    (0..7).map(|i| if i == 4 { ENTRY.to_owned() } else { filler(i) }).collect()
}

pub(crate) fn policy_text() -> String {
    format!(
        "# política de prueba\nlog {}\nwitness ufro {}\nwitness cgr {} https://testigo.cgr.example\n\
         group dos all ufro cgr\nquorum dos\n",
        VKEYS[0], VKEYS[1], VKEYS[2]
    )
}

/// The bytes `from`, `from+1`, … as a seed.
pub(crate) fn seed(from: u8) -> [u8; 32] {
    std::array::from_fn(|i| from + i as u8)
}

pub(crate) fn hash_of_hex(text: &str) -> Hash {
    hex::decode(text).unwrap().try_into().unwrap()
}
