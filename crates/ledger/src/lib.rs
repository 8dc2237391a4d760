//! copihue-ledger.
