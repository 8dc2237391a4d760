//! Types and rules without I/O.

pub mod document;
pub mod level;
pub mod otp;
