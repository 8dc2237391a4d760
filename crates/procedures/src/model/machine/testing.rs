//! Recorded tests of a definition: holders and payments are replayed from the test.

use std::collections::BTreeMap;

use copihue_core::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Blocked, CaseState, Effect, Facts, Machine, Person, Procedure};
use crate::model::definition::Answer;
use crate::model::form::put;

/// A recorded test.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recorded {
    /// What it shows.
    pub name: String,
    /// The present instant, RFC 3339.
    pub now: Timestamp,
    /// The RUN of the person who asks.
    #[serde(default)]
    pub applicant: String,
    /// What holders answer, by query: the status, or data.
    #[serde(default)]
    pub replies: BTreeMap<String, Reply>,
    /// What happens, in order.
    pub steps: Vec<TestStep>,
    /// What must then hold.
    pub expect: Vec<Expect>,
}

/// What a holder answers.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reply {
    /// Data.
    Data(Value),
    /// A status without data.
    Status(String),
}

/// A thing that happens.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TestStep {
    /// A task is completed.
    Complete {
        /// Its node.
        node: String,
        /// How.
        #[serde(default)]
        outcome: String,
        /// Data written, by JSON pointer.
        #[serde(default)]
        data: BTreeMap<String, Value>,
    },
    /// A payment comes in.
    Pay(String),
    /// Go on without the holders that did not answer.
    GoOnWithout,
    /// Holders answer differently from now on.
    Replies(BTreeMap<String, Reply>),
    /// Time passes to this instant; timers that are due fire.
    Time(Timestamp),
}

/// A thing that must hold.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Expect {
    /// A value of the data, by JSON pointer.
    Data {
        /// Pointer.
        at: String,
        /// Value.
        equals: Value,
    },
    /// A token stands on this node.
    At(String),
    /// A document was issued.
    Document(String),
    /// A notice was sent.
    Notice(String),
    /// The legal state.
    State(super::super::legal::LegalState),
    /// The row of a decision that fired, from 1.
    Row {
        /// Table.
        decision: String,
        /// Row.
        row: u32,
    },
    /// Total of the payment that is asked.
    Amount {
        /// Action.
        payment: String,
        /// Pesos.
        pesos: i64,
    },
    /// The start is refused.
    Refused,
    /// The case is closed.
    Closed,
}

/// Runs a recorded test.
///
/// # Errors
/// What did not hold, or what failed on the way.
pub fn run(procedure: &Procedure, test: &Recorded) -> Result<Vec<String>, String> {
    let facts = facts(test);
    let mut machine = match Machine::open(procedure, facts) {
        Ok(machine) => machine,
        Err(e) if test.expect.iter().any(|x| matches!(x, Expect::Refused)) => return Ok(vec![e.to_string()]),
        Err(e) => return Err(e.to_string()),
    };
    let mut world = World { replies: test.replies.clone(), effects: Vec::new() };
    world.settle(&mut machine)?;
    for step in &test.steps {
        world.step(&mut machine, step).map_err(|e| format!("{step:?}: {e}"))?;
        world.settle(&mut machine)?;
    }
    for expect in &test.expect {
        world.holds(&machine.state, expect)?;
    }
    Ok(world.effects.iter().map(|e| format!("{e:?}")).collect())
}

fn facts(test: &Recorded) -> Facts {
    let person =
        Person { run: test.applicant.clone(), name: "Persona de Prueba".to_owned(), post: String::new() };
    let today = jiff::Timestamp::from(test.now).to_zoned(jiff::tz::TimeZone::UTC).date();
    Facts {
        number: None,
        opened: test.now,
        institution: "PE-MUN-00000".to_owned(),
        institution_name: "Municipalidad de Prueba".to_owned(),
        applicant: person.clone(),
        actor: person,
        actor_kind: "person",
        now: test.now,
        today,
        ..Facts::default()
    }
}

struct World {
    replies: BTreeMap<String, Reply>,
    effects: Vec<Effect>,
}

impl World {
    fn step(&mut self, machine: &mut Machine<'_>, step: &TestStep) -> Result<(), String> {
        match step {
            TestStep::Complete { node, outcome, data } => {
                let token = machine.state.flow.tokens.iter().find(|t| t.node == *node).map(|t| t.id);
                let token =
                    token.ok_or_else(|| format!("no token on `{node}`: {:?}", machine.state.flow.tokens))?;
                for (at, value) in data {
                    put(&mut machine.state.data, at, value.clone());
                }
                machine.complete_task(token, outcome).map_err(|e| e.to_string())
            }
            TestStep::Pay(action) => machine.paid(action).map_err(|e| e.to_string()),
            TestStep::GoOnWithout => {
                let token = machine.state.services.keys().next().copied().ok_or("no service waits")?;
                machine.go_on_without(token).map_err(|e| e.to_string())
            }
            TestStep::Replies(replies) => {
                self.replies.extend(replies.clone());
                Ok(())
            }
            TestStep::Time(at) => {
                machine.facts.now = *at;
                machine.facts.today = jiff::Timestamp::from(*at).to_zoned(jiff::tz::TimeZone::UTC).date();
                self.due(machine)
            }
        }
    }

    fn due(&self, machine: &mut Machine<'_>) -> Result<(), String> {
        let timers = self.effects.iter().filter_map(|e| match e {
            Effect::Timer { token, on } if *on <= machine.facts.today => Some(*token),
            _ => None,
        });
        for token in timers.collect::<Vec<_>>() {
            if machine.node_of(token).is_some() {
                machine.timer(token).map_err(|e| e.to_string())?;
            }
        }
        Ok(())
    }

    /// Runs the platform's part until it stands still.
    fn settle(&mut self, machine: &mut Machine<'_>) -> Result<(), String> {
        loop {
            let blocked = machine.advance().map_err(|e| e.to_string())?;
            self.effects.extend(machine.take_effects());
            match blocked {
                Blocked::Idle => return Ok(()),
                Blocked::NeedsNumber => machine.facts.number = Some("EXP-20250101-000001".to_owned()),
                Blocked::Queries { token, asks } => {
                    let answers = asks
                        .into_iter()
                        .map(|ask| (ask.query.clone(), self.reply(&ask.query, machine)))
                        .collect();
                    machine.answers(token, answers).map_err(|e| e.to_string())?;
                }
            }
        }
    }

    fn reply(&self, query: &str, machine: &Machine<'_>) -> Answer {
        let at = machine.facts.now.to_string();
        let source = "Prueba".to_owned();
        match self.replies.get(query) {
            Some(Reply::Data(data)) => {
                Answer { status: "ok".to_owned(), at, source, data: Some(data.clone()) }
            }
            Some(Reply::Status(status)) => Answer { status: status.clone(), at, source, data: None },
            None => Answer { status: "error".to_owned(), at, source, data: None },
        }
    }

    fn holds(&self, state: &CaseState, expect: &Expect) -> Result<(), String> {
        let wrong = |got: String| Err(format!("expected {expect:?}, got {got}"));
        match expect {
            Expect::Data { at, equals } => match crate::model::form::get(&state.data, at) {
                Some(value) if value == equals => Ok(()),
                other => wrong(format!("{other:?}")),
            },
            Expect::At(node) if state.flow.tokens.iter().any(|t| t.node == *node) => Ok(()),
            Expect::At(_) => wrong(format!("{:?} {:?} {:?}", state.flow.tokens, state.dec, state.reg)),
            Expect::Document(id) => {
                let there =
                    self.effects.iter().any(|e| matches!(e, Effect::Document { id: d, .. } if d == id));
                if there { Ok(()) } else { wrong("no such document".to_owned()) }
            }
            Expect::Notice(id) => {
                let there = self.effects.iter().any(|e| matches!(e, Effect::Notice { id: n, .. } if n == id));
                if there { Ok(()) } else { wrong("no such notice".to_owned()) }
            }
            Expect::State(legal) if state.legal == *legal => Ok(()),
            Expect::State(_) => wrong(format!("{:?}", state.legal)),
            Expect::Row { decision, row } => match state.dec.get(decision) {
                Some(fired) if fired.rows.contains(row) => Ok(()),
                other => wrong(format!("{other:?}")),
            },
            Expect::Amount { payment, pesos } => match state.pay.get(payment) {
                Some(p) if p.amount == *pesos => Ok(()),
                other => wrong(format!("{other:?}")),
            },
            Expect::Refused => wrong("it started".to_owned()),
            Expect::Closed if state.closed => Ok(()),
            Expect::Closed => wrong(format!("{:?}", state.flow.tokens)),
        }
    }
}

/// Every recorded test of a definition that fails, with why.
#[must_use]
pub fn failures(procedure: &Procedure) -> Vec<(String, String)> {
    let run = |test: &Recorded| run(procedure, test).err().map(|why| (test.name.clone(), why));
    procedure.definition.tests.iter().filter_map(run).collect()
}

/// Data by JSON pointer as a document, for tests.
#[must_use]
pub fn document(data: &BTreeMap<String, Value>) -> Map<String, Value> {
    let mut out = Map::new();
    for (at, value) in data {
        put(&mut out, at, value.clone());
    }
    out
}
