//! The data schema: JSON Schema 2020-12, a closed subset in which every expression has a type.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::model::expr::Ty;

/// A schema of the closed subset, kept also as it was written.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(try_from = "Value", into = "Value")]
pub struct Schema {
    raw: Value,
    /// What it describes.
    pub shape: Shape,
    /// Whether null is a value too.
    pub nullable: bool,
    /// Name for pages and exports.
    pub title: String,
    /// `public`, `personal` or `sensitive`.
    pub class: String,
}

/// What a schema describes.
#[derive(Clone, Debug)]
pub enum Shape {
    /// An object with known properties.
    Object {
        /// By name.
        properties: BTreeMap<String, Schema>,
        /// Those that are there whenever the object is.
        required: Vec<String>,
    },
    /// A list.
    List {
        /// Of what.
        items: Box<Schema>,
        /// Fewest.
        min: u64,
        /// Most.
        max: u64,
    },
    /// A text.
    Text {
        /// Its format.
        format: Option<Format>,
        /// Rust regex, anchored by us.
        pattern: Option<String>,
        /// Fewest characters.
        min: u64,
        /// Most characters.
        max: u64,
        /// Closed list, with labels.
        choices: Vec<Choice>,
    },
    /// A whole number.
    Integer {
        /// Least.
        min: Option<i64>,
        /// Most.
        max: Option<i64>,
        /// Closed list, with labels.
        choices: Vec<Choice>,
    },
    /// Yes or no.
    Boolean,
    /// `{id,sha256,name,type,size}`.
    File,
}

/// A labelled value of a closed list.
#[derive(Clone, PartialEq, Debug)]
pub struct Choice {
    /// The value.
    pub value: Value,
    /// What the person reads.
    pub title: String,
}

/// Formats that we know how to check and normalise.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    /// RUN or RUT: stored `12345678-5`.
    Run,
    /// E-mail.
    Email,
    /// `2026-03-31`.
    Date,
    /// Chilean telephone: stored `+56…`.
    TelCl,
    /// Commune code.
    Comuna,
    /// Institution code.
    Institucion,
    /// Upper case without separators: the shapes are the `pattern` beside it, as data.
    Patente,
    /// A decimal, as text.
    Decimal,
    /// `https` address.
    Uri,
}

const KEYS: &[&str] = &[
    "type",
    "properties",
    "required",
    "items",
    "minItems",
    "maxItems",
    "enum",
    "const",
    "oneOf",
    "pattern",
    "minLength",
    "maxLength",
    "minimum",
    "maximum",
    "format",
    "title",
    "description",
    "default",
    "additionalProperties",
    "x-source",
    "x-class",
    "x-open",
    "x-reuse",
    "x-declare",
    "$comment",
];

impl TryFrom<Value> for Schema {
    type Error = String;

    fn try_from(raw: Value) -> Result<Self, String> {
        let Value::Object(map) = &raw else { return Err("a schema is an object".to_owned()) };
        if let Some(key) = map.keys().find(|k| !KEYS.contains(&k.as_str())) {
            return Err(format!("`{key}` is not part of the data schema"));
        }
        let (kind, nullable) = kind(map)?;
        let shape = shape(kind, map)?;
        let text = |key: &str| map.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        Ok(Self { nullable, title: text("title"), class: text("x-class"), shape, raw })
    }
}

impl From<Schema> for Value {
    fn from(schema: Schema) -> Self {
        schema.raw
    }
}

fn kind(map: &Map<String, Value>) -> Result<(&str, bool), String> {
    if map.get("format").and_then(Value::as_str) == Some("file") {
        return Ok(("file", false));
    }
    match map.get("type") {
        Some(Value::String(kind)) => Ok((kind, false)),
        Some(Value::Array(two)) => match two.as_slice() {
            [Value::String(kind), Value::String(null)] if null == "null" => Ok((kind, true)),
            _ => Err("`type` is one type, or a type and null".to_owned()),
        },
        _ => Err("`type` is missing".to_owned()),
    }
}

fn shape(kind: &str, map: &Map<String, Value>) -> Result<Shape, String> {
    let number = |key: &str| map.get(key).and_then(Value::as_i64);
    let size = |key: &str, default: u64| map.get(key).and_then(Value::as_u64).unwrap_or(default);
    Ok(match kind {
        "object" => object(map)?,
        "array" => {
            let items = map.get("items").cloned().ok_or("a list says what its `items` are")?;
            let max = size("maxItems", 0);
            if max == 0 || max > 1000 {
                return Err("a list has `maxItems`, at most 1,000".to_owned());
            }
            Shape::List { items: Box::new(items.try_into()?), min: size("minItems", 0), max }
        }
        "string" => Shape::Text {
            format: map.get("format").and_then(Value::as_str).map(format).transpose()?,
            pattern: map.get("pattern").and_then(Value::as_str).map(str::to_owned),
            min: size("minLength", 0),
            max: size("maxLength", 4000),
            choices: choices(map),
        },
        "integer" => Shape::Integer { min: number("minimum"), max: number("maximum"), choices: choices(map) },
        "boolean" => Shape::Boolean,
        "file" => Shape::File,
        other => return Err(format!("the type `{other}` is not part of the data schema")),
    })
}

fn object(map: &Map<String, Value>) -> Result<Shape, String> {
    let mut properties = BTreeMap::new();
    if let Some(Value::Object(declared)) = map.get("properties") {
        for (name, schema) in declared {
            if name.is_empty()
                || !name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
            {
                return Err(format!("the name `{name}` has other symbols than a-z, 0-9 and _"));
            }
            let schema = schema.clone().try_into().map_err(|e| format!("{name}: {e}"))?;
            properties.insert(name.clone(), schema);
        }
    }
    let list = map.get("required").and_then(Value::as_array);
    let required = list.into_iter().flatten().filter_map(|v| v.as_str().map(str::to_owned)).collect();
    Ok(Shape::Object { properties, required })
}

fn format(name: &str) -> Result<Format, String> {
    Ok(match name {
        "run" | "rut" => Format::Run,
        "email" => Format::Email,
        "date" => Format::Date,
        "tel-cl" => Format::TelCl,
        "comuna" => Format::Comuna,
        "institucion" => Format::Institucion,
        "patente" => Format::Patente,
        "decimal" => Format::Decimal,
        "uri" => Format::Uri,
        other => return Err(format!("the format `{other}` is not known")),
    })
}

fn choices(map: &Map<String, Value>) -> Vec<Choice> {
    let plain = |v: &Value| Choice {
        title: v.as_str().map_or_else(|| v.to_string(), str::to_owned),
        value: v.clone(),
    };
    if let Some(Value::Array(values)) = map.get("enum") {
        return values.iter().map(plain).collect();
    }
    let Some(Value::Array(all)) = map.get("oneOf") else { return Vec::new() };
    all.iter()
        .filter_map(|one| {
            let value = one.get("const")?.clone();
            let title =
                one.get("title").and_then(Value::as_str).map_or_else(|| value.to_string(), str::to_owned);
            Some(Choice { value, title })
        })
        .collect()
}

impl Schema {
    /// As a standard schema: unknown properties refused, formats of ours as shapes.
    #[must_use]
    pub fn standard(&self) -> Value {
        let mut raw = self.raw.clone();
        close(&mut raw);
        raw
    }

    /// The schema at a JSON pointer; `-` and numbers step into a list.
    #[must_use]
    pub fn at(&self, pointer: &str) -> Option<&Self> {
        let mut here = self;
        for step in pointer.split('/').skip(1) {
            here = match &here.shape {
                Shape::Object { properties, .. } => properties.get(step)?,
                Shape::List { items, .. } => items,
                _ => return None,
            };
        }
        Some(here)
    }

    /// The type that expressions see.
    #[must_use]
    pub fn ty(&self) -> Ty {
        match &self.shape {
            Shape::Object { properties, required } => {
                Ty::object(properties.iter().map(|(k, s)| (k.clone(), s.ty(), required.contains(k))))
            }
            Shape::List { items, max, .. } => Ty::List(Box::new(items.ty()), *max),
            _ if self.nullable => Ty::Any,
            Shape::Text { .. } => Ty::Text,
            Shape::Integer { .. } => Ty::Int,
            Shape::Boolean => Ty::Bool,
            Shape::File => Ty::object(
                ["id", "sha256", "name", "type"].map(|k| (k, Ty::Text, true)).into_iter().chain([(
                    "size",
                    Ty::Int,
                    true,
                )]),
            ),
        }
    }

    /// The type of a document that fills up as its case goes: groups are always there, what they hold may not be.
    #[must_use]
    pub fn filling(&self) -> Ty {
        match &self.shape {
            Shape::Object { properties, .. } => Ty::object(properties.iter().map(|(name, schema)| {
                (name.clone(), schema.filling(), matches!(schema.shape, Shape::Object { .. }))
            })),
            _ => self.ty(),
        }
    }

    /// Puts the groups that are not there yet, empty, so that rules can ask `has(d.group.field)`.
    pub fn fill(&self, data: &mut Map<String, Value>) {
        let Shape::Object { properties, .. } = &self.shape else { return };
        for (name, schema) in properties.iter().filter(|(_, s)| matches!(s.shape, Shape::Object { .. })) {
            if let Value::Object(inner) =
                data.entry(name.clone()).or_insert_with(|| Value::Object(Map::new()))
            {
                schema.fill(inner);
            }
        }
    }

    /// The closed list of values, if it has one.
    #[must_use]
    pub fn choices(&self) -> &[Choice] {
        match &self.shape {
            Shape::Text { choices, .. } | Shape::Integer { choices, .. } => choices,
            _ => &[],
        }
    }
}

fn close(raw: &mut Value) {
    let Value::Object(map) = raw else { return };
    match map.get("format").and_then(Value::as_str) {
        Some("file") => {
            *raw = serde_json::json!({"type":"object","required":["id","sha256","name","type","size"],
                "additionalProperties":false,"properties":{"id":{"type":"string"},"sha256":{"type":"string"},
                "name":{"type":"string"},"type":{"type":"string"},"size":{"type":"integer"}}});
            return;
        }
        Some("date" | "email" | "uri") | None => {}
        Some(_) => {
            map.remove("format");
        }
    }
    if map.get("type").is_some_and(|t| t == "object") {
        map.insert("additionalProperties".to_owned(), Value::Bool(false));
    }
    if let Some(Value::Object(properties)) = map.get_mut("properties") {
        properties.values_mut().for_each(close);
    }
    if let Some(items) = map.get_mut("items") {
        close(items);
    }
    if let Some(Value::String(pattern)) = map.get_mut("pattern") {
        *pattern = format!("^(?:{pattern})$");
    }
}
