//! Types and rules without I/O.

#[macro_use]
mod codes;

pub mod act;
pub(crate) mod answer;
pub mod application;
pub mod authorisation;
pub mod batch;
pub mod bounds;
pub(crate) mod breaker;
pub mod cert_request;
pub mod clock;
pub mod colleague;
pub mod credential;
pub mod document;
pub mod holder;
pub mod layout;
pub mod level;
pub mod manner;
pub mod motive;
pub mod otp;
pub mod paper;
pub mod petition;
pub mod place;
pub mod refusal;
pub mod registered;
pub mod rendition;
pub mod restriction;
pub mod roster;
pub mod stamp_hour;
pub mod ticket;
pub mod token;
