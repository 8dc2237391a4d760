//! The crate as its users see it, and as foreign programs see what it signs.

mod changes;
mod foreign;
mod pki;
mod sign;
mod support;
mod tamper;
