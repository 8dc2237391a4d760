//! Sealing and signing.

use std::sync::Arc;

use copihue_core::json::sha256;
use copihue_core::{Actor, Error, Result, Timestamp};
use copihue_db::Tx;
use serde_json::Value;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::firmagob::Wish;
use super::otp::Presenter;
use super::proof::Sent;
use super::setup::{new_id, no_certificate};
use super::{Format, KeyUse, Owner, Signing, signing_hat};
use crate::model::level::{Level, Shortfall, WhenShort};
use crate::pdf::{append_dss, prepare_timestamp};
use crate::pki::Certificate;
use crate::signer::{SealOptions, Signer, SignerName};
use crate::tsp::Stamped;

/// A signed file, and what was reached (SIG-19: never less in silence).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SignedFile {
    /// The signed bytes.
    pub bytes: Vec<u8>,
    /// Their SHA-256.
    pub sha256: [u8; 32],
    /// Level asked for.
    pub level_asked: Level,
    /// Level reached.
    pub level_reached: Level,
    /// Why it is less than the one asked for.
    pub shortfall: Option<Shortfall>,
    /// Who signed.
    pub signer: SignerName,
    /// When.
    pub signed_at: Timestamp,
}

/// What came out of a signature.
pub(super) struct Made {
    pub(super) bytes: Vec<u8>,
    pub(super) reached: Level,
    pub(super) shortfall: Option<Shortfall>,
}

impl Made {
    fn short(self, shortfall: Shortfall) -> Self {
        Self { shortfall: Some(shortfall), ..self }
    }
}

/// That is what a signature can say.
pub(super) fn whole_second(at: Timestamp) -> Timestamp {
    Timestamp::from_millis(at.millis().div_euclid(1000) * 1000)
}

/// From when on a certificate that is revoked now counts no more: the first whole second that nothing signed before claims. A
/// list of revoked certificates says no finer instant, and whatever was signed before stays valid (SIG-04).
pub(super) fn end_of_trust(now: Timestamp) -> Timestamp {
    whole_second(now).plus_seconds(1)
}

fn outgrown() -> Error {
    Error::internal("a timestamp outgrew the room kept for it twice")
}

impl Signing {
    /// Signs a PDF with the institution's seal, unattended.
    ///
    /// # Errors
    /// When the institution has no seal in force, or the PDF can't be signed.
    pub async fn seal_pdf(
        &self,
        institution: &str,
        pdf: Vec<u8>,
        options: SealOptions,
    ) -> Result<SignedFile> {
        if let Some(engine) = self.firmagob(institution) {
            let made = self.seal_pdfs_there(&engine, vec![Wish { pdf, options }]).await?;
            return only(self.log_there(made).await);
        }
        let owner = Owner::Seal { institution: institution.to_owned() };
        let signer = self.signer(&owner).await?;
        self.sign(&owner, signer, pdf, options).await
    }

    /// Signs a PDF as the official by whose hat the person acts, with a one-time code.
    ///
    /// # Errors
    /// When the code is wrong or spent, the official has no certificate in force, or the PDF can't be signed.
    pub async fn sign_pdf_as(
        &self,
        actor: &Actor,
        otp: &str,
        pdf: Vec<u8>,
        options: SealOptions,
    ) -> Result<SignedFile> {
        let (person, hat) = signing_hat(actor)?;
        if let Some(engine) = self.firmagob(&hat.institution) {
            let made = self.sign_pdfs_as_there(&engine, (actor, otp), vec![Wish { pdf, options }]).await?;
            return only(self.log_there(made).await);
        }
        let owner = Owner::Holder { institution: hat.institution.clone(), official: hat.official };
        let signer = self.signer(&owner).await?;
        // A PDF that can't be signed must not cost a code: it is looked at first.
        let pdf =
            self.on_cpu(move || crate::pdf::check_signable(&pdf).map(|()| pdf).map_err(Error::from)).await?;
        self.spend_code(&owner, person.run, otp, Presenter::Holder).await?;
        self.sign(&owner, signer, pdf, options).await
    }

    /// Signs PDFs as [`Self::sign_pdf_as`], all of them with one code. Each has its own result.
    ///
    /// # Errors
    /// As there, where it keeps all of them from being signed.
    pub async fn sign_pdfs_as(
        &self,
        actor: &Actor,
        otp: &str,
        pdfs: Vec<Vec<u8>>,
        options: SealOptions,
    ) -> Result<Vec<Result<SignedFile>>> {
        let (person, hat) = signing_hat(actor)?;
        if let Some(engine) = self.firmagob(&hat.institution) {
            let wish = |pdf| Wish { pdf, options: options.clone() };
            let wishes = pdfs.into_iter().map(wish).collect();
            let made = self.sign_pdfs_as_there(&engine, (actor, otp), wishes).await?;
            return Ok(self.log_there(made).await);
        }
        let owner = Owner::Holder { institution: hat.institution.clone(), official: hat.official };
        let signer = self.signer(&owner).await?;
        // PDFs of which none can be signed must not cost a code: they are looked at first.
        let looked = |pdf: Vec<u8>| Ok(crate::pdf::check_signable(&pdf).map(|()| pdf)?);
        let pdfs: Vec<Result<Vec<u8>>> =
            self.on_cpu(move || Ok(pdfs.into_iter().map(looked).collect())).await?;
        if pdfs.iter().any(Result::is_ok) {
            self.spend_code(&owner, person.run, otp, Presenter::Holder).await?;
        }
        let mut all = Vec::new();
        for pdf in pdfs {
            all.push(match pdf {
                Ok(pdf) => self.sign(&owner, Arc::clone(&signer), pdf, options.clone()).await,
                Err(error) => Err(error),
            });
        }
        Ok(all)
    }

    async fn sign(
        &self,
        owner: &Owner,
        signer: Arc<Signer>,
        pdf: Vec<u8>,
        options: SealOptions,
    ) -> Result<SignedFile> {
        let (signed, used) = self.make_pdf(owner, signer, pdf, options).await?;
        let signing = self.clone();
        self.db().write(move |tx| signing.log_kept(tx, &used)).await?;
        Ok(signed)
    }

    /// Signs, and tells what is to be logged: nothing leaves before that is on disk.
    pub(super) async fn make_pdf(
        &self,
        owner: &Owner,
        signer: Arc<Signer>,
        pdf: Vec<u8>,
        options: SealOptions,
    ) -> Result<(SignedFile, KeyUse)> {
        let at = whole_second(self.now());
        let goal = (options.level, options.when_short);
        let (made, stamped) = self.signed_bytes(Arc::clone(&signer), pdf, options, at).await?;
        let made = self.raise(made, goal.0, (signer.certificate(), signer.chain()), stamped.as_ref()).await?;
        self.conclude((owner, signer.certificate()), made, goal, (Format::Pdf, at))
    }

    /// What is answered for a signature, and what is to be logged; an error where less was reached than may be.
    pub(super) fn conclude(
        &self,
        (owner, certificate): (&Owner, &Certificate),
        made: Made,
        (asked, when_short): (Level, WhenShort),
        (format, at): (Format, Timestamp),
    ) -> Result<(SignedFile, KeyUse)> {
        if let Some(short) = made.shortfall.filter(|_| when_short == WhenShort::Refuse) {
            return Err(short.into());
        }
        let digest = sha256(&made.bytes);
        let used = KeyUse {
            levels: Some((asked, made.reached)),
            ..self.key_use(owner, certificate, format, digest, at)
        };
        let signed = SignedFile {
            bytes: made.bytes,
            sha256: digest,
            level_asked: asked,
            level_reached: made.reached,
            shortfall: made.shortfall,
            signer: SignerName::of(certificate),
            signed_at: at,
        };
        Ok((signed, used))
    }

    /// Signs, asks for a timestamp, and puts both into the file; and that timestamp. A token that turns out larger than the room kept for it
    /// costs one more round, with room for it.
    async fn signed_bytes(
        &self,
        signer: Arc<Signer>,
        pdf: Vec<u8>,
        options: SealOptions,
        at: Timestamp,
    ) -> Result<(Made, Option<Stamped>)> {
        let level = options.level;
        let source = Arc::new((pdf, options));
        for _ in 0..2 {
            let room = if level >= Level::T { self.0.stamps.room() } else { 0 };
            let (worker, input) = (Arc::clone(&signer), Arc::clone(&source));
            let half = self.on_cpu(move || worker.begin_pdf(&input.0, &input.1, at, room)).await?;
            let stamped = match level {
                Level::B => None,
                _ => self.stamp(sha256(half.signature())).await.ok(),
            };
            if stamped.as_ref().is_some_and(|s| s.token.len() > room) {
                continue;
            }
            let reached = if stamped.is_some() { Level::T } else { Level::B };
            let shortfall = (level > Level::B && stamped.is_none()).then_some(Shortfall::NoTimestamp);
            let (worker, token) = (Arc::clone(&signer), stamped.as_ref().map(|s| s.token.clone()));
            let bytes = self.on_cpu(move || half.finish(&worker, token.as_deref())).await?;
            return Ok((Made { bytes, reached, shortfall }, stamped));
        }
        Err(outgrown())
    }

    /// Adds what the levels above a timestamp ask for, as far as it can be had.
    pub(super) async fn raise(
        &self,
        made: Made,
        level: Level,
        signer: Sent<'_>,
        stamped: Option<&Stamped>,
    ) -> Result<Made> {
        let Some(stamped) = stamped.filter(|_| level >= Level::LT) else { return Ok(made) };
        let Some(data) = self.proof(signer, stamped).await? else {
            return Ok(made.short(Shortfall::NoRevocationData));
        };
        let bytes = made.bytes;
        let bytes = self.on_cpu(move || Ok(append_dss(&bytes, &data)?)).await?;
        let made = Made { bytes, reached: Level::LT, ..made };
        if level == Level::LTA { self.archive(made).await } else { Ok(made) }
    }

    /// A timestamp over the whole file.
    pub(super) async fn archive(&self, made: Made) -> Result<Made> {
        let bytes = Arc::new(made.bytes);
        for _ in 0..2 {
            let (room, source) = (self.0.stamps.room(), Arc::clone(&bytes));
            let prepared = self.on_cpu(move || Ok(prepare_timestamp(&source, room)?)).await?;
            let Ok(stamped) = self.stamp(prepared.digest()?).await else {
                let bytes = Arc::unwrap_or_clone(bytes);
                return Ok(Made { bytes, ..made }.short(Shortfall::NoArchiveTimestamp));
            };
            if stamped.token.len() <= room {
                return Ok(Made { bytes: prepared.finish(&stamped.token)?, reached: Level::LTA, ..made });
            }
        }
        Err(outgrown())
    }

    /// A compact JWS with the institution's seal. Its use of the key is logged a moment later ([`Self::start`]); within a
    /// transaction, prefer [`Self::seal_jws_in`].
    ///
    /// # Errors
    /// When the institution has no seal in force.
    pub fn seal_jws(&self, institution: &str, payload: &Value) -> Result<String> {
        let (jws, used) = self.make_jws(institution, payload)?;
        // Nobody listens any more only when the process ends.
        let _ = self.0.unlogged.send(used);
        Ok(jws)
    }

    /// A compact JWS with the institution's seal, logged in the transaction.
    ///
    /// # Errors
    /// When the institution has no seal in force.
    pub fn seal_jws_in(&self, tx: &mut Tx<'_>, institution: &str, payload: &Value) -> Result<String> {
        let (jws, used) = self.make_jws(institution, payload)?;
        self.log(tx, &used)?;
        Ok(jws)
    }

    /// A compact JWS with the institution's seal over exactly these bytes, wherever it signs.
    ///
    /// # Errors
    /// When they are no JSON, the institution has no seal in force, or whoever keeps it does not answer.
    pub async fn seal_json(&self, institution: &str, json: Vec<u8>) -> Result<String> {
        if serde_json::from_slice::<serde::de::IgnoredAny>(&json).is_err() {
            return Err(Error::invalid("json_incorrecto", "El contenido no es JSON."));
        }
        if let Some(engine) = self.firmagob(institution) {
            return self.seal_json_there(&engine, &json).await;
        }
        let owner = Owner::Seal { institution: institution.to_owned() };
        let (signer, at) = (self.signer(&owner).await?, self.now());
        let worker = Arc::clone(&signer);
        let jws = self.on_cpu(move || worker.sign_jws_bytes(&json, None, at)).await?;
        let used = self.key_use(&owner, signer.certificate(), Format::Jws, sha256(jws.as_bytes()), at);
        let signing = self.clone();
        self.db().write(move |tx| signing.log(tx, &used)).await?;
        Ok(jws)
    }

    fn make_jws(&self, institution: &str, payload: &Value) -> Result<(String, KeyUse)> {
        let owner = Owner::Seal { institution: institution.to_owned() };
        let signer = self.cached(&owner).ok_or_else(no_certificate)?;
        let at = self.now();
        let jws = signer.sign_jws(payload, at)?;
        let used = self.key_use(&owner, signer.certificate(), Format::Jws, sha256(jws.as_bytes()), at);
        Ok((jws, used))
    }

    pub(super) fn key_use(
        &self,
        owner: &Owner,
        certificate: &Certificate,
        format: Format,
        digest: [u8; 32],
        at: Timestamp,
    ) -> KeyUse {
        KeyUse {
            id: new_id(self, owner.institution(), at),
            institution: owner.institution().to_owned(),
            serial: certificate.serial(),
            official: owner.official(),
            format,
            digest,
            levels: None,
            application: None,
            at,
        }
    }

    /// Work for a processor: never on a thread that serves requests, and never more of it than there are processors.
    pub(crate) async fn on_cpu<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T> + Send + 'static,
    ) -> Result<T> {
        Turn::wait(&self.0.cpu).await?.spend(work).await
    }

    /// The same for files that anybody may send: they wait for each other, and no signature waits for them.
    pub(crate) async fn check_on_cpu<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.turn_to_check().await?.spend(work).await
    }

    /// The turn alone, for work that needs something besides a processor.
    pub(super) async fn turn_to_check(&self) -> Result<Turn> {
        Turn::wait(&self.0.checks).await
    }

    /// The same for what logged-in people file.
    pub(super) async fn turn_to_look_at_a_filing(&self) -> Result<Turn> {
        Turn::wait(&self.0.filings).await
    }
}

fn only(mut all: Vec<Result<SignedFile>>) -> Result<SignedFile> {
    all.pop().unwrap_or_else(|| Err(Error::internal("one file was to be signed, and none was")))
}

/// Leave to keep a processor busy.
pub(super) struct Turn {
    _held: OwnedSemaphorePermit,
}

impl Turn {
    async fn wait(turns: &Arc<Semaphore>) -> Result<Self> {
        let held = Arc::clone(turns).acquire_owned().await.map_err(Error::internal)?;
        Ok(Self { _held: held })
    }

    /// Does the work. The turn ends with it, also when the one who asked has left.
    pub(super) async fn spend<T: Send + 'static>(
        self,
        work: impl FnOnce() -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let work = move || {
            let _turn = self;
            work()
        };
        tokio::task::spawn_blocking(work).await.map_err(|e| Error::internal(format_args!("signing: {e}")))?
    }
}
