//! Decision tables: rows of short cells, evaluated with the fired rows kept, so that anyone can see why.

mod cell;
mod cover;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

pub use cell::Cell;
pub use cover::{Gap, gap, overlap};

use super::expr::{Expr, Expressions, Roots, RuleError, Ty};

/// A decision table.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// What it looks at.
    pub inputs: Vec<Input>,
    /// What it answers.
    pub outputs: Vec<Output>,
    /// Which of the rows that match count.
    pub hit: Hit,
    /// The rows, in order.
    pub rules: Vec<Row>,
    /// The answer when no row matches.
    #[serde(default, rename = "else", skip_serializing_if = "BTreeMap::is_empty")]
    pub otherwise: BTreeMap<String, Expr>,
}

/// A column that is looked at.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// Its name; cells that are rules read it as `input.NAME`.
    pub name: String,
    /// Its value.
    pub expr: Expr,
}

/// A column that is answered.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Output {
    /// Its name.
    pub name: String,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: OutputType,
}

/// Type of an answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutputType {
    /// Text.
    String,
    /// Whole number.
    Integer,
    /// Truth value.
    Boolean,
}

/// Which rows count.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Hit {
    /// Exactly one may match.
    #[serde(rename = "U")]
    Unique,
    /// The first that matches.
    #[serde(rename = "F")]
    First,
    /// Several may match if they answer the same.
    #[serde(rename = "A")]
    Any,
    /// The first that matches, in the order of the outputs' priority: the order of the rows.
    #[serde(rename = "P")]
    Priority,
    /// All that match, as a list.
    #[serde(rename = "C")]
    Collect,
}

/// A row.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// One cell per input.
    pub when: Vec<String>,
    /// One rule per output.
    pub then: Vec<Expr>,
    /// Why this row is here.
    #[serde(default)]
    pub note: String,
}

/// What came out, kept with the case as its explanation (DAT-09).
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Fired {
    /// Numbers of the rows that counted, from 1; 0 is `else`.
    pub rows: Vec<u32>,
    /// What was looked at.
    pub inputs: Map<String, Value>,
    /// One object per row that counted.
    pub answers: Vec<Map<String, Value>>,
    /// Notes of the rows.
    pub notes: Vec<String>,
}

impl Fired {
    /// What rules read as `dec.ID`: the answers of the row, or `rows` with all of them.
    #[must_use]
    pub fn root(&self, hit: Hit) -> Value {
        let answers = || self.answers.iter().cloned().map(Value::Object).collect::<Vec<_>>();
        let mut out = match hit {
            Hit::Collect => Map::from_iter([("rows".to_owned(), Value::Array(answers()))]),
            _ => self.answers.first().cloned().unwrap_or_default(),
        };
        out.insert("row".to_owned(), Value::from(self.rows.first().copied().unwrap_or_default()));
        Value::Object(out)
    }
}

impl Table {
    /// Every expression in it, with the cells that are rules.
    pub fn expressions(&self) -> impl Iterator<Item = Expr> + '_ {
        let cells = self.rules.iter().flat_map(|r| &r.when).filter_map(|c| match Cell::parse(c) {
            Cell::Rule(expr) => Some(expr),
            _ => None,
        });
        let answers = self.rules.iter().flat_map(|r| &r.then).chain(self.otherwise.values());
        self.inputs.iter().map(|i| i.expr.clone()).chain(cells).chain(answers.cloned())
    }

    /// The type of `dec.ID`.
    #[must_use]
    pub fn ty(&self) -> Ty {
        let of = |kind| match kind {
            OutputType::String => Ty::Text,
            OutputType::Integer => Ty::Int,
            OutputType::Boolean => Ty::Bool,
        };
        let outputs: Vec<_> = self.outputs.iter().map(|o| (o.name.clone(), of(o.kind), true)).collect();
        let row = ("row".to_owned(), Ty::Int, true);
        if self.hit == Hit::Collect {
            let rows = Ty::List(Box::new(Ty::object(outputs)), self.rules.len() as u64);
            return Ty::object([("rows".to_owned(), rows, true), row]);
        }
        Ty::object(outputs.into_iter().chain([row]))
    }

    /// Evaluates the table.
    ///
    /// # Errors
    /// When a rule fails, when nothing matches and there is no `else`, or when a unique table matches twice.
    pub fn decide(&self, expressions: &Expressions, roots: &Roots) -> Result<Fired, RuleError> {
        let mut inputs = Map::new();
        for input in &self.inputs {
            inputs.insert(input.name.clone(), expressions.eval(&input.expr, roots)?);
        }
        let roots = roots.with("input", &Value::Object(inputs.clone()));
        let mut fired = Fired { rows: Vec::new(), inputs, answers: Vec::new(), notes: Vec::new() };
        for (n, row) in (1..).zip(&self.rules) {
            if !self.matches(row, &fired.inputs, expressions, &roots)? {
                continue;
            }
            fired.answers.push(self.answer(row, expressions, &roots)?);
            fired.rows.push(n);
            fired.notes.push(row.note.clone());
            if matches!(self.hit, Hit::First | Hit::Priority) {
                break;
            }
        }
        self.settle(fired, expressions, &roots)
    }

    fn settle(&self, mut fired: Fired, expressions: &Expressions, roots: &Roots) -> Result<Fired, RuleError> {
        let fail =
            |reason: &str| RuleError { source_text: "decision table".to_owned(), reason: reason.to_owned() };
        let same = fired.answers.windows(2).all(|two| two[0] == two[1]);
        match self.hit {
            Hit::Unique if fired.rows.len() > 1 => return Err(fail("two rows match in a unique table")),
            Hit::Any if !same => return Err(fail("rows that match answer differently")),
            Hit::Any => fired.answers.truncate(1),
            _ => {}
        }
        if fired.rows.is_empty() && self.hit != Hit::Collect {
            if self.otherwise.is_empty() {
                return Err(fail("no row matches"));
            }
            let mut answer = Map::new();
            for (name, expr) in &self.otherwise {
                answer.insert(name.clone(), expressions.eval(expr, roots)?);
            }
            fired.rows.push(0);
            fired.answers.push(answer);
        }
        Ok(fired)
    }

    fn matches(
        &self,
        row: &Row,
        inputs: &Map<String, Value>,
        e: &Expressions,
        roots: &Roots,
    ) -> Result<bool, RuleError> {
        for (cell, input) in row.when.iter().zip(&self.inputs) {
            let value = inputs.get(&input.name).unwrap_or(&Value::Null);
            let holds = match Cell::parse(cell) {
                Cell::Rule(expr) => e.truth(&expr, roots)?,
                cell => cell.holds(value),
            };
            if !holds {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn answer(&self, row: &Row, e: &Expressions, roots: &Roots) -> Result<Map<String, Value>, RuleError> {
        self.outputs
            .iter()
            .zip(&row.then)
            .map(|(output, expr)| Ok((output.name.clone(), e.eval(expr, roots)?)))
            .collect()
    }
}
