//! The crate as its users see it, and as foreign programs see what it signs.

#![expect(clippy::unwrap_used, reason = "a test that can't go on has failed")]
#![expect(clippy::print_stderr, reason = "a foreign program that is not installed is named")]
#![expect(clippy::panic, reason = "a test that can't go on has failed")]

mod attacks;
mod ber;
mod cades;
mod changes;
mod clock;
mod costly;
mod crash;
mod crosscheck;
mod desk;
mod documents;
mod door;
mod evidence_record;
mod files;
mod firmagob;
mod foreign;
mod formats;
mod jws;
mod longterm;
mod matrix;
mod pages;
mod pki;
mod poe;
mod raise;
mod registration;
mod service;
mod sign;
mod stamp;
mod support;
mod tamper;
mod tickets;
mod timestamp;
mod timestamp_pool;
mod token;
mod trust;
mod validate;
mod xades;
