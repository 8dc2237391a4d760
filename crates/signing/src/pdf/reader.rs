//! A reader that opens a PDF from its tail and reads an object only when it is asked for.

use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::Range;
use std::rc::Rc;

use super::budget::Budget;
use super::filter;
use super::object::{Dict, Object, Ref};
use super::parser::Parser;
use super::source::{Source, exact, parse};
use super::xref::{Entry, Section};
use super::{PdfError, PdfResult};

const MAX_SECTIONS: usize = 1024;
const MAX_PAGE_DEPTH: usize = 64;
/// Below what ISO 32000-1 Annex C allows, with room for what is appended.
const MAX_NUMBER: u32 = 8_388_000;

/// Reads from memory, unless it says from where.
pub(crate) struct Reader<'a, S: Source + ?Sized = [u8]> {
    pub(crate) data: &'a S,
    /// Newest first.
    pub(crate) sections: Vec<Section>,
    /// Where the last `startxref` points.
    pub(crate) start: usize,
    streams: RefCell<HashMap<u32, Rc<ObjectStream>>>,
    budget: Budget,
}

/// An object with what its place in the file tells.
pub(crate) struct Indirect {
    pub(crate) value: Object,
    generation: u16,
    /// Where `/Contents` of its dictionary stands, delimiters included.
    pub(crate) contents: Option<Range<usize>>,
    /// Where its stream begins.
    pub(crate) stream: Option<usize>,
}

struct ObjectStream {
    data: Vec<u8>,
    /// Object number and offset into `data`.
    index: Vec<(u32, usize)>,
}

impl Reader<'_> {
    /// The revision that ends at `end`. What it costs counts as the whole file's.
    pub(crate) fn revision(&self, end: usize) -> PdfResult<Self> {
        Self::within(&self.data[..end], self.budget.again())
    }
}

impl<'a, S: Source + ?Sized> Reader<'a, S> {
    pub(crate) fn open(data: &'a S) -> PdfResult<Self> {
        Self::within(data, Budget::of(data.length()))
    }

    fn within(data: &'a S, budget: Budget) -> PdfResult<Self> {
        const HEAD: usize = 1024;
        let head = data.window(0, HEAD)?;
        if !head[..HEAD.min(head.len())].windows(5).any(|w| w == b"%PDF-") {
            return Err(PdfError::NotPdf);
        }
        let start = start_of_xref(data)?;
        let sections = sections(data, start, &budget)?;
        let reader = Self { data, sections, start, streams: RefCell::default(), budget };
        let trailer = reader.trailer();
        if trailer.get("Encrypt").is_some() {
            return Err(PdfError::Encrypted);
        }
        if reader.sections.iter().any(|s| s.trailer.get("XRefStm").is_some()) {
            return Err(PdfError::Hybrid);
        }
        Ok(reader)
    }

    /// The newest section's trailer.
    pub(crate) fn trailer(&self) -> &Dict {
        &self.sections[0].trailer
    }

    /// The first object number that is free for a new object, and whether the trailer says as much: objects behind the end that
    /// it says are there for some readers, and not for others (ISO 32000-1 table 15).
    pub(crate) fn end(&self) -> PdfResult<(u32, bool)> {
        let said = self.trailer().int("Size").and_then(|n| u32::try_from(n).ok());
        let said = said.filter(|n| *n > 0).ok_or(PdfError::Broken("trailer"))?;
        let end = self.sections.iter().map(Section::end).max().unwrap_or_default();
        let next = said.max(end);
        if next < MAX_NUMBER { Ok((next, said >= end)) } else { Err(PdfError::Limit("objects")) }
    }

    pub(crate) fn entry(&self, number: u32) -> PdfResult<Entry> {
        self.budget.work(self.sections.len())?;
        for section in &self.sections {
            if let Some(entry) = section.entry(self.data, number)? {
                return Ok(entry);
            }
        }
        Ok(Entry::Free)
    }

    /// An indirect object; `null` when it is free or not there.
    pub(crate) fn get(&self, id: Ref) -> PdfResult<Object> {
        Ok(self.named(id)?.value)
    }

    /// The object that a reference means. One of another generation is nothing to some readers and that object to others.
    pub(crate) fn named(&self, id: Ref) -> PdfResult<Indirect> {
        let found = self.indirect(id.number)?;
        if found.generation != id.generation && found.value != Object::Null {
            return Err(PdfError::Broken("generation"));
        }
        Ok(found)
    }

    pub(crate) fn indirect(&self, number: u32) -> PdfResult<Indirect> {
        match self.entry(number)? {
            Entry::Free => Ok(Indirect { value: Object::Null, generation: 0, contents: None, stream: None }),
            Entry::Offset(at) => self.at_offset(number, at),
            Entry::InStream { stream, index } => {
                let value = self.in_stream(number, stream, index)?;
                Ok(Indirect { value, generation: 0, contents: None, stream: None })
            }
        }
    }

    fn at_offset(&self, number: u32, at: usize) -> PdfResult<Indirect> {
        let (generation, value, contents, stream, length) = parse(self.data, at, |parser| {
            let id = parser.object_header()?;
            if id.number != number {
                return Err(PdfError::Broken("object header"));
            }
            let (value, length) = (parser.object()?, parser.pos);
            let stream = matches!(value, Object::Dict(_)).then(|| parser.stream_start()).flatten();
            let contents = parser.contents.clone();
            Ok((id.generation, value, contents, stream, length))
        })?;
        self.budget.work(length)?;
        let contents = contents.map(|c| at + c.start..at + c.end);
        Ok(Indirect { value, generation, contents, stream: stream.map(|start| at + start) })
    }

    /// Follows references until a value stands there.
    pub(crate) fn resolve(&self, object: &Object) -> PdfResult<Object> {
        let mut current = object.clone();
        for _ in 0..8 {
            match current {
                Object::Ref(r) => current = self.get(r)?,
                value => return Ok(value),
            }
        }
        Err(PdfError::Limit("references"))
    }

    /// The value of a key, followed to its end; `null` when absent.
    pub(crate) fn value(&self, dict: &Dict, key: &str) -> PdfResult<Object> {
        dict.get(key).map_or(Ok(Object::Null), |o| self.resolve(o))
    }

    pub(crate) fn dict(&self, object: &Object) -> PdfResult<Option<Dict>> {
        Ok(match self.resolve(object)? {
            Object::Dict(dict) => Some(dict),
            _ => None,
        })
    }

    pub(crate) fn root(&self) -> PdfResult<(Ref, Dict)> {
        let id = self.trailer().get("Root").and_then(Object::as_ref).ok_or(PdfError::Broken("catalog"))?;
        let Object::Dict(catalog) = self.get(id)? else { return Err(PdfError::Broken("catalog")) };
        Ok((id, catalog))
    }

    /// The first page.
    pub(crate) fn first_page(&self, catalog: &Dict) -> PdfResult<(Ref, Dict)> {
        let broken = PdfError::Broken("pages");
        let mut id = catalog.get("Pages").and_then(Object::as_ref).ok_or(broken)?;
        for _ in 0..MAX_PAGE_DEPTH {
            let Object::Dict(node) = self.get(id)? else { return Err(broken) };
            if node.get("Kids").is_none() {
                return Ok((id, node));
            }
            let kids = self.value(&node, "Kids")?;
            id = kids.as_array().and_then(|k| k.first()).and_then(Object::as_ref).ok_or(broken)?;
        }
        Err(PdfError::Limit("depth"))
    }

    /// The bytes of a stream object, decoded.
    pub(crate) fn stream(&self, number: u32) -> PdfResult<(Dict, Vec<u8>)> {
        let broken = PdfError::Broken("stream");
        let object = self.indirect(number)?;
        let (Object::Dict(dict), Some(start)) = (object.value, object.stream) else { return Err(broken) };
        let Object::Int(length) = self.value(&dict, "Length")? else { return Err(broken) };
        let end = usize::try_from(length).ok().and_then(|n| start.checked_add(n)).ok_or(broken)?;
        let decoded = filter::decode(&dict, &exact(self.data, start, end)?)?;
        self.budget.work(decoded.len())?;
        Ok((dict, decoded))
    }

    fn in_stream(&self, number: u32, stream: u32, index: u32) -> PdfResult<Object> {
        let broken = PdfError::Broken("object stream");
        // An object stream may not itself lie in another one: without this check two could point at each other.
        if !matches!(self.entry(stream)?, Entry::Offset(_)) {
            return Err(broken);
        }
        let known = self.streams.borrow().get(&stream).cloned();
        let parsed = match known {
            Some(parsed) => parsed,
            None => {
                let parsed = Rc::new(self.open_stream(stream)?);
                self.streams.borrow_mut().insert(stream, Rc::clone(&parsed));
                parsed
            }
        };
        let (found, offset) = *parsed.index.get(index as usize).ok_or(broken)?;
        if found != number {
            return Err(broken);
        }
        let mut parser = Parser::new(&parsed.data, offset);
        let value = parser.object()?;
        self.budget.work(parser.pos - offset)?;
        Ok(value)
    }

    fn open_stream(&self, stream: u32) -> PdfResult<ObjectStream> {
        let broken = PdfError::Broken("object stream");
        let (dict, data) = self.stream(stream)?;
        self.budget.keep(data.len())?;
        let count = dict.int("N").filter(|n| (0..=100_000).contains(n)).ok_or(broken)?;
        let first = dict.int("First").and_then(|n| usize::try_from(n).ok()).ok_or(broken)?;
        let mut parser = Parser::new(&data, 0);
        self.budget.keep(count as usize * size_of::<(u32, usize)>())?;
        let mut index = Vec::new();
        for _ in 0..count {
            let number = u32::try_from(parser.unsigned()?).map_err(|_| broken)?;
            let offset = usize::try_from(parser.unsigned()?).map_err(|_| broken)?;
            index.push((number, first.checked_add(offset).ok_or(broken)?));
        }
        Ok(ObjectStream { data, index })
    }
}

/// Where the last cross-reference section begins, by the `startxref` of the file's last kilobytes.
fn start_of_xref<S: Source + ?Sized>(data: &S) -> PdfResult<usize> {
    const TAIL: usize = 2048;
    let tail = data.window(data.length().saturating_sub(TAIL), TAIL)?;
    let at = tail.windows(9).rposition(|w| w == b"startxref").ok_or(PdfError::Broken("startxref"))?;
    let mut parser = Parser::new(&tail, at + 9);
    let start = usize::try_from(parser.unsigned()?).map_err(|_| PdfError::Broken("startxref"))?;
    if start < data.length() { Ok(start) } else { Err(PdfError::Broken("startxref")) }
}

fn sections<S: Source + ?Sized>(data: &S, start: usize, budget: &Budget) -> PdfResult<Vec<Section>> {
    let mut sections: Vec<Section> = Vec::new();
    let mut next = Some(start);
    while let Some(at) = next {
        if sections.len() >= MAX_SECTIONS {
            return Err(PdfError::Limit("revisions"));
        }
        if sections.iter().any(|s| s.at == at) {
            return Err(PdfError::Broken("cross-reference loop"));
        }
        let section = Section::read(data, at, budget)?;
        next = match section.trailer.get("Prev") {
            Some(Object::Int(n)) => Some(usize::try_from(*n).map_err(|_| PdfError::Broken("trailer"))?),
            Some(_) => return Err(PdfError::Broken("trailer")),
            None => None,
        };
        sections.push(section);
    }
    Ok(sections)
}
