//! Case files on both engines: the law's vectors, the chain, and who may read what.

mod access;
mod cases;
mod chain;
mod filing;
mod metadata;
mod pages;
mod statements;
mod support;
