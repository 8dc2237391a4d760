//! What a page shows, as the operators of its content stream.

use super::syntax::{int, number, numbers, string};
use crate::flow::Op;
use crate::fonts::{Fonts, Glyph, Home, Weight};
use crate::layout::PAGE_HEIGHT;
use crate::lines::{Color, Line, TextStyle};
use crate::pdf::own::OwnGlyphs;
use crate::qr::Qr;

/// A page's content stream, written from its beginning.
pub(crate) struct Content<'a> {
    fonts: &'a Fonts,
    bytes: Vec<u8>,
    color: Option<Color>,
    font: Option<(FontName, f32)>,
}

/// A font's name in a page's resources.
type FontName = &'static [u8; 2];

/// A weight's name in the subset that all documents share, and in the document's own.
pub(crate) const fn name(weight: Weight, home: Home) -> FontName {
    match (weight, home) {
        (Weight::Regular, Home::Shared) => b"F0",
        (Weight::Bold, Home::Shared) => b"F1",
        (Weight::Regular, Home::Own) => b"F2",
        (Weight::Bold, Home::Own) => b"F3",
    }
}

/// What a piece of content is, for who can't see it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Mark {
    /// Part of the structure, by its number on the page.
    Content(i32),
    /// Header, footer, repeated table header.
    Pagination,
    /// Rules and panels.
    Ornament,
}

impl<'a> Content<'a> {
    pub(crate) fn new(fonts: &'a Fonts) -> Self {
        Self { fonts, bytes: Vec::with_capacity(12 * 1024), color: None, font: None }
    }

    pub(crate) fn finish(self) -> Vec<u8> {
        self.bytes
    }

    fn put(&mut self, operators: &[u8]) {
        self.bytes.extend_from_slice(operators);
    }

    pub(crate) fn begin(&mut self, mark: Mark) {
        match mark {
            Mark::Content(id) => {
                self.put(b"/P<</MCID ");
                int(&mut self.bytes, id);
                self.put(b">>BDC\n");
            }
            Mark::Pagination => self.put(b"/Artifact<</Type/Pagination>>BDC\n"),
            Mark::Ornament => self.put(b"/Artifact<</Type/Layout>>BDC\n"),
        }
    }

    pub(crate) fn end(&mut self) {
        self.put(b"EMC\n");
    }

    fn color(&mut self, color: Color) {
        if self.color != Some(color) {
            let Color(r, g, b) = color;
            numbers(&mut self.bytes, &[r, g, b].map(|part| f32::from(part) / 255.0));
            self.put(b"rg\n");
            self.color = Some(color);
        }
    }

    /// A filled rectangle; `x` and `y` of its upper left corner count from that of the page.
    fn fill(&mut self, (x, y): (f32, f32), (width, height): (f32, f32), color: Color) {
        self.color(color);
        numbers(&mut self.bytes, &[x, PAGE_HEIGHT - y - height, width, height]);
        self.put(b"re f\n");
    }

    /// Draws the filled rectangles; those that continue each other become one, so that no seam shows between lines.
    pub(crate) fn fills(&mut self, ops: &[Op], left: f32, top: f32) {
        let merged = merge(ops);
        if merged.is_empty() {
            return;
        }
        self.begin(Mark::Ornament);
        for (color, x, y, width, height) in merged {
            self.fill((x + left, y + top), (width, height), color);
        }
        self.end();
    }

    /// A line of text whose baseline begins at `at`.
    pub(crate) fn line(&mut self, (x, y): (f32, f32), line: &Line, style: TextStyle, own: &mut OwnGlyphs) {
        self.color(style.color);
        self.put(b"BT ");
        self.font(name(style.weight, line.glyphs.first().map_or(Home::Shared, |g| g.home)), style.size);
        numbers(&mut self.bytes, &[x, PAGE_HEIGHT - y]);
        self.put(b"Td");
        let thousandth = 1000.0 / self.fonts.face(style.weight).per_em();
        for run in line.glyphs.chunk_by(|a, b| (a.home, a.shift.1) == (b.home, b.shift.1)) {
            let Some(first) = run.first() else { continue };
            self.font(name(style.weight, first.home), style.size);
            if first.shift.1 != 0 {
                self.rise(f32::from(first.shift.1) * thousandth * style.size / 1000.0);
            }
            self.run(run, thousandth, |glyph| match glyph.home {
                Home::Shared => glyph.text.0 as u16,
                Home::Own => own.code(style.weight, glyph),
            });
            if first.shift.1 != 0 {
                self.rise(0.0);
            }
        }
        self.put(b"ET\n");
    }

    fn font(&mut self, name: FontName, size: f32) {
        if self.font != Some((name, size)) {
            self.put(b"/");
            self.put(name);
            self.put(b" ");
            number(&mut self.bytes, size);
            self.put(b" Tf ");
            self.font = Some((name, size));
        }
    }

    fn rise(&mut self, points: f32) {
        number(&mut self.bytes, points);
        self.put(b" Ts ");
    }

    /// Glyphs of one font on one height. A font's codes are two bytes each.
    fn run(&mut self, glyphs: &[Glyph], thousandth: f32, mut code: impl FnMut(&Glyph) -> u16) {
        self.put(b"[(");
        let mut pending = 0;
        for glyph in glyphs {
            self.gap(pending + i32::from(glyph.shift.0), thousandth);
            string(&mut self.bytes, &code(glyph).to_be_bytes());
            pending = i32::from(glyph.kern) - i32::from(glyph.shift.0);
        }
        // Where another run follows, the pen must stand where it would.
        self.gap(pending, thousandth);
        self.put(b")]TJ ");
    }

    /// Moves the pen between two glyphs; in units of the face.
    fn gap(&mut self, units: i32, thousandth: f32) {
        if units != 0 {
            self.put(b")");
            number(&mut self.bytes, -(units as f32) * thousandth);
            self.put(b"(");
        }
    }

    /// A white ground with the quiet zone of four modules around, then the dark modules, `size` points wide.
    pub(crate) fn qr(&mut self, qr: &Qr, (x, y): (f32, f32), size: f32) {
        let module = size / qr.width() as f32;
        let quiet = 4.0 * module;
        self.fill((x - quiet, y - quiet), (size + 2.0 * quiet, size + 2.0 * quiet), Color(255, 255, 255));
        self.color(Color(0, 0, 0));
        self.put(b"q ");
        self.bytes.extend_from_slice(format!("{module} 0 0 {} ", -module).as_bytes());
        numbers(&mut self.bytes, &[x, PAGE_HEIGHT - y]);
        self.put(b"cm\n");
        for (row, start, len) in qr.runs() {
            for value in [start as i32, row as i32, len as i32] {
                int(&mut self.bytes, value);
                self.put(b" ");
            }
            self.put(b"1 re\n");
        }
        self.put(b"f Q\n");
    }
}

fn merge(ops: &[Op]) -> Vec<(Color, f32, f32, f32, f32)> {
    let mut merged: Vec<(Color, f32, f32, f32, f32)> = Vec::new();
    for op in ops {
        let Op::Fill { x, y, width, height, color } = op else { continue };
        let continued = merged.iter_mut().rev().take(4).find(|(c, mx, my, mw, mh)| {
            c == color && (*mx - x).abs() < 0.01 && (*mw - width).abs() < 0.01 && (*my + *mh - y).abs() < 0.01
        });
        match continued {
            Some((.., mh)) => *mh += height,
            None => merged.push((*color, *x, *y, *width, *height)),
        }
    }
    merged
}
