//! The signing desk: batches with one code, papers with several signers.

mod batches;
mod papers;
mod pdfs;
mod world;
