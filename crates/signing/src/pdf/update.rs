//! An incremental update: new versions of objects, a new cross-reference section, nothing before it touched.

use std::collections::BTreeMap;

use super::PdfResult;
use super::object::{Dict, Object, Ref};
use super::reader::Reader;
use super::source::{FileSource, Source};

pub(crate) struct Update<'r, 'a, S: Source + ?Sized = [u8]> {
    reader: &'r Reader<'a, S>,
    objects: BTreeMap<Ref, Object>,
    next: u32,
}

/// An update as it is written.
pub(crate) struct Written {
    pub(crate) bytes: Vec<u8>,
    /// Where the first of the bytes stands in the file.
    pub(crate) start: usize,
    /// Where each written object begins in the file.
    pub(crate) places: BTreeMap<Ref, usize>,
}

impl Written {
    fn end(&self) -> usize {
        self.start + self.bytes.len()
    }
}

impl Update<'_, '_> {
    /// The whole file: the original bytes, then the update. `spare` bytes of capacity are kept for what follows.
    pub(crate) fn finish(self, spare: usize) -> Written {
        let mut bytes = Vec::with_capacity(self.reader.data.len() + spare + 2048);
        bytes.extend_from_slice(self.reader.data);
        let on_a_line = matches!(bytes.last(), Some(b'\n' | b'\r'));
        self.write(bytes, 0, on_a_line)
    }
}

impl<'r, 'a> Update<'r, 'a, FileSource> {
    /// What goes behind the file.
    pub(crate) fn tail(self) -> PdfResult<Written> {
        let length = self.reader.data.length();
        let last = self.reader.data.window(length.saturating_sub(1), 1)?;
        let on_a_line = matches!(last.last(), Some(b'\n' | b'\r'));
        Ok(self.write(Vec::new(), length, on_a_line))
    }
}

impl<'r, 'a, S: Source + ?Sized> Update<'r, 'a, S> {
    pub(crate) fn new(reader: &'r Reader<'a, S>) -> PdfResult<Self> {
        let (next, _) = reader.end()?;
        Ok(Self { reader, objects: BTreeMap::new(), next })
    }

    /// A name for a new object.
    pub(crate) fn allocate(&mut self) -> Ref {
        let id = Ref { number: self.next, generation: 0 };
        self.next += 1;
        id
    }

    pub(crate) fn put(&mut self, id: Ref, value: Object) {
        self.objects.insert(id, value);
    }

    fn write(mut self, bytes: Vec<u8>, start: usize, on_a_line: bool) -> Written {
        let mut written = Written { bytes, start, places: BTreeMap::new() };
        if !on_a_line {
            written.bytes.push(b'\n');
        }
        for (id, value) in &self.objects {
            written.places.insert(*id, written.end());
            written.bytes.extend(format!("{} {} obj\n", id.number, id.generation).bytes());
            value.write(&mut written.bytes);
            written.bytes.extend(b"\nendobj\n");
        }
        if self.reader.sections[0].is_stream {
            self.stream(&mut written)
        } else {
            self.table(&mut written)
        }
        written
    }

    fn trailer(&self) -> Dict {
        let old = self.reader.trailer();
        let mut trailer = Dict::default().with("Size", Object::Int(i64::from(self.next)));
        for key in ["Root", "Info", "ID"] {
            if let Some(value) = old.get(key).filter(|v| !self.is_dangling(v)) {
                trailer.set(key, value.clone());
            }
        }
        trailer.with("Prev", Object::Int(self.reader.start as i64))
    }

    /// Whether it names an object that was never there: it would name one of ours.
    fn is_dangling(&self, value: &Object) -> bool {
        matches!(self.reader.resolve(value), Ok(Object::Null))
    }

    fn table(&self, written: &mut Written) {
        let start = written.end();
        let Written { bytes: out, places, .. } = written;
        out.extend(b"xref\n");
        for run in runs(places) {
            out.extend(format!("{} {}\n", run[0].0.number, run.len()).bytes());
            for (id, offset) in run {
                out.extend(format!("{offset:010} {:05} n\r\n", id.generation).bytes());
            }
        }
        out.extend(b"trailer\n");
        Object::Dict(self.trailer()).write(out);
        out.extend(format!("\nstartxref\n{start}\n%%EOF\n").bytes());
    }

    fn stream(&mut self, written: &mut Written) {
        let start = written.end();
        let own = self.allocate();
        let (out, mut places) = (&mut written.bytes, written.places.clone());
        places.insert(own, start);
        let (mut index, mut rows) = (Vec::new(), Vec::new());
        for run in runs(&places) {
            index.extend([Object::Int(i64::from(run[0].0.number)), Object::Int(run.len() as i64)]);
            for (id, offset) in run {
                rows.push(1u8);
                rows.extend((offset as u64).to_be_bytes());
                rows.extend(id.generation.to_be_bytes());
            }
        }
        let dict = self
            .trailer()
            .with("Type", Object::name_of("XRef"))
            .with("W", Object::Array(vec![Object::Int(1), Object::Int(8), Object::Int(2)]))
            .with("Index", Object::Array(index))
            .with("Length", Object::Int(rows.len() as i64));
        out.extend(format!("{} 0 obj\n", own.number).bytes());
        Object::Dict(dict).write(out);
        out.extend(b"\nstream\n");
        out.extend(rows);
        out.extend(format!("\nendstream\nendobj\nstartxref\n{start}\n%%EOF\n").bytes());
    }
}

/// Consecutive object numbers together.
fn runs(places: &BTreeMap<Ref, usize>) -> Vec<Vec<(Ref, usize)>> {
    let mut runs: Vec<Vec<(Ref, usize)>> = Vec::new();
    for (id, offset) in places {
        match runs.last_mut() {
            Some(run) if run.last().is_some_and(|(last, _)| last.number + 1 == id.number) => {
                run.push((*id, *offset))
            }
            _ => runs.push(vec![(*id, *offset)]),
        }
    }
    runs
}
