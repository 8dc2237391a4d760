//! What a deployment decides about logins.

use std::path::PathBuf;

use copihue_core::{Acr, Secret};

use crate::hash::HashParams;
use crate::model::client::Environment;
use crate::model::contact::ContactHold;
use crate::model::level::{HighKeys, MailCodes, Policy};
use crate::model::person::PersonKind;
use crate::model::throttle::Limits;

/// Settings of the provider and of our own pages as its client.
#[derive(Clone, Debug)]
pub struct Config {
    /// The issuer, without a closing slash: `https://host/openid`. Its endpoints lie on the same host.
    pub issuer: String,
    /// What the login is called on the pages: «su clave única ciudadana». No mark is shipped (IDP-11).
    pub brand: String,
    /// Cost of a password's hash.
    pub hash: HashParams,
    /// Threads that hash: the number of cores.
    pub hash_threads: usize,
    /// Throttling.
    pub limits: Limits,
    /// Which passkeys are enough for the highest level.
    pub high_keys: HighKeys,
    /// How much a code by mail is worth.
    pub mail_codes: MailCodes,
    /// How long a new address waits before codes go there.
    pub contact_hold: ContactHold,
    /// A list of breached passwords that [`crate::breached::build`] made: nobody may choose one of them.
    pub breached: Option<PathBuf>,
    /// Answer 204 at log-out even with a registered `redirect`, as the original was seen to do.
    pub logout_always_204: bool,
    /// Who says to our own pages who somebody is.
    pub provider: Provider,
}

/// Who logs people in to our own pages.
#[derive(Clone, Debug)]
pub enum Provider {
    /// This deployment itself, over HTTP like anybody else's.
    Own {
        /// The body that people read at the login.
        institution: String,
        /// For whom: a demonstration has test people.
        environment: Environment,
    },
    /// Another provider with the same contract, such as the national login.
    Other(Box<Relying>),
}

/// Our pages as a client of a provider (§2.6).
#[derive(Clone, Debug)]
pub struct Relying {
    /// `client_id`.
    pub client_id: String,
    /// `client_secret`.
    pub client_secret: Secret,
    /// The provider's `iss`.
    pub issuer: String,
    /// Authorization endpoint.
    pub authorize_url: String,
    /// Token endpoint.
    pub token_url: String,
    /// Userinfo endpoint.
    pub userinfo_url: String,
    /// Its log-out, offered after ours.
    pub logout_url: Option<String>,
    /// How its logins count.
    pub level: Level,
    /// Whom it knows.
    pub people: PersonKind,
}

/// How a provider's login counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Level {
    /// As its `acr` says: our own provider.
    Said,
    /// Always so: the national login says nothing.
    Fixed(Acr),
}

impl Config {
    /// Our own provider at this address (`https://host`, without a closing slash), for real people.
    #[must_use]
    pub fn new(base_url: &str, institution: &str) -> Self {
        Self {
            issuer: format!("{base_url}/openid"),
            brand: "Copihue".to_owned(),
            hash: HashParams::default(),
            hash_threads: std::thread::available_parallelism().map_or(2, std::num::NonZero::get),
            limits: Limits::default(),
            high_keys: HighKeys::default(),
            mail_codes: MailCodes::default(),
            contact_hold: ContactHold::default(),
            breached: None,
            logout_always_204: false,
            provider: Provider::Own {
                institution: institution.to_owned(),
                environment: Environment::Production,
            },
        }
    }

    /// The same for a demonstration: test people only.
    #[must_use]
    pub fn sandbox(base_url: &str, institution: &str) -> Self {
        let provider =
            Provider::Own { institution: institution.to_owned(), environment: Environment::Sandbox };
        Self { provider, ..Self::new(base_url, institution) }
    }

    pub(crate) fn levels(&self) -> Policy {
        Policy { high: self.high_keys, mail: self.mail_codes }
    }

    /// Scheme and authority of the issuer.
    pub(crate) fn base(&self) -> &str {
        self.issuer.strip_suffix("/openid").unwrap_or(&self.issuer)
    }
}

impl Relying {
    /// A client of the national login's contract at this host: `https://accounts.claveunica.gob.cl`.
    #[must_use]
    pub fn at(host: &str, client_id: &str, client_secret: Secret) -> Self {
        Self {
            client_id: client_id.to_owned(),
            client_secret,
            issuer: format!("{host}/openid"),
            authorize_url: format!("{host}/openid/authorize/"),
            token_url: format!("{host}/openid/token/"),
            userinfo_url: format!("{host}/openid/userinfo/"),
            logout_url: Some(format!("{host}/api/v1/accounts/app/logout")),
            level: Level::Fixed(Acr::Low),
            people: PersonKind::Real,
        }
    }
}
