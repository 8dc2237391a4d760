//! One code for the whole batch: spent, and turned into a signed record of what may be signed.

use std::sync::Arc;

use copihue_core::json::sha256;
use copihue_core::{Actor, Error, Id, Result, Timestamp};
use copihue_db::Tx;

use super::batch::{own, start};
use super::{BatchView, Desk, Me};
use crate::app::otp::Presenter;
use crate::app::{Format, KeyUse, Owner};
use crate::model::authorisation::{Authorisation, Grant, altered};
use crate::model::batch::{Batch, BatchEvent, BatchItem, ItemError, ItemState};
use crate::model::bounds::OtpReuse;
use crate::model::token::Purpose;
use crate::store::{batch as store, paper as papers};

/// By what right a batch is authorised.
pub(super) enum Proof<'a> {
    /// The holder's code.
    Code(&'a str),
    /// A permission that the holder gave an application before.
    Standing,
}

/// What the holder says that they know of the documents.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Known {
    /// Nothing in particular.
    Nothing,
    /// That one of them carries a signature which does not hold.
    BrokenSignature,
}

/// A document carries a signature that does not hold: it is signed only where the holder says that they know.
pub(super) fn broken_signature() -> Error {
    Error::invalid(
        "firma_previa_invalida",
        "El documento trae una firma que no es válida. Fírmelo solo si usted lo sabe y lo confirma.",
    )
    .field("confirma", "Marque que lo sabe, o deje los documentos sin firmar.")
}

/// All that one transaction writes.
struct Given {
    me: Me,
    record: String,
    until: Timestamp,
    used: KeyUse,
}

impl Desk {
    /// Authorises a batch with one code: exactly these documents, for ten minutes. It is signed from then on.
    ///
    /// # Errors
    /// `firma_previa_invalida`; when the code is wrong or spent, there is no certificate in force, or the batch is past that.
    pub async fn authorise(&self, actor: &Actor, id: Id, code: &str, known: Known) -> Result<()> {
        let me = Me::of(actor)?;
        if known == Known::Nothing && self.batch_of(&me, id).await?.has_broken_signature() {
            return Err(broken_signature());
        }
        self.authorise_as(&me, id, Proof::Code(code)).await
    }

    pub(super) async fn authorise_as(&self, me: &Me, id: Id, proof: Proof<'_>) -> Result<()> {
        let view = self.batch_of(me, id).await?;
        view.batch.state.then(BatchEvent::Authorise)?;
        // A batch in which nothing can be signed must not cost a code.
        if view.counts.pending == 0 {
            return Err(Error::conflict("sin_documentos", "Ninguno de los documentos se puede firmar."));
        }
        if let Some(engine) = self.0.signing.firmagob(&me.institution) {
            return self.authorise_there(engine, me, view, proof).await;
        }
        let owner = owner_of(&view.batch);
        let signer = self.0.signing.signer(&owner).await?;
        let step = match proof {
            Proof::Code(code) => {
                Some(self.0.signing.spend_code(&owner, me.run, code, presenter(&view.batch)).await?)
            }
            Proof::Standing => None,
        };
        let now = self.now();
        let grant = Grant {
            otp_step: step,
            opened: opened(&view),
            ..grant(&view.batch, signer.certificate().serial())
        };
        let given = Authorisation::new(&grant, &view.items, view.batch.level, now)?;
        let record = signer.sign_jws(&serde_json::to_value(&given)?, now)?;
        let used =
            self.0.signing.key_use(&owner, signer.certificate(), Format::Jws, sha256(record.as_bytes()), now);
        let used = KeyUse { application: view.batch.origin.application().map(str::to_owned), ..used };
        let (desk, until) = (self.clone(), given.until());
        let work = Arc::new(Given { me: me.clone(), record, until, used });
        self.db().write(move |tx| desk.give(tx, id, &work)).await
    }

    fn give(&self, tx: &mut Tx<'_>, id: Id, given: &Given) -> Result<()> {
        let batch = own(tx, id, &given.me)?;
        let (now, to) = (self.now(), batch.state.then(BatchEvent::Authorise)?);
        if !store::set_state(tx, id, batch.state, to, now)? {
            return Err(Error::conflict("lote_en_otro_estado", batch.state.sentence()));
        }
        for item in store::items(tx, id)?.iter().filter(|i| i.state == ItemState::Pending) {
            if let Err(error) = claim(tx, item, id, (now, given.until)) {
                store::fail_item(tx, id, item.n, ItemState::Failed, &ItemError::of(&error))?;
            }
        }
        self.admit(tx, &batch)?;
        store::authorise(tx, id, &given.record, given.until)?;
        self.0.signing.log(tx, &given.used)?;
        start(tx, id)
    }
}

/// Nobody else signs the paper meanwhile, and it is still the one that was prepared.
pub(super) fn claim(
    tx: &mut Tx<'_>,
    item: &BatchItem,
    batch: Id,
    (now, until): (Timestamp, Timestamp),
) -> Result<()> {
    let Some(id) = item.paper else { return Ok(()) };
    let paper = papers::get(tx, id)?.ok_or_else(altered)?;
    paper.must_be_underway(now)?;
    if paper.current.0 != item.sha256 {
        return Err(altered());
    }
    if papers::lock(tx, id, batch, now, until)? {
        return Ok(());
    }
    Err(Error::conflict(
        "documento_en_firma",
        "Otra persona está firmando el documento en este momento. Intente de nuevo en unos minutos.",
    ))
}

pub(super) fn owner_of(batch: &Batch) -> Owner {
    let (institution, official) = (batch.institution.clone(), batch.official);
    match batch.purpose {
        Purpose::Attended => Owner::Holder { institution, official },
        Purpose::Unattended => Owner::Unattended { institution, official },
    }
}

/// By whom the code of a batch comes; each authorises one.
fn presenter(batch: &Batch) -> Presenter {
    match batch.origin.application() {
        Some(key) => Presenter::Application { key: key.to_owned(), again: OtpReuse::Once },
        None => Presenter::Holder,
    }
}

/// Who signs a batch with which certificate.
pub(super) fn grant(batch: &Batch, certificate: String) -> Grant<'_> {
    Grant {
        batch: batch.id,
        institution: &batch.institution,
        official: batch.official,
        certificate,
        otp_step: None,
        opened: 0,
    }
}

fn opened(view: &BatchView) -> u64 {
    view.papers.iter().filter(|(_, opened)| opened.is_some()).count() as u64
}
