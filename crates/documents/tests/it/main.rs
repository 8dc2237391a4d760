//! Behaviour of the crate, read back with foreign tools (poppler, qpdf).

#![expect(clippy::unwrap_used, reason = "a test that can't go on fails")]

mod content;
mod limits;
mod output;
mod sample;
mod templates;
mod tree;
mod verapdf;
