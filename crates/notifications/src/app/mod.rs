//! Use cases: notify, read, mail.

mod mail;
mod notify;
mod read;

use std::sync::Arc;

use copihue_core::{Clock, Id, Random, Result, Timestamp};
use copihue_db::{Db, Tx};
use serde_json::Value;

use crate::ports::{Act, Calendars, Evidence, Sealer, Senders};
use crate::transport::{Post, Transport};

/// What notices are made of.
pub struct Parts {
    /// The database.
    pub db: Db,
    /// The present.
    pub clock: Arc<dyn Clock>,
    /// Random bytes for ids and codes.
    pub random: Arc<dyn Random>,
    /// The calendar of today.
    pub calendar: Calendars,
    /// Who sends.
    pub senders: Arc<dyn Senders>,
    /// The transparency log.
    pub evidence: Arc<dyn Evidence>,
    /// The institutions' seals.
    pub sealer: Arc<dyn Sealer>,
    /// How e-mail leaves.
    pub transport: Transport,
    /// Where the platform answers, without a slash at the end: for the links in e-mails.
    pub base_url: String,
}

struct Inner {
    parts: Parts,
    post: Post,
}

/// The service. Cheap to clone.
#[derive(Clone)]
pub struct Notifications(Arc<Inner>);

impl Notifications {
    /// The service over its parts.
    ///
    /// # Errors
    /// Internal when the mail server's configuration can't be used.
    pub fn new(parts: Parts) -> Result<Self> {
        let post = Post::new(&parts.transport)?;
        Ok(Self(Arc::new(Inner { parts, post })))
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

    fn id_like(&self, near: Id) -> Id {
        Id::new(self.now(), near.bucket(), &*self.parts().random)
    }

    fn testify(
        &self,
        tx: &mut Tx<'_>,
        kind: &'static str,
        record: String,
        subject: Id,
        fields: &[(&'static str, Value)],
    ) -> Result<()> {
        let mut fields = fields.to_vec();
        fields.push(("ts", serde_json::json!(self.now())));
        self.parts().evidence.append(tx, Act { kind, record, subject: Some(subject), fields: &fields })
    }
}
