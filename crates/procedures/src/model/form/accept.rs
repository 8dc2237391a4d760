//! Takes what was posted into the data document, in the order of the form.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::fault::{Fault, FieldFault};
use super::pointer::{field_name, get, put, remove};
use super::value::normalise;
use crate::model::definition::{Field, Form, Layout, Schema, Shape};
use crate::model::expr::{Expr, Expressions, Roots, RuleError};

/// What was posted: texts by field name, and files already kept.
#[derive(Clone, Debug, Default)]
pub struct Posted {
    /// Texts; a field of several choices has several.
    pub texts: BTreeMap<String, Vec<String>>,
    /// Files as `{id,sha256,name,type,size}`.
    pub files: BTreeMap<String, Value>,
}

struct Taking<'a> {
    schema: &'a Schema,
    expressions: &'a Expressions,
    roots: Roots,
    posted: Option<&'a Posted>,
    data: Map<String, Value>,
    errors: Vec<FieldFault>,
}

/// The data with what was posted for the visible, writable fields of a form; everything else that was posted is
/// dropped. `page` limits it to one page. Without a post, what the data already holds is looked at again. The faults come field by field, in order.
///
/// # Errors
/// When a rule of the form fails.
pub fn accept(
    (schema, expressions): (&Schema, &Expressions),
    form: &Form,
    page: Option<&str>,
    data: &Map<String, Value>,
    posted: Option<&Posted>,
    roots: &Roots,
) -> Result<(Map<String, Value>, Vec<FieldFault>), RuleError> {
    let mut taking =
        Taking { schema, expressions, roots: roots.clone(), posted, data: data.clone(), errors: Vec::new() };
    taking.refresh();
    for p in form.pages.iter().filter(|p| page.is_none_or(|id| p.id == id)) {
        if taking.truth(&p.when)? {
            taking.nodes(&p.nodes, None)?;
        }
    }
    Ok((taking.data, taking.errors))
}

impl Taking<'_> {
    fn refresh(&mut self) {
        let mut data = self.data.clone();
        self.schema.fill(&mut data);
        self.roots.set("d", &Value::Object(data));
    }

    fn truth(&self, expr: &Expr) -> Result<bool, RuleError> {
        self.expressions.truth(expr, &self.roots)
    }

    fn nodes(&mut self, nodes: &[Layout], index: Option<usize>) -> Result<(), RuleError> {
        for node in nodes {
            match node {
                Layout::Field(field) => self.field(field, index)?,
                Layout::Section(section) => {
                    if !self.truth(&section.visible)? {
                        continue;
                    }
                    match &section.repeat {
                        None => self.nodes(&section.nodes, index)?,
                        Some(repeat) => {
                            let many = self.count(&repeat.at).clamp(repeat.min as usize, repeat.max as usize);
                            for i in 0..many {
                                let item = get(&self.data, &format!("{}/{i}", repeat.at))
                                    .cloned()
                                    .unwrap_or_default();
                                self.roots.set("item", &item);
                                self.roots.set("index", &Value::from(i as i64));
                                self.nodes(&section.nodes, Some(i))?;
                            }
                        }
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// How many items of a repeat were posted.
    fn count(&self, at: &str) -> usize {
        let prefix = format!("{}.", field_name(at));
        let Some(posted) = self.posted else {
            return get(&self.data, at).and_then(Value::as_array).map_or(0, Vec::len);
        };
        let names = posted.texts.keys().chain(posted.files.keys());
        let last =
            names.filter_map(|n| n.strip_prefix(&prefix)?.split('.').next()?.parse::<usize>().ok()).max();
        last.map_or(0, |n| n.saturating_add(1))
    }

    fn field(&mut self, field: &Field, index: Option<usize>) -> Result<(), RuleError> {
        let at = match index {
            Some(i) => field.at.replacen("/-", &format!("/{i}"), 1),
            None => field.at.clone(),
        };
        if !self.truth(&field.visible)? {
            remove(&mut self.data, &at);
            self.refresh();
            return Ok(());
        }
        if self.truth(&field.readonly)? {
            return Ok(());
        }
        let name = field_name(&at);
        let Some(schema) = self.schema.at(&at) else { return Ok(()) };
        let value = match self.value(schema, &name, &at) {
            Ok(value) => value,
            Err(fault) => {
                self.errors.push(FieldFault { name, fault });
                return Ok(());
            }
        };
        let absent = value.is_none()
            || value == Some(Value::Bool(false))
                && field.widget == crate::model::definition::Widget::Declaration;
        if absent && self.truth(&field.required)? {
            self.errors.push(FieldFault { name: name.clone(), fault: missing(field, schema) });
        }
        match value {
            Some(value) => put(&mut self.data, &at, value),
            None => remove(&mut self.data, &at),
        }
        self.refresh();
        if !absent {
            self.checks(field, &name)?;
        }
        Ok(())
    }

    fn value(&self, schema: &Schema, name: &str, at: &str) -> Result<Option<Value>, Fault> {
        let Some(posted) = self.posted else { return Ok(get(&self.data, at).cloned()) };
        match &schema.shape {
            // A file that was kept before stays unless another is chosen.
            Shape::File => Ok(posted.files.get(name).or_else(|| get(&self.data, at)).cloned()),
            Shape::List { items, max, .. } => {
                let mut out = Vec::new();
                for text in posted.texts.get(name).into_iter().flatten() {
                    out.extend(normalise(items, text)?);
                }
                if out.len() as u64 > *max {
                    return Err(Fault::TooMany(*max));
                }
                Ok((!out.is_empty()).then_some(Value::Array(out)))
            }
            _ => {
                let text = posted.texts.get(name).and_then(|v| v.first()).map_or("", String::as_str);
                normalise(schema, text)
            }
        }
    }

    fn checks(&mut self, field: &Field, name: &str) -> Result<(), RuleError> {
        for rule in &field.check {
            if !self.truth(&rule.rule)? {
                let fault = Fault::Own(rule.message.es().to_owned());
                self.errors.push(FieldFault { name: name.to_owned(), fault });
                break;
            }
        }
        Ok(())
    }
}

fn missing(field: &Field, schema: &Schema) -> Fault {
    use crate::model::definition::Widget as W;
    let label = field.label.es().trim_end_matches(['?', ':']).trim_start_matches('¿').to_lowercase();
    match field.widget {
        W::Declaration => Fault::NotMarked,
        W::Boolean | W::Consent => Fault::YesNo,
        W::File => Fault::NoFile,
        W::Date => Fault::NoDate(label),
        _ if !schema.choices().is_empty() => Fault::NotChosen,
        _ => Fault::Empty(label),
    }
}
