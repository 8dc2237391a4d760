//! The flow engine: tokens and forks over typed edges. Pure: it moves tokens and says what was entered.

use serde::{Deserialize, Serialize};

use super::definition::{Edge, EdgeKind, Flow, NodeKind};
use super::expr::RuleError;

/// Where the tokens of a case are.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct FlowState {
    /// Live tokens.
    pub tokens: Vec<Token>,
    /// Live forks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub forks: Vec<Fork>,
    /// The next number of a token or fork.
    next: u32,
}

/// A token stands on a node, perhaps within a fork.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Token {
    /// Its number.
    pub id: u32,
    /// The node it stands on.
    pub node: String,
    /// The fork it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fork: Option<u32>,
}

/// A split whose branches are under way.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Fork {
    /// Its number.
    pub id: u32,
    /// The node that split.
    pub split: String,
    /// The fork around it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<u32>,
    /// Tokens that have not arrived nor ended.
    pub live: u32,
    /// Where the join goes, once somebody arrived.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub join: Option<String>,
}

/// What the engine did.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Move {
    /// A token entered a node that does something.
    Entered {
        /// The token.
        token: u32,
        /// The node.
        node: String,
    },
    /// A token was taken away.
    Cancelled {
        /// The token.
        token: u32,
        /// The node it stood on.
        node: String,
    },
    /// A token ended at an end node.
    Ended {
        /// The end node.
        node: String,
    },
    /// A join fired.
    Joined {
        /// The split that it closes.
        split: String,
    },
    /// No token is left.
    Closed,
}

/// Why a token could not move.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum FlowError {
    /// A condition failed.
    #[error(transparent)]
    Rule(#[from] RuleError),
    /// There is no such token.
    #[error("there is no token {0}")]
    NoToken(u32),
    /// No edge can be taken: a definition that passes the check never comes here.
    #[error("no way out of `{0}`")]
    Stuck(String),
}

/// Evaluates the conditions of edges.
pub trait Conditions {
    /// Whether the edge's condition holds.
    ///
    /// # Errors
    /// When the rule fails.
    fn holds(&self, edge: &Edge) -> Result<bool, RuleError>;
}

/// Puts the first token on the start node.
///
/// # Errors
/// When there is no start.
pub fn start(flow: &Flow, state: &mut FlowState) -> Result<Vec<Move>, FlowError> {
    let (node, _) = flow.start().ok_or_else(|| FlowError::Stuck("start".to_owned()))?;
    let mut moves = Vec::new();
    state.place(flow, node, None, &mut moves);
    Ok(moves)
}

/// The node of a token is done: the token goes on.
///
/// # Errors
/// When the token is not there, a rule fails, or no edge can be taken. The state is then half moved: throw it away.
pub fn complete(
    flow: &Flow,
    state: &mut FlowState,
    token: u32,
    conditions: &dyn Conditions,
) -> Result<Vec<Move>, FlowError> {
    let at = state.tokens.iter().position(|t| t.id == token).ok_or(FlowError::NoToken(token))?;
    let token = state.tokens.remove(at);
    let edges = flow.out(&token.node);
    let stuck = || FlowError::Stuck(token.node.clone());
    let mut moves = Vec::new();
    match edges.first().ok_or_else(stuck)?.kind {
        EdgeKind::Sequence => state.take(flow, edges[0], &token, &mut moves),
        EdgeKind::Exclusive => {
            let edge = first(&edges, conditions)?.ok_or_else(stuck)?;
            state.take(flow, edge, &token, &mut moves);
        }
        EdgeKind::Parallel => state.split(flow, &edges, &token, &mut moves),
        EdgeKind::Inclusive => {
            let taken = all(&edges, conditions)?;
            if taken.is_empty() {
                return Err(stuck());
            }
            state.split(flow, &taken, &token, &mut moves);
        }
        EdgeKind::Join => state.arrive(flow, edges[0], &token, &mut moves),
    }
    if state.tokens.is_empty() {
        moves.push(Move::Closed);
    }
    Ok(moves)
}

fn first<'f>(edges: &[&'f Edge], conditions: &dyn Conditions) -> Result<Option<&'f Edge>, RuleError> {
    for edge in edges {
        if edge.is_else || edge.when.is_none() || conditions.holds(edge)? {
            return Ok(Some(edge));
        }
    }
    Ok(None)
}

fn all<'f>(edges: &[&'f Edge], conditions: &dyn Conditions) -> Result<Vec<&'f Edge>, RuleError> {
    let mut taken = Vec::new();
    for edge in edges.iter().filter(|e| !e.is_else) {
        if edge.when.is_none() || conditions.holds(edge)? {
            taken.push(*edge);
        }
    }
    if taken.is_empty() {
        taken.extend(edges.iter().find(|e| e.is_else).copied());
    }
    Ok(taken)
}

impl FlowState {
    fn number(&mut self) -> u32 {
        self.next += 1;
        self.next
    }

    fn place(&mut self, flow: &Flow, node: &str, fork: Option<u32>, moves: &mut Vec<Move>) {
        if let Some(end) = flow.nodes.get(node).filter(|n| n.kind == NodeKind::End) {
            moves.push(Move::Ended { node: node.to_owned() });
            if end.cancel_siblings
                && let Some(fork) = fork
            {
                self.cancel_inside(fork, moves);
                self.dissolve(flow, fork, moves);
                return;
            }
            self.gone(flow, fork, moves);
            return;
        }
        let id = self.number();
        self.tokens.push(Token { id, node: node.to_owned(), fork });
        moves.push(Move::Entered { token: id, node: node.to_owned() });
    }

    fn take(&mut self, flow: &Flow, edge: &Edge, token: &Token, moves: &mut Vec<Move>) {
        let fork = match token.fork.filter(|_| edge.cancel_siblings) {
            None => token.fork,
            Some(fork) => {
                self.cancel_inside(fork, moves);
                let parent = self.forks.iter().find(|f| f.id == fork).and_then(|f| f.parent);
                self.forks.retain(|f| f.id != fork);
                parent
            }
        };
        self.place(flow, &edge.to, fork, moves);
    }

    fn split(&mut self, flow: &Flow, edges: &[&Edge], token: &Token, moves: &mut Vec<Move>) {
        let id = self.number();
        let live = edges.len() as u32;
        self.forks.push(Fork { id, split: token.node.clone(), parent: token.fork, live, join: None });
        for edge in edges {
            self.place(flow, &edge.to, Some(id), moves);
        }
    }

    fn arrive(&mut self, flow: &Flow, edge: &Edge, token: &Token, moves: &mut Vec<Move>) {
        let Some(fork) = token.fork.and_then(|id| self.forks.iter_mut().find(|f| f.id == id)) else {
            // A join without its fork: the check refuses such a graph; going on is the safe reading.
            self.place(flow, &edge.to, token.fork, moves);
            return;
        };
        fork.join = Some(edge.to.clone());
        let id = fork.id;
        self.less(flow, id, moves);
    }

    /// A token ended within a fork, or at the top.
    fn gone(&mut self, flow: &Flow, fork: Option<u32>, moves: &mut Vec<Move>) {
        if let Some(fork) = fork {
            self.less(flow, fork, moves);
        }
    }

    fn less(&mut self, flow: &Flow, fork: u32, moves: &mut Vec<Move>) {
        let Some(found) = self.forks.iter_mut().find(|f| f.id == fork) else { return };
        found.live = found.live.saturating_sub(1);
        if found.live == 0 {
            self.dissolve(flow, fork, moves);
        }
    }

    /// All branches are over: the join fires if anybody arrived, else the fork counts as one ended token.
    fn dissolve(&mut self, flow: &Flow, fork: u32, moves: &mut Vec<Move>) {
        let Some(at) = self.forks.iter().position(|f| f.id == fork) else { return };
        let fork = self.forks.remove(at);
        match fork.join {
            Some(to) => {
                moves.push(Move::Joined { split: fork.split });
                self.place(flow, &to, fork.parent, moves);
            }
            None => self.gone(flow, fork.parent, moves),
        }
    }

    fn cancel_inside(&mut self, fork: u32, moves: &mut Vec<Move>) {
        let inner: Vec<u32> = self.forks.iter().filter(|f| f.parent == Some(fork)).map(|f| f.id).collect();
        for inner in inner {
            self.cancel_inside(inner, moves);
            self.forks.retain(|f| f.id != inner);
        }
        for token in self.tokens.extract_if(.., |t| t.fork == Some(fork)) {
            moves.push(Move::Cancelled { token: token.id, node: token.node });
        }
    }
}
