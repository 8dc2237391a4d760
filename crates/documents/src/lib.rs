//! Documents from templates: a JSON template and named values become a tagged PDF/A-2a and PDF/UA-1 file.
//!
//! ```
//! # use copihue_documents::{Engine, Meta, Template};
//! # use serde_json::json;
//! let template: Template = serde_json::from_value(json!({
//!     "format": "copihue/document/1",
//!     "header": {"institution": "{institucion}"},
//!     "title": "Permiso de circulación {anio}",
//!     "blocks": [
//!         {"type": "highlight", "items": [{"label": "Patente", "value": "{patente}"}]},
//!         {"type": "verify"}
//!     ]
//! })).unwrap();
//! assert!(template.check(&["institucion", "anio", "patente"]).is_empty());
//! let values = json!({"institucion": "Municipalidad de Ollagüe", "anio": 2026, "patente": "SKKB-41"});
//! let meta = Meta {
//!     title: "Permiso de circulación".into(),
//!     author: "Municipalidad de Ollagüe".into(),
//!     lang: "es-CL".into(),
//!     created: Default::default(),
//!     document_id: "01KWCX7JTTD3DY2NAGDJJ7M80H".into(),
//!     preview: false,
//!     code: "RTZZ-AERD-F9JG-66PK".parse().ok(),
//!     verify_url: Some("https://ejemplo.cl/v/RTZZ-AERD-F9JG-66PK".into()),
//! };
//! let pdf = Engine::new().render(&template, values.as_object().unwrap(), &meta).unwrap();
//! assert!(pdf.starts_with(b"%PDF-1.7"));
//! ```
//!
//! Values are data: whatever they hold prints as it is. There is no I/O, no clock and no randomness here: the same input
//! gives the same bytes, so a document can be hashed before it is signed and made again for comparison.

mod budget;
mod charset;
mod check;
mod engine;
mod flow;
mod fonts;
mod inputs;
mod kerning;
mod layout;
mod lines;
mod paginate;
mod pdf;
mod picture;
mod qr;
mod resolve;
mod structure;
pub mod template;
pub mod text;

pub use check::Finding;
pub use engine::{Engine, Meta};
pub use inputs::Input;
pub use qr::Qr;
pub use template::Template;

/// The documents' typeface, Roboto Regular, whole: for whoever draws text into a PDF otherwise.
pub const SANS: &[u8] = include_bytes!("../assets/Roboto-Regular.ttf");
