//! Signing with the State's FirmaGob, where an institution's settings say so. Nothing takes its place: what it does not sign is
//! not signed.

use std::sync::{Arc, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use copihue_core::json::sha256;
use copihue_core::{Actor, Error, Result, Run, Timestamp};
use copihue_db::Tx;

use super::setup::new_id;
use super::sign::{Made, whole_second};
use super::{Format, KeyUse, Owner, SignedFile, Signing, signing_hat};
use crate::cms::Foreign;
use crate::firmagob::{FirmaGob, FirmaGobSettings, Items, Signatory};
use crate::model::answer::{FirmaGobRequest, Trouble, runs};
use crate::model::level::{Level, Shortfall};
use crate::pdf::{self, Prepared, SignatureRequest, SubFilter};
use crate::pki::Certificate;
use crate::signer::SealOptions;
use crate::store::firmagob::{self as store, Asked};
use crate::verify::{Indication, verify_jws, verify_pdf};

/// Room for the CMS, as FirmaGob's clients keep it.
const ROOM: usize = 15_000;
/// How often a request is sent that nobody answers, when no code goes along with it.
const ATTEMPTS: u32 = 3;
/// Of contents in one request: the contract's five megabytes, less what stands around them.
const MOST_BYTES: usize = 4 << 20;
/// How it is recorded that an answer came.
const SIGNED: &str = "firmado";

/// One signature that is asked for.
struct Wanted<'a> {
    engine: &'a FirmaGob,
    owner: &'a Owner,
    who: Signatory<'a>,
    /// The signer's name, before there is a certificate that says it.
    name: &'a str,
}

/// A PDF with room for its signature.
struct Place {
    prepared: Arc<Prepared>,
    digest: [u8; 32],
}

/// What came for one item, and how it is recorded.
type Answered = (Option<Vec<u8>>, Asked);

/// A signature that is what was asked for.
struct Checked {
    cms: Foreign,
    bytes: Vec<u8>,
}

impl Signing {
    /// From now on, what an institution and its officials sign is signed by FirmaGob, and by nothing else. The platform's own
    /// receipts, which are made within transactions, stay under the institution's seal here.
    ///
    /// # Errors
    /// A conflict, when the institution's seal is in a token or the institution is set twice; invalid settings.
    pub fn use_firmagob(&self, settings: FirmaGobSettings) -> Result<()> {
        let institution = settings.institution.clone();
        let twice = || {
            let why =
                format!("La institución {institution} tiene más de un motor de firma en la configuración.");
            Error::conflict("configuracion", why)
        };
        if self.is_in_token(&Owner::Seal { institution: institution.clone() }) {
            return Err(twice());
        }
        let engine = Arc::new(FirmaGob::new(settings)?);
        let mut engines = self.0.firmagob.write().unwrap_or_else(PoisonError::into_inner);
        if engines.contains_key(&institution) {
            return Err(twice());
        }
        engines.insert(institution, engine);
        Ok(())
    }

    pub(super) fn firmagob(&self, institution: &str) -> Option<Arc<FirmaGob>> {
        self.0.firmagob.read().unwrap_or_else(PoisonError::into_inner).get(institution).cloned()
    }

    /// PDFs under the seal of an institution that signs with FirmaGob.
    pub(super) async fn seal_pdfs_there(
        &self,
        engine: &FirmaGob,
        pdfs: Vec<Vec<u8>>,
        options: SealOptions,
    ) -> Result<Vec<Result<SignedFile>>> {
        let settings = &engine.settings;
        let owner = Owner::Seal { institution: settings.institution.clone() };
        let who = Signatory { run: settings.seal, otp: None };
        self.sign_pdfs_there(&Wanted { engine, owner: &owner, who, name: &settings.name }, pdfs, options)
            .await
    }

    /// PDFs signed by the official by whose hat the person acts. FirmaGob judges the code.
    pub(super) async fn sign_pdfs_as_there(
        &self,
        engine: &FirmaGob,
        (actor, otp): (&Actor, &str),
        pdfs: Vec<Vec<u8>>,
        options: SealOptions,
    ) -> Result<Vec<Result<SignedFile>>> {
        let (person, hat) = signing_hat(actor)?;
        let official = hat.official;
        let owner = Owner::Holder { institution: hat.institution.clone(), official };
        let (signing, row) = (self.clone(), owner.clone());
        self.db().read(move |conn| signing.admit_elsewhere(conn, row.institution(), official)).await?;
        let who = Signatory { run: person.run, otp: Some(otp) };
        self.sign_pdfs_there(&Wanted { engine, owner: &owner, who, name: &person.name }, pdfs, options).await
    }

    /// Each for itself: one that can't be signed does not keep the others from it. An error is what keeps all of them.
    async fn sign_pdfs_there(
        &self,
        wanted: &Wanted<'_>,
        pdfs: Vec<Vec<u8>>,
        options: SealOptions,
    ) -> Result<Vec<Result<SignedFile>>> {
        let at = whole_second(self.now());
        let spare = if options.level > Level::B { self.0.stamps.room() } else { 0 };
        let (name, how) = (wanted.name.to_owned(), options.clone());
        // A file that can't be signed must cost no code: nothing is asked before each place is made.
        let places = self
            .on_cpu(move || {
                let place = |pdf: &Vec<u8>| -> Result<Place> {
                    let prepared = pdf::prepare(pdf, &request(&how, &name, at, ROOM + spare))?;
                    Ok(Place { digest: prepared.digest()?, prepared: Arc::new(prepared) })
                };
                Ok(pdfs.iter().map(place).collect::<Vec<_>>())
            })
            .await?;
        let digests: Vec<[u8; 32]> = places.iter().flatten().map(|p| p.digest).collect();
        if digests.is_empty() {
            return Ok(places.into_iter().map(|place| place.and(Err(Trouble::Content.into()))).collect());
        }
        let mut answers = Vec::new();
        for run in runs(&vec![digests[0].len(); digests.len()], MOST_BYTES) {
            match self.ask(wanted, &Items::Hashes(&digests[run.clone()]), &digests[run.clone()]).await {
                Ok(answered) => answers.extend(answered.into_iter().map(Ok)),
                // What was signed before is not lost.
                Err(trouble) if run.start > 0 => answers.extend(run.map(|_| Err(trouble))),
                Err(trouble) => return Err(alarm(wanted, trouble)),
            }
        }
        let (mut answers, mut all) = (answers.into_iter(), Vec::new());
        for place in places {
            all.push(match (place, &mut answers) {
                (Err(error), _) => Err(error),
                (Ok(place), answers) => match answers.next().unwrap_or(Err(Trouble::Wrong)) {
                    Ok(answered) => self.take(wanted, place, answered, (&options, at)).await,
                    Err(trouble) => Err(alarm(wanted, trouble)),
                },
            });
        }
        Ok(all)
    }

    /// Takes a signature that came, once it was judged; up to the level asked for, and on disk before it leaves.
    async fn take(
        &self,
        wanted: &Wanted<'_>,
        place: Place,
        (item, asked): Answered,
        (options, at): (&SealOptions, Timestamp),
    ) -> Result<SignedFile> {
        let Place { prepared, .. } = place;
        let checked = self.checked_pdf(wanted, Arc::clone(&prepared), item).await;
        let Checked { cms, bytes } = self.or_alarm(wanted, &asked, checked).await?;
        let asked = Asked { certificate: Some(cms.certificate.der().to_vec()), ..asked };
        let goal = (options.level, options.when_short);
        let made = self.raised(&cms, &prepared, bytes, goal.0).await;
        let concluded = made
            .and_then(|made| self.conclude((wanted.owner, &cms.certificate), made, goal, (Format::Pdf, at)));
        match concluded {
            Ok((signed, used)) => {
                self.keep_there(vec![asked], Some(used)).await?;
                Ok(signed)
            }
            Err(error) => {
                self.keep_there(vec![asked], None).await?;
                Err(error)
            }
        }
    }

    /// JSON sealed by FirmaGob: a compact JWS over exactly these bytes.
    pub(super) async fn seal_json_there(&self, engine: &FirmaGob, json: &[u8]) -> Result<String> {
        let owner = Owner::Seal { institution: engine.settings.institution.clone() };
        let who = Signatory { run: engine.settings.seal, otp: None };
        let wanted = Wanted { engine, owner: &owner, who, name: &engine.settings.name };
        let asked = self.ask(&wanted, &Items::File("application/json", json), &[sha256(json)]).await;
        let answered = asked.map_err(|trouble| alarm(&wanted, trouble))?.pop();
        let (item, asked) = answered.ok_or_else(|| alarm(&wanted, Trouble::Wrong))?;
        let checked = checked_jws(&wanted, json, item, self.now());
        let (jws, certificate) = self.or_alarm(&wanted, &asked, checked).await?;
        let used = self.key_use(&owner, &certificate, Format::Jws, sha256(jws.as_bytes()), self.now());
        let asked = Asked { certificate: Some(certificate.der().to_vec()), ..asked };
        self.keep_there(vec![asked], Some(used)).await?;
        Ok(jws)
    }

    /// Asks until there is an answer: once where a code goes along, since nobody knows whether it was spent.
    async fn ask(
        &self,
        wanted: &Wanted<'_>,
        items: &Items<'_>,
        digests: &[[u8; 32]],
    ) -> std::result::Result<Vec<Answered>, Trouble> {
        let attempts = if wanted.who.otp.is_some() { 1 } else { ATTEMPTS };
        let mut pause = wanted.engine.settings.pause;
        for attempt in 1.. {
            let asked_at = self.now();
            let reply = wanted.engine.ask(wanted.who, items, asked_at).await;
            let (number, outcome) = match &reply.result {
                Ok(answer) => (answer.number, SIGNED),
                Err(trouble) => (None, trouble.code()),
            };
            let row = |digest: &[u8; 32]| Asked {
                number,
                outcome,
                ..self.asked(wanted, *digest, (asked_at, reply.status))
            };
            let asked: Vec<Asked> = digests.iter().map(row).collect();
            let trouble = match reply.result {
                Ok(answer) => return Ok(answer.items.into_iter().zip(asked).collect()),
                Err(trouble) => trouble,
            };
            if trouble != Trouble::Resting
                && let Err(error) = self.keep_there(asked, None).await
            {
                tracing::error!(%error, "what was asked of FirmaGob can't be recorded");
            }
            if trouble != Trouble::Unknown || attempt == attempts {
                return Err(trouble);
            }
            tokio::time::sleep(pause).await;
            pause *= 4;
        }
        Err(Trouble::Unknown)
    }

    fn asked(
        &self,
        wanted: &Wanted<'_>,
        digest: [u8; 32],
        (asked_at, status): (Timestamp, Option<u16>),
    ) -> Asked {
        let institution = wanted.owner.institution().to_owned();
        Asked {
            id: new_id(self, &institution, asked_at),
            institution,
            run: wanted.who.run,
            purpose: wanted.who.purpose().claim(),
            digest,
            asked_at,
            answered_at: self.now(),
            status,
            number: None,
            outcome: SIGNED,
            certificate: None,
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

    async fn or_alarm<T>(
        &self,
        wanted: &Wanted<'_>,
        asked: &Asked,
        checked: std::result::Result<T, Trouble>,
    ) -> Result<T> {
        match checked {
            Ok(good) => Ok(good),
            Err(trouble) => {
                self.keep_there(vec![Asked { outcome: trouble.code(), ..asked.clone() }], None).await?;
                Err(alarm(wanted, trouble))
            }
        }
    }

    /// What was asked and what came of it, on disk before anything leaves.
    async fn keep_there(&self, asked: Vec<Asked>, used: Option<KeyUse>) -> Result<()> {
        let signing = self.clone();
        let keep = move |tx: &mut Tx<'_>| {
            asked.iter().try_for_each(|a| store::add(tx, signing.bucket(&a.institution), a))?;
            used.as_ref().map_or(Ok(()), |used| signing.log(tx, used))
        };
        self.db().write(keep).await
    }

    /// The last requests to FirmaGob for an institution, a hundred at most, newest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn firmagob_requests(&self, institution: &str) -> Result<Vec<FirmaGobRequest>> {
        const MOST: usize = 100;
        let (bucket, code) = (self.bucket(institution), institution.to_owned());
        self.db().read(move |conn| store::last(conn, bucket, &code, MOST)).await
    }
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

fn is_by(certificate: &Certificate, run: Run) -> std::result::Result<(), Trouble> {
    if certificate.run() == Some(run) { Ok(()) } else { Err(Trouble::Wrong) }
}

/// `{"jws":"…"}` over the bytes that were sent, by whom it should be.
fn checked_jws(
    wanted: &Wanted<'_>,
    json: &[u8],
    item: Option<Vec<u8>>,
    now: Timestamp,
) -> std::result::Result<(String, Certificate), Trouble> {
    let item = item.ok_or(Trouble::Content)?;
    let value: serde_json::Value = serde_json::from_slice(&item).map_err(|_| Trouble::Wrong)?;
    let jws = value["jws"].as_str().ok_or(Trouble::Wrong)?;
    let certificate = first_certificate(jws).ok_or(Trouble::Wrong)?;
    is_by(&certificate, wanted.who.run)?;
    let verdict = verify_jws(jws, &wanted.engine.trust, now);
    let is_ours = verdict.payload == json && verdict.indication() == Indication::TotalPassed;
    if is_ours { Ok((jws.to_owned(), certificate)) } else { Err(Trouble::Wrong) }
}

/// The first one of `x5c`.
fn first_certificate(jws: &str) -> Option<Certificate> {
    let header = URL_SAFE_NO_PAD.decode(jws.split('.').next()?).ok()?;
    let header: serde_json::Value = serde_json::from_slice(&header).ok()?;
    Certificate::from_der(&STANDARD.decode(header["x5c"][0].as_str()?).ok()?).ok()
}

fn alarm(wanted: &Wanted<'_>, trouble: Trouble) -> Error {
    if trouble.is_alarm() {
        let institution = &wanted.engine.settings.institution;
        tracing::error!(institution, what = trouble.code(), "FirmaGob: somebody must look at this");
    }
    trouble.into()
}
