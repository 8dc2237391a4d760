//! One login to one application: from its code to its last refresh. Codes and tokens are derived, never stored.

use aws_lc_rs::hmac;
use copihue_core::secret::constant_time_eq;
use copihue_core::{Acr, Bucket, Id, Random, Timestamp};

use super::redirect::RedirectUri;

/// Seconds that a code lives (§2.4).
pub const CODE_SECONDS: i64 = 300;
/// Seconds that an access token lives.
pub const ACCESS_SECONDS: i64 = 3_600;
/// Seconds that an id_token lives.
pub const ID_TOKEN_SECONDS: i64 = 600;
/// Seconds without use after which a refresh token is dead.
pub const REFRESH_IDLE_SECONDS: i64 = 3_600;
/// Seconds after the login in which the last token dies.
pub const GRANT_SECONDS: i64 = 12 * 3_600;
/// Seconds in which two refreshes at once get the same tokens (B11).
pub const GRACE_SECONDS: i64 = 10;
/// Generations back that a used refresh token is recognised as one of ours, and so as stolen.
const REUSE_WINDOW: i64 = 1_000;

const SELECTOR_BITS: u32 = 44;

/// What a code or token is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Purpose {
    /// The code.
    Code,
    /// Access to userinfo.
    Access,
    /// The next tokens.
    Refresh,
}

/// Where a grant lies.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct GrantKey {
    /// The person's bucket.
    pub bucket: Bucket,
    /// 44 random bits.
    pub selector: i64,
}

impl GrantKey {
    /// A new one.
    #[must_use]
    pub fn new(bucket: Bucket, random: &dyn Random) -> Self {
        let bits = u64::from_be_bytes(copihue_core::random::bytes(random)) >> (64 - SELECTOR_BITS);
        Self { bucket, selector: i64::try_from(bits).unwrap_or_default() }
    }

    fn head(self) -> [u8; 7] {
        let value = (u64::from(self.bucket.number()) << SELECTOR_BITS) | self.selector.unsigned_abs();
        let mut out = [0; 7];
        out.copy_from_slice(&value.to_be_bytes()[1..]);
        out
    }
}

/// A code or token as it came: where its grant lies, and what proves that it is ours.
#[derive(Clone, Copy, Debug)]
pub struct Presented {
    /// Where.
    pub key: GrantKey,
    proof: [u8; 9],
}

impl Presented {
    /// From 32 lower-case hex digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() != 32 || text.bytes().any(|b| b.is_ascii_uppercase()) {
            return None;
        }
        let bytes = hex::decode(text).ok()?;
        let (head, proof) = bytes.split_first_chunk::<7>()?;
        let value = head.iter().fold(0_u64, |n, b| n << 8 | u64::from(*b));
        let bucket = Bucket::new((value >> SELECTOR_BITS) as u16);
        let selector = i64::try_from(value & ((1 << SELECTOR_BITS) - 1)).ok()?;
        Some(Self { key: GrantKey { bucket, selector }, proof: proof.try_into().ok()? })
    }
}

/// The key from which codes and tokens are derived. Not in the database: who reads that can make none.
pub struct TokenKey(hmac::Key);

impl TokenKey {
    /// From the deployment's key.
    #[must_use]
    pub fn new(key: &[u8; 32]) -> Self {
        let root = hmac::Key::new(hmac::HMAC_SHA256, key);
        Self(hmac::Key::new(hmac::HMAC_SHA256, hmac::sign(&root, b"copihue:identity:tokens").as_ref()))
    }

    fn proof(&self, grant: &Grant, purpose: Purpose, generation: i64) -> [u8; 9] {
        let mut input = vec![purpose as u8];
        input.extend_from_slice(&grant.key.head());
        input.extend_from_slice(&generation.to_be_bytes());
        input.extend_from_slice(&grant.created.millis().to_be_bytes());
        input.extend_from_slice(grant.person.as_bytes());
        let mut out = [0; 9];
        out.copy_from_slice(&hmac::sign(&self.0, &input).as_ref()[..9]);
        out
    }

    /// A code or token: 32 hex digits, of which 116 bits can't be guessed.
    #[must_use]
    pub fn mint(&self, grant: &Grant, purpose: Purpose) -> String {
        let proof = self.proof(grant, purpose, grant.generation);
        format!("{}{}", hex::encode(grant.key.head()), hex::encode(proof))
    }

    fn is(&self, grant: &Grant, purpose: Purpose, generation: i64, presented: &Presented) -> bool {
        constant_time_eq(&self.proof(grant, purpose, generation), &presented.proof)
    }

    /// Whether it is this grant's code. The code is of generation 0.
    #[must_use]
    pub fn is_code(&self, grant: &Grant, presented: &Presented) -> bool {
        self.is(grant, Purpose::Code, 0, presented)
    }

    /// Whether it is an access token that may be used now: of this generation, or for ten seconds more of the last one.
    #[must_use]
    pub fn is_access(&self, grant: &Grant, presented: &Presented, now: Timestamp) -> bool {
        let age = now.millis() - grant.generation_at.millis();
        let (current, previous) = (grant.generation, grant.generation - 1);
        let alive = grant.generation > 0 && grant.alive(now) && age < ACCESS_SECONDS * 1000;
        let recent = previous > 0 && age < GRACE_SECONDS * 1000;
        alive
            && (self.is(grant, Purpose::Access, current, presented)
                || (recent && self.is(grant, Purpose::Access, previous, presented)))
    }

    /// What a refresh token is.
    #[must_use]
    pub fn refresh(&self, grant: &Grant, presented: &Presented, now: Timestamp) -> Refresh {
        let age = now.millis() - grant.generation_at.millis();
        let alive = grant.alive(now) && age < REFRESH_IDLE_SECONDS * 1000;
        let is = |generation| generation > 0 && self.is(grant, Purpose::Refresh, generation, presented);
        if is(grant.generation) {
            return if alive { Refresh::Rotate } else { Refresh::Dead };
        }
        if is(grant.generation - 1) && alive && age < GRACE_SECONDS * 1000 {
            return Refresh::Repeat;
        }
        let oldest = (grant.generation - REUSE_WINDOW).max(1);
        if (oldest..grant.generation).any(is) { Refresh::Reused } else { Refresh::Dead }
    }
}

/// What to do with a refresh token.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Refresh {
    /// Give the next tokens.
    Rotate,
    /// Give the same tokens as a moment ago: two asked at once.
    Repeat,
    /// It was used before: somebody else has it. End everything.
    Reused,
    /// No token of ours, or too old.
    Dead,
}

/// The row.
#[derive(Clone, PartialEq, Debug)]
pub struct Grant {
    /// Where it lies.
    pub key: GrantKey,
    /// The provider's session it came from.
    pub sid: Id,
    /// Who.
    pub person: Id,
    /// The person's epoch at that moment.
    pub epoch: i64,
    /// The application.
    pub client_id: String,
    /// The address that the code went to.
    pub redirect_uri: RedirectUri,
    /// Granted scopes, by a space.
    pub scope: String,
    /// Goes into the id_token.
    pub nonce: Option<String>,
    /// PKCE.
    pub challenge: Option<String>,
    /// Level of the login.
    pub acr: Acr,
    /// Methods of the login.
    pub amr: Vec<String>,
    /// When the person logged in.
    pub auth_time: Timestamp,
    /// When the code was given.
    pub created: Timestamp,
    /// When the code was redeemed.
    pub code_used: Option<Timestamp>,
    /// 0 until the code is redeemed, then counts the refreshes.
    pub generation: i64,
    /// When this generation began.
    pub generation_at: Timestamp,
    /// The end of it all.
    pub expires: Timestamp,
    /// Ended before.
    pub revoked: Option<Timestamp>,
}

impl Grant {
    /// Whether it may still be used.
    #[must_use]
    pub fn alive(&self, now: Timestamp) -> bool {
        self.revoked.is_none() && now < self.expires
    }

    /// Whether a scope was granted.
    #[must_use]
    pub fn has_scope(&self, scope: &str) -> bool {
        self.scope.split(' ').any(|s| s == scope)
    }

    /// Whether the code may still be redeemed.
    #[must_use]
    pub fn code_alive(&self, now: Timestamp) -> bool {
        self.alive(now) && self.code_used.is_none() && now < self.created.plus_seconds(CODE_SECONDS)
    }
}
