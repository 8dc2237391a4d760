//! A template as it is written, whole: an example shows one way through its conditions, this shows all of them.

use copihue_documents::Template;
use copihue_documents::template::Block;
use copihue_documents::text::When;
use copihue_web::{Cx, Markup, args, html};

use super::editor::kind_name;
use crate::model::template::{Kind, Line, Says, head, whole};

/// All of it, with when each part and each line shows.
pub(super) fn text(cx: &Cx, template: &Template) -> Markup {
    html! {
        ol.blocks {
            li.block {
                h3 { (cx.t("procedures-template-head")) }
                (lines(cx, &head(template)))
            }
            @for block in &template.blocks {
                li.block {
                    h3 { (kind_name(cx, Kind::of(block))) }
                    (written(cx, block))
                }
            }
        }
    }
}

/// One block.
pub(super) fn written(cx: &Cx, block: &Block) -> Markup {
    html! {
        @if let Some(when) = block.when() { p { strong { (in_words(cx, when)) } } }
        (lines(cx, &whole(block)))
    }
}

/// What stands above the blocks.
pub(super) fn above(cx: &Cx, template: &Template) -> Markup {
    lines(cx, &head(template))
}

fn lines(cx: &Cx, lines: &[Line]) -> Markup {
    html! {
        @for line in lines {
            p {
                (name(cx, line)) ": "
                @for (i, part) in line.text.lines().enumerate() { @if i > 0 { br; } (part) }
                @if let Some(each) = &line.each {
                    br; strong { (cx.ta("procedures-choice-each", &args! {"name" => each.as_str()})) }
                }
                @if let Some(when) = &line.when { br; strong { (in_words(cx, when)) } }
            }
        }
    }
}

fn name<'a>(cx: &Cx, line: &'a Line) -> &'a str {
    if !line.label.is_empty() {
        return &line.label;
    }
    cx.t(match line.says {
        Says::Institution => "procedures-field-institution",
        Says::Unit => "procedures-field-unit",
        Says::Reference => "procedures-field-reference",
        Says::Title => "procedures-field-heading",
        Says::Subtitle => "procedures-field-subtitle",
        Says::Text | Says::Item | Says::Column => "procedures-field-text",
        Says::Total => "procedures-field-total",
        Says::Name => "procedures-field-name",
        Says::Post => "procedures-field-post",
        Says::Note => "procedures-field-note",
    })
}

/// When something shows.
pub(super) fn in_words(cx: &Cx, when: &When) -> String {
    let key = if when.negated() { "procedures-choice-without" } else { "procedures-choice-with" };
    cx.ta(key, &args! {"name" => when.path()})
}
