//! Lays the pieces out as a flow of strips: A4, one column.

mod closing;
mod grid;
mod prose;

use std::cell::Cell;

use copihue_core::{Error, Result};

use crate::budget::Budget;
use crate::flow::{Atom, Flow, NodeId, Op};
use crate::fonts::{Fonts, Weight};
use crate::lines::{self, Color, Line, TextStyle};
use crate::resolve::{Content, Piece};
use crate::structure::Tag;

/// A4 in points.
pub(crate) const PAGE_WIDTH: f32 = 595.28;
pub(crate) const PAGE_HEIGHT: f32 = 841.89;
pub(crate) const LEFT: f32 = 62.0;
pub(crate) const TOP: f32 = 54.0;
pub(crate) const WIDTH: f32 = PAGE_WIDTH - 2.0 * LEFT;
pub(crate) const HEIGHT: f32 = PAGE_HEIGHT - TOP - 60.0;

pub(crate) const INK: Color = Color(17, 20, 28);
pub(crate) const NAVY: Color = Color(10, 25, 71);
pub(crate) const BLUE: Color = Color(0, 88, 150);
pub(crate) const GRAY: Color = Color(74, 74, 74);
pub(crate) const RULE: Color = Color(198, 209, 221);
pub(crate) const PANEL: Color = Color(236, 243, 249);

pub(crate) const fn style(weight: Weight, size: f32, leading: f32, color: Color) -> TextStyle {
    TextStyle { weight, size, leading, color }
}

pub(crate) const BODY: TextStyle = style(Weight::Regular, 10.5, 14.5, INK);
pub(crate) const STRONG: TextStyle = style(Weight::Bold, 10.5, 14.5, INK);
pub(crate) const SMALL: TextStyle = style(Weight::Regular, 8.5, 12.0, GRAY);
const TITLE: TextStyle = style(Weight::Bold, 21.0, 26.0, NAVY);
const SUBTITLE: TextStyle = style(Weight::Regular, 12.0, 17.0, GRAY);
const H2: TextStyle = style(Weight::Bold, 13.0, 18.0, BLUE);
const H3: TextStyle = style(Weight::Bold, 11.0, 16.0, NAVY);

/// What the verification box says.
pub(crate) struct Verification {
    pub(crate) code: String,
    pub(crate) url: Option<String>,
}

pub(crate) struct Layout<'a> {
    pub(crate) fonts: &'a Fonts,
    pub(crate) verification: Option<&'a Verification>,
    pub(crate) flow: Flow,
    budget: &'a Budget,
    /// The first limit that was met: what follows is left out, and the document refused.
    refused: Cell<Option<Error>>,
    /// Level of the last heading: levels are never skipped (PDF/UA-1, 7.4.2).
    level: u8,
}

/// Lays the whole document out.
///
/// # Errors
/// `documento_incompleto` when nothing of its title shows; `documento_limite` when it has too many lines.
pub(crate) fn lay_out(
    fonts: &Fonts,
    content: &Content,
    verification: Option<&Verification>,
    budget: &Budget,
) -> Result<Flow> {
    let refused = Cell::new(None);
    if fonts.clean(&content.title).trim().is_empty() {
        let text = "El título del documento quedó vacío.";
        return Err(Error::invalid("documento_incompleto", text));
    }
    let mut layout = Layout { fonts, verification, flow: Flow::default(), budget, refused, level: 0 };
    layout.letterhead(content);
    for piece in &content.pieces {
        layout.piece(piece);
        if let Some(error) = layout.refused.take() {
            return Err(error);
        }
    }
    layout.refused.take().map_or(Ok(layout.flow), Err)
}

impl Layout<'_> {
    fn piece(&mut self, piece: &Piece) {
        match piece {
            Piece::Heading { level, text } => self.section_heading(*level, text),
            Piece::Paragraph { text, look } => self.paragraph(text, *look),
            Piece::Facts { pairs, columns } => self.facts(pairs, *columns),
            Piece::Highlight { pairs } => self.highlight(pairs),
            Piece::Table(table) => self.table(table),
            Piece::List { marker, items } => self.list(*marker, items),
            Piece::Notice { title, text } => self.notice(title, text),
            Piece::Signature { name, post, institution, note } => {
                self.signature(name, post, institution, note);
            }
            Piece::Verify => self.verify(),
            Piece::PageBreak => self.flow.push(Atom { breaks: true, space: true, ..Atom::default() }),
        }
    }

    pub(crate) fn lines(&self, text: &str, style: TextStyle, width: f32) -> Vec<Line> {
        if let Some(error) = self.refused.take() {
            self.refused.set(Some(error));
            return Vec::new();
        }
        let lines = lines::set(self.fonts, text, style, width);
        if let Err(error) = self.budget.lines(lines.len()) {
            self.refused.set(Some(error));
        }
        lines
    }

    /// Institution and unit at the left behind a blue bar, the reference at the right, a rule, the title. A strip for each
    /// line: the longest institution goes on over the page.
    fn letterhead(&mut self, content: &Content) {
        let name = style(Weight::Bold, 13.0, 17.0, NAVY);
        let node = self.flow.root(Tag::P);
        let mut left: Vec<(Line, TextStyle)> = Vec::new();
        left.extend(
            self.lines(&content.institution, name, WIDTH * 0.62 - 12.0).into_iter().map(|l| (l, name)),
        );
        left.extend(self.lines(&content.unit, SMALL, WIDTH * 0.62 - 12.0).into_iter().map(|l| (l, SMALL)));
        let reference = self.lines(&content.reference, SMALL, WIDTH * 0.36);
        let right = (!reference.is_empty()).then(|| self.flow.root(Tag::P));
        for i in 0..left.len().max(reference.len()) {
            let height = left.get(i).map_or(0.0, |(_, s)| s.leading);
            let height = if reference.len() > i { height.max(SMALL.leading) } else { height };
            let mut ops = vec![fill(0.0, 0.0, 3.5, height, BLUE)];
            if let Some((line, style)) = left.get(i) {
                ops.push(text(12.0, (height - style.leading) / 2.0, line.clone(), *style, node));
            }
            if let (Some(line), Some(node)) = (reference.get(i), right) {
                let (x, y) = (WIDTH - line.width, (height - SMALL.leading) / 2.0);
                ops.push(text(x, y, line.clone(), SMALL, node));
            }
            self.flow.push(Atom { height, ops, keep: true, ..Atom::default() });
        }
        let rule = vec![fill(0.0, 9.0, WIDTH, 0.75, BLUE)];
        self.flow.push(Atom { height: 9.75, ops: rule, keep: true, ..Atom::default() });
        self.flow.inner_space(17.0);
        self.heading(0, &content.title, TITLE);
        self.block(&content.subtitle, SUBTITLE);
        self.flow.space(12.0);
    }

    /// One of which nothing shows is none: it would raise the level of those below it.
    fn section_heading(&mut self, level: u8, text: &str) {
        if self.fonts.clean(text).trim().is_empty() {
            return;
        }
        let level = level.clamp(1, self.level + 1).min(2);
        self.level = level;
        self.flow.space(if level == 1 { 8.0 } else { 3.0 });
        self.heading(level, text, if level == 1 { H2 } else { H3 });
        self.flow.inner_space(3.0);
    }

    /// A heading of the structure (`H1` for level 0) with its entry in the outline.
    fn heading(&mut self, level: u8, title: &str, style: TextStyle) {
        let title = self.fonts.clean(title).into_owned();
        let node = self.flow.root(Tag::Heading { level: level + 1, title: title.clone() });
        for (i, line) in self.lines(&title, style, WIDTH).into_iter().enumerate() {
            let mut ops = vec![text(0.0, 0.0, line, style, node)];
            if i == 0 {
                ops.push(Op::Bookmark { title: title.clone(), level, y: 0.0 });
            }
            self.flow.push(Atom { height: style.leading, ops, keep: true, ..Atom::default() });
        }
    }

    /// A paragraph of the structure, if there is text.
    fn block(&mut self, text: &str, style: TextStyle) {
        let lines = self.lines(text, style, WIDTH);
        if !lines.is_empty() {
            let node = self.flow.root(Tag::P);
            self.prose(lines, style, 0.0, node, |_| Vec::new());
        }
    }

    /// Lines one under the other, without a widow or an orphan. `behind` gives what is drawn behind each.
    pub(crate) fn prose(
        &mut self,
        lines: Vec<Line>,
        style: TextStyle,
        x: f32,
        node: NodeId,
        behind: impl Fn(f32) -> Vec<Op>,
    ) {
        let count = lines.len();
        for (i, line) in lines.into_iter().enumerate() {
            let mut ops = behind(style.leading);
            ops.push(text(x, 0.0, line, style, node));
            let keep = count > 1 && (i == 0 || i + 2 == count);
            self.flow.push(Atom { height: style.leading, ops, keep, ..Atom::default() });
        }
    }
}

/// A line whose box of one leading begins at `y`: the baseline puts its capitals in the middle.
pub(crate) fn text(x: f32, y: f32, line: Line, style: TextStyle, node: NodeId) -> Op {
    Op::Text { x, y: y + baseline(style), line, style, node: Some(node) }
}

pub(crate) fn baseline(style: TextStyle) -> f32 {
    style.leading / 2.0 + 0.3555 * style.size
}

/// Lines under each other from `y`; answers where they end.
pub(crate) fn stack(
    ops: &mut Vec<Op>,
    lines: Vec<(Line, TextStyle)>,
    x: f32,
    mut y: f32,
    node: NodeId,
) -> f32 {
    for (line, style) in lines {
        ops.push(text(x, y, line, style, node));
        y += style.leading;
    }
    y
}

pub(crate) const fn fill(x: f32, y: f32, width: f32, height: f32, color: Color) -> Op {
    Op::Fill { x, y, width, height, color }
}
