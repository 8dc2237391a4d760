//! From a post to texts and files of a form, and back to what the page shows again.

use std::collections::BTreeMap;

use copihue_core::{Error, FieldError, Result};
use copihue_web::locale::t;
use copihue_web::{FileKind, FormData, FormState};

use crate::app::{Procedures, TaskLook};
use crate::model::definition::Widget;
use crate::model::form::{FieldView, NodeView, PageView, Posted};

/// The largest single file.
const MAX_FILE: u64 = 20 * 1024 * 1024;

/// Texts and kept files of a post. Parts of dates come together; a file whose content is not what it says is refused.
pub(super) async fn read(
    app: &Procedures,
    form: &FormData,
    views: &[&PageView],
) -> Result<(Posted, Vec<FieldError>)> {
    let mut posted = Posted::default();
    let mut dates: BTreeMap<String, [String; 3]> = BTreeMap::new();
    for (name, value) in form.iter().filter(|(name, _)| name.starts_with("d.")) {
        let part = ["-dia", "-mes", "-ano"].iter().position(|end| name.ends_with(end));
        match part {
            Some(i) => {
                dates.entry(name[..name.len() - 4].to_owned()).or_default()[i] = value.trim().to_owned()
            }
            None => posted.texts.entry(name.to_owned()).or_default().push(value.to_owned()),
        }
    }
    for (name, [day, month, year]) in dates {
        let text = if day.is_empty() && month.is_empty() && year.is_empty() {
            String::new()
        } else {
            // «marzo» is as good as 3.
            let month = copihue_web::format::parse_month(&month).map_or(month, |n| n.to_string());
            format!("{day}-{month}-{year}")
        };
        posted.texts.insert(name, vec![text]);
    }
    let mut errors = Vec::new();
    let asked = views.iter().flat_map(|v| fields(&v.nodes)).filter(|f| f.widget == Widget::File);
    for file in asked.filter_map(|f| form.file(&f.name)).filter(|f| f.size > 0) {
        if let Some(message) = refused(file) {
            errors.push(FieldError { pointer: file.field.clone(), message: message.to_owned() });
            continue;
        }
        let bytes = file.bytes().await?.to_vec();
        let kept = app.keep_file(&file.name, file.media_type(), bytes).await?;
        posted.files.insert(file.field.clone(), kept);
    }
    Ok((posted, errors))
}

fn refused(file: &copihue_web::Upload) -> Option<&'static str> {
    let known = file.kind.is_some_and(|k| FileKind::COMMON.contains(&k));
    if file.size > MAX_FILE {
        Some(t("procedures-file-too-large"))
    } else if !known || !file.says_its_kind() {
        Some(t("procedures-file-kind"))
    } else {
        None
    }
}

/// What the page shows: stored values, what was typed over them, and what to mend.
pub(super) fn state(
    rescued: FormState,
    task: &TaskLook,
    views: &[&PageView],
    errors: &[FieldError],
) -> FormState {
    let mut state = rescued;
    if !state.is_rescued() {
        state = FormState::new();
        for view in views {
            for field in fields(&view.nodes) {
                state = fill(state, field);
            }
        }
        for (name, value) in &task.typed {
            state = put(state, name, value);
        }
    }
    errors.iter().fold(state, |state, e| state.with_error(e.pointer.clone(), e.message.clone()))
}

fn fill(mut state: FormState, field: &FieldView) -> FormState {
    match field.widget {
        Widget::Date => put(state, &field.name, &field.value),
        Widget::Choices => {
            for value in &field.values {
                state = state.set(&field.name, value.clone());
            }
            state
        }
        Widget::File => state,
        _ => state.set(&field.name, field.value.clone()),
    }
}

/// A date comes apart into the three boxes of the page.
fn put(state: FormState, name: &str, value: &str) -> FormState {
    let parts: Vec<&str> = value.split('-').collect();
    match parts.as_slice() {
        [year, month, day] if year.len() == 4 => boxes(state, name, day, month, year),
        [day, month, year] if value.len() <= 10 && value.chars().all(|c| c.is_ascii_digit() || c == '-') => {
            boxes(state, name, day, month, year)
        }
        _ => state.set(name, value),
    }
}

fn boxes(state: FormState, name: &str, day: &str, month: &str, year: &str) -> FormState {
    let trim = |s: &str| s.trim_start_matches('0').to_owned();
    state
        .set(name, format!("{day}-{month}-{year}"))
        .set(&format!("{name}-dia"), trim(day))
        .set(&format!("{name}-mes"), trim(month))
        .set(&format!("{name}-ano"), year)
}

/// Every field of a page, sections and repeats included.
pub(super) fn fields(nodes: &[NodeView]) -> Vec<&FieldView> {
    let mut out = Vec::new();
    for node in nodes {
        match node {
            NodeView::Field(field) => out.push(field.as_ref()),
            NodeView::Section { nodes, .. } => out.extend(fields(nodes)),
            NodeView::Repeat(repeat) => repeat.items.iter().for_each(|item| out.extend(fields(item))),
            _ => {}
        }
    }
    out
}

/// Which button of the page was pressed.
pub(super) enum Pressed {
    /// Continue.
    Next,
    /// Save and leave.
    Save,
    /// Add an item to this list.
    Add(String),
    /// Take this item out of its list.
    Remove(String),
    /// End the task with this outcome.
    Outcome(String),
}

pub(super) fn pressed(form: &FormData) -> Pressed {
    let value = |name| form.value(name).filter(|v| !v.is_empty()).map(str::to_owned);
    if form.has("guardar") {
        Pressed::Save
    } else if let Some(list) = value("agregar") {
        Pressed::Add(list)
    } else if let Some(item) = value("quitar") {
        Pressed::Remove(item)
    } else {
        value("resultado").map_or(Pressed::Next, Pressed::Outcome)
    }
}

/// `d.personas.2` → `/personas/2`.
pub(super) fn pointer(name: &str) -> Result<String> {
    let rest = name.strip_prefix("d.").ok_or_else(Error::not_found)?;
    Ok(format!("/{}", rest.replace('.', "/")))
}
