//! Paragraphs, lists and boxes.

use super::{BLUE, BODY, Layout, PANEL, SMALL, STRONG, WIDTH, fill, text};
use crate::flow::{Atom, Op};
use crate::structure::{Numbering, Tag};
use crate::template::{Look, Marker};

const INDENT: f32 = 20.0;
const PAD: f32 = 12.0;

impl Layout<'_> {
    pub(super) fn paragraph(&mut self, content: &str, look: Look) {
        let style = match look {
            Look::Normal | Look::Right => BODY,
            Look::Strong => STRONG,
            Look::Small => SMALL,
        };
        if look == Look::Right {
            let lines = self.lines(content, style, WIDTH);
            let node = self.flow.root(Tag::P);
            for line in lines {
                let ops = vec![text(WIDTH - line.width, 0.0, line, style, node)];
                self.flow.push(Atom { height: style.leading, ops, ..Atom::default() });
            }
        } else {
            self.block(content, style);
        }
        self.flow.space(6.0);
    }

    pub(super) fn list(&mut self, marker: Marker, items: &[String]) {
        if marker == Marker::None {
            for item in items {
                self.paragraph(item, Look::Normal);
            }
            return;
        }
        let list = self.flow.root(Tag::List(numbering(marker)));
        for (i, item) in items.iter().enumerate() {
            self.item(list, &label(marker, i), item);
        }
        self.flow.space(5.0);
    }

    fn item(&mut self, list: usize, label: &str, content: &str) {
        let item = self.flow.node(list, Tag::Item);
        let label_node = self.flow.node(item, Tag::Label);
        let body = self.flow.node(item, Tag::Body);
        let labels = self.lines(label, BODY, WIDTH);
        let lines = self.lines(content, BODY, WIDTH - INDENT);
        let first = self.flow.atoms.len();
        self.prose(lines, BODY, INDENT, body, |_| Vec::new());
        if let (Some(atom), Some(label)) = (self.flow.atoms.get_mut(first), labels.into_iter().next()) {
            atom.ops.insert(0, text(0.0, 0.0, label, BODY, label_node));
        }
        self.flow.space(4.0);
    }

    /// A box behind a blue bar.
    pub(super) fn notice(&mut self, title: &str, content: &str) {
        let behind = |height: f32| -> Vec<Op> {
            vec![fill(0.0, 0.0, WIDTH, height, PANEL), fill(0.0, 0.0, 3.5, height, BLUE)]
        };
        let edge = |keep| Atom { height: PAD - 3.0, ops: behind(PAD - 3.0), keep, ..Atom::default() };
        let node = self.flow.root(Tag::Div);
        self.flow.space(2.0);
        self.flow.push(edge(true));
        for (part, style) in [(title, STRONG), (content, BODY)] {
            let lines = self.lines(part, style, WIDTH - 2.0 * PAD - 4.0);
            if !lines.is_empty() {
                let node = self.flow.node(node, Tag::P);
                self.prose(lines, style, PAD + 4.0, node, behind);
                if let Some(last) = self.flow.atoms.last_mut() {
                    last.keep = true;
                }
            }
        }
        self.flow.push(edge(false));
        self.flow.space(10.0);
    }
}

const fn numbering(marker: Marker) -> Numbering {
    match marker {
        Marker::Bullet => Numbering::Disc,
        Marker::Number | Marker::Ordinal => Numbering::Decimal,
        Marker::Letter => Numbering::LowerAlpha,
        Marker::None => Numbering::None,
    }
}

fn label(marker: Marker, i: usize) -> String {
    match marker {
        Marker::Bullet => "•".to_owned(),
        Marker::Number => format!("{}.", i + 1),
        Marker::Ordinal => format!("{}°", i + 1),
        Marker::Letter => format!("{})", letter(i)),
        Marker::None => String::new(),
    }
}

/// a…z, aa, ab…
fn letter(i: usize) -> String {
    let last = char::from(b'a' + u8::try_from(i % 26).unwrap_or(0));
    if i < 26 { last.to_string() } else { format!("{}{last}", letter(i / 26 - 1)) }
}
