//! The file around the objects: where each stands, the streams that hold many small ones, the cross-references.

use copihue_core::json::sha256;
use pdf_writer::{Chunk, Filter, Finish, Name, Obj, Ref, Settings, Str, Stream};

use super::deflate::{Effort, deflate};

const HEADER: &[u8] = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n";

/// A PDF file as it grows.
#[derive(Clone)]
pub(crate) struct File {
    bytes: Vec<u8>,
    /// By number, from 1 on.
    places: Vec<Place>,
}

#[derive(Clone, Copy)]
enum Place {
    Nowhere,
    At(usize),
    In { stream: Ref, index: usize },
}

impl File {
    pub(crate) fn new() -> Self {
        Self { bytes: HEADER.to_vec(), places: Vec::new() }
    }

    /// A copy, with room for what a document adds.
    pub(crate) fn begin(&self) -> Self {
        let mut bytes = Vec::with_capacity(self.bytes.len() + 24 * 1024);
        bytes.extend_from_slice(&self.bytes);
        let mut places = Vec::with_capacity(self.places.len() + 256);
        places.extend_from_slice(&self.places);
        Self { bytes, places }
    }

    pub(crate) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// A number for a new object.
    pub(crate) fn allocate(&mut self) -> Ref {
        self.places.push(Place::Nowhere);
        Ref::new(i32::try_from(self.places.len()).unwrap_or(i32::MAX))
    }

    fn place(&mut self, id: Ref, place: Place) {
        if let Some(found) = self.places.get_mut(id.get() as usize - 1) {
            *found = place;
        }
    }

    /// Writes an object.
    pub(crate) fn object(&mut self, id: Ref, write: impl FnOnce(Obj<'_>)) {
        let mut chunk = chunk();
        write(chunk.indirect(id));
        self.append(id, &chunk);
    }

    /// Writes a stream whose data are deflated already.
    pub(crate) fn deflated(&mut self, id: Ref, data: &[u8], write: impl FnOnce(&mut Stream<'_>)) {
        self.stream(id, data, |stream| {
            stream.filter(Filter::FlateDecode);
            write(stream);
        });
    }

    pub(crate) fn stream(&mut self, id: Ref, data: &[u8], write: impl FnOnce(&mut Stream<'_>)) {
        let mut chunk = chunk();
        let mut stream = chunk.stream(id, data);
        write(&mut stream);
        stream.finish();
        self.append(id, &chunk);
    }

    fn append(&mut self, id: Ref, chunk: &Chunk) {
        self.place(id, Place::At(self.bytes.len()));
        self.bytes.extend_from_slice(chunk.as_bytes());
    }

    /// Writes an object stream; `data` is its deflated content.
    pub(crate) fn pack(&mut self, packed: &Packed, data: &[u8]) {
        if packed.objects.is_empty() {
            return;
        }
        let id = self.allocate();
        for (index, (object, _)) in packed.objects.iter().enumerate() {
            self.place(*object, Place::In { stream: id, index });
        }
        let (count, first) = (packed.objects.len(), packed.index().len());
        self.deflated(id, data, |stream| {
            stream.pair(Name(b"Type"), Name(b"ObjStm"));
            stream.pair(Name(b"N"), count as i32).pair(Name(b"First"), first as i32);
        });
    }

    /// The whole file. Its identifier is the hash of what it holds from `own` on.
    pub(crate) fn finish(mut self, own: usize, root: Ref, info: Ref) -> Vec<u8> {
        let hash = sha256(&self.bytes[own..]);
        let (id, start) = (self.allocate(), self.bytes.len());
        self.place(id, Place::At(start));
        let rows = deflate(&self.rows(), Effort::Quick);
        let size = self.places.len() as i32 + 1;
        self.deflated(id, &rows, |stream| {
            stream.pair(Name(b"Type"), Name(b"XRef"));
            stream.pair(Name(b"Size"), size).pair(Name(b"Root"), root).pair(Name(b"Info"), info);
            stream.insert(Name(b"W")).array().items([1, 4, 2]);
            stream.insert(Name(b"ID")).array().items([Str(&hash[..16]); 2]);
        });
        self.bytes.extend_from_slice(format!("startxref\n{start}\n%%EOF\n").as_bytes());
        self.bytes
    }

    fn rows(&self) -> Vec<u8> {
        let mut rows = Vec::with_capacity(7 * (self.places.len() + 1));
        let mut row = |kind: u8, first: usize, second: usize| {
            rows.push(kind);
            rows.extend_from_slice(&(first as u32).to_be_bytes());
            rows.extend_from_slice(&(second as u16).to_be_bytes());
        };
        row(0, 0, usize::from(u16::MAX));
        for place in &self.places {
            match *place {
                Place::Nowhere => row(0, 0, usize::from(u16::MAX)),
                Place::At(at) => row(1, at, 0),
                Place::In { stream, index } => row(2, stream.get() as usize, index),
            }
        }
        rows
    }
}

fn chunk() -> Chunk {
    Chunk::with_settings_and_capacity(Settings { pretty: false }, 1024)
}

/// Small objects that lie in one stream, where together they deflate to little.
#[derive(Default)]
pub(crate) struct Packed {
    /// Object, and where it begins in the body.
    objects: Vec<(Ref, usize)>,
    body: Vec<u8>,
}

impl Packed {
    /// Begins an object; what is written to the answer is its value.
    pub(crate) fn begin(&mut self, id: Ref) -> &mut Vec<u8> {
        if !self.body.is_empty() {
            self.body.push(b'\n');
        }
        self.objects.push((id, self.body.len()));
        &mut self.body
    }

    fn index(&self) -> Vec<u8> {
        let mut index = Vec::with_capacity(self.objects.len() * 9);
        for (id, at) in &self.objects {
            super::syntax::int(&mut index, id.get());
            index.push(b' ');
            super::syntax::int(&mut index, *at as i32);
            index.push(b' ');
        }
        index
    }

    /// What is to be deflated.
    pub(crate) fn content(&self) -> Vec<u8> {
        let mut content = self.index();
        content.extend_from_slice(&self.body);
        content
    }
}
