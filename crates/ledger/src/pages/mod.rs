//! What people see of the logs: the list of them, and a page for each.

mod list;
mod log;
mod names;

use copihue_web::{Access, RouteSet, Routes};

use crate::ledger::Ledger;

/// What the pages need.
#[derive(Clone)]
struct Pages {
    ledger: Ledger,
    /// The platform's address, for the commands that a page shows.
    base_url: String,
}

/// `/bitacoras` and `/bitacoras/{name}`.
#[must_use]
pub fn routes(ledger: Ledger, base_url: &str) -> RouteSet {
    Routes::new(Pages { ledger, base_url: base_url.to_owned() })
        .service("ledger")
        .get("/bitacoras", Access::Public, list::show)
        .get("/bitacoras/{name}", Access::Public, log::show)
        .finish()
}
