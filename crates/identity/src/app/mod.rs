//! Use cases.

mod access;
mod activation;
mod authorize;
mod case;
mod change;
mod client;
mod client_auth;
mod consent;
mod contact;
mod desk;
mod device;
mod factor;
mod flood;
mod form;
mod integration;
mod keys;
mod login;
mod logout;
mod mailed;
mod mandate;
mod notice;
mod onboarding;
mod panel;
mod passkey;
mod person;
mod prove;
mod pushed;
mod recovery;
mod redeem;
mod relying;
mod report;
mod secret;
mod session;
mod setup;
mod sign;
mod standing;
mod term;
mod tester;
mod work;

use copihue_core::{Acr, Id, Result, Timestamp};
use copihue_db::Tx;
use copihue_ledger::{Family, Field, Record};

pub(crate) use self::activation::{Activated, Activating, Seen, Started};
pub(crate) use self::authorize::{
    Browser, Completed, DEVICE_SECONDS, For, Fresh, Standing as SessionStanding,
};
pub(crate) use self::case::Move;
pub(crate) use self::change::{Verdict, Wanted};
pub use self::client::{ListedClient, NewClient, ROTATION_SECONDS, RegisteredClient};
pub(crate) use self::consent::Application;
pub(crate) use self::contact::{CANCEL, Change, Confirmed, Wished};
pub(crate) use self::desk::Account;
pub(crate) use self::device::{TooMany, Waiting};
pub(crate) use self::factor::{By, Factors, SetUp, Step, Tried};
pub(crate) use self::integration::{Dossier, StageClient, declares};
pub(crate) use self::keys::key_ring;
pub(crate) use self::login::{Attempt, Authenticated};
pub(crate) use self::logout::BadLeaving;
pub(crate) use self::mailed::Purpose;
pub use self::mandate::NewMandate;
pub(crate) use self::mandate::{Given, Offer};
pub(crate) use self::panel::{Logins, Panel};
pub(crate) use self::passkey::{Challenge, relying_party};
pub use self::person::NewPerson;
pub(crate) use self::prove::{Proved, Shown, proving};
pub(crate) use self::pushed::{Coming, PUSHED_SECONDS};
pub(crate) use self::recovery::{Begun, Claimed, Recovered};
pub(crate) use self::redeem::Redeemer;
pub(crate) use self::relying::{AWAY_SECONDS, Asking, own};
pub(crate) use self::secret::SecretAct;
pub(crate) use self::setup::{discovery, open_discovery};
pub use self::standing::Standing;
pub(crate) use self::tester::{Carried, Stop, Tested, TokenTested};
pub(crate) use self::work::{Paid, again_at, patience_of};

use crate::Identity;
use crate::model::client::Client;
use crate::model::event::{Event, EventKind, Outcome};
use crate::model::tally::Counted;
use crate::store;

/// What a new event needs besides its kind.
pub(crate) struct Happened<'a> {
    pub(crate) person: Id,
    pub(crate) kind: EventKind,
    pub(crate) outcome: Outcome,
    pub(crate) client: Option<&'a Client>,
    pub(crate) acr: Option<Acr>,
    /// What was used, as RFC 8176 names it.
    pub(crate) amr: &'a [String],
    pub(crate) delivered: Vec<String>,
    pub(crate) device: &'a str,
    pub(crate) note: &'a str,
    /// For whom the person acted, or who acted for them; empty for oneself.
    pub(crate) acting: String,
    pub(crate) trace: &'a str,
}

impl Happened<'_> {
    /// Something that went well and of which no more is known.
    pub(crate) const fn of(person: Id, kind: EventKind) -> Self {
        Self {
            person,
            kind,
            outcome: Outcome::Ok,
            client: None,
            acr: None,
            amr: &[],
            delivered: Vec::new(),
            device: "",
            note: "",
            acting: String::new(),
            trace: "",
        }
    }
}

impl Identity {
    pub(crate) fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    /// Writes an event into the person's history and its commitment into the ledger, in the same transaction.
    pub(crate) fn happened(&self, tx: &mut Tx<'_>, what: Happened<'_>) -> Result<()> {
        let at = self.now();
        let event = Event {
            id: Id::new(at, what.person.bucket(), &*self.0.random),
            person: what.person,
            kind: what.kind,
            outcome: what.outcome,
            client: what.client.map(Into::into),
            acr: what.acr,
            factors: factors(what.amr),
            device: what.device.to_owned(),
            delivered: what.delivered,
            note: what.note.to_owned(),
            acting: what.acting,
            trace: what.trace.to_owned(),
            at,
        };
        store::insert_event(tx, &event)?;
        let client = event.client.as_ref().map_or("", |client| client.id.as_str());
        self.tallied(tx, Counted::new(at, event.kind, event.outcome, client, &event.factors.join(" ")));
        self.0.evidence.append(tx, record(&event))
    }
}

/// What was used, in the history's words.
fn factors(amr: &[String]) -> Vec<String> {
    let words =
        [("pwd", "clave"), ("otp", "codigo"), ("email", "correo"), ("hwk", "llave"), ("swk", "llave")];
    let used = words.iter().filter(|(method, _)| amr.iter().any(|m| m == method));
    used.map(|(_, word)| (*word).to_owned()).collect()
}

/// What the ledger commits to: when, what, to whom; never the RUN.
fn record(event: &Event) -> Record {
    let client = event.client.as_ref();
    Record {
        family: Family::Identity,
        kind: event.kind.code(),
        record_id: event.id.to_string(),
        subject: Some(event.person),
        fields: vec![
            Field::plain("fecha", event.at.to_string()),
            Field::plain("resultado", event.outcome.code()),
            Field::personal("aplicacion", client.map_or("", |c| c.id.as_str())),
            Field::personal("institucion", client.map_or("", |c| c.institution.as_str())),
            Field::personal("nivel", event.acr.map_or("", Acr::urn)),
            Field::personal("datos_entregados", event.delivered.clone()),
            Field::personal("representacion", event.acting.as_str()),
        ],
    }
}
