//! A cell of a decision table: a short form, or a rule.

use serde_json::Value;

use crate::model::expr::Expr;

/// A cell.
#[derive(Clone, PartialEq, Debug)]
pub enum Cell {
    /// `-`: anything.
    Any,
    /// Whole numbers from the first to the second, both included.
    Range(i64, i64),
    /// One of these.
    OneOf(Vec<Value>),
    /// None of these.
    NoneOf(Vec<Value>),
    /// A rule.
    Rule(Expr),
}

impl Cell {
    /// Reads a cell: `-`, `< 60`, `[60..120)`, `"auto","moto"`, `not("auto")`, `true`, or else a rule.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let text = text.trim();
        if text == "-" || text.is_empty() {
            return Self::Any;
        }
        comparison(text)
            .or_else(|| interval(text))
            .or_else(|| {
                text.strip_prefix("not(")
                    .and_then(|t| t.strip_suffix(')'))
                    .and_then(literals)
                    .map(Self::NoneOf)
            })
            .or_else(|| literals(text).map(Self::OneOf))
            .unwrap_or_else(|| Self::Rule(Expr::from(text)))
    }

    /// Whether a value is in it. A rule never is: it is evaluated apart.
    #[must_use]
    pub fn holds(&self, value: &Value) -> bool {
        match self {
            Self::Any => true,
            Self::Range(from, to) => value.as_i64().is_some_and(|n| (*from..=*to).contains(&n)),
            Self::OneOf(values) => values.contains(value),
            Self::NoneOf(values) => !values.contains(value),
            Self::Rule(_) => false,
        }
    }
}

fn comparison(text: &str) -> Option<Cell> {
    let number = |rest: &str| rest.trim().parse::<i64>().ok();
    if let Some(rest) = text.strip_prefix("<=") {
        return Some(Cell::Range(i64::MIN, number(rest)?));
    }
    if let Some(rest) = text.strip_prefix(">=") {
        return Some(Cell::Range(number(rest)?, i64::MAX));
    }
    if let Some(rest) = text.strip_prefix('<') {
        return Some(Cell::Range(i64::MIN, number(rest)?.checked_sub(1)?));
    }
    text.strip_prefix('>').and_then(|rest| Some(Cell::Range(number(rest)?.checked_add(1)?, i64::MAX)))
}

fn interval(text: &str) -> Option<Cell> {
    let opens = text.chars().next()?;
    let closes = text.chars().next_back()?;
    if !matches!(opens, '[' | '(') || !matches!(closes, ']' | ')') || text.len() < 2 {
        return None;
    }
    let (from, to) = text[1..text.len() - 1].split_once("..")?;
    let from: i64 = from.trim().parse().ok()?;
    let to: i64 = to.trim().parse().ok()?;
    let from = if opens == '(' { from.checked_add(1)? } else { from };
    let to = if closes == ')' { to.checked_sub(1)? } else { to };
    Some(Cell::Range(from, to))
}

/// Comma-separated JSON literals: texts, whole numbers, truth values, null.
fn literals(text: &str) -> Option<Vec<Value>> {
    let list: Vec<Value> = serde_json::from_str(&format!("[{text}]")).ok()?;
    let plain = list
        .iter()
        .all(|v| matches!(v, Value::String(_) | Value::Bool(_) | Value::Null) || v.as_i64().is_some());
    (plain && !list.is_empty()).then_some(list)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_read_the_short_forms() {
        assert_eq!(Cell::parse("-"), Cell::Any);
        assert_eq!(Cell::parse("< 60"), Cell::Range(i64::MIN, 59));
        assert_eq!(Cell::parse("[60..120)"), Cell::Range(60, 119));
        assert_eq!(Cell::parse("(60..120]"), Cell::Range(61, 120));
        assert_eq!(Cell::parse(r#""auto","moto""#), Cell::OneOf(vec!["auto".into(), "moto".into()]));
        assert_eq!(Cell::parse(r#"not("auto")"#), Cell::NoneOf(vec!["auto".into()]));
        assert_eq!(Cell::parse("true"), Cell::OneOf(vec![true.into()]));
        assert_eq!(Cell::parse("input.n > d.limite"), Cell::Rule(Expr::from("input.n > d.limite")));
    }
}
