//! Honest and dishonest logs in folders and behind a web server, and what a follower says of them.

#![expect(clippy::unwrap_used, reason = "a test that can't go on fails")]

mod copies;
mod follows;
mod go;
mod support;
