//! What is shown of a form: every condition evaluated, every value in place.

use serde_json::{Map, Value};

use super::pointer::{field_name, get};
use super::value::pretty;
use crate::model::definition::{Choice, Facts, Field, Form, Layout, Section, Table, Widget, Words};
use crate::model::expr::{Expr, Roots, RuleError};
use crate::model::machine::{CaseState, Procedure};

/// A page to show.
#[derive(Clone, Debug, PartialEq)]
pub struct PageView {
    /// Its id.
    pub id: String,
    /// Its heading.
    pub title: String,
    /// What stands on it.
    pub nodes: Vec<NodeView>,
}

/// A thing to show.
#[derive(Clone, Debug, PartialEq)]
pub enum NodeView {
    /// Something to fill in.
    Field(Box<FieldView>),
    /// A heading with things under it.
    Section {
        /// Its heading.
        title: String,
        /// What stands under it.
        nodes: Vec<NodeView>,
    },
    /// Items of a list.
    Repeat(RepeatView),
    /// A paragraph.
    Text(String),
    /// A boxed paragraph.
    Inset(String),
    /// A paragraph nobody should miss.
    Warning(String),
    /// Labels with values.
    Facts(FactView),
    /// Rows.
    Table(TableView),
}

/// A field to show.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldView {
    /// Name in the form.
    pub name: String,
    /// JSON pointer into the data.
    pub pointer: String,
    /// How it looks.
    pub widget: Widget,
    /// What it asks.
    pub label: String,
    /// How to answer.
    pub help: String,
    /// Whether it must be answered.
    pub required: bool,
    /// Whether it is only shown.
    pub readonly: bool,
    /// The stored value, as text for an input.
    pub value: String,
    /// The stored value, as a person reads it.
    pub shown: String,
    /// Values of a field with several choices.
    pub values: Vec<String>,
    /// Closed list: value and label.
    pub options: Vec<(String, String)>,
    /// Most characters.
    pub max: u64,
    /// The browser's `autocomplete` token.
    pub autocomplete: String,
}

/// Items of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct RepeatView {
    /// Heading of each.
    pub title: String,
    /// Name of the list in the form.
    pub name: String,
    /// One group of things per item.
    pub items: Vec<Vec<NodeView>>,
    /// Text of the button that adds one, when there is room.
    pub add: Option<String>,
}

/// Labels with values.
#[derive(Clone, Debug, PartialEq)]
pub struct FactView {
    /// Their heading.
    pub title: String,
    /// Who answered and when (RFC 3339), when they come from a holder.
    pub source: Option<(String, String)>,
    /// Label and value.
    pub items: Vec<(String, String)>,
}

/// Rows.
#[derive(Clone, Debug, PartialEq)]
pub struct TableView {
    /// What it shows.
    pub caption: String,
    /// Headings, and whether numbers stand below.
    pub columns: Vec<(String, bool)>,
    /// Cells.
    pub rows: Vec<Vec<String>>,
    /// The last row, or empty.
    pub total: Vec<String>,
}

struct Showing<'a> {
    procedure: &'a Procedure,
    state: &'a CaseState,
    data: &'a Map<String, Value>,
    roots: Roots,
}

/// The visible pages of a form over this data, of which `roots` were made.
///
/// # Errors
/// When a rule of the form fails.
pub fn view(
    procedure: &Procedure,
    form: &Form,
    state: &CaseState,
    roots: &Roots,
) -> Result<Vec<PageView>, RuleError> {
    let mut showing = Showing { procedure, state, data: &state.data, roots: roots.clone() };
    let mut pages = Vec::new();
    for page in &form.pages {
        if showing.truth(&page.when)? {
            let nodes = showing.nodes(&page.nodes, None)?;
            pages.push(PageView { id: page.id.clone(), title: page.title.es().to_owned(), nodes });
        }
    }
    Ok(pages)
}

impl Showing<'_> {
    fn truth(&self, expr: &Expr) -> Result<bool, RuleError> {
        self.procedure.expressions.truth(expr, &self.roots)
    }

    fn text(&self, expr: &Expr) -> Result<String, RuleError> {
        self.procedure.expressions.text(expr, &self.roots)
    }

    fn nodes(&mut self, nodes: &[Layout], index: Option<usize>) -> Result<Vec<NodeView>, RuleError> {
        let mut out = Vec::new();
        for node in nodes {
            match node {
                Layout::Field(field) => {
                    if self.truth(&field.visible)? {
                        out.push(NodeView::Field(Box::new(self.field(field, index)?)));
                    }
                }
                Layout::Section(section) => out.extend(self.section(section, index)?),
                Layout::Text(words) => out.extend(self.words(words)?.map(NodeView::Text)),
                Layout::Inset(words) => out.extend(self.words(words)?.map(NodeView::Inset)),
                Layout::Warning(words) => out.extend(self.words(words)?.map(NodeView::Warning)),
                Layout::Facts(facts) => out.extend(self.facts(facts)?.map(NodeView::Facts)),
                Layout::Table(table) => out.extend(self.table(table)?.map(NodeView::Table)),
            }
        }
        Ok(out)
    }

    fn section(&mut self, section: &Section, index: Option<usize>) -> Result<Option<NodeView>, RuleError> {
        if !self.truth(&section.visible)? {
            return Ok(None);
        }
        let title = section.title.es().to_owned();
        let Some(repeat) = &section.repeat else {
            return Ok(Some(NodeView::Section { title, nodes: self.nodes(&section.nodes, index)? }));
        };
        let there = get(self.data, &repeat.at).and_then(Value::as_array).map_or(0, Vec::len);
        let many = there.max(repeat.min as usize).min(repeat.max as usize);
        let mut items = Vec::new();
        for i in 0..many {
            let item = get(self.data, &format!("{}/{i}", repeat.at)).cloned().unwrap_or_default();
            self.roots.set("item", &item);
            self.roots.set("index", &Value::from(i as i64));
            items.push(self.nodes(&section.nodes, Some(i))?);
        }
        let add = (many < repeat.max as usize).then(|| repeat.add.es().to_owned());
        Ok(Some(NodeView::Repeat(RepeatView { title, name: field_name(&repeat.at), items, add })))
    }

    fn words(&self, words: &Words) -> Result<Option<String>, RuleError> {
        if !self.truth(&words.visible)? {
            return Ok(None);
        }
        let text = match &words.value {
            Some(expr) => self.text(expr)?,
            None => words.text.es().to_owned(),
        };
        Ok((!text.is_empty()).then_some(text))
    }

    fn facts(&self, facts: &Facts) -> Result<Option<FactView>, RuleError> {
        if !self.truth(&facts.visible)? {
            return Ok(None);
        }
        let mut items = Vec::new();
        for fact in &facts.items {
            if self.truth(&fact.visible)? {
                items.push((fact.label.es().to_owned(), self.text(&fact.value)?));
            }
        }
        let source = facts
            .query
            .as_ref()
            .and_then(|id| self.state.reg.get(id))
            .map(|a| (a.source.clone(), a.at.clone()));
        Ok(Some(FactView { title: facts.title.es().to_owned(), source, items }))
    }

    fn table(&self, table: &Table) -> Result<Option<TableView>, RuleError> {
        if !self.truth(&table.visible)? {
            return Ok(None);
        }
        let e = &self.procedure.expressions;
        let mut rows = Vec::new();
        for item in e.eval(&table.rows, &self.roots)?.as_array().into_iter().flatten() {
            let roots = self.roots.with("item", item);
            rows.push(table.columns.iter().map(|c| e.text(&c.value, &roots)).collect::<Result<_, _>>()?);
        }
        Ok(Some(TableView {
            caption: table.caption.es().to_owned(),
            columns: table.columns.iter().map(|c| (c.label.es().to_owned(), c.numeric)).collect(),
            total: table.total.iter().map(|t| self.text(t)).collect::<Result<_, _>>()?,
            rows,
        }))
    }

    fn field(&self, field: &Field, index: Option<usize>) -> Result<FieldView, RuleError> {
        let pointer = match index {
            Some(i) => field.at.replacen("/-", &format!("/{i}"), 1),
            None => field.at.clone(),
        };
        let schema = self.procedure.definition.data.at(&pointer);
        let stored = get(self.data, &pointer).cloned();
        let value = match (stored, &field.default) {
            (Some(value), _) => value,
            (None, Some(default)) => self.procedure.expressions.eval(default, &self.roots)?,
            (None, None) => Value::Null,
        };
        let max = match schema.map(|s| &s.shape) {
            Some(crate::model::definition::Shape::Text { max, .. }) => *max,
            _ => 4000,
        };
        let choices = schema.map(|s| match &s.shape {
            crate::model::definition::Shape::List { items, .. } => items.choices(),
            _ => s.choices(),
        });
        Ok(FieldView {
            name: field_name(&pointer),
            widget: field.widget,
            label: field.label.es().to_owned(),
            help: field.help.es().to_owned(),
            required: self.truth(&field.required)?,
            readonly: self.truth(&field.readonly)?,
            shown: schema.map_or_else(String::new, |s| pretty(s, &value)),
            values: value.as_array().into_iter().flatten().map(plain).collect(),
            value: plain(&value),
            options: choices
                .unwrap_or_default()
                .iter()
                .map(|c: &Choice| (plain(&c.value), c.title.clone()))
                .collect(),
            max,
            autocomplete: field.autocomplete.clone().unwrap_or_default(),
            pointer,
        })
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(s) => s.clone(),
        Value::Number(n) => n.to_string(),
        Value::Bool(b) => if *b { "si" } else { "no" }.to_owned(),
        _ => String::new(),
    }
}
