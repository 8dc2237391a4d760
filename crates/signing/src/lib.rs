//! Electronic signature: certificates, PAdES and JWS, one-time codes, validation and the public verification page.
//!
//! [`verify::verify_pdf`] is pure and works offline.

mod asn1;
pub mod cms;
pub mod keys;
mod oid;
pub mod pdf;
pub mod pki;
pub mod signer;
pub mod vault;
pub mod verify;

pub use asn1::DerError;
pub use pdf::{PdfError, SubFilter};
pub use signer::{SealOptions, SharedSigner, Signer, SignerName};
