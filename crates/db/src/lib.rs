//! copihue-db.
