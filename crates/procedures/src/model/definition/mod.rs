//! `copihue/procedure/1`: a procedure as one JSON document. Parsed with limits, hashed over its canonical form.

mod content;
mod flow;
mod form;
mod parse;
mod schema;
mod text;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

pub use content::{
    Action, Answer, Document, EachLine, Effect, Letter, LineItem, Mail, Notice, Part, PaymentAction, Query,
    SetValue, Sign,
};
pub use flow::{
    Channel, Correction, Edge, EdgeKind, Flow, Node, NodeKind, Outcome, Run, Step, StepMode, WaitFor, Who,
};
pub use form::{Column, Fact, Facts, Field, Form, Layout, Page, Repeat, Rule, Section, Table, Widget, Words};
pub use parse::{MAX_BYTES, MAX_DEPTH, ParseError, parse};
pub use schema::{Choice, Format, Schema, Shape};
pub use text::Text;

use crate::model::expr::Expr;

/// The value of the key `schema`.
pub const SCHEMA: &str = "copihue/procedure/1";

/// A whole procedure. Immutable once published; a case names the hash that it runs.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Definition {
    /// Always [`SCHEMA`].
    pub schema: String,
    /// `[a-z0-9-]{3,64}`, stable over versions.
    pub id: String,
    /// Counts up from 1.
    pub version: u32,
    /// `sha256:` and hex, over everything but `version`, `hash`, `hash_flow`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hash: Option<String>,
    /// The same over what decides the course of a case: a change of text keeps it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hash_flow: Option<String>,
    /// Its name.
    pub title: Text,
    /// One sentence.
    pub summary: Text,
    /// What the public page says.
    #[serde(default)]
    pub info: Info,
    /// Languages of the texts.
    pub languages: Vec<String>,
    /// Code of the institution, or `*` for a definition that several adopt as it is.
    pub institution: String,
    /// The unit in charge, by its code in the institution.
    pub unit: String,
    /// Whether the public catalogue lists it.
    pub public: bool,
    /// A second open case with the same key is refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub one_open_case_per: Option<Expr>,
    /// What law it stands on.
    pub catalog: Catalog,
    /// Dated values, pinned when a case starts.
    #[serde(default)]
    pub params: BTreeMap<String, Param>,
    /// JSON Schema (closed subset) of the case's data.
    pub data: Schema,
    /// Layouts by id.
    #[serde(default)]
    pub forms: BTreeMap<String, Form>,
    /// Nodes and edges.
    pub flow: Flow,
    /// Decision tables by id.
    #[serde(default)]
    pub decisions: BTreeMap<String, crate::model::decision::Table>,
    /// Questions to those who hold the data.
    #[serde(default)]
    pub queries: BTreeMap<String, Query>,
    /// Actions by id.
    #[serde(default)]
    pub actions: BTreeMap<String, Action>,
    /// Documents that the institution issues.
    #[serde(default)]
    pub documents: BTreeMap<String, Document>,
    /// Legal notices.
    #[serde(default)]
    pub notices: BTreeMap<String, Notice>,
    /// Terms of this procedure.
    #[serde(default)]
    pub deadlines: Vec<DeadlineDef>,
    /// Who sees and writes what.
    #[serde(default)]
    pub access: Access,
    /// Recorded tests; publishing runs them.
    #[serde(default)]
    pub tests: Vec<crate::model::machine::testing::Recorded>,
    /// Findings kept for the reader.
    #[serde(default)]
    pub notes: Vec<Value>,
    /// Whatever else, by whoever else.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub ext: Map<String, Value>,
}

/// Plain words for the public page.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Info {
    /// The topic under which the catalogue lists it.
    #[serde(default)]
    pub topic: Text,
    /// What it is, a paragraph each.
    #[serde(default)]
    pub what: Vec<Text>,
    /// Who may ask for it.
    #[serde(default)]
    pub who: Vec<Text>,
    /// What it costs.
    #[serde(default)]
    pub cost: Vec<Text>,
    /// What to have at hand.
    #[serde(default)]
    pub needs: Vec<Text>,
    /// How long it takes.
    #[serde(default)]
    pub time: Text,
    /// Words that people search by.
    #[serde(default)]
    pub keywords: Vec<String>,
}

/// What the catalogue of procedures holds.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Catalog {
    /// Code of the procedure.
    pub cpat: String,
    /// How it starts.
    pub start: Start,
    /// What the person gets.
    pub product: String,
    /// Whether it costs something; then `legal_basis` must say why (PRO-36).
    pub fee: bool,
    /// Laws, by article.
    pub legal_basis: Vec<String>,
    /// What silence of the Administration means.
    pub silence: Silence,
    /// The law behind it, when it is not the default of LBPA 64.
    #[serde(default)]
    pub silence_basis: Option<String>,
    /// The term of the whole procedure.
    pub term: Term,
}

/// Who moves first (LBPA 28).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Start {
    /// A person asks.
    Request,
    /// The body itself.
    ExOfficio,
}

/// The effect of silence (LBPA 64, 65).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Silence {
    /// Accepted.
    Positive,
    /// Rejected.
    Negative,
    /// A rule of its own.
    Special,
    /// It has no silence: nothing is asked.
    None,
    /// Nobody said: blocks publishing.
    Unset,
}

/// A term: of the law by its code, or of the institution's own.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Term {
    /// A code of the calendar, such as `lbpa31_subsanacion`.
    Code(String),
    /// A length of its own.
    Own(OwnTerm),
}

/// A length of the institution's own.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwnTerm {
    /// How many.
    pub n: u16,
    /// Of what.
    pub unit: TermUnit,
    /// On what ground.
    pub basis: String,
}

/// Units of a term.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TermUnit {
    /// Monday to Friday without holidays.
    BusinessDays,
    /// Every day.
    Days,
    /// Months.
    Months,
}

/// A dated value.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Param {
    /// `integer`, `string` or `boolean`.
    #[serde(rename = "type")]
    pub kind: ParamType,
    /// What it is.
    #[serde(default)]
    pub title: Text,
    /// The values, each with its days.
    pub values: Vec<Dated>,
}

/// Type of a dated value.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ParamType {
    /// Whole number.
    Integer,
    /// Text.
    String,
    /// Truth value.
    Boolean,
}

/// A value and the days on which it is in force, both included.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dated {
    /// First day.
    pub from: jiff::civil::Date,
    /// Last day.
    pub to: jiff::civil::Date,
    /// The value.
    pub value: Value,
}

/// A term that runs between two events.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeadlineDef {
    /// Its id.
    pub id: String,
    /// What the pages call it.
    pub title: Text,
    /// Its length.
    pub term: Term,
    /// The event that starts it.
    pub starts: String,
    /// The event that meets it.
    pub meets: String,
    /// Who must act.
    #[serde(default)]
    pub who: Party,
}

/// Whose turn it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Party {
    /// The institution.
    #[default]
    Institution,
    /// The person who asked.
    Applicant,
}

/// Who reads a case beyond its own units: by role in the institution. Default deny.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Access {
    /// Roles that may read.
    #[serde(default)]
    pub read: Vec<String>,
    /// Roles that may work on the tasks of any unit.
    #[serde(default)]
    pub manage: Vec<String>,
}

impl Access {
    /// Every role that may read.
    #[must_use]
    pub fn roles(&self) -> Vec<String> {
        let managing = self.manage.iter().filter(|role| !self.read.contains(role));
        self.read.iter().chain(managing).cloned().collect()
    }
}

impl Definition {
    /// The value of a parameter on a day, if there is one.
    #[must_use]
    pub fn param_on(&self, name: &str, day: jiff::civil::Date) -> Option<&Value> {
        self.params.get(name)?.values.iter().find(|v| v.from <= day && day <= v.to).map(|v| &v.value)
    }

    /// The term of a deadline or of the whole procedure, by the node that opens a task.
    #[must_use]
    pub fn deadline(&self, id: &str) -> Option<&DeadlineDef> {
        self.deadlines.iter().find(|d| d.id == id)
    }
}
