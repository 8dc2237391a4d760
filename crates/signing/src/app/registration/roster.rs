//! Many holders at once: all of a list, or nothing of it.

use copihue_core::{Actor, Result};
use copihue_db::Tx;
use copihue_directory::Action;

use super::{HolderFacts, Registration};
use crate::model::holder::{FeeStaff, Holder};
use crate::model::roster::{Fault, Row, parse};

impl Registration {
    /// Creates the holders of a list; how many there were, or everything that is wrong with it.
    pub(crate) async fn add_roster(
        &self,
        actor: &Actor,
        list: &str,
    ) -> Result<std::result::Result<usize, Vec<Fault>>> {
        let institution = self.operates(actor, Action::Create)?;
        let fee_staff = self.fee_staff(&institution).await?;
        let holders = match parse(list).and_then(|rows| self.all_becoming(&institution, &rows, fee_staff)) {
            Ok(holders) => holders,
            Err(faults) => return Ok(Err(faults)),
        };
        let (registration, actor, many) = (self.clone(), actor.clone(), holders.len());
        let write = move |tx: &mut Tx<'_>| {
            holders.iter().try_for_each(|holder| registration.keep_holder(tx, &actor, holder))
        };
        self.signing().db().write(write).await?;
        Ok(Ok(many))
    }

    fn all_becoming(
        &self,
        institution: &str,
        rows: &[Row],
        fee_staff: FeeStaff,
    ) -> std::result::Result<Vec<Holder>, Vec<Fault>> {
        let (mut holders, mut faults) = (Vec::new(), Vec::new());
        for row in rows {
            let Row { line, run, email, kind, months, purposes } = row.clone();
            let facts = HolderFacts { email, kind, months, purposes };
            match self.becoming(institution, run, &facts, fee_staff) {
                Ok(holder) => holders.push(holder),
                Err(error) => faults.push(Fault::of_line(line, error.detail())),
            }
        }
        if faults.is_empty() { Ok(holders) } else { Err(faults) }
    }
}
