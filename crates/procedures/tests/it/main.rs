//! Behaviour of the procedures.

mod definitions;
mod flow;
mod law;
mod soundness;
