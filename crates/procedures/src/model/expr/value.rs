//! JSON to CEL and back. Every integer enters as `int`: through serde, non-negative ones would be `uint` and
//! `d.x + 1` would fail.

use std::collections::HashMap;

use cel::Value as Cel;
use cel::common::types::{CelBool, CelInt, CelList, CelMap, CelMapKey, CelNull, CelString};
use cel::common::value::Val;
use cel::objects::Key;
use serde_json::{Map as JsonMap, Value};

pub(super) fn from_json(json: &Value) -> Box<dyn Val> {
    match json {
        Value::Null => Box::new(CelNull),
        Value::Bool(b) => Box::new(CelBool::from(*b)),
        // Numbers above i64 and fractions never enter: the data schema knows integers only.
        Value::Number(n) => match n.as_i64() {
            Some(n) => Box::new(CelInt::from(n)),
            None => Box::new(CelNull),
        },
        Value::String(s) => Box::new(CelString::from(s.clone())),
        Value::Array(items) => Box::new(CelList::from(items.iter().map(from_json).collect::<Vec<_>>())),
        Value::Object(map) => {
            let map: HashMap<CelMapKey<'_>, _> =
                map.iter().map(|(k, v)| (CelMapKey::from(k.clone()), from_json(v))).collect();
            Box::new(CelMap::from(map))
        }
    }
}

pub(super) fn to_json(value: &Cel) -> Option<Value> {
    Some(match value {
        Cel::Null => Value::Null,
        Cel::Bool(b) => Value::Bool(*b),
        Cel::Int(n) => Value::from(*n),
        Cel::UInt(n) => Value::from(i64::try_from(*n).ok()?),
        Cel::String(s) => Value::String(s.as_ref().clone()),
        Cel::List(items) => Value::Array(items.iter().map(to_json).collect::<Option<_>>()?),
        Cel::Map(map) => {
            let mut out = JsonMap::new();
            for (key, value) in map.map.iter() {
                let Key::String(key) = key else { return None };
                out.insert(key.as_ref().clone(), to_json(value)?);
            }
            Value::Object(out)
        }
        _ => return None,
    })
}
