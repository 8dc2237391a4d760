//! A signature field appended to a PDF, with room for the CMS (ETSI EN 319 142-1, ISO 32000-1 §12.8).

mod form;
mod prepared;
mod request;
mod widget;

use std::fs::File;

use self::form::{Form, LABEL, Worded};
pub use self::prepared::Prepared;
use self::prepared::fix_byte_range;
pub use self::request::{SignatureRequest, SubFilter};
use self::request::{fixed_parts, signature_dict};
use super::object::{Dict, Object, Ref};
use super::reader::Reader;
use super::source::{FileSource, Source};
use super::update::Update;
use super::{PdfError, PdfResult, restriction};
use crate::model::restriction::{Certification, FieldLock};

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
    Ok(fix_byte_range(written, signature)?.behind(source))
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
        Place::Field(name) => form.fill(reader, &mut update, (root, catalog), name, (signature, lock))?,
        Place::New(name, label, stamp) => {
            form.add(reader, &mut update, (root, catalog), (signature, lock), (name, label, stamp))?;
        }
    }
    Ok((update, signature))
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
