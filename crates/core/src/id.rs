//! Identifiers: 16 bytes in UUIDv7 layout whose 12 `rand_a` bits are the bucket.

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::hmac;
use serde::{Deserialize, Serialize};

use crate::{Random, Run, Timestamp};

/// One of 4,096 partitions: the top 12 bits of HMAC-SHA256(key, RUN or institution code).
///
/// Leads every person-scoped key, so that a country can be cut into ranges of buckets later.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Bucket(u16);

impl Bucket {
    /// From a number; only the low 12 bits count.
    #[must_use]
    pub const fn new(n: u16) -> Self {
        Self(n & 0x0fff)
    }

    /// 0…4095.
    #[must_use]
    pub const fn number(self) -> u16 {
        self.0
    }
}

/// The deployment's secret that turns RUNs and institution codes into buckets.
#[derive(Clone)]
pub struct BucketKey(hmac::Key);

impl BucketKey {
    /// From 32 secret bytes.
    #[must_use]
    pub fn new(secret: &[u8; 32]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, secret))
    }

    /// The bucket of a person.
    #[must_use]
    pub fn of_run(&self, run: Run) -> Bucket {
        self.of(format!("run:{}", run.number()).as_bytes())
    }

    /// The bucket of an institution.
    #[must_use]
    pub fn of_institution(&self, code: &str) -> Bucket {
        self.of(format!("oae:{code}").as_bytes())
    }

    fn of(&self, input: &[u8]) -> Bucket {
        let tag = hmac::sign(&self.0, input);
        let bytes = tag.as_ref();
        Bucket(u16::from(bytes[0]) << 4 | u16::from(bytes[1]) >> 4)
    }
}

impl fmt::Debug for BucketKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BucketKey(***)")
    }
}

/// An identifier. Sorts by time of creation; text form is a ULID of 26 symbols.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id([u8; 16]);

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

impl Id {
    /// A new id made at `at` in `bucket`.
    #[must_use]
    pub fn new(at: Timestamp, bucket: Bucket, random: &dyn Random) -> Self {
        let mut b = [0; 16];
        b[..6].copy_from_slice(&at.millis().max(0).to_be_bytes()[2..]);
        random.fill(&mut b[8..]);
        b[6] = 0x70 | (bucket.0 >> 8) as u8;
        b[7] = (bucket.0 & 0xff) as u8;
        b[8] = 0x80 | (b[8] & 0x3f);
        Self(b)
    }

    /// From its 16 bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// From stored bytes; `None` unless there are 16.
    #[must_use]
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// The 16 bytes, as stored.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// The bucket in it.
    #[must_use]
    pub fn bucket(&self) -> Bucket {
        Bucket::new(u16::from(self.0[6] & 0x0f) << 8 | u16::from(self.0[7]))
    }

    /// When it was made.
    #[must_use]
    pub fn created(&self) -> Timestamp {
        let mut b = [0; 8];
        b[2..].copy_from_slice(&self.0[..6]);
        Timestamp::from_millis(i64::from_be_bytes(b))
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let n = u128::from_be_bytes(self.0);
        for i in (0..26).rev() {
            let symbol = ALPHABET[(n >> (i * 5)) as usize & 31];
            fmt::Write::write_char(f, symbol as char)?;
        }
        Ok(())
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The text is not an id.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("not an id of 26 symbols")]
pub struct IdError;

impl FromStr for Id {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        if text.len() != 26 {
            return Err(IdError);
        }
        let mut n: u128 = 0;
        for (i, c) in text.bytes().enumerate() {
            let value = ALPHABET.iter().position(|a| *a == c.to_ascii_uppercase()).ok_or(IdError)? as u128;
            if i == 0 && value > 7 {
                return Err(IdError);
            }
            n = n << 5 | value;
        }
        Ok(Self(n.to_be_bytes()))
    }
}

impl Serialize for Id {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(d)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
