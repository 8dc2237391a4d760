//! Case files as data: states, codes, metadata, index and access rules. No SQL, no HTTP.

pub mod access;
pub mod case;
pub mod chain;
pub mod codes;
pub mod document;
pub mod filing;
pub mod metadata;
pub mod number;
pub mod view;
