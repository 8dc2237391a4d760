//! What a command asks the outside to do, in order, in the transaction that stores the new state.

use copihue_core::Timestamp;
use jiff::civil::Date;
use serde_json::{Map, Value};

use crate::model::legal::{LegalEvent, LegalState};

/// A thing to do.
#[derive(Clone, PartialEq, Debug)]
pub enum Effect {
    /// Somebody has something to do.
    TaskOpened {
        /// Token.
        token: u32,
        /// Node.
        node: String,
    },
    /// It is done, or was taken away.
    TaskClosed {
        /// Token.
        token: u32,
        /// Node.
        node: String,
        /// How it ended.
        outcome: String,
    },
    /// The case moved before the law.
    Legal {
        /// By this event.
        event: LegalEvent,
        /// To this state.
        to: LegalState,
    },
    /// Issue a document with these values.
    Document {
        /// Id in the definition.
        id: String,
        /// Values of the template.
        values: Map<String, Value>,
        /// What the verification page shows.
        public: Map<String, Value>,
        /// Key that no other document in force may have.
        unique: Option<String>,
        /// The parts to validate, when it is a resolution.
        resolution: Option<Map<String, Value>>,
    },
    /// Send a legal notice.
    Notice {
        /// Id in the definition.
        id: String,
        /// Subject.
        subject: String,
        /// Text.
        body: String,
        /// Address that learns of it.
        email: Option<String>,
    },
    /// Send a mail.
    Mail {
        /// Address.
        to: String,
        /// Subject.
        subject: String,
        /// Text.
        text: String,
    },
    /// Ask for a payment.
    Payment {
        /// Action.
        action: String,
        /// What is paid.
        description: String,
        /// Lines with pesos.
        lines: Vec<(String, i64)>,
        /// Key of what is owed.
        obligation: String,
        /// Seconds to deliver.
        fulfil_within_s: u32,
    },
    /// Wake the token up on a day.
    Timer {
        /// Token.
        token: u32,
        /// Day.
        on: Date,
    },
    /// Ask the holders again.
    Retry {
        /// Token.
        token: u32,
        /// When.
        at: Timestamp,
    },
    /// A holder is not asked any more: it was silent for a day.
    GaveUp {
        /// Query.
        query: String,
    },
    /// A holder answered.
    Answered {
        /// Query.
        query: String,
        /// Status.
        status: String,
    },
    /// A decision was taken.
    Decided {
        /// Table.
        id: String,
        /// Rows that fired.
        rows: Vec<u32>,
    },
    /// No token is left.
    Closed,
}

/// A question to a holder.
#[derive(Clone, PartialEq, Debug)]
pub struct Ask {
    /// Query of the definition.
    pub query: String,
    /// Service.
    pub service: String,
    /// What is sent.
    pub input: Value,
    /// Longest wait in milliseconds.
    pub timeout_ms: u32,
}

/// Why the platform's own part of a case stands still.
#[derive(Clone, PartialEq, Debug)]
pub enum Blocked {
    /// It has nothing to do: a person's turn, a wait, or the end.
    Idle,
    /// Holders must be asked; then [`super::Machine::answers`].
    Queries {
        /// Token.
        token: u32,
        /// The questions, all at once.
        asks: Vec<Ask>,
    },
    /// It needs the number of the case file, which the transaction of this command gives.
    NeedsNumber,
}
