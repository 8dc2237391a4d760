//! Batches that applications ask for, for a holder who authorises them.

use std::sync::Arc;

use copihue_core::{Error, Id, Kind, Result};
use copihue_db::blobs::Staged;
use copihue_db::{Conn, Tx};

use super::authorise::{Known, Proof, broken_signature};
use super::batch::{NewItem, add, own};
use super::{BatchView, Desk, Me, own_institution};
use crate::app::Owner;
use crate::app::setup::new_id;
use crate::model::application::{Application, ApplicationState};
use crate::model::batch::{Batch, BatchState, Counts, ItemError, MAX_ITEMS, Origin};
use crate::model::bounds::Content;
use crate::model::level::{Level, WhenShort};
use crate::model::place::Place;
use crate::model::refusal::Refusal;
use crate::model::ticket::Envelope;
use crate::model::token::{Purpose, decode_base64};
use crate::store::{batch as store, upload as uploads};

/// An application that asks for somebody's signature.
pub(crate) struct Caller {
    me: Me,
    pub(crate) purpose: Purpose,
    application: Application,
    entity: String,
}

impl Caller {
    /// Whether a request means the institution that the token is for.
    pub(crate) fn is_institution(&self, text: &str) -> bool {
        text == self.me.institution || text == self.entity
    }

    /// What it may do for one purpose opens nothing of the other.
    fn must_have_asked_for(&self, batch: &Batch) -> Result<()> {
        match &batch.origin {
            Origin::Application { key, .. }
                if *key == self.application.key && batch.purpose == self.purpose =>
            {
                Ok(())
            }
            _ => Err(Error::not_found()),
        }
    }

    /// Whether a request means the holder that the token is for.
    pub(crate) fn is_run(&self, digits: &str) -> bool {
        digits.trim_start_matches('0') == self.me.run.number().to_string()
    }
}

/// A batch as an application asks for it.
pub(crate) struct Request {
    pub(crate) name: String,
    pub(crate) level: Level,
    pub(crate) when_short: WhenShort,
    pub(crate) items: Vec<RequestItem>,
}

/// A document of a request.
pub(crate) struct RequestItem {
    pub(crate) item: String,
    pub(crate) name: String,
    pub(crate) reason: Option<String>,
    /// The bytes; none where they were uploaded before.
    pub(crate) content: Option<Vec<u8>>,
    pub(crate) sha256: [u8; 32],
    pub(crate) place: Place,
    pub(crate) known: Known,
}

/// What an application may do with a batch that it asked for.
#[derive(Clone, Copy)]
pub(crate) enum Change {
    Cancel,
    Resume,
}

/// Whether a request made a batch, or had made it before.
pub(crate) enum Begun {
    New(Id),
    Known(Id),
}

/// All that one transaction writes.
struct Arrival {
    batch: Batch,
    request: String,
    application: String,
    items: Vec<NewItem>,
    files: Vec<Staged>,
}

impl Desk {
    /// Who asks, by a token of the contract whose header names the application.
    pub(crate) async fn caller(&self, token: &str, peer: std::net::IpAddr) -> Result<Caller> {
        let application = key_of(token).ok_or_else(no_credential)?;
        let sender = Envelope { token: token.to_owned(), application };
        let (application, claims) = self.0.signing.authenticate(sender, peer).await.map_err(refused)?;
        if application.state == ApplicationState::Suspended {
            return Err(refused(Refusal::Suspended));
        }
        if !application.bounds.contents.contains(&Content::Pdf) {
            return Err(refused(Refusal::NotAllowed));
        }
        let purpose =
            Purpose::from_claim(&claims.purpose).ok_or_else(|| refused(Refusal::EntityOrPurpose))?;
        let (institution, official, run) =
            self.0.signing.whom(&application, &claims, purpose).await.map_err(refused)?;
        let me = Me { institution, official, run, name: String::new() };
        Ok(Caller { me, purpose, application, entity: claims.entity })
    }

    /// Keeps a document that a batch of the same application will name.
    pub(crate) async fn upload(&self, caller: &Caller, bytes: Vec<u8>) -> Result<[u8; 32]> {
        let (bytes, _) = self.look(bytes).await?;
        let staged = self.0.blobs.stage(bytes).await?;
        let (bucket, now) = (self.bucket(&caller.me.institution), self.now());
        let (application, sha256) = (caller.application.key.clone(), staged.blob().sha256);
        self.db()
            .write(move |tx| {
                staged.put(tx)?;
                uploads::add(tx, bucket, &application, &sha256, now)
            })
            .await?;
        Ok(sha256)
    }

    /// Puts a batch together. The same request again is the one that there was: by its name, and each document's id and hash.
    pub(crate) async fn request(&self, caller: &Caller, request: Request) -> Result<Begun> {
        if request.items.len() > MAX_ITEMS {
            return Err(Error::invalid(
                "demasiados_documentos",
                "Se firman como máximo 1.000 documentos a la vez.",
            ));
        }
        let me = &caller.me;
        let id = new_id(&self.0.signing, &me.institution, self.now());
        let origin =
            Origin::Application { key: caller.application.key.clone(), request: request.name.clone() };
        let batch = Batch {
            level: request.level,
            when_short: request.when_short,
            ..self.new_batch(id, me, origin, (caller.purpose, BatchState::AwaitingCode))
        };
        let (mut items, mut files) = (Vec::new(), Vec::new());
        for item in request.items {
            let (item, file) = self.take(caller, item).await?;
            items.push(item);
            files.extend(file);
        }
        let application = caller.application.key.clone();
        let work = Arc::new(Arrival { batch, request: request.name, application, items, files });
        self.db().write(move |tx| arrive(tx, &work)).await
    }

    /// A document of a request, looked at. One that can't be signed is told with the others' results.
    async fn take(&self, caller: &Caller, new: RequestItem) -> Result<(NewItem, Option<Staged>)> {
        let RequestItem { item, name, reason, content, sha256, place, known } = new;
        let mut made = NewItem { item, name, paper: None, sha256, place, reason, flaw: None };
        let (bytes, file) = match content {
            Some(bytes) if copihue_core::json::sha256(&bytes) != sha256 => {
                return Err(Error::invalid("sha256_distinto", "El sha256 no es el del contenido enviado.")
                    .field(made.item.as_str(), "El sha256 no es el del contenido."));
            }
            Some(bytes) => (bytes.clone(), Some(self.0.blobs.stage(bytes).await?)),
            None => (self.uploaded(caller, &made).await?, None),
        };
        made.flaw = match self.look(bytes).await {
            Ok((_, found)) if found.broken && known == Known::Nothing => {
                Some(ItemError::of(&broken_signature()))
            }
            Ok(_) => None,
            Err(error) if error.kind() == Kind::Invalid => Some(ItemError::of(&error)),
            Err(error) => return Err(error),
        };
        Ok((made, file))
    }

    /// A document that the application sent before.
    async fn uploaded(&self, caller: &Caller, item: &NewItem) -> Result<Vec<u8>> {
        let (bucket, sha256) = (self.bucket(&caller.me.institution), item.sha256);
        let application = caller.application.key.clone();
        let sent = self.db().read(move |conn| uploads::exists(conn, bucket, &application, &sha256)).await?;
        if sent {
            return self.0.blobs.get(sha256).await;
        }
        Err(Error::invalid("archivo_desconocido", "Un documento no se ha subido todavía.")
            .field(item.item.as_str(), "Suba el documento antes de pedir su firma."))
    }

    /// A batch of the application's, for the holder that its token is for.
    pub(crate) async fn requested(&self, caller: &Caller, id: &str) -> Result<BatchView> {
        let id: Id = id.parse().map_err(|_| Error::not_found())?;
        own_institution(id, self.bucket(&caller.me.institution))?;
        let view = self.batch_of(&caller.me, id).await?;
        caller.must_have_asked_for(&view.batch)?;
        Ok(view)
    }

    /// How far it is, without its documents.
    pub(crate) async fn progress(&self, caller: &Caller, id: &str) -> Result<(Batch, Counts)> {
        let id: Id = id.parse().map_err(|_| Error::not_found())?;
        own_institution(id, self.bucket(&caller.me.institution))?;
        let me = caller.me.clone();
        let read = move |conn: &mut Conn<'_>| Ok((own(conn, id, &me)?, store::counts(conn, id)?));
        let (batch, counts) = self.db().read(read).await?;
        caller.must_have_asked_for(&batch)?;
        Ok((batch, counts))
    }

    /// Authorises it: with the holder's code, or by their permission.
    pub(crate) async fn authorise_requested(
        &self,
        caller: &Caller,
        id: &str,
        otp: Option<&str>,
    ) -> Result<()> {
        let view = self.requested(caller, id).await?;
        let proof = match (view.batch.purpose, otp) {
            (Purpose::Attended, Some(code)) => Proof::Code(code),
            (Purpose::Attended, None) => {
                return Err(Error::invalid("sin_codigo", "Falta el código de quien firma.")
                    .field("otp", "Envíe el código."));
            }
            (Purpose::Unattended, _) => {
                self.check_standing(caller).await?;
                Proof::Standing
            }
        };
        self.authorise_as(&caller.me, view.batch.id, proof).await
    }

    async fn check_standing(&self, caller: &Caller) -> Result<()> {
        let (institution, official) = (caller.me.institution.clone(), caller.me.official);
        let owner = Owner::Unattended { institution, official };
        self.0.signing.check_permission(&owner, official, &caller.application).await.map_err(refused)
    }

    /// Calls it off, or takes it up again.
    pub(crate) async fn change_requested(&self, caller: &Caller, id: &str, change: Change) -> Result<()> {
        let id = self.requested(caller, id).await?.batch.id;
        match change {
            Change::Cancel => self.cancel_of(&caller.me, id).await,
            Change::Resume => self.resume_of(&caller.me, id).await.map(drop),
        }
    }

    /// A signed document, the same bytes each time; or the file in which its signature was raised to a level since.
    pub(crate) async fn requested_file(
        &self,
        caller: &Caller,
        id: &str,
        (item, level): (&str, Option<Level>),
    ) -> Result<Vec<u8>> {
        let view = self.requested(caller, id).await?;
        let found = view.items.iter().find(|i| i.item == item).and_then(|i| i.signed);
        let (sha256, _) = found.ok_or_else(Error::not_found)?;
        let Some(level) = level else { return self.0.blobs.get(sha256).await };
        let raised = self.0.signing.renditions(sha256).await?.into_iter().find(|r| r.level == level);
        self.0.blobs.get(raised.ok_or_else(Error::not_found)?.sha256).await
    }
}

fn arrive(tx: &mut Tx<'_>, arrival: &Arrival) -> Result<Begun> {
    let Arrival { batch, request, application, items, files } = arrival;
    let whose = (batch.institution.as_str(), batch.official);
    if let Some(known) = store::by_request(tx, batch.id.bucket(), whose, (application, request))? {
        return same(tx, &known, items).map(|()| Begun::Known(known.id));
    }
    for file in files {
        file.put(tx)?;
    }
    add(tx, batch, items)?;
    Ok(Begun::New(batch.id))
}

fn same(conn: &mut Conn<'_>, known: &Batch, items: &[NewItem]) -> Result<()> {
    let before = store::items(conn, known.id)?;
    let is_same = before.len() == items.len()
        && before.iter().zip(items).all(|(a, b)| a.item == b.item && a.sha256 == b.sha256);
    if is_same {
        return Ok(());
    }
    Err(Error::conflict("solicitud_distinta", "Ya hubo otra solicitud con ese nombre y otros documentos."))
}

/// The application that a token's header names.
fn key_of(token: &str) -> Option<String> {
    let header = decode_base64(token.split('.').next()?)?;
    let header: serde_json::Value = serde_json::from_slice(&header).ok()?;
    header.get("kid")?.as_str().map(str::to_owned)
}

/// The request says nobody, or somebody who can't be believed.
pub(crate) fn no_credential() -> Error {
    Error::new(
        Kind::Unauthenticated,
        "credencial_invalida",
        "La credencial de la aplicación no es válida o venció. Revise la llave, el secreto y la hora de su servidor.",
    )
}

fn refused(refusal: Refusal) -> Error {
    match refusal {
        Refusal::Internal => Error::internal("a caller could not be looked up"),
        Refusal::Suspended => Error::forbidden("La aplicación está suspendida."),
        Refusal::NotEnabled => {
            Error::forbidden("Quien firma no ha permitido que esta aplicación firme por su cuenta.")
        }
        Refusal::EntityOrPurpose | Refusal::UnknownSigner => {
            Error::forbidden("La institución, la persona o el propósito de la credencial no se conocen aquí.")
        }
        _ => no_credential(),
    }
}
