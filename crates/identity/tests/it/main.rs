//! Behaviour of the identity provider and of our pages as its client, on both engines.

#![expect(clippy::unwrap_used, reason = "a test that cannot set its scene has failed")]

mod activation;
mod alto;
mod authorize;
mod breached;
mod case;
mod contact;
mod desk;
mod device;
mod factor;
mod flow;
mod foreign;
mod gate;
mod history;
mod integration;
mod keys;
mod leave;
mod login;
mod mailed;
mod mandate;
mod open;
mod open_token;
mod open_world;
mod panel;
mod passkey;
mod people;
mod relying;
mod soft_key;
mod tester;
mod token;
mod work;
mod world;
