//! A draft: its blocks in order, what is wrong with each, and the document beside them.

use copihue_documents::Finding;
use copihue_documents::template::{Block, LegalPart};
use copihue_web::components::{button, details, error_summary, inset, select};
use copihue_web::{Cx, FormState, Markup, args, html};

use super::path_of;
use super::whole::in_words;
use crate::app::{Wording, findings};
use crate::model::template::{Kind, Version};

pub(super) fn editor(
    cx: &Cx,
    version: &Version,
    wording: &Wording,
    preview: &Markup,
    state: &FormState,
) -> Markup {
    let path = format!("{}/{}", path_of(&version.key), version.number);
    let found = findings(&version.template, &wording.names);
    let missing = missing_parts(version);
    html! {
        (error_summary(state))
        @if let Some(decision) = &version.decision {
            (inset(html! { p { (cx.ta("procedures-template-given-back", &args! {"by" => decision.by.as_str()})) " " (decision.reason) } }))
        }
        p {
            (cx.ta("procedures-template-saved-by", &args! {"by" => version.saved_by.as_str(), "at" => cx.datetime(version.saved_at)}))
        }
        div.editor {
            section aria-labelledby="bloques" {
                h2 id="bloques" { (cx.t("procedures-template-blocks")) }
                @for part in &missing {
                    (lacking(cx, &path, version, *part))
                }
                ol.blocks {
                    li.block {
                        h3 { (cx.t("procedures-template-head")) }
                        p { (version.template.header.institution.source()) br; strong { (version.template.title.source()) } }
                        (problems(&found, |at| !at.starts_with("/blocks")))
                        p { a href={(path) "/bloques/encabezado"} { (cx.t("procedures-template-edit-head")) } }
                    }
                    @for (i, block) in version.template.blocks.iter().enumerate() {
                        (card(cx, &path, version, (i, block), &found))
                    }
                }
                (adding(cx, &path, version))
            }
            section aria-labelledby="vista" {
                h2 id="vista" { (cx.t("procedures-template-preview")) }
                p { a href={(path) "/ejemplo"} { (cx.t("procedures-template-sample")) } }
                (preview)
            }
        }
        (ending(cx, &path, version, found.len()))
    }
}

/// Parts that the law demands and that no block is.
fn missing_parts(version: &Version) -> Vec<LegalPart> {
    let is_there =
        |part: &LegalPart| version.template.blocks.iter().any(|b| Kind::of(b) == Kind::Part(*part));
    version.template.legal_parts.iter().copied().filter(|part| !is_there(part)).collect()
}

fn lacking(cx: &Cx, path: &str, version: &Version, part: LegalPart) -> Markup {
    let kind = Kind::Part(part);
    let name = kind_name(cx, kind);
    let fields = html! {
        (seen(version))
        (button(cx.ta("procedures-template-put", &args! {"name" => name})).secondary().sends("accion", format!("poner-{}", kind.code())))
    };
    html! {
        div.block.block-wrong {
            p.error-message { (cx.ta("procedures-template-lacks", &args! {"name" => name})) }
            (cx.form(path, fields))
        }
    }
}

/// Which revision somebody saw: what they do to another one is refused.
pub(super) fn seen(version: &Version) -> Markup {
    html!(input type="hidden" name="paso" value=(version.revision);)
}

pub(super) fn kind_name(cx: &Cx, kind: Kind) -> &'static str {
    cx.t(&format!("procedures-block-{}", kind.code()))
}

fn problems(found: &[Finding], is_mine: impl Fn(&str) -> bool) -> Markup {
    html! {
        @for finding in found.iter().filter(|f| is_mine(&f.pointer)) {
            p.error-message { (finding.message) }
        }
    }
}

fn card(cx: &Cx, path: &str, version: &Version, (i, block): (usize, &Block), found: &[Finding]) -> Markup {
    let (kind, last) = (Kind::of(block), version.template.blocks.len() - 1);
    let name = kind_name(cx, kind);
    let own = format!("/blocks/{i}");
    let is_mine = |at: &str| at == own || at.strip_prefix(&own).is_some_and(|rest| rest.starts_with('/'));
    let wrong = found.iter().any(|f| is_mine(&f.pointer));
    let named = |key: &str| html!((cx.t(key)) span class="hidden" { " " (name) " (" (i + 1) ")" });
    let act = |verb: &str, key: &str| html!(button type="submit" class="button-link" name="accion" value={(verb) "-" (i)} { (named(key)) });
    html! {
        li.block.block-wrong[wrong] id={"bloque-" (i)} {
            h3 { (name) }
            @for line in excerpt(block, name) { p { (line) } }
            @if let Some(when) = block.when() { p.hint { (in_words(cx, when)) } }
            (problems(found, is_mine))
            (cx.form(path, html! {
                (seen(version))
                p.block-actions {
                    @if kind.is_written() { a href={(path) "/bloques/" (i)} { (named("procedures-template-edit")) } }
                    @if i > 0 { " " (act("subir", "procedures-template-up")) }
                    @if i < last { " " (act("bajar", "procedures-template-down")) }
                    " " (act("quitar", "procedures-template-remove"))
                }
            }))
        }
    }
}

/// The first words of a block, beside its `name`.
fn excerpt(block: &Block, name: &str) -> Vec<String> {
    let json = serde_json::to_value(block).unwrap_or_default();
    let text = |name: &str| json.get(name).and_then(|v| v.as_str()).map(str::to_owned);
    let list = |name: &str| json.get(name).and_then(|v| v.as_array()).cloned().unwrap_or_default();
    let inner = |item: &serde_json::Value, name: &str| item.get(name)?.as_str().map(str::to_owned);
    let mut lines: Vec<String> =
        ["heading", "title", "text", "caption", "name"].into_iter().filter_map(text).collect();
    let rows = [list("items"), list("columns")].concat();
    let labels: Vec<String> = rows.iter().filter_map(|row| inner(row, "label")).collect();
    lines.push(labels.join(" · "));
    lines
        .extend(rows.iter().filter_map(|row| row.as_str().map(str::to_owned).or_else(|| inner(row, "text"))));
    lines.retain(|line| !line.is_empty() && line != name);
    lines.into_iter().take(3).map(|line| shortened(&line)).collect()
}

fn shortened(line: &str) -> String {
    const MOST: usize = 140;
    if line.chars().count() <= MOST {
        return line.to_owned();
    }
    line.chars().take(MOST).chain(['…']).collect()
}

fn adding(cx: &Cx, path: &str, version: &Version) -> Markup {
    let list = Kind::ALL.into_iter().fold(select("tipo", cx.t("procedures-template-kind")), |list, kind| {
        list.option(kind.code(), kind_name(cx, kind))
    });
    cx.form(
        path,
        html! {
            (seen(version))
            h3 { (cx.t("procedures-template-add")) }
            (list)
            (button(cx.t("procedures-template-add-now")).secondary().sends("accion", "agregar"))
        },
    )
}

fn ending(cx: &Cx, path: &str, version: &Version, wrong: usize) -> Markup {
    cx.form(
        path,
        html! {
            (seen(version))
            h2 { (cx.t("procedures-template-ready")) }
            @if wrong > 0 {
                p { (cx.ta("procedures-template-wrong", &args! {"n" => wrong})) }
            } @else {
                p { (cx.t("procedures-template-ready-hint")) }
            }
            p.buttons {
                (button(cx.t("procedures-template-send")).sends("accion", "enviar"))
                @if version.step > 0 {
                    " " (button(cx.t("procedures-template-undo")).secondary().sends("accion", "deshacer"))
                }
            }
            (details(cx.t("procedures-template-give-up"), html! {
                p { (cx.t("procedures-template-give-up-hint")) }
                (button(cx.t("procedures-template-give-up-now")).danger().sends("accion", "descartar"))
            }))
        },
    )
}
