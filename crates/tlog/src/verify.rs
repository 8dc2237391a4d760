//! Checks a proof offline: no account, no network, no private format.

use std::collections::{BTreeMap, BTreeSet};

use copihue_core::Timestamp;
use serde_json::Value;

use crate::checkpoint::Checkpoint;
use crate::commitment::{Disclosure, parse_open_extra};
use crate::merkle::{leaf_hash, verify_inclusion};
use crate::note::{Note, NoteError, VerifierKey};
use crate::policy::Policy;
use crate::proof::TlogProof;

/// Why a proof is not accepted: the closed list.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "explained by `explanation`")]
pub enum Reason {
    Format,
    UnknownOrigin,
    LogSignature,
    TooFewWitnesses,
    WitnessSignature,
    Inclusion,
    Leaf,
    Field,
    TimeStamp,
}

impl Reason {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Format => "formato",
            Self::UnknownOrigin => "origen_desconocido",
            Self::LogSignature => "firma_registro",
            Self::TooFewWitnesses => "testigos_insuficientes",
            Self::WitnessSignature => "firma_testigo",
            Self::Inclusion => "inclusion",
            Self::Leaf => "hoja",
            Self::Field => "campo",
            Self::TimeStamp => "sello_de_tiempo",
        }
    }

    /// What it means, in Spanish.
    #[must_use]
    pub const fn explanation(self) -> &'static str {
        match self {
            Self::Format => "el archivo no tiene la forma de una prueba",
            Self::UnknownOrigin => "la bitácora de origen no está entre las que usted acepta",
            Self::LogSignature => "la firma de la bitácora no corresponde",
            Self::TooFewWitnesses => "no la respaldan suficientes testigos",
            Self::WitnessSignature => "la firma de un testigo no corresponde",
            Self::Inclusion => "el hecho no está en la bitácora en ese lugar",
            Self::Leaf => "no trae el hecho que dice probar, o es otro",
            Self::Field => "un dato mostrado no es el que se registró",
            Self::TimeStamp => "el sello de tiempo no corresponde",
        }
    }

    /// Whether the proof may be good, but this verifier can't tell (exit code 2 instead of 1).
    #[must_use]
    pub const fn is_undecided(self) -> bool {
        matches!(self, Self::UnknownOrigin | Self::TooFewWitnesses)
    }
}

/// As the page and the command line print it.
impl std::fmt::Display for Reason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let verdict = if self.is_undecided() { "No se puede verificar" } else { "Prueba inválida" };
        write!(f, "{verdict}: {}.", self.explanation())
    }
}

/// What a good proof shows.
#[derive(Clone, PartialEq, Debug)]
pub struct Verified {
    /// The log.
    pub origin: String,
    /// The entry's place in it.
    pub index: u64,
    /// The log's size under the checkpoint.
    pub size: u64,
    /// The names of the witnesses that signed.
    pub witnesses: Vec<String>,
    /// The latest instant at which a witness says to have seen the checkpoint.
    pub seen_at: Option<Timestamp>,
    /// The event's kind, when the proof discloses its record.
    pub kind: Option<String>,
    /// The fields that the proof opens.
    pub fields: BTreeMap<String, Value>,
}

/// As the page and the command line print it.
impl std::fmt::Display for Verified {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let count = self.witnesses.len();
        let noun = if count == 1 { "testigo" } else { "testigos" };
        write!(f, "Prueba válida: registro {} de {}, {count} {noun}", self.index, self.origin)?;
        match self.seen_at {
            Some(at) => write!(f, ", {at}."),
            None => write!(f, "."),
        }
    }
}

/// Checks a proof that discloses its record in `extra`.
///
/// # Errors
/// The [`Reason`].
pub fn verify_proof(text: &str, policy: &Policy) -> Result<Verified, Reason> {
    let proof = TlogProof::parse(text).ok_or(Reason::Format)?;
    let extra = proof.extra.as_deref().ok_or(Reason::Leaf)?;
    let (entry, kind, fields) = match parse_open_extra(extra) {
        Some(open) => open,
        None => {
            let disclosure = Disclosure::parse(extra).ok_or(Reason::Format)?;
            let entry = disclosure.entry().ok_or(Reason::Field)?;
            let fields = disclosure.open.into_iter().map(|(name, open)| (name, open.value)).collect();
            (entry, disclosure.kind, fields)
        }
    };
    let verified = verify_parsed(&proof, entry.as_bytes(), policy)?;
    Ok(Verified { kind: Some(kind), fields, ..verified })
}

/// Checks a proof of this entry; what the file says in `extra` is not looked at.
///
/// # Errors
/// The [`Reason`].
pub fn verify_proof_of_entry(text: &str, entry: &[u8], policy: &Policy) -> Result<Verified, Reason> {
    let proof = TlogProof::parse(text).ok_or(Reason::Format)?;
    verify_parsed(&proof, entry, policy)
}

/// A checkpoint that a policy accepts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Accepted {
    /// What the log says of itself.
    pub checkpoint: Checkpoint,
    /// The names of the witnesses that signed.
    pub witnesses: Vec<String>,
    /// The latest instant at which a witness says to have seen it.
    pub seen_at: Option<Timestamp>,
}

/// Checks a checkpoint's signatures: for whoever holds a whole log and computes its root by themself.
///
/// # Errors
/// The [`Reason`].
pub fn verify_checkpoint(note: &str, policy: &Policy) -> Result<Accepted, Reason> {
    let note = Note::parse(note).map_err(|_| Reason::Format)?;
    let checkpoint = Checkpoint::parse(&note.text).ok_or(Reason::Format)?;
    log_signature(&note, &checkpoint, policy)?;
    let (witnesses, seen_at) = cosignatures(&note, policy)?;
    Ok(Accepted { checkpoint, witnesses, seen_at })
}

fn verify_parsed(proof: &TlogProof, entry: &[u8], policy: &Policy) -> Result<Verified, Reason> {
    let Accepted { checkpoint, witnesses, seen_at } = verify_checkpoint(&proof.checkpoint, policy)?;
    let leaf = leaf_hash(entry);
    if !verify_inclusion(&leaf, proof.index, checkpoint.size, &proof.path, &checkpoint.root) {
        return Err(Reason::Inclusion);
    }
    Ok(Verified {
        origin: checkpoint.origin,
        index: proof.index,
        size: checkpoint.size,
        witnesses,
        seen_at,
        kind: None,
        fields: BTreeMap::new(),
    })
}

fn log_signature(note: &Note, checkpoint: &Checkpoint, policy: &Policy) -> Result<(), Reason> {
    let keys: Vec<VerifierKey> =
        policy.logs.iter().filter(|key| key.name() == checkpoint.origin).cloned().collect();
    if keys.is_empty() {
        return Err(Reason::UnknownOrigin);
    }
    match note.verify(&keys) {
        Ok(valid) if !valid.is_empty() => Ok(()),
        Ok(_) | Err(NoteError::Malformed | NoteError::BadSignature(_)) => Err(Reason::LogSignature),
    }
}

fn cosignatures(note: &Note, policy: &Policy) -> Result<(Vec<String>, Option<Timestamp>), Reason> {
    let keys: Vec<VerifierKey> = policy.witnesses.iter().map(|(_, key)| key.clone()).collect();
    let valid = note.verify(&keys).map_err(|_| Reason::WitnessSignature)?;
    let signed: BTreeSet<&str> = valid.iter().map(|(at, _)| policy.witnesses[*at].0.as_str()).collect();
    if !policy.is_met_by(&signed) {
        return Err(Reason::TooFewWitnesses);
    }
    let millis = |seconds: u64| i64::try_from(seconds).ok()?.checked_mul(1000);
    let seen_at =
        valid.iter().filter_map(|(_, time)| *time).max().and_then(millis).map(Timestamp::from_millis);
    Ok((signed.into_iter().map(str::to_owned).collect(), seen_at))
}
