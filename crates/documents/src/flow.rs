//! What the blocks become before pages exist: atoms (unbreakable strips, one after the other) and the structure tree.

use crate::lines::{Color, Line, TextStyle};
use crate::structure::Tag;

/// A node of the structure tree, by its place in [`Flow::nodes`].
pub(crate) type NodeId = usize;

pub(crate) struct Node {
    pub(crate) tag: Tag,
    pub(crate) children: Vec<NodeId>,
}

/// Something drawn; `y` counts from the top of its atom, downwards, in points.
#[derive(Clone)]
pub(crate) enum Op {
    /// A filled rectangle: an ornament, not content.
    Fill { x: f32, y: f32, width: f32, height: f32, color: Color },
    /// A line of text; `y` is the baseline. Without a node it is an ornament.
    Text { x: f32, y: f32, line: Line, style: TextStyle, node: Option<NodeId> },
    /// The QR code, `size` points wide.
    Qr { x: f32, y: f32, size: f32, node: NodeId },
    /// The area of a link to the verification address.
    Link { x: f32, y: f32, width: f32, height: f32, node: NodeId },
    /// The target of an entry of the outline.
    Bookmark { title: String, level: u8, y: f32 },
}

/// A strip that no page break cuts.
#[derive(Clone, Default)]
pub(crate) struct Atom {
    pub(crate) height: f32,
    pub(crate) ops: Vec<Op>,
    /// No page break between this atom and the next.
    pub(crate) keep: bool,
    /// Only space: dropped at the top of a page.
    pub(crate) space: bool,
    /// A new page begins before it.
    pub(crate) breaks: bool,
    /// The repeated header of the table that it belongs to, by its place in [`Flow::table_heads`].
    pub(crate) table: Option<usize>,
}

#[derive(Default)]
pub(crate) struct Flow {
    pub(crate) atoms: Vec<Atom>,
    pub(crate) nodes: Vec<Node>,
    pub(crate) roots: Vec<NodeId>,
    pub(crate) table_heads: Vec<Vec<Atom>>,
}

impl Flow {
    pub(crate) fn root(&mut self, tag: Tag) -> NodeId {
        let id = self.new_node(tag);
        self.roots.push(id);
        id
    }

    pub(crate) fn node(&mut self, parent: NodeId, tag: Tag) -> NodeId {
        let id = self.new_node(tag);
        self.nodes[parent].children.push(id);
        id
    }

    fn new_node(&mut self, tag: Tag) -> NodeId {
        self.nodes.push(Node { tag, children: Vec::new() });
        self.nodes.len() - 1
    }

    pub(crate) fn push(&mut self, atom: Atom) {
        self.atoms.push(atom);
    }

    pub(crate) fn space(&mut self, height: f32) {
        self.push(Atom { height, space: true, ..Atom::default() });
    }

    /// Space that stays with what follows.
    pub(crate) fn inner_space(&mut self, height: f32) {
        self.push(Atom { height, space: true, keep: true, ..Atom::default() });
    }
}

/// Strips the structure off a copy: a table header that repeats is an ornament.
pub(crate) fn as_ornament(atom: &Atom) -> Atom {
    let mut copy = atom.clone();
    for op in &mut copy.ops {
        if let Op::Text { node, .. } = op {
            *node = None;
        }
    }
    copy
}
