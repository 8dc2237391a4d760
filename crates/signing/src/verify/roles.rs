//! What the signed revision names, and which of its objects may grow afterwards.
//!
//! An object may grow for what it is only while it is nothing else: validation data that is a page's content besides, or a list of
//! fields that is the list of pages, would change what is read (shadow attacks).

use std::collections::BTreeSet;

use super::changes::MAX_OBJECTS;
use crate::pdf::{Dict, Entry, Object, PdfError, Reader, Ref};

/// References and lists that wait to be followed.
const MAX_WAITING: usize = 1_000_000;

/// Which objects of the signed revision may grow.
pub(super) struct Roles {
    pub(super) root: u32,
    pub(super) form: Option<u32>,
    /// Lists of fields and annotations.
    pub(super) lists: BTreeSet<u32>,
    pub(super) validation: BTreeSet<u32>,
    /// Numbers that the revision names without having such an object.
    pub(super) missing: BTreeSet<u32>,
}

impl Roles {
    pub(super) fn read(signed: &Reader<'_>) -> Result<Self, PdfError> {
        let (root, catalog) = signed.root()?;
        let form = signed.value(&catalog, "AcroForm")?;
        let fields = number(form.as_dict().and_then(|f| f.get("Fields")));
        let mut validation: BTreeSet<u32> = number(catalog.get("DSS")).into_iter().collect();
        if let Some(store) = signed.value(&catalog, "DSS")?.as_dict() {
            validation.extend(store.0.iter().filter_map(|(_, v)| number(Some(v))));
        }
        let (_, page) = signed.first_page(&catalog)?;
        let mut lists: BTreeSet<u32> = number(page.get("Annots")).into_iter().chain(fields).collect();
        let (root, form) = (root.number, number(catalog.get("AcroForm")));
        let mut walk = Walk::new(signed, root, form);
        walk.follow(Object::Dict(signed.trailer().clone()))?;
        lists.retain(|n| !walk.seen.contains(n));
        validation.retain(|n| !walk.seen.contains(n));
        // What was passed over for its role is followed after all: it may name something that is not there.
        let passed_over = std::mem::take(&mut walk.passed_over);
        passed_over.into_iter().try_for_each(|object| walk.follow(object))?;
        Ok(Self { root, form, lists, validation, missing: walk.missing })
    }
}

fn number(object: Option<&Object>) -> Option<u32> {
    object.and_then(Object::as_ref).map(|r| r.number)
}

/// Follows every reference, passing over those by which an object has its role.
struct Walk<'a> {
    signed: &'a Reader<'a>,
    root: u32,
    form: Option<u32>,
    seen: BTreeSet<u32>,
    missing: BTreeSet<u32>,
    /// Lists of fields and annotations whose content was followed.
    lists: BTreeSet<u32>,
    passed_over: Vec<Object>,
}

/// What a dictionary is, as far as it gives others a role.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Root,
    Form,
    Page,
    Elsewhere,
}

impl<'a> Walk<'a> {
    fn new(signed: &'a Reader<'a>, root: u32, form: Option<u32>) -> Self {
        let (seen, missing, lists) = Default::default();
        Self { signed, root, form, seen, missing, lists, passed_over: Vec::new() }
    }

    fn follow(&mut self, object: Object) -> Result<(), PdfError> {
        let mut stack = vec![object];
        while let Some(object) = stack.pop() {
            if stack.len() > MAX_WAITING {
                return Err(PdfError::Limit("objects"));
            }
            match object {
                Object::Dict(dict) => self.open(dict, Place::Elsewhere, &mut stack)?,
                Object::Array(items) => stack.extend(items),
                Object::Ref(id) if self.seen.insert(id.number) => self.look_up(id, &mut stack)?,
                _ => {}
            }
        }
        Ok(())
    }

    fn look_up(&mut self, id: Ref, stack: &mut Vec<Object>) -> Result<(), PdfError> {
        if self.seen.len() > MAX_OBJECTS {
            return Err(PdfError::Limit("objects"));
        }
        if self.signed.entry(id.number)? == Entry::Free {
            self.missing.insert(id.number);
            return Ok(());
        }
        match self.signed.get(id)? {
            Object::Dict(dict) => {
                let place = match dict.name("Type") {
                    _ if id.number == self.root => Place::Root,
                    _ if Some(id.number) == self.form => Place::Form,
                    Some(b"Page") => Place::Page,
                    _ => Place::Elsewhere,
                };
                self.open(dict, place, stack)
            }
            other => {
                stack.push(other);
                Ok(())
            }
        }
    }

    fn open(&mut self, dict: Dict, place: Place, stack: &mut Vec<Object>) -> Result<(), PdfError> {
        for (key, value) in dict.0 {
            match (place, key.as_slice(), value) {
                (Place::Root, b"DSS", value) => self.passed_over.push(value),
                (Place::Root, b"AcroForm", Object::Dict(form)) => self.open(form, Place::Form, stack)?,
                (Place::Form, b"Fields", Object::Ref(list)) | (Place::Page, b"Annots", Object::Ref(list)) => {
                    self.passed_over.push(Object::Ref(list));
                    if self.lists.insert(list.number) {
                        stack.push(self.signed.get(list)?);
                    }
                }
                (_, _, value) => stack.push(value),
            }
        }
        Ok(())
    }
}
