//! Computes a kept record's commitments again, as far as its keys still exist.

use std::collections::BTreeMap;
use std::sync::Arc;

use copihue_core::{Id, Result};
use serde_json::{Map, Value};

use super::{BODY, Body, KEY, PERSONAL, Sealed, SubjectKey, take};
use crate::record::{Family, Profile};
use crate::vault::Vault;
use copihue_tlog::commitment::{SaltKey, commit_field, commit_record, entry};
use copihue_tlog::merkle::Hash;

/// What became of a person's key.
pub(crate) enum KeyState {
    /// It is there.
    Present(Arc<SubjectKey>),
    /// It was destroyed; a later one opens nothing of before.
    Destroyed,
}

/// What the record says when all is computed again.
#[derive(Debug)]
pub(crate) enum Recomputed {
    /// Exactly its entry. Some fields are under keys that were destroyed: how many.
    Same {
        /// Fields that nobody can open any more.
        erased: usize,
        /// The fields that are nobody's, for further checks.
        plain: Map<String, Value>,
    },
    /// Only the entry is there: it came back from a copy of the log.
    Lost,
    /// Not its entry, or it can't be opened.
    Different(&'static str),
}

/// Of a stored record with its kind; `keys` says what became of a person's key.
pub(crate) fn recompute(
    family: Family,
    (record_id, kind): (&str, &str),
    stored: &Sealed,
    master: &Vault,
    keys: &mut dyn FnMut(Id) -> Result<KeyState>,
) -> Result<Recomputed> {
    match (family.profile(), &stored.commitments, &stored.sealed) {
        (_, None, None) if record_id.starts_with("recovered/") => Ok(Recomputed::Lost),
        (Profile::Commitment, None, None) => Ok(Recomputed::Lost),
        (Profile::Open, None, None) => Ok(open_record(record_id, kind, &stored.entry)),
        (Profile::Commitment, Some(commitments), Some(sealed)) => {
            let record = Committed { family, record_id, kind, entry: &stored.entry, commitments, sealed };
            record.recompute(master, keys)
        }
        _ => Ok(Recomputed::Different("faltan o sobran partes del hecho")),
    }
}

/// An open ledger's entry is the record: the columns beside it must say the same.
fn open_record(record_id: &str, kind: &str, entry: &str) -> Recomputed {
    let parsed: Option<Value> = serde_json::from_str(entry).ok();
    let says = |name: &str, value: &str| parsed.as_ref().is_some_and(|p| p[name] == value);
    if !says("id", record_id) || !says("k", kind) {
        return Recomputed::Different("la identificación o el tipo no son los de la entrada");
    }
    let plain = parsed.and_then(|mut p| p["r"].as_object_mut().map(std::mem::take)).unwrap_or_default();
    Recomputed::Same { erased: 0, plain }
}

struct Committed<'a> {
    family: Family,
    record_id: &'a str,
    kind: &'a str,
    entry: &'a str,
    commitments: &'a [u8],
    sealed: &'a [u8],
}

impl Committed<'_> {
    fn recompute(&self, master: &Vault, keys: &mut dyn FnMut(Id) -> Result<KeyState>) -> Result<Recomputed> {
        let mut rest = self.sealed;
        let Ok((key, body)) = self.open(master, &mut rest) else {
            return Ok(Recomputed::Different("el hecho guardado no se puede abrir"));
        };
        let (hashes, cut) = self.commitments.as_chunks::<32>();
        if !cut.is_empty() || hashes.len() != body.names.len() {
            return Ok(Recomputed::Different("los compromisos no son los de sus campos"));
        }
        let fields: BTreeMap<String, Hash> = body.names.iter().cloned().zip(hashes.iter().copied()).collect();
        if entry(self.kind, &commit_record(&fields)?)? != self.entry {
            return Ok(Recomputed::Different("los compromisos no dan la entrada"));
        }
        let mut seen = 0;
        if !self.holds(&SaltKey::new(&key), &body.plain, &fields)? {
            return Ok(Recomputed::Different("un campo no es el comprometido"));
        }
        seen += body.plain.len();
        let mut destroyed = false;
        for person in body.persons {
            let Ok(part) = take(&mut rest) else {
                return Ok(Recomputed::Different("faltan datos de una persona"));
            };
            let KeyState::Present(key) = keys(person)? else {
                destroyed = true;
                continue;
            };
            let opened = key.vault.open(&[PERSONAL, self.record_id.as_bytes()], part);
            let own: Option<Map<String, Value>> = opened.ok().and_then(|o| serde_json::from_slice(&o).ok());
            match own {
                Some(own) if self.holds(&key.salt, &own, &fields)? => seen += own.len(),
                _ => return Ok(Recomputed::Different("los datos de una persona no son los comprometidos")),
            }
        }
        match (rest.is_empty(), destroyed || seen == fields.len()) {
            (true, true) => Ok(Recomputed::Same { erased: fields.len() - seen, plain: body.plain }),
            _ => Ok(Recomputed::Different("faltan o sobran campos")),
        }
    }

    /// K_record and what lies under it.
    fn open(&self, master: &Vault, rest: &mut &[u8]) -> Result<(Hash, Body)> {
        let label: &[&[u8]] = &[KEY, self.family.name().as_bytes(), self.record_id.as_bytes()];
        let key = master.open_key(label, take(rest)?)?;
        let body = Vault::new(&key).open(&[BODY], take(rest)?)?;
        Ok((key, serde_json::from_slice(&body)?))
    }

    /// Whether each of these fields was committed with this value.
    fn holds(
        &self,
        key: &SaltKey,
        shown: &Map<String, Value>,
        fields: &BTreeMap<String, Hash>,
    ) -> Result<bool> {
        for (name, value) in shown {
            let c = commit_field(&key.salt(self.record_id, name), name, value)?;
            if fields.get(name) != Some(&c) {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
