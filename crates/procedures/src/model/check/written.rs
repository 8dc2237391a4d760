//! Definite assignment: what every way to a node has surely written (S12).

use std::collections::{BTreeMap, BTreeSet};

use super::At;
use crate::model::definition::{
    Action, Definition, Edge, EdgeKind, Form, Layout, Node, Run, StepMode, WaitFor,
};

type Paths = BTreeSet<String>;

/// What is surely written before each node, and where the other parts run.
#[derive(Debug, Default)]
pub(super) struct Written {
    before: BTreeMap<String, Paths>,
    after: BTreeMap<String, Paths>,
    parts: BTreeMap<String, Paths>,
}

impl Written {
    pub(super) fn of(d: &Definition) -> Self {
        let mut written = Self::default();
        if let Some((start, _)) = d.flow.start() {
            written.before.insert(start.to_owned(), Paths::new());
        }
        // Each pass can only shrink the sets, so it ends.
        for _ in 0..=d.flow.nodes.len() * 2 {
            if !written.pass(d) {
                break;
            }
        }
        written.note_parts(d);
        written
    }

    /// What is surely there where an expression runs.
    pub(super) fn at(&self, at: &At) -> Paths {
        let get = |map: &BTreeMap<String, Paths>, id: &str| map.get(id).cloned().unwrap_or_default();
        match at {
            At::Task(id) | At::Entering(id) => get(&self.before, id),
            At::Leaving(id) => get(&self.after, id),
            At::Form(id) => get(&self.parts, &format!("form:{id}")),
            At::Query(id) => get(&self.parts, &format!("query:{id}")),
            At::Action(id) => get(&self.parts, &format!("action:{id}")),
            At::Document(id) => get(&self.parts, &format!("document:{id}")),
            At::Notice(id) => get(&self.parts, &format!("notice:{id}")),
            At::Decision(id) => get(&self.parts, &format!("decide:{id}")),
            At::Start => Paths::new(),
        }
    }

    fn pass(&mut self, d: &Definition) -> bool {
        let mut changed = false;
        for (id, node) in &d.flow.nodes {
            let Some(before) = self.before.get(id).cloned() else { continue };
            let mut after = before;
            node_writes(d, node, &mut after);
            if self.after.get(id) != Some(&after) {
                self.after.insert(id.clone(), after);
                changed = true;
            }
        }
        for id in d.flow.nodes.keys() {
            let Some(before) = self.entering(d, id) else { continue };
            if self.before.get(id) != Some(&before) {
                self.before.insert(id.clone(), before);
                changed = true;
            }
        }
        changed
    }

    fn entering(&self, d: &Definition, node: &str) -> Option<Paths> {
        let edges: Vec<&Edge> = d.flow.edges.iter().filter(|e| e.to == node).collect();
        let (joins, plain): (Vec<&Edge>, Vec<&Edge>) =
            edges.into_iter().partition(|e| e.kind == EdgeKind::Join);
        let mut ways: Vec<Paths> = plain.iter().filter_map(|e| self.after.get(&e.from).cloned()).collect();
        let splits: BTreeSet<&String> = joins.iter().filter_map(|e| e.of.as_ref()).collect();
        ways.extend(splits.into_iter().filter_map(|split| self.joined(d, split, &joins)));
        if plain.is_empty() && joins.is_empty() {
            return self.before.get(node).cloned();
        }
        ways.into_iter().reduce(|a, b| a.intersection(&b).cloned().collect())
    }

    /// Of a parallel split, all branches were walked: together they wrote what each of them surely did.
    fn joined(&self, d: &Definition, split: &str, joins: &[&Edge]) -> Option<Paths> {
        let out = d.flow.out(split);
        let every = out.first().is_some_and(|e| e.kind == EdgeKind::Parallel);
        let branches = out.iter().filter_map(|branch| {
            let inside = reach(d, &branch.to, split);
            let mine =
                joins.iter().filter(|j| j.of.as_deref() == Some(split) && inside.contains(j.from.as_str()));
            mine.filter_map(|j| self.after.get(&j.from).cloned())
                .reduce(|a, b| a.intersection(&b).cloned().collect())
        });
        branches.reduce(|a, b| {
            if every { a.union(&b).cloned().collect() } else { a.intersection(&b).cloned().collect() }
        })
    }

    fn note(&mut self, part: String, paths: &Paths) {
        let entry = self.parts.entry(part).or_insert_with(|| paths.clone());
        *entry = entry.intersection(paths).cloned().collect();
    }

    fn note_parts(&mut self, d: &Definition) {
        for (id, node) in &d.flow.nodes {
            let mut here = self.before.get(id).cloned().unwrap_or_default();
            for step in &node.steps {
                self.note(format!("form:{}", step.form), &here);
                if step.mode == StepMode::Edit && step.when.is_always() {
                    form_writes(d.forms.get(&step.form), &mut here);
                }
            }
            if let Some(correction) = &node.correction {
                let before = self.before.get(id).cloned().unwrap_or_default();
                self.note(format!("form:{}", correction.form), &before);
            }
            for signed in node.outcomes.iter().filter_map(|o| o.signs.as_ref()) {
                self.note(format!("document:{signed}"), &here);
            }
            if let Some(WaitFor::Payment(action)) = &node.wait_for {
                self.note(format!("action:{action}"), &here);
            }
            for run in &node.run {
                match run {
                    Run::Queries(ids) => ids.iter().for_each(|q| self.note(format!("query:{q}"), &here)),
                    Run::Decide(t) => self.note(format!("decide:{t}"), &here),
                    Run::Action(a) => self.note_action(d, a, &here),
                    Run::Document(t) => self.note(format!("document:{t}"), &here),
                    Run::Notice(n) => self.note(format!("notice:{n}"), &here),
                }
                run_writes(d, run, &mut here);
            }
        }
    }

    fn note_action(&mut self, d: &Definition, id: &str, here: &Paths) {
        let mut here = here.clone();
        // Values are set in order: a later one may read an earlier one. A circle reads what is not there yet.
        if let Some(Action::Set(values)) = d.actions.get(id) {
            for (i, set) in values.iter().enumerate() {
                self.note(format!("action:{id}:{i}"), &here);
                here.insert(path(&set.at));
            }
        }
        self.note(format!("action:{id}"), &here);
    }

    /// What is surely there when the i-th value of a `set` is computed.
    pub(super) fn at_set(&self, id: &str, i: usize) -> Paths {
        self.parts.get(&format!("action:{id}:{i}")).cloned().unwrap_or_default()
    }
}

/// Nodes that a branch reaches without closing the split.
fn reach<'d>(d: &'d Definition, from: &'d str, split: &str) -> BTreeSet<&'d str> {
    let mut seen = BTreeSet::new();
    let mut todo = vec![from];
    while let Some(node) = todo.pop() {
        if !seen.insert(node) {
            continue;
        }
        let on = d.flow.edges.iter().filter(|e| e.from == node);
        todo.extend(
            on.filter(|e| !(e.kind == EdgeKind::Join && e.of.as_deref() == Some(split)))
                .map(|e| e.to.as_str()),
        );
    }
    seen
}

pub(super) fn path(pointer: &str) -> String {
    format!("d{}", pointer.replace('/', "."))
}

fn node_writes(d: &Definition, node: &Node, paths: &mut Paths) {
    // A way out that skips validation writes nothing for sure.
    let validated = node.outcomes.iter().all(|o| o.validates);
    for step in node.steps.iter().filter(|s| validated && s.mode == StepMode::Edit && s.when.is_always()) {
        form_writes(d.forms.get(&step.form), paths);
    }
    for run in &node.run {
        run_writes(d, run, paths);
    }
    if let Some(WaitFor::Payment(action)) = &node.wait_for {
        paths.insert(format!("pay.{action}"));
    }
}

fn run_writes(d: &Definition, run: &Run, paths: &mut Paths) {
    match run {
        Run::Queries(ids) => paths.extend(ids.iter().map(|id| format!("reg.{id}"))),
        Run::Decide(id) => {
            paths.insert(format!("dec.{id}"));
        }
        Run::Action(id) => {
            if let Some(Action::Set(values)) = d.actions.get(id) {
                paths.extend(values.iter().map(|set| path(&set.at)));
            }
        }
        Run::Document(_) | Run::Notice(_) => {}
    }
}

fn form_writes(form: Option<&Form>, paths: &mut Paths) {
    for page in form.into_iter().flat_map(|f| &f.pages).filter(|p| p.when.is_always()) {
        nodes_write(&page.nodes, paths);
    }
}

fn nodes_write(nodes: &[Layout], paths: &mut Paths) {
    for node in nodes {
        match node {
            Layout::Field(f) if f.visible.is_always() && f.required.is_always() => {
                paths.insert(path(&f.at));
            }
            Layout::Section(s) if s.visible.is_always() => match &s.repeat {
                None => nodes_write(&s.nodes, paths),
                Some(repeat) if repeat.min > 0 => {
                    paths.insert(path(&repeat.at));
                }
                Some(_) => {}
            },
            _ => {}
        }
    }
}
