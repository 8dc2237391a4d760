//! The test provider: it charges nobody, keeps its own books, and answers status and commit as a real one does.

use std::sync::Arc;

use copihue_core::{Clock, Clp, Error, Random, Result, Timestamp, random};
use copihue_db::{Db, Row, Tx, params, sql};
use futures_util::future::BoxFuture;
use serde_json::json;

use crate::model::attempt::{Attempt, Outcome, Proof};
use crate::model::refund::RefundOutcome;
use crate::provider::{Method, Order, Provider, Redirect, ReturnSignal};

/// The provider's name in paths and accounts.
pub(crate) const NAME: &str = "prueba";

/// What the payer chose on the test provider's page.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// The card is good.
    Approve,
    /// The card is refused.
    Reject,
    /// «Anular compra y volver».
    Cancel,
}

/// The test provider.
#[derive(Clone)]
pub struct Sandbox {
    db: Db,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
}

/// An order as the test provider's page shows it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct SandboxOrder {
    pub(crate) token: String,
    pub(crate) buy_order: String,
    pub(crate) amount: Clp,
    pub(crate) description: String,
    pub(crate) institution: String,
    pub(crate) return_path: String,
    pub(crate) state: String,
    authorisation_code: Option<String>,
    paid_at: Option<Timestamp>,
    commits: i64,
    refund_key: Option<String>,
}

impl SandboxOrder {
    fn read(row: &Row) -> Result<Self> {
        Ok(Self {
            token: row.get("token")?,
            buy_order: row.get("buy_order")?,
            amount: row.get("amount")?,
            description: row.get("description")?,
            institution: row.get("institution")?,
            return_path: row.get("return_path")?,
            state: row.get("state")?,
            authorisation_code: row.get("authorisation_code")?,
            paid_at: row.get("paid_at")?,
            commits: row.get("commits")?,
            refund_key: row.get("refund_key")?,
        })
    }

    /// The parameters with which the browser goes back.
    pub(crate) fn return_params(&self) -> Vec<(String, String)> {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        if self.state == "cancelled" {
            vec![pair("TBK_TOKEN", &self.token), pair("TBK_ORDEN_COMPRA", &self.buy_order)]
        } else {
            vec![pair("token_ws", &self.token)]
        }
    }

    /// Where the browser goes back, with its parameters.
    pub(crate) fn return_address(&self) -> String {
        let query: Vec<String> = self.return_params().iter().map(|(k, v)| format!("{k}={v}")).collect();
        format!("{}?{}", self.return_path, query.join("&"))
    }

    fn proof(&self) -> Option<Proof> {
        let (code, paid_at) = (self.authorisation_code.clone()?, self.paid_at?);
        let answer = json!({
            "status": "AUTHORIZED", "response_code": 0, "authorization_code": code, "amount": self.amount,
            "buy_order": self.buy_order, "transaction_date": paid_at,
        });
        Some(Proof {
            authorisation_code: code,
            card_kind: Some("débito".to_owned()),
            card_last4: Some("6623".to_owned()),
            paid_at,
            answer,
        })
    }

    fn outcome(&self) -> Outcome {
        match self.state.as_str() {
            "charged" | "refunded" => self.proof().map_or_else(
                || Outcome::Unknown { why: "a charge without proof".to_owned() },
                Outcome::Authorised,
            ),
            "rejected" => Outcome::Rejected { reason: "La tarjeta fue rechazada.".to_owned() },
            "cancelled" => Outcome::Aborted,
            _ => Outcome::NotYet,
        }
    }
}

impl Sandbox {
    /// Over the platform's own database, in tables that only it reads.
    #[must_use]
    pub fn new(db: Db, clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> Self {
        Self { db, clock, random }
    }

    pub(crate) async fn order(&self, token: &str) -> Result<Option<SandboxOrder>> {
        let token = token.to_owned();
        self.db.read(move |c| find(c, &token)).await
    }

    /// The payer decides. Answers the path with which their browser goes back. A second decision changes nothing.
    ///
    /// # Errors
    /// `NotFound` for an unknown token.
    pub async fn decide(&self, token: &str, verdict: Verdict) -> Result<String> {
        let state = match verdict {
            Verdict::Approve => "approved",
            Verdict::Reject => "rejected",
            Verdict::Cancel => "cancelled",
        };
        let token = token.to_owned();
        let order = self
            .db
            .write(move |tx| {
                tx.execute(
                    sql!("UPDATE payments_sandbox SET state = $2 WHERE token = $1 AND state = 'initialised'"),
                    &params![token, state],
                )?;
                find(tx, &token)?.ok_or_else(Error::not_found)
            })
            .await?;
        Ok(order.return_address())
    }

    /// How many times an order was charged: its books must never say more than one.
    ///
    /// # Errors
    /// `NotFound` for an unknown order.
    pub async fn commits(&self, buy_order: &str) -> Result<i64> {
        let buy_order = buy_order.to_owned();
        let row = self
            .db
            .read(move |c| {
                c.query_opt(
                    sql!("SELECT commits FROM payments_sandbox WHERE buy_order = $1"),
                    &params![buy_order],
                )
            })
            .await?;
        row.ok_or_else(Error::not_found)?.get("commits")
    }

    async fn register(&self, order: &Order) -> Result<String> {
        let token = hex::encode(random::bytes::<32>(&*self.random));
        let order = order.clone();
        let row = self
            .db
            .write(move |tx| {
                tx.query_one(
                    sql!(
                        "INSERT INTO payments_sandbox (token, buy_order, amount, description, institution, ",
                        "return_path, state, commits, refunded) VALUES ($1, $2, $3, $4, $5, $6, 'initialised', 0, 0) ",
                        "ON CONFLICT (buy_order) DO UPDATE SET token = payments_sandbox.token RETURNING token"
                    ),
                    &params![
                        token, order.buy_order, order.amount, order.description, order.institution, order.return_path
                    ],
                )
            })
            .await?;
        row.get("token")
    }

    async fn charge(&self, buy_order: &str) -> Result<Outcome> {
        let (buy_order, now) = (buy_order.to_owned(), self.clock.now());
        let code = format!("{:06}", u32::from_be_bytes(random::bytes(&*self.random)) % 1_000_000);
        self.db
            .write(move |tx| {
                tx.execute(
                    sql!(
                        "UPDATE payments_sandbox SET state = 'charged', authorisation_code = $2, paid_at = $3, ",
                        "commits = commits + 1 WHERE buy_order = $1 AND state = 'approved'"
                    ),
                    &params![buy_order, code, now],
                )?;
                Ok(by_order(tx, &buy_order)?.map_or_else(unknown_order, |order| order.outcome()))
            })
            .await
    }

    async fn look(&self, buy_order: &str) -> Result<Outcome> {
        let buy_order = buy_order.to_owned();
        self.db
            .read(move |c| Ok(by_order(c, &buy_order)?.map_or_else(unknown_order, |order| order.outcome())))
            .await
    }

    async fn undo(&self, buy_order: &str, amount: Clp, key: &str) -> Result<RefundOutcome> {
        let (buy_order, key) = (buy_order.to_owned(), key.to_owned());
        self.db.write(move |tx| refund(tx, &buy_order, amount, &key)).await
    }
}

fn refund(tx: &mut Tx<'_>, buy_order: &str, amount: Clp, key: &str) -> Result<RefundOutcome> {
    let refused = |reason: &str| RefundOutcome::Refused { reason: reason.to_owned() };
    let Some(order) = by_order(tx, buy_order)? else { return Ok(refused("unknown order")) };
    if order.refund_key.as_deref() == Some(key) {
        return Ok(RefundOutcome::Confirmed);
    }
    if order.state != "charged" || amount != order.amount {
        return Ok(refused("nothing to give back"));
    }
    tx.execute(
        sql!("UPDATE payments_sandbox SET state = 'refunded', refunded = $2, refund_key = $3 WHERE buy_order = $1"),
        &params![buy_order, amount, key],
    )?;
    Ok(RefundOutcome::Confirmed)
}

fn find(conn: &mut copihue_db::Conn<'_>, token: &str) -> Result<Option<SandboxOrder>> {
    conn.query_opt(sql!("SELECT * FROM payments_sandbox WHERE token = $1"), &params![token])?
        .map(|row| SandboxOrder::read(&row))
        .transpose()
}

fn by_order(conn: &mut copihue_db::Conn<'_>, buy_order: &str) -> Result<Option<SandboxOrder>> {
    conn.query_opt(sql!("SELECT * FROM payments_sandbox WHERE buy_order = $1"), &params![buy_order])?
        .map(|row| SandboxOrder::read(&row))
        .transpose()
}

fn unknown_order() -> Outcome {
    Outcome::Unknown { why: "unknown order".to_owned() }
}

impl Provider for Sandbox {
    fn name(&self) -> &'static str {
        NAME
    }

    fn create<'a>(&'a self, order: &'a Order) -> BoxFuture<'a, Result<Redirect>> {
        Box::pin(async move {
            let token = self.register(order).await?;
            let url = format!("/pagos/prueba/{token}");
            Ok(Redirect { token, url, method: Method::Get, fields: Vec::new() })
        })
    }

    fn classify(&self, params: &[(String, String)]) -> ReturnSignal {
        let all = |name: &str| params.iter().filter(|(k, _)| k == name).map(|(_, v)| v).collect::<Vec<_>>();
        match (all("token_ws").as_slice(), all("TBK_TOKEN").as_slice()) {
            ([token], []) => ReturnSignal::Finished { token: (*token).clone() },
            ([], []) if all("TBK_ORDEN_COMPRA").is_empty() => ReturnSignal::Foreign,
            ([], []) => ReturnSignal::TimedOut,
            ([], [_]) => ReturnSignal::Aborted,
            // Both, or one of them twice: never a reason to commit.
            _ => ReturnSignal::Broken,
        }
    }

    fn confirm<'a>(&'a self, attempt: &'a Attempt) -> BoxFuture<'a, Outcome> {
        Box::pin(async move { self.charge(&attempt.buy_order).await.unwrap_or_else(no_answer) })
    }

    fn status<'a>(&'a self, attempt: &'a Attempt) -> BoxFuture<'a, Outcome> {
        Box::pin(async move { self.look(&attempt.buy_order).await.unwrap_or_else(no_answer) })
    }

    fn refund<'a>(&'a self, attempt: &'a Attempt, amount: Clp, key: &'a str) -> BoxFuture<'a, RefundOutcome> {
        Box::pin(async move {
            let asked = self.undo(&attempt.buy_order, amount, key).await;
            asked.unwrap_or_else(|error| RefundOutcome::Unknown { why: error.to_string() })
        })
    }
}

fn no_answer(error: Error) -> Outcome {
    Outcome::Unknown { why: error.to_string() }
}
