//! copihue-signing.
