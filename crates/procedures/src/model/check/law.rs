//! The flow against the law: terms, exits, resolutions, silence (S16, S17, S18, S23).

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::Report;
use crate::model::dates;
use crate::model::definition::{Definition, Edge, Node, NodeKind, Outcome, Silence, Start, Term};
use crate::model::expr::{Expressions, Roots};
use crate::model::legal::{LegalEvent, LegalState, apply};

pub(super) fn check(d: &Definition, report: &mut Report) {
    catalogue(d, report);
    terms(d, report);
    exits(d, report);
    resolutions(d, report);
}

fn catalogue(d: &Definition, report: &mut Report) {
    if d.catalog.start == Start::Request && d.catalog.silence == Silence::Unset {
        report.error("S16", "/catalog/silence", "say what silence of the Administration means (LBPA 64, 65)");
    }
    if d.catalog.fee && d.catalog.legal_basis.is_empty() {
        report.error("S16", "/catalog/legal_basis", "a fee needs the law that allows it (LBPA 6)");
    }
}

fn terms(d: &Definition, report: &mut Report) {
    let known = |event: &str| {
        let task = event.strip_prefix("task:").is_some_and(|id| d.flow.nodes.contains_key(id));
        task || serde_json::from_value::<LegalEvent>(Value::from(event)).is_ok()
    };
    let whole = ("/catalog/term".to_owned(), &d.catalog.term);
    let own = d.deadlines.iter().enumerate().map(|(i, t)| (format!("/deadlines/{i}"), &t.term));
    for (at, term) in own.chain([whole]) {
        if let Term::Code(code) = term
            && !dates::is_term(code)
        {
            report.error("S16", at, format!("the calendar has no term `{code}`"));
        }
    }
    for (i, deadline) in d.deadlines.iter().enumerate() {
        for event in [&deadline.starts, &deadline.meets] {
            if !known(event) {
                report.error("S16", format!("/deadlines/{i}"), format!("there is no event `{event}`"));
            }
        }
    }
}

/// Every way to an end passes through a decision that the law knows, told to the person; or it never was filed.
fn exits(d: &Definition, report: &mut Report) {
    let Some((start, _)) = d.flow.start() else { return };
    let mut seen: BTreeSet<(String, LegalState)> = BTreeSet::new();
    let mut todo = vec![(start.to_owned(), LegalState::Borrador)];
    let mut said: BTreeMap<String, ()> = BTreeMap::new();
    while let Some((id, state)) = todo.pop() {
        if !seen.insert((id.clone(), state)) {
            continue;
        }
        let Some(node) = d.flow.nodes.get(&id) else { continue };
        let mut refuse = |text: String| {
            if said.insert(format!("{id}{text}"), ()).is_none() {
                report.error("S17", format!("/flow/nodes/{id}"), text);
            }
        };
        for (outcome, events) in ways(node) {
            let all = events.iter().chain(&node.legal);
            let state = all.copied().try_fold(state, apply);
            let state = match state {
                Ok(state) => state,
                Err(e) => {
                    refuse(e.to_string());
                    continue;
                }
            };
            if node.kind == NodeKind::End {
                let open = state.is_undecided()
                    || matches!(state, LegalState::Resuelto | LegalState::TotalmenteTramitado);
                if open {
                    refuse(format!("a way ends here in `{state:?}`, without a decision that was told"));
                }
                continue;
            }
            todo.extend(taken(&d.flow.out(&id), outcome).into_iter().map(|e| (e.to.clone(), state)));
        }
    }
}

fn ways(node: &Node) -> Vec<(Option<&Outcome>, Vec<LegalEvent>)> {
    if node.outcomes.is_empty() {
        return vec![(None, Vec::new())];
    }
    node.outcomes.iter().map(|o| (Some(o), o.legal.clone())).collect()
}

/// The edges that may be taken after an outcome: those that its name alone does not rule out.
fn taken<'d>(edges: &[&'d Edge], outcome: Option<&Outcome>) -> Vec<&'d Edge> {
    let Some(outcome) = outcome else { return edges.to_vec() };
    let mut roots = Roots::default();
    roots.set("outcome", &Value::from(outcome.id.clone()));
    let mut out = Vec::new();
    for edge in edges {
        let Some(when) = &edge.when else {
            out.push(*edge);
            continue;
        };
        let mut e = Expressions::default();
        match e.add(when).and_then(|()| e.truth(when, &roots)) {
            Ok(true) => {
                out.push(*edge);
                return out;
            }
            Ok(false) => {}
            Err(_) => out.push(*edge),
        }
    }
    out
}

/// A resolution carries every part, and offers no appeal by its own words: those are computed (LBPA 41, 59).
fn resolutions(d: &Definition, report: &mut Report) {
    for (id, document) in d.documents.iter().filter(|(_, doc)| doc.resolution.is_some()) {
        let at = format!("/documents/{id}/template");
        let text = document.template.to_string();
        for part in ["vistos", "hechos", "fundamentos", "decision", "recursos", "firmante"] {
            if !text.contains(&format!("{{{part}}}")) && !text.contains(&format!("\"rows\":\"{part}\"")) {
                report.error("S18", at.clone(), format!("the template does not show `{part}`"));
            }
        }
        let folded = crate::model::text::fold(&text);
        for appeal in ["recurso jerarquico", "recurso de reposicion"] {
            if folded.contains(appeal) {
                report.error(
                    "S18",
                    at.clone(),
                    format!("`{appeal}` is written by hand: the appeals are computed by who decides"),
                );
            }
        }
    }
}
