//! A row of a result, in memory of its own.

use std::sync::Arc;

use copihue_core::{Error, Result};

use crate::value::{FromValue, Value};

/// The names of a result's columns.
pub(crate) type Columns = Arc<[Box<str>]>;

/// One row of a result.
#[derive(Clone, Debug)]
pub struct Row {
    columns: Columns,
    values: Box<[Value]>,
}

impl Row {
    pub(crate) fn new(columns: Columns, values: Box<[Value]>) -> Self {
        Self { columns, values }
    }

    /// The column with this name (as written after `SELECT` or `AS`).
    ///
    /// # Errors
    /// Internal, when there is no such column or it holds something else: a defect of the statement.
    pub fn get<T: FromValue>(&self, name: &str) -> Result<T> {
        let index = self.columns.iter().position(|column| **column == *name);
        self.at(index.ok_or_else(|| Error::internal(format_args!("no column {name} in the result")))?)
    }

    /// The column at this place, from 0.
    ///
    /// # Errors
    /// Internal, when there is no such column or it holds something else: a defect of the statement.
    pub fn at<T: FromValue>(&self, index: usize) -> Result<T> {
        let value = self
            .values
            .get(index)
            .ok_or_else(|| Error::internal(format_args!("no column at {index} in the result")))?;
        T::from_value(value).ok_or_else(|| {
            let name = self.columns.get(index).map_or("?", AsRef::as_ref);
            Error::internal(format_args!("column {name} does not hold {}", T::EXPECTED))
        })
    }
}
