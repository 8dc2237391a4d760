//! The token of FirmaGob's contract (specs signing §2.3): HS256, with the expiration in Chilean wall clock.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use copihue_core::{Run, Secret, Timestamp};
use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};
use serde_json::{Value, json};

use super::refusal::Refusal;

/// How far ahead an expiration may lie; clients send exactly thirty minutes, by clocks of their own.
const AHEAD_S: i64 = 30 * 60 + 60;

/// Longer than any honest token: what is behind it is read before anybody is known.
const LONGEST: usize = 4_096;

const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);

/// What a token is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Purpose {
    /// `Propósito General`: the holder is there, with a one-time code.
    Attended,
    /// `Desatendido`: a process signs by itself.
    Unattended,
}

impl Purpose {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Attended, Self::Unattended];

    /// The claim's own words.
    #[must_use]
    pub const fn claim(self) -> &'static str {
        match self {
            Self::Attended => "Propósito General",
            Self::Unattended => "Desatendido",
        }
    }

    /// As stored.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Attended => "general",
            Self::Unattended => "desatendido",
        }
    }

    /// From what is stored.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|p| p.code() == code)
    }

    /// From the claim; its accents count.
    #[must_use]
    pub fn from_claim(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|p| p.claim() == text)
    }
}

/// In which zone an application means an expiration without an offset.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum ExpirationZone {
    /// Chile's continental wall clock, as the contract says.
    #[default]
    Chile,
    /// UTC, for clients that mean it.
    Utc,
}

/// A token whose parts could be read; its signature is not yet checked.
pub struct Token {
    signed: String,
    mac: Vec<u8>,
    claims: Value,
}

/// The claims of a token that was checked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Claims {
    /// The signer's RUN, without its check digit.
    pub run: String,
    /// The institution's exact name.
    pub entity: String,
    /// The purpose as it was sent.
    pub purpose: String,
}

impl Claims {
    /// The signer's RUN; `None` when it can be nobody's.
    #[must_use]
    pub fn signer(&self) -> Option<Run> {
        self.run.parse().ok().and_then(Run::from_number)
    }
}

/// Base64 in either alphabet, padded or not, with or without line breaks.
#[must_use]
pub fn decode_base64(text: &str) -> Option<Vec<u8>> {
    let clean: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    let alphabet = if clean.contains(['-', '_']) { URL_SAFE } else { STANDARD };
    GeneralPurpose::new(&alphabet, LENIENT).decode(clean).ok()
}

impl Token {
    /// Takes a token apart. Only HS256 is known; anything else, `none` above all, is no token.
    ///
    /// # Errors
    /// When it is none.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let text = text.trim();
        if text.len() > LONGEST {
            return Err(Refusal::TokenUnreadable);
        }
        let parts: Vec<&str> = text.split('.').collect();
        let [header, payload, mac] = parts[..] else { return Err(Refusal::TokenUnreadable) };
        let json = |part| serde_json::from_slice::<Value>(&decode_base64(part)?).ok();
        let header = json(header).ok_or(Refusal::TokenUnreadable)?;
        if header.get("alg").and_then(Value::as_str) != Some("HS256") {
            return Err(Refusal::TokenUnreadable);
        }
        let claims = json(payload).filter(Value::is_object).ok_or(Refusal::TokenUnreadable)?;
        let mac = decode_base64(mac).ok_or(Refusal::TokenUnreadable)?;
        // The raw text as it came: no alphabet is changed before the MAC.
        let signed = text[..text.rfind('.').unwrap_or(0)].to_owned();
        Ok(Self { signed, mac, claims })
    }

    /// Checks the signature with any of the application's secrets (two hold during a rotation), then the claims.
    ///
    /// # Errors
    /// The first rule of the contract that it breaks.
    pub fn check(&self, secrets: &[Secret], zone: ExpirationZone, now: Timestamp) -> Result<Claims, Refusal> {
        let fits = |secret: &Secret| {
            // The ASCII of the secret, not the bytes that it could be read as.
            let key = hmac::Key::new(hmac::HMAC_SHA256, secret.expose());
            hmac::verify(&key, self.signed.as_bytes(), &self.mac).is_ok()
        };
        if !secrets.iter().any(fits) {
            return Err(Refusal::TokenForged { start: self.signed.chars().take(8).collect() });
        }
        let claim = |name: &str| match self.claims.get(name) {
            Some(Value::String(text)) => Some(text.trim().to_owned()).filter(|t| !t.is_empty()),
            Some(Value::Number(number)) => Some(number.to_string()),
            _ => None,
        };
        let all = || Some((claim("run")?, claim("entity")?, claim("purpose")?, claim("expiration")?));
        let (run, entity, purpose, expiration) = all().ok_or(Refusal::TokenEmptyFields)?;
        if !expires_soon(&expiration, zone, now).ok_or(Refusal::ExpirationUnreadable)? {
            return Err(Refusal::Expired);
        }
        Ok(Claims { run: run.trim_start_matches('0').to_owned(), entity, purpose })
    }
}

/// Makes a token as the contract's clients do: for five minutes, by Chilean wall clock.
///
/// # Errors
/// When there is no such instant.
pub(crate) fn issue(
    claims: &Claims,
    application: Option<&str>,
    secret: &Secret,
    now: Timestamp,
) -> Result<String, jiff::Error> {
    /// A request, and a clock that is a little off.
    const GOOD_S: i64 = 5 * 60;
    let at = jiff::Timestamp::from(now.plus_seconds(GOOD_S)).in_tz("America/Santiago")?;
    let claims = json!({
        "entity": claims.entity, "run": claims.run, "purpose": claims.purpose,
        "expiration": at.strftime("%Y-%m-%dT%H:%M:%S").to_string(),
    });
    let mut header = json!({ "alg": "HS256", "typ": "JWT" });
    if let Some(application) = application {
        header["kid"] = application.into();
    }
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", part(&header), part(&claims));
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.expose());
    Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(hmac::sign(&key, signed.as_bytes()))))
}

/// Whether an expiration is neither past nor too far ahead; `None` when it can't be read.
fn expires_soon(text: &str, zone: ExpirationZone, now: Timestamp) -> Option<bool> {
    let instants = instants(text, zone)?;
    let good = |at: &Timestamp| now <= *at && at.millis() <= now.millis() + AHEAD_S * 1000;
    Some(instants.iter().any(good))
}

/// The instants that an expiration may mean: two when the clocks were set back over it.
fn instants(text: &str, zone: ExpirationZone) -> Option<Vec<Timestamp>> {
    if text.len() < 19 || !text.is_ascii() {
        return None;
    }
    let (local, rest) = text.split_at(19);
    let local = DateTime::strptime("%Y-%m-%dT%H:%M:%S", local).ok()?;
    let (fraction, offset) = rest.split_at(rest.find(['Z', '+', '-']).unwrap_or(rest.len()));
    let digits = fraction.strip_prefix('.').unwrap_or("0");
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) || (fraction.len() == 1) {
        return None;
    }
    if !fraction.is_empty() && !fraction.starts_with('.') {
        return None;
    }
    if let Some(offset) = numeric(offset)? {
        return Some(vec![offset.to_timestamp(local).ok()?.into()]);
    }
    let offsets = match zone {
        ExpirationZone::Utc => vec![Offset::UTC],
        // A `Z` is often printed behind Chilean wall clock: it is not believed.
        ExpirationZone::Chile => chilean(local)?,
    };
    offsets.into_iter().map(|o| Some(o.to_timestamp(local).ok()?.into())).collect()
}

/// A numeric offset; `Some(None)` when there is none, or a `Z`.
fn numeric(text: &str) -> Option<Option<Offset>> {
    if text.is_empty() || text == "Z" {
        return Some(None);
    }
    let (sign, digits) = text.split_at(1);
    let (hours, minutes) = digits.split_once(':').or_else(|| digits.split_at_checked(2))?;
    let number = |t: &str| t.parse::<i32>().ok().filter(|_| t.len() == 2);
    let seconds = number(hours)? * 3600 + number(minutes)? * 60;
    Some(Some(Offset::from_seconds(if sign == "-" { -seconds } else { seconds }).ok()?))
}

fn chilean(local: DateTime) -> Option<Vec<Offset>> {
    let zone = TimeZone::get("America/Santiago").ok()?;
    Some(match zone.to_ambiguous_timestamp(local).offset() {
        AmbiguousOffset::Unambiguous { offset } => vec![offset],
        AmbiguousOffset::Gap { before, after } | AmbiguousOffset::Fold { before, after } => {
            vec![before, after]
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "27a216342c744f89b7b82fa290519ba0";
    const A: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJlbnRpdHkiOiJTdWJzZWNyZXRhcsOtYSBHZW5lcmFsIGRlIGxhIFByZXNpZGVuY2lhIiwicnVuIjoiMjIyMjIyMjIiLCJleHBpcmF0aW9uIjoiMjAyMS0xMS0xNVQxNzozMTowMCIsInB1cnBvc2UiOiJEZXNhdGVuZGlkbyJ9.EqcNFArqasx_hlZSYTO2Tnuqa36dMn_qnmk90XEyhTA";
    const B: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJlbnRpdHkiOiJTdWJzZWNyZXRhcsOtYSBHZW5lcmFsIGRlIGxhIFByZXNpZGVuY2lhIiwicnVuIjoiMjIyMjIyMjIiLCJwdXJwb3NlIjoiRGVzYXRlbmRpZG8iLCJleHBpcmF0aW9uIjoiMjAyNi0xMS0yMVQxNzowMTozNi4zMTVaIn0.duSVWfgQ4UqHKPtEFyB43Kez689zKwIKItaChWH0aWg";
    const C: &str = "eyJhbGciOiJIUzI1NiJ9.eyJydW4iOjExMTExMTExLCJlbnRpdHkiOiJTdWJzZWNyZXRhcsOtYSBHZW5lcmFsIGRlIGxhIFByZXNpZGVuY2lhIiwicHVycG9zZSI6IlByb3DDs3NpdG8gR2VuZXJhbCIsImV4cGlyYXRpb24iOiIyMDI2LTExLTIxVDE3OjAyOjAwLjEyMzQ1NjctMDM6MDAiLCJpYXQiOjE3OTUyODk1Mjl9.yqiVDiTADnL1WG6vjPL7Gy94cMUREVOFN3/Hxz8EIu0=";

    fn check(token: &str, at: &str) -> Result<Claims, Refusal> {
        let now = Timestamp::parse(at).unwrap();
        Token::parse(token)?.check(&[Secret::new(SECRET.as_bytes())], ExpirationZone::Chile, now)
    }

    #[test]
    fn sig_21_the_contracts_token_vectors() {
        // 17:10, 17:32 and 16:59 in Santiago.
        assert_eq!(check(A, "2021-11-15T20:10:00Z").unwrap().run, "22222222");
        assert_eq!(check(A, "2021-11-15T20:32:00Z"), Err(Refusal::Expired));
        assert_eq!(check(A, "2021-11-15T19:59:00Z"), Err(Refusal::Expired));
        assert_eq!(check(B, "2026-11-21T20:00:00Z").unwrap().purpose, "Desatendido");
        // A false `Z` is Chilean wall clock: as UTC it would be long past or far ahead.
        assert_eq!(check(B, "2026-11-21T17:00:00Z"), Err(Refusal::Expired));
        let c = check(C, "2026-11-21T20:00:00Z").unwrap();
        assert_eq!((c.run.as_str(), c.purpose.as_str()), ("11111111", "Propósito General"));
        let d = format!("{}.mGx063xDmRlUD6tSfok41ph3ciUNf2OZRFXw5QvnkeA", &A[..A.rfind('.').unwrap()]);
        let forged = check(&d, "2021-11-15T20:10:00Z").unwrap_err();
        assert_eq!(forged, Refusal::TokenForged { start: "eyJhbGci".into() });
    }

    #[test]
    fn sig_21_a_token_made_here_is_one_of_the_contract() {
        let now = Timestamp::parse("2026-11-21T20:00:00Z").unwrap();
        let claims = Claims {
            run: "11111111".into(),
            entity: "Subsecretaría".into(),
            purpose: Purpose::Attended.claim().into(),
        };
        let token = issue(&claims, None, &Secret::new(SECRET.as_bytes()), now).unwrap();
        assert_eq!(check(&token, "2026-11-21T20:04:59Z"), Ok(claims));
        assert_eq!(check(&token, "2026-11-21T20:05:01Z"), Err(Refusal::Expired));
    }

    #[test]
    fn sig_21_tokens_without_a_signature_or_of_another_kind_are_refused() {
        let url = |t: &str| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(t);
        let claims = A.split('.').nth(1).unwrap();
        for header in [r#"{"alg":"none"}"#, r#"{"alg":"RS256"}"#, r#"{"alg":"HS512"}"#, "{}", "[]"] {
            for mac in ["", "AAAA"] {
                let token = format!("{}.{claims}.{mac}", url(header));
                assert_eq!(check(&token, "2021-11-15T20:10:00Z"), Err(Refusal::TokenUnreadable), "{token}");
            }
        }
        let long = format!("{A}{}", "A".repeat(5_000));
        for token in ["", "a.b", "a.b.c.d", "ñ.ñ.ñ", &long] {
            assert_eq!(check(token, "2021-11-15T20:10:00Z"), Err(Refusal::TokenUnreadable), "{token}");
        }
    }

    #[test]
    fn sig_21_expirations_are_read_as_clients_write_them() {
        let now = Timestamp::parse("2026-11-21T20:00:00Z").unwrap();
        let soon = |text| expires_soon(text, ExpirationZone::Chile, now);
        for good in [
            "2026-11-21T17:05:00",
            "2026-11-21T17:05:00.5",
            "2026-11-21T17:05:00.123Z",
            "2026-11-21T16:05:00.1234567-04:00",
            "2026-11-21T20:05:00+00:00",
            "2026-11-21T17:30:59",
        ] {
            assert_eq!(soon(good), Some(true), "{good}");
        }
        for late in ["2026-11-21T16:59:59", "2026-11-21T17:31:01", "2026-11-21T20:05:00"] {
            assert_eq!(soon(late), Some(false), "{late}");
        }
        for bad in [
            "",
            "2026-11-21",
            "2026-11-21 17:05:00",
            "21-11-2026T17:05:00",
            "2026-11-21T17:05:00.",
            "2026-11-21T17:05:00x",
            "2026-11-21T17:05:00-4",
            "2026-13-21T17:05:00",
        ] {
            assert_eq!(soon(bad), None, "{bad}");
        }
        assert_eq!(expires_soon("2026-11-21T20:05:00", ExpirationZone::Utc, now), Some(true));
        // The clocks go back from 4 April 2027, 24:00: 23:30 is twice, and both count.
        for at in ["2027-04-04T02:20:00Z", "2027-04-04T03:20:00Z"] {
            let now = Timestamp::parse(at).unwrap();
            assert_eq!(expires_soon("2027-04-03T23:30:00", ExpirationZone::Chile, now), Some(true), "{at}");
        }
    }
}
