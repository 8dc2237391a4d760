//! copihue-identity.
