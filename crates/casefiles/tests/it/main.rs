//! Case files on both engines: the law's vectors, the chain, and who may read what.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod access;
mod cases;
mod chain;
mod export;
mod filing;
mod metadata;
mod pages;
mod proofs;
mod statements;
mod support;
