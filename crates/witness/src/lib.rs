//! A witness of transparency logs (C2SP tlog-witness): countersigns that a log only ever grew.
//!
//! For each log it keeps one row: the largest checkpoint that it cosigned. A checkpoint that does not continue that one
//! gets no signature, whoever asks, however often. What it cosigned is on disk before it answers, so that no crash and
//! no race makes it sign two histories. [`routes`] is the whole service; it needs no other part of the platform.

mod api;
mod app;
mod model;
mod store;

pub use api::routes;
pub use app::{Config, Cosigned, Witness};
pub use model::answer::{Answer, Refusal};
pub use store::MIGRATIONS;
