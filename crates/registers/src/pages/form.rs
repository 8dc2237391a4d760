//! Proposing an entry: a new record, a change, or the return to what an older entry said.

use axum::extract::{Path, State};
use axum::response::Response;
use copihue_core::Error;
use copihue_ledger::Register;
use copihue_web::components::{button, date_input, fact, inset, select, summary_list, text_input, textarea};
use copihue_web::{Cx, Failure, Fields, FormData, FormState, Markup, Page, html, see_other};

use super::named;
use super::show::{label, name, title};
use crate::model::definition::{Definition, END, Edits, Field, Kind, Many};
use crate::model::item::{Datum, Item, many, one};
use crate::{Draft, Registers};

pub(super) async fn show(
    State(registers): State<Registers>,
    cx: Cx,
    Path(register): Path<String>,
) -> Result<Response, Failure> {
    let definition = editable(&register)?;
    let key = cx.query("clave");
    let mut state = cx.form_state();
    if let Some(key) = &key {
        let item = start(&registers, &cx, definition.register, key).await?;
        if !state.is_rescued() {
            state = filled(definition, &item);
        }
    }
    page(&registers, &cx, definition, key.as_deref(), &state).await
}

fn editable(register: &str) -> Result<&'static Definition, Error> {
    let definition = Definition::of(named(register)?);
    if definition.edits == Edits::Custodian { Ok(definition) } else { Err(Error::not_found()) }
}

/// What the key says now, or what the entry `?desde=N` of it said.
async fn start(registers: &Registers, cx: &Cx, register: Register, key: &str) -> Result<Item, Error> {
    let found = match cx.query("desde").and_then(|n| n.parse::<u64>().ok()) {
        Some(n) => registers.entries(register, n, n).await?.into_iter().find(|c| c.entry.key == key),
        None => registers.record(register, key).await?,
    };
    found.map(|current| current.item).ok_or_else(Error::not_found)
}

/// The fields that are asked, [`END`] among them.
fn asked(definition: &Definition) -> impl Iterator<Item = Field> + use<> {
    let derived = (definition.register == Register::Holidays).then_some(definition.key);
    let end = Field { name: END, kind: Kind::Date, many: Many::Optional };
    definition.fields.iter().copied().filter(move |f| derived != Some(f.name)).chain([end])
}

fn filled(definition: &Definition, item: &Item) -> FormState {
    let mut state = FormState::new();
    for field in asked(definition) {
        let text = item.text(field.name);
        state = match (field.kind, text.split('-').collect::<Vec<_>>().as_slice()) {
            (Kind::Date, [year, month, day]) => state
                .set(&format!("{}-dia", field.name), day.trim_start_matches('0'))
                .set(&format!("{}-mes", field.name), month.trim_start_matches('0'))
                .set(&format!("{}-ano", field.name), *year),
            _ => state.set(field.name, text.replace(';', "; ")),
        };
    }
    state
}

async fn page(
    registers: &Registers,
    cx: &Cx,
    definition: &Definition,
    key: Option<&str>,
    state: &FormState,
) -> Result<Response, Failure> {
    let register = definition.register;
    let action = match key {
        Some(key) => format!("/gestion/registros/{}/proponer?clave={key}", register.name()),
        None => format!("/gestion/registros/{}/proponer", register.name()),
    };
    let fields = html! {
        @for field in asked(definition) {
            @if key.is_some() && fixed(definition, &field) {
                (kept(cx, &field, state))
            } @else {
                (input(registers, cx, &field, state))
            }
        }
        (textarea("motivo", cx.t("registers-reason")).hint(cx.t("registers-reason-hint")).max(500).state(state))
        (button(cx.t("registers-send")))
    };
    let body = html! {
        (inset(html! { p { (cx.t("registers-four-eyes")) } }))
        (cx.form(&action, fields))
    };
    let heading = match key {
        Some(key) => match registers.record(register, key).await? {
            Some(current) => name(&current.item, key),
            None => key.to_owned(),
        },
        None => cx.t("registers-propose-new").to_owned(),
    };
    let page = Page::new(heading)
        .caption(title(cx, register))
        .crumb(cx.t("registers-desk"), "/gestion/registros")
        .form(state);
    Ok(cx.page(page, body))
}

/// What makes the key can't be changed: another key is another record.
fn fixed(definition: &Definition, field: &Field) -> bool {
    let of_holiday =
        definition.register == Register::Holidays && matches!(field.name, "fecha" | "regiones" | "comunas");
    field.name == definition.key || of_holiday
}

fn kept(cx: &Cx, field: &Field, state: &FormState) -> Markup {
    let parts = ["dia", "mes", "ano"].map(|part| format!("{}-{part}", field.name));
    let shown = match field.kind {
        Kind::Date => parts.iter().map(|part| state.value(part)).collect::<Vec<_>>().join("-"),
        _ => state.value(field.name).to_owned(),
    };
    html! {
        @if field.kind == Kind::Date {
            @for part in &parts { input type="hidden" name=(part) value=(state.value(part)); }
        } @else {
            input type="hidden" name=(field.name) value=(state.value(field.name));
        }
        @if !shown.is_empty() { (summary_list(&[fact(label(cx, field.name), html!((shown)))])) }
    }
}

fn input(registers: &Registers, cx: &Cx, field: &Field, state: &FormState) -> Markup {
    let (name, label) = (field.name, label(cx, field.name));
    let optional = field.many != Many::One;
    macro_rules! shown {
        ($input:expr) => {{
            let input = $input.state(state);
            if optional { html!((input.optional())) } else { html!((input)) }
        }};
    }
    match (field.kind, field.many) {
        (Kind::Date, _) if name == END => shown!(date_input(name, label).hint(cx.t("registers-end-hint"))),
        (Kind::Date, _) => shown!(date_input(name, label)),
        (_, Many::Set) => shown!(text_input(name, label).hint(cx.t("registers-set-hint"))),
        (Kind::Choice(options), _) => shown!(options.iter().fold(select(name, label), |list, option| {
            list.option(*option, cx.t(&format!("registers-value-{option}")))
        })),
        (Kind::Commune, _) => shown!(listed(registers, Register::Communes, select(name, label))),
        (Kind::Region, _) => shown!(listed(registers, Register::Regions, select(name, label))),
        (Kind::Province, _) => shown!(listed(registers, Register::Provinces, select(name, label))),
        (Kind::Institution, Many::Optional) => {
            shown!(listed(registers, Register::Institutions, select(name, label)))
        }
        (Kind::Institution, _) => {
            shown!(text_input(name, label).hint(cx.t("registers-institution-hint")).narrow())
        }
        (Kind::Run, _) => shown!(text_input(name, label).hint(cx.t("registers-rut-hint")).narrow()),
        (Kind::Code, _) => shown!(text_input(name, label).hint(cx.t("registers-code-hint"))),
        (Kind::Text(max), _) => shown!(text_input(name, label).max(max)),
    }
}

fn listed<'a>(
    registers: &Registers,
    register: Register,
    list: copihue_web::components::Select<'a>,
) -> copihue_web::components::Select<'a> {
    registers.list(register).iter().fold(list, |list, one| list.option(one.key.clone(), one.label.clone()))
}

pub(super) async fn send(
    State(registers): State<Registers>,
    cx: Cx,
    Path(register): Path<String>,
    form: FormData,
) -> Result<Response, Failure> {
    let definition = editable(&register)?;
    let key = cx.query("clave");
    let typed = FormState::from_values(form.iter());
    let refused = |error: &Error| typed.clone().with_failure(error);
    let draft = match read(definition, &form) {
        Ok(item) => Draft {
            register: definition.register,
            item,
            reason: form.value("motivo").unwrap_or_default().to_owned(),
        },
        Err(state) => return page(&registers, &cx, definition, key.as_deref(), &state).await,
    };
    match registers.propose(cx.require_actor()?, draft).await {
        Ok(id) => Ok(see_other(&format!("/gestion/registros/propuestas/{id}"))),
        Err(error) if matches!(error.kind(), copihue_core::Kind::Invalid | copihue_core::Kind::Conflict) => {
            page(&registers, &cx, definition, key.as_deref(), &refused(&error)).await
        }
        Err(error) => Err(error.into()),
    }
}

/// What was typed, as an item; every field that can't be read says what to mend.
fn read(definition: &Definition, form: &FormData) -> Result<Item, FormState> {
    let mut fields = Fields::new(form);
    let mut found: Vec<(&str, Datum)> = Vec::new();
    for field in asked(definition) {
        if field.kind == Kind::Date {
            let date = fields.optional(field.name, Fields::date).flatten();
            found.extend(date.map(|date| (field.name, one(date.to_string()))));
            continue;
        }
        let Some(text) = form.value(field.name) else { continue };
        let datum = match field.many {
            Many::Set => many(text.split(';').map(str::trim).filter(|part| !part.is_empty())),
            Many::One | Many::Optional => one(text),
        };
        found.push((field.name, datum));
    }
    fields.done(Some(()))?;
    let typed = FormState::from_values(form.iter());
    Item::new(found).map_err(|error| typed.with_failure(&error))
}
