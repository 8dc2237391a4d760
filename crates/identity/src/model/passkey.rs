//! Passkeys (Web Authentication Level 3, §7): what an authenticator says when it makes a key and when it uses one. The attestation
//! statement is not looked at: we ask for none, so an authenticator's make is its own word.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ED25519, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use copihue_core::json::sha256;
use serde::Deserialize;
use serde_json::Value as Json;

use super::cbor::Value;

#[cfg(test)]
mod tests;

/// Algorithms that we take (COSE), the preferred one first: ES256, EdDSA, RS256.
pub const ALGORITHMS: [i64; 3] = [-7, -8, -257];
/// Longest credential id.
const MAX_ID: usize = 1023;

/// Who asks: the domain that keys are made for, and the origins of its pages.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RelyingParty {
    /// `ejemplo.cl`.
    pub id: String,
    /// `https://ejemplo.cl`.
    pub origins: Vec<String>,
}

/// Why an answer of an authenticator is refused. For the log and for tests.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Bad {
    /// It can't be read.
    Shape,
    /// It was made for another purpose.
    Purpose,
    /// It answers another challenge.
    Challenge,
    /// It was made on another site, or in a frame of one.
    Origin,
    /// It was made for another domain.
    Domain,
    /// Nobody touched the authenticator, or it did not check who did.
    Verification,
    /// Its flags contradict each other, or what was said before.
    Flags,
    /// The key is of a kind that we don't take.
    Algorithm,
    /// The signature is not the key's.
    Signature,
    /// Its counter went back: somebody may have copied the key.
    Counter,
}

/// A key that was just made.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Made {
    /// The credential's id.
    pub id: Vec<u8>,
    /// The public key (COSE).
    pub public_key: Vec<u8>,
    /// How often it was used, as far as it counts.
    pub counter: u32,
    /// The make, by its own word; zeros for most.
    pub aaguid: [u8; 16],
    /// Whether the key may leave its device.
    pub home: Home,
}

/// Whether a key may leave the device that made it (flag BE).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Home {
    /// It stays there.
    Device,
    /// Its maker copies it to the person's other devices.
    Synced,
}

/// A key as it is known.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Known<'a> {
    /// COSE.
    pub public_key: &'a [u8],
    /// Of its last use.
    pub counter: u32,
    /// As it was said when it was made.
    pub home: Home,
}

/// An answer to `navigator.credentials.create`, as our script sends it.
#[derive(Deserialize)]
pub struct Creation {
    #[serde(rename = "clientDataJSON", with = "base64url")]
    client_data: Vec<u8>,
    #[serde(rename = "attestationObject", with = "base64url")]
    attestation: Vec<u8>,
}

/// An answer to `navigator.credentials.get`, as our script sends it.
#[derive(Deserialize)]
pub struct Assertion {
    /// The credential's id.
    #[serde(with = "base64url")]
    pub id: Vec<u8>,
    #[serde(rename = "clientDataJSON", with = "base64url")]
    client_data: Vec<u8>,
    #[serde(rename = "authenticatorData", with = "base64url")]
    authenticator_data: Vec<u8>,
    #[serde(with = "base64url")]
    signature: Vec<u8>,
    /// Whose it is, as the key itself says.
    #[serde(rename = "userHandle", with = "base64url")]
    pub user_handle: Vec<u8>,
}

mod base64url {
    use super::{BASE64, Engine};
    use serde::{Deserialize, Deserializer, de::Error};

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
        BASE64.decode(String::deserialize(from)?).map_err(D::Error::custom)
    }
}

impl Creation {
    /// Reads it.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// Whether a key was made for us, in answer to this challenge, by an authenticator that checked who touched it.
    ///
    /// # Errors
    /// The first reason against it.
    pub fn check(&self, rp: &RelyingParty, challenge: &[u8]) -> Result<Made, Bad> {
        let (made, touch) = self.examine(rp, challenge)?;
        touch.checked().map(|()| made)
    }

    fn examine(&self, rp: &RelyingParty, challenge: &[u8]) -> Result<(Made, Touch), Bad> {
        client_data(&self.client_data, "webauthn.create", rp, challenge)?;
        let object = Value::read_whole(&self.attestation).ok_or(Bad::Shape)?;
        let bytes = object.get("authData").and_then(Value::bytes).ok_or(Bad::Shape)?;
        let data = Data::read(bytes, rp)?;
        let attested = data.attested.ok_or(Bad::Shape)?;
        PublicKey::read(attested.public_key).ok_or(Bad::Algorithm)?;
        let made = Made {
            id: attested.id.to_vec(),
            public_key: attested.public_key.to_vec(),
            counter: data.counter,
            aaguid: attested.aaguid,
            home: data.home,
        };
        Ok((made, data.touch))
    }
}

impl Assertion {
    /// Reads it.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// Whether this key signed this challenge, after checking who touched the authenticator. Answers its counter.
    ///
    /// # Errors
    /// The first reason against it.
    pub fn check(&self, rp: &RelyingParty, challenge: &[u8], key: &Known<'_>) -> Result<u32, Bad> {
        let (counter, touch) = self.examine(rp, challenge, key)?;
        touch.checked().map(|()| counter)
    }

    fn examine(&self, rp: &RelyingParty, challenge: &[u8], key: &Known<'_>) -> Result<(u32, Touch), Bad> {
        client_data(&self.client_data, "webauthn.get", rp, challenge)?;
        let data = Data::read(&self.authenticator_data, rp)?;
        if data.home != key.home {
            return Err(Bad::Flags);
        }
        let public = PublicKey::read(key.public_key).ok_or(Bad::Algorithm)?;
        let signed = [self.authenticator_data.as_slice(), &sha256(&self.client_data)].concat();
        if !public.signed(&signed, &self.signature) {
            return Err(Bad::Signature);
        }
        // Many keys don't count: theirs is always zero.
        let counts = data.counter > 0 || key.counter > 0;
        if counts && data.counter <= key.counter {
            return Err(Bad::Counter);
        }
        Ok((data.counter, data.touch))
    }
}

/// What the browser says (§5.8.1). Fields that we don't know are passed over, as the standard wants.
fn client_data(bytes: &[u8], purpose: &str, rp: &RelyingParty, challenge: &[u8]) -> Result<(), Bad> {
    let said = super::jose::json(bytes).ok_or(Bad::Shape)?;
    if said["type"] != purpose {
        return Err(Bad::Purpose);
    }
    if said["challenge"] != BASE64.encode(challenge) {
        return Err(Bad::Challenge);
    }
    let ours = said["origin"].as_str().is_some_and(|origin| rp.origins.iter().any(|own| own == origin));
    let framed = said.get("crossOrigin").is_some_and(|c| *c != false) || said.get("topOrigin").is_some();
    if !ours || framed { Err(Bad::Origin) } else { Ok(()) }
}

/// Authenticator data (§6.1).
struct Data<'a> {
    touch: Touch,
    home: Home,
    counter: u32,
    attested: Option<Attested<'a>>,
}

struct Attested<'a> {
    aaguid: [u8; 16],
    id: &'a [u8],
    public_key: &'a [u8],
}

impl<'a> Data<'a> {
    fn read(bytes: &'a [u8], rp: &RelyingParty) -> Result<Self, Bad> {
        let (domain, rest) = bytes.split_first_chunk::<32>().ok_or(Bad::Shape)?;
        let (&[flags], rest) = rest.split_first_chunk::<1>().ok_or(Bad::Shape)?;
        let (counter, rest) = rest.split_first_chunk::<4>().ok_or(Bad::Shape)?;
        if *domain != sha256(rp.id.as_bytes()) {
            return Err(Bad::Domain);
        }
        let has = |bit: u8| flags & 1 << bit != 0;
        let (attested, rest) = match has(6) {
            true => Attested::read(rest).map(|(attested, rest)| (Some(attested), rest)).ok_or(Bad::Shape)?,
            false => (None, rest),
        };
        // Extensions, which we did not ask for: a map, and nothing after it.
        let whole =
            if has(7) { matches!(Value::read_whole(rest), Some(Value::Map(_))) } else { rest.is_empty() };
        if !whole {
            return Err(Bad::Shape);
        }
        let (eligible, backed_up) = (has(3), has(4));
        if backed_up && !eligible {
            return Err(Bad::Flags);
        }
        Ok(Self {
            touch: match (has(0), has(2)) {
                (true, true) => Touch::Checked,
                (true, false) => Touch::Somebody,
                (false, _) => Touch::Nobody,
            },
            home: if eligible { Home::Synced } else { Home::Device },
            counter: u32::from_be_bytes(*counter),
            attested,
        })
    }
}

/// Who touched the authenticator (flags UP and UV).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Touch {
    Nobody,
    Somebody,
    /// It asked for a finger, a face or a number, and it was right.
    Checked,
}

impl Touch {
    fn checked(self) -> Result<(), Bad> {
        if self == Self::Checked { Ok(()) } else { Err(Bad::Verification) }
    }
}

impl<'a> Attested<'a> {
    fn read(bytes: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let (aaguid, rest) = bytes.split_first_chunk::<16>()?;
        let (length, rest) = rest.split_first_chunk::<2>()?;
        let length = usize::from(u16::from_be_bytes(*length));
        let (id, rest) = rest.split_at_checked(length).filter(|_| (1..=MAX_ID).contains(&length))?;
        let (_, after) = Value::read(rest)?;
        let public_key = rest.get(..rest.len() - after.len())?;
        Some((Self { aaguid: *aaguid, id, public_key }, after))
    }
}

/// A public key of a kind that we take (RFC 9053).
enum PublicKey<'a> {
    P256(Vec<u8>),
    Ed25519(&'a [u8]),
    Rsa { n: &'a [u8], e: &'a [u8] },
}

impl<'a> PublicKey<'a> {
    fn read(cose: &'a [u8]) -> Option<Self> {
        let map = Value::read_whole(cose)?;
        let number = |key| map.at(key).and_then(Value::int);
        let bytes = |key| map.at(key).and_then(Value::bytes);
        match (number(1)?, number(3)?) {
            (2, -7) if number(-1) == Some(1) => {
                let (x, y) = (bytes(-2)?, bytes(-3)?);
                (x.len() == 32 && y.len() == 32).then(|| Self::P256([&[4], x, y].concat()))
            }
            (1, -8) if number(-1) == Some(6) => bytes(-2).filter(|x| x.len() == 32).map(Self::Ed25519),
            (3, -257) => {
                let (n, e) = (bytes(-1)?, bytes(-2)?);
                (n.len() >= 256).then_some(Self::Rsa { n, e })
            }
            _ => None,
        }
    }

    fn signed(&self, message: &[u8], signature: &[u8]) -> bool {
        match self {
            Self::P256(point) => {
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, point).verify(message, signature).is_ok()
            }
            Self::Ed25519(point) => {
                UnparsedPublicKey::new(&ED25519, point).verify(message, signature).is_ok()
            }
            Self::Rsa { n, e } => RsaPublicKeyComponents { n: *n, e: *e }
                .verify(&RSA_PKCS1_2048_8192_SHA256, message, signature)
                .is_ok(),
        }
    }
}

/// What our script asks the authenticator for (§5.4): a key that knows by itself whose it is, behind a check of who touches it.
#[must_use]
pub fn creation_options(
    rp: &RelyingParty,
    (name, user, user_name): (&str, &[u8], &str),
    challenge: &[u8],
    known: &[Vec<u8>],
) -> Json {
    let kind = |alg: &i64| serde_json::json!({"type": "public-key", "alg": alg});
    let exclude = |id: &Vec<u8>| serde_json::json!({"type": "public-key", "id": BASE64.encode(id)});
    serde_json::json!({
        "rp": {"id": rp.id, "name": name},
        "user": {"id": BASE64.encode(user), "name": user_name, "displayName": user_name},
        "challenge": BASE64.encode(challenge),
        "pubKeyCredParams": ALGORITHMS.iter().map(kind).collect::<Vec<_>>(),
        "excludeCredentials": known.iter().map(exclude).collect::<Vec<_>>(),
        "authenticatorSelection": {"residentKey": "required", "requireResidentKey": true, "userVerification": "required"},
        "attestation": "none",
    })
}

/// The same for the use of a key: whichever the person has for this domain.
#[must_use]
pub fn request_options(rp: &RelyingParty, challenge: &[u8]) -> Json {
    serde_json::json!({"rpId": rp.id, "challenge": BASE64.encode(challenge), "userVerification": "required"})
}
