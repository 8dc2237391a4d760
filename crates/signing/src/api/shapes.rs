//! What comes in and goes out, as applications see it.

use copihue_core::{Error, Result, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::desk::{Caller, Request, RequestItem};
use crate::app::{BatchView, Known};
use crate::model::batch::{Batch, BatchItem, Counts, Origin};
use crate::model::level::{Level, WhenShort};
use crate::model::place::Place;
use crate::model::token::{Purpose, decode_base64};

/// A batch to be.
#[derive(Deserialize, ToSchema)]
pub(crate) struct NewBatch {
    /// The application's own name for the request: the same one again is the same request.
    request_id: String,
    /// The institution: its code, or the exact name that the token says.
    institution: String,
    /// Whose signature it is: the one that the token is for.
    signer: SignerIn,
    /// `pades`.
    #[serde(default = "pades")]
    format: String,
    /// `B-B`, `B-T`, `B-LT` or `B-LTA`.
    #[serde(default = "level")]
    level: String,
    /// `require`: a document whose level can't be reached is not signed. `degrade`: it is signed at the one that can.
    #[serde(default = "policy")]
    policy: String,
    /// The documents, 1,000 at most.
    items: Vec<ItemIn>,
}

fn pades() -> String {
    "pades".to_owned()
}

fn level() -> String {
    Level::T.name().to_owned()
}

fn policy() -> String {
    WhenShort::Degrade.code().to_owned()
}

/// Whose signature.
#[derive(Deserialize, ToSchema)]
pub(crate) struct SignerIn {
    /// RUN without dots, dash or check digit.
    run: String,
    /// `Propósito General` or `Desatendido`.
    purpose: String,
}

/// A document.
#[derive(Deserialize, ToSchema)]
pub(crate) struct ItemIn {
    /// Its id in the request.
    id: String,
    /// What an upload answered, for a document sent before.
    upload_id: Option<String>,
    /// The PDF in base64, otherwise.
    content: Option<String>,
    /// SHA-256 of the PDF, hex.
    sha256: String,
    /// Its name for people.
    name: Option<String>,
    /// Where the stamp goes: `ultima:abajo-derecha`, `1:36,36,206,92`; nowhere without it.
    stamp: Option<String>,
    /// Why it is signed, as the signature says.
    reason: Option<String>,
    /// The holder knows that the document carries a signature which does not hold, and wants it signed all the same.
    #[serde(default)]
    confirm_invalid_signature: bool,
}

/// A one-time code.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Code {
    /// Six digits; none where the token is for unattended signatures.
    pub(crate) otp: Option<String>,
}

impl NewBatch {
    pub(crate) fn read(self, caller: &Caller) -> Result<Request> {
        let wrong =
            |field: &str| Error::invalid("campo_incorrecto", format!("El campo {field} no es correcto."));
        if self.format != "pades" {
            return Err(wrong("format"));
        }
        if !caller.is_institution(&self.institution) {
            return Err(wrong("institution"));
        }
        let purpose = Purpose::from_claim(&self.signer.purpose);
        if purpose != Some(caller.purpose) || !caller.is_run(&self.signer.run) {
            return Err(wrong("signer"));
        }
        if self.request_id.is_empty() || self.request_id.len() > 200 {
            return Err(wrong("request_id"));
        }
        Ok(Request {
            name: self.request_id,
            level: Level::from_name(&self.level).ok_or_else(|| wrong("level"))?,
            when_short: WhenShort::from_code(&self.policy).ok_or_else(|| wrong("policy"))?,
            items: self.items.into_iter().map(ItemIn::read).collect::<Result<_>>()?,
        })
    }
}

impl ItemIn {
    fn read(self) -> Result<RequestItem> {
        let id = self.id.clone();
        let wrong = |field: &str| {
            Error::invalid("campo_incorrecto", format!("El campo {field} del documento {id} no es correcto."))
        };
        let digest = |text: &str| hex::decode(text).ok().and_then(|b| <[u8; 32]>::try_from(b).ok());
        let sha256 = digest(&self.sha256).ok_or_else(|| wrong("sha256"))?;
        let content = match (self.content, self.upload_id) {
            (Some(text), None) => Some(decode_base64(&text).ok_or_else(|| wrong("content"))?),
            (None, Some(upload)) if digest(&upload) == Some(sha256) => None,
            (None, Some(_)) => return Err(wrong("upload_id")),
            _ => return Err(wrong("content")),
        };
        if self.id.is_empty() || self.id.len() > 200 {
            return Err(wrong("id"));
        }
        let place = self.stamp.as_deref().map_or(Ok(Place::Invisible), Place::parse)?;
        let short =
            |text: Option<String>| text.filter(|t| !t.is_empty()).map(|t| t.chars().take(200).collect());
        Ok(RequestItem {
            name: short(self.name).unwrap_or_else(|| self.id.clone()),
            reason: short(self.reason),
            item: self.id,
            known: if self.confirm_invalid_signature { Known::BrokenSignature } else { Known::Nothing },
            content,
            sha256,
            place,
        })
    }
}

/// A batch.
#[derive(Serialize, ToSchema)]
pub(crate) struct BatchOut {
    id: String,
    request_id: Option<String>,
    /// `preparado`, `esperando_otp`, `autorizado`, `firmando`, `completo`, `completo_con_errores`, `vencido` or `cancelado`.
    state: &'static str,
    /// The same in words for people.
    message_es: &'static str,
    level: &'static str,
    policy: &'static str,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// Until when the authorisation holds.
    #[schema(value_type = Option<String>, format = DateTime)]
    authorised_until: Option<Timestamp>,
    /// The authorisation record: a JWS by the holder's key over the root of exactly these documents.
    authorisation: Option<String>,
    counts: CountsOut,
}

/// How many documents stand where.
#[derive(Serialize, ToSchema)]
pub(crate) struct CountsOut {
    pendiente: i64,
    firmado: i64,
    error: i64,
}

impl BatchOut {
    pub(crate) fn of(batch: &Batch, counts: Counts) -> Self {
        let Batch {
            id, origin, state, level, when_short, created_at, authorised_until, authorisation, ..
        } = batch;
        Self {
            id: id.to_string(),
            request_id: match origin {
                Origin::Application { request, .. } => Some(request.clone()),
                Origin::Desk => None,
            },
            state: state.code(),
            message_es: state.sentence(),
            level: level.name(),
            policy: when_short.code(),
            created_at: *created_at,
            authorised_until: *authorised_until,
            authorisation: authorisation.clone(),
            counts: CountsOut { pendiente: counts.pending, firmado: counts.signed, error: counts.failed },
        }
    }
}

/// Documents of a batch.
#[derive(Serialize, ToSchema)]
pub(crate) struct ItemsOut {
    pub(crate) items: Vec<ItemOut>,
}

/// A document of a batch.
#[derive(Serialize, ToSchema)]
pub(crate) struct ItemOut {
    id: String,
    name: String,
    /// `pendiente`, `firmado` or `error`.
    state: &'static str,
    sha256_in: String,
    sha256_out: Option<String>,
    requested_level: &'static str,
    achieved_level: Option<&'static str>,
    /// Why the level achieved is less than the one requested.
    degraded_reason: Option<&'static str>,
    attempts: i64,
    error: Option<ErrorOut>,
}

/// Why a document was not signed.
#[derive(Serialize, ToSchema)]
pub(crate) struct ErrorOut {
    code: String,
    message_es: String,
}

impl ItemOut {
    pub(crate) fn of(view: &BatchView, item: &BatchItem) -> Self {
        Self {
            id: item.item.clone(),
            name: item.name.clone(),
            state: item.state.code(),
            sha256_in: hex::encode(item.sha256),
            sha256_out: item.signed.map(|(sha256, _)| hex::encode(sha256)),
            requested_level: view.batch.level.name(),
            achieved_level: item.reached.map(Level::name),
            degraded_reason: item.shortfall.map(|s| s.code()),
            attempts: item.attempts,
            error: item
                .error
                .as_ref()
                .map(|e| ErrorOut { code: e.code.clone(), message_es: e.message.clone() }),
        }
    }
}

/// An upload that was kept.
#[derive(Serialize, ToSchema)]
pub(crate) struct UploadOut {
    pub(crate) upload_id: String,
}
