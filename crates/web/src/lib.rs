//! copihue-web.
