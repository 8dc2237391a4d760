//! XML signatures (XML-DSig, XAdES), written: parsed without DTD or entities, canonicalised here, checked by other
//! people's programs.

mod canonical;
mod dsig;
mod sign;
mod source;
mod xades;

pub(crate) use dsig::{DSIG, digest_xml};
pub(crate) use sign::sign;
pub(crate) use source::{XmlError, escape};
pub(crate) use xades::{Data, Xades};
