//! Queries, actions, documents and notices of a procedure.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Schema, Text};
use crate::model::expr::Expr;

/// A question to who holds the data.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Query {
    /// What the pages call it.
    pub title: Text,
    /// The holder, as the person knows it.
    pub source: Text,
    /// Name of the service in the configuration.
    pub service: String,
    /// Whether it is asked at all; if not, rules see the status `not_asked`.
    #[serde(default = "Expr::always")]
    pub when: Expr,
    /// What is sent.
    pub input: BTreeMap<String, Expr>,
    /// What a good answer looks like; anything else is an error.
    pub output: Schema,
    /// The longest wait for one answer, in milliseconds.
    #[serde(default = "three_seconds")]
    pub timeout_ms: u32,
    /// What happens when it does not answer.
    #[serde(default)]
    pub on_error: Effect,
    /// Law or agreement that allows it.
    #[serde(default)]
    pub basis: String,
}

fn three_seconds() -> u32 {
    3000
}

/// What happens when a holder does not answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// The case waits and asks again; a person may go on without it.
    #[default]
    Manual,
    /// The case waits until it answers.
    Block,
    /// The case goes on at once, and rules see the status.
    Continue,
}

/// What came back from a holder. Rules read it as `reg.ID`.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Answer {
    /// `ok`, `not_found`, `denied`, `not_asked` or `error`.
    pub status: String,
    /// When, as RFC 3339.
    pub at: String,
    /// Who answered, in words.
    pub source: String,
    /// The data, when `ok`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data: Option<Value>,
}

/// An action.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Writes computed values, in order.
    Set(Vec<SetValue>),
    /// Asks for a payment.
    Payment(Box<PaymentAction>),
    /// Sends a mail that is no legal notice.
    Mail(Mail),
}

/// A computed value.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetValue {
    /// JSON pointer into the data.
    pub at: String,
    /// Its value.
    pub value: Expr,
}

/// A payment.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaymentAction {
    /// What is paid, in words.
    pub description: Expr,
    /// Lines of the order.
    pub lines: Vec<LineItem>,
    /// The key of what is owed: one live payment for each, whoever pays.
    pub obligation: Expr,
    /// Seconds within which the result must be delivered, or the money goes back.
    #[serde(default = "ten_minutes")]
    pub fulfil_within_s: u32,
}

fn ten_minutes() -> u32 {
    600
}

/// A line of an order, or one for each item of a list.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LineItem {
    /// What it is; sees `item` within `each`.
    pub label: Expr,
    /// Pesos.
    pub amount: Expr,
    /// Whether it is charged.
    #[serde(default = "Expr::always")]
    pub when: Expr,
    /// A list: one line per item.
    #[serde(default)]
    pub each: EachLine,
}

/// The list behind repeated lines, if any.
pub type EachLine = Option<Expr>;

/// A mail.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mail {
    /// Address.
    pub to: Expr,
    /// Subject.
    pub subject: Expr,
    /// Text.
    pub text: Expr,
}

/// A document that the institution issues.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// Its title.
    pub title: Text,
    /// Template blocks (crate `documents`).
    pub template: Value,
    /// Values by name: the only ones that the template sees.
    pub values: BTreeMap<String, Expr>,
    /// Who signs.
    pub sign: Sign,
    /// Kind of document (list L1 of the case file).
    pub kind: u16,
    /// Officials may issue it for many at once from a table, outside of any case: what the case would see to, nobody does then.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub bulk: bool,
    /// A second one in force with the same key is refused, in the whole institution.
    #[serde(default)]
    pub unique: Option<Expr>,
    /// Parts of a resolution: then the validator of LBPA 41 must pass before it is signed.
    #[serde(default)]
    pub resolution: Option<Letter>,
    /// What the public verification page shows beside the title: never personal data in clear.
    #[serde(default)]
    pub public: BTreeMap<String, Expr>,
}

/// Who signs a document.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sign {
    /// The institution's seal.
    Seal,
    /// The official, with a one-time code.
    Official,
}

/// What a resolution is made of.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Letter {
    /// What the resolution does with the request.
    pub effect: Part,
    /// Norms and competence (vistos).
    pub norms: Expr,
    /// Facts, as the official wrote them.
    pub facts: Expr,
    /// Grounds of law.
    pub grounds: Expr,
    /// What is decided.
    pub decision: Expr,
}

/// What a resolution does with the request.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// Granted.
    Accepts,
    /// Refused.
    Rejects,
}

/// A legal notice.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notice {
    /// Subject.
    pub subject: Expr,
    /// Text.
    pub body: Expr,
    /// Documents of this procedure that go with it.
    #[serde(default)]
    pub attach: Vec<String>,
    /// E-mail that learns that there is a notice.
    #[serde(default)]
    pub email: Option<Expr>,
}
