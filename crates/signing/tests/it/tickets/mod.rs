//! FirmaGob's contract over HTTP: what clients send, what they get, and what other programs say of it.

mod applications;
mod errors;
mod foreign;
mod layouts;
mod limits;
mod otp;
mod signed;
mod world;

pub(crate) use world::{Contract, ENTITY, INSTITUTION, SECRET, UNATTENDED, contract, file, token};
