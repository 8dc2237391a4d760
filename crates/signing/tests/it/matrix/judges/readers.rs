//! Programs that read PDFs: poppler judges signatures, and qpdf the file.

use crate::matrix::Verdicts;
use crate::matrix::cells::Cell;
use crate::support::{Bench, text};

pub(crate) fn readers(bench: &Bench, cells: &[Cell], verdicts: &mut Verdicts) {
    for cell in cells.iter().filter(|c| c.form.kind == "pdf") {
        match bench.run("pdfsig", &["-nocert", &cell.file]) {
            None => return verdicts.missing.push("pdfsig"),
            Some(output) => verdicts.take(cell, "pdfsig", pdfsig(cell, text(&output))),
        }
        let Some(output) = bench.run("qpdf", &["--check", &cell.file]) else {
            return verdicts.missing.push("qpdf");
        };
        let is_sound = output.status.success() && !text(&output).contains("WARNING");
        verdicts.take(cell, "qpdf", if is_sound { Ok(()) } else { Err(text(&output)) });
    }
}

fn pdfsig(cell: &Cell, said: String) -> Result<(), String> {
    let valid = said.matches("Signature is Valid.").count();
    let fits = valid == cell.earlier + 1 && !said.contains("Mismatch");
    if fits { Ok(()) } else { Err(said) }
}
