//! What an institution asks for when it connects an application (§3.8), and the rules of each field.

use copihue_core::Acr;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::client::{Environment, Settings};
use super::profile::Profile;
use super::redirect::{is_loopback, may_be_registered};

/// Mailboxes that are nobody's.
const GENERIC: [&str; 16] = [
    "contacto",
    "soporte",
    "info",
    "informaciones",
    "oirs",
    "partes",
    "oficinadepartes",
    "oficina",
    "admin",
    "administrador",
    "webmaster",
    "mesadeayuda",
    "ayuda",
    "noreply",
    "sistemas",
    "informatica",
];

/// One of the three places where an application runs. Each has an application of its own at the provider, with its own secret.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub enum Stage {
    /// The developers' own machines.
    #[serde(rename = "desarrollo")]
    Sandbox,
    /// The institution's tests.
    #[serde(rename = "pruebas")]
    Qa,
    /// The people's.
    #[serde(rename = "produccion")]
    Production,
}

impl Stage {
    /// All of them, in the order in which an application goes through them.
    pub const ALL: [Self; 3] = [Self::Sandbox, Self::Qa, Self::Production];

    /// The stored code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Sandbox => "desarrollo",
            Self::Qa => "pruebas",
            Self::Production => "produccion",
        }
    }

    /// From the stored code.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.code() == code)
    }

    /// Who may log in there: test people, but in production.
    #[must_use]
    pub const fn environment(self) -> Environment {
        match self {
            Self::Sandbox | Self::Qa => Environment::Sandbox,
            Self::Production => Environment::Production,
        }
    }
}

/// For whom the application is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Audience {
    /// Everybody.
    #[serde(rename = "publico")]
    Public,
    /// The institution's own people.
    #[serde(rename = "interno")]
    Internal,
}

/// What the application learns of a person, beside that they are themself.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Datum {
    /// Their RUN.
    #[serde(rename = "run")]
    Run,
    /// Their name.
    #[serde(rename = "nombre")]
    Name,
    /// Their mail.
    #[serde(rename = "correo")]
    Email,
}

impl Datum {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Run, Self::Name, Self::Email];

    /// The stored code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Run => "run",
            Self::Name => "nombre",
            Self::Email => "correo",
        }
    }

    /// What it is called in a contract.
    #[must_use]
    pub const fn scope(self, profile: Profile) -> &'static str {
        match (self, profile) {
            (Self::Run, _) => "run",
            (Self::Name, Profile::Compat) => "name",
            (Self::Name, Profile::Base | Profile::Alto) => "profile",
            (Self::Email, _) => "email",
        }
    }
}

/// Somebody to write to.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Contact {
    /// Name.
    pub name: String,
    /// Mail.
    pub email: String,
}

/// Where an application runs at one stage.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Addresses {
    /// Where people come back to.
    pub redirect: String,
    /// Where they may be sent after log-out.
    pub logout: Option<String>,
}

/// A whole request: nothing in it is wrong by itself.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Request {
    /// What people read at the login.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// For whom.
    pub audience: Audience,
    /// Its site.
    pub site: String,
    /// The contract that it speaks.
    pub profile: Profile,
    /// What it learns.
    pub data: Vec<Datum>,
    /// The law that lets it.
    pub basis: String,
    /// Whether a password alone is enough.
    pub factor: Factor,
    /// Whether it asks for whom a person acts.
    pub acting: bool,
    /// Logins in its fullest hour.
    pub peak: u32,
    /// An official of the institution, by their own mailbox.
    pub administrative: Contact,
    /// Who builds it: of the institution, or of a supplier.
    pub technical: Contact,
    /// Where it runs, in the order of [`Stage::ALL`].
    pub addresses: [Addresses; 3],
    /// The terms of use that the head of the service accepted (DS 9/2023 art. 4): their version.
    pub terms: String,
    /// On which day.
    pub accepted: Date,
}

/// How strong a login has to be.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Factor {
    /// A password alone is enough.
    #[serde(rename = "clave")]
    Password,
    /// Something more is asked for (AUT-10).
    #[serde(rename = "segundo")]
    Second,
}

impl Factor {
    /// The weakest level that is taken.
    #[must_use]
    pub const fn level(self) -> Acr {
        match self {
            Self::Password => Acr::Low,
            Self::Second => Acr::Substantial,
        }
    }
}

impl Request {
    /// Where it runs at a stage.
    #[must_use]
    pub const fn at(&self, stage: Stage) -> &Addresses {
        let [sandbox, qa, production] = &self.addresses;
        match stage {
            Stage::Sandbox => sandbox,
            Stage::Qa => qa,
            Stage::Production => production,
        }
    }

    /// Sets where it runs at a stage.
    pub fn move_to(&mut self, stage: Stage, to: Addresses) {
        let [sandbox, qa, production] = &mut self.addresses;
        match stage {
            Stage::Sandbox => *sandbox = to,
            Stage::Qa => *qa = to,
            Stage::Production => *production = to,
        }
    }

    /// The scopes that it may ask for.
    #[must_use]
    pub fn scopes(&self) -> Vec<String> {
        let own = self.data.iter().map(|datum| datum.scope(self.profile));
        std::iter::once("openid").chain(own).map(str::to_owned).collect()
    }

    /// The settings of its application at a stage. What it does is noted down while it is tested.
    #[must_use]
    pub fn settings(&self, stage: Stage) -> Settings {
        let national = self.profile == Profile::Compat;
        let after = self.at(stage).logout.clone().filter(|_| !national);
        Settings {
            acr_min: self.factor.level(),
            require_2fa: self.factor == Factor::Second,
            representation: self.acting && !national,
            post_logout_uris: after.into_iter().collect(),
            watched: stage != Stage::Production,
            ..Settings::of(self.profile)
        }
    }
}

/// Why an address can't be registered for a stage.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BadAddress {
    /// It is no `https://` address.
    Form,
    /// It has a query or a fragment.
    Extra,
    /// It is a machine's number.
    Number,
    /// It is the developer's own machine.
    Local,
    /// It belongs to nobody that the State knows: neither `.gob.cl` nor a domain of the body.
    Foreign,
}

impl BadAddress {
    /// The end of its text's key.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Form => "form",
            Self::Extra => "extra",
            Self::Number => "number",
            Self::Local => "local",
            Self::Foreign => "foreign",
        }
    }
}

/// Checks an address for a stage. `domains` are the body's own, beside `.gob.cl`.
///
/// # Errors
/// The first thing that is wrong with it.
pub fn check_address(stage: Stage, uri: &str, domains: &[String]) -> Result<(), BadAddress> {
    let url = url::Url::parse(uri).map_err(|_| BadAddress::Form)?;
    if url.query().is_some() || url.fragment().is_some() {
        return Err(BadAddress::Extra);
    }
    let host = url.host_str().ok_or(BadAddress::Form)?;
    if is_loopback(host) && stage != Stage::Sandbox {
        return Err(BadAddress::Local);
    }
    if !may_be_registered(uri) {
        return Err(BadAddress::Form);
    }
    if !is_loopback(host) && !matches!(url.host(), Some(url::Host::Domain(_))) {
        return Err(BadAddress::Number);
    }
    if stage == Stage::Production && !is_public(host, domains) {
        return Err(BadAddress::Foreign);
    }
    Ok(())
}

/// Whether a host, or the domain of a mailbox, is the State's or the body's own.
#[must_use]
pub fn is_public(host: &str, domains: &[String]) -> bool {
    let within = |domain: &str| host == domain || host.strip_suffix(domain).is_some_and(|h| h.ends_with('.'));
    within("gob.cl") || domains.iter().any(|domain| within(&domain.to_ascii_lowercase()))
}

/// Why a mailbox can't be the administrative contact's.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BadMailbox {
    /// It is nobody's: «contacto@».
    Generic,
    /// It is not the institution's.
    Foreign,
}

/// Checks the mailbox of the administrative contact: their own, and the institution's.
///
/// # Errors
/// What is wrong with it.
pub fn check_mailbox(email: &str, domains: &[String]) -> Result<(), BadMailbox> {
    let (user, domain) = email.rsplit_once('@').unwrap_or((email, ""));
    let bare: String =
        user.chars().filter(char::is_ascii_alphabetic).collect::<String>().to_ascii_lowercase();
    if GENERIC.contains(&bare.as_str()) {
        return Err(BadMailbox::Generic);
    }
    if is_public(&domain.to_ascii_lowercase(), domains) { Ok(()) } else { Err(BadMailbox::Foreign) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c06_addresses_are_bounded_by_their_stage() {
        let own = ["puentealto.cl".to_owned()];
        let check = |stage, uri: &str| check_address(stage, uri, &own);
        for (uri, bad) in [
            ("javascript:alert(1)", BadAddress::Form),
            ("http://tramites.puentealto.cl/volver", BadAddress::Form),
            ("https://u:p@tramites.puentealto.cl/volver", BadAddress::Form),
            ("tramites.puentealto.cl/volver", BadAddress::Form),
            ("https://tramites.puentealto.cl/volver?a=1", BadAddress::Extra),
            ("https://tramites.puentealto.cl/volver#a", BadAddress::Extra),
            ("https://200.10.10.1/volver", BadAddress::Number),
            ("https://[2001:db8::1]/volver", BadAddress::Number),
            ("https://localhost/volver", BadAddress::Local),
            ("http://127.0.0.1:8000/volver", BadAddress::Local),
            ("https://tramites.ejemplo.com/volver", BadAddress::Foreign),
            ("https://malopuentealto.cl/volver", BadAddress::Foreign),
            ("https://gob.cl.ejemplo.com/volver", BadAddress::Foreign),
        ] {
            assert_eq!(check(Stage::Production, uri), Err(bad), "{uri}");
        }
        assert_eq!(check(Stage::Production, "https://tramites.puentealto.cl/volver"), Ok(()));
        assert_eq!(check(Stage::Production, "https://tramites.gob.cl/volver"), Ok(()));
        assert_eq!(check(Stage::Qa, "https://pruebas.proveedor.com/volver"), Ok(()));
        assert_eq!(check(Stage::Qa, "http://localhost:8000/volver"), Err(BadAddress::Local));
        assert_eq!(check(Stage::Sandbox, "http://localhost:8000/volver"), Ok(()));
    }

    #[test]
    fn aut_05_the_administrative_contact_is_a_person_of_the_institution() {
        let own = ["puentealto.cl".to_owned()];
        assert_eq!(check_mailbox("cfuentes@puentealto.cl", &own), Ok(()));
        assert_eq!(check_mailbox("ana.rojas@digital.gob.cl", &own), Ok(()));
        for box_ in ["contacto@puentealto.cl", "Soporte@puentealto.cl", "info1@puentealto.cl"] {
            assert_eq!(check_mailbox(box_, &own), Err(BadMailbox::Generic), "{box_}");
        }
        assert_eq!(check_mailbox("cfuentes@correo.com", &own), Err(BadMailbox::Foreign));
    }
}
