//! For tests of crates that have pages: a client with a cookie jar, and the check of translations.

mod client;
mod locales;
mod reply;

pub use client::TestClient;
pub use locales::check_locale;
pub use reply::Reply;

use std::sync::Arc;

use copihue_core::{Clock, SeededRandom};
use copihue_db::Db;

use crate::config::WebConfig;
use crate::web::{HatSource, Web};

/// A web face for tests: plain HTTP, repeatable randomness, no practical rate limit.
#[must_use]
pub fn web(db: Db, clock: Arc<dyn Clock>, hats: Arc<dyn HatSource>) -> Web {
    Web::new(db, config(), clock, Arc::new(SeededRandom::new(7)), hats)
}

/// Settings of [`web`].
#[must_use]
pub fn config() -> WebConfig {
    let mut config = WebConfig::new("http://127.0.0.1:8080", "Municipalidad de Prueba", [7; 32]);
    config.rates = crate::config::Rates::generous();
    config
}
