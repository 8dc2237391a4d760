//! The wording of documents: who writes it, who puts it in force, and what documents are made from.

use std::sync::Arc;

use copihue_core::{Actor, Error, Hat, Result};
use copihue_db::{Conn, Tx};
use copihue_documents::{Finding, Meta, Template};
use serde_json::{Map, Value, json};

use super::prepare::GIVEN;
use super::{Act, Procedures};
use crate::TEMPLATES;
use crate::model::definition::{Document, Sign};
use crate::model::template::{self, Change, Decision, Key, State, Version};
use crate::store;

/// What a document is made from now, and what its definition says of it.
#[derive(Clone)]
pub(crate) struct Wording {
    pub(crate) title: String,
    pub(crate) procedure: String,
    pub(crate) template: Template,
    /// As the definition has it: what is in force until somebody writes another.
    pub(crate) original: Template,
    /// Names that it may use.
    pub(crate) names: Vec<String>,
    pub(crate) sign: Sign,
    /// Whether it answers a petition, and so is made for one case alone.
    pub(crate) decides: bool,
}

/// A document in the list of an institution.
pub(crate) struct Listed {
    pub(crate) key: Key,
    pub(crate) title: String,
    pub(crate) procedure: String,
    /// The version in force; `None` is the original.
    pub(crate) in_force: Option<u32>,
    /// What is being written or waits for a decision.
    pub(crate) open: Option<(State, u32)>,
}

/// What a step of the writing does.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Step {
    Change(Change),
    Sample(Map<String, Value>),
    Undo,
}

/// What the second person says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Verdict {
    Approve,
    Reject,
}

impl Procedures {
    /// The hat by which somebody writes or decides wordings.
    pub(crate) fn writer<'a>(&self, actor: &'a Actor) -> Result<&'a Hat> {
        let refused = || Error::forbidden("Solo quienes redactan plantillas pueden verlas y cambiarlas.");
        actor.hat.as_ref().filter(|_| actor.has_role(TEMPLATES)).ok_or_else(refused)
    }

    /// Every document of the procedures that the institution offers.
    pub(crate) async fn listed(&self, actor: &Actor) -> Result<Vec<Listed>> {
        let institution = self.writer(actor)?.institution.clone();
        let code = institution.clone();
        let standing = self.parts().db.read(move |c| store::template::standing(c, &code)).await?;
        let mut listed = Vec::new();
        for (procedure, offered) in self.offered_by(&institution) {
            for (id, document) in &offered.definition.documents {
                let mine = || standing.iter().filter(|(p, d, ..)| *p == procedure && d == id);
                let in_force = mine().find(|(.., s, _)| *s == State::InForce).map(|(.., n)| *n);
                let open = mine().find(|(.., s, _)| *s != State::InForce).map(|(.., s, n)| (*s, *n));
                listed.push(Listed {
                    key: Key {
                        institution: institution.clone(),
                        procedure: procedure.clone(),
                        document: id.clone(),
                    },
                    title: document.title.es().to_owned(),
                    procedure: offered.definition.title.es().to_owned(),
                    in_force,
                    open,
                });
            }
        }
        Ok(listed)
    }

    /// A document of the actor's institution.
    pub(crate) fn key(&self, actor: &Actor, procedure: &str, document: &str) -> Result<Key> {
        let institution = self.writer(actor)?.institution.clone();
        Ok(Key { institution, procedure: procedure.to_owned(), document: document.to_owned() })
    }

    /// # Errors
    /// Not found when the institution offers no such document.
    pub(crate) async fn wording(&self, key: &Key) -> Result<Wording> {
        let offered = self.offered_by(&key.institution).into_iter().find(|(id, _)| *id == key.procedure);
        let (_, procedure) = offered.ok_or_else(Error::not_found)?;
        let document = procedure.definition.documents.get(&key.document).ok_or_else(Error::not_found)?;
        let original: Template = serde_json::from_value(document.template.clone())?;
        let wanted = key.clone();
        let stored = self.parts().db.read(move |c| store::template::in_force(c, &wanted)).await?;
        let template = match stored {
            Some(text) => serde_json::from_str(&text)?,
            None => original.clone(),
        };
        Ok(Wording {
            title: document.title.es().to_owned(),
            procedure: procedure.definition.title.es().to_owned(),
            template,
            original,
            names: names(document),
            sign: document.sign,
            decides: document.resolution.is_some(),
        })
    }

    /// The template that a case's document is made from: what its institution put in force, as long as it fits the
    /// definition that the case runs.
    pub(super) async fn template_for(&self, key: Key, document: &Document) -> Result<Template> {
        let wanted = key.clone();
        let stored = self.parts().db.read(move |c| store::template::in_force(c, &wanted)).await?;
        if let Some(text) = stored {
            let template: Template = serde_json::from_str(&text)?;
            if findings(&template, &names(document)).is_empty() {
                return Ok(template);
            }
            tracing::warn!(procedure = %key.procedure, document = %key.document, "a wording does not fit its definition");
        }
        Ok(serde_json::from_value(document.template.clone())?)
    }

    /// Every version, newest first.
    pub(crate) async fn versions(&self, key: &Key) -> Result<Vec<Version>> {
        let key = key.clone();
        self.parts().db.read(move |c| store::template::versions(c, &key)).await
    }

    /// One version.
    ///
    /// # Errors
    /// Not found.
    pub(crate) async fn version(&self, key: &Key, number: u32) -> Result<Version> {
        let key = key.clone();
        let found = self.parts().db.read(move |c| store::template::get(c, &key, number)).await?;
        found.ok_or_else(Error::not_found)
    }

    /// Begins a draft from what is in force, or goes on from an older version. Answers its number; where one is being written
    /// already, that one's.
    ///
    /// # Errors
    /// `plantilla_cambio` when somebody else began one in the same moment.
    pub(crate) async fn begin(&self, actor: &Actor, key: &Key, from: Option<u32>) -> Result<u32> {
        let hat = self.writer(actor)?.clone();
        let wording = self.wording(key).await?;
        let (this, key, by) = (self.clone(), key.clone(), name_of(actor));
        self.parts()
            .db
            .write(move |tx| {
                let versions = store::template::versions(tx, &key)?;
                if let Some(open) =
                    versions.iter().find(|v| matches!(v.state, State::Draft | State::Proposed))
                {
                    return Ok(open.number);
                }
                let source =
                    from.or_else(|| versions.iter().find(|v| v.state == State::InForce).map(|v| v.number));
                let source = source.and_then(|number| versions.iter().find(|v| v.number == number));
                let version = Version {
                    key: key.clone(),
                    number: versions.first().map_or(1, |v| v.number + 1),
                    state: State::Draft,
                    template: match (from, source) {
                        (Some(0), _) => wording.original.clone(),
                        (_, Some(source)) => source.template.clone(),
                        (_, None) => wording.template.clone(),
                    },
                    sample: source.map(|s| s.sample.clone()).unwrap_or_default(),
                    step: 0,
                    writers: vec![hat.official],
                    saved_by: by.clone(),
                    saved_at: this.now(),
                    decision: None,
                };
                store::template::insert(tx, &version)?;
                Ok(version.number)
            })
            .await
    }

    /// One step of the writing. Answers the block that was touched.
    ///
    /// # Errors
    /// As [`Version::may_write`] and [`template::apply`].
    pub(crate) async fn write_step(
        &self,
        actor: &Actor,
        (key, number, at): (&Key, u32, u32),
        step: Step,
    ) -> Result<Option<usize>> {
        let hat = self.writer(actor)?.clone();
        let (this, key, by) = (self.clone(), key.clone(), name_of(actor));
        self.parts()
            .db
            .write(move |tx| {
                let mut version = locked(tx, &key, number)?;
                version.may_write(at)?;
                let before = version.clone();
                let mut touched = None;
                match step.clone() {
                    Step::Change(change) => touched = template::apply(&mut version.template, change)?,
                    Step::Sample(sample) => version.sample = sample,
                    Step::Undo => {
                        let Some((template, sample)) = store::template::take_step(tx, &before)? else {
                            return Err(Error::conflict(
                                "nada_que_deshacer",
                                "No hay más cambios que deshacer.",
                            ));
                        };
                        version.template = serde_json::from_str(&template)?;
                        version.sample = serde_json::from_str(&sample)?;
                    }
                }
                if step == Step::Undo {
                    version.step -= 1;
                } else {
                    store::template::keep_step(tx, &before)?;
                    version.step += 1;
                }
                if !version.writers.contains(&hat.official) {
                    version.writers.push(hat.official);
                }
                (version.saved_by, version.saved_at) = (by.clone(), this.now());
                store::template::update(tx, &version)?;
                Ok(touched)
            })
            .await
    }

    /// Hands a draft to the second person.
    ///
    /// # Errors
    /// `plantilla_incompleta` while there is something to mend (SIG-13, PRO-31).
    pub(crate) async fn propose(&self, actor: &Actor, (key, number): (&Key, u32), at: u32) -> Result<()> {
        self.writer(actor)?;
        let names = self.wording(key).await?.names;
        let (this, key) = (self.clone(), key.clone());
        self.parts()
            .db
            .write(move |tx| {
                let mut version = locked(tx, &key, number)?;
                version.may_write(at)?;
                if !findings(&version.template, &names).is_empty() {
                    return Err(Error::invalid(
                        "plantilla_incompleta",
                        "Corrija lo que se indica en cada bloque antes de enviar el texto a aprobación.",
                    ));
                }
                version.state = State::Proposed;
                version.saved_at = this.now();
                store::template::update(tx, &version)
            })
            .await
    }

    /// Puts a proposed version in force, or gives it back to its writers.
    ///
    /// # Errors
    /// As [`Version::may_decide`]; `motivo_invalido` for a rejection without its reason.
    pub(crate) async fn decide(
        &self,
        actor: &Actor,
        (key, number): (&Key, u32),
        verdict: Verdict,
        why: &str,
    ) -> Result<()> {
        let hat = self.writer(actor)?.clone();
        let reason = match verdict {
            Verdict::Approve => String::new(),
            Verdict::Reject => template::reason(why)?,
        };
        let names = self.wording(key).await?.names;
        let (this, key, by) = (self.clone(), key.clone(), name_of(actor));
        self.parts()
            .db
            .write(move |tx| {
                let mut version = locked(tx, &key, number)?;
                version.may_decide(hat.official)?;
                let at = this.now();
                version.decision = Some(Decision { by: by.clone(), at, reason: reason.clone() });
                if verdict == Verdict::Reject {
                    version.state = State::Draft;
                    return store::template::update(tx, &version);
                }
                if !findings(&version.template, &names).is_empty() {
                    return Err(Error::invalid(
                        "plantilla_incompleta",
                        "El trámite cambió y este texto ya no le calza: devuélvalo para corregirlo.",
                    ));
                }
                store::template::retire(tx, &key)?;
                version.state = State::InForce;
                store::template::update(tx, &version)?;
                this.tell_wording(tx, &version)
            })
            .await
    }

    /// What people may be told of, in the words of the log: which wording, and its hash.
    fn tell_wording(&self, tx: &mut Tx<'_>, version: &Version) -> Result<()> {
        let Key { institution, procedure, document } = &version.key;
        let record = format!("{institution}/{procedure}/{document}/{}", version.number);
        let hash = copihue_core::json::sha256_hex(serde_json::to_string(&version.template)?.as_bytes());
        let fields = [("hash", json!(hash)), ("institution", json!(institution))];
        let act = Act { kind: "template.published", record, subject: None, fields: &fields };
        self.parts().evidence.append(tx, act)
    }

    /// Gives up a draft, or takes back a proposal, to write it again.
    ///
    /// # Errors
    /// `plantilla_cerrada` when it is in force or was.
    pub(crate) async fn give_up(&self, actor: &Actor, (key, number): (&Key, u32)) -> Result<()> {
        self.writer(actor)?;
        let key = key.clone();
        self.parts()
            .db
            .write(move |tx| {
                let mut version = locked(tx, &key, number)?;
                version.state = match version.state {
                    State::Draft => State::Past,
                    State::Proposed => State::Draft,
                    State::InForce | State::Past => {
                        return Err(Error::conflict("plantilla_cerrada", "Este texto ya no es un borrador."));
                    }
                };
                store::template::update(tx, &version)
            })
            .await
    }

    /// The document as it would be, with data to look at.
    ///
    /// # Errors
    /// What the engine says to the template's writer.
    pub(crate) async fn preview(
        &self,
        key: &Key,
        template: Template,
        sample: &Map<String, Value>,
    ) -> Result<Preview> {
        let values = template.sample(sample);
        let meta = Meta {
            title: format!("Vista previa: {}", self.wording(key).await?.title),
            author: self.institution_name(&key.institution),
            lang: "es-CL".to_owned(),
            created: self.now(),
            document_id: "vista-previa".to_owned(),
            preview: true,
            code: None,
            verify_url: None,
        };
        Ok(Preview { engine: Arc::clone(&self.parts().documents), template, values, meta })
    }
}

/// A document to look at.
pub(crate) struct Preview {
    engine: Arc<copihue_documents::Engine>,
    template: Template,
    values: Map<String, Value>,
    meta: Meta,
}

impl Preview {
    /// As it would be issued, without code and signature.
    pub(crate) async fn pdf(self) -> Result<Vec<u8>> {
        let work = move || self.engine.render(&self.template, &self.values, &self.meta);
        tokio::task::spawn_blocking(work).await.map_err(Error::internal)?
    }

    /// Its pages as pictures.
    pub(crate) async fn pictures(self) -> Result<Vec<String>> {
        let work = move || self.engine.pictures(&self.template, &self.values, &self.meta);
        tokio::task::spawn_blocking(work).await.map_err(Error::internal)?
    }
}

fn locked(conn: &mut Conn<'_>, key: &Key, number: u32) -> Result<Version> {
    store::template::get(conn, key, number)?.ok_or_else(Error::not_found)
}

fn name_of(actor: &Actor) -> String {
    actor.person().map(|p| p.name.clone()).unwrap_or_default()
}

fn names(document: &Document) -> Vec<String> {
    document.values.keys().cloned().chain(GIVEN.map(str::to_owned)).collect()
}

/// What is to be mended, told by its place.
pub(crate) fn findings(template: &Template, names: &[String]) -> Vec<Finding> {
    template.check(&names.iter().map(String::as_str).collect::<Vec<_>>())
}
