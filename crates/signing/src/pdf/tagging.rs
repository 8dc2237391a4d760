//! A visible field in the structure of a tagged document: programs that read aloud find it there (PDF/UA-1 §7.18.4).

use super::PdfResult;
use super::object::{Dict, Object, Ref};
use super::reader::Reader;
use super::source::Source;
use super::update::Update;

/// Keys of a number tree that are looked at for the largest.
const MAX_KEYS: usize = 100_000;

/// Adds a widget to the structure, and tells the key under which its element is found. `None`: the document has no structure
/// that can be followed.
pub(super) fn tag<S: Source + ?Sized>(
    reader: &Reader<'_, S>,
    update: &mut Update<'_, '_, S>,
    catalog: &Dict,
    (widget, page): (Ref, Ref),
) -> PdfResult<Option<i64>> {
    let Some(root_id) = catalog.get("StructTreeRoot").and_then(Object::as_ref) else { return Ok(None) };
    let Object::Dict(mut root) = reader.get(root_id)? else { return Ok(None) };
    let Some(Object::Dict(mut parents)) = root.get("ParentTree").map(|o| reader.resolve(o)).transpose()?
    else {
        return Ok(None);
    };
    let Some(key) = next_key(reader, &root, &parents)? else { return Ok(None) };
    let element = update.allocate();
    update.put(element, Object::Dict(form_element(root_id, (widget, page))));
    add_parent(reader, update, &mut parents, (key, element))?;
    match root.get("ParentTree").and_then(Object::as_ref) {
        Some(id) => update.put(id, Object::Dict(parents)),
        None => root.set("ParentTree", Object::Dict(parents)),
    }
    let mut kids = match root.get("K") {
        Some(Object::Array(kids)) => kids.clone(),
        Some(kid @ Object::Ref(id)) => match reader.get(*id)? {
            Object::Array(kids) => kids,
            _ => vec![kid.clone()],
        },
        Some(kid) => vec![kid.clone()],
        None => Vec::new(),
    };
    kids.push(Object::Ref(element));
    root.set("K", Object::Array(kids));
    root.set("ParentTreeNextKey", Object::Int(key + 1));
    update.put(root_id, Object::Dict(root));
    Ok(Some(key))
}

fn form_element(parent: Ref, (widget, page): (Ref, Ref)) -> Dict {
    let object = Dict::default()
        .with("Type", Object::name_of("OBJR"))
        .with("Obj", Object::Ref(widget))
        .with("Pg", Object::Ref(page));
    Dict::default()
        .with("Type", Object::name_of("StructElem"))
        .with("S", Object::name_of("Form"))
        .with("P", Object::Ref(parent))
        .with("Pg", Object::Ref(page))
        .with("K", Object::Dict(object))
}

/// A key that is free: the one that the document names, or the one behind the largest.
fn next_key<S: Source + ?Sized>(
    reader: &Reader<'_, S>,
    root: &Dict,
    parents: &Dict,
) -> PdfResult<Option<i64>> {
    if let Some(key) = root.int("ParentTreeNextKey").filter(|key| (0..i64::from(i32::MAX)).contains(key)) {
        return Ok(Some(key));
    }
    let (mut nodes, mut largest, mut seen) = (vec![parents.clone()], -1, 0);
    while let Some(node) = nodes.pop() {
        if let Some(numbers) = reader.value(&node, "Nums")?.as_array() {
            seen += numbers.len();
            let keys = numbers
                .iter()
                .step_by(2)
                .filter_map(|o| if let Object::Int(n) = o { Some(*n) } else { None });
            largest = keys.fold(largest, i64::max);
        }
        for kid in reader.value(&node, "Kids")?.as_array().unwrap_or_default() {
            seen += 1;
            nodes.extend(reader.dict(kid)?);
        }
        if seen > MAX_KEYS {
            return Ok(None);
        }
    }
    Ok(Some(largest + 1))
}

/// Adds an element under its key, behind all others.
fn add_parent<S: Source + ?Sized>(
    reader: &Reader<'_, S>,
    update: &mut Update<'_, '_, S>,
    parents: &mut Dict,
    (key, element): (i64, Ref),
) -> PdfResult<()> {
    let pair = [Object::Int(key), Object::Ref(element)];
    let list = |object: Object| if let Object::Array(items) = object { items } else { Vec::new() };
    if parents.get("Kids").is_none() {
        let mut numbers = list(reader.value(parents, "Nums")?);
        numbers.extend(pair);
        parents.set("Nums", Object::Array(numbers));
        return Ok(());
    }
    let mut kids = list(reader.value(parents, "Kids")?);
    let leaf = update.allocate();
    let limits = Object::Array(vec![Object::Int(key); 2]);
    let node = Dict::default().with("Limits", limits).with("Nums", Object::Array(pair.to_vec()));
    update.put(leaf, Object::Dict(node));
    kids.push(Object::Ref(leaf));
    parents.set("Kids", Object::Array(kids));
    Ok(())
}
