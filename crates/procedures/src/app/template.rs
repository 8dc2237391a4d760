//! The wording of documents: who writes it, and what documents are made from.

use std::sync::Arc;

use copihue_core::{Actor, Error, Hat, Result};
use copihue_documents::{Finding, Meta, Template};
use serde_json::{Map, Value};

use super::Procedures;
use super::prepare::GIVEN;
use crate::TEMPLATES;
use crate::model::definition::Document;
use crate::model::template::{Key, State, Version};
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
    /// Whether officials may issue it for many at once.
    pub(crate) bulk: bool,
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
            bulk: document.bulk,
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

fn names(document: &Document) -> Vec<String> {
    document.values.keys().cloned().chain(GIVEN.map(str::to_owned)).collect()
}

/// What is to be mended, told by its place.
pub(crate) fn findings(template: &Template, names: &[String]) -> Vec<Finding> {
    template.check(&names.iter().map(String::as_str).collect::<Vec<_>>())
}
