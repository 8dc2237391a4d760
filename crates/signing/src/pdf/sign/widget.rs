//! The field on its page.

use crate::pdf::object::{Dict, Object, Ref};
use crate::pdf::reader::Reader;
use crate::pdf::source::Source;
use crate::pdf::update::Update;
use crate::pdf::{PdfError, PdfResult};

pub(super) fn is_tagged<S: Source + ?Sized>(reader: &Reader<'_, S>, catalog: &Dict) -> PdfResult<bool> {
    let marks = reader.value(catalog, "MarkInfo")?;
    Ok(marks.as_dict().and_then(|m| m.get("Marked")) == Some(&Object::Bool(true)))
}

/// Invisible: an empty rectangle needs no appearance (PDF/A-2 §6.3.3) and lies outside of the page, so it needs no
/// tag either (PDF/UA-1 §7.18.1). `F` is Print and Locked.
pub(super) fn widget_dict(name: &str, label: &str, signature: Ref, page: Ref) -> Dict {
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

pub(super) fn annotate<S: Source + ?Sized>(
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
