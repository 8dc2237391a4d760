//! Signing with the State's FirmaGob, where an institution's settings say so. Nothing takes its place: what it does not sign is
//! not signed.

mod file;
mod pdf;

use std::sync::{Arc, PoisonError};

use copihue_core::{Actor, Error, Result, Run, Timestamp};
use copihue_db::{Conn, Tx};

use super::setup::new_id;
use super::{KeyUse, Owner, Signing, signing_hat};
use crate::firmagob::{FirmaGob, FirmaGobSettings, Items, Signatory};
use crate::model::answer::{FirmaGobRequest, Trouble};
use crate::pki::Certificate;
use crate::store::firmagob as store;

pub(super) use self::pdf::{Unlogged, Wish};
pub(super) use crate::store::firmagob::Asked;

/// How often a request is sent that nobody answers, when no code goes along with it.
const ATTEMPTS: u32 = 3;
/// How it is recorded that an answer came.
const SIGNED: &str = "firmado";

/// By whom and where signatures are asked for.
pub(super) struct Wanted<'a> {
    pub(super) engine: &'a FirmaGob,
    pub(super) owner: &'a Owner,
    pub(super) who: Signatory<'a>,
    /// The signer's name, before there is a certificate that says it.
    pub(super) name: &'a str,
}

/// What came for one item, and how it is recorded.
type Answered = (Option<Vec<u8>>, Asked);

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

    /// For whom an official signs there, once it is known that nothing here stands in the way.
    async fn official_there(&self, actor: &Actor) -> Result<(Owner, Run, String)> {
        let (person, hat) = signing_hat(actor)?;
        let owner = Owner::Holder { institution: hat.institution.clone(), official: hat.official };
        self.must_be_free_to_sign_there(&owner).await?;
        Ok((owner, person.run, person.name.clone()))
    }

    /// Whether nothing here keeps an official from signing there.
    pub(super) async fn must_be_free_to_sign_there(&self, owner: &Owner) -> Result<()> {
        let Some(official) = owner.official() else { return Ok(()) };
        let (signing, institution) = (self.clone(), owner.institution().to_owned());
        let look = move |conn: &mut Conn<'_>| signing.admit_elsewhere(conn, &institution, official);
        self.db().read(look).await.map(drop)
    }

    /// Asks until there is an answer: once where a code goes along, since nobody knows whether it was spent.
    async fn ask(
        &self,
        wanted: &Wanted<'_>,
        items: &Items<'_>,
        digests: &[Vec<u8>],
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
            let row = |digest: &Vec<u8>| Asked {
                number,
                outcome,
                ..self.asked(wanted, digest.clone(), (asked_at, reply.status))
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
        digest: Vec<u8>,
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
    pub(super) async fn keep_there(&self, asked: Vec<Asked>, used: Option<KeyUse>) -> Result<()> {
        let signing = self.clone();
        let keep = move |tx: &mut Tx<'_>| {
            asked.iter().try_for_each(|a| signing.keep_asked(tx, a))?;
            used.as_ref().map_or(Ok(()), |used| signing.log_kept(tx, used))
        };
        self.db().write(keep).await
    }

    /// What was asked and what came of it, in the transaction that keeps the rest.
    pub(super) fn keep_asked(&self, tx: &mut Tx<'_>, asked: &Asked) -> Result<()> {
        store::add(tx, self.bucket(&asked.institution), asked)
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

fn is_by(certificate: &Certificate, run: Run) -> std::result::Result<(), Trouble> {
    if certificate.run() == Some(run) { Ok(()) } else { Err(Trouble::Wrong) }
}

fn alarm(wanted: &Wanted<'_>, trouble: Trouble) -> Error {
    if trouble.is_alarm() {
        let institution = &wanted.engine.settings.institution;
        tracing::error!(institution, what = trouble.code(), "FirmaGob: somebody must look at this");
    }
    trouble.into()
}
