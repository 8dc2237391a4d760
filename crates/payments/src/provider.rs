//! Who moves the money. A provider is asked server to server; what a browser carries is never believed (PAY-04).

use copihue_core::{Clp, Result};
use futures_util::future::BoxFuture;
use serde::{Deserialize, Serialize};

use crate::model::attempt::{Attempt, Outcome};
use crate::model::refund::RefundOutcome;

/// What the provider is asked to charge.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Order {
    /// Unique for the provider.
    pub buy_order: String,
    /// The payment's id.
    pub session_id: String,
    /// How much.
    pub amount: Clp,
    /// What for, as the payer reads it.
    pub description: String,
    /// Who charges, as the payer reads it.
    pub institution: String,
    /// Where the payer comes back: `/pagos/retorno/{provider}/{attempt}`.
    pub return_path: String,
}

/// How the browser goes to the provider.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Method {
    /// By a redirection.
    Get,
    /// By a form with a visible button.
    Post,
}

/// Where the payer goes to pay.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Redirect {
    /// The provider's token for this order.
    pub token: String,
    /// The address.
    pub url: String,
    /// How to get there.
    pub method: Method,
    /// The form's fields, when it is a form.
    pub fields: Vec<(String, String)>,
}

/// What a return says by its shape. It decides only whether to commit or to ask.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ReturnSignal {
    /// The form was finished, well or badly: commit once.
    Finished {
        /// The token that came.
        token: String,
    },
    /// The form timed out: ask.
    TimedOut,
    /// The payer gave up: ask.
    Aborted,
    /// The form broke: ask.
    Broken,
    /// Nothing that the provider sends.
    Foreign,
}

/// A payment provider. Every call is idempotent by attempt, and may be repeated after a crash.
pub trait Provider: Send + Sync {
    /// Its name in paths and accounts: `prueba`, `webpay`.
    fn name(&self) -> &'static str;

    /// Registers an order and says where the payer goes.
    fn create<'a>(&'a self, order: &'a Order) -> BoxFuture<'a, Result<Redirect>>;

    /// What the parameters of a return say (query and form together).
    fn classify(&self, params: &[(String, String)]) -> ReturnSignal;

    /// Charges what the payer approved. The same answer however often it is asked (PAY-05).
    fn confirm<'a>(&'a self, attempt: &'a Attempt) -> BoxFuture<'a, Outcome>;

    /// What became of the attempt; charges nothing.
    fn status<'a>(&'a self, attempt: &'a Attempt) -> BoxFuture<'a, Outcome>;

    /// Gives `amount` back; `key` makes a repetition harmless.
    fn refund<'a>(&'a self, attempt: &'a Attempt, amount: Clp, key: &'a str) -> BoxFuture<'a, RefundOutcome>;
}
