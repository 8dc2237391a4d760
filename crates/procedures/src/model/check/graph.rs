//! The shape of the graph: reachability, regions, loops (S01, S02, S03, S05…S10).

use std::collections::{BTreeMap, BTreeSet};

use super::Report;
use crate::model::definition::{Definition, Edge, EdgeKind, Flow, NodeKind};

pub(super) fn check(d: &Definition, report: &mut Report) {
    let flow = &d.flow;
    let starts = flow.nodes.values().filter(|n| n.kind == NodeKind::Start).count();
    if starts != 1 {
        report.error("S01", "/flow/nodes", format!("there are {starts} start nodes; one is needed"));
        return;
    }
    for (i, edge) in flow.edges.iter().enumerate() {
        for end in [&edge.from, &edge.to] {
            if !flow.nodes.contains_key(end) {
                report.error("S27", format!("/flow/edges/{i}"), format!("there is no node `{end}`"));
            }
        }
    }
    if report.failed() {
        return;
    }
    reachability(flow, report);
    kinds(flow, report);
    cycles(flow, report);
    regions(flow, report);
}

fn reachability(flow: &Flow, report: &mut Report) {
    let Some((start, _)) = flow.start() else { return };
    let forward =
        closure(start, |node| flow.edges.iter().filter(|e| e.from == node).map(|e| e.to.as_str()).collect());
    let mut backward = BTreeSet::new();
    for (id, _) in flow.nodes.iter().filter(|(_, n)| n.kind == NodeKind::End) {
        let back = |node: &str| flow.edges.iter().filter(|e| e.to == node).map(|e| e.from.as_str()).collect();
        backward.extend(closure(id, back));
    }
    for id in flow.nodes.keys() {
        let at = format!("/flow/nodes/{id}");
        if !forward.contains(id.as_str()) {
            report.error("S01", at.clone(), "no way leads here from the start");
        }
        if !backward.contains(id.as_str()) {
            report.error("S02", at, "no way leads from here to an end");
        }
    }
}

fn closure<'f>(from: &'f str, next: impl Fn(&str) -> Vec<&'f str>) -> BTreeSet<&'f str> {
    let mut seen = BTreeSet::new();
    let mut todo = vec![from];
    while let Some(node) = todo.pop() {
        if seen.insert(node) {
            todo.extend(next(node));
        }
    }
    seen
}

fn kinds(flow: &Flow, report: &mut Report) {
    for (id, node) in &flow.nodes {
        let at = format!("/flow/nodes/{id}");
        let edges = flow.out(id);
        if node.kind == NodeKind::End {
            if !edges.is_empty() {
                report.error("S02", at, "an edge leaves an end");
            }
            continue;
        }
        let Some(first) = edges.first() else { continue };
        if edges.iter().any(|e| e.kind != first.kind) {
            report.error("S06", at.clone(), "all edges out of one node have the same kind");
        }
        let single = matches!(first.kind, EdgeKind::Sequence | EdgeKind::Join);
        if single && edges.len() > 1 {
            report.error("S06", at.clone(), "a sequence or a join is the only edge out of its node");
        }
        if first.kind == EdgeKind::Inclusive && !edges.iter().any(|e| e.is_else) {
            report.error("S08", at.clone(), "no branch may be true: one needs `else`");
        }
        let unlabelled = |e: &&&Edge| e.when.is_none() && !e.is_else;
        if first.kind == EdgeKind::Exclusive
            && let Some(bare) = edges.iter().find(unlabelled)
        {
            report.error("S03", at.clone(), format!("the edge `{}` has neither `when` nor `else`", bare.id));
        }
        always_true(&edges, &at, report);
    }
}

fn always_true(edges: &[&Edge], at: &str, report: &mut Report) {
    if edges.first().is_none_or(|e| e.kind != EdgeKind::Exclusive) {
        return;
    }
    if let Some(i) =
        edges.iter().position(|e| e.when.as_ref().is_some_and(crate::model::expr::Expr::is_always))
        && let Some(never) = edges.get(i + 1)
    {
        report.error(
            "S05",
            at,
            format!("`{}` is never taken: `{}` is always true before it", never.id, edges[i].id),
        );
    }
    for (i, edge) in edges.iter().enumerate() {
        if edge.when.is_some() && edges[..i].iter().any(|e| e.when == edge.when) {
            report.error(
                "S05",
                at,
                format!("`{}` is never taken: an earlier edge has the same condition", edge.id),
            );
        }
    }
}

/// A cycle in which nobody works and nothing is awaited would turn for ever.
fn cycles(flow: &Flow, report: &mut Report) {
    let idle = |id: &str| flow.nodes.get(id).is_some_and(|n| n.kind == NodeKind::Service);
    for id in flow.nodes.keys().filter(|id| idle(id)) {
        let next = |node: &str| -> Vec<&str> {
            flow.edges.iter().filter(|e| e.from == node && idle(&e.to)).map(|e| e.to.as_str()).collect()
        };
        let mut reached = BTreeSet::new();
        for first in next(id) {
            reached.extend(closure(first, next));
        }
        if reached.contains(id.as_str()) {
            report.error("S09", format!("/flow/nodes/{id}"), "a cycle without a task, a wait or a timer");
        }
    }
}

type Stack = Vec<String>;

/// Fork regions: every node always lies within the same forks, and a join closes the innermost one.
fn regions(flow: &Flow, report: &mut Report) {
    let Some((start, _)) = flow.start() else { return };
    let mut stacks: BTreeMap<String, Stack> = BTreeMap::from([(start.to_owned(), Vec::new())]);
    let mut todo = vec![start.to_owned()];
    while let Some(id) = todo.pop() {
        let stack = stacks.get(&id).cloned().unwrap_or_default();
        for edge in flow.out(&id) {
            let Some(stack) = along(edge, &stack, report) else { continue };
            match stacks.get(&edge.to) {
                None => {
                    stacks.insert(edge.to.clone(), stack);
                    todo.push(edge.to.clone());
                }
                Some(there) if *there != stack && !is_end(flow, &edge.to) => report.error(
                    "S07",
                    format!("/flow/edges/{}", edge.id),
                    format!("`{}` enters or leaves the region of a split", edge.id),
                ),
                Some(_) => {}
            }
        }
    }
    joins(flow, &stacks, report);
}

fn is_end(flow: &Flow, id: &str) -> bool {
    flow.nodes.get(id).is_some_and(|n| n.kind == NodeKind::End)
}

fn along(edge: &Edge, stack: &Stack, report: &mut Report) -> Option<Stack> {
    let mut stack = stack.clone();
    match edge.kind {
        EdgeKind::Parallel | EdgeKind::Inclusive => stack.push(edge.from.clone()),
        EdgeKind::Join => {
            if stack.pop() != edge.of {
                let of = edge.of.as_deref().unwrap_or("nothing");
                report.error(
                    "S06",
                    format!("/flow/edges/{}", edge.id),
                    format!("it closes `{of}`, which is not the split around it"),
                );
                return None;
            }
        }
        EdgeKind::Sequence | EdgeKind::Exclusive => {
            if edge.cancel_siblings && stack.pop().is_none() {
                report.error(
                    "S07",
                    format!("/flow/edges/{}", edge.id),
                    "there are no siblings to cancel outside of a split",
                );
            }
        }
    }
    Some(stack)
}

/// From every node of a region, a join of its split or an end can be reached within it.
fn joins(flow: &Flow, stacks: &BTreeMap<String, Stack>, report: &mut Report) {
    for (id, stack) in stacks {
        let Some(split) = stack.last() else { continue };
        let inside = closure(id, |node| {
            let on = flow.edges.iter().filter(|e| e.from == node && !leaves(e, split));
            on.map(|e| e.to.as_str()).collect()
        });
        let out = |node: &&str| {
            is_end(flow, node) || flow.edges.iter().any(|e| e.from == **node && leaves(e, split))
        };
        if !inside.iter().any(out) {
            report.error(
                "S10",
                format!("/flow/nodes/{id}"),
                format!("the join of `{split}` may wait for ever for a token here"),
            );
        }
    }
    let joined: BTreeMap<&str, BTreeSet<&str>> =
        flow.edges.iter().filter(|e| e.kind == EdgeKind::Join).fold(BTreeMap::new(), |mut map, e| {
            map.entry(e.of.as_deref().unwrap_or_default()).or_default().insert(e.to.as_str());
            map
        });
    for (split, targets) in joined {
        if targets.len() > 1 {
            report.error(
                "S06",
                format!("/flow/nodes/{split}"),
                "all the joins of one split go to the same node",
            );
        }
    }
}

fn leaves(edge: &Edge, split: &str) -> bool {
    edge.cancel_siblings || edge.kind == EdgeKind::Join && edge.of.as_deref() == Some(split)
}
