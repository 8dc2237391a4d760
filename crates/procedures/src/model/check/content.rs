//! References, people, secrets, tables, languages, documents for many (S15, S21, S22, S24, S27, S29).

use super::Report;
use crate::model::decision::{Gap, Hit, Table, gap, overlap};
use crate::model::definition::{
    Action, Definition, Document, Layout, Node, NodeKind, Run, Sign, WaitFor, Who,
};

pub(super) fn check(d: &Definition, report: &mut Report) {
    for (id, node) in &d.flow.nodes {
        let at = format!("/flow/nodes/{id}");
        if matches!(node.kind, NodeKind::Call | NodeKind::Multi) {
            report.error("S27", at.clone(), "subprocesses and regions per item are not run by this version");
        }
        references(d, node, &at, report);
        people(d, id, node, &at, report);
    }
    for (id, form) in &d.forms {
        for field in form.fields() {
            let at = format!("/forms/{id}{}", field.at);
            if d.data.at(&field.at.replace("/-", "/0")).is_none() {
                report.error("S27", at.clone(), format!("there is no data at `{}`", field.at));
            }
            if field.label.is_empty() {
                report.error("S25", at, "a field without a label");
            }
        }
        for page in &form.pages {
            for node in &page.nodes {
                shown(d, node, &format!("/forms/{id}"), report);
            }
        }
    }
    for (id, table) in &d.decisions {
        decision(id, table, report);
    }
    for (id, action) in &d.actions {
        if let Action::Set(values) = action {
            for set in values.iter().filter(|s| d.data.at(&s.at).is_none()) {
                report.error("S27", format!("/actions/{id}"), format!("there is no data at `{}`", set.at));
            }
        }
    }
    for (id, notice) in &d.notices {
        for document in notice.attach.iter().filter(|a| !d.documents.contains_key(*a)) {
            report.error("S27", format!("/notices/{id}"), format!("there is no document `{document}`"));
        }
    }
    for (id, document) in d.documents.iter().filter(|(_, document)| document.bulk) {
        bulk(id, document, report);
    }
    languages(d, report);
    secrets(d, report);
}

fn references(d: &Definition, node: &Node, at: &str, report: &mut Report) {
    let mut missing = |known: bool, what: &str, id: &str| {
        if !known {
            report.error("S27", at, format!("there is no {what} `{id}`"));
        }
    };
    for step in &node.steps {
        missing(d.forms.contains_key(&step.form), "form", &step.form);
    }
    if let Some(correction) = &node.correction {
        missing(d.forms.contains_key(&correction.form), "form", &correction.form);
    }
    for run in &node.run {
        match run {
            Run::Queries(ids) => ids.iter().for_each(|q| missing(d.queries.contains_key(q), "query", q)),
            Run::Decide(id) => missing(d.decisions.contains_key(id), "decision", id),
            Run::Action(id) => missing(d.actions.contains_key(id), "action", id),
            Run::Document(id) => missing(d.documents.contains_key(id), "document", id),
            Run::Notice(id) => missing(d.notices.contains_key(id), "notice", id),
        }
    }
    if let Some(WaitFor::Payment(id)) = &node.wait_for {
        missing(matches!(d.actions.get(id), Some(Action::Payment(_))), "payment", id);
    }
    if let Some(id) = &node.deadline {
        missing(d.deadline(id).is_some(), "deadline", id);
    }
    for outcome in &node.outcomes {
        if let Some(id) = &outcome.signs {
            missing(
                d.documents.get(id).is_some_and(|doc| doc.sign == Sign::Official),
                "document signed by an official",
                id,
            );
        }
    }
    match node.kind {
        NodeKind::Wait if node.wait_for.is_none() => report.error("S27", at, "a wait says what it is `for`"),
        NodeKind::Wait if node.wait_for == Some(WaitFor::Timer) && node.until.is_none() => {
            report.error("S27", at, "a timer says `until` when");
        }
        NodeKind::Service if node.run.is_empty() => {
            report.error("S27", at, "a service says what it does in `run`")
        }
        NodeKind::Task if node.steps.is_empty() => report.error("S27", at, "a task has at least one form"),
        _ => {}
    }
}

fn people(d: &Definition, id: &str, node: &Node, at: &str, report: &mut Report) {
    if node.kind != NodeKind::Task {
        return;
    }
    match &node.who {
        None => report.error("S15", at, "nobody can do this task: say `who`"),
        Some(Who::Applicant) => {
            if node.outcomes.iter().any(|o| o.signs.is_some()) || node.correction.is_some() {
                report.error("S15", at, "only an official signs or asks for a correction");
            }
        }
        Some(Who::Official { unit, role, not_same_as }) => {
            if unit.is_empty() || role.is_empty() {
                report.error("S15", at, "nobody can do this task: the unit or the role is empty");
            }
            if not_same_as.iter().any(|other| other == id) {
                report.error("S15", at, "nobody can do this task: it excludes whoever does it");
            }
            for other in not_same_as.iter().filter(|other| !d.flow.nodes.contains_key(*other)) {
                report.error("S27", at, format!("there is no node `{other}`"));
            }
        }
    }
}

fn shown(d: &Definition, node: &Layout, at: &str, report: &mut Report) {
    match node {
        Layout::Facts(facts) => {
            if let Some(query) = facts.query.as_ref().filter(|q| !d.queries.contains_key(*q)) {
                report.error("S27", at, format!("there is no query `{query}`"));
            }
        }
        Layout::Section(section) => section.nodes.iter().for_each(|n| shown(d, n, at, report)),
        _ => {}
    }
}

fn decision(id: &str, table: &Table, report: &mut Report) {
    let at = format!("/decisions/{id}");
    for (i, row) in table.rules.iter().enumerate() {
        if row.when.len() != table.inputs.len() || row.then.len() != table.outputs.len() {
            report.error(
                "S22",
                format!("{at}/rules/{i}"),
                "a row has one cell per input and one answer per output",
            );
            return;
        }
    }
    let needs_cover = table.otherwise.is_empty() && table.hit != Hit::Collect;
    match gap(table).filter(|_| needs_cover) {
        Some(Gap::Witness(values)) => {
            let values: Vec<String> = values.iter().map(ToString::to_string).collect();
            report.error(
                "S22",
                at.clone(),
                format!("no row matches {}; add a row or `else`", values.join(", ")),
            );
        }
        Some(Gap::Unknown) => {
            report.error("S22", at.clone(), "it can't be proved that a row always matches; add `else`")
        }
        None => {}
    }
    if let Some((a, b)) = overlap(table).filter(|_| table.hit == Hit::Unique) {
        report.error("S22", at, format!("rows {a} and {b} of a unique table may match together"));
    }
}

/// What is issued from a table passes by the case: nothing may hang on what only a case sees to.
fn bulk(id: &str, document: &Document, report: &mut Report) {
    let paid = document.values.values().chain(document.public.values()).any(|expr| reads_payment(&expr.0));
    for (wrong, why) in [
        (document.sign != Sign::Seal, "an official signs it"),
        (document.resolution.is_some(), "it decides a case"),
        (document.unique.is_some(), "only its case keeps a second one from being issued"),
        (paid, "it says what was paid, which only its case knows"),
    ] {
        if wrong {
            report.error("S29", format!("/documents/{id}/bulk"), format!("not for many at once: {why}"));
        }
    }
}

/// By its words: a text that says so in quotes is refused as well, which costs nobody a document.
fn reads_payment(rule: &str) -> bool {
    let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.');
    rule.match_indices("pay.").any(|(at, _)| !rule[..at].ends_with(is_name))
}

fn languages(d: &Definition, report: &mut Report) {
    for language in &d.languages {
        for (name, text) in [("title", &d.title), ("summary", &d.summary)] {
            if !text.has(language) {
                report.error("S24", format!("/{name}"), format!("there is no text in {language}"));
            }
        }
    }
}

/// Secrets and addresses that must not stand in clear in a definition.
fn secrets(d: &Definition, report: &mut Report) {
    let Ok(whole) = serde_json::to_value(d) else { return };
    walk(&whole, "", report);
}

fn walk(value: &serde_json::Value, at: &str, report: &mut Report) {
    match value {
        serde_json::Value::Object(map) => {
            for (key, inner) in map {
                let at = format!("{at}/{key}");
                let secret = ["password", "contrasena", "token", "secret", "api_key"].contains(&key.as_str());
                if secret && inner.is_string() {
                    report.error("S21", at.clone(), "a secret in clear: name it as {\"secret\":\"name\"}");
                }
                walk(inner, &at, report);
            }
        }
        serde_json::Value::Array(items) => {
            items.iter().enumerate().for_each(|(i, v)| walk(v, &format!("{at}/{i}"), report))
        }
        serde_json::Value::String(text) => {
            if text.contains("http://") {
                report.error("S21", at, "addresses begin with https://");
            }
            let credentials = text.split_once("https://").is_some_and(|(_, rest)| {
                rest.split(['/', ' ', '?']).next().is_some_and(|host| host.contains('@'))
            });
            if credentials {
                report.error("S21", at, "an address with a user or password in it");
            }
        }
        _ => {}
    }
}
