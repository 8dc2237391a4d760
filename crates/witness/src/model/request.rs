//! What somebody posts, read in the order in which the protocol wants it judged.

use copihue_tlog::add_checkpoint::AddCheckpoint;
use copihue_tlog::checkpoint::Checkpoint;
use copihue_tlog::merkle::Hash;
use copihue_tlog::note::{Note, NoteError, VerifierKey};

use super::answer::Answer;

/// A request whose checkpoint is signed by its log.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Request {
    pub(crate) old: u64,
    pub(crate) proof: Vec<Hash>,
    pub(crate) checkpoint: Checkpoint,
    /// The signed text, extension lines included: what is cosigned.
    pub(crate) text: String,
    /// The text with the log's own signatures, and nobody else's.
    pub(crate) note: String,
}

/// Reads a body; `logs` are the keys that we trust.
pub(crate) fn read(body: &[u8], logs: &[VerifierKey]) -> Result<Request, Answer> {
    let body = std::str::from_utf8(body).map_err(|_| Answer::Malformed)?;
    let (head, checkpoint) = AddCheckpoint::split(body).ok_or(Answer::Malformed)?;
    let origin = checkpoint.split('\n').next().unwrap_or_default();
    let keys: Vec<VerifierKey> = logs.iter().filter(|key| key.name() == origin).cloned().collect();
    if keys.is_empty() {
        return Err(Answer::UnknownLog);
    }
    let (note, text) = signed(checkpoint, &keys)?;
    let checkpoint = Checkpoint::parse(&text).ok_or(Answer::Malformed)?;
    // Beyond what a database holds, and beyond what any log will see.
    let sane = i64::try_from(checkpoint.size).is_ok();
    let (old, proof) = AddCheckpoint::parse_head(head).filter(|_| sane).ok_or(Answer::Malformed)?;
    if old > checkpoint.size {
        return Err(Answer::Malformed);
    }
    Ok(Request { old, proof, checkpoint, text, note })
}

fn signed(checkpoint: &str, keys: &[VerifierKey]) -> Result<(String, String), Answer> {
    let note = Note::parse(checkpoint).map_err(|_| Answer::Malformed)?;
    match note.verify(keys) {
        Ok(valid) if !valid.is_empty() => Ok((note.only(keys), note.text)),
        Ok(_) | Err(NoteError::BadSignature(_) | NoteError::Malformed) => Err(Answer::Untrusted),
    }
}
