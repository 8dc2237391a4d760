//! Closed lists that live outside of definitions: the public registers.

use std::sync::Arc;

use crate::model::definition::{Format, Schema, Shape};

/// A list that a field's format names.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum List {
    /// `comuna`.
    Communes,
    /// `institucion`.
    Institutions,
}

/// Value and label of each option, in the order to show them.
pub type Options = Arc<Vec<(String, String)>>;

/// Where the options come from. Wired by the binary; asked at each page, so that what is added is offered at once.
pub trait Lists: Send + Sync {
    /// The options of today. An empty list offers nothing, and takes whatever has the shape of a code.
    fn options(&self, list: List) -> Options;
}

/// For tests and tools without registers.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoLists;

impl Lists for NoLists {
    fn options(&self, _list: List) -> Options {
        Arc::default()
    }
}

impl List {
    /// The list of a field, when its format names one and the definition gives no choices of its own.
    pub(crate) fn of(schema: &Schema) -> Option<Self> {
        match &schema.shape {
            Shape::List { items, .. } => Self::of(items),
            Shape::Text { format: Some(Format::Comuna), choices, .. } if choices.is_empty() => {
                Some(Self::Communes)
            }
            Shape::Text { format: Some(Format::Institucion), choices, .. } if choices.is_empty() => {
                Some(Self::Institutions)
            }
            _ => None,
        }
    }
}
