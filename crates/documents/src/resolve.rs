//! Template and values become plain content: no name, condition or array is left after this step.

use copihue_core::{Error, Result, Run, money};
use serde_json::{Map, Value};

use crate::budget::{Budget, MAX_VALUE, too_large};
use crate::template::{Align, Block, Fact, Item, LegalPart, Look, Marker, Table, Template};
use crate::text::{Segment, Style, Text, When};

const MAX_ROWS: usize = 2_000;

pub(crate) struct Content {
    pub(crate) institution: String,
    pub(crate) unit: String,
    pub(crate) reference: String,
    pub(crate) title: String,
    pub(crate) subtitle: String,
    pub(crate) pieces: Vec<Piece>,
}

pub(crate) enum Piece {
    Heading { level: u8, text: String },
    Paragraph { text: String, look: Look },
    Facts { pairs: Vec<(String, String)>, columns: u8 },
    Highlight { pairs: Vec<(String, String)> },
    Table(TablePiece),
    List { marker: Marker, items: Vec<String> },
    Notice { title: String, text: String },
    Signature { name: String, post: String, institution: String, note: String },
    Verify,
    PageBreak,
}

pub(crate) struct TablePiece {
    pub(crate) caption: String,
    pub(crate) columns: Vec<(String, Align, u8)>,
    pub(crate) rows: Vec<Vec<String>>,
    pub(crate) total: Vec<String>,
}

/// Resolves a template.
///
/// # Errors
/// `documento_incompleto` when a name that shows has no value or a legal part is empty (PRO-31);
/// `documento_limite` when a value or an array is too large.
pub(crate) fn resolve(template: &Template, values: &Map<String, Value>, budget: &Budget) -> Result<Content> {
    let scope = Scope { values, row: None, budget };
    let mut pieces = Vec::with_capacity(template.blocks.len());
    for block in &template.blocks {
        if scope.shows(block.when()) {
            scope.block(block, &mut pieces)?;
        }
    }
    scope.legal_parts(template)?;
    Ok(Content {
        institution: scope.text(&template.header.institution)?,
        unit: scope.optional(template.header.unit.as_ref())?,
        reference: scope.optional(template.header.reference.as_ref())?,
        title: scope.text(&template.title)?,
        subtitle: scope.optional(template.subtitle.as_ref())?,
        pieces,
    })
}

struct Scope<'a> {
    values: &'a Map<String, Value>,
    row: Option<&'a Value>,
    budget: &'a Budget,
}

impl<'a> Scope<'a> {
    fn of_row(&self, row: &'a Value) -> Self {
        Self { row: Some(row), ..*self }
    }

    fn lookup(&self, path: &str) -> Option<&'a Value> {
        match self.row {
            Some(row) if path == "item" && !row.is_object() => Some(row),
            Some(Value::Object(row)) => walk(row, path).or_else(|| walk(self.values, path)),
            _ => walk(self.values, path),
        }
    }

    fn shows(&self, when: Option<&When>) -> bool {
        when.is_none_or(|when| self.lookup(&when.path).is_some_and(is_present) != when.negated)
    }

    fn optional(&self, text: Option<&Text>) -> Result<String> {
        text.map_or(Ok(String::new()), |text| self.text(text))
    }

    fn text(&self, text: &Text) -> Result<String> {
        let mut out = String::new();
        for segment in &text.segments {
            match segment {
                Segment::Literal(literal) => out.push_str(literal),
                Segment::Value { path, style } => {
                    let value = self.lookup(path).ok_or_else(|| missing(path))?;
                    out.push_str(&write(path, value, *style)?);
                }
            }
            // Here too, so that no text grows out of bounds before it is counted.
            if out.len() > MAX_VALUE {
                break;
            }
        }
        self.budget.text(out.len())?;
        Ok(out)
    }

    fn array(&self, path: &str) -> Result<&'a [Value]> {
        let rows = match self.lookup(path) {
            Some(Value::Array(rows)) => rows.as_slice(),
            Some(Value::Null) => &[],
            _ => return Err(missing(path)),
        };
        if rows.len() > MAX_ROWS {
            return Err(too_large(format!("La lista «{path}» supera las {MAX_ROWS} filas.")));
        }
        Ok(rows)
    }

    fn block(&self, block: &Block, out: &mut Vec<Piece>) -> Result<()> {
        self.budget.go_on()?;
        let piece = match block {
            Block::Heading(b) => Piece::Heading { level: b.level, text: self.text(&b.text)? },
            Block::Paragraph(b) => Piece::Paragraph { text: self.text(&b.text)?, look: b.look },
            Block::Facts(b) => Piece::Facts { pairs: self.pairs(&b.items)?, columns: b.columns },
            Block::Highlight(b) => Piece::Highlight { pairs: self.pairs(&b.items)? },
            Block::Table(b) => Piece::Table(self.table(b)?),
            Block::List(b) => Piece::List { marker: b.marker, items: self.items(&b.items)? },
            Block::Notice(b) => {
                Piece::Notice { title: self.optional(b.title.as_ref())?, text: self.text(&b.text)? }
            }
            Block::Section(b) => {
                out.push(Piece::Heading { level: 1, text: self.text(&b.heading)? });
                Piece::List { marker: b.marker, items: self.items(&b.items)? }
            }
            Block::Signature(b) => Piece::Signature {
                name: self.text(&b.name)?,
                post: self.text(&b.post)?,
                institution: self.optional(b.institution.as_ref())?,
                note: self.optional(b.note.as_ref())?,
            },
            Block::Verify(_) => Piece::Verify,
            Block::PageBreak(_) => Piece::PageBreak,
        };
        out.push(piece);
        Ok(())
    }

    fn pairs(&self, facts: &[Fact]) -> Result<Vec<(String, String)>> {
        facts
            .iter()
            .filter(|fact| self.shows(fact.when.as_ref()))
            .map(|fact| {
                let value = self.text(&fact.value)?;
                let value = if value.trim().is_empty() { "—".to_owned() } else { value };
                Ok((self.text(&fact.label)?, value))
            })
            .collect()
    }

    fn table(&self, table: &Table) -> Result<TablePiece> {
        let row = |row| {
            let scope = self.of_row(row);
            table.columns.iter().map(|c| scope.text(&c.value)).collect::<Result<Vec<_>>>()
        };
        Ok(TablePiece {
            caption: self.optional(table.caption.as_ref())?,
            columns: table
                .columns
                .iter()
                .map(|c| Ok((self.text(&c.label)?, c.align, c.width.max(1))))
                .collect::<Result<_>>()?,
            rows: self.array(&table.rows)?.iter().map(row).collect::<Result<_>>()?,
            total: table.total.iter().map(|t| self.text(t)).collect::<Result<_>>()?,
        })
    }

    fn items(&self, items: &[Item]) -> Result<Vec<String>> {
        let mut out = Vec::with_capacity(items.len());
        for item in items {
            match item {
                Item::Plain(text) => out.push(self.text(text)?),
                Item::Rich(rich) if !self.shows(rich.when.as_ref()) => {}
                Item::Rich(rich) => match &rich.rows {
                    None => out.push(self.text(&rich.text)?),
                    Some(path) => {
                        for row in self.array(path)? {
                            out.push(self.of_row(row).text(&rich.text)?);
                        }
                    }
                },
            }
        }
        out.retain(|text| !text.trim().is_empty());
        Ok(out)
    }

    fn legal_parts(&self, template: &Template) -> Result<()> {
        for part in &template.legal_parts {
            if !self.has_part(template, *part)? {
                return Err(Error::invalid(
                    "documento_incompleto",
                    format!("Falta completar la parte «{}» del documento.", part.name()),
                ));
            }
        }
        Ok(())
    }

    fn has_part(&self, template: &Template, part: LegalPart) -> Result<bool> {
        for block in &template.blocks {
            if let Block::Section(section) = block
                && section.part == Some(part)
                && self.shows(section.when.as_ref())
                && !self.items(&section.items)?.is_empty()
            {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

fn walk<'a>(map: &'a Map<String, Value>, path: &str) -> Option<&'a Value> {
    let mut parts = path.split('.');
    let mut value = map.get(parts.next()?)?;
    for part in parts {
        value = value.as_object()?.get(part)?;
    }
    Some(value)
}

fn is_present(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => false,
        Value::String(s) => !s.trim().is_empty(),
        Value::Array(a) => !a.is_empty(),
        Value::Object(o) => !o.is_empty(),
        Value::Bool(true) | Value::Number(_) => true,
    }
}

fn missing(path: &str) -> Error {
    Error::invalid("documento_incompleto", format!("Falta el dato «{path}» para emitir el documento."))
}

/// Writes a value in a style. An empty one is written as nothing in every style.
///
/// # Errors
/// `documento_incompleto` when it holds others, or is not what the style writes.
fn write(path: &str, value: &Value, style: Style) -> Result<String> {
    if holds_others(value) {
        let text = format!("El dato «{path}» agrupa otros y no se puede escribir.");
        return Err(Error::invalid("documento_incompleto", text));
    }
    let plain = plain(value);
    if plain.trim().is_empty() {
        return Ok(String::new());
    }
    let written = match style {
        Style::Plain => return Ok(plain),
        Style::Upper => return Ok(plain.to_uppercase()),
        Style::Pesos => {
            integer(value).map(|n| format!("{}${}", minus(n), money::thousands(n.unsigned_abs())))
        }
        Style::Number => {
            integer(value).map(|n| format!("{}{}", minus(n), money::thousands(n.unsigned_abs())))
        }
        Style::Date => long_date(&plain),
        Style::Run => plain.parse::<Run>().ok().map(|run| run.to_string()),
    };
    written.ok_or_else(|| {
        let text = format!("El dato «{path}» no es {}.", style.what());
        Error::invalid("documento_incompleto", text)
    })
}

fn holds_others(value: &Value) -> bool {
    match value {
        Value::Object(_) => true,
        Value::Array(items) => items.iter().any(holds_others),
        _ => false,
    }
}

const fn minus(n: i64) -> &'static str {
    if n < 0 { "−" } else { "" }
}

fn integer(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.trim().parse().ok())
}

fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Bool(true) => "Sí".to_owned(),
        Value::Bool(false) => "No".to_owned(),
        Value::String(s) => s.clone(),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(", "),
        Value::Number(_) | Value::Object(_) => value.to_string(),
    }
}

/// An instant stays as it is.
fn long_date(text: &str) -> Option<String> {
    if text.parse::<jiff::Timestamp>().is_ok() {
        return Some(text.to_owned());
    }
    let date: jiff::civil::Date = Some(text).filter(|t| t.len() == 10)?.parse().ok()?;
    Some(copihue_core::text::day_month_year(date))
}
