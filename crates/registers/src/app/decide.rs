//! Four eyes: an official of the custodian proposes, another one decides.

use copihue_core::{Actor, Bucket, Error, Hat, Id, Result, random};
use copihue_db::Tx;
use copihue_ledger::{Family, Field, Record, Register};
use copihue_tlog::commitment::commit_field;
use serde_json::{Value, json};

use super::{Registers, Taken};
use crate::KEEPER;
use crate::model::definition::{Definition, Edits};
use crate::model::entry::Decision;
use crate::model::item::Item;
use crate::model::proposal::{Proposal, State, may_decide, reason};
use crate::store;

/// Proposals hang from no person.
const NO_BUCKET: Bucket = Bucket::new(0);

/// Proposals that may wait at once: what the desk shows whole.
pub const MOST_PENDING: u32 = 100;

/// What somebody proposes.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The register.
    pub register: Register,
    /// What its key would have. A holiday's key is made from it.
    pub item: Item,
    /// Why.
    pub reason: String,
}

/// What is decided on a proposal.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// It becomes an entry.
    Approve,
    /// It does not.
    Reject,
}

fn too_many() -> Error {
    let text = format!("Hay {MOST_PENDING} propuestas por resolver. Resuelva algunas y proponga de nuevo.");
    Error::conflict("demasiadas_propuestas", text)
}

impl Registers {
    /// Proposes an entry. Answers the proposal's id.
    ///
    /// # Errors
    /// Forbidden unless the actor keeps the registers; `registro_fijo` for one that nobody edits; `item_invalido`,
    /// `motivo_invalido`; `sin_cambios` when the key has that already; `demasiadas_propuestas` while [`MOST_PENDING`] wait.
    pub async fn propose(&self, actor: &Actor, draft: Draft) -> Result<Id> {
        let hat = self.keeper(actor)?.clone();
        let definition = Definition::of(draft.register);
        if definition.edits == Edits::Decree {
            return Err(Error::conflict(
                "registro_fijo",
                "Este registro cambia solo con el decreto que lo fija.",
            ));
        }
        let (key, item) = definition.keyed(&draft.item)?;
        let reason = reason(&draft.reason)?;
        let (this, register) = (self.clone(), draft.register);
        self.parts()
            .db
            .write(move |tx| {
                if store::proposal::pending(tx)? >= MOST_PENDING {
                    return Err(too_many());
                }
                let current = store::entry::record(tx, register, &key)?;
                if current.as_ref().is_some_and(|current| current.item == item) {
                    return Err(Error::conflict("sin_cambios", "El registro ya dice exactamente eso."));
                }
                let proposal = Proposal {
                    id: Id::new(this.parts().clock.now(), NO_BUCKET, &*this.parts().random),
                    register,
                    key: key.clone(),
                    item: item.clone(),
                    base: current.map_or(0, |current| current.entry.number),
                    reason: reason.clone(),
                    state: State::Pending,
                    institution: hat.institution.clone(),
                    proposed_by: hat.official,
                    proposed_at: this.parts().clock.now(),
                    decided_by: None,
                    decided_at: None,
                    decision: None,
                    number: None,
                };
                store::proposal::insert(tx, &proposal)?;
                this.evidence(tx, "register.proposed", &proposal, Vec::new())?;
                Ok(proposal.id)
            })
            .await
    }

    /// Decides on a proposal. Answers the entry's number when it became one.
    ///
    /// # Errors
    /// As [`propose`](Self::propose), and as [`may_decide`]; what the rest of the platform refuses.
    pub async fn decide(&self, actor: &Actor, id: Id, verdict: Verdict, why: &str) -> Result<Option<u64>> {
        let hat = self.keeper(actor)?.clone();
        let why = reason(why)?;
        let this = self.clone();
        let decided = self.parts().db.write(move |tx| this.decided(tx, &hat, id, verdict, &why)).await?;
        // It is decided, whatever comes now: the next round takes it into the lists.
        if let Err(error) = self.reload().await {
            tracing::warn!(%error, "the registers' lists could not be renewed");
        }
        Ok(decided)
    }

    fn decided(
        &self,
        tx: &mut Tx<'_>,
        hat: &Hat,
        id: Id,
        verdict: Verdict,
        why: &str,
    ) -> Result<Option<u64>> {
        let mut proposal = store::proposal::get(tx, id)?.ok_or_else(Error::not_found)?;
        let current = store::entry::record(tx, proposal.register, &proposal.key)?;
        // A rejection needs no fresh base: it is how an outdated proposal ends.
        let latest = match verdict {
            Verdict::Approve => current.as_ref().map_or(0, |current| current.entry.number),
            Verdict::Reject => proposal.base,
        };
        may_decide(&proposal, hat.official, latest)?;
        proposal.decided_by = Some(hat.official);
        proposal.decided_at = Some(self.parts().clock.now());
        proposal.decision = Some(why.to_owned());
        if verdict == Verdict::Reject {
            proposal.state = State::Rejected;
            store::proposal::decide(tx, &proposal, None)?;
            self.evidence(tx, "register.rejected", &proposal, vec![Field::plain("reason", why)])?;
            return Ok(None);
        }
        let before = current.as_ref().map(|current| &current.item);
        let taken =
            Taken { register: proposal.register, before, item: &proposal.item, reason: &proposal.reason };
        self.parts().world.take(tx, &taken)?;
        let salt: [u8; 32] = random::bytes(&*self.parts().random);
        let decision = Decision {
            by: hat.institution.clone(),
            reason: proposal.reason.clone(),
            who: Some(commit_field(&salt, "who", &persons(&proposal))?),
        };
        let entry = self.append(tx, proposal.register, (&proposal.key, &proposal.item), decision)?;
        proposal.state = State::Approved;
        proposal.number = Some(entry.number);
        store::proposal::decide(tx, &proposal, Some(salt))?;
        Ok(proposal.number)
    }

    /// The hat of somebody who keeps the registers.
    pub(crate) fn keeper<'a>(&self, actor: &'a Actor) -> Result<&'a Hat> {
        let refused = || Error::forbidden("Solo quienes custodian los registros pueden cambiarlos.");
        let hat = actor.hat.as_ref().filter(|_| actor.has_role(KEEPER)).ok_or_else(refused)?;
        let custodian = self.custodian().is_some_and(|custodian| custodian.code == hat.institution);
        if custodian { Ok(hat) } else { Err(refused()) }
    }

    fn evidence(&self, tx: &mut Tx<'_>, kind: &'static str, p: &Proposal, more: Vec<Field>) -> Result<()> {
        let mut fields = vec![
            Field::plain("register", p.register.name()),
            Field::plain("key", p.key.as_str()),
            Field::plain("item", p.item.hash()?.to_string()),
            Field::plain("institution", p.institution.as_str()),
            Field::plain("ts", self.parts().clock.now().to_string()),
        ];
        fields.extend(more);
        let record_id = format!("{kind}/{}", p.id);
        self.parts()
            .ledger
            .append(tx, Record { family: Family::Admin, kind, record_id, subject: None, fields })
    }
}

/// Who proposed and who approved, as committed in the entry.
pub(super) fn persons(p: &Proposal) -> Value {
    let text = |id: Option<Id>| id.map(|id| id.to_string());
    json!({"approved": text(p.decided_by), "proposed": p.proposed_by.to_string()})
}
