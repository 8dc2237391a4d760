//! What other services show on a case's page (deadlines, tasks, notices), and what they did in it.

use copihue_core::{Result, Timestamp};
use copihue_web::{Cx, Markup};
use futures_util::future::BoxFuture;

use crate::model::case::CaseRef;
use crate::model::view::CaseView;

/// Adds a part to the page of a case, after its state.
pub trait CasePanel: Send + Sync {
    /// The part, with its own `h2`; `None` when there is nothing to show. Few queries: the page is read often.
    fn panel<'a>(&'a self, cx: &'a Cx, view: &'a CaseView) -> BoxFuture<'a, Result<Option<Markup>>>;
}

/// An act of another service in a case, as the transparency log has it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OtherAct {
    /// The ledger.
    pub ledger: &'static str,
    /// The record's id in it: kind, stroke, what it is about.
    pub record: String,
    /// What was done, in words.
    pub title: String,
    /// When; `None` where only its record says.
    pub at: Option<Timestamp>,
}

/// Tells what another service did in a case: the receipts go with its export.
pub trait CaseActs: Send + Sync {
    /// The acts, but for the case file's own.
    fn acts<'a>(&'a self, case: &'a CaseRef) -> BoxFuture<'a, Result<Vec<OtherAct>>>;
}
