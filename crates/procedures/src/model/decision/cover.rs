//! Gaps and overlaps of a table, by splitting each column into the pieces that its cells can tell apart (S22).

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Cell, Table};

/// The most combinations that are looked at; above it, an `else` is demanded.
const MAX_COMBINATIONS: usize = 100_000;

/// Why a table may answer nothing.
#[derive(Clone, PartialEq, Debug)]
pub enum Gap {
    /// These inputs match no row.
    Witness(Vec<Value>),
    /// It can't be decided: a cell is a rule, or there are too many combinations.
    Unknown,
}

/// Inputs for which no row matches, if there are any.
#[must_use]
pub fn gap(table: &Table) -> Option<Gap> {
    let rows = rows(table);
    if rows.iter().flatten().any(|c| matches!(c, Cell::Rule(_))) {
        return Some(Gap::Unknown);
    }
    let columns: Vec<Vec<Value>> =
        (0..table.inputs.len()).map(|i| samples(rows.iter().map(|r| &r[i]))).collect();
    let size =
        columns.iter().try_fold(1_usize, |n, c| n.checked_mul(c.len()).filter(|n| *n <= MAX_COMBINATIONS));
    if size.is_none() {
        return Some(Gap::Unknown);
    }
    let mut point = vec![0; columns.len()];
    loop {
        let values: Vec<&Value> = point.iter().zip(&columns).map(|(i, c)| &c[*i]).collect();
        let matched = rows.iter().any(|row| row.iter().zip(&values).all(|(cell, value)| cell.holds(value)));
        if !matched {
            return Some(Gap::Witness(values.into_iter().cloned().collect()));
        }
        if !next(&mut point, &columns) {
            return None;
        }
    }
}

/// Two rows, from 1, that may match together.
#[must_use]
pub fn overlap(table: &Table) -> Option<(usize, usize)> {
    let rows = rows(table);
    (0..rows.len()).flat_map(|a| (a + 1..rows.len()).map(move |b| (a, b))).find_map(|(a, b)| {
        let meet = rows[a].iter().zip(&rows[b]).all(|(x, y)| meets(x, y));
        meet.then_some((a + 1, b + 1))
    })
}

fn rows(table: &Table) -> Vec<Vec<Cell>> {
    let width = table.inputs.len();
    table
        .rules
        .iter()
        .map(|row| (0..width).map(|i| row.when.get(i).map_or(Cell::Any, |c| Cell::parse(c))).collect())
        .collect()
}

fn next(point: &mut [usize], columns: &[Vec<Value>]) -> bool {
    for (i, column) in point.iter_mut().zip(columns) {
        *i += 1;
        if *i < column.len() {
            return true;
        }
        *i = 0;
    }
    false
}

/// One value of each piece that the cells of a column tell apart.
fn samples<'a>(cells: impl Iterator<Item = &'a Cell>) -> Vec<Value> {
    let mut numbers = BTreeSet::new();
    let mut texts = Vec::new();
    let (mut bools, mut others) = (false, false);
    for cell in cells {
        match cell {
            Cell::Range(from, to) => {
                numbers.extend([*from, *to, from.saturating_sub(1), to.saturating_add(1)])
            }
            Cell::OneOf(values) | Cell::NoneOf(values) => {
                bools |= values.iter().any(Value::is_boolean);
                others |= values.iter().any(|v| !v.is_boolean());
                texts.extend(values.iter().cloned());
            }
            Cell::Any | Cell::Rule(_) => {}
        }
    }
    if bools {
        texts.extend([Value::Bool(true), Value::Bool(false)]);
    }
    if others {
        texts.push(Value::String("\u{1f}something else".to_owned()));
    }
    texts.extend(numbers.into_iter().map(Value::from));
    if texts.is_empty() {
        texts.push(Value::Null);
    }
    texts.sort_by_key(ToString::to_string);
    texts.dedup();
    texts
}

fn meets(a: &Cell, b: &Cell) -> bool {
    match (a, b) {
        (Cell::Range(a, b), Cell::Range(c, d)) => a.max(c) <= b.min(d),
        (Cell::OneOf(values), other) | (other, Cell::OneOf(values)) if !matches!(other, Cell::Rule(_)) => {
            values.iter().any(|v| other.holds(v))
        }
        _ => true,
    }
}
