//! Behaviour of the directory, on both engines.

#![expect(clippy::unwrap_used, reason = "a test that cannot set its scene has failed")]

mod history;
mod policy;
mod powers;
mod register;
mod statements;
mod world;
