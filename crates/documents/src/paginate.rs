//! Cuts the flow into pages: headings stay with their text, no line stands alone, tables repeat their header.

use copihue_core::Result;

use crate::budget::too_large;
use crate::flow::{Atom, Flow, Op, as_ornament};

/// One page: operations with `y` from the top of the text area.
#[derive(Default)]
pub(crate) struct PageOps {
    pub(crate) ops: Vec<Op>,
}

/// # Errors
/// `documento_limite` when there would be more than `most` pages, or something is higher than a page.
pub(crate) fn paginate(flow: &Flow, height: f32, most: usize) -> Result<Vec<PageOps>> {
    if flow.atoms.iter().any(|atom| atom.height > height) {
        return Err(too_large("Una parte del documento no cabe en una página.".to_owned()));
    }
    let mut pages = Pages { pages: vec![PageOps::default()], y: 0.0, height };
    let mut rest = flow.atoms.as_slice();
    while !rest.is_empty() {
        let (group, after) = rest.split_at(group_len(rest, height));
        pages.place(flow, group);
        rest = after;
        if pages.pages.len() > most {
            return Err(too_large(format!("El documento supera las {most} páginas.")));
        }
    }
    Ok(pages.pages)
}

/// How many atoms belong together. A group that no page could hold is cut after its first atom.
fn group_len(atoms: &[Atom], height: f32) -> usize {
    let mut total = 0.0;
    for (i, atom) in atoms.iter().enumerate() {
        total += atom.height;
        if total > height {
            return 1;
        }
        if !atom.keep {
            return i + 1;
        }
    }
    atoms.len()
}

struct Pages {
    pages: Vec<PageOps>,
    y: f32,
    height: f32,
}

impl Pages {
    fn place(&mut self, flow: &Flow, group: &[Atom]) {
        let needed: f32 = group.iter().map(|a| a.height).sum();
        let starts_with_space = group.first().is_some_and(|a| a.space);
        if group.iter().any(|a| a.breaks) && self.y > 0.0 {
            self.next_page();
        } else if self.y + needed > self.height && self.y > 0.0 && !(starts_with_space && group.len() == 1) {
            self.next_page();
            self.repeat_head(flow, group);
        }
        for atom in group {
            if !(atom.space && self.y == 0.0) {
                self.put(atom);
            }
        }
    }

    fn next_page(&mut self) {
        self.pages.push(PageOps::default());
        self.y = 0.0;
    }

    /// A row that begins a page comes after its table's header, unless the header itself begins it.
    fn repeat_head(&mut self, flow: &Flow, group: &[Atom]) {
        if let Some(table) = group.first().and_then(|a| a.table) {
            for atom in &flow.table_heads[table] {
                self.put(&as_ornament(atom));
            }
        }
    }

    fn put(&mut self, atom: &Atom) {
        let y = self.y;
        if let Some(page) = self.pages.last_mut() {
            page.ops.extend(atom.ops.iter().map(|op| moved(op, y)));
        }
        self.y += atom.height;
    }
}

fn moved(op: &Op, by: f32) -> Op {
    let mut op = op.clone();
    match &mut op {
        Op::Fill { y, .. }
        | Op::Text { y, .. }
        | Op::Qr { y, .. }
        | Op::Link { y, .. }
        | Op::Bookmark { y, .. } => *y += by,
    }
    op
}
