//! Facts, highlights and tables: cells in rows.

use super::{
    BLUE, BODY, GRAY, HEIGHT, INK, Layout, NAVY, PANEL, RULE, SMALL, STRONG, WIDTH, fill, style, text,
};
use crate::flow::{Atom, NodeId, Op};
use crate::fonts::Weight;
use crate::lines::{Color, Line, TextStyle};
use crate::resolve::TablePiece;
use crate::structure::{Scope, Tag};
use crate::template::Align;

const LABEL: TextStyle = style(Weight::Regular, 9.5, 15.0, GRAY);
const CELL: TextStyle = style(Weight::Regular, 9.5, 13.5, INK);
const CELL_BOLD: TextStyle = style(Weight::Bold, 9.5, 13.5, INK);
const HEAD: TextStyle = style(Weight::Bold, 9.0, 13.0, NAVY);
const PAD: f32 = 6.0;
/// A row of more lines than this may break over two pages.
const ROW_LINES: usize = 16;
/// A header that leaves less of a page to its rows is not repeated.
const HIGHEST_HEAD: f32 = HEIGHT / 3.0;

struct Cell {
    x: f32,
    width: f32,
    align: Align,
    lines: Vec<(Line, TextStyle, NodeId)>,
}

/// How a row looks, and which table's header it repeats on a new page.
#[derive(Clone, Copy)]
struct RowLook {
    pad: f32,
    fill: Option<Color>,
    rule: Option<(Color, f32)>,
    table: Option<usize>,
    keep: bool,
}

impl Layout<'_> {
    fn cell(&self, x: f32, width: f32, align: Align, parts: &[(&str, TextStyle, NodeId)]) -> Cell {
        let mut lines = Vec::new();
        for (content, style, node) in parts {
            lines.extend(self.lines(content, *style, width).into_iter().map(|l| (l, *style, *node)));
        }
        Cell { x, width, align, lines }
    }

    /// One atom for each line of the row, so that only a very long row is ever cut.
    fn row(cells: Vec<Cell>, look: RowLook) -> Vec<Atom> {
        let count = cells.iter().map(|c| c.lines.len()).max().unwrap_or(0).max(1);
        let mut atoms: Vec<Atom> = (0..count)
            .map(|i| Atom {
                keep: count <= ROW_LINES || i == 0 || i + 2 == count,
                table: look.table,
                ..Atom::default()
            })
            .collect();
        for (i, atom) in atoms.iter_mut().enumerate() {
            let top = if i == 0 { look.pad } else { 0.0 };
            let leading =
                cells.iter().filter_map(|c| c.lines.get(i)).map(|(_, s, _)| s.leading).fold(0.0, f32::max);
            let bottom = if i + 1 == count { look.pad } else { 0.0 };
            atom.height = top + leading + bottom;
            atom.ops.extend(look.fill.map(|color| fill(0.0, 0.0, WIDTH, atom.height, color)));
            for cell in &cells {
                atom.ops.extend(cell.lines.get(i).map(|line| cell.place(line, top, leading)));
            }
        }
        if let Some(last) = atoms.last_mut() {
            last.keep = look.keep;
            last.ops.extend(look.rule.map(|(color, h)| fill(0.0, last.height - h, WIDTH, h, color)));
        }
        atoms
    }

    pub(super) fn facts(&mut self, pairs: &[(String, String)], columns: u8) {
        if pairs.is_empty() {
            return;
        }
        let table = self.flow.root(Tag::Table { summary: String::new() });
        let columns = usize::from(columns.clamp(1, 2));
        let look = RowLook { pad: 3.2, fill: None, rule: Some((RULE, 0.5)), table: None, keep: false };
        for pairs in pairs.chunks(columns) {
            let row = self.flow.node(table, Tag::Row);
            let cells: Vec<Cell> = pairs
                .iter()
                .enumerate()
                .flat_map(|(i, pair)| self.fact(row, i, columns, pairs.len(), pair))
                .collect();
            self.flow.atoms.extend(Self::row(cells, look));
        }
        self.flow.space(5.0);
    }

    /// One pair: label at the left in one column; label above its value in two.
    fn fact(
        &mut self,
        row: NodeId,
        i: usize,
        columns: usize,
        filled: usize,
        pair: &(String, String),
    ) -> Vec<Cell> {
        let (label, value) = (pair.0.as_str(), pair.1.as_str());
        let span = if i + 1 == filled { last_span(filled, columns) } else { 1 };
        let th = self.flow.node(row, Tag::HeaderCell(Scope::Row));
        let td = self.flow.node(row, Tag::Cell { span });
        if columns == 1 {
            let label_width = WIDTH * 0.34;
            return vec![
                self.cell(0.0, label_width - PAD, Align::Left, &[(label, LABEL, th)]),
                self.cell(label_width, WIDTH - label_width, Align::Left, &[(value, BODY, td)]),
            ];
        }
        let width = WIDTH / filled as f32;
        vec![self.cell(
            i as f32 * width,
            width - 2.0 * PAD,
            Align::Left,
            &[(label, SMALL, th), (value, BODY, td)],
        )]
    }

    /// One to four values in a row, large, on a panel. More of them go into rows of the same columns.
    pub(super) fn highlight(&mut self, pairs: &[(String, String)]) {
        let table = self.flow.root(Tag::Table { summary: String::new() });
        let columns = pairs.len().div_ceil(pairs.len().div_ceil(4).max(1)).max(1);
        let (size, leading) = [(22.0, 27.0), (20.0, 25.0), (16.0, 21.0), (13.0, 18.0)][columns - 1];
        let value_style = style(Weight::Bold, size, leading, NAVY);
        let width = (WIDTH - 14.0) / columns as f32;
        for pairs in pairs.chunks(columns) {
            let row = self.flow.node(table, Tag::Row);
            let mut cells = Vec::new();
            for (i, (label, value)) in pairs.iter().enumerate() {
                let th = self.flow.node(row, Tag::HeaderCell(Scope::Row));
                let span = if i + 1 == pairs.len() { last_span(pairs.len(), columns) } else { 1 };
                let td = self.flow.node(row, Tag::Cell { span });
                let x = 14.0 + i as f32 * width;
                let parts = [(label.as_str(), SMALL, th), (value.as_str(), value_style, td)];
                cells.push(self.cell(x, width - 12.0, Align::Left, &parts));
            }
            let look = RowLook { pad: 9.0, fill: Some(PANEL), rule: None, table: None, keep: false };
            let mut atoms = Self::row(cells, look);
            if let (Some(first), true) = (atoms.first_mut(), !pairs.is_empty()) {
                first.ops.push(fill(0.0, 0.0, WIDTH, 1.5, BLUE));
            }
            self.flow.atoms.extend(atoms);
        }
        self.flow.space(9.0);
    }

    pub(super) fn table(&mut self, piece: &TablePiece) {
        let summary = self.fonts.clean(&piece.caption).into_owned();
        let table = self.flow.root(Tag::Table { summary });
        self.caption(table, &piece.caption);
        let spans = spans(piece);
        let head = self.flow.node(table, Tag::Head);
        let labels: Vec<&str> = piece.columns.iter().map(|c| c.0.as_str()).collect();
        let look = RowLook { pad: 5.0, fill: Some(PANEL), rule: Some((BLUE, 1.0)), table: None, keep: true };
        let head = self.cells(head, &spans, piece, &labels, Tag::HeaderCell(Scope::Column), HEAD);
        let head = Self::row(head, look);
        let repeats = head.iter().map(|a| a.height).sum::<f32>() <= HIGHEST_HEAD;
        self.flow.table_heads.push(head.clone());
        self.flow.atoms.extend(head);
        let look = RowLook {
            pad: 4.0,
            fill: None,
            rule: Some((RULE, 0.5)),
            table: repeats.then(|| self.flow.table_heads.len() - 1),
            keep: false,
        };
        let body = self.flow.node(table, Tag::Rows);
        // A table without rows says so: a header needs a body (ISO 14289-1, 7.2).
        let nothing = [vec!["—".to_owned()]];
        let rows = if piece.rows.is_empty() { nothing.as_slice() } else { &piece.rows };
        for (i, row) in rows.iter().enumerate() {
            let texts: Vec<&str> = row.iter().map(String::as_str).collect();
            let cells = self.cells(body, &spans, piece, &texts, Tag::Cell { span: 1 }, CELL);
            // The last row stays with the total.
            let keep = i + 1 == rows.len() && !piece.total.is_empty();
            self.flow.atoms.extend(Self::row(cells, RowLook { keep, ..look }));
        }
        if !piece.total.is_empty() {
            let texts: Vec<&str> = piece.total.iter().map(String::as_str).collect();
            let cells = self.cells(body, &spans, piece, &texts, Tag::Cell { span: 1 }, CELL_BOLD);
            self.flow.atoms.extend(Self::row(cells, RowLook { rule: Some((NAVY, 1.0)), ..look }));
        } else if let Some(last) = self.flow.atoms.last_mut() {
            last.keep = false;
        }
        self.flow.space(9.0);
    }

    fn caption(&mut self, table: NodeId, caption: &str) {
        let lines = self.lines(caption, STRONG, WIDTH);
        if !lines.is_empty() {
            let node = self.flow.node(table, Tag::Caption);
            for line in lines {
                let ops = vec![text(0.0, 0.0, line, STRONG, node)];
                self.flow.push(Atom { height: STRONG.leading, ops, keep: true, ..Atom::default() });
            }
            self.flow.inner_space(3.0);
        }
    }

    fn cells(
        &mut self,
        parent: NodeId,
        spans: &[(f32, f32)],
        piece: &TablePiece,
        texts: &[&str],
        tag: Tag,
        style: TextStyle,
    ) -> Vec<Cell> {
        let row = self.flow.node(parent, Tag::Row);
        let mut cells = Vec::with_capacity(spans.len());
        for (i, (x, width)) in spans.iter().enumerate() {
            let node = self.flow.node(row, tag.clone());
            let content = texts.get(i).copied().unwrap_or_default();
            let align = piece.columns[i].1;
            cells.push(self.cell(x + PAD, width - 2.0 * PAD, align, &[(content, style, node)]));
        }
        cells
    }
}

impl Cell {
    fn place(&self, (line, style, node): &(Line, TextStyle, NodeId), top: f32, leading: f32) -> Op {
        let x = match self.align {
            Align::Left => self.x,
            Align::Right => self.x + self.width - line.width,
        };
        text(x, top + (leading - style.leading) / 2.0, line.clone(), *style, *node)
    }
}

/// The last value of a row that is not full spans what is left, so that the grid stays regular: a label and a value a pair.
fn last_span(filled: usize, columns: usize) -> u8 {
    u8::try_from(1 + 2 * columns.saturating_sub(filled)).unwrap_or(u8::MAX)
}

/// Where each column begins and how wide it is.
fn spans(piece: &TablePiece) -> Vec<(f32, f32)> {
    let total: f32 = piece.columns.iter().map(|c| f32::from(c.2)).sum();
    let mut x = 0.0;
    piece
        .columns
        .iter()
        .map(|c| {
            let width = WIDTH * f32::from(c.2) / total;
            let span = (x, width);
            x += width;
            span
        })
        .collect()
}
