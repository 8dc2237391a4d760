//! copihue-procedures.
