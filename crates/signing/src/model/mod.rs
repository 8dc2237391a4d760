//! Types and rules without I/O.

pub mod application;
pub mod document;
pub mod layout;
pub mod level;
pub mod otp;
pub mod refusal;
pub mod ticket;
pub mod token;
