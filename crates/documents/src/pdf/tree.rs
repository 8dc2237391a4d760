//! The structure tree: what the content is, in reading order (ISO 14289-1, 7.1).

use pdf_writer::Ref;

use super::file::{File, Packed};
use super::syntax::{int, numbers, reference, text};
use crate::flow::{Flow, NodeId};
use crate::structure::Tag;

/// What a page or its annotations hold of an element.
#[derive(Clone, Copy)]
pub(crate) enum Held {
    /// Marked content, by its number on the page.
    Content { page: usize, id: i32 },
    /// An annotation with its number in the parent tree.
    Annotation { page: usize, object: Ref, key: i32 },
    /// The area of a figure, after the marked content that draws it: left, bottom, right, top.
    Area([f32; 4]),
}

/// Where the tree's objects go: those that documents of one template share, and those that hold a document's own words.
#[derive(Default)]
pub(crate) struct Packs {
    pub(crate) shared: Packed,
    pub(crate) own: Packed,
}

pub(crate) struct Tree<'a> {
    flow: &'a Flow,
    held: &'a [Vec<Held>],
    pages: &'a [Ref],
    /// By page: the number of each piece of marked content, and its element.
    parents: Vec<Vec<(i32, Ref)>>,
    /// Of the annotations: number in the parent tree, and element.
    annotations: Vec<(i32, Ref)>,
}

/// Writes the tree. Answers its root.
pub(crate) fn write(
    file: &mut File,
    packs: &mut Packs,
    flow: &Flow,
    held: &[Vec<Held>],
    pages: &[Ref],
) -> Ref {
    let [root, document] = [file.allocate(), file.allocate()];
    let mut tree =
        Tree { flow, held, pages, parents: vec![Vec::new(); pages.len()], annotations: Vec::new() };
    let roots = flow.roots.iter();
    let children: Vec<Ref> = roots.filter_map(|id| tree.element(file, packs, *id, document)).collect();
    let out = packs.shared.begin(document);
    out.extend_from_slice(b"<</S/Document/P ");
    reference(out, root);
    out.extend_from_slice(b"/K");
    array(out, children);
    out.extend_from_slice(b">>");
    tree.root(packs.shared.begin(root), document);
    root
}

fn array(out: &mut Vec<u8>, ids: impl IntoIterator<Item = Ref>) {
    out.push(b'[');
    for id in ids {
        reference(out, id);
        out.push(b' ');
    }
    out.push(b']');
}

impl Tree<'_> {
    /// Writes an element and what is below it; `None` when nothing of it was drawn.
    fn element(&mut self, file: &mut File, packs: &mut Packs, id: NodeId, parent: Ref) -> Option<Ref> {
        if !self.is_there(id) {
            return None;
        }
        let (own, flow) = (file.allocate(), self.flow);
        let node = &flow.nodes[id];
        let children: Vec<Ref> =
            node.children.iter().filter_map(|child| self.element(file, packs, *child, own)).collect();
        let pack = if has_words(&node.tag) { &mut packs.own } else { &mut packs.shared };
        let out = pack.begin(own);
        out.extend_from_slice(b"<</S/");
        out.extend_from_slice(node.tag.name().as_bytes());
        out.extend_from_slice(b"/P ");
        reference(out, parent);
        attributes(out, &node.tag, &self.held[id]);
        self.content(out, id, own, &children);
        out.extend_from_slice(b">>");
        Some(own)
    }

    fn is_there(&self, id: NodeId) -> bool {
        let node = &self.flow.nodes[id];
        node.tag.stays_empty() || !self.held[id].is_empty() || node.children.iter().any(|c| self.is_there(*c))
    }

    /// `Pg` and `K`: the page that most of it is on, and its content.
    fn content(&mut self, out: &mut Vec<u8>, id: NodeId, own: Ref, children: &[Ref]) {
        let held = &self.held[id];
        let first = held.iter().find_map(|h| match h {
            Held::Content { page, .. } | Held::Annotation { page, .. } => Some(*page),
            Held::Area(_) => None,
        });
        if let Some(page) = first {
            out.extend_from_slice(b"/Pg ");
            reference(out, self.pages[page]);
        }
        out.extend_from_slice(b"/K[");
        for piece in held {
            self.piece(out, own, *piece, first);
        }
        for child in children {
            reference(out, *child);
            out.push(b' ');
        }
        out.push(b']');
    }

    fn piece(&mut self, out: &mut Vec<u8>, own: Ref, piece: Held, first: Option<usize>) {
        match piece {
            Held::Content { page, id } => {
                self.parents[page].push((id, own));
                if first == Some(page) {
                    int(out, id);
                    out.push(b' ');
                } else {
                    out.extend_from_slice(b"<</Type/MCR/Pg ");
                    reference(out, self.pages[page]);
                    out.extend_from_slice(b"/MCID ");
                    int(out, id);
                    out.extend_from_slice(b">>");
                }
            }
            Held::Annotation { page, object, key } => {
                self.annotations.push((key, own));
                out.extend_from_slice(b"<</Type/OBJR/Pg ");
                reference(out, self.pages[page]);
                out.extend_from_slice(b"/Obj ");
                reference(out, object);
                out.extend_from_slice(b">>");
            }
            Held::Area(_) => {}
        }
    }

    fn root(&mut self, out: &mut Vec<u8>, document: Ref) {
        out.extend_from_slice(b"<</Type/StructTreeRoot/K[");
        reference(out, document);
        out.extend_from_slice(b"]/ParentTree<</Nums[");
        for (key, parents) in (0..).zip(&mut self.parents) {
            // Elements come in reading order, numbers were given while drawing, line by line across the cells of a row.
            parents.sort_unstable_by_key(|(id, _)| *id);
            int(out, key);
            array(out, parents.iter().map(|(_, element)| *element));
        }
        self.annotations.sort_unstable_by_key(|(key, _)| *key);
        for (key, element) in &self.annotations {
            int(out, *key);
            out.push(b' ');
            reference(out, *element);
            out.push(b' ');
        }
        out.extend_from_slice(b"]>>/ParentTreeNextKey ");
        int(out, (self.parents.len() + self.annotations.len()) as i32);
        out.extend_from_slice(b">>");
    }
}

/// Whether the element itself holds a document's own words.
fn has_words(tag: &Tag) -> bool {
    match tag {
        Tag::Heading { .. } | Tag::Figure { .. } => true,
        Tag::Table { summary } => !summary.is_empty(),
        _ => false,
    }
}

fn attributes(out: &mut Vec<u8>, tag: &Tag, held: &[Held]) {
    let mut put = |attribute: &str, value: &str| {
        out.extend_from_slice(format!("/A<</O/{attribute} {value}>>").as_bytes());
    };
    match tag {
        Tag::HeaderCell(scope) => put("Table/Scope", &format!("/{}", scope.name())),
        Tag::Cell { span } if *span > 1 => put("Table/ColSpan", &span.to_string()),
        Tag::List(numbering) => put("List/ListNumbering", &format!("/{}", numbering.name())),
        Tag::Table { summary } if !summary.is_empty() => {
            out.extend_from_slice(b"/A<</O/Table/Summary");
            text(out, summary);
            out.extend_from_slice(b">>");
        }
        Tag::Heading { title, .. } => {
            out.extend_from_slice(b"/T");
            text(out, title);
        }
        Tag::Figure { alt } => {
            out.extend_from_slice(b"/Alt");
            text(out, alt);
            let area = held.iter().find_map(|h| if let Held::Area(area) = h { Some(area) } else { None });
            if let Some(area) = area {
                out.extend_from_slice(b"/A<</O/Layout/Placement/Block/BBox[");
                numbers(out, area);
                out.extend_from_slice(b"]>>");
            }
        }
        _ => {}
    }
}
