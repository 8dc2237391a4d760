//! What case files need of others, as small traits: wired by the binary, played by tests.

use std::sync::Arc;

use copihue_core::calendar::Calendar;
use copihue_core::{Id, Result, Timestamp, VerificationCode};
use copihue_db::Tx;
use futures_util::future::BoxFuture;
use serde_json::Value;

/// The calendar of today: a snapshot that may be renewed while the platform runs.
pub type Calendars = Arc<dyn Fn() -> Arc<Calendar> + Send + Sync>;

/// Writes an act to the transparency log, in the act's own transaction.
pub trait Evidence: Send + Sync {
    /// Appends the commitment of one act: ledger `access` for kinds that begin with `access.`, else `casefile`.
    ///
    /// # Errors
    /// When it can't be written: the act is rolled back with it.
    fn append(&self, tx: &mut Tx<'_>, act: Act<'_>) -> Result<()>;
}

/// An act with legal effect. Fields hold ids, numbers and hashes, never personal content.
#[derive(Clone, Debug)]
pub struct Act<'a> {
    /// `casefile.opened`, `casefile.entry`, `access.sensitive`.
    pub kind: &'static str,
    /// What it is about: one record for each act of a kind.
    pub record: String,
    /// Whom it concerns: the parties of the case, but for one who acts themself on what is theirs.
    pub concerns: &'a [Id],
    /// What is committed.
    pub fields: &'a [(&'static str, Value)],
}

/// What the transparency log proves of an act.
pub trait Receipts: Send + Sync {
    /// The `.tlog-proof` of an act, by its ledger and the record's id (`casefile`, `casefile.entry/…`). It shows nobody's
    /// personal data. `None` until a signed checkpoint covers the act, or when there was none.
    fn receipt<'a>(&'a self, ledger: &'a str, record: &'a str) -> BoxFuture<'a, Result<Option<String>>>;

    /// The policy with which anybody checks the receipts.
    fn policy(&self) -> String;
}

/// Seals in the institution's name.
pub trait Sealer: Send + Sync {
    /// A compact JWS over a value, at once.
    ///
    /// # Errors
    /// When the institution has no seal.
    fn seal_jws(&self, institution: &str, value: &Value) -> Result<String>;

    /// The same, with the use of the key written in this transaction where the signer can.
    ///
    /// # Errors
    /// As [`seal_jws`](Self::seal_jws).
    fn seal_jws_in(&self, _tx: &mut Tx<'_>, institution: &str, value: &Value) -> Result<String> {
        self.seal_jws(institution, value)
    }

    /// A PDF sealed by the institution.
    fn seal_pdf<'a>(
        &'a self,
        institution: &'a str,
        pdf: Vec<u8>,
        reason: &'a str,
    ) -> BoxFuture<'a, Result<Vec<u8>>>;

    /// Makes a document known to the verification page.
    ///
    /// # Errors
    /// When it can't be written.
    fn register(&self, tx: &mut Tx<'_>, issued: &Issued<'_>) -> Result<()>;
}

/// A sealed document, as the verification page must know it.
#[derive(Clone, Debug)]
pub struct Issued<'a> {
    /// Its verification code.
    pub code: VerificationCode,
    /// SHA-256 of the sealed bytes.
    pub sha256: [u8; 32],
    /// Letter code of the institution.
    pub institution: &'a str,
    /// Its name.
    pub institution_name: &'a str,
    /// The document's title.
    pub title: &'a str,
    /// What it is: `certificado_de_presentacion`.
    pub kind: &'static str,
    /// The case, by its IUIe.
    pub case: &'a str,
    /// When it was issued.
    pub issued_at: Timestamp,
}
