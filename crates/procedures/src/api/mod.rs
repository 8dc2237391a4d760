//! The machine API: the public catalogue, and a person's case.

use axum::Json;
use axum::extract::{Path, State};
use copihue_casefiles::OtherAct;
use copihue_core::{Error, Timestamp};
use copihue_web::components::receipt_address;
use copihue_web::{Cx, Failure};
use serde::Serialize;
use utoipa::{OpenApi, ToSchema};

use crate::app::{Offer, Procedures};
use crate::model::definition::Definition;

/// A procedure of the catalogue.
#[derive(Serialize, ToSchema)]
pub struct ProcedureOut {
    /// Stable id.
    pub id: String,
    /// Version in force.
    pub version: u32,
    /// Content hash of it.
    pub hash: String,
    /// Name.
    pub title: String,
    /// One sentence.
    pub summary: String,
    /// Institutions that offer it.
    pub institutions: Vec<InstitutionOut>,
}

/// An institution.
#[derive(Serialize, ToSchema)]
pub struct InstitutionOut {
    /// Letter code.
    pub code: String,
    /// Name.
    pub name: String,
}

/// A procedure with its definition.
#[derive(Serialize, ToSchema)]
pub struct DefinitionOut {
    /// The catalogue's entry.
    #[serde(flatten)]
    pub procedure: ProcedureOut,
    /// The whole definition, `copihue/procedure/1`.
    #[schema(value_type = Object)]
    pub definition: Definition,
    /// JSON Schema of the data of a case.
    #[schema(value_type = Object)]
    pub data_schema: serde_json::Value,
}

/// A case of the person who asks.
#[derive(Serialize, ToSchema)]
pub struct CaseOut {
    /// Id.
    pub id: String,
    /// Number of the case file, once filed.
    pub number: Option<String>,
    /// Procedure.
    pub procedure: String,
    /// Institution code.
    pub institution: String,
    /// State in words.
    pub status: String,
    /// State before the law.
    pub legal_state: String,
    /// When it started.
    #[schema(value_type = String, format = DateTime)]
    pub opened: Timestamp,
    /// When it was filed, legally.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub filed: Option<Timestamp>,
    /// Whether it is over.
    pub closed: bool,
    /// Revision.
    pub revision: i64,
    /// What was done in it, each with the address of its receipt.
    pub acts: Vec<ActOut>,
}

/// An act with legal effect.
#[derive(Serialize, ToSchema)]
pub struct ActOut {
    /// Its kind in the transparency log.
    pub kind: String,
    /// What was done, in words.
    pub title: String,
    /// When; absent where only the receipt says it.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub at: Option<Timestamp>,
    /// Where its receipt is.
    pub receipt: String,
}

impl From<OtherAct> for ActOut {
    fn from(act: OtherAct) -> Self {
        let kind = act.record.split('/').next().unwrap_or_default().to_owned();
        Self { kind, receipt: receipt_address(act.ledger, &act.record), title: act.title, at: act.at }
    }
}

impl From<&Offer> for ProcedureOut {
    fn from(offer: &Offer) -> Self {
        let d = offer.definition();
        let institution =
            |(code, name): &(String, String)| InstitutionOut { code: code.clone(), name: name.clone() };
        Self {
            id: d.id.clone(),
            version: d.version,
            hash: d.hash.clone().unwrap_or_default(),
            title: d.title.es().to_owned(),
            summary: d.summary.es().to_owned(),
            institutions: offer.institutions.iter().map(institution).collect(),
        }
    }
}

/// The public catalogue.
#[utoipa::path(get, path = "/api/procedures", responses((status = 200, body = Vec<ProcedureOut>)))]
pub(crate) async fn procedures(State(app): State<Procedures>) -> Json<Vec<ProcedureOut>> {
    Json(app.catalogue().iter().map(ProcedureOut::from).collect())
}

/// One procedure with its definition.
#[utoipa::path(get, path = "/api/procedures/{id}", params(("id" = String, Path)), responses((status = 200, body = DefinitionOut), (status = 404)))]
pub(crate) async fn procedure(
    State(app): State<Procedures>,
    Path(id): Path<String>,
) -> Result<Json<DefinitionOut>, Failure> {
    let offer = app.offer(&id).filter(|o| o.definition().public).ok_or_else(Error::not_found)?;
    let definition = offer.definition().clone();
    Ok(Json(DefinitionOut {
        procedure: ProcedureOut::from(&offer),
        data_schema: definition.data.standard(),
        definition,
    }))
}

/// A case of the person who asks, by its id.
#[utoipa::path(get, path = "/api/cases/{case}", params(("case" = String, Path)), responses((status = 200, body = CaseOut), (status = 404)))]
pub(crate) async fn case(
    State(app): State<Procedures>,
    cx: Cx,
    Path(case): Path<String>,
) -> Result<Json<CaseOut>, Failure> {
    let id = case.parse().map_err(|_| Error::not_found())?;
    let found = app.look(cx.require_actor()?, id).await;
    let look = cx.hide("case", &case, found)?;
    let acts = app.acts(cx.require_actor()?, look.id).await?;
    let legal = serde_json::to_value(look.state.legal).map_err(Error::from)?;
    Ok(Json(CaseOut {
        id: look.id.to_string(),
        number: look.iuie,
        procedure: look.procedure,
        institution: look.institution,
        status: look.status,
        legal_state: legal.as_str().unwrap_or_default().to_owned(),
        opened: look.opened,
        filed: look.filed,
        closed: look.closed,
        revision: look.rev,
        acts: acts.into_iter().map(ActOut::from).collect(),
    }))
}

/// The OpenAPI document of this crate.
#[derive(OpenApi)]
#[openapi(paths(procedures, procedure, case))]
pub struct ApiDoc;
