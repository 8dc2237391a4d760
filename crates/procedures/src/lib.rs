//! Procedures: turns a law into a working online procedure by data alone. Definitions, forms, flow, decisions and
//! the legal kernel of Ley 19.880; drafts, cases, the official's desk.
//!
//! A definition is published with [`Procedures::publish`]; a person starts it with [`Procedures::start`]. Each command
//! loads the case, runs the pure [`model::machine`], prepares documents outside of any transaction and commits
//! everything at once. The platform's own part (holders, documents, notices) goes on right after, and in jobs if the
//! process dies.

pub mod api;
mod app;
mod lists;
pub mod model;
mod pages;
mod queries;
mod store;
mod words;

use copihue_db::MigrationSet;
use copihue_directory::RoleDef;

copihue_web::locale!("procedures", include_str!("../locales/es-CL.ftl"));

pub use app::{
    Act, CaseLook, DeskFilter, Evidence, Offer, OfficialLook, OutcomeLook, Parts, Procedures, Resolve, Sent,
    StepPage, TaskLook, Waiting, texts,
};
pub use lists::{List, Lists, NoLists, Options};
pub use queries::{HttpGateway, Query, QueryGateway, Reply};
pub use store::deeds;
pub use store::task::TaskRow;

/// The tables of this crate.
pub const MIGRATIONS: MigrationSet = MigrationSet {
    name: "procedures",
    files: &[
        ("0001_procedures.sql", include_str!("../migrations/0001_procedures.sql")),
        ("0002_drafts.sql", include_str!("../migrations/0002_drafts.sql")),
        ("0003_template.sql", include_str!("../migrations/0003_template.sql")),
        ("0004_template_revision.sql", include_str!("../migrations/0004_template_revision.sql")),
        ("0005_batch.sql", include_str!("../migrations/0005_batch.sql")),
    ],
};

/// Who writes the wording of documents, and puts in force what others wrote.
pub const TEMPLATES: &str = "redactor_plantillas";

/// Roles that definitions give work to, and that of who writes documents.
pub const ROLES: &[RoleDef] = &[
    RoleDef::office("tramitador", "Tramita solicitudes", "procedures"),
    RoleDef::office("firmante", "Firma actos de la institución", "procedures"),
    RoleDef::office("jefatura", "Dirige la tramitación", "procedures"),
    RoleDef::office(TEMPLATES, "Redactor de plantillas de documentos", "procedures").personal(),
];
