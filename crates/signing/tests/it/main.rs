//! The crate as its users see it, and as foreign programs see what it signs.

mod changes;
mod foreign;
mod jws;
mod pki;
mod service;
mod sign;
mod support;
mod tamper;
