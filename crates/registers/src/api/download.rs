//! A whole register, or a stretch of it, as one file.

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use copihue_core::{Error, Result};
use copihue_ledger::Register;
use copihue_tlog::merkle::empty_root;
use copihue_web::Failure;
use futures_util::stream;
use http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};

use crate::Registers;
use crate::model::rsf::{checkpoint_line, entry_lines, root_line};

/// Entries in one read: the file is never whole in memory.
const PAGE: u64 = 500;

/// What stands before the entries, the entries, and what stands after them.
struct File {
    registers: Registers,
    register: Register,
    head: Option<String>,
    next: u64,
    last: u64,
    tail: Option<String>,
}

/// All that is published, with its signed checkpoint; or the entries after the first `from` ones up to `to`.
pub(super) async fn file(
    registers: &Registers,
    register: Register,
    range: Option<(u64, u64)>,
) -> std::result::Result<Response, Failure> {
    let (checkpoint, note) = registers.checkpoint(register).await?.ok_or_else(Error::not_found)?;
    let (head, next, last, tail) = match range {
        None => {
            let tail = root_line(&checkpoint.root) + &checkpoint_line(&note);
            (root_line(&empty_root()), 1, checkpoint.size, tail)
        }
        Some((from, to)) if from <= to => {
            let first = registers.root(register, from).await?.ok_or_else(Error::not_found)?;
            let end = registers.root(register, to).await?.ok_or_else(Error::not_found)?;
            (root_line(&first), from + 1, to, root_line(&end))
        }
        Some(_) => return Err(Error::not_found().into()),
    };
    let file =
        File { registers: registers.clone(), register, head: Some(head), next, last, tail: Some(tail) };
    let name = format!("attachment; filename=\"{}.rsf\"", register.name());
    let headers = [
        (CONTENT_TYPE, "application/uk-gov-rsf".to_owned()),
        (CONTENT_DISPOSITION, name),
        (CACHE_CONTROL, "public, max-age=10".to_owned()),
        (ACCESS_CONTROL_ALLOW_ORIGIN, "*".to_owned()),
    ];
    let body = Body::from_stream(stream::try_unfold(file, |file| file.piece()));
    Ok((headers, body).into_response())
}

impl File {
    /// The next piece of the file, and the rest.
    async fn piece(mut self) -> Result<Option<(String, Self)>> {
        if let Some(head) = self.head.take() {
            return Ok(Some((head, self)));
        }
        if self.next <= self.last {
            let to = self.last.min(self.next + PAGE - 1);
            let entries = self.registers.entries(self.register, self.next, to).await?;
            self.next = to + 1;
            let lines = entries.iter().map(entry_lines).collect::<Result<String>>()?;
            return Ok(Some((lines, self)));
        }
        Ok(self.tail.take().map(|tail| (tail, self)))
    }
}
