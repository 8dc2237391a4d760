//! Cases of the support desk: opened by «no fui yo», taken and resolved by officials who see a number and dates, never whose they are.

use copihue_core::{Actor, Error, Id, Result, Timestamp};
use copihue_db::Tx;

use super::Happened;
use super::desk::checked;
use super::standing::who;
use crate::Identity;
use crate::model::case::{self, Case, CaseState, Resolution};
use crate::model::event::EventKind;
use crate::store;

/// Cases on a page of the desk.
const ROWS: usize = 100;

/// What the desk does with a case.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Move {
    /// An official takes it.
    Take,
    /// It is over.
    Resolve(Resolution),
}

impl Identity {
    /// Opens a case for somebody who said that it was not them. Answers its number.
    pub(super) fn open_case(&self, tx: &mut Tx<'_>, person: Id, disputed: Timestamp) -> Result<String> {
        let now = self.now();
        let case = Case {
            person,
            number: case::number(&*self.0.random),
            disputed,
            opened: now,
            state: CaseState::Open,
            resolution: None,
            note: String::new(),
            handled_by: String::new(),
            changed: now,
        };
        store::insert_case(tx, &case)?;
        Ok(case.number)
    }

    /// Those of a state: of what waits the oldest, of what is over the latest.
    pub(crate) async fn cases(&self, state: CaseState) -> Result<Vec<Case>> {
        let read = move |conn: &mut copihue_db::Conn<'_>| match state {
            CaseState::Resolved => store::cases_resolved(conn, ROWS),
            state => store::cases(conn, state, ROWS),
        };
        self.0.db.read(read).await
    }

    /// The one with this number.
    pub(crate) async fn case(&self, number: &str) -> Result<Option<Case>> {
        let number = number.to_owned();
        self.0.db.read(move |conn| store::case(conn, &number)).await
    }

    /// The desk moves a case on. The person reads what it says in their history and, once it is over, in their mail.
    ///
    /// # Errors
    /// `motivo_corto`; `caso_resuelto` when another was faster; not found.
    pub(crate) async fn move_case(&self, actor: &Actor, number: &str, what: Move, note: &str) -> Result<()> {
        let note = checked(note)?.to_owned();
        let (identity, number, by) = (self.clone(), number.to_owned(), who(actor));
        let write = move |tx: &mut Tx<'_>| {
            let case = store::case(tx, &number)?.ok_or_else(Error::not_found)?;
            identity.carry(tx, &case, what, (&note, &by))
        };
        self.0.db.write(write).await
    }

    fn carry(&self, tx: &mut Tx<'_>, case: &Case, what: Move, (note, by): (&str, &str)) -> Result<()> {
        let (state, resolution) = match what {
            Move::Take => (CaseState::Review, None),
            Move::Resolve(resolution) => (CaseState::Resolved, Some(resolution)),
        };
        let to = Case {
            state,
            resolution,
            note: note.to_owned(),
            handled_by: by.to_owned(),
            changed: self.now(),
            ..case.clone()
        };
        // What somebody has taken is taken by nobody else, and what is over is over.
        let open = case.state != CaseState::Resolved && case.state != state;
        if !open || !store::move_case(tx, case.state, &to)? {
            return Err(Error::conflict("caso_resuelto", "Otra persona de la mesa ya atendió este caso."));
        }
        let said = format!("Caso {}: {note} ({by})", case.number);
        let kind = if state == CaseState::Resolved { EventKind::CaseResolved } else { EventKind::CaseTaken };
        if state == CaseState::Resolved {
            let known = self.person_in(tx, case.person)?;
            let address = known.as_ref().and_then(|person| person.email.as_deref());
            let what = format!("La mesa de ayuda cerró su caso {}: {note}", case.number);
            self.tell(tx, address, "Su caso en la mesa de ayuda", &what)?;
        }
        self.happened(tx, Happened { note: &said, ..Happened::of(case.person, kind) })
    }

    /// The person has proved who they are and has their account again: what was open is over.
    pub(super) fn close_cases(&self, tx: &mut Tx<'_>, person: Id, by: &str) -> Result<()> {
        for case in store::cases_of(tx, person)?.iter().filter(|case| case.state != CaseState::Resolved) {
            let note = "La persona comprobó quién es y su cuenta se abrió de nuevo.";
            self.carry(tx, case, Move::Resolve(Resolution::Recovered), (note, by))?;
        }
        Ok(())
    }
}
