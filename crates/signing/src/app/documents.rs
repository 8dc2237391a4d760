//! The register of issued documents.

use bytes::Bytes;
use copihue_core::{Error, Result, Timestamp, VerificationCode};
use copihue_db::Tx;
use copihue_web::Upload;

use super::sign::Turn;
use super::{Act, KeyUse, Signing};
use crate::model::document::{DocumentState, IssuedDocument, RegisteredDocument};
use crate::store::document as store;
use crate::verify::{Given, Verdict, verify};

/// A file, judged with what the register knows.
#[derive(Clone, Debug)]
pub struct Checked {
    /// What the file itself says.
    pub verdict: Verdict,
    /// What is registered under its hash, or else under the code in it.
    pub registered: Option<RegisteredDocument>,
}

impl Checked {
    /// Whether the registered document is this very file.
    #[must_use]
    pub fn is_same_file(&self) -> bool {
        let ours = self.registered.as_ref().map(|r| hex::encode(r.issued.sha256));
        ours.as_deref() == Some(self.verdict.document.sha256.as_str())
    }
}

impl Signing {
    /// Registers an issued document under its code, and appends the ledger's record.
    ///
    /// # Errors
    /// When the code is taken.
    pub fn register_document(&self, tx: &mut Tx<'_>, document: &IssuedDocument) -> Result<()> {
        store::add(tx, document, self.now())?;
        self.0.parts.evidence.append(tx, &Act::Issued(document))
    }

    /// Changes whether a document still counts. `replaced_by` is the code of what takes its place.
    ///
    /// # Errors
    /// Not found, or a conflict when it lost its force before.
    pub fn set_document_state(
        &self,
        tx: &mut Tx<'_>,
        code: VerificationCode,
        state: DocumentState,
        reason: &str,
        replaced_by: Option<VerificationCode>,
    ) -> Result<()> {
        let document = store::by_code(tx, code)?.ok_or_else(Error::not_found)?;
        if !document.state.may_become(state) {
            return Err(Error::conflict("estado_documento", "El documento ya no está vigente."));
        }
        let at = self.now();
        store::set_state(tx, code, state, reason, replaced_by, at)?;
        self.0.parts.evidence.append(tx, &Act::StateChanged { code, state, reason, at })
    }

    /// Every use of an institution's keys from an instant on, oldest first, a thousand at most: what to look through
    /// when a key may have been in other hands.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn key_uses(&self, institution: &str, from: Timestamp) -> Result<Vec<KeyUse>> {
        let (bucket, code) = (self.bucket(institution), institution.to_owned());
        self.db().read(move |conn| crate::store::log::since(conn, bucket, &code, from)).await
    }

    /// A registered document.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn document(&self, code: VerificationCode) -> Result<Option<RegisteredDocument>> {
        self.db().read(move |conn| store::by_code(conn, code)).await
    }

    /// The registered document with this hash.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn document_of(&self, sha256: [u8; 32]) -> Result<Option<RegisteredDocument>> {
        self.db().read(move |conn| store::by_hash(conn, sha256)).await
    }

    /// The same of files that somebody sent. They stay where they are until it is their turn: many of them at once would not fit
    /// into memory.
    ///
    /// # Errors
    /// As [`Self::check_files`].
    pub(crate) async fn check_uploads<'a>(
        &self,
        uploads: impl Iterator<Item = &'a Upload>,
    ) -> Result<Checked> {
        let turn = self.turn_to_check().await?;
        let mut files = Vec::new();
        for upload in uploads {
            files.push((upload.name.clone(), upload.bytes().await?));
        }
        self.check_in_turn(files, turn).await
    }

    /// Judges files that belong together: their signatures, and whether what they are still counts. Names and bytes.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn check_files(&self, files: Vec<(String, Bytes)>) -> Result<Checked> {
        let turn = self.turn_to_check().await?;
        self.check_in_turn(files, turn).await
    }

    async fn check_in_turn(&self, files: Vec<(String, Bytes)>, turn: Turn) -> Result<Checked> {
        let by_hash = match files.as_slice() {
            [(_, only)] => self.document_of(copihue_core::json::sha256(only)).await?,
            _ => None,
        };
        // Our own register proves that these very bytes existed when they were issued.
        let known_at: Timestamp = by_hash.as_ref().map_or_else(|| self.now(), |d| d.registered_at);
        let trust = self.trust();
        let judge = move || {
            let given: Vec<Given<'_>> = files.iter().map(|(name, bytes)| Given { name, bytes }).collect();
            Ok(verify(&given, &trust, known_at))
        };
        let verdict = turn.spend(judge).await?;
        let registered = match (by_hash, verdict.document.code) {
            (Some(document), _) => Some(document),
            (None, Some(code)) => self.document(code).await?,
            (None, None) => None,
        };
        Ok(Checked { verdict, registered })
    }
}
