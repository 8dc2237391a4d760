//! Public registers: lists that only grow, of which anybody can take a copy and prove that it is the whole.
//!
//! An item is addressed by the SHA-256 of its canonical form; an entry says that a key had it from an instant on, by whose
//! decision and why; the record of a key is its latest entry. Nothing is changed or taken away: a wrong entry is
//! corrected by a new one. Each register is a log `register/<name>` of the ledger, whose leaf is the record itself.
//!
//! [`Registers::sync`] writes what the platform knows (a [`World`] that `copihue` wires), [`Registers::propose`] and
//! [`Registers::decide`] what two officials of the custodian decide, and [`Registers::list`] is what forms offer.

mod api;
mod app;
pub mod model;
mod pages;
mod store;

use copihue_db::MigrationSet;
use copihue_directory::RoleDef;
use copihue_web::RouteSet;

pub use app::{
    Custodian, Draft, Handle, Listed, MOST_PENDING, Opened, Parts, Registers, Taken, Verdict, World,
};
pub use copihue_ledger::Register;
pub use store::entry::Totals;

copihue_web::locale!("registers", include_str!("../locales/es-CL.ftl"));

/// The tables of this crate.
pub const MIGRATIONS: MigrationSet = MigrationSet {
    name: "registers",
    files: &[
        ("0001_entry.sql", include_str!("../migrations/0001_entry.sql")),
        ("0002_proposal.sql", include_str!("../migrations/0002_proposal.sql")),
    ],
};

/// Who may propose and decide entries, for the institution that keeps the registers.
pub const KEEPER: &str = "custodio_registros";

/// The roles of this crate.
pub const ROLES: &[RoleDef] =
    &[RoleDef::office(KEEPER, "Custodio de registros públicos", "registers").personal()];

impl Registers {
    /// The machine contract, the public pages, and the custodian's desk.
    #[must_use]
    pub fn routes(&self) -> Vec<RouteSet> {
        vec![api::routes(self.clone()), pages::routes(self.clone())]
    }
}
