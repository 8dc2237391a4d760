//! What other services show on a case's page: deadlines, tasks, notices.

use copihue_core::Result;
use copihue_web::{Cx, Markup};
use futures_util::future::BoxFuture;

use crate::model::view::CaseView;

/// Adds a part to the page of a case, after its state.
pub trait CasePanel: Send + Sync {
    /// The part, with its own `h2`; `None` when there is nothing to show. Few queries: the page is read often.
    fn panel<'a>(&'a self, cx: &'a Cx, view: &'a CaseView) -> BoxFuture<'a, Result<Option<Markup>>>;
}
