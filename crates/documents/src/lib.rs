//! copihue-documents.
