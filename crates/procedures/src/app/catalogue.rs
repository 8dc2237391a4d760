//! Published versions in memory, and who offers them.

use std::collections::BTreeMap;
use std::sync::Arc;

use copihue_core::{Actor, Error, Result};
use serde_json::json;

use super::{Act, Procedures};
use crate::model::check;
use crate::model::definition::{Definition, parse};
use crate::model::machine::{Procedure, testing};
use crate::store;

/// What is published.
#[derive(Default)]
pub(super) struct Shelf {
    versions: BTreeMap<String, Arc<Procedure>>,
    /// By procedure, then by institution.
    offers: BTreeMap<String, BTreeMap<String, Arc<Procedure>>>,
}

impl Shelf {
    pub(super) fn version(&self, hash: &str) -> Option<Arc<Procedure>> {
        self.versions.get(hash).cloned()
    }
}

/// A procedure as the public catalogue lists it.
#[derive(Clone)]
pub struct Offer {
    /// The version in force.
    pub procedure: Arc<Procedure>,
    /// Institutions that offer it: code and name.
    pub institutions: Vec<(String, String)>,
}

impl Offer {
    /// The definition.
    #[must_use]
    pub fn definition(&self) -> &Definition {
        &self.procedure.definition
    }
}

impl Procedures {
    /// Publishes a definition for these institutions: parsed, checked, its recorded tests run. The same content again
    /// changes nothing but who offers it.
    ///
    /// # Errors
    /// `definicion_invalida` with a message for each finding, by its JSON pointer.
    pub async fn publish(&self, actor: &Actor, text: &str, institutions: &[String]) -> Result<String> {
        let definition = parse(text.as_bytes())?;
        // What is published was judged then: a start with the same content runs no tests again.
        let known = definition.hash.as_deref().and_then(|hash| self.0.shelf.load().version(hash));
        let procedure = match known {
            Some(known) => known,
            None => Arc::new(self.judge(definition)?),
        };
        let d = procedure.definition.clone();
        let hash = procedure.hash().to_owned();
        let json = serde_json::to_string(&d)?;
        let (this, institutions, answer) = (self.clone(), institutions.to_vec(), hash.clone());
        let by = actor.trace.clone();
        let at = self.now();
        self.parts()
            .db
            .write(move |tx| {
                store::version::insert(tx, (&hash, &d.id, d.version), &json, at)?;
                for institution in &institutions {
                    if !store::version::offer(tx, institution, &d.id, &hash)? {
                        continue;
                    }
                    let record = format!("{institution}/{}/{hash}/{}", d.id, at.millis());
                    let fields =
                        [("hash", json!(hash)), ("institution", json!(institution)), ("by", json!(by))];
                    this.parts().evidence.append(
                        tx,
                        Act { kind: "procedure.published", record, subject: None, fields: &fields },
                    )?;
                }
                Ok(())
            })
            .await?;
        self.reload().await?;
        Ok(answer)
    }

    fn judge(&self, definition: Definition) -> Result<Procedure> {
        let bad = || {
            Error::invalid(
                "definicion_invalida",
                "La definición del trámite tiene errores: corríjalos y publique de nuevo.",
            )
        };
        let found = check::errors(&definition);
        if !found.is_empty() {
            return Err(found
                .into_iter()
                .fold(bad(), |e, f| e.field(f.at, format!("{}: {}", f.code, f.text))));
        }
        templates(&definition)?;
        let procedure = Procedure::new(definition)?;
        let failed = testing::failures(&procedure);
        if failed.is_empty() {
            Ok(procedure)
        } else {
            Err(failed.into_iter().fold(bad(), |e, (name, why)| e.field("/tests", format!("{name}: {why}"))))
        }
    }

    pub(super) async fn reload(&self) -> Result<()> {
        let (versions, offers) =
            self.parts().db.read(|c| Ok((store::version::all(c)?, store::version::offers(c)?))).await?;
        let known = self.0.shelf.load();
        let mut shelf = Shelf::default();
        for row in versions {
            let procedure = match known.version(&row.hash) {
                Some(procedure) => procedure,
                // A version that no longer is what its hash says stops that procedure; the rest serves.
                None => {
                    match parse(row.json.as_bytes()).map_err(Error::from).and_then(|d| Ok(Procedure::new(d)?))
                    {
                        Ok(procedure) if procedure.hash() == row.hash => Arc::new(procedure),
                        Ok(_) | Err(_) => {
                            tracing::error!(hash = %row.hash, "a published version can't be loaded");
                            continue;
                        }
                    }
                }
            };
            shelf.versions.insert(row.hash, procedure);
        }
        for (institution, id, hash) in offers {
            if let Some(procedure) = shelf.versions.get(&hash) {
                shelf.offers.entry(id).or_default().insert(institution, Arc::clone(procedure));
            }
        }
        self.0.shelf.store(Arc::new(shelf));
        Ok(())
    }

    /// Every public procedure, by id.
    #[must_use]
    pub fn catalogue(&self) -> Vec<Offer> {
        let shelf = self.0.shelf.load();
        let offers = shelf.offers.values().filter_map(|by| self.offer_of(by));
        offers.filter(|o| o.definition().public).collect()
    }

    /// A procedure of the catalogue.
    #[must_use]
    pub fn offer(&self, id: &str) -> Option<Offer> {
        self.0.shelf.load().offers.get(id).and_then(|by| self.offer_of(by))
    }

    fn offer_of(&self, by: &BTreeMap<String, Arc<Procedure>>) -> Option<Offer> {
        let institutions = by.keys().map(|code| (code.clone(), self.institution_name(code))).collect();
        let procedure = by.values().max_by_key(|p| p.definition.version)?;
        Some(Offer { procedure: Arc::clone(procedure), institutions })
    }

    /// What an institution offers now, by id.
    pub(super) fn offered_by(&self, institution: &str) -> Vec<(String, Arc<Procedure>)> {
        let shelf = self.0.shelf.load();
        let of = |(id, by): (&String, &BTreeMap<String, Arc<Procedure>>)| {
            by.get(institution).map(|procedure| (id.clone(), Arc::clone(procedure)))
        };
        shelf.offers.iter().filter_map(of).collect()
    }

    /// The version that an institution offers now.
    pub(super) fn offered(&self, id: &str, institution: &str) -> Option<Arc<Procedure>> {
        self.0.shelf.load().offers.get(id)?.get(institution).cloned()
    }
}

/// S28: every template reads, and names only values that the document gives it.
fn templates(d: &Definition) -> Result<()> {
    let mut error = Error::invalid("definicion_invalida", "Una plantilla de documento tiene errores.");
    for (id, document) in &d.documents {
        let at = format!("/documents/{id}/template");
        match serde_json::from_value::<copihue_documents::Template>(document.template.clone()) {
            Err(e) => error = error.field(at, e.to_string()),
            Ok(template) => {
                let mut names: Vec<&str> = document.values.keys().map(String::as_str).collect();
                names.extend(super::prepare::GIVEN);
                for finding in template.check(&names) {
                    error = error.field(format!("{at}{}", finding.pointer), finding.message);
                }
            }
        }
    }
    if error.fields().is_empty() { Ok(()) } else { Err(error) }
}
