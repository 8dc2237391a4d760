//! Items in words.

use copihue_ledger::Register;
use copihue_web::components::{Fact, Tone, fact, summary_list, tag};
use copihue_web::{Cx, Markup, html};

use crate::Registers;
use crate::model::definition::{Definition, END, Field, Kind};
use crate::model::item::{Datum, Item};

/// Most characters of a hash that are shown; the whole is in the proof.
const SHORT: usize = 12;

/// The register's name in the page's words.
pub(super) fn title(cx: &Cx, register: Register) -> &'static str {
    cx.t(&format!("registers-name-{}", register.name()))
}

pub(super) fn label(cx: &Cx, field: &str) -> &'static str {
    cx.t(&format!("registers-field-{field}"))
}

/// What an item says, field by field, in the register's order.
pub(super) fn facts(cx: &Cx, registers: &Registers, register: Register, item: &Item) -> Markup {
    let definition = Definition::of(register);
    let mut shown: Vec<Fact<'_>> = Vec::new();
    for field in definition.fields {
        if let Some(datum) = item.fields().get(field.name) {
            shown.push(fact(label(cx, field.name), values(cx, registers, register, field, datum)));
        }
    }
    if item.fields().contains_key(END) {
        shown.push(fact(label(cx, END), html!((day(cx, &item.text(END))))));
    }
    summary_list(&shown)
}

fn values(cx: &Cx, registers: &Registers, register: Register, field: &Field, datum: &Datum) -> Markup {
    let texts: Vec<&str> = datum.texts().collect();
    html! {
        @if let [one] = texts.as_slice() {
            (value(cx, registers, register, field, one))
        } @else {
            ul { @for text in texts { li { (value(cx, registers, register, field, text)) } } }
        }
    }
}

fn value(cx: &Cx, registers: &Registers, register: Register, field: &Field, text: &str) -> Markup {
    let other = match field.kind {
        Kind::Region => Register::Regions,
        Kind::Province => Register::Provinces,
        Kind::Commune => Register::Communes,
        Kind::Institution => Register::Institutions,
        Kind::Choice(_) => return html!((cx.t(&format!("registers-value-{text}")))),
        Kind::Date => return html!((day(cx, text))),
        Kind::Text(_) | Kind::Run | Kind::Code => return html!((text)),
    };
    let list = registers.list(other);
    match list.iter().find(|listed| listed.key == text) {
        // A record's own code leads nowhere new.
        Some(listed) if other != register || field.name != Definition::of(register).key => {
            html! { a href={"/registros/" (other.name()) "/" (text)} { (listed.label) } " (" (text) ")" }
        }
        _ => html!((text)),
    }
}

/// A date in words; what is no date stays as it is.
pub(super) fn day(cx: &Cx, text: &str) -> String {
    text.parse().map_or_else(|_| text.to_owned(), |date| cx.date(date))
}

/// Whether the record holds.
pub(super) fn state(cx: &Cx, item: &Item) -> Markup {
    let today = copihue_core::calendar::Zone::Santiago.date(cx.now());
    if crate::model::definition::ended(item, today) {
        tag(cx.t("registers-ended"), Tone::Neutral)
    } else {
        tag(cx.t("registers-in-force"), Tone::Good)
    }
}

/// What people call a record.
pub(super) fn name(item: &Item, key: &str) -> String {
    let name = item.text("nombre");
    if name.is_empty() { key.to_owned() } else { name }
}

/// The beginning of a hash.
pub(super) fn short(hash: &str) -> String {
    let digits = hash.strip_prefix("sha-256:").unwrap_or(hash);
    format!("{}…", digits.chars().take(SHORT).collect::<String>())
}

/// The institution that decided, by its name where the register of institutions has one.
pub(super) fn decider(cx: &Cx, registers: &Registers, by: &str) -> String {
    if by == crate::model::entry::PLATFORM {
        return cx.t("registers-by-platform").to_owned();
    }
    registers.institution_name(by)
}
