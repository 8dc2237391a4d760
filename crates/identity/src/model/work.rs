//! Proof of work (§3.4): while passwords are guessed on a large scale each try costs its sender some seconds of a processor, or of patience.
//! A challenge says for what it is, since when, and how hard; only the browser that got it can use it, once (H13).
//!
//! `endpoint.issued.difficulty.nonce.tag`; its answer is a number `n` so that SHA-256 of `tag:n` begins with as many zero bits as the
//! difficulty says.

use aws_lc_rs::hmac;
use copihue_core::secret::constant_time_eq;
use copihue_core::{Random, Timestamp, json};

/// Zero bits of the easiest challenge: less than a second of a script.
pub const EASIEST: u8 = 16;
/// Zero bits of the hardest: some seconds.
pub const HARDEST: u8 = 20;
/// Seconds that a challenge lives.
pub const SECONDS: i64 = 10 * 60;
/// Digits of an answer: more than anybody needs to find one.
const DIGITS: usize = 12;

/// What a challenge is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Endpoint {
    /// The login by password.
    Login,
}

impl Endpoint {
    const fn code(self) -> &'static str {
        match self {
            Self::Login => "ingreso",
        }
    }
}

/// A challenge that is ours, and not too old.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ticket {
    /// Zero bits that its answer has.
    pub difficulty: u8,
    /// When it was given.
    pub issued: Timestamp,
    tag: String,
}

/// How hard a try is made after so many failures where so many begin to cost: one bit more each time that they double.
#[must_use]
pub fn difficulty(failures: i64, from: i64) -> Option<u8> {
    let times = failures.checked_div(from).filter(|times| *times >= 1)?;
    let doublings = u8::try_from(times.ilog2()).unwrap_or(u8::MAX);
    Some(EASIEST.saturating_add(doublings).min(HARDEST))
}

/// Seconds that stand in for an answer, for who has no script: ten, and ten more for each bit.
#[must_use]
pub const fn patience(difficulty: u8) -> i64 {
    10 * (1 + difficulty.saturating_sub(EASIEST) as i64)
}

fn tag(key: &hmac::Key, head: &str, bound: &str) -> String {
    hex::encode(&hmac::sign(key, format!("work:{head}\n{bound}").as_bytes()).as_ref()[..16])
}

/// A challenge for whoever `bound` names.
#[must_use]
pub fn challenge(
    key: &hmac::Key,
    (endpoint, bound): (Endpoint, &str),
    difficulty: u8,
    now: Timestamp,
    random: &dyn Random,
) -> String {
    let (bits, nonce) =
        (difficulty.clamp(EASIEST, HARDEST), hex::encode(copihue_core::random::bytes::<12>(random)));
    let head = format!("{}.{}.{bits}.{nonce}", endpoint.code(), now.millis());
    format!("{head}.{}", tag(key, &head, bound))
}

/// The challenge that a form brings back: none when it is not ours, another's, for something else, too old or too easy.
#[must_use]
pub fn read(
    key: &hmac::Key,
    (endpoint, bound): (Endpoint, &str),
    text: &str,
    now: Timestamp,
) -> Option<Ticket> {
    let (head, given) = text.rsplit_once('.')?;
    let expected = tag(key, head, bound);
    if !constant_time_eq(given.as_bytes(), expected.as_bytes()) {
        return None;
    }
    let mut parts = head.split('.');
    let code = parts.next()?;
    let issued = Timestamp::from_millis(parts.next()?.parse().ok()?);
    let difficulty: u8 = parts.next()?.parse().ok()?;
    let alive = issued <= now && now < issued.plus_seconds(SECONDS);
    let fits = code == endpoint.code() && (EASIEST..=HARDEST).contains(&difficulty);
    (alive && fits).then_some(Ticket { difficulty, issued, tag: expected })
}

impl Ticket {
    /// What it is known by once it is spent.
    #[must_use]
    pub fn id(&self) -> [u8; 32] {
        json::sha256(format!("work:{}", self.tag).as_bytes())
    }

    /// When it ends.
    #[must_use]
    pub fn expires(&self) -> Timestamp {
        self.issued.plus_seconds(SECONDS)
    }

    /// Whether this number is an answer.
    #[must_use]
    pub fn solved_by(&self, answer: &str) -> bool {
        let number =
            !answer.is_empty() && answer.len() <= DIGITS && answer.bytes().all(|b| b.is_ascii_digit());
        let hash = json::sha256(format!("{}:{answer}", self.tag).as_bytes());
        let zeros = u32::from_be_bytes([hash[0], hash[1], hash[2], hash[3]]).leading_zeros();
        number && zeros >= u32::from(self.difficulty)
    }

    /// Whether who got it has waited for as long as it asks.
    #[must_use]
    pub fn waited(&self, now: Timestamp) -> bool {
        now >= self.issued.plus_seconds(patience(self.difficulty))
    }
}

#[cfg(test)]
mod tests {
    use copihue_core::SeededRandom;

    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

    fn key(byte: u8) -> hmac::Key {
        hmac::Key::new(hmac::HMAC_SHA256, &[byte; 32])
    }

    fn solve(ticket: &Ticket) -> String {
        (0..1_u64 << 24).map(|n| n.to_string()).find(|n| ticket.solved_by(n)).unwrap()
    }

    #[test]
    fn h13_a_challenge_is_one_browsers_and_ends_and_can_be_no_easier_than_made() {
        let text = challenge(&key(1), (Endpoint::Login, "mine"), 0, NOW, &SeededRandom::new(1));
        let read = |text: &str, bound: &str, at: Timestamp| read(&key(1), (Endpoint::Login, bound), text, at);
        let ticket = read(&text, "mine", NOW).unwrap();
        assert_eq!(ticket.difficulty, EASIEST, "nobody is given one for nothing");
        assert_eq!(read(&text, "another's", NOW), None);
        assert_eq!(read(&text, "mine", NOW.plus_seconds(-1)), None);
        assert!(read(&text, "mine", NOW.plus_seconds(SECONDS - 1)).is_some());
        assert_eq!(read(&text, "mine", NOW.plus_seconds(SECONDS)), None);
        let other = self::read(&key(2), (Endpoint::Login, "mine"), &text, NOW);
        assert_eq!(other, None);
        for forged in [
            text.replace(".16.", ".0."),
            text.replace("ingreso.", "activacion."),
            text.replace("ingreso.1", "ingreso.2"),
            String::new(),
            ".".repeat(5),
        ] {
            assert_eq!(read(&forged, "mine", NOW), None, "{forged}");
        }
        // Signed by us for another endpoint, and with a difficulty that we never give.
        for head in
            ["activacion.1800000000000.16.00", "ingreso.1800000000000.0.00", "ingreso.1800000000000.99.00"]
        {
            let signed = format!("{head}.{}", tag(&key(1), head, "mine"));
            assert_eq!(read(&signed, "mine", NOW), None, "{head}");
        }
    }

    #[test]
    fn h13_an_answer_fits_its_own_challenge_and_is_a_plain_number() {
        let make = |seed| {
            let text = challenge(&key(1), (Endpoint::Login, ""), EASIEST, NOW, &SeededRandom::new(seed));
            read(&key(1), (Endpoint::Login, ""), &text, NOW).unwrap()
        };
        let (one, two) = (make(1), make(2));
        let answer = solve(&one);
        assert!(!two.solved_by(&answer) && one.id() != two.id());
        for bad in ["", "-1", "+5", " 7", "1e3", "1234567890123"] {
            assert!(!one.solved_by(bad), "{bad}");
        }
        assert!(!one.waited(NOW.plus_seconds(9)) && one.waited(NOW.plus_seconds(10)));
    }

    #[test]
    fn h03_the_more_failures_the_harder_up_to_some_seconds() {
        let of = |failures| difficulty(failures, 10);
        assert_eq!([0, 9].map(of), [None, None]);
        assert_eq!([10, 19, 20, 40, 80].map(of), [16, 16, 17, 18, 19].map(Some));
        assert_eq!([160, i64::MAX].map(of), [Some(HARDEST), Some(HARDEST)]);
        assert_eq!(difficulty(5, 0), None, "never divided by nothing");
        assert_eq!([EASIEST, HARDEST].map(patience), [10, 50]);
    }
}
