//! How a document ends: who signs it, and how anyone checks it.

use super::{BLUE, BODY, GRAY, Layout, NAVY, PANEL, SMALL, STRONG, WIDTH, fill, stack, style, text};
use crate::flow::{Atom, Op};
use crate::fonts::Weight;
use crate::lines::TextStyle;
use crate::structure::Tag;

/// 22 mm; smaller than 20 no longer reads well from paper.
pub(crate) const QR: f32 = 62.36;
const PAD: f32 = 11.0;
const CODE: TextStyle = style(Weight::Bold, 15.0, 21.0, NAVY);
const ADDRESS: TextStyle = style(Weight::Regular, 9.5, 13.5, BLUE);
const HINT: TextStyle = style(Weight::Regular, 9.0, 12.5, GRAY);

impl Layout<'_> {
    pub(super) fn signature(&mut self, name: &str, post: &str, institution: &str, note: &str) {
        let node = self.flow.root(Tag::P);
        let rule = vec![fill(WIDTH / 2.0 - 110.0, 28.0, 220.0, 0.75, NAVY)];
        self.flow.push(Atom { height: 33.0, ops: rule, keep: true, ..Atom::default() });
        for (content, style) in [(name, STRONG), (post, BODY), (institution, BODY), (note, SMALL)] {
            for line in self.lines(content, style, WIDTH * 0.8) {
                let ops = vec![text((WIDTH - line.width) / 2.0, 0.0, line, style, node)];
                self.flow.push(Atom { height: style.leading, ops, keep: true, ..Atom::default() });
            }
        }
        if let Some(last) = self.flow.atoms.last_mut() {
            last.keep = false;
        }
        self.flow.space(14.0);
    }

    /// QR at the left; what it is, the code and the address beside it.
    pub(super) fn verify(&mut self) {
        let Some(verification) = self.verification else { return };
        let (code, url) = (verification.code.clone(), verification.url.clone());
        let div = self.flow.root(Tag::Div);
        let mut ops = Vec::new();
        let mut x = PAD;
        if url.is_some() {
            let alt = format!("Código QR con la dirección para verificar el documento {code}");
            let node = self.flow.node(div, Tag::Figure { alt });
            ops.push(Op::Qr { x: PAD, y: PAD, size: QR, node });
            x += QR + 16.0;
        }
        let width = WIDTH - x - PAD;
        let mut y = PAD;
        for (content, style) in [
            ("Código de verificación", HINT),
            (code.as_str(), CODE),
            ("Compruebe quién firmó este documento y si sigue vigente:", HINT),
        ] {
            let node = self.flow.node(div, Tag::P);
            let lines = self.lines(content, style, width).into_iter().map(|l| (l, style)).collect();
            y = stack(&mut ops, lines, x, y, node);
        }
        if let Some(url) = url {
            let paragraph = self.flow.node(div, Tag::P);
            let node = self.flow.node(paragraph, Tag::Link);
            let lines = self.lines(&url, ADDRESS, width);
            let (top, link_width) = (y, lines.iter().map(|l| l.width).fold(0.0, f32::max));
            y = stack(&mut ops, lines.into_iter().map(|l| (l, ADDRESS)).collect(), x, y, node);
            ops.push(Op::Link { x, y: top, width: link_width, height: y - top, node });
        }
        let height = (y + PAD).max(if x > PAD { QR + 2.0 * PAD } else { 0.0 });
        ops.insert(0, fill(0.0, 0.0, WIDTH, height, PANEL));
        self.flow.push(Atom { height, ops, ..Atom::default() });
        self.flow.space(8.0);
    }
}
