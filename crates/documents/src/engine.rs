//! From template and values to the bytes of a PDF.

use copihue_core::{Error, Result, Timestamp, VerificationCode};
use krilla::metadata::{DateTime, Metadata};
use serde_json::{Map, Value};

use crate::emit::{Emission, Furniture, emit};
use crate::fonts::{Fonts, Weight};
use crate::layout::{
    BLUE, GRAY, HEIGHT, LEFT, PAGE_HEIGHT, PAGE_WIDTH, RULE, SMALL, Verification, WIDTH, fill, lay_out, style,
};
use crate::lines;
use crate::paginate::paginate;
use crate::qr::Qr;
use crate::resolve::{Content, resolve, too_large};
use crate::template::Template;

const MAX_PAGES: usize = 60;

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
    /// The verification code; without it nothing of the verification shows (a preview).
    pub code: Option<VerificationCode>,
    /// The address that the QR code holds, `https://host/v/CODE`.
    pub verify_url: Option<String>,
}

/// Renders documents. Parses its fonts once: keep one for the life of the process.
pub struct Engine {
    fonts: Fonts,
}

impl Engine {
    /// An engine with its embedded fonts.
    ///
    /// # Panics
    /// Never: the fonts are part of the program, and a test reads them.
    #[must_use]
    #[expect(clippy::expect_used, reason = "the embedded fonts are read by every test of this crate")]
    pub fn new() -> Self {
        Self { fonts: Fonts::load().expect("the embedded fonts can be read") }
    }

    /// Renders a document as PDF/A-2a and PDF/UA-1. The same input gives the same bytes.
    ///
    /// # Errors
    /// `documento_incompleto` when a value is missing or a legal part is empty (PRO-31); `documento_limite` beyond 60
    /// pages, 20,000 bytes in a text, 400,000 in all, or 2,000 rows in a table.
    pub fn render(&self, template: &Template, values: &Map<String, Value>, meta: &Meta) -> Result<Vec<u8>> {
        let content = resolve(template, values)?;
        let verification =
            meta.code.map(|code| Verification { code: code.to_string(), url: meta.verify_url.clone() });
        let flow = lay_out(&self.fonts, &content, verification.as_ref());
        let pages = paginate(&flow, HEIGHT);
        if pages.len() > MAX_PAGES {
            return Err(too_large(format!("El documento supera las {MAX_PAGES} páginas.")));
        }
        let url = verification.as_ref().and_then(|v| v.url.as_deref());
        let qr = url.map(Qr::new).transpose()?;
        let furniture: Vec<Furniture> =
            (1..=pages.len()).map(|n| self.furniture(&content, meta, n, pages.len())).collect();
        let emission = Emission { fonts: &self.fonts, flow: &flow, qr: qr.as_ref(), url };
        emit(&emission, &pages, &furniture, metadata(meta)?)
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
        if let Some(code) = meta.code {
            put(&format!("Código de verificación {code}"), false, foot + SMALL.leading + 2.0);
        }
        put(&format!("Página {page} de {pages}"), true, foot + SMALL.leading + 2.0);
        if page > 1 {
            furniture.fills.push(fill(LEFT, 45.0, WIDTH, 0.5, RULE));
        }
        furniture
    }
}

impl Default for Engine {
    fn default() -> Self {
        Self::new()
    }
}

/// Title, author and language; id and code in the keywords (`documento=…, codigo=…`), which Info and XMP both carry.
fn metadata(meta: &Meta) -> Result<Metadata> {
    let mut keywords = vec![format!("documento={}", meta.document_id)];
    keywords.extend(meta.code.map(|code| format!("codigo={code}")));
    let created = date_time(meta.created)
        .ok_or_else(|| Error::internal(format_args!("instant {} has no date", meta.created)))?;
    Ok(Metadata::new()
        .title(meta.title.clone())
        .authors(vec![meta.author.clone()])
        .language(meta.lang.clone())
        .keywords(keywords)
        .creator("Copihue".to_owned())
        .producer("Copihue".to_owned())
        .document_id(meta.document_id.clone())
        .creation_date(created))
}

fn date_time(at: Timestamp) -> Option<DateTime> {
    let civil = jiff::Timestamp::from(at).to_zoned(jiff::tz::TimeZone::UTC).datetime();
    let small = |n: i8| u8::try_from(n).ok();
    Some(
        DateTime::new(u16::try_from(civil.year()).ok()?)
            .month(small(civil.month())?)
            .day(small(civil.day())?)
            .hour(small(civil.hour())?)
            .minute(small(civil.minute())?)
            .second(small(civil.second())?)
            .utc_offset_hour(0)
            .utc_offset_minute(0),
    )
}
