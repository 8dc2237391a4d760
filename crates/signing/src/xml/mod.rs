//! XML signatures (XML-DSig, XAdES), written: parsed without DTD or entities, canonicalised here, checked by other
//! people's programs.

mod canonical;
mod dsig;
mod sign;
mod source;
mod xades;

pub(crate) use canonical::{Form, Part};
pub(crate) use dsig::{DSIG, ENVELOPED, digest_xml};
pub(crate) use sign::{Asked, sign, with_id};
pub(crate) use source::{Source, XmlError, escape, parse};
pub(crate) use xades::{Data, SIGNED_PROPERTIES, XADES, XADES_141, Xades};
