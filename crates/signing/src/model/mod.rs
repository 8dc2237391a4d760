//! Types and rules without I/O.

pub mod application;
pub mod authorisation;
pub mod batch;
pub mod credential;
pub mod document;
pub mod layout;
pub mod level;
pub mod otp;
pub mod paper;
pub mod place;
pub mod refusal;
pub mod ticket;
pub mod token;
