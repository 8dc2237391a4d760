//! JSON pointers into the data document; `-` stands for the item of the repeat around.

use serde_json::{Map, Value};

/// The value at a pointer.
#[must_use]
pub fn get<'d>(data: &'d Map<String, Value>, pointer: &str) -> Option<&'d Value> {
    let mut steps = pointer.split('/').skip(1);
    let mut here = data.get(steps.next()?)?;
    for step in steps {
        here = match here {
            Value::Object(map) => map.get(step)?,
            Value::Array(items) => items.get(step.parse::<usize>().ok()?)?,
            _ => return None,
        };
    }
    Some(here)
}

/// Writes a value, making the objects on the way. A list grows by one at its end, never by more.
pub fn put(data: &mut Map<String, Value>, pointer: &str, value: Value) {
    let steps: Vec<&str> = pointer.split('/').skip(1).collect();
    let Some((first, rest)) = steps.split_first() else { return };
    let mut here = data.entry((*first).to_owned()).or_insert(Value::Null);
    for step in rest {
        here = match step.parse::<usize>() {
            Ok(index) => {
                if !here.is_array() {
                    *here = Value::Array(Vec::new());
                }
                let Value::Array(items) = here else { return };
                if index == items.len() {
                    items.push(Value::Null);
                }
                match items.get_mut(index) {
                    Some(item) => item,
                    None => return,
                }
            }
            Err(_) => {
                if !here.is_object() {
                    *here = Value::Object(Map::new());
                }
                let Value::Object(map) = here else { return };
                map.entry((*step).to_owned()).or_insert(Value::Null)
            }
        };
    }
    *here = value;
}

/// Takes a value out. Items of lists stay where they are.
pub fn remove(data: &mut Map<String, Value>, pointer: &str) {
    let Some((parent, last)) = pointer.rsplit_once('/') else { return };
    if parent.is_empty() {
        data.remove(last);
        return;
    }
    let mut steps = parent.split('/').skip(1);
    let Some(mut here) = steps.next().and_then(|s| data.get_mut(s)) else { return };
    for step in steps {
        let next = match here {
            Value::Object(map) => map.get_mut(step),
            Value::Array(items) => step.parse::<usize>().ok().and_then(|i| items.get_mut(i)),
            _ => None,
        };
        let Some(next) = next else { return };
        here = next;
    }
    if let Value::Object(map) = here {
        map.remove(last);
    }
}

/// The name of a form's field: `/persona/correo` → `d.persona.correo`.
#[must_use]
pub fn field_name(pointer: &str) -> String {
    format!("d{}", pointer.replace('/', "."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nested_pointers_write_and_read() {
        let mut data = Map::new();
        put(&mut data, "/a/b/c", 1.into());
        put(&mut data, "/list/0/x", 2.into());
        put(&mut data, "/list/1/x", 3.into());
        put(&mut data, "/list/7/x", 9.into());
        assert_eq!(get(&data, "/a/b/c"), Some(&1.into()));
        assert_eq!(get(&data, "/list/1/x"), Some(&3.into()));
        assert_eq!(get(&data, "/list").and_then(Value::as_array).map(Vec::len), Some(2));
        remove(&mut data, "/list/1/x");
        assert_eq!(get(&data, "/list/1/x"), None);
    }
}
