//! The database face on both engines.

mod transactions;
