//! Every SQL text of the crate.

pub(crate) mod act;
pub(crate) mod application;
pub(crate) mod batch;
pub(crate) mod cert_request;
pub(crate) mod certificate;
pub mod deeds;
pub(crate) mod document;
pub(crate) mod ers;
pub(crate) mod firmagob;
pub(crate) mod holder;
pub(crate) mod log;
pub(crate) mod otp;
pub(crate) mod paper;
pub(crate) mod petition;
pub(crate) mod raise;
pub(crate) mod registered;
pub(crate) mod stamp_hour;
pub(crate) mod upload;
