//! PDFs, of which FirmaGob gets nothing but the digests.

use std::sync::Arc;

use copihue_core::json::sha256;
use copihue_core::{Actor, Result, Timestamp};
use futures_util::{StreamExt as _, stream};

use super::{Answered, Asked, Wanted, alarm, is_by};
use crate::app::sign::{Made, whole_second};
use crate::app::{Format, KeyUse, Owner, SignedFile, Signing};
use crate::cms::Foreign;
use crate::firmagob::{FirmaGob, Items, Signatory};
use crate::model::answer::{Trouble, runs};
use crate::model::level::{Level, Shortfall};
use crate::pdf::{self, Prepared, SignatureRequest, SubFilter};
use crate::signer::SealOptions;
use crate::verify::{Indication, verify_pdf};

/// Room for the CMS, as FirmaGob's clients keep it.
const ROOM: usize = 15_000;
/// Of contents in one request: the contract's five megabytes, less what stands around them.
const MOST_BYTES: usize = 4 << 20;
/// Signatures at once that are judged and raised to their level: none waits for another's timestamp.
const AT_ONCE: usize = 8;

/// A PDF to be signed, and how.
pub(in crate::app) struct Wish {
    pub(in crate::app) pdf: Vec<u8>,
    pub(in crate::app) options: SealOptions,
}

/// A signed PDF. Nothing of it leaves before the use of the key and the request are on record.
#[derive(Debug)]
pub(in crate::app) struct Unlogged {
    pub(in crate::app) file: SignedFile,
    pub(in crate::app) used: KeyUse,
    pub(in crate::app) asked: Asked,
}

/// A PDF with room for its signature.
struct Place {
    prepared: Arc<Prepared>,
    digest: Vec<u8>,
    options: SealOptions,
}

/// A signature that is what was asked for.
struct Checked {
    cms: Foreign,
    bytes: Vec<u8>,
}

impl Signing {
    /// PDFs under the seal of an institution that signs with FirmaGob.
    pub(in crate::app) async fn seal_pdfs_there(
        &self,
        engine: &FirmaGob,
        wishes: Vec<Wish>,
    ) -> Result<Vec<Result<Unlogged>>> {
        let settings = &engine.settings;
        let owner = Owner::Seal { institution: settings.institution.clone() };
        let who = Signatory { run: settings.seal, otp: None };
        self.sign_pdfs_there(&Wanted { engine, owner: &owner, who, name: &settings.name }, wishes).await
    }

    /// PDFs signed by the official by whose hat the person acts. FirmaGob judges the code.
    pub(in crate::app) async fn sign_pdfs_as_there(
        &self,
        engine: &FirmaGob,
        (actor, otp): (&Actor, &str),
        wishes: Vec<Wish>,
    ) -> Result<Vec<Result<Unlogged>>> {
        let (owner, run, name) = self.official_there(actor).await?;
        let who = Signatory { run, otp: Some(otp) };
        self.sign_pdfs_there(&Wanted { engine, owner: &owner, who, name: &name }, wishes).await
    }

    /// Each on record, one by one.
    pub(in crate::app) async fn log_there(&self, all: Vec<Result<Unlogged>>) -> Vec<Result<SignedFile>> {
        let mut files = Vec::new();
        for one in all {
            files.push(match one {
                Ok(Unlogged { file, used, asked }) => {
                    self.keep_there(vec![asked], Some(used)).await.map(|()| file)
                }
                Err(error) => Err(error),
            });
        }
        files
    }

    /// Each for itself: one that can't be signed does not keep the others from it. An error is what keeps all of them.
    pub(in crate::app) async fn sign_pdfs_there(
        &self,
        wanted: &Wanted<'_>,
        wishes: Vec<Wish>,
    ) -> Result<Vec<Result<Unlogged>>> {
        let at = whole_second(self.now());
        let (name, spare) = (wanted.name.to_owned(), self.0.stamps.room());
        // A file that can't be signed must cost no code: nothing is asked before each place is made.
        let places = self
            .on_cpu(move || {
                Ok(wishes.into_iter().map(|wish| place(wish, &name, at, spare)).collect::<Vec<_>>())
            })
            .await?;
        let digests: Vec<Vec<u8>> = places.iter().flatten().map(|p| p.digest.clone()).collect();
        let mut answers = self.ask_for_all(wanted, &digests).await?.into_iter();
        let mut work = Vec::new();
        for place in places {
            let answer = match &place {
                Ok(_) => answers.next().unwrap_or(Err(Trouble::Wrong)),
                Err(_) => Err(Trouble::Content),
            };
            work.push(self.take(wanted, place, answer, at));
        }
        Ok(stream::iter(work).buffered(AT_ONCE).collect().await)
    }

    /// An answer for each digest, in as many requests as it takes. An error is what came of the first one.
    async fn ask_for_all(
        &self,
        wanted: &Wanted<'_>,
        digests: &[Vec<u8>],
    ) -> Result<Vec<std::result::Result<Answered, Trouble>>> {
        let mut answers = Vec::new();
        for run in runs(&digests.iter().map(Vec::len).collect::<Vec<_>>(), MOST_BYTES) {
            match self.ask(wanted, &Items::Hashes(&digests[run.clone()]), &digests[run.clone()]).await {
                Ok(answered) => answers.extend(answered.into_iter().map(Ok)),
                // What was signed before is not lost.
                Err(trouble) if run.start > 0 => answers.extend(run.map(|_| Err(trouble))),
                Err(trouble) => return Err(alarm(wanted, trouble)),
            }
        }
        Ok(answers)
    }

    /// Takes a signature that came, once it was judged; up to the level asked for.
    async fn take(
        &self,
        wanted: &Wanted<'_>,
        place: Result<Place>,
        answer: std::result::Result<Answered, Trouble>,
        at: Timestamp,
    ) -> Result<Unlogged> {
        let Place { prepared, options, .. } = place?;
        let (item, asked) = answer.map_err(|trouble| alarm(wanted, trouble))?;
        let checked = self.checked_pdf(wanted, Arc::clone(&prepared), item).await;
        let Checked { cms, bytes } = self.or_alarm(wanted, &asked, checked).await?;
        let asked = Asked { certificate: Some(cms.certificate.der().to_vec()), ..asked };
        let goal = (options.level, options.when_short);
        let made = self.raised(&cms, &prepared, bytes, goal.0).await;
        let concluded = made
            .and_then(|made| self.conclude((wanted.owner, &cms.certificate), made, goal, (Format::Pdf, at)));
        match concluded {
            Ok((file, used)) => Ok(Unlogged { file, used, asked }),
            Err(error) => {
                self.keep_there(vec![asked], None).await?;
                Err(error)
            }
        }
    }

    /// Puts the signature into its place, and judges the whole as anybody would: a signature of something else, by somebody
    /// else or under another authority is thrown away.
    async fn checked_pdf(
        &self,
        wanted: &Wanted<'_>,
        prepared: Arc<Prepared>,
        item: Option<Vec<u8>>,
    ) -> std::result::Result<Checked, Trouble> {
        let cms = item.ok_or(Trouble::Content)?;
        let foreign = Foreign::parse(&cms).map_err(|_| Trouble::Wrong)?;
        is_by(&foreign.certificate, wanted.who.run)?;
        if cms.len() > ROOM {
            return Err(Trouble::Wrong);
        }
        let (trust, now) = (wanted.engine.trust.clone(), self.now());
        let judged = self.on_cpu(move || {
            let bytes = prepared.filled(&cms)?;
            let verdict = verify_pdf(&bytes, &trust, now);
            let counts = verdict.signatures.last().is_some_and(|s| s.indication == Indication::TotalPassed);
            Ok(counts.then_some(bytes))
        });
        let bytes = judged.await.ok().flatten().ok_or(Trouble::Wrong)?;
        Ok(Checked { cms: foreign, bytes })
    }

    /// Up to the level asked for: timestamps and what proves that certificates counted are no part of what was signed, so they are
    /// added here.
    async fn raised(
        &self,
        cms: &Foreign,
        prepared: &Arc<Prepared>,
        bytes: Vec<u8>,
        level: Level,
    ) -> Result<Made> {
        let short = |bytes, shortfall| Made { bytes, reached: Level::B, shortfall };
        if level == Level::B {
            return Ok(short(bytes, None));
        }
        let Ok(stamped) = self.stamp(sha256(&cms.signature)).await else {
            return Ok(short(bytes, Some(Shortfall::NoTimestamp)));
        };
        let (with_token, prepared) = (cms.with_timestamp(&stamped.token), Arc::clone(prepared));
        let bytes = self.on_cpu(move || Ok(prepared.filled(&with_token)?)).await?;
        let made = Made { bytes, reached: Level::T, shortfall: None };
        self.raise(made, level, (&cms.certificate, &cms.chain), Some(&stamped)).await
    }
}

/// Room in a PDF for its signature, before anything is asked.
fn place(wish: Wish, name: &str, at: Timestamp, spare: usize) -> Result<Place> {
    let Wish { pdf, options } = wish;
    let room = if options.level > Level::B { ROOM + spare } else { ROOM };
    let prepared = pdf::prepare(&pdf, &request(&options, name, at, room))?;
    // The one that the contract promises, unless another is asked for.
    let digest = prepared.digest_and(options.hash.unwrap_or_default(), |_| Ok(()))?;
    Ok(Place { digest: digest.as_ref().to_vec(), prepared: Arc::new(prepared), options })
}

fn request<'a>(options: &'a SealOptions, name: &'a str, at: Timestamp, room: usize) -> SignatureRequest<'a> {
    SignatureRequest {
        name,
        reason: options.reason.as_deref(),
        location: options.location.as_deref(),
        at,
        // What makes the other kind is among the signed attributes, and those are not ours to choose.
        sub_filter: SubFilter::Adobe,
        room,
        field: options.field.as_deref(),
        stamp: options.stamp.as_ref(),
        stamp_text: options.stamp_text.as_deref(),
        certify: options.certify,
        lock: options.lock.as_ref(),
    }
}
