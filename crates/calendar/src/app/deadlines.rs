//! The terms that run: opened by a service in its own transaction, then met, suspended, extended, lapsed.

use copihue_core::calendar::{Deadline, Extension, Suspension, SuspensionCause};
use copihue_core::{Actor, Error, Id, Result, Timestamp};
use copihue_db::jobs::{self, NewJob};
use copihue_db::{Conn, Tx};
use jiff::civil::Date;
use serde_json::json;

use super::{Calendars, RECOMPUTE, who};
use crate::model::{DeadlineEvent, EventType, OpenSuspension, Running, State};
use crate::store::deadline as store;

/// A deadline to open.
#[derive(Clone, Copy, Debug)]
pub struct NewDeadline<'a> {
    /// What runs: `case`.
    pub subject_kind: &'a str,
    /// Which one. The deadline lives in its bucket.
    pub subject: Id,
    /// What the term is for, in Spanish.
    pub label: &'a str,
    /// Computed with [`Calendars::current`].
    pub deadline: &'a Deadline,
}

/// Who does something to a deadline, and by what.
#[derive(Clone, Copy, Debug)]
pub struct Act<'a> {
    /// Who.
    pub actor: &'a Actor,
    /// The act, document or receipt, by its number or code.
    pub reference: &'a str,
}

/// What an event changes in a stored deadline.
type Change<'f> = &'f dyn Fn(&mut Running) -> Result<()>;

impl Calendars {
    /// Opens a deadline and answers its id.
    ///
    /// # Errors
    /// When the database doesn't answer.
    pub fn open_deadline(&self, tx: &mut Tx<'_>, new: &NewDeadline<'_>, act: Act<'_>) -> Result<Id> {
        let now = self.0.clock.now();
        let running = Running {
            id: self.id(new.subject.bucket()),
            subject_kind: new.subject_kind.to_owned(),
            subject: new.subject,
            label: new.label.to_owned(),
            deadline: new.deadline.clone(),
            state: State::Open,
            suspension: None,
            proposed: None,
        };
        let current = self.0.current.load();
        // The calendar may have changed between the computation and now: then it is compared again at once.
        let fresh = new.deadline.calendar_version == *current.calendar.version();
        if !fresh {
            let key = Some(RECOMPUTE.to_owned());
            jobs::enqueue(tx, &NewJob { kind: RECOMPUTE, key, payload: json!({}), run_at: now })?;
        }
        store::insert(tx, &running, if fresh { current.n } else { 0 }, now)?;
        self.note(tx, running.id, EventType::Created, act, (None, Some(running.deadline.due)))?;
        Ok(running.id)
    }

    /// What the term was for was done. Late is possible: the history shows it.
    ///
    /// # Errors
    /// `no_encontrado`; `plazo_en_otro_estado` when it was met already.
    pub fn meet(&self, tx: &mut Tx<'_>, id: Id, act: Act<'_>) -> Result<Running> {
        self.change(tx, id, EventType::Met, act, &|_| Ok(()))
    }

    /// The term ended without that. Only once it has expired.
    ///
    /// # Errors
    /// `plazo_vigente` before it expires; `plazo_en_otro_estado` when it doesn't run.
    pub fn lapse(&self, tx: &mut Tx<'_>, id: Id, act: Act<'_>) -> Result<Running> {
        let now = self.0.clock.now();
        self.change(tx, id, EventType::Lapsed, act, &|running| {
            if running.deadline.is_timely(now) {
                return Err(Error::conflict("plazo_vigente", "El plazo todavía no vence."));
            }
            Ok(())
        })
    }

    /// Stops the term from `from` on, until it is resumed.
    ///
    /// # Errors
    /// `suspension_invalida` when the day lies outside the term or the cause doesn't suspend it.
    pub fn suspend(
        &self,
        tx: &mut Tx<'_>,
        id: Id,
        from: Date,
        cause: SuspensionCause,
        act: Act<'_>,
    ) -> Result<Running> {
        let calendar = self.current();
        self.change(tx, id, EventType::Suspended, act, &|running| {
            let open = OpenSuspension { from, cause, act: act.reference.to_owned() };
            // Refused now rather than when it ends: one day is enough to know.
            running
                .deadline
                .suspended(&calendar, interval(&open, from.saturating_add(jiff::Span::new().days(1))))?;
            running.suspension = Some(open);
            Ok(())
        })
    }

    /// The term runs again from `to` on; the days since the suspension don't count.
    ///
    /// # Errors
    /// `suspension_invalida` when `to` is not after the suspension's first day.
    pub fn resume(&self, tx: &mut Tx<'_>, id: Id, to: Date, act: Act<'_>) -> Result<Running> {
        let calendar = self.current();
        self.change(tx, id, EventType::Resumed, act, &|running| {
            if let Some(open) = running.suspension.take() {
                running.deadline = running.deadline.suspended(&calendar, interval(&open, to))?;
            }
            Ok(())
        })
    }

    /// Grants an extension (LBPA 26): asked for at `asked`, decided now.
    ///
    /// # Errors
    /// `plazo_vencido`, `plazo_no_ampliable`, `ampliacion_excesiva`.
    pub fn extend(&self, tx: &mut Tx<'_>, id: Id, n: u16, asked: Timestamp, act: Act<'_>) -> Result<Running> {
        let (calendar, decided) = (self.current(), self.0.clock.now());
        self.change(tx, id, EventType::Extended, act, &|running| {
            let extension = Extension { n, asked, decided, act: act.reference.to_owned() };
            running.deadline = running.deadline.extended(&calendar, extension)?;
            Ok(())
        })
    }

    /// Halves the term by an urgency order (LBPA 63).
    ///
    /// # Errors
    /// `urgencia_no_aplica` for terms to file requests and appeals.
    pub fn make_urgent(&self, tx: &mut Tx<'_>, id: Id, act: Act<'_>) -> Result<Running> {
        let calendar = self.current();
        self.change(tx, id, EventType::Urgent, act, &|running| {
            running.deadline = running.deadline.urgent(&calendar)?;
            Ok(())
        })
    }

    /// A deadline, if there is one with this id.
    ///
    /// # Errors
    /// When the database doesn't answer.
    pub fn deadline(&self, conn: &mut Conn<'_>, id: Id) -> Result<Option<Running>> {
        Ok(store::get(conn, id)?.map(|(running, _)| running))
    }

    /// The deadlines of a subject in every state, the one that ends first before the others.
    ///
    /// # Errors
    /// When the database doesn't answer.
    pub fn of(&self, conn: &mut Conn<'_>, subject_kind: &str, subject: Id) -> Result<Vec<Running>> {
        store::of(conn, subject_kind, subject)
    }

    /// Running deadlines that expire at or before `until`, soonest first. Asked with the present instant: the overdue
    /// ones that nobody has lapsed yet.
    ///
    /// # Errors
    /// When the database doesn't answer.
    pub fn due_before(&self, conn: &mut Conn<'_>, until: Timestamp, limit: u16) -> Result<Vec<Running>> {
        store::due_before(conn, until, limit)
    }

    /// The history of a deadline, oldest first.
    ///
    /// # Errors
    /// When the database doesn't answer.
    pub fn history(&self, conn: &mut Conn<'_>, id: Id) -> Result<Vec<DeadlineEvent>> {
        store::history(conn, id)
    }

    /// Loads, changes, saves, and writes the history.
    pub(super) fn change(
        &self,
        tx: &mut Tx<'_>,
        id: Id,
        event: EventType,
        act: Act<'_>,
        change: Change<'_>,
    ) -> Result<Running> {
        let (mut running, checked) = store::get(tx, id)?.ok_or_else(Error::not_found)?;
        let before = running.deadline.due;
        running.state = running.state.after(event)?;
        if running.proposed.is_some()
            && matches!(
                event,
                EventType::Suspended | EventType::Resumed | EventType::Extended | EventType::Urgent
            )
        {
            // It would be computed on the new calendar, and so shortened without anybody deciding it.
            return Err(Error::conflict(
                "plazo_espera_decision",
                "El calendario cambió: decida primero si este plazo se acorta.",
            ));
        }
        change(&mut running)?;
        store::update(tx, &running, checked)?;
        self.note(tx, id, event, act, (Some(before), Some(running.deadline.due)))?;
        Ok(running)
    }

    pub(super) fn note(
        &self,
        tx: &mut Tx<'_>,
        id: Id,
        kind: EventType,
        act: Act<'_>,
        (due_before, due_after): (Option<Date>, Option<Date>),
    ) -> Result<()> {
        let (by, at) = (who(act.actor), self.0.clock.now());
        store::record(
            tx,
            id,
            &DeadlineEvent { kind, act: act.reference.to_owned(), by, at, due_before, due_after },
        )
    }
}

fn interval(open: &OpenSuspension, to: Date) -> Suspension {
    Suspension { from: open.from, to, cause: open.cause, act: open.act.clone() }
}
