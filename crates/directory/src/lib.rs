//! copihue-directory.
