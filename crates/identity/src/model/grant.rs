//! One login to one application: from its code to its last refresh. Codes and tokens are derived, never stored.

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use copihue_core::secret::constant_time_eq;
use copihue_core::{Acr, Bucket, Id, Random, Timestamp};

use super::profile::{Lifetimes, Profile, Reach};
use super::redirect::RedirectUri;

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

    /// Seven bytes.
    #[must_use]
    pub fn head(self) -> [u8; 7] {
        let value = (u64::from(self.bucket.number()) << SELECTOR_BITS) | self.selector.unsigned_abs();
        let mut out = [0; 7];
        out.copy_from_slice(&value.to_be_bytes()[1..]);
        out
    }

    /// From its seven bytes.
    #[must_use]
    pub fn from_head(head: [u8; 7]) -> Self {
        let value = head.iter().fold(0_u64, |n, b| n << 8 | u64::from(*b));
        let selector = i64::try_from(value & ((1 << SELECTOR_BITS) - 1)).unwrap_or_default();
        Self { bucket: Bucket::new((value >> SELECTOR_BITS) as u16), selector }
    }
}

/// How long a code or token is: the national contract's 32 hex digits, or our own of 256 bits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    /// 32 lower-case hex digits, of which 116 bits can't be guessed.
    Hex,
    /// 36 characters of base64url, of which 204 bits can't be guessed.
    Long,
}

impl Form {
    /// The form of a profile.
    #[must_use]
    pub const fn of(profile: Profile) -> Self {
        match profile {
            Profile::Compat => Self::Hex,
            Profile::Base | Profile::Alto => Self::Long,
        }
    }

    const fn proof(self) -> usize {
        match self {
            Self::Hex => 9,
            Self::Long => 20,
        }
    }
}

/// A code or token as it came: where its grant lies, and what proves that it is ours.
#[derive(Clone, Debug)]
pub struct Presented {
    /// Where.
    pub key: GrantKey,
    /// The form it came in: another than the application's is worth nothing.
    pub form: Form,
    proof: Vec<u8>,
}

impl Presented {
    /// From its text.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (form, bytes) = match text.len() {
            32 if !text.bytes().any(|b| b.is_ascii_uppercase()) => (Form::Hex, hex::decode(text).ok()?),
            36 => (Form::Long, BASE64.decode(text).ok()?),
            _ => return None,
        };
        let (head, proof) = bytes.split_first_chunk::<7>()?;
        Some(Self { key: GrantKey::from_head(*head), form, proof: proof.to_vec() })
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

    fn proof(&self, grant: &Grant, purpose: Purpose, generation: i64, form: Form) -> Vec<u8> {
        let mut input = vec![purpose as u8];
        input.extend_from_slice(&grant.key.head());
        input.extend_from_slice(&generation.to_be_bytes());
        input.extend_from_slice(&grant.created.millis().to_be_bytes());
        input.extend_from_slice(grant.person.as_bytes());
        hmac::sign(&self.0, &input).as_ref()[..form.proof()].to_vec()
    }

    /// A code or token.
    #[must_use]
    pub fn mint(&self, grant: &Grant, purpose: Purpose, profile: Profile) -> String {
        let form = Form::of(profile);
        let generation = match purpose {
            Purpose::Code => 0,
            Purpose::Refresh if !profile.rotates() => 1,
            Purpose::Access | Purpose::Refresh => grant.generation,
        };
        let bytes = [&grant.key.head()[..], &self.proof(grant, purpose, generation, form)].concat();
        match form {
            Form::Hex => hex::encode(bytes),
            Form::Long => BASE64.encode(bytes),
        }
    }

    fn is(&self, grant: &Grant, purpose: Purpose, generation: i64, presented: &Presented) -> bool {
        constant_time_eq(&self.proof(grant, purpose, generation, presented.form), &presented.proof)
    }

    /// Whether it is this grant's code. The code is of generation 0.
    #[must_use]
    pub fn is_code(&self, grant: &Grant, presented: &Presented) -> bool {
        self.is(grant, Purpose::Code, 0, presented)
    }

    /// Whether it is an access token that may be used now: of this generation, or for ten seconds more of the last one.
    #[must_use]
    pub fn is_access(&self, grant: &Grant, presented: &Presented, life: &Lifetimes, now: Timestamp) -> bool {
        let is = |generation| self.is(grant, Purpose::Access, generation, presented);
        (grant.access_alive(grant.generation, life, now) && is(grant.generation))
            || (grant.access_alive(grant.generation - 1, life, now) && is(grant.generation - 1))
    }

    /// What a refresh token is.
    #[must_use]
    pub fn refresh(&self, grant: &Grant, presented: &Presented, profile: Profile, now: Timestamp) -> Refresh {
        let age = now.millis() - grant.generation_at.millis();
        let alive = grant.alive(now) && age < profile.lifetimes(grant.reach).refresh_idle * 1000;
        let is = |generation| generation > 0 && self.is(grant, Purpose::Refresh, generation, presented);
        if is(if profile.rotates() { grant.generation } else { 1 }) {
            return if alive && grant.generation > 0 { Refresh::Rotate } else { Refresh::Dead };
        }
        if !profile.rotates() {
            return Refresh::Dead;
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
    /// Thumbprint of the key that its tokens are bound to.
    pub jkt: Option<String>,
    /// Whether it outlives the provider's session.
    pub reach: Reach,
    /// The mandate by which the person acts; None for themself.
    pub mandate: Option<Id>,
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
    pub fn code_alive(&self, life: &Lifetimes, now: Timestamp) -> bool {
        self.alive(now) && self.code_used.is_none() && now < self.created.plus_seconds(life.code)
    }

    /// Whether access tokens of a generation may be used: the present one, or for ten seconds more the last one.
    #[must_use]
    pub fn access_alive(&self, generation: i64, life: &Lifetimes, now: Timestamp) -> bool {
        let age = now.millis() - self.generation_at.millis();
        let current = generation == self.generation;
        let recent = generation + 1 == self.generation && age < GRACE_SECONDS * 1000;
        generation > 0 && self.alive(now) && age < life.access * 1000 && (current || recent)
    }

    /// When the present access token ends.
    #[must_use]
    pub fn access_expires(&self, life: &Lifetimes) -> Timestamp {
        self.generation_at.plus_seconds(life.access).min(self.expires)
    }
}
