//! A signature that stayed below the level asked for is raised later: when an authority of time answers again, or when what its own
//! authority says of its certificate is young enough (specs signing §6.2). The file that was signed stays as it is (SIG-17).

use copihue_core::json::sha256;
use copihue_core::{Error, Kind, Result};
use copihue_db::Tx;
use copihue_db::blobs::Blobs;
use copihue_db::jobs::{self, Job, NewJob, Worker};
use serde::Deserialize;
use serde_json::json;

use super::sign::Made;
use super::{Format, KeyUse, Signing};
use crate::cms::Foreign;
use crate::model::level::Level;
use crate::model::rendition::{Raise, RaiseState, Rendition};
use crate::store::raise as store;
use crate::tsp::Stamped;
use crate::verify::{Indication, LastSignature, verify_pdf};

/// The job that raises a signature.
const JOB: &str = "signing.raise";
/// By then what failed has often passed.
const SOON_S: i64 = 60;

#[derive(Deserialize)]
struct Payload {
    institution: String,
    sha256: String,
}

/// What came of a try.
enum Tried {
    /// Higher than before.
    Raised(Vec<u8>, Level),
    /// Not yet.
    Later,
    /// Never.
    Never,
}

impl Signing {
    /// Keeps a use of a key, and sees to it that a file which is kept is raised to the level asked for, where it stayed below.
    pub(super) fn log_kept(&self, tx: &mut Tx<'_>, used: &KeyUse) -> Result<()> {
        self.log(tx, used)?;
        let Some((asked, reached)) = used.levels.filter(|(asked, reached)| reached < asked) else {
            return Ok(());
        };
        if used.format != Format::Pdf {
            return Ok(());
        }
        let raise = Raise {
            sha256: used.digest,
            institution: used.institution.clone(),
            asked,
            reached,
            signed_at: used.at,
            state: RaiseState::Waiting,
            tries: 0,
        };
        store::add(tx, self.bucket(&used.institution), &raise)?;
        self.raise_at(tx, &raise, self.now().plus_seconds(SOON_S))
    }

    /// Raises signatures by this worker, of the files that are kept there.
    #[must_use]
    pub fn raise_with(&self, worker: Worker, blobs: &Blobs) -> Worker {
        let (signing, blobs) = (self.clone(), blobs.clone());
        worker.on(JOB, move |job| {
            let (signing, blobs) = (signing.clone(), blobs.clone());
            async move { signing.raise_job(&blobs, &job).await }
        })
    }

    fn raise_at(&self, tx: &mut Tx<'_>, raise: &Raise, run_at: copihue_core::Timestamp) -> Result<()> {
        let sha256 = hex::encode(raise.sha256);
        let payload = json!({ "institution": raise.institution, "sha256": sha256 });
        jobs::enqueue(tx, &NewJob { kind: JOB, key: Some(sha256), payload, run_at })
    }

    async fn raise_job(&self, blobs: &Blobs, job: &Job) -> Result<()> {
        let Payload { institution, sha256 } = job.parse()?;
        let mut digest = [0; 32];
        hex::decode_to_slice(&sha256, &mut digest).map_err(Error::internal)?;
        let bucket = self.bucket(&institution);
        let read = move |conn: &mut copihue_db::Conn<'_>| {
            let known = store::get(conn, bucket, digest)?;
            Ok((known, store::of(conn, digest)?))
        };
        let (known, renditions) = self.db().read(read).await?;
        let Some(known) = known.filter(|k| k.state == RaiseState::Waiting) else { return Ok(()) };
        let now = self.now();
        let latest = renditions.first().map_or(known.sha256, |r| r.sha256);
        let tried = match blobs.get(latest).await {
            Ok(pdf) => self.try_to_raise(&known, pdf).await?,
            Err(error) if error.kind() != Kind::NotFound => return Err(error),
            Err(_) if known.may_still_be_kept(now) => Tried::Later,
            Err(_) => return self.tried(&known, RaiseState::NotKept, None).await,
        };
        match tried {
            Tried::Raised(bytes, level) => {
                let staged = blobs.stage(bytes).await?;
                let (sha256, size) = (staged.blob().sha256, staged.blob().size);
                let made = Rendition { original: known.sha256, level, sha256, size, made_at: now };
                let state = if level >= known.asked { RaiseState::Done } else { RaiseState::Waiting };
                self.tried(&known, state, Some((made, staged))).await
            }
            Tried::Later => self.tried(&known, RaiseState::Waiting, None).await,
            Tried::Never => self.tried(&known, RaiseState::Impossible, None).await,
        }
    }

    /// All that follows from a try, on disk together: a crash before leaves it to be tried again.
    async fn tried(
        &self,
        known: &Raise,
        state: RaiseState,
        made: Option<(Rendition, copihue_db::blobs::Staged)>,
    ) -> Result<()> {
        let (signing, before, now) = (self.clone(), known.clone(), self.now());
        let bucket = self.bucket(&known.institution);
        let made = std::sync::Arc::new(made);
        self.db()
            .write(move |tx| {
                let reached = made.as_ref().as_ref().map_or(before.reached, |(m, _)| m.level);
                let mut after = Raise { state, reached, tries: before.tries + 1, ..before.clone() };
                let next = after.next_try(now);
                if after.state == RaiseState::Waiting && next.is_none() {
                    after.state = RaiseState::Impossible;
                }
                if !store::tried(tx, bucket, &before, &after)? {
                    return Ok(());
                }
                if let Some((rendition, staged)) = made.as_ref() {
                    staged.put(tx)?;
                    store::add_rendition(tx, bucket, rendition)?;
                }
                match next.filter(|_| after.state == RaiseState::Waiting) {
                    Some(at) => signing.raise_at(tx, &after, at),
                    None => Ok(()),
                }
            })
            .await
    }

    async fn try_to_raise(&self, known: &Raise, pdf: Vec<u8>) -> Result<Tried> {
        let work = move || Ok(LastSignature::of(&pdf).map(|last| (pdf, last)));
        let Some((pdf, last)) = self.on_cpu(work).await? else { return Ok(Tried::Never) };
        let Ok(cms) = Foreign::parse(&last.cms) else { return Ok(Tried::Never) };
        let (bytes, reached, stamped) = match cms.timestamp() {
            Some(token) => (pdf, known.reached, Stamped { token, own: false }),
            None => {
                if !last.is_at_end || !cms.certificate.valid_at(self.now()) {
                    return Ok(Tried::Never);
                }
                let Ok(stamped) = self.stamp(sha256(&cms.signature)).await else { return Ok(Tried::Later) };
                let Some(bytes) = last.replaced(&pdf, &cms.with_timestamp(&stamped.token)) else {
                    return Ok(Tried::Never);
                };
                (bytes, Level::T, stamped)
            }
        };
        let made = Made { bytes, reached, shortfall: None };
        let sent = (&cms.certificate, cms.chain.as_slice());
        let made = if reached >= Level::LT {
            self.archive(made).await
        } else {
            self.raise(made, known.asked, sent, Some(&stamped)).await
        };
        match made {
            Ok(Made { bytes, reached, .. }) if reached > known.reached => self.judged(bytes, reached).await,
            Ok(_) => Ok(Tried::Later),
            Err(error) if error.code() == "certificado_revocado" => Ok(Tried::Never),
            Err(error) => Err(error),
        }
    }

    /// What was made must count as anybody judges it; what a revocation meanwhile took from the signature can't be given back.
    async fn judged(&self, bytes: Vec<u8>, reached: Level) -> Result<Tried> {
        let (trust, now) = (self.trust(), self.now());
        self.on_cpu(move || {
            let verdict = verify_pdf(&bytes, &trust, now);
            let counts = verdict.signatures.last().is_some_and(|s| s.indication == Indication::TotalPassed);
            Ok(if counts { Tried::Raised(bytes, reached) } else { Tried::Never })
        })
        .await
    }

    /// The files in which a signed file was raised, the latest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn renditions(&self, original: [u8; 32]) -> Result<Vec<Rendition>> {
        self.db().read(move |conn| store::of(conn, original)).await
    }
}
