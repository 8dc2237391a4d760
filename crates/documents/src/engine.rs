//! From template and values to the bytes of a PDF.

use std::time::Duration;

use copihue_core::{Result, Timestamp, VerificationCode};
use serde_json::{Map, Value};

use crate::budget::{Budget, PATIENCE};
use crate::flow::Flow;
use crate::fonts::{Fonts, Weight};
use crate::layout::{
    BLUE, GRAY, HEIGHT, LEFT, PAGE_HEIGHT, PAGE_WIDTH, RULE, SMALL, Verification, WIDTH, fill, lay_out, style,
};
use crate::lines::{self, Color, Line, TextStyle};
use crate::paginate::{PageOps, paginate};
use crate::pdf::{Emission, Furniture, Press};
use crate::picture;
use crate::qr::Qr;
use crate::resolve::{Content, resolve};
use crate::template::Template;

const MAX_PAGES: usize = 60;
const WARNING: Color = Color(176, 0, 32);

/// What the document says of itself, beside its content.
#[derive(Clone, Debug)]
pub struct Meta {
    /// Title in the document's properties.
    pub title: String,
    /// Who issues it.
    pub author: String,
    /// Language tag, `es-CL`.
    pub lang: String,
    /// When it is made: the only instant in the file, so that the same input gives the same bytes.
    pub created: Timestamp,
    /// The document's id.
    pub document_id: String,
    /// Something to look at, that no page lets anybody take for the document: it has no code.
    pub preview: bool,
    /// The verification code; without it nothing of the verification shows.
    pub code: Option<VerificationCode>,
    /// The address that the QR code holds, `https://host/v/CODE`.
    pub verify_url: Option<String>,
}

/// Renders documents. Parses and deflates its fonts once, and remembers what the documents of a template share: keep one for
/// the life of the process, and give it a million documents as you give it one.
pub struct Engine {
    fonts: Fonts,
    press: Press,
    patience: Duration,
}

impl Engine {
    /// An engine with its embedded fonts.
    ///
    /// # Panics
    /// Never: the fonts are part of the program, and a test reads them.
    #[must_use]
    #[expect(clippy::expect_used, reason = "the embedded fonts are read by every test of this crate")]
    pub fn new() -> Self {
        let fonts = Fonts::load().expect("the embedded fonts can be read");
        let press = Press::new(&fonts).expect("the embedded fonts can be cut down");
        Self { fonts, press, patience: PATIENCE }
    }

    /// The same engine with another patience than two seconds a document.
    #[must_use]
    pub fn with_patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// Renders a document as PDF/A-2a and PDF/UA-1. The same input gives the same bytes.
    ///
    /// # Errors
    /// `documento_incompleto` when a value is missing, is not what its style says, or a legal part is empty (PRO-31);
    /// `documento_limite` beyond 60 pages, 20,000 bytes in a text, 400,000 in all, 2,000 rows in a table, 60,000 texts, or
    /// 40,000 lines; `documento_tarda`, which another time may go well, beyond two seconds.
    pub fn render(&self, template: &Template, values: &Map<String, Value>, meta: &Meta) -> Result<Vec<u8>> {
        let composed = self.compose(template, values, meta)?;
        self.press.emit(&self.fonts, &composed.emission(meta))
    }

    /// The pages of the same document as pictures (SVG), to look at while a template is written.
    ///
    /// # Errors
    /// As [`render`](Self::render).
    pub fn pictures(
        &self,
        template: &Template,
        values: &Map<String, Value>,
        meta: &Meta,
    ) -> Result<Vec<String>> {
        let composed = self.compose(template, values, meta)?;
        Ok(picture::draw(&self.fonts, &composed.emission(meta)))
    }

    fn compose(&self, template: &Template, values: &Map<String, Value>, meta: &Meta) -> Result<Composed> {
        let budget = Budget::new(self.patience);
        let content = resolve(template, values, &budget)?;
        let verification =
            meta.code.map(|code| Verification { code: code.to_string(), url: meta.verify_url.clone() });
        let flow = lay_out(&self.fonts, &content, verification.as_ref(), &budget)?;
        let pages = paginate(&flow, HEIGHT, MAX_PAGES)?;
        budget.go_on()?;
        let url = verification.and_then(|v| v.url);
        let qr = url.as_deref().map(Qr::new).transpose()?;
        let furniture = (1..=pages.len()).map(|n| self.furniture(&content, meta, n, pages.len())).collect();
        Ok(Composed { flow, pages, furniture, qr, url })
    }

    /// The blue edge, the running header from the second page on, and the footer with code and page number.
    fn furniture(&self, content: &Content, meta: &Meta, page: usize, pages: usize) -> Furniture {
        let small = style(Weight::Regular, 8.0, 11.0, GRAY);
        let foot = PAGE_HEIGHT - 46.0;
        let mut furniture = Furniture {
            fills: vec![fill(0.0, 0.0, PAGE_WIDTH, 5.0, BLUE), fill(LEFT, foot, WIDTH, 0.5, RULE)],
            texts: Vec::new(),
        };
        let mut put = |text: &str, right: bool, y: f32| {
            if let Some(line) = lines::set(&self.fonts, text, small, WIDTH * 0.74).into_iter().next() {
                let x = if right { LEFT + WIDTH - line.width } else { LEFT };
                furniture.texts.push((x, y, line, small));
            }
        };
        if page > 1 {
            put(&format!("{} · {}", content.institution, content.title), false, 38.0);
        }
        if meta.preview {
            put("Página de muestra: no se emitió ni se firmó", false, foot + SMALL.leading + 2.0);
        }
        if let Some(code) = meta.code {
            put(&format!("Código de verificación {code}"), false, foot + SMALL.leading + 2.0);
        }
        put(&format!("Página {page} de {pages}"), true, foot + SMALL.leading + 2.0);
        if page > 1 {
            furniture.fills.push(fill(LEFT, 45.0, WIDTH, 0.5, RULE));
        }
        if meta.preview {
            furniture.texts.extend(self.preview_mark());
        }
        furniture
    }

    /// Above all else on the page.
    fn preview_mark(&self) -> Option<(f32, f32, Line, TextStyle)> {
        let look = style(Weight::Bold, 15.0, 18.0, WARNING);
        let line = lines::set(&self.fonts, "VISTA PREVIA, SIN VALIDEZ", look, WIDTH).into_iter().next()?;
        Some((LEFT + (WIDTH - line.width) / 2.0, 26.0, line, look))
    }
}

/// A document, laid out.
struct Composed {
    flow: Flow,
    pages: Vec<PageOps>,
    furniture: Vec<Furniture>,
    qr: Option<Qr>,
    url: Option<String>,
}

impl Composed {
    fn emission<'a>(&'a self, meta: &'a Meta) -> Emission<'a> {
        Emission {
            flow: &self.flow,
            pages: &self.pages,
            furniture: &self.furniture,
            qr: self.qr.as_ref(),
            url: self.url.as_deref(),
            meta,
        }
    }
}

impl Default for Engine {
    fn default() -> Self {
        Self::new()
    }
}
