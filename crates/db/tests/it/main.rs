//! The database face on both engines.

mod blobs;
mod jobs;
mod migrations;
mod outbox;
mod resilience;
mod tables;
mod transactions;
mod values;
