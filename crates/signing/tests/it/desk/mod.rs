//! The signing desk: batches with one code, papers with several signers.

mod api;
mod batches;
mod pages;
mod papers;
mod pdfs;
pub(crate) mod world;
