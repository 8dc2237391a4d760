//! Notices on both engines, dated by the law's vectors, read by their recipient alone.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod dates;
mod mail;
mod notices;
mod pages;
mod statements;
mod support;
