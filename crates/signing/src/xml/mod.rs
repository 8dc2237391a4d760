//! XML signatures (XML-DSig), written: parsed without DTD or entities, canonicalised here, checked by other people's
//! programs.

mod canonical;
mod sign;

pub(crate) use sign::{XmlError, sign};
