//! Writes the pages with krilla: drawing, structure tree, outline, metadata.

use krilla::Document;
use krilla::SerializeSettings;
use krilla::action::{Action, LinkAction};
use krilla::annotation::{Annotation, LinkAnnotation, Target};
use krilla::color::rgb;
use krilla::configure::{Accessibility, Archival, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::outline::{Outline, OutlineNode};
use krilla::page::{Page, PageSettings};
use krilla::paint::Fill;
use krilla::surface::Surface;
use krilla::tagging::{
    Artifact, ArtifactType, ContentTag, Identifier, Node as TagNode, SpanTag, TagGroup, TagTree,
};

use copihue_core::{Error, Result};

use crate::flow::{Flow, NodeId, Op};
use crate::fonts::Fonts;
use crate::layout::{LEFT, PAGE_HEIGHT, PAGE_WIDTH, TOP};
use crate::lines::{Color, Line, TextStyle};
use crate::paginate::PageOps;
use crate::qr::Qr;

/// What stands on each page beside the flow: ornaments, outside of the structure.
pub(crate) struct Furniture {
    pub(crate) fills: Vec<Op>,
    pub(crate) texts: Vec<(f32, f32, Line, TextStyle)>,
}

pub(crate) struct Emission<'a> {
    pub(crate) fonts: &'a Fonts,
    pub(crate) flow: &'a Flow,
    pub(crate) qr: Option<&'a Qr>,
    pub(crate) url: Option<&'a str>,
}

/// Writes the document.
///
/// # Errors
/// When krilla finds that the result would not be PDF/A-2a and PDF/UA-1: a defect of ours.
pub(crate) fn emit(
    emission: &Emission<'_>,
    pages: &[PageOps],
    furniture: &[Furniture],
    metadata: krilla::metadata::Metadata,
) -> Result<Vec<u8>> {
    let configuration = ConfigurationBuilder::new()
        .with_archival_validator(Archival::A2_A)
        .with_accessibility_validator(Accessibility::UA1)
        .finish()
        .map_err(|e| Error::internal(format_args!("pdf configuration: {e:?}")))?;
    let mut document =
        Document::new_with(SerializeSettings { configuration, ..SerializeSettings::default() });
    let mut writer = Writer {
        emission,
        ids: emission.flow.nodes.iter().map(|_| Vec::new()).collect(),
        outline: Vec::new(),
        page: 0,
    };
    for (index, (page, furniture)) in pages.iter().zip(furniture).enumerate() {
        writer.page = index;
        writer.page(&mut document, page, furniture);
    }
    document.set_outline(writer.outline());
    document.set_tag_tree(writer.tree());
    document.set_metadata(metadata);
    document.finish().map_err(|e| Error::internal(format_args!("pdf: {e:?}")))
}

struct Writer<'a> {
    emission: &'a Emission<'a>,
    ids: Vec<Vec<Identifier>>,
    outline: Vec<(u8, String, XyzDestination)>,
    page: usize,
}

impl Writer<'_> {
    fn page(&mut self, document: &mut Document, ops: &PageOps, furniture: &Furniture) {
        let Some(settings) = PageSettings::from_wh(PAGE_WIDTH, PAGE_HEIGHT) else { return };
        let mut page = document.start_page_with(settings);
        let mut surface = page.surface();
        draw_fills(&mut surface, &furniture.fills, 0.0, 0.0);
        draw_fills(&mut surface, &ops.ops, LEFT, TOP);
        for (x, y, line, style) in &furniture.texts {
            surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(ArtifactType::PaginationOther)));
            self.draw_line(&mut surface, *x, *y, line, *style);
            surface.end_tagged();
        }
        for op in &ops.ops {
            self.draw(&mut surface, op);
        }
        surface.finish();
        for op in &ops.ops {
            self.link(&mut page, op);
        }
        page.finish();
    }

    fn draw(&mut self, surface: &mut Surface<'_>, op: &Op) {
        match op {
            Op::Text { x, y, line, style, node } => {
                let tag = match node {
                    Some(_) => ContentTag::Span(SpanTag::empty()),
                    None => ContentTag::Artifact(Artifact::with_kind(ArtifactType::PaginationOther)),
                };
                let id = surface.start_tagged(tag);
                self.draw_line(surface, x + LEFT, y + TOP, line, *style);
                surface.end_tagged();
                if let Some(node) = node {
                    self.ids[*node].push(id);
                }
            }
            Op::Qr { x, y, size, node } => {
                let id = surface.start_tagged(ContentTag::Other);
                if let Some(qr) = self.emission.qr {
                    qr.draw(surface, x + LEFT, y + TOP, *size);
                }
                surface.end_tagged();
                self.ids[*node].push(id);
            }
            Op::Bookmark { title, level } => {
                let destination = XyzDestination::new(self.page, Point::from_xy(LEFT, TOP));
                self.outline.push((*level, title.clone(), destination));
            }
            Op::Fill { .. } | Op::Link { .. } => {}
        }
    }

    fn draw_line(&self, surface: &mut Surface<'_>, x: f32, y: f32, line: &Line, style: TextStyle) {
        surface.set_fill(Some(paint(style.color)));
        let font = self.emission.fonts.font(style.weight);
        surface.draw_glyphs(Point::from_xy(x, y), &line.glyphs, font, &line.text, style.size, false);
    }

    fn link(&mut self, page: &mut Page<'_>, op: &Op) {
        let Op::Link { x, y, width, height, node } = op else { return };
        let (Some(url), Some(rect)) =
            (self.emission.url, Rect::from_xywh(x + LEFT, y + TOP, width.max(1.0), height.max(1.0)))
        else {
            return;
        };
        let target = Target::Action(Action::Link(LinkAction::new(url.to_owned())));
        let alt = Some("Verificar este documento en línea".to_owned());
        let id = page.add_tagged_annotation(Annotation::new_link(LinkAnnotation::new(rect, target), alt));
        self.ids[*node].push(id);
    }

    fn tree(&mut self) -> TagTree {
        let mut tree = TagTree::new();
        for root in &self.emission.flow.roots {
            if let Some(group) = self.group(*root) {
                tree.push(group);
            }
        }
        tree
    }

    /// A group without content is left out: nothing of it was drawn.
    fn group(&mut self, id: NodeId) -> Option<TagGroup> {
        let node = &self.emission.flow.nodes[id];
        let mut children: Vec<TagNode> =
            std::mem::take(&mut self.ids[id]).into_iter().map(Into::into).collect();
        for child in &node.children {
            children.extend(self.group(*child).map(Into::into));
        }
        // An empty cell keeps its place in its row.
        let is_cell = matches!(node.tag, krilla::tagging::TagKind::TD(_) | krilla::tagging::TagKind::TH(_));
        (is_cell || !children.is_empty()).then(|| TagGroup::with_children(node.tag.clone(), children))
    }

    /// The title holds the headings, each heading its own subheadings.
    fn outline(&mut self) -> Outline {
        let mut outline = Outline::new();
        let mut entries = std::mem::take(&mut self.outline).into_iter().peekable();
        while let Some((level, title, destination)) = entries.next() {
            let mut node = OutlineNode::new(title, destination).with_open(true);
            while let Some((_, title, destination)) = entries.next_if(|(deeper, ..)| *deeper > level) {
                node.push_child(OutlineNode::new(title, destination));
            }
            outline.push_child(node);
        }
        outline
    }
}

fn paint(Color(r, g, b): Color) -> Fill {
    Fill { paint: rgb::Color::new(r, g, b).into(), ..Fill::default() }
}

/// Draws the filled rectangles; those that continue each other become one, so that no seam shows between lines.
fn draw_fills(surface: &mut Surface<'_>, ops: &[Op], left: f32, top: f32) {
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
    if merged.is_empty() {
        return;
    }
    surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(ArtifactType::Layout)));
    for (color, x, y, width, height) in merged {
        let mut path = PathBuilder::new();
        if let Some(rect) = Rect::from_xywh(x + left, y + top, width, height) {
            path.push_rect(rect);
        }
        if let Some(path) = path.finish() {
            surface.set_fill(Some(paint(color)));
            surface.draw_path(&path);
        }
    }
    surface.end_tagged();
}
