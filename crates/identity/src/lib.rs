//! Who somebody is: the provider, its contract, and our own pages as one of its clients.

pub mod model;
