//! Registers on both engines: entries and their history, the machine contract, copies and attacks on them, four eyes, pages.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod api;
mod copies;
mod edits;
mod entries;
mod go;
mod pages;
mod statements;
mod support;
