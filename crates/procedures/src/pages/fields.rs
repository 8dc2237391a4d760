//! A page of a form as markup.

use copihue_web::components::{
    button, checkboxes, date_input, declaration, email_input, fact, file_upload, inset, money_input,
    number_input, phone_input, radios, run_input, select, summary_list, table, text_input, textarea, warning,
    yes_no,
};
use copihue_web::{Cx, FileKind, FormState, Markup, args, html};

use crate::model::definition::Widget;
use crate::model::form::{FactView, FieldView, NodeView, RepeatView, TableView};

/// The things of a page, with its fields to fill in.
pub(super) fn nodes(cx: &Cx, nodes: &[NodeView], state: &FormState) -> Markup {
    html! {
        @for node in nodes {
            @match node {
                NodeView::Field(f) => (field(cx, f, state)),
                NodeView::Section { title, nodes: inner } => {
                    @if !title.is_empty() { h2 { (title) } }
                    (self::nodes(cx, inner, state))
                },
                NodeView::Repeat(repeat) => (repeated(cx, repeat, state)),
                NodeView::Text(text) => p { (text) },
                NodeView::Inset(text) => (inset(html!(p { (text) }))),
                NodeView::Warning(text) => (warning(text)),
                NodeView::Facts(facts) => (facts_of(cx, facts)),
                NodeView::Table(table) => (table_of(table)),
            }
        }
    }
}

fn repeated(cx: &Cx, repeat: &RepeatView, state: &FormState) -> Markup {
    html! {
        @for (i, item) in repeat.items.iter().enumerate() {
            fieldset {
                legend { h2 { (repeat.title) " " (i + 1) } }
                (nodes(cx, item, state))
                @if repeat.items.len() > 1 {
                    (button(cx.ta("procedures-remove", &args! {"n" => i + 1})).as_link().sends("quitar", format!("{}.{i}", repeat.name)))
                }
            }
        }
        @if let Some(add) = &repeat.add {
            p { (button(add.as_str()).secondary().sends("agregar", repeat.name.as_str())) }
        }
    }
}

fn field(cx: &Cx, f: &FieldView, state: &FormState) -> Markup {
    let (name, label, hint) = (f.name.as_str(), f.label.as_str(), f.help.as_str());
    if f.readonly {
        return summary_list(&[fact(label, html!((f.shown)))]);
    }
    macro_rules! input {
        ($make:expr) => {{
            let mut input = $make.state(state);
            if !hint.is_empty() {
                input = input.hint(hint);
            }
            html!((input))
        }};
    }
    match f.widget {
        Widget::Text => input!(text_input(name, label)),
        Widget::LongText => input!(textarea(name, label).max(usize::try_from(f.max).unwrap_or(4000))),
        Widget::Number => input!(number_input(name, label)),
        Widget::Money => input!(money_input(name, label)),
        Widget::Run => input!(run_input(name, label)),
        Widget::Email => input!(email_input(name, label)),
        Widget::Phone => input!(phone_input(name, label)),
        Widget::Date => input!(date_input(name, label)),
        Widget::Boolean | Widget::Consent => input!(yes_no(name, label)),
        Widget::Declaration => html!((declaration(name, cx.t("procedures-declaration"), label).state(state))),
        Widget::Choice => {
            input!(f.options.iter().fold(radios(name, label), |r, (v, l)| r.option(v.as_str(), l.as_str())))
        }
        Widget::Choices => input!(
            f.options.iter().fold(checkboxes(name, label), |r, (v, l)| r.option(v.as_str(), l.as_str()))
        ),
        Widget::List => {
            let empty = select(name, label).option("", cx.t("procedures-choose"));
            input!(f.options.iter().fold(empty, |r, (v, l)| r.option(v.as_str(), l.as_str())))
        }
        Widget::File => html! {
            (file_upload(name, label).kinds(FileKind::COMMON).max_bytes(20_000_000).state(state))
            @if !f.shown.is_empty() { p class="hint" { (cx.ta("procedures-file-kept", &args! {"name" => f.shown.clone()})) } }
        },
    }
}

fn facts_of(cx: &Cx, facts: &FactView) -> Markup {
    let items: Vec<_> = facts.items.iter().map(|(k, v)| fact(k.as_str(), html!((v)))).collect();
    html! {
        @if !facts.title.is_empty() { h2 { (facts.title) } }
        (summary_list(&items))
        @if let Some((source, at)) = &facts.source {
            p class="hint" { (cx.ta("procedures-source", &args! {"source" => source.clone(), "at" => instant(cx, at)})) }
        }
    }
}

/// An RFC 3339 instant as people read it.
pub(super) fn instant(cx: &Cx, at: &str) -> String {
    copihue_core::Timestamp::parse(at).map_or_else(|| at.to_owned(), |at| cx.datetime(at))
}

fn table_of(t: &TableView) -> Markup {
    let mut out = table(t.caption.as_str());
    for (label, numeric) in &t.columns {
        out = if *numeric { out.numeric(label.as_str()) } else { out.column(label.as_str()) };
    }
    let rows = t.rows.iter().chain((!t.total.is_empty()).then_some(&t.total));
    html!((out.rows(rows.map(|row| row.iter().map(|cell| html!((cell))).collect()))))
}
