//! The institution's side of an integration: the request, what it declares, its secrets.

use copihue_core::{Actor, Error, Id, Kind, Result};
use copihue_db::{Conn, Tx};
use copihue_ledger::{Family, Field, Record};

use super::standing::who;
use crate::Identity;
use crate::model::checklist::{Check, Declared, Outcome, Seen};
use crate::model::client::Client;
use crate::model::integration::{Request, Stage};
use crate::model::phase::{Phase, Side};
use crate::store::{self, Change, Declaration, Done, Integration, SecretRow};

/// Integrations of one body that are listed, and may be begun.
const MOST: usize = 200;

/// An application at the provider, with the secrets that are valid.
pub(crate) struct StageClient {
    pub(crate) stage: Stage,
    pub(crate) client: Client,
    pub(crate) secrets: Vec<SecretRow>,
}

/// All that both sides see of an integration.
pub(crate) struct Dossier {
    pub(crate) integration: Integration,
    pub(crate) clients: Vec<StageClient>,
    /// What the application of the institution's tests was seen to do.
    pub(crate) seen: Vec<Seen>,
    pub(crate) declared: Vec<Declaration>,
    pub(crate) changes: Vec<Change>,
    pub(crate) history: Vec<Done>,
}

impl Dossier {
    /// How each check comes out that this application has to pass.
    pub(crate) fn checks(&self) -> Vec<(Check, Outcome)> {
        let profile = self.integration.request.profile;
        let qa = self.clients.iter().find(|c| c.stage == Stage::Qa);
        let look = |check: Check| qa.map_or(Outcome::Missing, |qa| check.look(&qa.client, &self.seen));
        Check::ALL.into_iter().filter(|c| c.applies(profile)).map(|c| (c, look(c))).collect()
    }

    /// What is still to be declared.
    pub(crate) fn undeclared(&self) -> impl Iterator<Item = Declared> {
        let said = |d: &Declared| self.declared.iter().any(|s| s.requirement == d.code());
        Declared::ALL.into_iter().filter(move |d| !said(d))
    }
}

impl Identity {
    /// The integrations of the actor's body.
    pub(crate) async fn integrations(&self, actor: &Actor) -> Result<Vec<Integration>> {
        let institution = own(actor)?;
        let bucket = self.0.buckets.of_institution(&institution);
        self.0.db.read(move |conn| store::integrations_of(conn, bucket, &institution)).await
    }

    /// One of them, whole. Another body's is not there.
    pub(crate) async fn integration(&self, actor: &Actor, side: Side, id: Id) -> Result<Dossier> {
        let (identity, actor) = (self.clone(), actor.clone());
        self.0.db.read(move |conn| identity.dossier(conn, &actor, side, id)).await
    }

    pub(super) fn dossier(&self, conn: &mut Conn<'_>, actor: &Actor, side: Side, id: Id) -> Result<Dossier> {
        let integration = visible(conn, actor, side, id)?;
        let mut clients = Vec::new();
        for (stage, client_id) in store::stage_clients(conn, id)? {
            let client =
                store::client(conn, &client_id)?.ok_or_else(|| Error::internal("a client is gone"))?;
            let secrets = store::secrets(conn, &client_id, self.now())?;
            clients.push(StageClient { stage, client, secrets });
        }
        let qa = clients.iter().find(|c| c.stage == Stage::Qa);
        let seen = qa.map(|qa| store::signs(conn, &qa.client.id)).transpose()?.unwrap_or_default();
        Ok(Dossier {
            seen,
            clients,
            declared: store::declarations(conn, id)?,
            changes: store::changes(conn, id)?,
            history: store::done(conn, id)?,
            integration,
        })
    }

    /// Writes a request down, to be looked through and sent.
    ///
    /// # Errors
    /// `demasiadas_integraciones`.
    pub(crate) async fn begin_integration(&self, actor: &Actor, request: Request) -> Result<Id> {
        let institution = own(actor)?;
        let now = self.now();
        let id = Id::new(now, self.0.buckets.of_institution(&institution), &*self.0.random);
        let new = Integration {
            id,
            institution,
            phase: Phase::Draft,
            request,
            clock: None,
            sent: None,
            asked_by: None,
            version: 1,
            created: now,
        };
        let (identity, by) = (self.clone(), who(actor));
        let write = move |tx: &mut Tx<'_>| {
            if store::integrations_of(tx, id.bucket(), &new.institution)?.len() >= MOST {
                let text = "Su institución tiene demasiadas integraciones. Borre los borradores que no use.";
                return Err(Error::conflict("demasiadas_integraciones", text));
            }
            store::insert_integration(tx, &new)?;
            identity.done(tx, &new, "escribir", &by, "")
        };
        self.0.db.write(write).await?;
        Ok(id)
    }

    /// Writes the request anew, while it is open.
    ///
    /// # Errors
    /// `solicitud_cerrada`; `integracion_cambio` when it changed since it was read.
    pub(crate) async fn rewrite_integration(
        &self,
        actor: &Actor,
        (id, version): (Id, i64),
        request: Request,
    ) -> Result<()> {
        let (identity, actor) = (self.clone(), actor.clone());
        let write = move |tx: &mut Tx<'_>| {
            let i = visible(tx, &actor, Side::Institution, id)?;
            if !i.phase.is_open() {
                return Err(closed());
            }
            let new = Integration { request: request.clone(), ..fresh(i, version)? };
            identity.save(tx, &new)?;
            identity.done(tx, &new, "corregir", &who(&actor), "")
        };
        self.0.db.write(write).await
    }

    /// Takes away a request that was never sent.
    ///
    /// # Errors
    /// `solicitud_cerrada` for one that was.
    pub(crate) async fn discard_integration(&self, actor: &Actor, id: Id) -> Result<()> {
        let actor = actor.clone();
        let write = move |tx: &mut Tx<'_>| {
            let i = visible(tx, &actor, Side::Institution, id)?;
            if i.phase != Phase::Draft || i.sent.is_some() {
                return Err(closed());
            }
            store::drop_integration(tx, id)
        };
        self.0.db.write(write).await
    }

    /// Declares that a requirement is met, and where it can be seen; or takes that back.
    ///
    /// # Errors
    /// `solicitud_cerrada` where nothing is declared any more.
    pub(crate) async fn declare(
        &self,
        actor: &Actor,
        id: Id,
        requirement: Declared,
        evidence: Option<String>,
    ) -> Result<()> {
        let (identity, actor) = (self.clone(), actor.clone());
        let write = move |tx: &mut Tx<'_>| {
            let i = visible(tx, &actor, Side::Institution, id)?;
            if !declares(i.phase) {
                return Err(closed());
            }
            let by = who(&actor);
            match &evidence {
                Some(evidence) => {
                    let (requirement, evidence, doer) =
                        (requirement.code().to_owned(), evidence.clone(), by.clone());
                    let declaration = Declaration { requirement, evidence, doer, at: identity.now() };
                    store::put_declaration(tx, id, &declaration)?;
                    identity.done(tx, &i, "declarar", &by, &declaration.evidence)
                }
                None => {
                    store::drop_declaration(tx, id, requirement.code())?;
                    identity.done(tx, &i, "retirar_declaracion", &by, requirement.code())
                }
            }
        };
        self.0.db.write(write).await
    }

    /// Forgets what the application of the tests was seen to do: its checks begin anew.
    ///
    /// # Errors
    /// Not found, before there is one.
    pub(crate) async fn forget_checks(&self, actor: &Actor, id: Id) -> Result<()> {
        let (identity, actor) = (self.clone(), actor.clone());
        let write = move |tx: &mut Tx<'_>| {
            let i = visible(tx, &actor, Side::Institution, id)?;
            let client_id = stage_client(tx, id, Stage::Qa)?;
            store::forget_signs(tx, &client_id)?;
            identity.done(tx, &i, "empezar_comprobaciones", &who(&actor), "")
        };
        self.0.db.write(write).await
    }

    /// Saves it, unless somebody else did since it was read.
    pub(super) fn save(&self, tx: &mut Tx<'_>, i: &Integration) -> Result<()> {
        if store::update_integration(tx, i)? { Ok(()) } else { Err(stale()) }
    }

    /// Writes what was done into the integration's history, and into the log of the administration.
    pub(super) fn done(
        &self,
        tx: &mut Tx<'_>,
        i: &Integration,
        act: &str,
        by: &str,
        note: &str,
    ) -> Result<()> {
        let at = self.now();
        let id = Id::new(at, i.id.bucket(), &*self.0.random);
        let done = Done { id, act: act.to_owned(), doer: by.to_owned(), note: note.to_owned(), at };
        store::insert_done(tx, i.id, &done)?;
        let fields = vec![
            Field::plain("fecha", at.to_string()),
            Field::plain("acto", act),
            Field::plain("integracion", i.id.to_string()),
            Field::plain("institucion", i.institution.as_str()),
            Field::plain("por", by),
        ];
        let (kind, record_id) = ("identity.integration", id.to_string());
        self.0.evidence.append(tx, Record { family: Family::Admin, kind, record_id, subject: None, fields })
    }
}

/// Whether something may still be declared.
pub(crate) const fn declares(phase: Phase) -> bool {
    matches!(phase, Phase::Approved | Phase::CertificationObserved)
}

/// Code of the body that the actor acts for.
pub(super) fn own(actor: &Actor) -> Result<String> {
    let hat = actor.hat.as_ref().ok_or_else(|| Error::forbidden("Actúe por su institución."))?;
    Ok(hat.institution.clone())
}

/// The integration, if this side may see it: the operator sees what was sent.
pub(super) fn visible(conn: &mut Conn<'_>, actor: &Actor, side: Side, id: Id) -> Result<Integration> {
    let found = store::integration(conn, id)?.ok_or_else(Error::not_found)?;
    let sees = match side {
        Side::Institution => found.institution == own(actor)?,
        Side::Operator => found.phase != Phase::Draft,
    };
    if sees { Ok(found) } else { Err(Error::not_found()) }
}

/// Nobody decides about what they asked for themself, by whichever of their posts.
pub(super) fn another(actor: &Actor, asked_by: Option<Id>) -> Result<()> {
    let own = actor.person().map(|person| person.id);
    if own.is_some() && own == asked_by {
        return Err(Error::conflict("misma_persona", "Usted lo pidió: debe decidirlo otra persona."));
    }
    Ok(())
}

/// The integration as it was when whoever acts read it.
pub(super) fn fresh(i: Integration, version: i64) -> Result<Integration> {
    if i.version == version { Ok(i) } else { Err(stale()) }
}

fn stale() -> Error {
    let text = "La integración cambió mientras la miraba. Revísela otra vez antes de seguir.";
    Error::new(Kind::Stale, "integracion_cambio", text)
}

fn closed() -> Error {
    Error::conflict("solicitud_cerrada", "La solicitud ya no puede cambiarse en este estado.")
}

/// Its application at a stage.
pub(super) fn stage_client(conn: &mut Conn<'_>, id: Id, stage: Stage) -> Result<String> {
    let all = store::stage_clients(conn, id)?;
    let found = all.into_iter().find(|(own, _)| *own == stage);
    found.map(|(_, client)| client).ok_or_else(Error::not_found)
}
