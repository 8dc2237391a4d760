//! What an application must show before it is certified (§3.8): what we see ourselves in its tests, and what its institution declares.

use super::client::Client;
use super::profile::Profile;

/// Logins in which `state` must have been another each time.
pub const STATES: i64 = 20;
/// Fewest characters of a `state` that nobody guesses.
pub const STATE_LENGTH: i64 = 16;

/// What an application under test was seen to do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sign {
    /// A person logged in.
    Login,
    /// With this `state`.
    State,
    /// With a `nonce`.
    Nonce,
    /// With PKCE.
    Pkce,
    /// From a browser at this network address.
    Browser,
    /// It redeemed a code.
    Exchange,
    /// From a server at this network address.
    Server,
    /// It asked who the person is.
    Userinfo,
    /// A person logged out by it.
    Logout,
}

impl Sign {
    /// The stored code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Login => "ingreso",
            Self::State => "state",
            Self::Nonce => "nonce",
            Self::Pkce => "pkce",
            Self::Browser => "navegador",
            Self::Exchange => "canje",
            Self::Server => "servidor",
            Self::Userinfo => "datos",
            Self::Logout => "salida",
        }
    }

    /// How many different values are kept of each.
    #[must_use]
    pub const fn most(self) -> usize {
        match self {
            Self::State => 40,
            Self::Browser | Self::Server => 8,
            _ => 1,
        }
    }
}

/// What was seen of one value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Seen {
    /// The kind of thing.
    pub what: String,
    /// The value's keyed hash; empty where it doesn't matter.
    pub mark: Vec<u8>,
    /// How often.
    pub n: i64,
    /// The length of the value.
    pub size: i64,
}

/// What we check ourselves.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Check {
    /// Its addresses are `https`.
    Https,
    /// A login was completed: on our own page, which no frame can show.
    Login,
    /// A code was redeemed, and the person's data asked for.
    Sequence,
    /// `state` was another in each of twenty logins.
    State,
    /// Tokens are asked for by the application's server, not by the browser.
    Backend,
    /// A log-out came by it.
    Logout,
    /// `nonce` and PKCE, in the open contract.
    Proofs,
}

/// How a check came out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// Seen.
    Good,
    /// Not seen yet.
    Missing,
    /// Something else was seen.
    Bad,
}

impl Check {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Https, Self::Login, Self::Sequence, Self::State, Self::Backend, Self::Logout, Self::Proofs];

    /// The end of its text's key.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Https => "https",
            Self::Login => "login",
            Self::Sequence => "sequence",
            Self::State => "state",
            Self::Backend => "backend",
            Self::Logout => "logout",
            Self::Proofs => "proofs",
        }
    }

    /// Whether it is asked of applications of this profile.
    #[must_use]
    pub fn applies(self, profile: Profile) -> bool {
        self != Self::Proofs || profile != Profile::Compat
    }

    /// How it comes out for the application of the institution's tests.
    #[must_use]
    pub fn look(self, client: &Client, seen: &[Seen]) -> Outcome {
        let of = |sign: Sign| seen.iter().filter(move |s| s.what == sign.code());
        let times = |sign: Sign| of(sign).map(|s| s.n).sum::<i64>();
        let when = |good: bool| if good { Outcome::Good } else { Outcome::Missing };
        match self {
            Self::Https if client.redirect_uris.iter().all(|uri| uri.starts_with("https://")) => {
                Outcome::Good
            }
            Self::Https => Outcome::Bad,
            Self::Login => when(times(Sign::Login) > 0),
            Self::Sequence => when(times(Sign::Exchange) > 0 && times(Sign::Userinfo) > 0),
            Self::State if of(Sign::State).any(|s| s.n > 1 || s.size < STATE_LENGTH) => Outcome::Bad,
            Self::State => when(times(Sign::State) >= STATES),
            Self::Backend if times(Sign::Server) == 0 => Outcome::Missing,
            Self::Backend if of(Sign::Server).any(|s| of(Sign::Browser).any(|b| b.mark == s.mark)) => {
                Outcome::Bad
            }
            Self::Backend => Outcome::Good,
            Self::Logout => when(times(Sign::Logout) > 0),
            Self::Proofs if times(Sign::Login) == 0 => Outcome::Missing,
            Self::Proofs if times(Sign::Nonce) > 0 && times(Sign::Pkce) > 0 => Outcome::Good,
            Self::Proofs => Outcome::Bad,
        }
    }
}

/// What the institution declares, and shows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Declared {
    /// The button looks as the manual of style says.
    Button,
    /// No secret is in a program's text, or in what the browser gets.
    Secret,
    /// It is the site that people will use, not one of development.
    Site,
    /// People see where to log out.
    Exit,
}

impl Declared {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Button, Self::Secret, Self::Site, Self::Exit];

    /// The stored code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Button => "boton",
            Self::Secret => "secreto",
            Self::Site => "sitio",
            Self::Exit => "salida",
        }
    }

    /// From the stored code.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|declared| declared.code() == code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::client::{ClientState, Environment, Settings};

    fn client(uri: &str) -> Client {
        Client {
            id: "a".into(),
            name: "A".into(),
            institution: "I".into(),
            environment: Environment::Sandbox,
            state: ClientState::Active,
            scopes: vec![],
            redirect_uris: vec![uri.into()],
            settings: Settings::default(),
        }
    }

    fn seen(sign: Sign, mark: u8, n: i64, size: i64) -> Seen {
        Seen { what: sign.code().into(), mark: vec![mark], n, size }
    }

    #[test]
    fn aut_05_each_check_says_whether_it_was_seen_and_whether_it_was_wrong() {
        let c = client("https://a.cl/volver");
        let look = |check: Check, all: &[Seen]| check.look(&c, all);
        assert_eq!(look(Check::Https, &[]), Outcome::Good);
        assert_eq!(Check::Https.look(&client("http://localhost/volver"), &[]), Outcome::Bad);
        assert_eq!(look(Check::Login, &[]), Outcome::Missing);
        assert_eq!(look(Check::Login, &[seen(Sign::Login, 0, 1, 0)]), Outcome::Good);
        let half = [seen(Sign::Exchange, 0, 1, 0)];
        assert_eq!(look(Check::Sequence, &half), Outcome::Missing);
        let states: Vec<Seen> = (0..20).map(|n| seen(Sign::State, n, 1, 32)).collect();
        assert_eq!(look(Check::State, &states), Outcome::Good);
        assert_eq!(look(Check::State, &states[1..]), Outcome::Missing);
        assert_eq!(look(Check::State, &[seen(Sign::State, 1, 2, 32)]), Outcome::Bad);
        assert_eq!(look(Check::State, &[seen(Sign::State, 1, 1, 8)]), Outcome::Bad);
        let apart = [seen(Sign::Browser, 1, 3, 0), seen(Sign::Server, 2, 3, 0)];
        assert_eq!(look(Check::Backend, &apart), Outcome::Good);
        let same = [seen(Sign::Browser, 1, 3, 0), seen(Sign::Server, 1, 3, 0)];
        assert_eq!(look(Check::Backend, &same), Outcome::Bad);
        assert_eq!(look(Check::Proofs, &[seen(Sign::Login, 0, 1, 0)]), Outcome::Bad);
        assert!(!Check::Proofs.applies(Profile::Compat) && Check::Proofs.applies(Profile::Base));
    }
}
