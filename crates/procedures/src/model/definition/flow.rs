//! Nodes and edges of a procedure.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Text;
use crate::model::expr::Expr;
use crate::model::legal::LegalEvent;

/// The graph.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Flow {
    /// Nodes by id.
    pub nodes: BTreeMap<String, Node>,
    /// Edges.
    pub edges: Vec<Edge>,
}

/// What a node is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NodeKind {
    /// Where a case begins.
    Start,
    /// A person works.
    Task,
    /// The platform works.
    Service,
    /// Something outside is awaited.
    Wait,
    /// A subprocess. Not run by this version: the check says so.
    Call,
    /// A region once per item. Not run by this version: the check says so.
    Multi,
    /// A token ends.
    End,
}

/// A node. Which keys may stand depends on its kind; the check says what is missing.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Node {
    /// Its kind.
    pub kind: NodeKind,
    /// What the pages call it.
    #[serde(default)]
    pub title: Text,
    /// The state of the case in words while a token stands here.
    #[serde(default)]
    pub status: Text,
    /// Ways in (start).
    #[serde(default)]
    pub channels: Vec<Channel>,
    /// Forms, in order (start, task).
    #[serde(default)]
    pub steps: Vec<Step>,
    /// Who works (task).
    #[serde(default)]
    pub who: Option<Who>,
    /// The answers that end the task; none means a single "continue".
    #[serde(default)]
    pub outcomes: Vec<Outcome>,
    /// Whether "check your answers" is shown before sending.
    #[serde(default)]
    pub confirm: bool,
    /// The deadline shown with the task, by its id.
    #[serde(default)]
    pub deadline: Option<String>,
    /// What the official may ask the person to mend (task of an official).
    #[serde(default)]
    pub correction: Option<Correction>,
    /// What runs, in order (service).
    #[serde(default)]
    pub run: Vec<Run>,
    /// What is awaited (wait).
    #[serde(default, rename = "for")]
    pub wait_for: Option<WaitFor>,
    /// The instant of a timer (wait): a date.
    #[serde(default)]
    pub until: Option<Expr>,
    /// Legal events, caused when the node is completed (an end: entered).
    #[serde(default)]
    pub legal: Vec<LegalEvent>,
    /// Reaching this end cancels the sibling tokens of its fork.
    #[serde(default)]
    pub cancel_siblings: bool,
}

/// How people come in.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// These pages.
    Portal,
    /// An official at the counter.
    Counter,
    /// The machine API.
    Api,
}

/// A form shown within a task.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Its id in `forms`.
    pub form: String,
    /// Whether it is written or only read.
    #[serde(default)]
    pub mode: StepMode,
    /// Whether it is shown.
    #[serde(default = "Expr::always")]
    pub when: Expr,
}

/// Written or read.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepMode {
    /// Filled in.
    #[default]
    Edit,
    /// Shown.
    View,
}

/// Who works on a task.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Who {
    /// The person who started the case.
    Applicant,
    /// An official of a unit, holding a role.
    Official {
        /// Code of the unit in the institution.
        unit: String,
        /// Role code of the directory.
        role: String,
        /// Nodes whose official may not do this one too (four eyes).
        #[serde(default)]
        not_same_as: Vec<String>,
    },
}

/// A button that ends a task. Edges read it as `outcome`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outcome {
    /// Its id.
    pub id: String,
    /// Text of the button.
    pub label: Text,
    /// What it means.
    #[serde(default)]
    pub help: Text,
    /// When it is offered.
    #[serde(default = "Expr::always")]
    pub when: Expr,
    /// Whether the form must be complete: a way out need not.
    #[serde(default = "yes")]
    pub validates: bool,
    /// Legal events it causes.
    #[serde(default)]
    pub legal: Vec<LegalEvent>,
    /// A document that the official signs with a one-time code before the task ends.
    #[serde(default)]
    pub signs: Option<String>,
}

fn yes() -> bool {
    true
}

/// The correction loop of LBPA 31.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Correction {
    /// The form that the person answers.
    pub form: String,
}

/// A thing that a service node does. Groups run in order; the queries of a group all at once.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Run {
    /// Ask holders, all at once.
    Queries(Vec<String>),
    /// Evaluate a decision table and keep the row that fired.
    Decide(String),
    /// Do an action.
    Action(String),
    /// Issue a document with the institution's seal.
    Document(String),
    /// Send a legal notice.
    Notice(String),
}

/// What a wait node awaits.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WaitFor {
    /// The payment of an action.
    Payment(String),
    /// The day in `until`.
    Timer,
}

/// How the edges out of one node are taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EdgeKind {
    /// The only one.
    Sequence,
    /// By `order`, the first that is true.
    Exclusive,
    /// All of them.
    Parallel,
    /// All that are true.
    Inclusive,
    /// Closes the fork of the split `of`.
    Join,
}

/// An edge.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edge {
    /// Its id.
    pub id: String,
    /// Leaves this node.
    pub from: String,
    /// Enters this node.
    pub to: String,
    /// How it is taken.
    pub kind: EdgeKind,
    /// Condition (exclusive, inclusive).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<Expr>,
    /// Smaller first.
    #[serde(default)]
    pub order: u32,
    /// Taken when no other is.
    #[serde(default, rename = "else")]
    pub is_else: bool,
    /// The split that a join closes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
    /// Leaves a fork by cancelling the siblings.
    #[serde(default)]
    pub cancel_siblings: bool,
}

impl Flow {
    /// Edges out of a node, in order.
    #[must_use]
    pub fn out(&self, node: &str) -> Vec<&Edge> {
        let mut edges: Vec<&Edge> = self.edges.iter().filter(|e| e.from == node).collect();
        edges.sort_by_key(|e| (e.is_else, e.order));
        edges
    }

    /// The start node.
    #[must_use]
    pub fn start(&self) -> Option<(&str, &Node)> {
        self.nodes.iter().find(|(_, n)| n.kind == NodeKind::Start).map(|(id, n)| (id.as_str(), n))
    }
}
