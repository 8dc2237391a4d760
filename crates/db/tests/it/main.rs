//! The database face on both engines.
#![expect(clippy::unwrap_used, reason = "a test that can't go on has failed")]
#![expect(clippy::print_stdout, reason = "the crash test says how often it killed")]

mod backup;
mod blobs;
mod crash;
mod jobs;
mod migrations;
mod outbox;
mod resilience;
mod tables;
mod transactions;
mod values;
