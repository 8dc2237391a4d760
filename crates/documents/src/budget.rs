//! What a document may cost: hostile data end in an error, not in a machine that is busy.

use std::cell::Cell;
use std::time::{Duration, Instant};

use copihue_core::{Error, Kind, Result};

/// No document may take longer: the largest one that is allowed takes a tenth of it.
pub(crate) const PATIENCE: Duration = Duration::from_secs(2);
/// Lines that sixty pages could hold, in eight columns.
const MAX_LINES: usize = 40_000;
/// Texts of a template with its data; an empty cell is one.
const MAX_TEXTS: usize = 60_000;
/// Bytes of one text, and of all.
pub(crate) const MAX_VALUE: usize = 20_000;
const MAX_BYTES: usize = 400_000;

/// What is left of it for one document.
pub(crate) struct Budget {
    until: Instant,
    lines: Cell<usize>,
    texts: Cell<usize>,
    bytes: Cell<usize>,
}

pub(crate) fn too_large(detail: String) -> Error {
    Error::invalid("documento_limite", detail)
}

impl Budget {
    pub(crate) fn new(patience: Duration) -> Self {
        let until = Instant::now() + patience;
        Self { until, lines: Cell::new(0), texts: Cell::new(0), bytes: Cell::new(0) }
    }

    /// Asked for before each piece of work that is small by itself.
    ///
    /// # Errors
    /// `documento_tarda` when the time is over.
    pub(crate) fn go_on(&self) -> Result<()> {
        if Instant::now() < self.until {
            return Ok(());
        }
        // Not of the document's kind of error: on a busy machine the same document takes longer, and later it may do.
        let text = "El documento tarda demasiado en componerse. Intente de nuevo en unos minutos.";
        Err(Error::new(Kind::Unavailable, "documento_tarda", text))
    }

    /// Counts a text.
    ///
    /// # Errors
    /// `documento_limite` when it or all of them are too much.
    pub(crate) fn text(&self, bytes: usize) -> Result<()> {
        if bytes > MAX_VALUE {
            return Err(too_large(format!("Un texto supera los {MAX_VALUE} caracteres.")));
        }
        if count(&self.bytes, bytes) > MAX_BYTES {
            return Err(too_large(format!("El documento supera los {MAX_BYTES} caracteres.")));
        }
        if count(&self.texts, 1) > MAX_TEXTS {
            return Err(too_large(format!("El documento supera los {MAX_TEXTS} textos.")));
        }
        Ok(())
    }

    /// Counts lines.
    ///
    /// # Errors
    /// `documento_limite` when there are more than pages for them; `documento_tarda` when the time is over.
    pub(crate) fn lines(&self, lines: usize) -> Result<()> {
        if count(&self.lines, lines) > MAX_LINES {
            return Err(too_large(format!("El documento supera las {MAX_LINES} líneas.")));
        }
        self.go_on()
    }
}

fn count(counter: &Cell<usize>, more: usize) -> usize {
    counter.set(counter.get().saturating_add(more));
    counter.get()
}
