//! The interactive form: a field is added to it, or an empty one filled.

use std::collections::BTreeSet;

use super::widget::{annotate, is_tagged, widget_dict};
use crate::model::layout::Stamp;
use crate::pdf::object::{Dict, Object, Ref, decode_text};
use crate::pdf::picture::Transparency;
use crate::pdf::placing::{self, View};
use crate::pdf::reader::Reader;
use crate::pdf::source::Source;
use crate::pdf::update::Update;
use crate::pdf::{PdfError, PdfResult, stamp, tagging};

/// How a signature's field says whose it is.
pub(super) const LABEL: &str = "Firma electrónica de ";

/// A stamp and what it says.
pub(super) type Worded<'a> = (&'a Stamp, Option<&'a str>);

/// The interactive form, and where its parts are kept.
pub(super) struct Form {
    /// When the form is an object of its own.
    id: Option<Ref>,
    dict: Dict,
    /// When the list of fields is an object of its own.
    fields_id: Option<Ref>,
    fields: Vec<Object>,
}

impl Form {
    pub(super) fn read<S: Source + ?Sized>(reader: &Reader<'_, S>, catalog: &Dict) -> PdfResult<Self> {
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
    pub(super) fn is_signed(&self) -> bool {
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

    pub(super) fn add<S: Source + ?Sized>(
        mut self,
        reader: &Reader<'_, S>,
        update: &mut Update<'_, '_, S>,
        (root, catalog): (Ref, Dict),
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
        let fields = Object::Array(std::mem::take(&mut self.fields));
        match self.fields_id {
            Some(id) => update.put(id, fields),
            None => self.dict.set("Fields", fields),
        }
        self.flag();
        self.store(update, (root, catalog));
        Ok(())
    }

    /// Says that there are signatures, and that the file is only appended to. What says so already stays as it is: a later
    /// change of it would pass for tampering with what was signed before.
    fn flag(&mut self) {
        if !self.is_signed() {
            self.dict.set("SigFlags", Object::Int(3));
        }
    }

    fn store<S: Source + ?Sized>(self, update: &mut Update<'_, '_, S>, (root, mut catalog): (Ref, Dict)) {
        match self.id {
            Some(id) => update.put(id, Object::Dict(self.dict)),
            None => {
                catalog.set("AcroForm", Object::Dict(self.dict));
                update.put(root, Object::Dict(catalog));
            }
        }
    }

    pub(super) fn fill<S: Source + ?Sized>(
        mut self,
        reader: &Reader<'_, S>,
        update: &mut Update<'_, '_, S>,
        root: (Ref, Dict),
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
                if !self.is_signed() {
                    self.flag();
                    self.store(update, root);
                }
                return Ok(());
            }
        }
        Err(PdfError::Broken("signature field"))
    }
}
