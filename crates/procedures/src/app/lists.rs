//! Fields whose options are a public register's records: what they offer, and what they take.

use serde_json::{Map, Value};

use super::Procedures;
use crate::lists::List;
use crate::model::definition::{Field, Form};
use crate::model::form::{Fault, FieldFault, FieldView, NodeView, field_name, get};
use crate::model::machine::Procedure;

impl Procedures {
    /// Fills in what the fields of a page offer, and the names of what was chosen.
    pub(super) fn list_in(&self, procedure: &Procedure, nodes: &mut [NodeView]) {
        for node in nodes {
            match node {
                NodeView::Field(field) => self.list_in_field(procedure, field),
                NodeView::Section { nodes, .. } => self.list_in(procedure, nodes),
                NodeView::Repeat(repeat) => {
                    repeat.items.iter_mut().for_each(|item| self.list_in(procedure, item));
                }
                _ => {}
            }
        }
    }

    fn list_in_field(&self, procedure: &Procedure, field: &mut FieldView) {
        let Some(list) = procedure.definition.data.at(&field.pointer).and_then(List::of) else { return };
        let options = self.parts().lists.options(list);
        if let Some((_, label)) = options.iter().find(|(value, _)| *value == field.value) {
            field.shown.clone_from(label);
        }
        field.options = options.to_vec();
    }

    /// What was chosen of a register and isn't in it.
    pub(super) fn outside(
        &self,
        procedure: &Procedure,
        (form, page): (&Form, Option<&str>),
        data: &Map<String, Value>,
    ) -> Vec<FieldFault> {
        let mut faults = Vec::new();
        let pages = form.pages.iter().filter(|p| page.is_none_or(|id| p.id == id));
        let mut fields: Vec<&Field> = Vec::new();
        pages.flat_map(|p| &p.nodes).for_each(|node| node.fields(&mut fields));
        for field in fields {
            let schema = procedure.definition.data.at(&field.at.replace("/-", "/0"));
            let Some(list) = schema.and_then(List::of) else { continue };
            let options = self.parts().lists.options(list);
            let unknown = |value: &Value| {
                let known = |text: &str| options.iter().any(|(value, _)| value == text);
                !options.is_empty() && value.as_str().is_some_and(|text| !known(text))
            };
            for at in places(&field.at, data) {
                let wrong = match get(data, &at) {
                    Some(Value::Array(values)) => values.iter().any(unknown),
                    Some(value) => unknown(value),
                    None => false,
                };
                faults.extend(wrong.then(|| FieldFault { name: field_name(&at), fault: Fault::NotInList }));
            }
        }
        faults
    }
}

/// The pointers that a field's stands for: one for each item of the repeat around it.
fn places(at: &str, data: &Map<String, Value>) -> Vec<String> {
    let Some((list, rest)) = at.split_once("/-") else { return vec![at.to_owned()] };
    let items = get(data, list).and_then(Value::as_array).map_or(0, Vec::len);
    (0..items).map(|i| format!("{list}/{i}{rest}")).collect()
}
