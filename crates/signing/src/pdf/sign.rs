//! A signature field appended to a PDF, with room for the CMS (ETSI EN 319 142-1, ISO 32000-1 §12.8).

use std::collections::BTreeSet;
use std::fs::File;
use std::io;
use std::ops::Range;

use aws_lc_rs::digest::Digest;
use copihue_core::Timestamp;

use super::object::{Dict, Object, Ref, decode_text};
use super::picture::Transparency;
use super::placing::{self, View};
use super::reader::Reader;
use super::source::{FileSource, Source};
use super::update::{Update, Written};
use super::{PdfError, PdfResult, restriction, stamp, tagging};
use crate::hash::Hash;
use crate::model::layout::Stamp;
use crate::model::restriction::{Certification, FieldLock};

/// The kind of CMS inside.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum SubFilter {
    /// `ETSI.CAdES.detached`: PAdES, the native default.
    #[default]
    Etsi,
    /// `adbe.pkcs7.detached`: what FirmaGob's contract returns.
    Adobe,
}

impl SubFilter {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Etsi => "ETSI.CAdES.detached",
            Self::Adobe => "adbe.pkcs7.detached",
        }
    }

    pub(crate) fn from_name(name: &[u8]) -> Option<Self> {
        [Self::Etsi, Self::Adobe].into_iter().find(|f| f.name().as_bytes() == name)
    }
}

/// What the signature dictionary says.
#[derive(Clone, Debug)]
pub struct SignatureRequest<'a> {
    /// The signer's name, as `/Name`.
    pub name: &'a str,
    /// Why it is signed.
    pub reason: Option<&'a str>,
    /// Where.
    pub location: Option<&'a str>,
    /// When, as claimed; written in Chile's continental time.
    pub at: Timestamp,
    /// The kind of CMS.
    pub sub_filter: SubFilter,
    /// Room for the CMS, in bytes.
    pub room: usize,
    /// An empty signature field to fill, by its name; a new field when `None`.
    pub field: Option<&'a str>,
    /// A visible stamp, for a new field.
    pub stamp: Option<&'a Stamp>,
    /// What it says, line by line; `Firmado por …` when `None`.
    pub stamp_text: Option<&'a str>,
    /// Certifies the document: only its first signature can.
    pub certify: Option<Certification>,
    /// Locks fields: only the first signature can.
    pub lock: Option<&'a FieldLock>,
}

/// A PDF that waits for its CMS.
pub struct Prepared {
    /// What stands before the bytes, when it is a file of its own.
    before: Option<FileSource>,
    bytes: Vec<u8>,
    /// From `<` to `>`, both inside, among the bytes.
    gap: Range<usize>,
}

impl Prepared {
    /// SHA-256 of everything except the gap.
    ///
    /// # Errors
    /// When a file can't be read.
    pub fn digest(&self) -> PdfResult<[u8; 32]> {
        let mut out = [0; 32];
        out.copy_from_slice(self.digest_and(Hash::Sha256, |_| Ok(()))?.as_ref());
        Ok(out)
    }

    /// The same by the hash that a signature is over, with each piece of the file before the bytes handed on as it is hashed: a copy made of them is what was
    /// signed, whatever happens to the file meanwhile.
    ///
    /// # Errors
    /// When a file can't be read, or a piece can't be taken.
    pub(crate) fn digest_and(
        &self,
        hash: Hash,
        mut take: impl FnMut(&[u8]) -> io::Result<()>,
    ) -> PdfResult<Digest> {
        let mut context = hash.context();
        if let Some(before) = &self.before {
            before.each(|piece| {
                context.update(piece);
                take(piece)
            })?;
        }
        context.update(&self.bytes[..self.gap.start]);
        context.update(&self.bytes[self.gap.end..]);
        Ok(context.finish())
    }

    /// The file with this CMS in its place; another can be put there as well.
    ///
    /// # Errors
    /// When it does not fit.
    pub(crate) fn filled(&self, cms: &[u8]) -> PdfResult<Vec<u8>> {
        Self { before: None, bytes: self.bytes.clone(), gap: self.gap.clone() }.finish(cms)
    }

    /// Puts the CMS into its place. Of a file, what goes behind it.
    ///
    /// # Errors
    /// When it does not fit.
    pub fn finish(mut self, cms: &[u8]) -> PdfResult<Vec<u8>> {
        let room = &mut self.bytes[self.gap.start + 1..self.gap.end - 1];
        let place = room.get_mut(..cms.len() * 2).ok_or(PdfError::NoRoom)?;
        hex::encode_to_slice(cms, place).map_err(|_| PdfError::NoRoom)?;
        Ok(self.bytes)
    }
}

/// How a signature's field says whose it is.
const LABEL: &str = "Firma electrónica de ";

// Ten digits hold any offset of a file that a cross-reference table can describe.
const BYTE_RANGE: &[u8] = b"[0 0000000000 0000000000 0000000000]";

/// Appends a signature field, invisible unless it has a stamp, with an empty signature in it.
///
/// # Errors
/// When the PDF is damaged, encrypted, hybrid, an XFA form, or certified against changes.
pub fn prepare(pdf: &[u8], request: &SignatureRequest<'_>) -> PdfResult<Prepared> {
    let label = label(request);
    append(pdf, (signature_dict(request), will(request)), place(request, &label), request.room)
}

/// The same for a file, of which only what is needed is read: however large it is, it takes no more memory.
///
/// # Errors
/// As [`prepare`], and when the file can't be read.
pub fn prepare_file(file: File, request: &SignatureRequest<'_>) -> PdfResult<Prepared> {
    let (source, label) = (FileSource::new(file)?, label(request));
    let reader = Reader::open(&source)?;
    let new = (signature_dict(request), will(request));
    let (update, signature) = add(&reader, new, place(request, &label))?;
    let written = update.tail()?;
    Ok(Prepared { before: Some(source), ..fix_byte_range(written, signature)? })
}

fn label(request: &SignatureRequest<'_>) -> String {
    format!("{LABEL}{}", request.name)
}

fn place<'a>(request: &SignatureRequest<'a>, label: &'a str) -> Place<'a> {
    let stamp = request.stamp.map(|stamp| (stamp, request.stamp_text));
    request.field.map_or(Place::New("Firma", label, stamp), Place::Field)
}

/// Appends a document timestamp (`/DocTimeStamp`, ETSI EN 319 142-1 §5.4.3) with room for its token.
///
/// # Errors
/// As [`prepare`].
pub fn prepare_timestamp(pdf: &[u8], room: usize) -> PdfResult<Prepared> {
    let dict = fixed_parts("DocTimeStamp", "ETSI.RFC3161", room);
    let place = Place::New("SelloDeTiempo", "Sello de tiempo del documento", None);
    append(pdf, (dict, Will::Timestamp), place, room)
}

/// A stamp and what it says.
type Worded<'a> = (&'a Stamp, Option<&'a str>);

/// Where a signature goes.
enum Place<'a> {
    /// An empty field, by its name.
    Field(&'a str),
    /// A new field: the start of its name, what it says to who can't see, and its stamp.
    New(&'a str, &'a str, Option<Worded<'a>>),
}

/// Whether it is somebody's will, and what it says of later changes.
#[derive(Clone, Copy)]
enum Will<'a> {
    /// It is, and may restrict them.
    Signature(Option<Certification>, Option<&'a FieldLock>),
    /// It is nobody's: no certification forbids it (ISO 32000-2 §12.8.2.2.2).
    Timestamp,
}

fn will<'a>(request: &SignatureRequest<'a>) -> Will<'a> {
    Will::Signature(request.certify, request.lock)
}

fn append(pdf: &[u8], new: (Dict, Will<'_>), place: Place<'_>, room: usize) -> PdfResult<Prepared> {
    let reader = Reader::open(pdf)?;
    let (update, signature) = add(&reader, new, place)?;
    fix_byte_range(update.finish(room * 2), signature)
}

/// The update that adds a signature, and which of its objects that is.
fn add<'r, 'a, S: Source + ?Sized>(
    reader: &'r Reader<'a, S>,
    (mut dict, will): (Dict, Will<'_>),
    place: Place<'_>,
) -> PdfResult<(Update<'r, 'a, S>, Ref)> {
    let (root, mut catalog) = reader.root()?;
    let form = Form::read(reader, &catalog)?;
    let (certify, lock) = match will {
        Will::Timestamp => (None, None),
        Will::Signature(certify, lock) => {
            refuse_certified(reader, &catalog)?;
            (certify, lock)
        }
    };
    if (certify.is_some() || lock.is_some()) && form.is_signed() {
        return Err(PdfError::NotFirst);
    }
    let mut update = Update::new(reader)?;
    let signature = update.allocate();
    let references = restriction::references(certify, lock, root);
    if !references.is_empty() {
        dict.set("Reference", Object::Array(references));
    }
    update.put(signature, Object::Dict(dict));
    if certify.is_some() {
        catalog.set("Perms", Object::Dict(Dict::default().with("DocMDP", Object::Ref(signature))));
        update.put(root, Object::Dict(catalog.clone()));
    }
    let lock = lock.map(restriction::lock);
    match place {
        Place::Field(name) => form.fill(reader, &mut update, name, (signature, lock))?,
        Place::New(name, label, stamp) => {
            form.add(reader, &mut update, (root, catalog), (signature, lock), (name, label, stamp))?;
        }
    }
    Ok((update, signature))
}

/// What stands first in the dictionary: the parts of fixed width come before any text, so that no text can pass for them.
fn fixed_parts(kind: &str, sub_filter: &str, room: usize) -> Dict {
    let mut contents = vec![b'0'; room * 2 + 2];
    contents[0] = b'<';
    contents[room * 2 + 1] = b'>';
    Dict::default()
        .with("Type", Object::name_of(kind))
        .with("Filter", Object::name_of("Adobe.PPKLite"))
        .with("SubFilter", Object::name_of(sub_filter))
        .with("ByteRange", Object::Verbatim(BYTE_RANGE.to_vec()))
        .with("Contents", Object::Verbatim(contents))
}

/// Whether a PDF can be signed at all.
///
/// # Errors
/// What [`prepare`] would say.
pub fn check_signable(pdf: &[u8]) -> PdfResult<()> {
    let reader = Reader::open(pdf)?;
    let (_, catalog) = reader.root()?;
    refuse_certified(&reader, &catalog)?;
    Form::read(&reader, &catalog)?;
    reader.first_page(&catalog).map(|_| ())
}

fn signature_dict(request: &SignatureRequest<'_>) -> Dict {
    let mut dict = fixed_parts("Sig", request.sub_filter.name(), request.room)
        .with("M", Object::text_of(&pdf_date(request.at)))
        .with("Name", Object::text_of(request.name));
    for (key, text) in [("Reason", request.reason), ("Location", request.location)] {
        if let Some(text) = text {
            dict.set(key, Object::text_of(text));
        }
    }
    dict
}

/// `D:20261121193000-03'00'`, in the time of continental Chile.
fn pdf_date(at: Timestamp) -> String {
    let zone = jiff::tz::TimeZone::get("America/Santiago").unwrap_or(jiff::tz::TimeZone::UTC);
    let local = jiff::Timestamp::from(at).to_zoned(zone);
    let minutes = local.offset().seconds() / 60;
    let sign = if minutes < 0 { '-' } else { '+' };
    format!("D:{}{sign}{:02}'{:02}'", local.strftime("%Y%m%d%H%M%S"), minutes.abs() / 60, minutes.abs() % 60)
}

fn fix_byte_range(written: Written, signature: Ref) -> PdfResult<Prepared> {
    let lost = PdfError::Broken("signature");
    let Written { mut bytes, start, places } = written;
    let object = places.get(&signature).ok_or(lost)? - start;
    let tail = &bytes[object..];
    let range = tail.windows(BYTE_RANGE.len()).position(|w| w == BYTE_RANGE).ok_or(lost)? + object;
    let after = range + BYTE_RANGE.len();
    let open = bytes[after..].iter().position(|b| *b == b'<').ok_or(lost)? + after;
    let close = bytes[open..].iter().position(|b| *b == b'>').ok_or(lost)? + open;
    let gap = open..close + 1;
    let (from, to) = (start + gap.start, start + gap.end);
    let text = format!("[0 {from:010} {to:010} {:010}]", bytes.len() - gap.end);
    // A file beyond ten gigabytes.
    if text.len() != BYTE_RANGE.len() {
        return Err(PdfError::Limit("size"));
    }
    bytes[range..after].copy_from_slice(text.as_bytes());
    Ok(Prepared { before: None, bytes, gap })
}

/// DocMDP with P=1 allows nothing more (ISO 32000-1 §12.8.2.2).
fn refuse_certified<S: Source + ?Sized>(reader: &Reader<'_, S>, catalog: &Dict) -> PdfResult<()> {
    let Some(permissions) = catalog.get("Perms").map(|o| reader.dict(o)).transpose()?.flatten() else {
        return Ok(());
    };
    let Object::Dict(certification) = reader.value(&permissions, "DocMDP")? else { return Ok(()) };
    let references = reader.value(&certification, "Reference")?;
    for reference in references.as_array().unwrap_or_default() {
        let Some(reference) = reader.dict(reference)? else { continue };
        let parameters = reader.value(&reference, "TransformParams")?;
        let level = parameters.as_dict().and_then(|p| p.int("P")).unwrap_or(2);
        if reference.name("TransformMethod") == Some(b"DocMDP") && level == 1 {
            return Err(PdfError::Certified);
        }
    }
    Ok(())
}

/// The interactive form, and where its parts are kept.
struct Form {
    /// When the form is an object of its own.
    id: Option<Ref>,
    dict: Dict,
    /// When the list of fields is an object of its own.
    fields_id: Option<Ref>,
    fields: Vec<Object>,
}

impl Form {
    fn read<S: Source + ?Sized>(reader: &Reader<'_, S>, catalog: &Dict) -> PdfResult<Self> {
        let dict = match reader.value(catalog, "AcroForm")? {
            Object::Dict(dict) => dict,
            Object::Null => Dict::default(),
            _ => return Err(PdfError::Broken("form")),
        };
        if dict.get("XFA").is_some() {
            return Err(PdfError::Xfa);
        }
        let fields = match reader.value(&dict, "Fields")? {
            Object::Array(fields) => fields,
            Object::Null => Vec::new(),
            _ => return Err(PdfError::Broken("form")),
        };
        let fields_id = dict.get("Fields").and_then(Object::as_ref);
        Ok(Self { id: catalog.get("AcroForm").and_then(Object::as_ref), dict, fields_id, fields })
    }

    /// Whether it says that it holds a signature (SignaturesExist).
    fn is_signed(&self) -> bool {
        self.dict.int("SigFlags").is_some_and(|flags| flags & 1 != 0)
    }

    fn names<S: Source + ?Sized>(&self, reader: &Reader<'_, S>) -> PdfResult<BTreeSet<String>> {
        let mut names = BTreeSet::new();
        for field in &self.fields {
            if let Some(name) = reader.dict(field)?.as_ref().and_then(|d| d.text("T")) {
                names.insert(decode_text(name));
            }
        }
        Ok(names)
    }

    fn free_name<S: Source + ?Sized>(&self, reader: &Reader<'_, S>, start: &str) -> PdfResult<String> {
        let taken = self.names(reader)?;
        Ok((1..).map(|n| format!("{start}{n}")).find(|n| !taken.contains(n)).unwrap_or_default())
    }

    fn add<S: Source + ?Sized>(
        mut self,
        reader: &Reader<'_, S>,
        update: &mut Update<'_, '_, S>,
        (root, mut catalog): (Ref, Dict),
        (signature, lock): (Ref, Option<Dict>),
        (start, label, stamp): (&str, &str, Option<Worded<'_>>),
    ) -> PdfResult<()> {
        let (page_id, page) = match stamp {
            Some((stamp, _)) => placing::page(reader, &catalog, stamp.page)?,
            None => reader.first_page(&catalog)?,
        };
        let (widget, tagged) = (update.allocate(), is_tagged(reader, &catalog)?);
        let name = self.free_name(reader, start)?;
        let mut dict = widget_dict(&name, label, signature, page_id);
        lock.into_iter().for_each(|lock| dict.set("Lock", Object::Dict(lock)));
        if let Some((stamp, text)) = stamp {
            let signer = label.strip_prefix(LABEL).unwrap_or(label);
            let words = text.map_or_else(|| format!("Firmado por {signer}"), str::to_owned);
            let how = (View::of(reader, &page)?, Transparency::of(reader, &catalog)?);
            let drawn = stamp::draw(update, stamp, &words, how)?;
            dict.set("Rect", drawn.rect);
            dict.set("AP", Object::Dict(Dict::default().with("N", Object::Ref(drawn.appearance))));
            // The structure counts as content: what was signed before must not change by it.
            if tagged && !self.is_signed() {
                let key = tagging::tag(reader, update, &catalog, (widget, page_id))?;
                key.into_iter().for_each(|key| dict.set("StructParent", Object::Int(key)));
            }
        }
        update.put(widget, Object::Dict(dict));
        annotate(reader, update, page_id, page, widget, tagged)?;
        self.fields.push(Object::Ref(widget));
        let (dict, id) = (self.store_fields(update), self.id);
        match id {
            Some(id) => update.put(id, dict),
            None => {
                catalog.set("AcroForm", dict);
                update.put(root, Object::Dict(catalog));
            }
        }
        Ok(())
    }

    fn store_fields<S: Source + ?Sized>(&mut self, update: &mut Update<'_, '_, S>) -> Object {
        let fields = Object::Array(std::mem::take(&mut self.fields));
        match self.fields_id {
            Some(id) => update.put(id, fields),
            None => self.dict.set("Fields", fields),
        }
        // SignaturesExist | AppendOnly.
        self.dict.set("SigFlags", Object::Int(3));
        Object::Dict(std::mem::take(&mut self.dict))
    }

    fn fill<S: Source + ?Sized>(
        self,
        reader: &Reader<'_, S>,
        update: &mut Update<'_, '_, S>,
        name: &str,
        (signature, lock): (Ref, Option<Dict>),
    ) -> PdfResult<()> {
        for field in &self.fields {
            let (Some(id), Some(mut dict)) = (field.as_ref(), reader.dict(field)?) else { continue };
            let same = dict.text("T").is_some_and(|t| decode_text(t) == name);
            if same && dict.name("FT") == Some(b"Sig") && dict.get("V").is_none() {
                dict.set("V", Object::Ref(signature));
                lock.into_iter().for_each(|lock| dict.set("Lock", Object::Dict(lock)));
                update.put(id, Object::Dict(dict));
                return Ok(());
            }
        }
        Err(PdfError::Broken("signature field"))
    }
}

fn is_tagged<S: Source + ?Sized>(reader: &Reader<'_, S>, catalog: &Dict) -> PdfResult<bool> {
    let marks = reader.value(catalog, "MarkInfo")?;
    Ok(marks.as_dict().and_then(|m| m.get("Marked")) == Some(&Object::Bool(true)))
}

/// Invisible: an empty rectangle needs no appearance (PDF/A-2 §6.3.3) and lies outside of the page, so it needs no
/// tag either (PDF/UA-1 §7.18.1). `F` is Print and Locked.
fn widget_dict(name: &str, label: &str, signature: Ref, page: Ref) -> Dict {
    Dict::default()
        .with("Type", Object::name_of("Annot"))
        .with("Subtype", Object::name_of("Widget"))
        .with("FT", Object::name_of("Sig"))
        .with("T", Object::text_of(name))
        .with("TU", Object::text_of(label))
        .with("V", Object::Ref(signature))
        .with("F", Object::Int(132))
        .with("Rect", Object::Array(vec![Object::Int(0); 4]))
        .with("P", Object::Ref(page))
}

fn annotate<S: Source + ?Sized>(
    reader: &Reader<'_, S>,
    update: &mut Update<'_, '_, S>,
    id: Ref,
    mut page: Dict,
    widget: Ref,
    tagged: bool,
) -> PdfResult<()> {
    let list = page.get("Annots").and_then(Object::as_ref);
    let mut annotations = match reader.value(&page, "Annots")? {
        Object::Array(items) => items,
        Object::Null => Vec::new(),
        _ => return Err(PdfError::Broken("annotations")),
    };
    annotations.push(Object::Ref(widget));
    // PDF/UA-1 §7.18.3: a page with annotations is tabbed in the order of its structure.
    let tabs = tagged && page.get("Tabs").is_none();
    if tabs {
        page.set("Tabs", Object::name_of("S"));
    }
    match list {
        Some(list) => update.put(list, Object::Array(annotations)),
        None => page.set("Annots", Object::Array(annotations)),
    }
    if list.is_none() || tabs {
        update.put(id, Object::Dict(page));
    }
    Ok(())
}
