//! A record as it is kept: its entry for the public, its fields under keys that can be destroyed.

pub(crate) mod audit;

use std::collections::BTreeMap;

use copihue_core::{Error, Id, Random, Result, random};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::record::{Owner, Profile, Record};
use crate::vault::Vault;
use copihue_tlog::commitment::{Disclosure, SaltKey, commit_field, commit_record, entry};
use copihue_tlog::merkle::Hash;

/// K_subject with what is derived from it.
pub(crate) struct SubjectKey {
    salt: SaltKey,
    vault: Vault,
}

impl SubjectKey {
    pub(crate) fn new(key: &Hash) -> Self {
        Self { salt: SaltKey::new(key), vault: Vault::new(key) }
    }
}

/// Which persons' keys there are.
pub(crate) trait SubjectKeys {
    /// The person's key for the record's ledger; `None` when it was destroyed.
    fn key(&mut self, person: Id) -> Result<Option<std::sync::Arc<SubjectKey>>>;
}

/// What is stored of a record.
#[derive(Debug)]
pub(crate) struct Sealed {
    pub(crate) entry: String,
    pub(crate) commitments: Option<Vec<u8>>,
    pub(crate) sealed: Option<Vec<u8>>,
}

/// The part under K_record: what is nobody's, and who owns the rest.
#[derive(Serialize, Deserialize)]
struct Body {
    /// Every field's name, in the order of the commitments.
    names: Vec<String>,
    plain: Map<String, Value>,
    /// The persons whose parts follow, in order; the subject first when there is one.
    persons: Vec<Id>,
}

const KEY: &[u8] = b"copihue/record-key/v1";
const BODY: &[u8] = b"copihue/record-body/v1";
const PERSONAL: &[u8] = b"copihue/record-personal/v1";

/// Seals a checked record under a new K_record.
pub(crate) fn seal(
    record: &Record,
    master: &Vault,
    random: &dyn Random,
    keys: &mut dyn SubjectKeys,
) -> Result<Sealed> {
    match record.family.profile() {
        Profile::Open => Ok(Sealed { entry: open_entry(record)?, commitments: None, sealed: None }),
        Profile::Commitment => {
            let key: Hash = random::bytes(random);
            let parts = parts(record);
            let subject_keys = subject_keys(&parts, keys)?;
            let commitments = commit(record, &key, &subject_keys)?;
            let family = record.family.name().as_bytes();
            let label: &[&[u8]] = &[KEY, family, record.record_id.as_bytes()];
            let mut out = Vec::with_capacity(512);
            put(&mut out, &master.seal(random, label, &key)?);
            let body = Body {
                names: commitments.keys().cloned().collect(),
                plain: fields_of(record, None),
                persons: parts.clone(),
            };
            put(&mut out, &Vault::new(&key).seal(random, &[BODY], &serde_json::to_vec(&body)?)?);
            for person in &parts {
                let fields = serde_json::to_vec(&fields_of(record, Some(*person)))?;
                let label: &[&[u8]] = &[PERSONAL, record.record_id.as_bytes()];
                put(&mut out, &subject_keys[person].vault.seal(random, label, &fields)?);
            }
            Ok(Sealed {
                entry: entry(record.kind, &commit_record(&commitments)?)?,
                commitments: Some(commitments.values().flatten().copied().collect()),
                sealed: Some(out),
            })
        }
    }
}

/// Whether a stored record is this one: same kind, same fields, same values.
pub(crate) fn is_same(
    record: &Record,
    stored: &Sealed,
    master: &Vault,
    keys: &mut dyn SubjectKeys,
) -> Result<bool> {
    let (Some(commitments), Some(sealed)) = (&stored.commitments, &stored.sealed) else {
        return Ok(stored.entry == open_entry(record)?);
    };
    let family = record.family.name().as_bytes();
    let key = master.open_key(&[KEY, family, record.record_id.as_bytes()], take(&mut sealed.as_slice())?)?;
    let again = commit(record, &key, &subject_keys(&parts(record), keys)?)?;
    let bytes: Vec<u8> = again.values().flatten().copied().collect();
    Ok(bytes == *commitments && entry(record.kind, &commit_record(&again)?)? == stored.entry)
}

/// Which fields a proof shows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Show {
    /// Those that are nobody's personal data: may travel by e-mail.
    Plain,
    /// Also this person's own, for their eyes.
    PersonOwn(Id),
}

/// What a proof of a stored record discloses.
pub(crate) fn disclose(
    (family, record_id, kind): (&str, &str, &str),
    stored: &Sealed,
    show: Show,
    master: &Vault,
    keys: &mut dyn SubjectKeys,
) -> Result<String> {
    let (Some(commitments), Some(sealed)) = (&stored.commitments, &stored.sealed) else {
        return copihue_tlog::commitment::open_extra(&stored.entry);
    };
    let mut rest = sealed.as_slice();
    let key = master.open_key(&[KEY, family.as_bytes(), record_id.as_bytes()], take(&mut rest)?)?;
    let body: Body = serde_json::from_slice(&Vault::new(&key).open(&[BODY], take(&mut rest)?)?)?;
    let (hashes, _) = commitments.as_chunks::<32>();
    let fields: BTreeMap<String, Hash> = body.names.into_iter().zip(hashes.iter().copied()).collect();
    let mut disclosure = Disclosure::new(kind, &fields);
    let record_key = SaltKey::new(&key);
    for (name, value) in body.plain {
        disclosure.show(&name, &record_key.salt(record_id, &name), value);
    }
    for person in body.persons {
        let part = take(&mut rest)?;
        if show != Show::PersonOwn(person) {
            continue;
        }
        // A key that was destroyed leaves its fields committed, but shows them no more.
        let Some(key) = keys.key(person)? else { continue };
        let Ok(fields) = key.vault.open(&[PERSONAL, record_id.as_bytes()], part) else { continue };
        for (name, value) in serde_json::from_slice::<Map<String, Value>>(&fields)? {
            disclosure.show(&name, &key.salt.salt(record_id, &name), value);
        }
    }
    disclosure.to_extra()
}

/// The canonical record of an open ledger.
fn open_entry(record: &Record) -> Result<String> {
    copihue_core::json::canonical(&serde_json::json!({
        "id": record.record_id, "k": record.kind, "r": fields_of(record, None), "v": 1
    }))
}

fn owner(record: &Record, owner: Owner) -> Option<Id> {
    match owner {
        Owner::Record => None,
        Owner::Subject => record.subject,
        Owner::Person(person) => Some(person),
    }
}

/// The persons who own a field, the subject first.
fn parts(record: &Record) -> Vec<Id> {
    let mut persons: Vec<Id> = Vec::new();
    for field in &record.fields {
        if let Some(person) = owner(record, field.owner)
            && !persons.contains(&person)
        {
            persons.push(person);
        }
    }
    persons
}

fn fields_of(record: &Record, person: Option<Id>) -> Map<String, Value> {
    let own = record.fields.iter().filter(|f| owner(record, f.owner) == person);
    own.map(|f| (f.name.to_owned(), f.value.clone())).collect()
}

type Keys = BTreeMap<Id, std::sync::Arc<SubjectKey>>;

fn subject_keys(persons: &[Id], keys: &mut dyn SubjectKeys) -> Result<Keys> {
    let missing = || Error::internal("ledger: a subject key is gone");
    persons.iter().map(|person| Ok((*person, keys.key(*person)?.ok_or_else(missing)?))).collect()
}

fn commit(record: &Record, key: &Hash, keys: &Keys) -> Result<BTreeMap<String, Hash>> {
    let record_key = SaltKey::new(key);
    let mut commitments = BTreeMap::new();
    for field in &record.fields {
        let key = owner(record, field.owner).and_then(|p| keys.get(&p)).map_or(&record_key, |k| &k.salt);
        let salt = key.salt(&record.record_id, field.name);
        commitments.insert(field.name.to_owned(), commit_field(&salt, field.name, &field.value)?);
    }
    Ok(commitments)
}

fn put(out: &mut Vec<u8>, part: &[u8]) {
    out.extend_from_slice(&(part.len() as u32).to_be_bytes());
    out.extend_from_slice(part);
}

fn take<'b>(rest: &mut &'b [u8]) -> Result<&'b [u8]> {
    let broken = || Error::internal("ledger: a sealed record is cut");
    let (len, after) = rest.split_first_chunk::<4>().ok_or_else(broken)?;
    let (part, after) = after.split_at_checked(u32::from_be_bytes(*len) as usize).ok_or_else(broken)?;
    *rest = after;
    Ok(part)
}
