//! copihue-payments.
