//! The engine on its own: random well-nested graphs always end, and each join fires exactly once per fork.

use std::collections::BTreeMap;

use copihue_procedures::model::definition::{Edge, EdgeKind, Flow, Node};
use copihue_procedures::model::expr::RuleError;
use copihue_procedures::model::flow::{Conditions, FlowState, Move, complete, start};
use proptest::prelude::*;
use serde_json::json;

/// A piece of a well-nested graph.
#[derive(Clone, Debug)]
enum Piece {
    Task,
    Choice(Vec<Vec<Piece>>),
    Split(EdgeKind, Vec<(Vec<Piece>, bool)>),
}

fn piece() -> impl Strategy<Value = Piece> {
    let leaf = Just(Piece::Task);
    leaf.prop_recursive(4, 40, 3, |inner| {
        let branch = prop::collection::vec(inner, 1..3);
        let kind = prop_oneof![Just(EdgeKind::Parallel), Just(EdgeKind::Inclusive)];
        prop_oneof![
            prop::collection::vec(branch.clone(), 2..4).prop_map(Piece::Choice),
            (kind, prop::collection::vec((branch, prop::bool::weighted(0.2)), 2..4))
                .prop_map(|(k, b)| Piece::Split(k, b)),
        ]
    })
}

#[derive(Default)]
struct Builder {
    flow: Flow,
    n: usize,
}

impl Builder {
    fn node(&mut self, kind: &str) -> String {
        self.n += 1;
        let id = format!("n{}", self.n);
        let node: Node = serde_json::from_value(json!({"kind": kind})).unwrap();
        self.flow.nodes.insert(id.clone(), node);
        id
    }

    fn edge(&mut self, from: &str, to: &str, kind: EdgeKind, of: Option<&str>, is_else: bool) {
        let id = format!("e{}", self.flow.edges.len());
        self.flow.edges.push(Edge {
            order: self.flow.edges.len() as u32,
            id,
            from: from.to_owned(),
            to: to.to_owned(),
            kind,
            when: Some("random".into()),
            is_else,
            of: of.map(str::to_owned),
            cancel_siblings: false,
        });
    }

    /// Adds the pieces after `from`; answers the last node.
    fn row(&mut self, from: String, pieces: &[Piece]) -> String {
        pieces.iter().fold(from, |from, piece| self.piece(from, piece))
    }

    fn piece(&mut self, from: String, piece: &Piece) -> String {
        let here = self.node("task");
        self.edge(&from, &here, EdgeKind::Sequence, None, false);
        match piece {
            Piece::Task => here,
            Piece::Choice(branches) => {
                let out = self.node("task");
                for (i, branch) in branches.iter().enumerate() {
                    let first = self.node("task");
                    self.edge(&here, &first, EdgeKind::Exclusive, None, i == 0);
                    let last = self.row(first, branch);
                    self.edge(&last, &out, EdgeKind::Sequence, None, false);
                }
                out
            }
            Piece::Split(kind, branches) => {
                let out = self.node("task");
                for (i, (branch, ends)) in branches.iter().enumerate() {
                    let first = self.node("task");
                    self.edge(&here, &first, *kind, None, *kind == EdgeKind::Inclusive && i == 0);
                    let last = self.row(first, branch);
                    if *ends && i > 0 {
                        let end = self.node("end");
                        self.edge(&last, &end, EdgeKind::Sequence, None, false);
                    } else {
                        self.edge(&last, &out, EdgeKind::Join, Some(&here), false);
                    }
                }
                out
            }
        }
    }
}

fn graph(pieces: &[Piece]) -> Flow {
    let mut builder = Builder::default();
    let start = builder.node("start");
    let last = builder.row(start, pieces);
    let end = builder.node("end");
    builder.edge(&last, &end, EdgeKind::Sequence, None, false);
    builder.flow
}

/// Conditions from a stream of bits.
struct Coins(std::cell::Cell<u64>);

impl Conditions for Coins {
    fn holds(&self, _: &Edge) -> Result<bool, RuleError> {
        let next =
            self.0.get().wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0.set(next);
        Ok(next >> 40 & 1 == 1)
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]
    #[test]
    fn well_nested_graphs_end_and_each_join_fires_once_per_fork(
        pieces in prop::collection::vec(piece(), 1..4), seed in any::<u64>(),
    ) {
        let flow = graph(&pieces);
        let mut state = FlowState::default();
        let coins = Coins(std::cell::Cell::new(seed));
        let mut moves = start(&flow, &mut state).unwrap();
        let mut joined: BTreeMap<String, usize> = BTreeMap::new();
        let mut split: BTreeMap<String, usize> = BTreeMap::new();
        let mut steps = 0;
        while let Some(pick) = state.tokens.len().checked_sub(1) {
            steps += 1;
            prop_assert!(steps < 10_000, "it does not end");
            let token = state.tokens[(seed as usize).wrapping_add(steps * 7) % (pick + 1)].clone();
            let kind = flow.out(&token.node).first().map(|e| e.kind);
            if matches!(kind, Some(EdgeKind::Parallel | EdgeKind::Inclusive)) {
                *split.entry(token.node.clone()).or_default() += 1;
            }
            moves.extend(complete(&flow, &mut state, token.id, &coins).unwrap());
        }
        for step in &moves {
            if let Move::Joined { split } = step {
                *joined.entry(split.clone()).or_default() += 1;
            }
        }
        for (node, times) in joined {
            prop_assert!(times <= split[&node], "the join of {} fired {} times", node, times);
        }
        prop_assert!(state.forks.is_empty(), "forks are left: {:?}", state.forks);
        prop_assert_eq!(moves.iter().filter(|m| **m == Move::Closed).count(), 1);
    }
}
