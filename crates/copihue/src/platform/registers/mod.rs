//! The public registers' world: what the services know, what they take over, and what forms offer.

mod known;
mod take;

use std::sync::{Arc, OnceLock};

use copihue_calendar::Calendars;
use copihue_core::{Error, Result};
use copihue_db::Tx;
use copihue_directory::Directory;
use copihue_procedures::{List, Options, Procedures};
use copihue_registers::model::item::Item;
use copihue_registers::{Register, Registers, Taken};
use jiff::civil::Date;

/// The services that know what the registers hold.
pub(crate) struct World {
    directory: Directory,
    calendars: Calendars,
    /// Stands on the registers, so it comes later.
    procedures: OnceLock<Procedures>,
}

impl World {
    pub(crate) fn new(directory: &Directory, calendars: &Calendars) -> Arc<Self> {
        let (directory, calendars) = (directory.clone(), calendars.clone());
        Arc::new(Self { directory, calendars, procedures: OnceLock::new() })
    }

    /// From now on the published procedures are known as well.
    pub(crate) fn with_procedures(&self, procedures: &Procedures) {
        let _ = self.procedures.set(procedures.clone());
    }
}

impl copihue_registers::World for World {
    fn known(&self, register: Register, today: Date) -> Result<Vec<(String, Item)>> {
        match register {
            Register::Institutions => known::institutions(&self.directory),
            Register::Holidays => known::holidays(&self.calendars.current(), today),
            Register::Procedures => {
                // Not yet is not the same as none: what is published would end.
                let early = || Error::unavailable("the procedures are not there yet");
                known::procedures(self.procedures.get().ok_or_else(early)?)
            }
            Register::Regions | Register::Provinces | Register::Communes => Ok(Vec::new()),
        }
    }

    fn take(&self, tx: &mut Tx<'_>, taken: &Taken<'_>) -> Result<()> {
        match taken.register {
            Register::Institutions => take::institution(&self.directory, tx, taken),
            Register::Holidays => take::holiday(&self.calendars, tx, taken),
            Register::Procedures | Register::Regions | Register::Provinces | Register::Communes => Ok(()),
        }
    }
}

/// The registers, as forms ask for them.
pub(crate) struct Offered(pub(crate) Registers);

impl copihue_procedures::Lists for Offered {
    fn options(&self, list: List) -> Options {
        let register = match list {
            List::Communes => Register::Communes,
            List::Institutions => Register::Institutions,
        };
        let records = self.0.list(register);
        Arc::new(records.iter().map(|one| (one.key.clone(), one.label.clone())).collect())
    }
}
