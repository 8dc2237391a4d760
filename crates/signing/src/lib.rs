//! Electronic signature: certificates, PAdES and JWS, one-time codes, validation and the public verification page.
//!
//! [`verify::verify_pdf`] is pure and works offline.

mod app;
mod asn1;
pub mod cms;
pub mod keys;
pub mod model;
mod oid;
mod pages;
pub mod pdf;
pub mod pki;
pub mod signer;
mod store;
pub mod vault;
pub mod verify;

pub use app::{
    Act, Checked, Evidence, Format, KeyUse, Level, Mode, NewHolder, NewSeal, NoEvidence, OtpSetup, Parts,
    SignedPdf, Signing,
};
pub use asn1::DerError;
pub use model::document::{DocumentState, IssuedDocument, RegisteredDocument, Show};
pub use pdf::{PdfError, SubFilter};
pub use signer::{SealOptions, SharedSigner, Signer, SignerName};

use copihue_db::MigrationSet;

copihue_web::locale!("signing", include_str!("../locales/es-CL.ftl"));

/// The tables of this crate.
pub const MIGRATIONS: MigrationSet = MigrationSet {
    name: "signing",
    files: &[("0001_signing.sql", include_str!("../migrations/0001_signing.sql"))],
};
