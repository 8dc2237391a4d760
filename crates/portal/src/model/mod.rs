//! Types and rules of the portal: what is offered, and how it is found.

pub mod catalogue;
pub mod search;
