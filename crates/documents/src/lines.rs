//! Breaks text into lines. No hyphen is ever added: a line breaks after a space, or inside of a word wider than the line.

use std::borrow::Cow;
use std::rc::Rc;

use crate::fonts::{Fonts, Glyph, Weight};

/// How a run of text looks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TextStyle {
    pub(crate) weight: Weight,
    /// Points.
    pub(crate) size: f32,
    /// Distance between baselines, points.
    pub(crate) leading: f32,
    pub(crate) color: Color,
}

/// sRGB.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Color(pub(crate) u8, pub(crate) u8, pub(crate) u8);

/// One line, ready to draw. The space at its end is drawn (so that words don't run together when they are taken out of the
/// PDF), but is not part of the width.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) glyphs: Rc<[Glyph]>,
    /// Points, without the space at its end.
    pub(crate) width: f32,
}

/// Sets a text in lines of at most `width` points. An empty text gives no line.
pub(crate) fn set(fonts: &Fonts, text: &str, style: TextStyle, width: f32) -> Vec<Line> {
    let mut lines = Vec::new();
    let point = style.size / fonts.face(style.weight).per_em();
    for paragraph in fonts.clean(text).split('\n') {
        let paragraph = tie_numbers(paragraph.trim());
        if !paragraph.is_empty() {
            break_lines(&fonts.shape(&paragraph, style.weight), point, width, &mut lines);
        }
    }
    lines
}

/// `N° 19.880` stays in one line.
fn tie_numbers(text: &str) -> Cow<'_, str> {
    if !text.contains("N° ") && !text.contains("Nº ") {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.replace("N° ", "N°\u{a0}").replace("Nº ", "Nº\u{a0}"))
}

/// `point` is what a unit of the face measures.
fn break_lines(glyphs: &[Glyph], point: f32, width: f32, out: &mut Vec<Line>) {
    let (mut start, mut x, mut opportunity) = (0, 0, None);
    let mut i = 0;
    while i < glyphs.len() {
        let (c, advance) = (glyphs[i].text.0, glyphs[i].advance());
        if c != ' ' && (x + advance) as f32 * point > width && i > start {
            let end = opportunity.unwrap_or(i);
            out.push(cut(&glyphs[start..end], point));
            (start, x, opportunity, i) = (end, 0, None, end);
            continue;
        }
        x += advance;
        i += 1;
        if matches!(c, ' ' | '—') {
            opportunity = Some(i);
        }
    }
    if start < glyphs.len() {
        out.push(cut(&glyphs[start..], point));
    }
}

fn cut(glyphs: &[Glyph], point: f32) -> Line {
    let trailing = glyphs.iter().rev().take_while(|g| g.text.0 == ' ').count();
    let width = glyphs[..glyphs.len() - trailing].iter().map(Glyph::advance).sum::<i32>();
    Line { glyphs: glyphs.into(), width: width as f32 * point }
}
