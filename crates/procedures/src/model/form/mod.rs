//! Forms: what is shown of a layout, and what is taken from what was posted. The server decides; what the browser
//! says about visibility or computed values is ignored (PRC-04).

mod accept;
mod fault;
mod pointer;
mod value;
mod view;

pub use accept::{Posted, accept};
pub use fault::{Fault, FieldFault};
pub use pointer::{field_name, get, put, remove};
pub use value::{normalise, pretty};
pub use view::{FactView, FieldView, NodeView, PageView, RepeatView, TableView, view};
