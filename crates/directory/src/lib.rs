//! Public bodies, their officials, their powers, and who may do what.

pub mod model;
pub mod seal;
