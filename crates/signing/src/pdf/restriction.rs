//! What a signature says about later changes, as it is written (ISO 32000-1 §12.8.2, §12.7.4.5).

use super::object::{Dict, Object, Ref};
use crate::model::restriction::{Certification, FieldLock};

/// The signature's references: what it certifies, and which fields it locks.
pub(super) fn references(certify: Option<Certification>, lock: Option<&FieldLock>, root: Ref) -> Vec<Object> {
    let certified = certify.map(|level| {
        let parameters = parameters().with("P", Object::Int(level as i64));
        reference("DocMDP", parameters)
    });
    let locked = lock.map(|fields| {
        let (action, names) = action(fields);
        let mut parameters = parameters().with("Action", Object::name_of(action));
        names.into_iter().for_each(|names| parameters.set("Fields", names));
        reference("FieldMDP", parameters).with("Data", Object::Ref(root))
    });
    certified.into_iter().chain(locked).map(Object::Dict).collect()
}

/// The field's own word of it.
pub(super) fn lock(fields: &FieldLock) -> Dict {
    let (action, names) = action(fields);
    let mut dict =
        Dict::default().with("Type", Object::name_of("SigFieldLock")).with("Action", Object::name_of(action));
    names.into_iter().for_each(|names| dict.set("Fields", names));
    dict
}

fn action(fields: &FieldLock) -> (&'static str, Option<Object>) {
    let list = |names: &[String]| Some(Object::Array(names.iter().map(|n| Object::text_of(n)).collect()));
    match fields {
        FieldLock::All => ("All", None),
        FieldLock::Only(names) => ("Include", list(names)),
        FieldLock::AllBut(names) => ("Exclude", list(names)),
    }
}

fn parameters() -> Dict {
    Dict::default().with("Type", Object::name_of("TransformParams")).with("V", Object::name_of("1.2"))
}

fn reference(method: &str, parameters: Dict) -> Dict {
    Dict::default()
        .with("Type", Object::name_of("SigRef"))
        .with("TransformMethod", Object::name_of(method))
        .with("TransformParams", Object::Dict(parameters))
}
