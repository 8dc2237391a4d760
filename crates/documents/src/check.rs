//! What is wrong with a template, told to its author when it is saved.

use std::collections::BTreeSet;

use crate::template::{Block, Item, LegalPart, Section, Template};
use crate::text::{Text, When};

/// Something that the author must mend.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    /// Stable code: `nombre_desconocido`, `texto_vacio`, `parte_legal_faltante`, `tabla`, `nivel_de_titulo`, `limite`.
    pub code: &'static str,
    /// JSON pointer into the template.
    pub pointer: String,
    /// What to mend, in Spanish.
    pub message: String,
}

const MAX_BLOCKS: usize = 500;
const MAX_COLUMNS: usize = 8;

impl Template {
    /// Checks the template against the names that its data will have.
    ///
    /// Names are paths (`patente`, `vehiculo.marca`). A known name covers what lies below it, unless something below it
    /// is named too: with `lineas` alone any field of a row is accepted; with `lineas.monto` only those named.
    #[must_use]
    pub fn check(&self, names: &[&str]) -> Vec<Finding> {
        let mut checker =
            Checker { names: names.iter().copied().collect(), findings: Vec::new(), rows: None };
        checker.text("/header/institution", &self.header.institution);
        checker.optional("/header/unit", self.header.unit.as_ref());
        checker.optional("/header/reference", self.header.reference.as_ref());
        checker.text("/title", &self.title);
        checker.optional("/subtitle", self.subtitle.as_ref());
        if self.blocks.len() > MAX_BLOCKS {
            checker.find("limite", "/blocks", format!("Hay más de {MAX_BLOCKS} bloques."));
        }
        let mut level = 0;
        for (i, block) in self.blocks.iter().enumerate() {
            let at = format!("/blocks/{i}");
            checker.when(&at, block.when());
            checker.block(&at, block);
            checker.level(&at, block, &mut level);
        }
        self.check_legal_parts(&mut checker);
        checker.findings
    }

    /// PRO-31: each mandatory part has a section of its own, which isn't conditional.
    fn check_legal_parts(&self, checker: &mut Checker<'_>) {
        for part in &self.legal_parts {
            let sections: Vec<(usize, &Section)> = self.sections_of(*part).collect();
            if sections.iter().any(|(_, s)| s.when.is_none() && !s.items.is_empty()) {
                continue;
            }
            let (at, message) = match sections.first() {
                None => {
                    ("/blocks".to_owned(), format!("Falta la parte «{}», que la ley exige.", part.name()))
                }
                Some((i, s)) if s.items.is_empty() => (
                    format!("/blocks/{i}"),
                    format!("La parte «{}», que la ley exige, está vacía.", part.name()),
                ),
                Some((i, _)) => (
                    format!("/blocks/{i}"),
                    format!("La ley exige la parte «{}» siempre: no puede tener una condición.", part.name()),
                ),
            };
            checker.find("parte_legal_faltante", &at, message);
        }
    }

    fn sections_of(&self, part: LegalPart) -> impl Iterator<Item = (usize, &Section)> {
        self.blocks.iter().enumerate().filter_map(move |(i, block)| match block {
            Block::Section(s) if s.part == Some(part) => Some((i, s)),
            _ => None,
        })
    }
}

struct Checker<'a> {
    names: BTreeSet<&'a str>,
    findings: Vec<Finding>,
    /// The array whose elements the present texts are repeated over.
    rows: Option<String>,
}

impl Checker<'_> {
    fn find(&mut self, code: &'static str, pointer: &str, message: String) {
        self.findings.push(Finding { code, pointer: pointer.to_owned(), message });
    }

    fn knows(&self, path: &str) -> bool {
        if let Some(rows) = &self.rows
            && (path == "item" || self.knows_global(&format!("{rows}.{path}")))
        {
            return true;
        }
        self.knows_global(path)
    }

    fn knows_global(&self, path: &str) -> bool {
        if self.names.contains(path) || self.has_below(path) {
            return true;
        }
        path.rmatch_indices('.').any(|(at, _)| {
            let above = &path[..at];
            self.names.contains(above) && !self.has_below(above)
        })
    }

    fn has_below(&self, path: &str) -> bool {
        self.names.iter().any(|n| n.strip_prefix(path).is_some_and(|rest| rest.starts_with('.')))
    }

    fn name(&mut self, pointer: &str, path: &str) {
        if !self.knows(path) {
            self.find("nombre_desconocido", pointer, format!("No existe un dato llamado «{path}»."));
        }
    }

    fn text(&mut self, pointer: &str, text: &Text) {
        if text.is_blank() {
            self.find("texto_vacio", pointer, "Este texto no puede quedar vacío.".to_owned());
        }
        for name in text.names() {
            self.written(pointer, name);
        }
    }

    /// A name that is written is a value, not what holds others.
    fn written(&mut self, pointer: &str, path: &str) {
        let full = self.rows.as_ref().map(|rows| format!("{rows}.{path}"));
        let holds = |checker: &Self, path: &str| checker.has_below(path) && !checker.names.contains(path);
        if holds(self, path) || full.is_some_and(|full| holds(self, &full)) {
            let text = format!("«{path}» agrupa varios datos: diga cuál, como en «{path}.nombre».");
            self.find("nombre_desconocido", pointer, text);
        } else {
            self.name(pointer, path);
        }
    }

    fn optional(&mut self, pointer: &str, text: Option<&Text>) {
        if let Some(text) = text {
            self.text(pointer, text);
        }
    }

    fn when(&mut self, pointer: &str, when: Option<&When>) {
        if let Some(when) = when {
            self.name(&format!("{pointer}/when"), &when.path);
        }
    }

    fn level(&mut self, at: &str, block: &Block, level: &mut u8) {
        match block {
            Block::Heading(h) if h.level == 0 || h.level > 2 || h.level > *level + 1 => {
                let message = "El nivel del título debe ser 1, o 2 después de uno de nivel 1.".to_owned();
                self.find("nivel_de_titulo", at, message);
            }
            Block::Heading(h) => *level = h.level,
            Block::Section(_) => *level = 1,
            _ => {}
        }
    }

    fn block(&mut self, at: &str, block: &Block) {
        match block {
            Block::Heading(b) => self.text(&format!("{at}/text"), &b.text),
            Block::Paragraph(b) => self.text(&format!("{at}/text"), &b.text),
            Block::Facts(b) | Block::Highlight(b) => self.facts(at, &b.items),
            Block::Table(b) => self.table(at, b),
            Block::List(b) => self.items(at, &b.items),
            Block::Notice(b) => {
                self.optional(&format!("{at}/title"), b.title.as_ref());
                self.text(&format!("{at}/text"), &b.text);
            }
            Block::Section(b) => {
                self.text(&format!("{at}/heading"), &b.heading);
                self.items(at, &b.items);
            }
            Block::Signature(b) => {
                self.text(&format!("{at}/name"), &b.name);
                self.text(&format!("{at}/post"), &b.post);
                self.optional(&format!("{at}/institution"), b.institution.as_ref());
                self.optional(&format!("{at}/note"), b.note.as_ref());
            }
            Block::Verify(_) | Block::PageBreak(_) => {}
        }
    }

    fn facts(&mut self, at: &str, facts: &[crate::template::Fact]) {
        for (i, fact) in facts.iter().enumerate() {
            let at = format!("{at}/items/{i}");
            self.when(&at, fact.when.as_ref());
            self.text(&format!("{at}/label"), &fact.label);
            self.text(&format!("{at}/value"), &fact.value);
        }
    }

    fn table(&mut self, at: &str, table: &crate::template::Table) {
        self.name(&format!("{at}/rows"), &table.rows);
        self.optional(&format!("{at}/caption"), table.caption.as_ref());
        if table.columns.is_empty() || table.columns.len() > MAX_COLUMNS {
            self.find("tabla", at, format!("Una tabla tiene entre 1 y {MAX_COLUMNS} columnas."));
        }
        if !table.total.is_empty() && table.total.len() != table.columns.len() {
            self.find("tabla", at, "La fila del total debe tener un texto por columna.".to_owned());
        }
        for total in &table.total {
            for name in total.names() {
                self.written(&format!("{at}/total"), name);
            }
        }
        for (i, column) in table.columns.iter().enumerate() {
            self.text(&format!("{at}/columns/{i}/label"), &column.label);
            self.rows = Some(table.rows.clone());
            self.text(&format!("{at}/columns/{i}/value"), &column.value);
            self.rows = None;
        }
    }

    fn items(&mut self, at: &str, items: &[Item]) {
        for (i, item) in items.iter().enumerate() {
            let at = format!("{at}/items/{i}");
            match item {
                Item::Plain(text) => self.text(&at, text),
                Item::Rich(rich) => {
                    self.when(&at, rich.when.as_ref());
                    if let Some(rows) = &rich.rows {
                        self.name(&format!("{at}/rows"), rows);
                    }
                    self.rows.clone_from(&rich.rows);
                    self.text(&format!("{at}/text"), &rich.text);
                    self.rows = None;
                }
            }
        }
    }
}
