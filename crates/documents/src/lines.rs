//! Breaks text into lines. No hyphen is ever added: a line breaks after a space, or inside of a word wider than the line.

use krilla::text::KrillaGlyph;

use crate::fonts::{Fonts, Weight};

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

/// One line, ready to draw.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) text: String,
    pub(crate) glyphs: Vec<KrillaGlyph>,
    /// Points, without the space at its end.
    pub(crate) width: f32,
}

/// Sets a text in lines of at most `width` points. An empty text gives no line.
pub(crate) fn set(fonts: &Fonts, text: &str, style: TextStyle, width: f32) -> Vec<Line> {
    let mut lines = Vec::new();
    for paragraph in fonts.clean(text).split('\n') {
        let paragraph = tie_numbers(paragraph.trim());
        if !paragraph.is_empty() {
            break_lines(&paragraph, &fonts.shape(&paragraph, style.weight), style.size, width, &mut lines);
        }
    }
    lines
}

/// `N° 19.880` stays in one line.
fn tie_numbers(text: &str) -> String {
    text.replace("N° ", "N°\u{a0}").replace("Nº ", "Nº\u{a0}")
}

fn break_lines(text: &str, glyphs: &[KrillaGlyph], size: f32, width: f32, out: &mut Vec<Line>) {
    let (mut start, mut x, mut opportunity) = (0, 0.0, None);
    let mut i = 0;
    while i < glyphs.len() {
        let c = text[glyphs[i].text_range.start..].chars().next().unwrap_or(' ');
        let advance = glyphs[i].x_advance * size;
        if c != ' ' && x + advance > width && i > start {
            let end = opportunity.unwrap_or(i);
            out.push(cut(text, &glyphs[start..end], size));
            (start, x, opportunity, i) = (end, 0.0, None, end);
            continue;
        }
        x += advance;
        i += 1;
        if matches!(c, ' ' | '—') {
            opportunity = Some(i);
        }
    }
    if start < glyphs.len() {
        out.push(cut(text, &glyphs[start..], size));
    }
}

/// The glyphs with their own text. The space at the end stays in the text (so that words don't run together when it is
/// taken out of the PDF), but not in the width.
fn cut(text: &str, glyphs: &[KrillaGlyph], size: f32) -> Line {
    let from = glyphs.first().map_or(0, |g| g.text_range.start);
    let to = glyphs.last().map_or(from, |g| g.text_range.end);
    let text = &text[from..to];
    let is_space = |g: &&KrillaGlyph| text[g.text_range.start - from..].starts_with(' ');
    let trailing = glyphs.iter().rev().take_while(is_space).count();
    let width = glyphs[..glyphs.len() - trailing].iter().map(|g| g.x_advance).sum::<f32>() * size;
    let shift = |g: &KrillaGlyph| KrillaGlyph {
        text_range: g.text_range.start - from..g.text_range.end - from,
        ..g.clone()
    };
    Line { text: text.to_owned(), glyphs: glyphs.iter().map(shift).collect(), width }
}
