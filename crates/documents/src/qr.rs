//! The QR code, drawn as one path.

use copihue_core::{Error, Result};
use krilla::color::rgb;
use krilla::geom::{PathBuilder, Rect};
use krilla::paint::Fill;
use krilla::surface::Surface;
use qrcode::{Color, EcLevel, QrCode};

pub(crate) struct Qr {
    modules: Vec<Color>,
    width: usize,
}

impl Qr {
    /// Level M: it still reads with an eighth of it damaged.
    pub(crate) fn new(text: &str) -> Result<Self> {
        let code = QrCode::with_error_correction_level(text, EcLevel::M)
            .map_err(|e| Error::internal(format_args!("qr: {e}")))?;
        Ok(Self { width: code.width(), modules: code.to_colors() })
    }

    /// A white ground with the quiet zone of four modules around, then the dark modules `size` points wide.
    pub(crate) fn draw(&self, surface: &mut Surface<'_>, x: f32, y: f32, size: f32) {
        let quiet = 4.0 * size / self.width as f32;
        let white = Rect::from_xywh(x - quiet, y - quiet, size + 2.0 * quiet, size + 2.0 * quiet);
        fill(surface, rgb::Color::white(), white.into_iter());
        let module = size / self.width as f32;
        let rects = self.modules.chunks(self.width).enumerate().flat_map(|(row, modules)| {
            runs(modules).filter_map(move |(start, len)| {
                let (left, top) = (x + start as f32 * module, y + row as f32 * module);
                Rect::from_xywh(left, top, len as f32 * module, module)
            })
        });
        fill(surface, rgb::Color::black(), rects);
    }
}

fn fill(surface: &mut Surface<'_>, color: rgb::Color, rects: impl Iterator<Item = Rect>) {
    let mut path = PathBuilder::new();
    rects.for_each(|rect| path.push_rect(rect));
    if let Some(path) = path.finish() {
        surface.set_fill(Some(Fill { paint: color.into(), ..Fill::default() }));
        surface.draw_path(&path);
    }
}

/// Runs of dark modules in a row: where each begins, how long it is.
fn runs(modules: &[Color]) -> impl Iterator<Item = (usize, usize)> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        at += modules[at..].iter().position(|m| *m == Color::Dark)?;
        let start = at;
        at += modules[at..].iter().take_while(|m| **m == Color::Dark).count();
        Some((start, at - start))
    })
}
