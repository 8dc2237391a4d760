//! Everything that a case is made of, as it is stored.

use std::collections::BTreeMap;

use copihue_core::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::model::decision::Fired;
use crate::model::definition::Answer;
use crate::model::flow::FlowState;
use crate::model::legal::{CorrectionRequest, LegalState};

/// The state of a case.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct CaseState {
    /// The data document.
    pub data: Map<String, Value>,
    /// Tokens and forks.
    pub flow: FlowState,
    /// Answers of holders, by query.
    #[serde(default)]
    pub reg: BTreeMap<String, Answer>,
    /// Decisions taken, with the rows that fired.
    #[serde(default)]
    pub dec: BTreeMap<String, Fired>,
    /// Payments, by action.
    #[serde(default)]
    pub pay: BTreeMap<String, Payment>,
    /// Parameters pinned when the case started.
    #[serde(default)]
    pub params: Map<String, Value>,
    /// Where it stands before the law.
    pub legal: LegalState,
    /// Service nodes under way, by token.
    #[serde(default)]
    pub services: BTreeMap<u32, Service>,
    /// Documents issued, by the definition's id; the last one of each.
    #[serde(default)]
    pub issued: BTreeMap<String, Issued>,
    /// The correction that the person owes, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correction: Option<Owed>,
    /// Terms that run or ran.
    #[serde(default)]
    pub deadlines: Vec<Running>,
    /// Officials who completed a node, for four eyes: official's id by node.
    #[serde(default)]
    pub done_by: BTreeMap<String, String>,
    /// No token is left.
    #[serde(default)]
    pub closed: bool,
    /// The end that was reached, by its id: how the case came out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<String>,
    /// When this draft will be deleted, once its person was told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub draft_end: Option<DraftEnd>,
}

/// The end of a draft that nobody touches.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct DraftEnd {
    /// When it was last touched, as the warning knew it: a later touch voids it.
    pub touched: Timestamp,
    /// When it is deleted.
    pub at: Timestamp,
}

/// A service node under way.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Service {
    /// The next thing of `run`.
    pub step: usize,
    /// How many times the holders of the present group were asked.
    pub attempts: u32,
    /// Queries of the present group that did not answer well.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waiting_for: Vec<String>,
    /// When it is asked again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_at: Option<Timestamp>,
    /// Since when the present group does not answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failing_since: Option<Timestamp>,
    /// Nobody is asked any more until the person wants it: a holder that the case can't do without is silent.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub given_up: bool,
}

impl Service {
    /// Whether it can go on at `now`.
    #[must_use]
    pub fn is_due(&self, now: Timestamp) -> bool {
        !self.given_up && self.retry_at.is_none_or(|at| at <= now)
    }
}

/// A payment of the case. Rules read it as `pay.ID`.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Payment {
    /// `pending` or `paid`.
    pub status: String,
    /// Total, in pesos.
    pub amount: i64,
    /// Id in the payments service.
    #[serde(default)]
    pub id: String,
    /// Where the person goes to pay.
    #[serde(default)]
    pub start_path: String,
    /// When it was paid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paid_at: Option<Timestamp>,
}

/// A document that was issued.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Issued {
    /// Its title.
    pub title: String,
    /// Id in the case file.
    pub document: String,
    /// Number in the case file's index.
    pub n: u32,
    /// Verification code, with hyphens.
    pub code: String,
    /// SHA-256 in hex.
    pub sha256: String,
    /// When.
    pub at: Timestamp,
}

/// The correction that the person owes.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Owed {
    /// The official's task that waits for it.
    pub token: u32,
    /// The node of that task.
    pub node: String,
    /// The form to answer.
    pub form: String,
    /// What was asked and until when.
    pub request: CorrectionRequest,
    /// Whether the official who asked has to look at the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered_at: Option<Timestamp>,
}

/// A term that runs or ran.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Running {
    /// Id in the definition, or the term's code.
    pub id: String,
    /// What pages call it.
    pub title: String,
    /// Whose turn it is.
    pub who: crate::model::definition::Party,
    /// The event that meets it.
    pub meets: String,
    /// When it started.
    pub from: Timestamp,
    /// The last day.
    pub due: jiff::civil::Date,
    /// The instant from which it is too late.
    pub expires: Timestamp,
    /// When it was met.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub met_at: Option<Timestamp>,
}

/// What surrounds a command: who, when, where. Rules see it as `case`, `actor`, `now`, `today`.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Facts {
    /// The case file's number, once it is filed.
    pub number: Option<String>,
    /// When the case started.
    pub opened: Timestamp,
    /// When it was filed, legally.
    pub filed: Option<Timestamp>,
    /// Institution code.
    pub institution: String,
    /// Institution name.
    pub institution_name: String,
    /// The person who asks: RUN as `12345678-5`, and name.
    pub applicant: Person,
    /// Who acts now.
    pub actor: Person,
    /// `person`, `official` or `platform`.
    pub actor_kind: &'static str,
    /// The present instant.
    pub now: Timestamp,
    /// The civil date of now, in the institution's zone.
    pub today: jiff::civil::Date,
}

/// A person, for rules.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Person {
    /// `12345678-5`.
    pub run: String,
    /// Name.
    pub name: String,
    /// Post, of an official.
    pub post: String,
}
