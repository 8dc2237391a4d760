//! A batch: documents that one holder signs under one authorisation (specs signing §5).

use copihue_core::{Error, Id, Kind, Timestamp};

use super::level::{Level, Shortfall, WhenShort};
use super::place::Place;
use super::token::Purpose;

/// Documents of one batch.
pub const MAX_ITEMS: usize = 1_000;
/// How often an item is tried before it waits for somebody.
pub const MAX_ATTEMPTS: i64 = 3;

codes! {
    /// Where a batch stands.
    BatchState {
        /// Put together; nothing is asked for yet.
        Prepared = "preparado",
        /// Its holder looks through it, and types a code.
        AwaitingCode = "esperando_otp",
        /// The holder authorised exactly these documents.
        Authorised = "autorizado",
        /// Being signed.
        Signing = "firmando",
        /// All signed.
        Complete = "completo",
        /// All tried, not all signed.
        CompleteWithErrors = "completo_con_errores",
        /// Its authorisation ended before all were signed.
        Expired = "vencido",
        /// Called off.
        Cancelled = "cancelado",
    }
}

/// What may happen to a batch.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BatchEvent {
    /// The code is asked for.
    Ask,
    /// The holder authorised it.
    Authorise,
    /// The first document is signed.
    Begin,
    /// Whoever keeps the key refused before anything was signed, such as a code that does not fit.
    Refuse,
    /// Every document was tried.
    Finish(Outcome),
    /// The authorisation ended.
    Expire,
    /// The holder, or the application, calls it off.
    Cancel,
    /// What failed or was left is tried again.
    Resume(Standing),
}

/// How the documents of a batch ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// All signed.
    Whole,
    /// Not all.
    Partial,
}

/// Whether an authorisation still holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Standing {
    /// It does.
    Valid,
    /// It has ended, or there was none.
    Lapsed,
}

impl BatchState {
    /// The state after an event; `None` when it can't happen now.
    #[must_use]
    pub const fn after(self, event: BatchEvent) -> Option<Self> {
        use BatchEvent as E;
        Some(match (self, event) {
            (Self::Prepared, E::Ask) => Self::AwaitingCode,
            (Self::Prepared | Self::AwaitingCode, E::Authorise) => Self::Authorised,
            (Self::Authorised | Self::Signing, E::Begin) => Self::Signing,
            (Self::Authorised | Self::Signing, E::Refuse) => Self::AwaitingCode,
            (Self::Authorised | Self::Signing, E::Finish(Outcome::Whole)) => Self::Complete,
            (Self::Authorised | Self::Signing, E::Finish(Outcome::Partial)) => Self::CompleteWithErrors,
            (Self::Authorised | Self::Signing, E::Expire) => Self::Expired,
            (Self::Prepared | Self::AwaitingCode | Self::Authorised | Self::Signing, E::Cancel) => {
                Self::Cancelled
            }
            (Self::CompleteWithErrors | Self::Expired, E::Resume(Standing::Valid)) => Self::Authorised,
            (Self::CompleteWithErrors | Self::Expired, E::Resume(Standing::Lapsed)) => Self::AwaitingCode,
            _ => return None,
        })
    }

    /// The same, with an answer for people.
    ///
    /// # Errors
    /// A conflict that says where the batch stands.
    pub fn then(self, event: BatchEvent) -> Result<Self, Error> {
        self.after(event).ok_or_else(|| Error::conflict("lote_en_otro_estado", self.sentence()))
    }

    /// In plain words.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Prepared => "Falta revisar los documentos y escribir el código.",
            Self::AwaitingCode => "Falta el código de quien firma.",
            Self::Authorised => "La firma comenzará en un momento.",
            Self::Signing => "Los documentos se están firmando.",
            Self::Complete => "Todos los documentos están firmados.",
            Self::CompleteWithErrors => "Algunos documentos no se pudieron firmar.",
            Self::Expired => "Pasaron 10 minutos antes de terminar. Lo firmado sigue firmado.",
            Self::Cancelled => "La firma se detuvo. Lo firmado sigue firmado.",
        }
    }

    /// Whether nothing more happens by itself.
    #[must_use]
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Complete | Self::CompleteWithErrors | Self::Expired | Self::Cancelled)
    }
}

codes! {
    /// Where an item stands.
    ItemState {
        /// Not signed yet.
        Pending = "pendiente",
        /// Signed.
        Signed = "firmado",
        /// Could not be signed.
        Failed = "error",
    }
}

/// Why an item was not signed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ItemError {
    /// A stable code.
    pub code: String,
    /// One sentence and what to do.
    pub message: String,
}

impl ItemError {
    /// Of what went wrong, as it is told outside.
    #[must_use]
    pub fn of(error: &Error) -> Self {
        Self { code: error.code().to_owned(), message: error.detail().to_owned() }
    }
}

/// Whether another try may help by itself.
#[must_use]
pub fn may_pass(error: &Error) -> bool {
    matches!(error.kind(), Kind::Unavailable | Kind::Internal)
}

/// Who asked for a batch.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Origin {
    /// The holder, on the signing desk.
    Desk,
    /// An application, under a name of its own for the request.
    Application {
        /// Its key.
        key: String,
        /// The request's name.
        request: String,
    },
}

impl Origin {
    /// The application that asked, where it was one.
    #[must_use]
    pub fn application(&self) -> Option<&str> {
        match self {
            Self::Desk => None,
            Self::Application { key, .. } => Some(key),
        }
    }
}

/// A batch, without its items.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Batch {
    /// Id.
    pub id: Id,
    /// The institution's code.
    pub institution: String,
    /// Whose signature it is.
    pub official: Id,
    /// Who asked for it.
    pub origin: Origin,
    /// With a code, or by a process.
    pub purpose: Purpose,
    /// Where it stands.
    pub state: BatchState,
    /// The level asked for.
    pub level: Level,
    /// What to do where it can't be reached.
    pub when_short: WhenShort,
    /// When it was put together.
    pub created_at: Timestamp,
    /// The signed authorisation record, once there is one.
    pub authorisation: Option<String>,
    /// Until when the authorisation holds.
    pub authorised_until: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
}

impl Batch {
    /// Whether its authorisation holds at an instant.
    #[must_use]
    pub fn standing(&self, now: Timestamp) -> Standing {
        match self.authorised_until {
            Some(until) if now < until => Standing::Valid,
            _ => Standing::Lapsed,
        }
    }
}

/// A document of a batch.
#[derive(Clone, PartialEq, Debug)]
pub struct BatchItem {
    /// Its place, from zero.
    pub n: i64,
    /// Its name in the request.
    pub item: String,
    /// Its name for people.
    pub name: String,
    /// The paper on the desk that it is of.
    pub paper: Option<Id>,
    /// SHA-256 of what is to be signed.
    pub sha256: [u8; 32],
    /// Where the stamp goes.
    pub place: Place,
    /// Why it is signed, as the signature says.
    pub reason: Option<String>,
    /// Where it stands.
    pub state: ItemState,
    /// SHA-256 and size of what was signed.
    pub signed: Option<([u8; 32], u64)>,
    /// The level reached.
    pub reached: Option<Level>,
    /// Why it is less than the one asked for.
    pub shortfall: Option<Shortfall>,
    /// How often it was tried.
    pub attempts: i64,
    /// Why it was not signed.
    pub error: Option<ItemError>,
}

/// How many items of a batch stand where.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Counts {
    /// Not signed yet.
    pub pending: i64,
    /// Signed.
    pub signed: i64,
    /// Not signed, with a reason.
    pub failed: i64,
}

impl Counts {
    /// All of them.
    #[must_use]
    pub const fn total(self) -> i64 {
        self.pending + self.signed + self.failed
    }

    /// How it ended, once nothing is pending.
    #[must_use]
    pub const fn outcome(self) -> Option<Outcome> {
        match (self.pending, self.failed) {
            (0, 0) => Some(Outcome::Whole),
            (0, _) => Some(Outcome::Partial),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STATES: [BatchState; 8] = [
        BatchState::Prepared,
        BatchState::AwaitingCode,
        BatchState::Authorised,
        BatchState::Signing,
        BatchState::Complete,
        BatchState::CompleteWithErrors,
        BatchState::Expired,
        BatchState::Cancelled,
    ];

    #[test]
    fn a_batch_goes_its_way_and_no_other() {
        use BatchEvent as E;
        let all = [E::Ask, E::Authorise, E::Begin, E::Finish(Outcome::Whole), E::Expire, E::Cancel];
        let way = all[..4].iter().try_fold(BatchState::Prepared, |s, e| s.after(*e));
        assert_eq!(way, Some(BatchState::Complete));
        for state in STATES {
            assert_eq!(BatchState::from_code(state.code()), Some(state));
            let ended = matches!(state, BatchState::Complete | BatchState::Cancelled);
            let goes_on = all.iter().any(|e| state.after(*e).is_some());
            assert_eq!(goes_on, !state.is_over(), "{state:?}");
            assert!(!ended || state.after(E::Resume(Standing::Valid)).is_none());
        }
    }

    #[test]
    fn what_is_tried_again_needs_a_new_code_once_the_old_authorisation_has_ended() {
        for state in [BatchState::CompleteWithErrors, BatchState::Expired] {
            let again = |standing| state.after(BatchEvent::Resume(standing));
            assert_eq!(again(Standing::Valid), Some(BatchState::Authorised));
            assert_eq!(again(Standing::Lapsed), Some(BatchState::AwaitingCode));
        }
        assert_eq!(BatchState::Complete.then(BatchEvent::Cancel).unwrap_err().code(), "lote_en_otro_estado");
    }
}
