//! The pages as pictures, for who writes a template: the same layout as the document's, drawn as SVG with the outlines of the
//! glyphs, so that it looks the same on every screen.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use rustybuzz::ttf_parser::{GlyphId, OutlineBuilder};

use crate::flow::Op;
use crate::fonts::{Fonts, Weight};
use crate::layout::{LEFT, PAGE_HEIGHT, PAGE_WIDTH, TOP};
use crate::lines::{Color, Line, TextStyle};
use crate::pdf::{Emission, Furniture};
use crate::qr::Qr;

/// One SVG for each page.
pub(crate) fn draw(fonts: &Fonts, emission: &Emission<'_>) -> Vec<String> {
    let pages = emission.pages.iter().zip(emission.furniture);
    pages.map(|(page, furniture)| Picture::new(fonts).page(&page.ops, furniture, emission.qr)).collect()
}

struct Picture<'a> {
    fonts: &'a Fonts,
    body: String,
    used: BTreeSet<(char, u16)>,
}

const fn letter(weight: Weight) -> char {
    match weight {
        Weight::Regular => 'r',
        Weight::Bold => 'b',
    }
}

impl<'a> Picture<'a> {
    fn new(fonts: &'a Fonts) -> Self {
        Self { fonts, body: String::new(), used: BTreeSet::new() }
    }

    fn page(mut self, ops: &[Op], furniture: &Furniture, qr: Option<&Qr>) -> String {
        furniture.fills.iter().for_each(|op| self.fill(op, 0.0, 0.0));
        ops.iter().for_each(|op| self.fill(op, LEFT, TOP));
        for (x, y, line, style) in &furniture.texts {
            self.line(*x, *y, line, *style);
        }
        for op in ops {
            match op {
                Op::Text { x, y, line, style, .. } => self.line(x + LEFT, y + TOP, line, *style),
                Op::Qr { x, y, size, .. } => {
                    if let Some(qr) = qr {
                        self.qr(qr, (x + LEFT, y + TOP), *size);
                    }
                }
                Op::Fill { .. } | Op::Link { .. } | Op::Bookmark { .. } => {}
            }
        }
        let mut out = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {PAGE_WIDTH} {PAGE_HEIGHT}\" width=\"{PAGE_WIDTH}\" \
             height=\"{PAGE_HEIGHT}\"><rect width=\"100%\" height=\"100%\" fill=\"#fff\"/><defs>"
        );
        for (letter, id) in &self.used {
            let weight = if *letter == 'r' { Weight::Regular } else { Weight::Bold };
            let mut outline = Outline(String::new());
            self.fonts.face(weight).shaper.outline_glyph(GlyphId(*id), &mut outline);
            write(&mut out, format_args!("<path id=\"{letter}{id}\" d=\"{}\"/>", outline.0));
        }
        out + "</defs>" + &self.body + "</svg>"
    }

    fn fill(&mut self, op: &Op, left: f32, top: f32) {
        if let Op::Fill { x, y, width, height, color } = op {
            self.rect((x + left, y + top), (*width, *height), *color);
        }
    }

    fn rect(&mut self, (x, y): (f32, f32), (width, height): (f32, f32), color: Color) {
        let fill = hex(color);
        let rect = format_args!(
            "<rect x=\"{x:.2}\" y=\"{y:.2}\" width=\"{width:.2}\" height=\"{height:.2}\" fill=\"{fill}\"/>"
        );
        write(&mut self.body, rect);
    }

    fn line(&mut self, x: f32, y: f32, line: &Line, style: TextStyle) {
        let (scale, fill) = (style.size / self.fonts.face(style.weight).per_em(), hex(style.color));
        let group = format_args!(
            "<g transform=\"translate({x:.2} {y:.2}) scale({scale:.6} {:.6})\" fill=\"{fill}\">",
            -scale
        );
        write(&mut self.body, group);
        let mut pen = 0;
        for glyph in line.glyphs.iter() {
            let (letter, id) = (letter(style.weight), glyph.id);
            self.used.insert((letter, id));
            let (right, up) = (pen + i32::from(glyph.shift.0), glyph.shift.1);
            if glyph.text.0 != ' ' {
                write(&mut self.body, format_args!("<use href=\"#{letter}{id}\" x=\"{right}\" y=\"{up}\"/>"));
            }
            pen += glyph.advance();
        }
        self.body.push_str("</g>");
    }

    fn qr(&mut self, qr: &Qr, (x, y): (f32, f32), size: f32) {
        let module = size / qr.width() as f32;
        let quiet = 4.0 * module;
        let ground = (size + 2.0 * quiet, size + 2.0 * quiet);
        self.rect((x - quiet, y - quiet), ground, Color(255, 255, 255));
        write(
            &mut self.body,
            format_args!("<path transform=\"translate({x:.2} {y:.2}) scale({module:.4})\" d=\""),
        );
        for (row, start, len) in qr.runs() {
            write(&mut self.body, format_args!("M{start} {row}h{len}v1h-{len}z"));
        }
        self.body.push_str("\"/>");
    }
}

/// Writing to a text can't fail.
fn write(out: &mut String, text: std::fmt::Arguments<'_>) {
    let _ = out.write_fmt(text);
}

fn hex(Color(r, g, b): Color) -> String {
    format!("#{r:02x}{g:02x}{b:02x}")
}

/// A glyph's outline as the commands of a path.
struct Outline(String);

impl OutlineBuilder for Outline {
    fn move_to(&mut self, x: f32, y: f32) {
        write(&mut self.0, format_args!("M{x} {y}"));
    }

    fn line_to(&mut self, x: f32, y: f32) {
        write(&mut self.0, format_args!("L{x} {y}"));
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        write(&mut self.0, format_args!("Q{x1} {y1} {x} {y}"));
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        write(&mut self.0, format_args!("C{x1} {y1} {x2} {y2} {x} {y}"));
    }

    fn close(&mut self) {
        self.0.push('Z');
    }
}
