//! Expressions: names, types, cost, guarded reads; and whether exclusive edges leave a gap (S03, S11, S12).

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::Report;
use super::places::{At, ItemOf, Place, places};
use super::written::Written;
use crate::model::definition::{Definition, EdgeKind, NodeKind, ParamType};
use crate::model::expr::{Expr, Expressions, Finding, Roots, Scope, Ty, analyse};

const MAX_COMBINATIONS: usize = 100_000;

pub(super) fn check(d: &Definition, written: &Written, report: &mut Report) {
    let roots = roots(d);
    for place in places(d) {
        expression(d, &place, &roots, written, report);
    }
    exhaustive(d, report);
}

/// Types of everything that rules may name.
fn roots(d: &Definition) -> BTreeMap<String, Ty> {
    let text = |names: &[&str]| Ty::object(names.iter().map(|n| ((*n).to_owned(), Ty::Text, true)));
    let answers = d.queries.iter().map(|(id, q)| {
        let answer = Ty::object([
            ("status", Ty::Text, true),
            ("at", Ty::Text, true),
            ("source", Ty::Text, true),
            ("data", q.output.ty(), false),
        ]);
        (id.clone(), answer, false)
    });
    let payments = d.actions.keys().map(|id| {
        (
            id.clone(),
            Ty::object([("status", Ty::Text, true), ("amount", Ty::Int, true), ("paid_at", Ty::Text, false)]),
            false,
        )
    });
    let params = d.params.iter().map(|(id, p)| {
        let ty = match p.kind {
            ParamType::Integer => Ty::Int,
            ParamType::String => Ty::Text,
            ParamType::Boolean => Ty::Bool,
        };
        (id.clone(), ty, true)
    });
    BTreeMap::from([
        ("d".to_owned(), d.data.filling()),
        ("reg".to_owned(), Ty::object(answers)),
        ("pay".to_owned(), Ty::object(payments)),
        ("dec".to_owned(), Ty::object(d.decisions.iter().map(|(id, t)| (id.clone(), t.ty(), false)))),
        ("params".to_owned(), Ty::object(params)),
        ("case".to_owned(), text(&["number", "opened", "filed", "state", "institution", "institution_name"])),
        ("actor".to_owned(), text(&["run", "name", "post", "kind"])),
        ("applicant".to_owned(), text(&["run", "name"])),
        ("now".to_owned(), Ty::Text),
        ("today".to_owned(), Ty::Text),
        ("outcome".to_owned(), Ty::Text),
    ])
}

fn expression(
    d: &Definition,
    place: &Place,
    roots: &BTreeMap<String, Ty>,
    written: &Written,
    report: &mut Report,
) {
    let mut scope = Scope { roots: roots.clone(), present: present(place, written) };
    scope.present.extend(place.own.clone());
    if let Some(item) = &place.item {
        scope.roots.insert("item".to_owned(), item_type(d, item, &scope));
        scope.roots.insert("index".to_owned(), Ty::Int);
    }
    if let At::Decision(id) = &place.at
        && let Some(table) = d.decisions.get(id)
        && place.pointer.ends_with("/rules")
    {
        let inputs = table.inputs.iter().map(|i| (i.name.clone(), Ty::Any, true));
        scope.roots.insert("input".to_owned(), Ty::object(inputs));
    }
    let (own, _) = analyse(&place.expr, &scope, &place.want);
    if own.is_empty() {
        return;
    }
    // What holds around it may guard its reads.
    let findings = match &place.under {
        Some(under) if !under.is_always() => {
            let wrapped = Expr(format!("({}) ? ({}) : null", under.0, place.expr.0));
            analyse(&wrapped, &scope, &Ty::Any).0
        }
        _ => own,
    };
    for finding in findings {
        match finding {
            Finding::Wrong(text) => {
                report.error("S11", place.pointer.clone(), format!("`{}`: {text}", place.expr.0))
            }
            Finding::Unwritten(text) => {
                report.error("S12", place.pointer.clone(), format!("`{}`: {text}", place.expr.0))
            }
        }
    }
}

fn present(place: &Place, written: &Written) -> BTreeSet<String> {
    if let At::Action(id) = &place.at
        && let Some(i) =
            place.pointer.strip_prefix(&format!("/actions/{id}/set/")).and_then(|r| r.split('/').next())
        && let Ok(i) = i.parse()
    {
        return written.at_set(id, i);
    }
    written.at(&place.at)
}

fn item_type(d: &Definition, item: &ItemOf, scope: &Scope) -> Ty {
    match item {
        // An item is still being written: every field of it may be missing.
        ItemOf::Data(pointer) => d.data.at(&format!("{pointer}/0")).map_or(Ty::Any, |s| s.filling()),
        ItemOf::Rule(expr) => match list_type(expr, scope) {
            Some(Ty::List(item, _)) => *item,
            _ => Ty::Any,
        },
    }
}

/// The type of a plain path such as `reg.x.data.list`; other rules answer items of any type.
fn list_type(expr: &Expr, scope: &Scope) -> Option<Ty> {
    let mut steps = expr.0.trim().split('.');
    let mut ty = scope.roots.get(steps.next()?)?.clone();
    for step in steps {
        let Ty::Object(fields) = &ty else { return None };
        ty = fields.get(step)?.ty.clone();
    }
    Some(ty)
}

/// S03: exclusive edges without `else` must be proved to leave no gap, over the finite values that they look at.
fn exhaustive(d: &Definition, report: &mut Report) {
    for (id, node) in &d.flow.nodes {
        let edges = d.flow.out(id);
        if edges.first().is_none_or(|e| e.kind != EdgeKind::Exclusive) || edges.iter().any(|e| e.is_else) {
            continue;
        }
        let at = format!("/flow/nodes/{id}");
        let rules: Vec<&Expr> = edges.iter().filter_map(|e| e.when.as_ref()).collect();
        let mut paths = BTreeSet::new();
        let free = Scope {
            roots: ["d", "dec", "reg", "outcome", "params"].map(|r| (r.to_owned(), Ty::Any)).into(),
            ..Scope::default()
        };
        let mut expressions = Expressions::default();
        for rule in &rules {
            let _ = expressions.add(rule);
            paths.extend(finite_paths(rule));
            let _ = analyse(rule, &free, &Ty::Any);
        }
        let mut domains = Vec::new();
        for path in paths {
            let values = if path == "outcome" && node.kind == NodeKind::Task {
                Some(node.outcomes.iter().map(|o| Value::from(o.id.clone())).collect())
            } else {
                domain(d, &path)
            };
            match values {
                Some(values) => domains.push((path, values)),
                None => {
                    report.error(
                        "S03",
                        at.clone(),
                        format!("it can't be proved that one of its conditions holds (`{path}`); add `else`"),
                    );
                    domains.clear();
                    break;
                }
            }
        }
        if domains.is_empty() {
            if rules.iter().all(|r| finite_paths(r).is_empty()) {
                report.error("S03", at, "one of its edges needs `else`");
            }
            continue;
        }
        if let Some(witness) = uncovered(&domains, &rules, &expressions) {
            report.error("S03", at, format!("no edge is taken when {witness}; add `else`"));
        }
    }
}

/// The paths of `d`, `dec`, `reg` and `outcome` that a rule reads, longest first.
fn finite_paths(rule: &Expr) -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    let mut word = String::new();
    let mut quoted = None;
    for c in rule.0.chars().chain([' ']) {
        match (quoted, c) {
            (Some(q), c) if c == q => quoted = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quoted = Some(c),
            (None, c) if c.is_alphanumeric() || c == '_' || c == '.' => word.push(c),
            _ => {
                let root = word.split('.').next().unwrap_or_default();
                if ["d", "dec", "reg", "outcome", "pay"].contains(&root) {
                    out.insert(word.clone());
                }
                word.clear();
            }
        }
    }
    out
}

/// The closed list of values that a path may have.
fn domain(d: &Definition, path: &str) -> Option<Vec<Value>> {
    let steps: Vec<&str> = path.split('.').collect();
    match steps.as_slice() {
        ["dec", table, output] => {
            let table = d.decisions.get(*table)?;
            let i = table.outputs.iter().position(|o| o.name == *output)?;
            let cells = table.rules.iter().filter_map(|r| r.then.get(i)).chain(table.otherwise.get(*output));
            cells.map(literal).collect()
        }
        ["reg", _, "status"] => {
            Some(["ok", "not_found", "denied", "not_asked", "error"].map(Value::from).to_vec())
        }
        ["d", ..] => {
            let schema = d.data.at(&path[1..].replace('.', "/"))?;
            match &schema.shape {
                crate::model::definition::Shape::Boolean => Some(vec![true.into(), false.into()]),
                _ if !schema.choices().is_empty() => {
                    Some(schema.choices().iter().map(|c| c.value.clone()).collect())
                }
                _ => None,
            }
        }
        _ => None,
    }
}

fn literal(expr: &Expr) -> Option<Value> {
    let text = expr.0.trim();
    let inner = text.strip_prefix('\'').and_then(|t| t.strip_suffix('\'')).filter(|t| !t.contains('\''));
    inner.map(Value::from).or_else(|| serde_json::from_str(text).ok())
}

fn uncovered(domains: &[(String, Vec<Value>)], rules: &[&Expr], e: &Expressions) -> Option<String> {
    let size = domains
        .iter()
        .try_fold(1_usize, |n, (_, v)| n.checked_mul(v.len()).filter(|n| *n <= MAX_COMBINATIONS));
    let Some(size) = size else { return Some("there are too many combinations to look at".to_owned()) };
    for n in 0..size {
        let mut rest = n;
        let mut all = Map::new();
        let mut words = Vec::new();
        for (path, values) in domains {
            let value = &values[rest % values.len()];
            rest /= values.len();
            words.push(format!("{path} = {value}"));
            crate::model::form::put(&mut all, &format!("/{}", path.replace('.', "/")), value.clone());
        }
        let mut roots = Roots::default();
        for name in ["d", "dec", "reg", "outcome", "pay"] {
            roots.set(name, all.get(name).unwrap_or(&Value::Null));
        }
        if !rules.iter().any(|rule| e.truth(rule, &roots).unwrap_or(false)) {
            return Some(words.join(", "));
        }
    }
    None
}
