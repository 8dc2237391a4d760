//! Case files as data: states, codes, metadata, index and access rules. No SQL, no HTTP.

pub(crate) mod access;
pub(crate) mod case;
pub(crate) mod chain;
pub(crate) mod codes;
pub(crate) mod document;
pub(crate) mod filing;
pub(crate) mod metadata;
pub(crate) mod number;
pub(crate) mod view;
