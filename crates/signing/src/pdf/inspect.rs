//! What a PDF holds besides what it shows: programs, files, fields, signatures. And how large its pages are.

use std::collections::BTreeSet;

use super::object::{Dict, Object};
use super::placing::{self, Turn, View};
use super::reader::Reader;
use super::{PdfError, PdfResult};
use crate::model::layout::StampPage;
use crate::model::paper::Findings;
use crate::model::place::Sheet;

const MAX_OBJECTS: usize = 200_000;
const MAX_DEPTH: usize = 64;

/// Names of actions and of their keys that make a reader run something.
const SCRIPTS: [&[u8]; 5] = [b"JavaScript", b"JS", b"Launch", b"RichMedia", b"Rendition"];
const FILES: [&[u8]; 4] = [b"EmbeddedFile", b"EmbeddedFiles", b"EF", b"FileAttachment"];
/// Kinds of fields other than signatures.
const FIELDS: [&[u8]; 3] = [b"Tx", b"Btn", b"Ch"];

/// Looks through every object that is in force.
///
/// # Errors
/// When the file can't be read, or passes a limit.
pub fn inspect(pdf: &[u8]) -> PdfResult<Findings> {
    let reader = Reader::open(pdf)?;
    let (_, catalog) = reader.root()?;
    let mut found = Findings { certified: is_certified(&reader, &catalog)?, ..Findings::default() };
    let mut numbers = BTreeSet::new();
    for section in &reader.sections {
        numbers.extend(section.numbers(MAX_OBJECTS)?);
        if numbers.len() > MAX_OBJECTS {
            return Err(PdfError::Limit("objects"));
        }
    }
    for number in numbers {
        // What nothing can read shows nothing either: a free entry, or one that is damaged and unused.
        if let Ok(object) = reader.indirect(number) {
            look(&object.value, &mut found, 0);
        }
    }
    Ok(found)
}

fn is_certified(reader: &Reader<'_>, catalog: &Dict) -> PdfResult<bool> {
    let permissions = reader.value(catalog, "Perms")?;
    Ok(permissions.as_dict().is_some_and(|p| p.get("DocMDP").is_some()))
}

fn look(object: &Object, found: &mut Findings, depth: usize) {
    if depth > MAX_DEPTH {
        return;
    }
    match object {
        Object::Array(items) => items.iter().for_each(|item| look(item, found, depth + 1)),
        Object::Dict(dict) | Object::Stream(dict, _) => {
            look_at(dict, found);
            dict.0.iter().for_each(|(_, value)| look(value, found, depth + 1));
        }
        _ => {}
    }
}

fn look_at(dict: &Dict, found: &mut Findings) {
    let is = |key: &str, names: &[&[u8]]| dict.name(key).is_some_and(|name| names.contains(&name));
    let has = |names: &[&[u8]]| dict.0.iter().any(|(key, _)| names.contains(&key.as_slice()));
    found.scripts |= is("S", &SCRIPTS) || is("Subtype", &SCRIPTS) || has(&SCRIPTS[..2]);
    found.files |= is("Type", &FILES) || is("Subtype", &FILES) || has(&FILES[1..3]);
    found.form |= is("FT", &FIELDS);
    found.pages += u32::from(is("Type", &[b"Page"]));
    found.signatures += u32::from(is("Type", &[b"Sig"]) && has(&[b"Contents"]));
}

/// How many signatures a PDF has, by the fields of its form.
///
/// # Errors
/// When the file can't be read.
pub fn signature_count(pdf: &[u8]) -> PdfResult<usize> {
    let reader = Reader::open(pdf)?;
    let (_, catalog) = reader.root()?;
    let form = reader.value(&catalog, "AcroForm")?;
    let Some(form) = form.as_dict() else { return Ok(0) };
    let fields = reader.value(form, "Fields")?;
    let mut count = 0;
    for field in fields.as_array().unwrap_or_default() {
        let field = reader.dict(field)?.unwrap_or_default();
        count += usize::from(field.name("FT") == Some(b"Sig") && field.get("V").is_some());
    }
    Ok(count)
}

/// What one sees of a page (ISO 32000-1 §14.11.2).
///
/// # Errors
/// When there is no such page.
pub fn sheet(pdf: &[u8], page: StampPage) -> PdfResult<Sheet> {
    let reader = Reader::open(pdf)?;
    let (_, catalog) = reader.root()?;
    let (_, page) = placing::page(&reader, &catalog, page)?;
    let View { shown, turn } = View::of(&reader, &page)?;
    let turns = match turn {
        Turn::No => 0,
        Turn::Right => 1,
        Turn::Upside => 2,
        Turn::Left => 3,
    };
    Ok(Sheet { shown, turns })
}
