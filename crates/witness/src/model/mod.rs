//! What a witness decides, without any I/O.

pub(crate) mod answer;
pub(crate) mod decide;
pub(crate) mod pace;
pub(crate) mod request;
