//! What a template asks for: the schema of its data, and data to look at it with.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use crate::template::{Block, Fact, Item, Template};
use crate::text::{Segment, Style, Text, When};

/// A name that a template asks for.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Input {
    /// The list that it is looked up in first, row by row; `item` stands for a row that is one value.
    pub rows: Option<String>,
    /// Its path: `vehiculo.marca`.
    pub path: String,
}

impl Template {
    /// Every name, once, each with the way in which it is first written. What only decides whether something shows has none.
    #[must_use]
    pub fn inputs(&self) -> BTreeMap<Input, Option<Style>> {
        let mut found = Found::default();
        for text in [&self.header.institution, &self.title] {
            found.text(None, text);
        }
        for text in [&self.header.unit, &self.header.reference, &self.subtitle].into_iter().flatten() {
            found.text(None, text);
        }
        for block in &self.blocks {
            found.when(block.when());
            found.block(block);
        }
        found.inputs
    }

    /// The names that decide whether something shows, each once.
    #[must_use]
    pub fn conditions(&self) -> Vec<String> {
        let mut found = Found::default();
        for block in &self.blocks {
            found.when(block.when());
            found.block(block);
        }
        found.deciding.into_iter().collect()
    }

    /// The names of lists.
    #[must_use]
    pub fn lists(&self) -> Vec<&str> {
        let mut lists = Vec::new();
        for block in &self.blocks {
            match block {
                Block::Table(b) => lists.push(b.rows.as_str()),
                Block::List(b) => lists.extend(b.items.iter().filter_map(Item::rows)),
                Block::Section(b) => lists.extend(b.items.iter().filter_map(Item::rows)),
                _ => {}
            }
        }
        lists.sort_unstable();
        lists.dedup();
        lists
    }

    /// Data that the template can be looked at with: what `given` says, and words that name what would stand there. A name
    /// that is given as null is left empty, with all that is below it.
    #[must_use]
    pub fn sample(&self, given: &Map<String, Value>) -> Map<String, Value> {
        let mut sample = Map::new();
        let inputs = self.inputs();
        for list in self.lists() {
            if given.get(list).is_some_and(Value::is_null) {
                put(&mut sample, list, json!([]));
                continue;
            }
            let rows = (1..=2).map(|n| self.sample_row(&inputs, list, n, given)).collect();
            put(&mut sample, list, Value::Array(rows));
        }
        for (input, style) in &inputs {
            if input.rows.is_none()
                && !self.lists().contains(&input.path.as_str())
                && !is_below_empty(&input.path, given)
            {
                put(&mut sample, &input.path, value(&input.path, *style, 1, given));
            }
        }
        sample
    }

    fn sample_row(
        &self,
        inputs: &BTreeMap<Input, Option<Style>>,
        list: &str,
        n: usize,
        given: &Map<String, Value>,
    ) -> Value {
        let mut row = Map::new();
        for (input, style) in inputs.iter().filter(|(i, _)| i.rows.as_deref() == Some(list)) {
            let given_here = given.get(&format!("{list}.{}", input.path)).cloned();
            if input.path == "item" {
                return given_here.unwrap_or_else(|| value(list, *style, n, given));
            }
            let value = given_here.unwrap_or_else(|| value(&input.path, *style, n, given));
            put(&mut row, &input.path, value);
        }
        Value::Object(row)
    }
}

impl Item {
    fn rows(&self) -> Option<&str> {
        match self {
            Self::Plain(_) => None,
            Self::Rich(rich) => rich.rows.as_deref(),
        }
    }
}

/// Whether a name above this one is left empty.
fn is_below_empty(path: &str, given: &Map<String, Value>) -> bool {
    path.match_indices('.').any(|(at, _)| given.get(&path[..at]).is_some_and(Value::is_null))
}

fn value(path: &str, style: Option<Style>, n: usize, given: &Map<String, Value>) -> Value {
    if let Some(given) = given.get(path) {
        return given.clone();
    }
    match style {
        Some(Style::Pesos | Style::Number) => json!(12_500 * n),
        Some(Style::Date) => json!("2026-12-10"),
        Some(Style::Run) => json!("11111111-1"),
        Some(Style::Plain | Style::Upper) | None => {
            let words = path.rsplit('.').next().unwrap_or(path).replace('_', " ");
            json!(if n == 1 { format!("[{words}]") } else { format!("[{words} {n}]") })
        }
    }
}

/// Puts a value under its path. What stands in the way gives way: a name with others below it holds them.
fn put(map: &mut Map<String, Value>, path: &str, value: Value) {
    match path.split_once('.') {
        None => {
            if !map.get(path).is_some_and(Value::is_object) {
                map.insert(path.to_owned(), value);
            }
        }
        Some((first, rest)) => {
            let inner = map.entry(first).or_insert_with(|| Value::Object(Map::new()));
            if !inner.is_object() {
                *inner = Value::Object(Map::new());
            }
            if let Value::Object(inner) = inner {
                put(inner, rest, value);
            }
        }
    }
}

#[derive(Default)]
struct Found {
    inputs: BTreeMap<Input, Option<Style>>,
    deciding: BTreeSet<String>,
}

impl Found {
    fn text(&mut self, rows: Option<&str>, text: &Text) {
        for segment in &text.segments {
            if let Segment::Value { path, style } = segment {
                let input = Input { rows: rows.map(str::to_owned), path: path.clone() };
                self.inputs.entry(input).or_insert(None).get_or_insert(*style);
            }
        }
    }

    fn when(&mut self, when: Option<&When>) {
        if let Some(when) = when {
            self.inputs.entry(Input { rows: None, path: when.path.clone() }).or_insert(None);
            self.deciding.insert(when.path.clone());
        }
    }

    fn block(&mut self, block: &Block) {
        match block {
            Block::Heading(b) => self.text(None, &b.text),
            Block::Paragraph(b) => self.text(None, &b.text),
            Block::Facts(b) | Block::Highlight(b) => b.items.iter().for_each(|fact| self.fact(fact)),
            Block::Table(b) => {
                for text in b.caption.iter().chain(&b.total).chain(b.columns.iter().map(|c| &c.label)) {
                    self.text(None, text);
                }
                b.columns.iter().for_each(|column| self.text(Some(&b.rows), &column.value));
            }
            Block::List(b) => b.items.iter().for_each(|item| self.item(item)),
            Block::Section(b) => {
                self.text(None, &b.heading);
                b.items.iter().for_each(|item| self.item(item));
            }
            Block::Notice(b) => b.title.iter().chain([&b.text]).for_each(|text| self.text(None, text)),
            Block::Signature(b) => {
                let optional = b.institution.iter().chain(&b.note);
                optional.chain([&b.name, &b.post]).for_each(|text| self.text(None, text));
            }
            Block::Verify(_) | Block::PageBreak(_) => {}
        }
    }

    fn fact(&mut self, fact: &Fact) {
        self.when(fact.when.as_ref());
        self.text(None, &fact.label);
        self.text(None, &fact.value);
    }

    fn item(&mut self, item: &Item) {
        match item {
            Item::Plain(text) => self.text(None, text),
            Item::Rich(rich) => {
                self.when(rich.when.as_ref());
                self.text(rich.rows.as_deref(), &rich.text);
            }
        }
    }
}
