//! The register of issued documents.

use bytes::Bytes;
use copihue_core::{Error, Result, Timestamp, VerificationCode};
use copihue_db::Tx;
use copihue_web::Upload;

use super::sign::Turn;
use super::{Act, KeyUse, Signing};
use crate::model::document::{DocumentState, IssuedDocument, RegisteredDocument};
use crate::store::{document as store, raise as renditions};
use crate::verify::{FoundSignature, Given, Verdict, verify};

/// A file, judged with what the register knows.
#[derive(Clone, Debug)]
pub struct Checked {
    /// What the file itself says.
    pub verdict: Verdict,
    /// What is registered under its hash, or else under the code in it.
    pub registered: Option<RegisteredDocument>,
    /// Whether the file is the registered one, or one in which its signature was raised.
    is_ours: bool,
}

impl Checked {
    /// Whether the registered document is this very file, as it was signed or with what proves its signature added.
    #[must_use]
    pub fn is_same_file(&self) -> bool {
        let ours = self.registered.as_ref().map(|r| hex::encode(r.issued.sha256));
        self.is_ours || ours.as_deref() == Some(self.verdict.document.sha256.as_str())
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

    /// The registered document that a file is or is a rendition of, and when these very bytes are known to have existed.
    async fn known_file(&self, sha256: [u8; 32]) -> Result<Option<(RegisteredDocument, Timestamp)>> {
        self.db()
            .read(move |conn| {
                if let Some(document) = store::by_hash(conn, sha256)? {
                    let since = document.registered_at;
                    return Ok(Some((document, since)));
                }
                let Some(rendition) = renditions::by_hash(conn, sha256)? else { return Ok(None) };
                let document = store::by_hash(conn, rendition.original)?;
                Ok(document.map(|document| (document, rendition.made_at)))
            })
            .await
    }

    /// Judges files that belong together: their signatures, and whether what they are still counts. Names and bytes.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn check_files(&self, files: Vec<(String, Bytes)>) -> Result<Checked> {
        let turn = self.turn_to_check().await?;
        self.check_in_turn(files, turn).await
    }

    /// The signatures of a document that comes in, for its metadata (SIG-15).
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn signatures_in(&self, name: &str, bytes: Bytes) -> Result<Vec<FoundSignature>> {
        let turn = self.turn_to_look_at_a_filing().await?;
        Ok(self.check_in_turn(vec![(name.to_owned(), bytes)], turn).await?.verdict.found())
    }

    async fn check_in_turn(&self, files: Vec<(String, Bytes)>, turn: Turn) -> Result<Checked> {
        let by_hash = match files.as_slice() {
            [(_, only)] => self.known_file(copihue_core::json::sha256(only)).await?,
            _ => None,
        };
        // Our own register proves that these very bytes existed when they were issued.
        let known_at = by_hash.as_ref().map_or_else(|| self.now(), |(_, since)| *since);
        let trust = self.trust();
        let judge = move || {
            let given: Vec<Given<'_>> = files.iter().map(|(name, bytes)| Given { name, bytes }).collect();
            Ok(verify(&given, &trust, known_at))
        };
        let verdict = turn.spend(judge).await?;
        let is_ours = by_hash.is_some();
        let registered = match (by_hash, verdict.document.code) {
            (Some((document, _)), _) => Some(document),
            (None, Some(code)) => self.document(code).await?,
            (None, None) => None,
        };
        Ok(Checked { verdict, registered, is_ours })
    }
}
