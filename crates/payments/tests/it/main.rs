//! Payments on both engines, against a provider that can lose, repeat and delay its answers.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod books;
mod concurrency;
mod flow;
mod obligations;
mod pages;
mod random_walk;
mod recovery;
mod statements;
mod support;
