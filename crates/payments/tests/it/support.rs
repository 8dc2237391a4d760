//! A world with one institution, a test provider that can misbehave, and a fulfilment that can fail.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use copihue_core::calendar::Zone;
use copihue_core::{
    Acr, Actor, BucketKey, Clp, Error, Id, ManualClock, PersonRef, Result, Run, Subject, SystemRandom,
};
use copihue_db::testing::engines_at;
use copihue_db::{Db, MigrationSet, Tx, params, sql};
use copihue_payments::*;
use futures_util::future::BoxFuture;

pub(crate) const INSTITUTION: &str = "PE-MUN-00345";
const PERMIT: MigrationSet = MigrationSet {
    name: "permit",
    files: &[(
        "0001.sql",
        "CREATE TABLE permit (payment BYTEA NOT NULL PRIMARY KEY);
         CREATE TABLE evidence (record TEXT NOT NULL PRIMARY KEY);",
    )],
};

/// How the provider answers a commit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Mood {
    Good,
    /// No answer, and nothing was charged.
    SilentBefore,
    /// It charged, and the answer was lost.
    SilentAfter,
    /// The caller dies while it waits.
    Death,
    /// No answer to anything.
    Down,
}

pub(crate) struct Moody {
    pub(crate) sandbox: Sandbox,
    pub(crate) mood: Mutex<Mood>,
}

impl Moody {
    fn mood(&self) -> Mood {
        *self.mood.lock().unwrap()
    }
}

fn silence() -> Outcome {
    Outcome::Unknown { why: "timeout".to_owned() }
}

impl Provider for Moody {
    fn name(&self) -> &'static str {
        self.sandbox.name()
    }
    fn create<'a>(&'a self, order: &'a Order) -> BoxFuture<'a, Result<Redirect>> {
        self.sandbox.create(order)
    }
    fn classify(&self, params: &[(String, String)]) -> ReturnSignal {
        self.sandbox.classify(params)
    }
    fn confirm<'a>(&'a self, attempt: &'a Attempt) -> BoxFuture<'a, Outcome> {
        Box::pin(async move {
            match self.mood() {
                Mood::Good => self.sandbox.confirm(attempt).await,
                Mood::SilentBefore | Mood::Down => silence(),
                Mood::SilentAfter => {
                    self.sandbox.confirm(attempt).await;
                    silence()
                }
                Mood::Death => {
                    self.sandbox.confirm(attempt).await;
                    panic!("the process dies here");
                }
            }
        })
    }
    fn status<'a>(&'a self, attempt: &'a Attempt) -> BoxFuture<'a, Outcome> {
        Box::pin(async move {
            if self.mood() == Mood::Down { silence() } else { self.sandbox.status(attempt).await }
        })
    }
    fn refund<'a>(&'a self, attempt: &'a Attempt, amount: Clp, key: &'a str) -> BoxFuture<'a, RefundOutcome> {
        Box::pin(async move {
            if self.mood() == Mood::Down {
                RefundOutcome::Unknown { why: "timeout".to_owned() }
            } else {
                self.sandbox.refund(attempt, amount, key).await
            }
        })
    }
}

/// Gives a permit: one row.
#[derive(Default)]
pub(crate) struct Permits {
    pub(crate) broken: AtomicBool,
    pub(crate) broken_in_tx: AtomicBool,
    pub(crate) ended: AtomicUsize,
}

impl Fulfilment for Permits {
    fn prepare<'a>(&'a self, paid: &'a PaidPayment) -> BoxFuture<'a, Result<Fulfil>> {
        Box::pin(async move {
            if self.broken.load(Ordering::SeqCst) {
                return Err(Error::internal("the signer is down"));
            }
            let (id, broken) = (paid.payment.id, self.broken_in_tx.load(Ordering::SeqCst));
            let fulfil: Fulfil = Box::new(move |tx| {
                if broken {
                    return Err(Error::internal("the case is closed"));
                }
                tx.execute(sql!("INSERT INTO permit (payment) VALUES ($1)"), &params![id])?;
                Ok(())
            });
            Ok(fulfil)
        })
    }
    fn ended(&self, _tx: &mut Tx<'_>, _payment: &Payment) -> Result<()> {
        self.ended.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }
}

struct Town;

impl Issuers for Town {
    fn issuer(&self, institution: &str) -> Option<Issuer> {
        (institution == INSTITUTION).then(|| Issuer {
            name: "Municipalidad de Puente Alto".to_owned(),
            rut: "69.072.100-7".to_owned(),
            zone: Zone::Santiago,
        })
    }
}

pub(crate) struct Log;

impl Evidence for Log {
    fn append(&self, tx: &mut Tx<'_>, act: Act<'_>) -> Result<()> {
        // As the log does: a second act under the same record is refused.
        let record = format!("{}/{}", act.kind, act.record);
        tx.execute(sql!("INSERT INTO evidence (record) VALUES ($1)"), &params![record])?;
        Ok(())
    }
}

impl Registry for Log {
    fn register(&self, _tx: &mut Tx<'_>, _receipt: &Issued<'_>) -> Result<()> {
        Ok(())
    }
}

#[derive(Clone)]
pub(crate) struct World {
    pub(crate) db: Db,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) payments: Payments,
    pub(crate) provider: Arc<Moody>,
    pub(crate) permits: Arc<Permits>,
}

pub(crate) fn person(n: u32) -> PersonRef {
    let run = Run::from_number(11_111_000 + n).unwrap();
    let key = BucketKey::new(&[7; 32]);
    let at = copihue_core::Timestamp::from_millis(1_700_000_000_000 + i64::from(n));
    let random = copihue_core::SeededRandom::new(u64::from(n));
    PersonRef { id: Id::new(at, key.of_run(run), &random), run, name: format!("Persona {n}") }
}

pub(crate) fn actor(n: u32) -> Actor {
    Actor { subject: Subject::Person(person(n)), hat: None, acr: Acr::Low, trace: "t".to_owned() }
}

pub(crate) fn order(payer: u32, obligation: &str) -> NewPayment {
    NewPayment {
        institution: INSTITUTION.to_owned(),
        payer: person(payer),
        lines: vec![
            Line { label: "Permiso de circulación 2027".to_owned(), amount: Clp(45_210) },
            Line { label: "Multa".to_owned(), amount: Clp(1_000) },
        ],
        description: "Permiso de circulación 2027".to_owned(),
        reference: "PC-1".to_owned(),
        obligation: obligation.to_owned(),
        case: Some("EXP-20261121-000001".to_owned()),
        return_to: "/mi".to_owned(),
        fulfil_within_s: 600,
    }
}

impl World {
    fn new(db: Db, clock: Arc<ManualClock>) -> Self {
        let random = Arc::new(SystemRandom);
        let sandbox = Sandbox::new(db.clone(), clock.clone(), random.clone());
        let provider = Arc::new(Moody { sandbox, mood: Mutex::new(Mood::Good) });
        let permits = Arc::new(Permits::default());
        let payments = Payments::new(Parts {
            db: db.clone(),
            clock: clock.clone(),
            random,
            buckets: BucketKey::new(&[7; 32]),
            issuers: Arc::new(Town),
            evidence: Arc::new(Log),
            registry: Arc::new(Log),
            providers: vec![provider.clone()],
        });
        payments.fulfil_with(permits.clone());
        Self { db, clock, payments, provider, permits }
    }

    pub(crate) fn mood(&self, mood: Mood) {
        *self.provider.mood.lock().unwrap() = mood;
    }

    pub(crate) fn pass(&self, seconds: i64) {
        self.clock.advance_millis(seconds * 1000);
    }

    pub(crate) async fn ask(&self, new: NewPayment) -> Result<PaymentRef> {
        let payments = self.payments.clone();
        self.db.write(move |tx| payments.create(tx, &new)).await
    }

    pub(crate) async fn asked(&self, payer: u32, obligation: &str) -> Id {
        self.ask(order(payer, obligation)).await.unwrap().id
    }

    /// The payer goes to the provider's page.
    pub(crate) async fn go(&self, payer: u32, id: Id) -> Redirect {
        match self.payments.begin(&actor(payer), id).await.unwrap() {
            Begin::Provider(redirect) => redirect,
            Begin::Page(page) => panic!("sent to {page}"),
        }
    }

    /// The payer decides there; answers the attempt and the parameters of the return.
    pub(crate) async fn decide(&self, redirect: &Redirect, verdict: Verdict) -> (Id, Vec<(String, String)>) {
        let path = self.provider.sandbox.decide(&redirect.token, verdict).await.unwrap();
        let (path, query) = path.split_once('?').unwrap();
        let attempt = path.rsplit('/').next().unwrap().parse().unwrap();
        let params = query.split('&').map(|p| p.split_once('=').unwrap());
        (attempt, params.map(|(k, v)| (k.to_owned(), v.to_owned())).collect())
    }

    pub(crate) async fn come_back(&self, redirect: &Redirect, verdict: Verdict) -> Result<String> {
        let (attempt, params) = self.decide(redirect, verdict).await;
        self.payments.returned("prueba", attempt, &params).await
    }

    pub(crate) async fn view(&self, payer: u32, id: Id) -> PaymentView {
        self.payments.view(&actor(payer), id).await.unwrap()
    }

    pub(crate) async fn state(&self, payer: u32, id: Id) -> PaymentState {
        self.view(payer, id).await.payment.state
    }

    pub(crate) async fn has_permit(&self, id: Id) -> bool {
        let found = self
            .db
            .read(move |c| c.query_opt(sql!("SELECT 1 AS one FROM permit WHERE payment = $1"), &params![id]))
            .await;
        found.unwrap().is_some()
    }

    pub(crate) async fn commits(&self, attempt: Id) -> i64 {
        self.provider.sandbox.commits(&attempt.to_string()).await.unwrap()
    }

    /// The books are right: no invariant is broken.
    pub(crate) async fn books(&self) -> Vec<Entry> {
        let audit = self.payments.audit(INSTITUTION).await.unwrap();
        assert_eq!(audit.findings, Vec::new());
        audit.entries
    }
}

pub(crate) async fn each_engine(body: impl AsyncFn(World)) {
    let clock = Arc::new(ManualClock::at("2026-11-21T20:15:00Z"));
    for db in engines_at(&clock) {
        let clock = Arc::new(ManualClock::at("2026-11-21T20:15:00Z"));
        db.migrate(&[MIGRATIONS, PERMIT, copihue_web::MIGRATIONS]).unwrap();
        body(World::new(db.db(), clock)).await;
    }
}
