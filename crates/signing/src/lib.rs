//! Electronic signature: certificates, each AdES format, one-time codes, validation and the public verification page.
//!
//! [`verify::verify`] is pure and works offline.

mod ades;
mod api;
mod app;
mod asic;
mod asn1;
mod client;
pub mod cms;
pub mod ers;
mod firmagob;
#[cfg(any(test, fuzzing))]
pub mod fuzzing;
mod hash;
mod jades;
pub mod keys;
pub mod model;
mod oid;
mod pages;
pub mod pdf;
pub mod pki;
mod policy;
mod ports;
mod revocation;
pub mod signer;
mod store;
mod token;
pub mod tsp;
pub mod vault;
pub mod verify;
mod xml;

pub use ades::{DataFile, Order, Shape};
pub use api::ApiDoc;
pub use app::{
    Act, BatchView, Checked, Courier, Desk, DeskParts, Draft, Evidence, EvidenceStatus, Format, KeyUse,
    Known, Letter, Mode, NewHolder, NewPaper, NewRegistered, NewSeal, NoCourier, NoEvidence, OtpSetup,
    PaperView, Parts, Register, Registration, RegistrationParts, Rehashed, Role, SANDBOX, Sealed, SignedFile,
    Signing, TokenSeal, Waiting, XmlFile,
};
pub use asn1::DerError;
pub use firmagob::FirmaGobSettings;
pub use hash::Hash;
pub use model::answer::FirmaGobRequest;
pub use model::application::{Application, ApplicationState};
pub use model::clock::ClockState;
pub use model::colleague::Colleague;
pub use model::credential::Credential;
pub use model::document::{DocumentState, IssuedDocument, RegisteredDocument, Show};
pub use model::level::{Level, Shortfall, WhenShort};
pub use model::restriction::{Certification, FieldLock};
pub use model::stamp_hour::StampHour;
pub use pdf::{PdfError, SubFilter};
pub use policy::{ADMINISTRATOR, CERTIFIER, OPERATOR, ROLES, RULES};
pub use ports::Calendars;
pub use revocation::RevocationSource;
pub use signer::{HalfPdf, SealOptions, SharedSigner, Signer, SignerName};
pub use store::deeds;
pub use token::TokenSettings;
pub use tsp::{Source, Timestamps};

use copihue_db::MigrationSet;

copihue_web::locale!("signing", include_str!("../locales/es-CL.ftl"));

/// The tables of this crate.
pub const MIGRATIONS: MigrationSet = MigrationSet {
    name: "signing",
    files: &[
        ("0001_signing.sql", include_str!("../migrations/0001_signing.sql")),
        ("0002_levels.sql", include_str!("../migrations/0002_levels.sql")),
        ("0003_serial.sql", include_str!("../migrations/0003_serial.sql")),
        ("0004_contract.sql", include_str!("../migrations/0004_contract.sql")),
        ("0010_evidence_record.sql", include_str!("../migrations/0010_evidence_record.sql")),
        ("0020_registration.sql", include_str!("../migrations/0020_registration.sql")),
        ("0021_applications.sql", include_str!("../migrations/0021_applications.sql")),
        ("0030_desk.sql", include_str!("../migrations/0030_desk.sql")),
        ("0031_upload.sql", include_str!("../migrations/0031_upload.sql")),
        ("0060_second_secret.sql", include_str!("../migrations/0060_second_secret.sql")),
        ("0061_firmagob.sql", include_str!("../migrations/0061_firmagob.sql")),
        ("0062_stamp_hour.sql", include_str!("../migrations/0062_stamp_hour.sql")),
        ("0063_evidence_rehash.sql", include_str!("../migrations/0063_evidence_rehash.sql")),
        ("0064_raise.sql", include_str!("../migrations/0064_raise.sql")),
        ("0070_unused.sql", include_str!("../migrations/0070_unused.sql")),
        ("0071_petition.sql", include_str!("../migrations/0071_petition.sql")),
        ("0072_wrong_codes.sql", include_str!("../migrations/0072_wrong_codes.sql")),
        ("0073_petition_answer.sql", include_str!("../migrations/0073_petition_answer.sql")),
    ],
};
