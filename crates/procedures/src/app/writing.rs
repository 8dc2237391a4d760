//! Writing the wording of a document: step by step, by one official, and put in force by another. Whoever acts says which revision
//! they saw: nothing is done to a text that they have not read.

use copihue_core::{Actor, Error, Result};
use copihue_db::Tx;
use serde_json::{Map, Value, json};

use super::template::findings;
use super::{Act, Procedures};
use crate::model::template::{self, Change, Decision, Key, State, Version};
use crate::store;

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

/// A version, and the revision of it that somebody saw.
#[derive(Clone, Copy)]
pub(crate) struct Seen<'a> {
    pub(crate) key: &'a Key,
    pub(crate) number: u32,
    pub(crate) revision: u32,
}

impl Procedures {
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
                    revision: 1,
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

    /// Loads a version, changes it, and saves it as its next revision, in one transaction.
    async fn revise<T: Send + 'static>(
        &self,
        seen: Seen<'_>,
        change: impl Fn(&mut Tx<'_>, &mut Version) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (key, number) = (seen.key.clone(), seen.number);
        self.parts()
            .db
            .write(move |tx| {
                let mut version = store::template::get(tx, &key, number)?.ok_or_else(Error::not_found)?;
                let answer = change(tx, &mut version)?;
                version.revision += 1;
                store::template::update(tx, &version)?;
                Ok(answer)
            })
            .await
    }

    /// One step of the writing. Answers the block that was touched.
    ///
    /// # Errors
    /// As [`Version::may_write`] and [`template::apply`]; `nada_que_deshacer`.
    pub(crate) async fn write_step(
        &self,
        actor: &Actor,
        seen: Seen<'_>,
        step: Step,
    ) -> Result<Option<usize>> {
        let official = self.writer(actor)?.official;
        let (this, by, revision) = (self.clone(), name_of(actor), seen.revision);
        let change = move |tx: &mut Tx<'_>, version: &mut Version| {
            version.may_write(revision)?;
            let before = version.clone();
            let mut touched = None;
            match step.clone() {
                Step::Change(change) => touched = template::apply(&mut version.template, change)?,
                Step::Sample(sample) => version.sample = sample,
                Step::Undo => undo(tx, version)?,
            }
            if step != Step::Undo {
                store::template::keep_step(tx, &before)?;
                version.step += 1;
            }
            if !version.writers.contains(&official) {
                version.writers.push(official);
            }
            (version.saved_by, version.saved_at) = (by.clone(), this.now());
            Ok(touched)
        };
        self.revise(seen, change).await
    }

    /// Hands a draft to the second person.
    ///
    /// # Errors
    /// `plantilla_incompleta` while there is something to mend (SIG-13, PRO-31).
    pub(crate) async fn propose(&self, actor: &Actor, seen: Seen<'_>) -> Result<()> {
        self.writer(actor)?;
        let names = self.wording(seen.key).await?.names;
        let (this, revision) = (self.clone(), seen.revision);
        let change = move |_: &mut Tx<'_>, version: &mut Version| {
            version.may_write(revision)?;
            if !findings(&version.template, &names).is_empty() {
                return Err(Error::invalid(
                    "plantilla_incompleta",
                    "Corrija lo que se indica en cada bloque antes de enviar el texto a aprobación.",
                ));
            }
            (version.state, version.saved_at) = (State::Proposed, this.now());
            Ok(())
        };
        self.revise(seen, change).await
    }

    /// Puts a proposed version in force, or gives it back to its writers.
    ///
    /// # Errors
    /// As [`Version::may_decide`]; `motivo_invalido` for a rejection without its reason.
    pub(crate) async fn decide(
        &self,
        actor: &Actor,
        seen: Seen<'_>,
        verdict: Verdict,
        why: &str,
    ) -> Result<()> {
        let official = self.writer(actor)?.official;
        let reason = match verdict {
            Verdict::Approve => String::new(),
            Verdict::Reject => template::reason(why)?,
        };
        let names = self.wording(seen.key).await?.names;
        let (this, by, revision) = (self.clone(), name_of(actor), seen.revision);
        let change = move |tx: &mut Tx<'_>, version: &mut Version| {
            version.may_decide(official, revision)?;
            version.decision = Some(Decision { by: by.clone(), at: this.now(), reason: reason.clone() });
            if verdict == Verdict::Reject {
                version.state = State::Draft;
                return Ok(());
            }
            if !findings(&version.template, &names).is_empty() {
                return Err(Error::invalid(
                    "plantilla_incompleta",
                    "El trámite cambió y este texto ya no le calza: devuélvalo para corregirlo.",
                ));
            }
            store::template::retire(tx, &version.key)?;
            close(tx, version, State::InForce)?;
            this.tell_wording(tx, version)
        };
        self.revise(seen, change).await
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

    /// Takes back a proposal, to go on writing.
    ///
    /// # Errors
    /// As [`Version::may_take_back`].
    pub(crate) async fn take_back(&self, actor: &Actor, seen: Seen<'_>) -> Result<()> {
        self.writer(actor)?;
        let revision = seen.revision;
        let change = move |_: &mut Tx<'_>, version: &mut Version| {
            version.may_take_back(revision)?;
            version.state = State::Draft;
            Ok(())
        };
        self.revise(seen, change).await
    }

    /// Gives up a draft.
    ///
    /// # Errors
    /// As [`Version::may_write`].
    pub(crate) async fn discard(&self, actor: &Actor, seen: Seen<'_>) -> Result<()> {
        self.writer(actor)?;
        let revision = seen.revision;
        let change = move |tx: &mut Tx<'_>, version: &mut Version| {
            version.may_write(revision)?;
            close(tx, version, State::Past)
        };
        self.revise(seen, change).await
    }
}

/// From here on it is not written any more.
fn close(tx: &mut Tx<'_>, version: &mut Version, state: State) -> Result<()> {
    store::template::forget_steps(tx, version)?;
    (version.state, version.step) = (state, 0);
    Ok(())
}

fn undo(tx: &mut Tx<'_>, version: &mut Version) -> Result<()> {
    let Some((template, sample)) = store::template::take_step(tx, version)? else {
        return Err(Error::conflict("nada_que_deshacer", "No hay más cambios que deshacer."));
    };
    version.template = serde_json::from_str(&template)?;
    version.sample = serde_json::from_str(&sample)?;
    version.step -= 1;
    Ok(())
}

fn name_of(actor: &Actor) -> String {
    actor.person().map(|p| p.name.clone()).unwrap_or_default()
}
