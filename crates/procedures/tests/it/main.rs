//! Behaviour of the procedures.
#![expect(clippy::unwrap_used, reason = "a failed step fails the test")]

mod definitions;
mod flow;
mod law;
mod soundness;
