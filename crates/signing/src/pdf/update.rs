//! An incremental update: new versions of objects, a new cross-reference section, nothing before it touched.

use std::collections::BTreeMap;

use super::object::{Dict, Object, Ref};
use super::reader::Reader;
use super::{PdfError, PdfResult};

pub(crate) struct Update<'r, 'a> {
    reader: &'r Reader<'a>,
    objects: BTreeMap<Ref, Object>,
    next: u32,
}

impl<'r, 'a> Update<'r, 'a> {
    pub(crate) fn new(reader: &'r Reader<'a>) -> PdfResult<Self> {
        let size = reader.trailer().int("Size").and_then(|n| u32::try_from(n).ok());
        let next = size.filter(|n| (1..8_388_000).contains(n)).ok_or(PdfError::Broken("trailer"))?;
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

    /// The whole file: the original bytes, then the update. `spare` bytes of capacity are kept for what follows.
    /// Also tells where each written object begins.
    pub(crate) fn finish(mut self, spare: usize) -> (Vec<u8>, BTreeMap<Ref, usize>) {
        let mut out = Vec::with_capacity(self.reader.data.len() + spare + 2048);
        out.extend_from_slice(self.reader.data);
        if !matches!(out.last(), Some(b'\n' | b'\r')) {
            out.push(b'\n');
        }
        let mut places = BTreeMap::new();
        for (id, value) in &self.objects {
            places.insert(*id, out.len());
            out.extend(format!("{} {} obj\n", id.number, id.generation).bytes());
            value.write(&mut out);
            out.extend(b"\nendobj\n");
        }
        if self.reader.sections[0].is_stream {
            self.stream(&mut out, &places)
        } else {
            self.table(&mut out, &places)
        }
        (out, places)
    }

    fn trailer(&self) -> Dict {
        let old = self.reader.trailer();
        let mut trailer = Dict::default().with("Size", Object::Int(i64::from(self.next)));
        for key in ["Root", "Info", "ID"] {
            if let Some(value) = old.get(key) {
                trailer.set(key, value.clone());
            }
        }
        trailer.with("Prev", Object::Int(self.reader.start as i64))
    }

    fn table(&self, out: &mut Vec<u8>, places: &BTreeMap<Ref, usize>) {
        let start = out.len();
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

    fn stream(&mut self, out: &mut Vec<u8>, places: &BTreeMap<Ref, usize>) {
        let start = out.len();
        let own = self.allocate();
        let mut places = places.clone();
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
