//! Use cases: begin, return, settle, recover, refund.

mod begin;
mod charge;
mod create;
mod paper;
mod recover;
mod refund;
mod settle;
mod view;

use std::sync::{Arc, OnceLock};

use copihue_core::{Bucket, BucketKey, Clock, Error, Id, Random, Result, Timestamp};
use copihue_db::{Db, Tx};

use crate::model::journal::{EntryKind, NewEntry};
use crate::model::payment::{FailureCode, Payment, PaymentEvent, PaymentState};
use crate::ports::{Evidence, Fulfilment, Issuer, Issuers, Registry};
use crate::provider::Provider;
use crate::store;

pub use begin::Begin;
pub use create::OWN_PAYMENT_UNDER_WAY;
pub use view::{Audit, PaymentAct, PaymentView};

/// What payments are made of.
pub struct Parts {
    /// The database.
    pub db: Db,
    /// The present.
    pub clock: Arc<dyn Clock>,
    /// Random bytes for ids and codes.
    pub random: Arc<dyn Random>,
    /// Turns institution codes into buckets.
    pub buckets: BucketKey,
    /// Who charges.
    pub issuers: Arc<dyn Issuers>,
    /// The transparency log.
    pub evidence: Arc<dyn Evidence>,
    /// The verification page's register.
    pub registry: Arc<dyn Registry>,
    /// The providers; the first is the one that is used.
    pub providers: Vec<Arc<dyn Provider>>,
}

struct Inner {
    parts: Parts,
    fulfilment: OnceLock<Arc<dyn Fulfilment>>,
}

/// The service. Cheap to clone.
#[derive(Clone)]
pub struct Payments(Arc<Inner>);

impl Payments {
    /// The service over its parts. Say who fulfils with [`fulfil_with`](Self::fulfil_with) before anybody pays.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(Inner { parts, fulfilment: OnceLock::new() }))
    }

    /// Says who gives what was paid for. Once: later calls change nothing.
    pub fn fulfil_with(&self, fulfilment: Arc<dyn Fulfilment>) {
        let _ = self.0.fulfilment.set(fulfilment);
    }

    fn parts(&self) -> &Parts {
        &self.0.parts
    }

    fn db(&self) -> &Db {
        &self.parts().db
    }

    fn now(&self) -> Timestamp {
        self.parts().clock.now()
    }

    fn id_in(&self, bucket: Bucket) -> Id {
        Id::new(self.now(), bucket, &*self.parts().random)
    }

    fn fulfilment(&self) -> Result<&Arc<dyn Fulfilment>> {
        self.0.fulfilment.get().ok_or_else(|| Error::internal("nobody fulfils payments"))
    }

    fn provider(&self, name: &str) -> Result<&Arc<dyn Provider>> {
        self.parts().providers.iter().find(|p| p.name() == name).ok_or_else(Error::not_found)
    }

    fn issuer(&self, institution: &str) -> Result<Issuer> {
        self.parts()
            .issuers
            .issuer(institution)
            .ok_or_else(|| Error::internal(format_args!("institution {institution} is unknown")))
    }

    fn book<'a>(&self, institution: &'a str) -> store::journal::Book<'a> {
        store::journal::Book { bucket: self.parts().buckets.of_institution(institution), institution }
    }

    /// Adds the accounting entry of an event of one charge.
    fn account(&self, tx: &mut Tx<'_>, kind: EntryKind, charge: &charge::Charge<'_>) -> Result<()> {
        let now = self.now();
        let day = self.issuer(&charge.payment.institution)?.zone.date(now);
        let attempt = charge.attempt;
        let entry = NewEntry::of(kind, charge.payment.id, attempt.id, &attempt.provider, attempt.amount);
        store::journal::append(tx, self.book(&charge.payment.institution), &entry, now, &day.to_string())?;
        Ok(())
    }

    /// Moves a payment by the rules; `None` when another moved it first.
    fn advance(&self, tx: &mut Tx<'_>, payment: &Payment, event: PaymentEvent) -> Result<Option<Payment>> {
        let Some(state) = payment.state.on(event) else {
            return Err(Error::conflict("estado_del_pago", "El pago ya no admite esta operación.")
                .context(format_args!("{:?} in {:?}", event, payment.state)));
        };
        let failure = match event {
            PaymentEvent::Failed(code) => Some(code),
            _ => None,
        };
        let finished_at = state.is_final().then(|| self.now());
        if !store::payment::move_to(tx, payment, state, failure, finished_at)? {
            return Ok(None);
        }
        Ok(Some(Payment { state, failure, finished_at, ..payment.clone() }))
    }

    /// Ends a payment without a charge, in one transaction with all that follows from it.
    fn fail(&self, tx: &mut Tx<'_>, payment: &Payment, code: FailureCode) -> Result<()> {
        let Some(ended) = self.advance(tx, payment, PaymentEvent::Failed(code))? else { return Ok(()) };
        self.free_obligation(tx, &ended)?;
        self.fulfilment()?.ended(tx, &ended)
    }

    fn free_obligation(&self, tx: &mut Tx<'_>, p: &Payment) -> Result<()> {
        let book = self.book(&p.institution);
        store::payment::free_obligation(tx, book.bucket, &p.institution, &p.obligation, p.id)
    }

    fn take_obligation(&self, tx: &mut Tx<'_>, p: &Payment) -> Result<Option<Id>> {
        let book = self.book(&p.institution);
        store::payment::take_obligation(tx, book.bucket, &p.institution, &p.obligation, p.id)
    }
}

/// Whether a payment of this state holds its obligation.
const fn holds_obligation(state: PaymentState) -> bool {
    !matches!(state, PaymentState::Failed | PaymentState::Cancelled | PaymentState::Error)
}
