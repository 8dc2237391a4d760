//! copihue-portal.
