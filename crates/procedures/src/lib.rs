//! Procedures: turns a law into a working online procedure by data alone. Definitions, forms, flow, decisions and
//! the legal kernel of Ley 19.880.

pub mod model;
