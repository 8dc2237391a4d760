//! Writes the pages as PDF/A-2a and PDF/UA-1. What documents share is written and deflated once: the fonts with the
//! characters of Spanish, the colour profile, and (by what it holds) the structure of documents of one template.

mod base;
mod content;
mod deflate;
mod file;
mod font;
mod icc;
mod meta;
mod outline;
mod own;
mod syntax;
mod tree;

use copihue_core::Result;
use pdf_writer::types::{ActionType, AnnotationFlags, AnnotationType, TabOrder};
use pdf_writer::writers::{Annotation, Catalog, Page, Pages};
use pdf_writer::{Finish, Name, Rect, Ref, Str, TextStr};

use crate::engine::Meta;
use crate::flow::{Flow, NodeId, Op};
use crate::fonts::{Fonts, Home, Weight};
use crate::layout::{LEFT, PAGE_HEIGHT, PAGE_WIDTH, TOP};
use crate::lines::{Line, TextStyle};
use crate::paginate::PageOps;
use crate::qr::Qr;
use base::Base;
use content::{Content, Mark};
use deflate::{Effort, Memory, deflate};
use file::File;
use meta::{About, Places};
use outline::Entry;
use own::OwnGlyphs;
use tree::{Held, Packs};

/// What stands on each page beside the flow: ornaments, outside of the structure.
pub(crate) struct Furniture {
    pub(crate) fills: Vec<Op>,
    pub(crate) texts: Vec<(f32, f32, Line, TextStyle)>,
}

/// A document, laid out.
pub(crate) struct Emission<'a> {
    pub(crate) flow: &'a Flow,
    pub(crate) pages: &'a [PageOps],
    /// One for each page.
    pub(crate) furniture: &'a [Furniture],
    pub(crate) qr: Option<&'a Qr>,
    pub(crate) url: Option<&'a str>,
    pub(crate) meta: &'a Meta,
}

/// What is made once for all documents, and what was learned from those before.
pub(crate) struct Press {
    base: Base,
    memory: Memory,
}

impl Press {
    /// # Errors
    /// When an embedded face can't be cut down: a defect of ours.
    pub(crate) fn new(fonts: &Fonts) -> Result<Self> {
        Ok(Self { base: Base::new(fonts)?, memory: Memory::default() })
    }

    /// Writes the document. The same document gives the same bytes, whatever was written before.
    ///
    /// # Errors
    /// When the instant has no date, or a face can't be cut down.
    pub(crate) fn emit(&self, fonts: &Fonts, emission: &Emission<'_>) -> Result<Vec<u8>> {
        let file = self.base.file.begin();
        let own = file.len();
        let mut writer = Writer {
            emission,
            fonts,
            file,
            held: emission.flow.nodes.iter().map(|_| Vec::new()).collect(),
            outline: Vec::new(),
            links: Vec::new(),
            glyphs: OwnGlyphs::default(),
        };
        let about = About::new(emission.meta)?;
        let [catalog, tree] = std::array::from_fn(|_| writer.file.allocate());
        let page = |_| [writer.file.allocate(), writer.file.allocate()];
        let pages: Vec<[Ref; 2]> = emission.pages.iter().map(page).collect();
        let contents: Vec<Vec<u8>> = (0..pages.len()).map(|n| writer.content(n, &pages)).collect();
        writer.page_objects(&self.base, tree, &pages, &contents)?;
        let places = writer.metadata(&about);
        let mut packs = Packs::default();
        let ids: Vec<Ref> = pages.iter().map(|[page, _]| *page).collect();
        let structure = tree::write(&mut writer.file, &mut packs, emission.flow, &writer.held, &ids);
        let outline = outline::write(&mut writer.file, &mut packs.own, &writer.outline);
        writer.file.object(catalog, |object| {
            let mut out: Catalog<'_> = object.start();
            out.pages(tree).metadata(places.xmp).lang(about.lang());
            out.mark_info().marked(true);
            out.viewer_preferences().display_doc_title(true);
            out.pair(Name(b"StructTreeRoot"), structure);
            out.insert(Name(b"OutputIntents")).array().item(self.base.intent);
            if let Some(outline) = outline {
                out.outlines(outline);
            }
        });
        let mut file = writer.file;
        file.pack(&packs.shared, &self.memory.deflate(packs.shared.content()));
        file.pack(&packs.own, &deflate(&packs.own.content(), Effort::Quick));
        Ok(file.finish(own, catalog, places.info))
    }
}

struct Writer<'a> {
    emission: &'a Emission<'a>,
    fonts: &'a Fonts,
    file: File,
    /// By node of the flow.
    held: Vec<Vec<Held>>,
    outline: Vec<Entry>,
    /// Page, object and number of each link.
    links: Vec<(usize, Ref)>,
    glyphs: OwnGlyphs,
}

impl Writer<'_> {
    /// What a page shows; notes what of it belongs to which element.
    fn content(&mut self, page: usize, pages: &[[Ref; 2]]) -> Vec<u8> {
        let (ops, furniture) = (&self.emission.pages[page].ops, &self.emission.furniture[page]);
        let mut content = Content::new(self.fonts);
        content.fills(&furniture.fills, 0.0, 0.0);
        content.fills(ops, LEFT, TOP);
        content.begin(Mark::Pagination);
        for (x, y, line, style) in &furniture.texts {
            content.line((*x, *y), line, *style, &mut self.glyphs);
        }
        content.end();
        let mut marker = Marker { page, next: 0, open: None, ends: Ending::Word };
        for op in ops {
            match op {
                Op::Text { x, y, line, style, node } => {
                    marker.switch(&mut content, Some(*node), &mut self.held);
                    content.line((x + LEFT, y + TOP), line, *style, &mut self.glyphs);
                    marker.ends = Ending::of(line);
                }
                Op::Qr { x, y, size, node } => {
                    let Some(qr) = self.emission.qr else { continue };
                    marker.switch(&mut content, Some(Some(*node)), &mut self.held);
                    let (left, top) = (x + LEFT, y + TOP);
                    content.qr(qr, (left, top), *size);
                    let area = [left, PAGE_HEIGHT - top - size, left + size, PAGE_HEIGHT - top];
                    self.held[*node].push(Held::Area(area));
                }
                Op::Bookmark { title, level, y } => {
                    let (title, top) = (title.clone(), PAGE_HEIGHT - TOP - y);
                    let page = pages[page][0];
                    self.outline.push(Entry { level: *level, title, page, left: LEFT, top });
                }
                Op::Link { x, y, width, height, node } => {
                    self.link(page, (x + LEFT, y + TOP), (*width, *height), *node);
                }
                Op::Fill { .. } => {}
            }
        }
        marker.switch(&mut content, None, &mut self.held);
        content.finish()
    }

    fn link(&mut self, page: usize, (x, y): (f32, f32), (width, height): (f32, f32), node: NodeId) {
        let Some(url) = self.emission.url else { return };
        let object = self.file.allocate();
        let key = (self.emission.pages.len() + self.links.len()) as i32;
        self.links.push((page, object));
        self.held[node].push(Held::Annotation { page, object, key });
        self.file.object(object, |object| {
            let mut link: Annotation<'_> = object.start();
            let (top, right) = (PAGE_HEIGHT - y, x + width.max(1.0));
            link.subtype(AnnotationType::Link).rect(Rect::new(x, top - height.max(1.0), right, top));
            link.border(0.0, 0.0, 0.0, None).flags(AnnotationFlags::PRINT).struct_parent(key);
            link.contents(TextStr("Verificar este documento en línea"));
            link.action().action_type(ActionType::Uri).uri(Str(url.as_bytes()));
        });
    }

    fn page_objects(
        &mut self,
        base: &Base,
        tree: Ref,
        pages: &[[Ref; 2]],
        contents: &[Vec<u8>],
    ) -> Result<()> {
        let own = self.glyphs.write(&mut self.file, self.fonts)?;
        self.file.object(tree, |object| {
            let mut out: Pages<'_> = object.start();
            out.kids(pages.iter().map(|[page, _]| *page)).count(pages.len() as i32);
        });
        for (n, ([page, content], bytes)) in pages.iter().zip(contents).enumerate() {
            self.file.deflated(*content, &deflate(bytes, Effort::Quick), |_| {});
            let links: Vec<Ref> = self.links.iter().filter(|(p, _)| *p == n).map(|(_, id)| *id).collect();
            self.file.object(*page, |object| {
                let mut out: Page<'_> = object.start();
                out.parent(tree).media_box(Rect::new(0.0, 0.0, PAGE_WIDTH, PAGE_HEIGHT)).contents(*content);
                out.struct_parents(n as i32).tab_order(TabOrder::StructureOrder);
                if !links.is_empty() {
                    out.annotations(links);
                }
                let mut resources = out.resources();
                let mut fonts = resources.fonts();
                for (weight, id) in [(Weight::Regular, base.regular), (Weight::Bold, base.bold)] {
                    fonts.pair(Name(content::name(weight, Home::Shared)), id);
                }
                for (weight, id) in &own {
                    fonts.pair(Name(content::name(*weight, Home::Own)), *id);
                }
                fonts.finish();
            });
        }
        Ok(())
    }

    fn metadata(&mut self, about: &About<'_>) -> Places {
        let places = Places { info: self.file.allocate(), xmp: self.file.allocate() };
        self.file.object(places.info, |object| about.info(object));
        self.file.stream(places.xmp, about.xmp().as_bytes(), About::xmp_stream);
        places
    }
}

/// Numbers a page's marked content: what follows each other in one element is one piece.
struct Marker {
    page: usize,
    next: i32,
    /// The element, or none for an ornament.
    open: Option<Option<NodeId>>,
    ends: Ending,
}

/// How the last line ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ending {
    /// With a space: the next line of the same element continues it.
    Space,
    /// The next line is a piece of its own, or their words would run together when read aloud.
    Word,
}

impl Ending {
    fn of(line: &Line) -> Self {
        if line.glyphs.last().is_some_and(|g| g.text.0 == ' ') { Self::Space } else { Self::Word }
    }
}

impl Marker {
    /// Ends one element's content and begins another's.
    fn switch(&mut self, content: &mut Content<'_>, to: Option<Option<NodeId>>, held: &mut [Vec<Held>]) {
        let continues = self.ends == Ending::Space || matches!(to, None | Some(None));
        if self.open == to && continues {
            return;
        }
        if self.open.is_some() {
            content.end();
        }
        match to {
            Some(Some(node)) => {
                content.begin(Mark::Content(self.next));
                held[node].push(Held::Content { page: self.page, id: self.next });
                self.next += 1;
            }
            Some(None) => content.begin(Mark::Pagination),
            None => {}
        }
        self.open = to;
    }
}
