//! JSON to CEL and back. Every integer enters as `int`: through serde, non-negative ones would be `uint` and
//! `d.x + 1` would fail.

use std::collections::HashMap;
use std::sync::Arc;

use cel::Value as Cel;
use cel::objects::{Key, Map};
use serde_json::{Map as JsonMap, Value};

pub(super) fn from_json(json: &Value) -> Cel {
    match json {
        Value::Null => Cel::Null,
        Value::Bool(b) => Cel::Bool(*b),
        // Numbers above i64 and fractions never enter: the data schema knows integers only.
        Value::Number(n) => n.as_i64().map_or(Cel::Null, Cel::Int),
        Value::String(s) => Cel::String(Arc::new(s.clone())),
        Value::Array(items) => Cel::List(Arc::new(items.iter().map(from_json).collect())),
        Value::Object(map) => {
            let map: HashMap<Key, Cel> =
                map.iter().map(|(k, v)| (Key::String(Arc::new(k.clone())), from_json(v))).collect();
            Cel::Map(Map { map: Arc::new(map) })
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
