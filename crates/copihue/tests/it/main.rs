//! The program as people meet it: a process of its own, real HTTP, pages read as a person without a screen does.
#![expect(clippy::unwrap_used, reason = "a failed step fails the test")]
#![expect(clippy::panic, reason = "a failed step fails the test")]
#![expect(clippy::print_stderr, reason = "what is left out is named, and what was measured")]

mod audit;
mod batch;
mod cades;
mod crash;
mod desk;
mod evidence;
mod holders;
mod identity;
mod input;
mod ledger;
mod payments;
mod permit;
mod sign;
mod support;
mod witness;
