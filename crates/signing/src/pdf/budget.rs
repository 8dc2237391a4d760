//! What one file may cost. Nested and compressed parts can make a small file an endless one: whatever is parsed, decoded
//! or kept is counted, and a file that passes the limits is refused.

use std::cell::Cell;
use std::rc::Rc;

use super::object::Object;
use super::{PdfError, PdfResult};

/// Bytes that tables, decoded streams and trailers of one reader may take in memory.
const MAX_KEPT: u64 = 64 << 20;
/// Bytes that may be parsed and decoded: so many times the file, and these besides.
const WORK_TIMES: u64 = 16;
const WORK_BESIDES: u64 = 64 << 20;

/// What is left for a file. The work is shared by the readers of its revisions, the memory is each one's own.
pub(super) struct Budget {
    work: Rc<Cell<u64>>,
    room: Cell<u64>,
}

impl Budget {
    /// For a file of so many bytes.
    pub(super) fn of(bytes: usize) -> Self {
        Self::sharing(Rc::new(Cell::new(WORK_TIMES.saturating_mul(bytes as u64) + WORK_BESIDES)))
    }

    /// For another reader of the same file.
    pub(super) fn again(&self) -> Self {
        Self::sharing(Rc::clone(&self.work))
    }

    fn sharing(work: Rc<Cell<u64>>) -> Self {
        Self { work, room: Cell::new(MAX_KEPT) }
    }

    /// Counts bytes that were parsed or decoded.
    pub(super) fn work(&self, bytes: usize) -> PdfResult<()> {
        take(&self.work, bytes, "work")
    }

    /// Counts bytes that stay in memory.
    pub(super) fn keep(&self, bytes: usize) -> PdfResult<()> {
        take(&self.room, bytes, "memory")
    }

    /// Counts a parsed object that stays: its text, and its values, which take more room than their text.
    pub(super) fn keep_object(&self, bytes: usize, values: usize) -> PdfResult<()> {
        self.keep(bytes.saturating_add(values.saturating_mul(2 * size_of::<Object>())))
    }
}

fn take(left: &Cell<u64>, bytes: usize, what: &'static str) -> PdfResult<()> {
    let rest = left.get().checked_sub(bytes as u64).ok_or(PdfError::Limit(what))?;
    left.set(rest);
    Ok(())
}
