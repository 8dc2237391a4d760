//! The outline: the title holds the headings, each heading its own subheadings.

use pdf_writer::Ref;

use super::file::{File, Packed};
use super::syntax::{int, number, reference, text};

/// An entry: how deep, what it says, and where it leads: page, and height on it.
pub(crate) struct Entry {
    pub(crate) level: u8,
    pub(crate) title: String,
    pub(crate) page: Ref,
    pub(crate) left: f32,
    pub(crate) top: f32,
}

/// Writes the outline; `None` when there are no entries.
pub(crate) fn write(file: &mut File, pack: &mut Packed, entries: &[Entry]) -> Option<Ref> {
    if entries.is_empty() {
        return None;
    }
    let root = file.allocate();
    let ids: Vec<Ref> = entries.iter().map(|_| file.allocate()).collect();
    let parents = parents(entries);
    let out = pack.begin(root);
    out.extend_from_slice(b"<</Type/Outlines");
    family(out, &ids, &parents, None);
    out.extend_from_slice(b">>");
    for (i, entry) in entries.iter().enumerate() {
        let out = pack.begin(ids[i]);
        out.extend_from_slice(b"<</Title");
        text(out, &entry.title);
        link(out, b"/Parent ", parents[i].map_or(root, |p| ids[p]));
        let siblings = |j: &usize| parents[*j] == parents[i];
        if let Some(before) = (0..i).rfind(siblings) {
            link(out, b"/Prev ", ids[before]);
        }
        if let Some(after) = (i + 1..entries.len()).find(siblings) {
            link(out, b"/Next ", ids[after]);
        }
        family(out, &ids, &parents, Some(i));
        destination(out, entry);
        out.extend_from_slice(b">>");
    }
    Some(root)
}

fn link(out: &mut Vec<u8>, key: &[u8], id: Ref) {
    out.extend_from_slice(key);
    reference(out, id);
}

/// The last entry before each that is less deep.
fn parents(entries: &[Entry]) -> Vec<Option<usize>> {
    let parent = |i: usize| (0..i).rfind(|j| entries[*j].level < entries[i].level);
    (0..entries.len()).map(parent).collect()
}

/// `First`, `Last` and `Count` of an entry with others below it; all of them show.
fn family(out: &mut Vec<u8>, ids: &[Ref], parents: &[Option<usize>], of: Option<usize>) {
    let mut children = (0..ids.len()).filter(|i| parents[*i] == of);
    let Some(first) = children.next() else { return };
    link(out, b"/First ", ids[first]);
    link(out, b"/Last ", ids[children.next_back().unwrap_or(first)]);
    let is_below = |i: usize| {
        let above = std::iter::successors(Some(i), |at| parents[*at]).skip(1);
        of.is_none_or(|of| above.into_iter().any(|at| at == of))
    };
    out.extend_from_slice(b"/Count ");
    int(out, (0..ids.len()).filter(|i| is_below(*i)).count() as i32);
}

fn destination(out: &mut Vec<u8>, entry: &Entry) {
    out.extend_from_slice(b"/Dest[");
    reference(out, entry.page);
    out.extend_from_slice(b"/XYZ ");
    number(out, entry.left);
    out.push(b' ');
    number(out, entry.top);
    out.extend_from_slice(b" null]");
}
