//! Behaviour of the identity provider and of our pages as its client, on both engines.

#![expect(clippy::unwrap_used, reason = "a test that cannot set its scene has failed")]

mod authorize;
mod flow;
mod foreign;
mod gate;
mod history;
mod login;
mod people;
mod relying;
mod token;
mod world;
