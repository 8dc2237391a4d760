//! Signed notes of C2SP: a text with the signatures of those who stand by it.

use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use crate::merkle::hash;

/// More than sixteen post-quantum signatures fit; what is larger is not read at all.
const MAX_NOTE: usize = 256 * 1024;
const MAX_SIGNATURES: usize = 100;

/// What a key signs, and how.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Algorithm {
    /// `0x01`: Ed25519 over the text.
    Ed25519,
    /// `0x04`: Ed25519 over the text with the time at which a witness saw it.
    Cosignature,
}

impl Algorithm {
    const fn byte(self) -> u8 {
        match self {
            Self::Ed25519 => 1,
            Self::Cosignature => 4,
        }
    }
}

/// A public key with its name: `name+hex8(keyID)+base64(type ‖ key)`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct VerifierKey {
    name: String,
    id: [u8; 4],
    algorithm: Algorithm,
    key: [u8; 32],
}

impl VerifierKey {
    /// Reads a verifier key. `None` when it isn't one, its id is wrong, or its algorithm is not one of ours.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.splitn(3, '+');
        let (name, id, data) = (parts.next()?, parts.next()?, parts.next()?);
        let data = BASE64_STANDARD.decode(data).ok()?;
        let (kind, key) = data.split_first()?;
        let algorithm = match kind {
            1 => Algorithm::Ed25519,
            4 => Algorithm::Cosignature,
            _ => return None,
        };
        let key = Self::new(name, algorithm, key.try_into().ok()?)?;
        (id.len() == 8 && hex::encode(key.id) == id).then_some(key)
    }

    /// From its parts. `None` when the name may not be a key's.
    #[must_use]
    pub fn new(name: &str, algorithm: Algorithm, key: [u8; 32]) -> Option<Self> {
        let id = key_id(name, algorithm, &key);
        is_key_name(name).then(|| Self { name: name.to_owned(), id, algorithm, key })
    }

    /// The key's name; for a log, its origin.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What the key signs.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Checks the signature of a note's text by this key; for a cosignature, answers its time in seconds.
    fn verify(&self, text: &str, signature: &[u8]) -> Option<Option<u64>> {
        let key = UnparsedPublicKey::new(&ED25519, self.key);
        match self.algorithm {
            Algorithm::Ed25519 => key.verify(text.as_bytes(), signature).ok().map(|()| None),
            Algorithm::Cosignature => {
                let (time, signature) = signature.split_first_chunk::<8>()?;
                let time = u64::from_be_bytes(*time);
                let sane = time != 0 && i64::try_from(time).is_ok();
                let message = cosigned(time, text);
                (sane && key.verify(message.as_bytes(), signature).is_ok()).then_some(Some(time))
            }
        }
    }
}

impl std::fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut data = vec![self.algorithm.byte()];
        data.extend_from_slice(&self.key);
        write!(f, "{}+{}+{}", self.name, hex::encode(self.id), BASE64_STANDARD.encode(data))
    }
}

fn key_id(name: &str, algorithm: Algorithm, key: &[u8]) -> [u8; 4] {
    let digest = hash(&[name.as_bytes(), b"\n", &[algorithm.byte()], key]);
    [digest[0], digest[1], digest[2], digest[3]]
}

fn is_key_name(name: &str) -> bool {
    !name.is_empty() && !name.chars().any(|c| c == '+' || c.is_whitespace() || c.is_control())
}

fn cosigned(time: u64, text: &str) -> String {
    format!("cosignature/v1\ntime {time}\n{text}")
}

/// A private key that signs notes.
pub struct Signer {
    pair: Ed25519KeyPair,
    verifier: VerifierKey,
}

impl Signer {
    /// From the 32 secret bytes of an Ed25519 key. `None` when the name may not be a key's.
    #[must_use]
    pub fn new(name: &str, algorithm: Algorithm, seed: &[u8; 32]) -> Option<Self> {
        let pair = Ed25519KeyPair::from_seed_unchecked(seed).ok()?;
        let key = pair.public_key().as_ref().try_into().ok()?;
        let verifier = VerifierKey::new(name, algorithm, key)?;
        Some(Self { pair, verifier })
    }

    /// Its public half.
    #[must_use]
    pub const fn verifier(&self) -> &VerifierKey {
        &self.verifier
    }

    /// The signature line for a text that ends in LF. `time` (seconds) counts for a cosignature only.
    #[must_use]
    pub fn line(&self, text: &str, time: u64) -> String {
        let mut bytes = self.verifier.id.to_vec();
        match self.verifier.algorithm {
            Algorithm::Ed25519 => bytes.extend_from_slice(self.pair.sign(text.as_bytes()).as_ref()),
            Algorithm::Cosignature => {
                bytes.extend_from_slice(&time.to_be_bytes());
                bytes.extend_from_slice(self.pair.sign(cosigned(time, text).as_bytes()).as_ref());
            }
        }
        format!("— {} {}\n", self.verifier.name, BASE64_STANDARD.encode(bytes))
    }

    /// The text with this signature under it.
    #[must_use]
    pub fn sign(&self, text: &str) -> String {
        format!("{text}\n{}", self.line(text, 0))
    }
}

/// Why a note is not accepted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum NoteError {
    /// It doesn't have the shape of a signed note.
    #[error("not a signed note")]
    Malformed,
    /// The signature of a key that we know doesn't fit: by its place among the keys given.
    #[error("the signature of a known key fails")]
    BadSignature(usize),
}

/// A note taken apart; its signatures are not checked yet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Note {
    /// What is signed, with its last LF.
    pub text: String,
    /// Name, key id, signature bytes.
    signatures: Vec<(String, [u8; 4], Vec<u8>)>,
}

impl Note {
    /// Reads a note: text, blank line, signatures. The last blank line parts them.
    ///
    /// # Errors
    /// [`NoteError::Malformed`].
    pub fn parse(note: &str) -> Result<Self, NoteError> {
        let clean = note.len() <= MAX_NOTE && !note.chars().any(|c| c.is_ascii_control() && c != '\n');
        let split = note.rfind("\n\n").filter(|_| clean && note.ends_with('\n'));
        let split = split.ok_or(NoteError::Malformed)?;
        let (text, lines) = (&note[..=split], &note[split + 2..]);
        let signatures: Option<Vec<_>> =
            lines.split_terminator('\n').take(MAX_SIGNATURES + 1).map(signature_line).collect();
        match signatures {
            Some(signatures) if !signatures.is_empty() && signatures.len() <= MAX_SIGNATURES => {
                Ok(Self { text: text.to_owned(), signatures })
            }
            _ => Err(NoteError::Malformed),
        }
    }

    /// The note with no other signatures than those that carry the names and ids of these keys.
    #[must_use]
    pub fn only(&self, keys: &[VerifierKey]) -> String {
        let mut out = format!("{}\n", self.text);
        for (name, id, signature) in &self.signatures {
            if keys.iter().any(|k| k.name == *name && k.id == *id) {
                let data = BASE64_STANDARD.encode([&id[..], signature].concat());
                out.push_str(&format!("— {name} {data}\n"));
            }
        }
        out
    }

    /// Which of the keys signed (by their place), each with its time when it is a cosignature. Unknown keys don't count.
    ///
    /// # Errors
    /// [`NoteError::BadSignature`] when a known key's signature fails: the whole note is worthless then.
    pub fn verify(&self, keys: &[VerifierKey]) -> Result<Vec<(usize, Option<u64>)>, NoteError> {
        let mut valid: Vec<(usize, Option<u64>)> = Vec::new();
        for (name, id, signature) in &self.signatures {
            let Some(at) = keys.iter().position(|k| k.name == *name && k.id == *id) else { continue };
            let time = keys[at].verify(&self.text, signature).ok_or(NoteError::BadSignature(at))?;
            if valid.iter().all(|(seen, _)| *seen != at) {
                valid.push((at, time));
            }
        }
        Ok(valid)
    }
}

/// Looks in signature lines for the one of `key` under `text`: the line, and its time when it is a cosignature. `None`
/// when there is none, or when it is not good.
#[must_use]
pub fn signature_by(key: &VerifierKey, text: &str, lines: &str) -> Option<(String, Option<u64>)> {
    lines.split_inclusive('\n').take(MAX_SIGNATURES).find_map(|line| {
        let note = Note::parse(&format!("{text}\n{line}")).ok()?;
        let valid = note.verify(std::slice::from_ref(key)).ok()?;
        valid.first().map(|(_, time)| (line.to_owned(), *time))
    })
}

fn signature_line(line: &str) -> Option<(String, [u8; 4], Vec<u8>)> {
    let (name, data) = line.strip_prefix("— ")?.split_once(' ')?;
    let bytes = BASE64_STANDARD.decode(data).ok()?;
    let (id, signature) = bytes.split_first_chunk::<4>()?;
    (is_key_name(name) && !signature.is_empty()).then(|| (name.to_owned(), *id, signature.to_vec()))
}
