//! The secret in the session's cookie: the bucket (2 bytes) and 24 random bytes.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use copihue_core::{Bucket, Random, json};

use super::Key;

/// A secret that finds its row: its first two bytes say the bucket, the hash of all says which row.
pub(crate) struct Token([u8; 26]);

impl Token {
    pub(crate) fn new(bucket: Bucket, random: &dyn Random) -> Self {
        let mut bytes = [0; 26];
        bytes[..2].copy_from_slice(&bucket.number().to_be_bytes());
        random.fill(&mut bytes[2..]);
        Self(bytes)
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        BASE64.decode(text).ok()?.try_into().ok().map(Self)
    }

    pub(crate) fn text(&self) -> String {
        BASE64.encode(self.0)
    }

    pub(crate) fn key(&self) -> Key {
        let bucket = Bucket::new(u16::from_be_bytes([self.0[0], self.0[1]]));
        Key { bucket, hash: json::sha256(&self.0) }
    }

    pub(crate) fn bytes(&self) -> &[u8; 26] {
        &self.0
    }
}
