//! A case as a machine: commands go in, effects come out. Pure; the app does what the effects ask for.

mod effects;
mod procedure;
mod service;
mod state;
pub mod testing;

pub use effects::{Ask, Blocked, Effect};
pub use procedure::Procedure;
pub use state::{CaseState, DraftEnd, Facts, Issued, Owed, Payment, Person, Running, Service};

use copihue_core::Error;
use serde_json::Value;

use super::definition::{Edge, Node, NodeKind, WaitFor};
use super::expr::{Roots, RuleError};
use super::flow::{self, Conditions, FlowError, Move};
use super::legal::{self, LegalEvent};

/// Why a command was not done.
#[derive(Debug, thiserror::Error)]
pub enum MachineError {
    /// A rule failed.
    #[error(transparent)]
    Rule(#[from] RuleError),
    /// A token could not move.
    #[error(transparent)]
    Flow(#[from] FlowError),
    /// The law does not allow it.
    #[error(transparent)]
    Legal(#[from] legal::NotAllowed),
    /// A parameter has no value today: starting would compute a wrong amount.
    #[error("the parameter `{0}` has no value on that day")]
    NoParameter(String),
    /// The task is not open.
    #[error("the task is not open")]
    NoTask,
    /// The outcome is not offered.
    #[error("there is no such outcome")]
    NoOutcome,
}

impl From<MachineError> for Error {
    fn from(e: MachineError) -> Self {
        match e {
            MachineError::Rule(e) => e.into(),
            MachineError::Legal(e) => e.into(),
            MachineError::Flow(e) => Self::internal(e),
            MachineError::NoParameter(name) => {
                Self::unavailable(format_args!("parameter {name} has no value today"))
            }
            MachineError::NoTask => Self::conflict("tarea_ya_completada", "Este paso ya se completó."),
            MachineError::NoOutcome => Self::conflict("paso_no_disponible", "Esa opción no está disponible."),
        }
    }
}

/// A command under way on a case.
pub struct Machine<'p> {
    procedure: &'p Procedure,
    /// The state, moved on by each command.
    pub state: CaseState,
    /// Who, when, where.
    pub facts: Facts,
    effects: Vec<Effect>,
}

impl<'p> Machine<'p> {
    /// A new case: pins the parameters and stands on the start node.
    ///
    /// # Errors
    /// When a parameter has no value today.
    pub fn open(procedure: &'p Procedure, facts: Facts) -> Result<Self, MachineError> {
        let mut state = CaseState::default();
        for name in procedure.definition.params.keys() {
            let value = procedure.definition.param_on(name, facts.today);
            let value = value.ok_or_else(|| MachineError::NoParameter(name.clone()))?;
            state.params.insert(name.clone(), value.clone());
        }
        let mut machine = Self { procedure, state, facts, effects: Vec::new() };
        let moves = flow::start(&procedure.definition.flow, &mut machine.state.flow)?;
        machine.follow(moves)?;
        Ok(machine)
    }

    /// A case as it was stored.
    #[must_use]
    pub fn resume(procedure: &'p Procedure, state: CaseState, facts: Facts) -> Self {
        Self { procedure, state, facts, effects: Vec::new() }
    }

    /// What rules see now.
    #[must_use]
    pub fn roots(&self) -> Roots {
        self.procedure.roots(&self.state, &self.facts)
    }

    /// The effects so far, taken out.
    pub fn take_effects(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }

    /// The effects so far.
    #[must_use]
    pub fn effects(&self) -> &[Effect] {
        &self.effects
    }

    /// The node of a token.
    #[must_use]
    pub fn node_of(&self, token: u32) -> Option<(&'p str, &'p Node)> {
        let node = &self.state.flow.tokens.iter().find(|t| t.id == token)?.node;
        let (id, node) = self.procedure.definition.flow.nodes.get_key_value(node)?;
        Some((id, node))
    }

    /// Completes a task or the start with an outcome; the data is already validated and in the state.
    ///
    /// # Errors
    /// When the task is not open, the outcome is not offered, or a rule fails.
    pub fn complete_task(&mut self, token: u32, outcome: &str) -> Result<(), MachineError> {
        let (id, node) = self.node_of(token).ok_or(MachineError::NoTask)?;
        if !matches!(node.kind, NodeKind::Task | NodeKind::Start) {
            return Err(MachineError::NoTask);
        }
        if !node.outcomes.is_empty() {
            let chosen = node.outcomes.iter().find(|o| o.id == outcome).ok_or(MachineError::NoOutcome)?;
            if !self.procedure.expressions.truth(&chosen.when, &self.roots())? {
                return Err(MachineError::NoOutcome);
            }
            if let Some(document) = &chosen.signs {
                self.document(document)?;
            }
            for event in &chosen.legal {
                self.legal(*event)?;
            }
        }
        if self.facts.actor_kind == "official" {
            self.state.done_by.insert(id.to_owned(), self.facts.actor.run.clone());
        }
        self.effects.push(Effect::TaskClosed { token, node: id.to_owned(), outcome: outcome.to_owned() });
        self.leave(token, node, outcome)
    }

    /// A payment came in: its wait is over.
    ///
    /// # Errors
    /// When nothing waits for it, or a rule fails.
    pub fn paid(&mut self, action: &str) -> Result<(), MachineError> {
        let token =
            self.waiting(|w| *w == WaitFor::Payment(action.to_owned())).ok_or(MachineError::NoTask)?;
        let now = self.facts.now;
        let payment = self.state.pay.get_mut(action).ok_or(MachineError::NoTask)?;
        payment.status = "paid".to_owned();
        payment.paid_at = Some(now);
        self.pass(token)
    }

    /// Asks again for a payment that did not come to a good end.
    ///
    /// # Errors
    /// When nothing waits for it, or a rule fails.
    pub fn ask_again(&mut self, action: &str) -> Result<(), MachineError> {
        self.waiting(|w| *w == WaitFor::Payment(action.to_owned())).ok_or(MachineError::NoTask)?;
        self.ask_payment(action)
    }

    /// The day of a timer came.
    ///
    /// # Errors
    /// When the token does not wait for it, or a rule fails.
    pub fn timer(&mut self, token: u32) -> Result<(), MachineError> {
        let (_, node) = self.node_of(token).ok_or(MachineError::NoTask)?;
        if node.wait_for != Some(WaitFor::Timer) {
            return Err(MachineError::NoTask);
        }
        self.pass(token)
    }

    /// Causes a legal event of the kernel.
    ///
    /// # Errors
    /// When the law does not allow it from here.
    pub fn legal(&mut self, event: LegalEvent) -> Result<(), MachineError> {
        let from = self.state.legal;
        self.state.legal = legal::apply(from, event)?;
        self.effects.push(Effect::Legal { event, to: self.state.legal });
        Ok(())
    }

    /// Ends the case whatever the flow says: withdrawal and the like.
    pub fn close(&mut self) {
        for token in std::mem::take(&mut self.state.flow.tokens) {
            self.effects.push(Effect::TaskClosed {
                token: token.id,
                node: token.node,
                outcome: String::new(),
            });
        }
        self.state.flow.forks.clear();
        self.state.services.clear();
        self.state.correction = None;
        self.state.closed = true;
        self.effects.push(Effect::Closed);
    }

    fn waiting(&self, what: impl Fn(&WaitFor) -> bool) -> Option<u32> {
        self.state
            .flow
            .tokens
            .iter()
            .map(|t| t.id)
            .find(|token| self.node_of(*token).is_some_and(|(_, n)| n.wait_for.as_ref().is_some_and(&what)))
    }

    fn pass(&mut self, token: u32) -> Result<(), MachineError> {
        let (_, node) = self.node_of(token).ok_or(MachineError::NoTask)?;
        self.leave(token, node, "")
    }

    /// The node's own events, then its edges.
    fn leave(&mut self, token: u32, node: &Node, outcome: &str) -> Result<(), MachineError> {
        for event in &node.legal {
            self.legal(*event)?;
        }
        let roots = self.roots().with("outcome", &Value::from(outcome));
        let conditions = EdgeRules { procedure: self.procedure, roots };
        let moves =
            flow::complete(&self.procedure.definition.flow, &mut self.state.flow, token, &conditions)?;
        self.follow(moves)
    }

    fn follow(&mut self, moves: Vec<Move>) -> Result<(), MachineError> {
        for step in moves {
            match step {
                Move::Entered { token, node } => self.enter(token, &node)?,
                Move::Cancelled { token, node } => {
                    self.state.services.remove(&token);
                    self.effects.push(Effect::TaskClosed { token, node, outcome: "cancelled".to_owned() });
                }
                Move::Ended { node } => {
                    self.state.end = Some(node.clone());
                    let node = self.procedure.definition.flow.nodes.get(&node);
                    for event in node.into_iter().flat_map(|n| &n.legal) {
                        self.legal(*event)?;
                    }
                }
                Move::Joined { .. } => {}
                Move::Closed => {
                    self.state.closed = true;
                    self.effects.push(Effect::Closed);
                }
            }
        }
        Ok(())
    }

    fn enter(&mut self, token: u32, id: &str) -> Result<(), MachineError> {
        let Some(node) = self.procedure.definition.flow.nodes.get(id) else { return Ok(()) };
        match node.kind {
            NodeKind::Start | NodeKind::Task => {
                self.effects.push(Effect::TaskOpened { token, node: id.to_owned() });
            }
            NodeKind::Service => {
                self.state.services.insert(token, Service::default());
            }
            NodeKind::Wait => self.enter_wait(token, node)?,
            NodeKind::End | NodeKind::Call | NodeKind::Multi => {}
        }
        Ok(())
    }

    fn enter_wait(&mut self, token: u32, node: &Node) -> Result<(), MachineError> {
        match &node.wait_for {
            Some(WaitFor::Payment(action)) => self.ask_payment(action),
            Some(WaitFor::Timer) => {
                let until = node.until.clone().unwrap_or_else(|| "today".into());
                let day = self.procedure.expressions.text(&until, &self.roots())?;
                let bad = || RuleError { source_text: until.0.clone(), reason: "not a date".to_owned() };
                let on = day.parse().map_err(|_| bad())?;
                self.effects.push(Effect::Timer { token, on });
                Ok(())
            }
            None => Ok(()),
        }
    }
}

struct EdgeRules<'p> {
    procedure: &'p Procedure,
    roots: Roots,
}

impl Conditions for EdgeRules<'_> {
    fn holds(&self, edge: &Edge) -> Result<bool, RuleError> {
        edge.when.as_ref().map_or(Ok(true), |when| self.procedure.expressions.truth(when, &self.roots))
    }
}
