//! Behaviour of the ledger: what is appended is provable, attacks on its storage are found, on both engines.

#![expect(clippy::unwrap_used, reason = "a test that can't go on fails")]

mod http;
mod measure;
mod storage;
mod support;
