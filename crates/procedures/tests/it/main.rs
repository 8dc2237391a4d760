//! Behaviour of the procedures.
#![expect(clippy::unwrap_used, reason = "a failed step fails the test")]

mod bulk;
mod certificate;
mod definitions;
mod drafts;
mod flow;
mod law;
mod pages;
mod permit;
mod soundness;
mod statements;
mod template;
mod world;
mod writing;
