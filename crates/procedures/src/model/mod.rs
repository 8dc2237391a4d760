//! The model: types that can't be wrong, rules as pure functions. Nothing here does I/O, and nothing knows what
//! any one procedure is about.

pub mod check;
pub mod dates;
pub mod decision;
pub mod definition;
pub mod expr;
pub mod flow;
pub mod form;
pub mod legal;
pub mod machine;
pub(crate) mod template;
pub(crate) mod text;
