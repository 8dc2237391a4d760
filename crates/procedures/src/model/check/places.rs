//! Every expression of a definition, with where it stands and what it must answer.

use crate::model::definition::{Action, Definition, Layout};
use crate::model::expr::{Expr, Ty};

/// Where an expression runs: decides what data is surely there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum At {
    /// While a form is filled in or shown.
    Form(String),
    /// When the outcomes of a task are offered.
    Task(String),
    /// When a node is left.
    Leaving(String),
    /// When a wait is entered.
    Entering(String),
    /// When a query is asked.
    Query(String),
    /// When an action is done.
    Action(String),
    /// When a document is issued.
    Document(String),
    /// When a notice is sent.
    Notice(String),
    /// When a table decides.
    Decision(String),
    /// Before a case exists.
    Start,
}

/// An expression in its place.
#[derive(Clone, Debug)]
pub struct Place {
    /// JSON pointer.
    pub pointer: String,
    /// The expression.
    pub expr: Expr,
    /// What it must answer.
    pub want: Ty,
    /// Where it runs.
    pub at: At,
    /// The list whose item it sees: a rule, or a pointer into the data.
    pub item: Option<ItemOf>,
    /// A path of the data that is there because the field was just answered.
    pub own: Option<String>,
    /// A condition that holds whenever this runs: the `visible` around it, the `when` of its query or line.
    pub under: Option<Expr>,
}

/// The list whose item a rule sees.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ItemOf {
    /// The list that this rule answers.
    Rule(Expr),
    /// The list at this pointer.
    Data(String),
}

struct Walk {
    out: Vec<Place>,
    at: At,
    item: Option<ItemOf>,
    under: Option<Expr>,
}

impl Walk {
    /// Runs `inner` where `condition` surely holds too.
    fn under(&mut self, condition: &Expr, inner: impl FnOnce(&mut Self)) {
        let before = self.under.clone();
        self.under = Some(match &before {
            Some(outer) if !condition.is_always() => Expr(format!("({}) && ({})", outer.0, condition.0)),
            Some(outer) => outer.clone(),
            None => condition.clone(),
        });
        inner(self);
        self.under = before;
    }

    fn add(&mut self, pointer: String, expr: &Expr, want: Ty) {
        let (at, item) = (self.at.clone(), self.item.clone());
        let under = self.under.clone();
        self.out.push(Place { pointer, expr: expr.clone(), want, at, item, own: None, under });
    }
}

/// Every expression of a definition.
#[must_use]
pub fn places(d: &Definition) -> Vec<Place> {
    let mut walk = Walk { out: Vec::new(), at: At::Start, item: None, under: None };
    forms(d, &mut walk);
    flow(d, &mut walk);
    decisions(d, &mut walk);
    content(d, &mut walk);
    walk.out
}

fn forms(d: &Definition, walk: &mut Walk) {
    for (id, form) in &d.forms {
        walk.at = At::Form(id.clone());
        for (p, page) in form.pages.iter().enumerate() {
            walk.add(format!("/forms/{id}/pages/{p}/when"), &page.when, Ty::Bool);
            for (n, node) in page.nodes.iter().enumerate() {
                layout(node, &format!("/forms/{id}/pages/{p}/nodes/{n}"), walk);
            }
        }
    }
}

fn layout(node: &Layout, at: &str, walk: &mut Walk) {
    match node {
        Layout::Field(field) => {
            for (name, expr) in
                [("visible", &field.visible), ("readonly", &field.readonly), ("required", &field.required)]
            {
                walk.add(format!("{at}/field/{name}"), expr, Ty::Bool);
            }
            if let Some(default) = &field.default {
                walk.add(format!("{at}/field/default"), default, Ty::Any);
            }
            for (i, rule) in field.check.iter().enumerate() {
                walk.add(format!("{at}/field/check/{i}/rule"), &rule.rule, Ty::Bool);
                if let Some(last) = walk.out.last_mut() {
                    last.own = Some(format!("d{}", field.at.replace('/', ".")));
                }
            }
        }
        Layout::Section(section) => {
            walk.add(format!("{at}/section/visible"), &section.visible, Ty::Bool);
            let before = walk.item.clone();
            if let Some(repeat) = &section.repeat {
                walk.item = Some(ItemOf::Data(repeat.at.clone()));
            }
            walk.under(&section.visible, |walk| {
                for (i, inner) in section.nodes.iter().enumerate() {
                    layout(inner, &format!("{at}/section/nodes/{i}"), walk);
                }
            });
            walk.item = before;
        }
        Layout::Text(words) | Layout::Inset(words) | Layout::Warning(words) => {
            walk.add(format!("{at}/visible"), &words.visible, Ty::Bool);
            if let Some(value) = &words.value {
                walk.under(&words.visible, |walk| walk.add(format!("{at}/value"), value, Ty::Text));
            }
        }
        Layout::Facts(facts) => {
            walk.add(format!("{at}/facts/visible"), &facts.visible, Ty::Bool);
            walk.under(&facts.visible, |walk| {
                for (i, fact) in facts.items.iter().enumerate() {
                    walk.add(format!("{at}/facts/items/{i}/visible"), &fact.visible, Ty::Bool);
                    walk.under(&fact.visible, |walk| {
                        walk.add(format!("{at}/facts/items/{i}/value"), &fact.value, Ty::Any);
                    });
                }
            });
        }
        Layout::Table(table) => {
            walk.add(format!("{at}/table/visible"), &table.visible, Ty::Bool);
            walk.under(&table.visible, |walk| {
                walk.add(format!("{at}/table/rows"), &table.rows, Ty::List(Box::new(Ty::Any), 0));
                for (i, total) in table.total.iter().enumerate() {
                    walk.add(format!("{at}/table/total/{i}"), total, Ty::Any);
                }
                let before = walk.item.replace(ItemOf::Rule(table.rows.clone()));
                for (i, column) in table.columns.iter().enumerate() {
                    walk.add(format!("{at}/table/columns/{i}/value"), &column.value, Ty::Any);
                }
                walk.item = before;
            });
        }
    }
}

fn flow(d: &Definition, walk: &mut Walk) {
    if let Some(key) = &d.one_open_case_per {
        walk.at = d.flow.start().map_or(At::Start, |(id, _)| At::Leaving(id.to_owned()));
        walk.add("/one_open_case_per".to_owned(), key, Ty::Text);
    }
    for (id, node) in &d.flow.nodes {
        walk.at = At::Task(id.clone());
        for (i, step) in node.steps.iter().enumerate() {
            walk.add(format!("/flow/nodes/{id}/steps/{i}/when"), &step.when, Ty::Bool);
        }
        for (i, outcome) in node.outcomes.iter().enumerate() {
            walk.add(format!("/flow/nodes/{id}/outcomes/{i}/when"), &outcome.when, Ty::Bool);
        }
        if let Some(until) = &node.until {
            walk.at = At::Entering(id.clone());
            walk.add(format!("/flow/nodes/{id}/until"), until, Ty::Text);
        }
    }
    for (i, edge) in d.flow.edges.iter().enumerate() {
        if let Some(when) = &edge.when {
            walk.at = At::Leaving(edge.from.clone());
            walk.add(format!("/flow/edges/{i}/when"), when, Ty::Bool);
        }
    }
}

fn decisions(d: &Definition, walk: &mut Walk) {
    for (id, table) in &d.decisions {
        walk.at = At::Decision(id.clone());
        for (i, input) in table.inputs.iter().enumerate() {
            walk.add(format!("/decisions/{id}/inputs/{i}/expr"), &input.expr, Ty::Any);
        }
        for expr in table.expressions().skip(table.inputs.len()) {
            walk.add(format!("/decisions/{id}/rules"), &expr, Ty::Any);
        }
    }
}

fn content(d: &Definition, walk: &mut Walk) {
    for (id, query) in &d.queries {
        walk.at = At::Query(id.clone());
        walk.add(format!("/queries/{id}/when"), &query.when, Ty::Bool);
        for (name, expr) in &query.input {
            walk.under(&query.when, |walk| walk.add(format!("/queries/{id}/input/{name}"), expr, Ty::Any));
        }
    }
    for (id, action) in &d.actions {
        walk.at = At::Action(id.clone());
        actions(id, action, walk);
    }
    for (id, document) in &d.documents {
        walk.at = At::Document(id.clone());
        for (name, expr) in document.values.iter().chain(&document.public) {
            walk.add(format!("/documents/{id}/values/{name}"), expr, Ty::Any);
        }
        if let Some(unique) = &document.unique {
            walk.add(format!("/documents/{id}/unique"), unique, Ty::Text);
        }
        if let Some(letter) = &document.resolution {
            for (name, expr) in [
                ("norms", &letter.norms),
                ("facts", &letter.facts),
                ("grounds", &letter.grounds),
                ("decision", &letter.decision),
            ] {
                walk.add(format!("/documents/{id}/resolution/{name}"), expr, Ty::Text);
            }
        }
    }
    for (id, notice) in &d.notices {
        walk.at = At::Notice(id.clone());
        walk.add(format!("/notices/{id}/subject"), &notice.subject, Ty::Text);
        walk.add(format!("/notices/{id}/body"), &notice.body, Ty::Text);
        if let Some(email) = &notice.email {
            walk.add(format!("/notices/{id}/email"), email, Ty::Text);
        }
    }
}

fn actions(id: &str, action: &Action, walk: &mut Walk) {
    match action {
        Action::Set(values) => {
            for (i, set) in values.iter().enumerate() {
                walk.add(format!("/actions/{id}/set/{i}/value"), &set.value, Ty::Any);
            }
        }
        Action::Payment(payment) => {
            walk.add(format!("/actions/{id}/payment/description"), &payment.description, Ty::Text);
            walk.add(format!("/actions/{id}/payment/obligation"), &payment.obligation, Ty::Text);
            for (i, line) in payment.lines.iter().enumerate() {
                let at = format!("/actions/{id}/payment/lines/{i}");
                walk.add(format!("{at}/when"), &line.when, Ty::Bool);
                walk.under(&line.when, |walk| {
                    if let Some(each) = &line.each {
                        walk.add(format!("{at}/each"), each, Ty::List(Box::new(Ty::Any), 0));
                        walk.item = Some(ItemOf::Rule(each.clone()));
                    }
                    walk.add(format!("{at}/label"), &line.label, Ty::Text);
                    walk.add(format!("{at}/amount"), &line.amount, Ty::Int);
                    walk.item = None;
                });
            }
        }
        Action::Mail(mail) => {
            for (name, expr) in [("to", &mail.to), ("subject", &mail.subject), ("text", &mail.text)] {
                walk.add(format!("/actions/{id}/mail/{name}"), expr, Ty::Text);
            }
        }
    }
}
