//! A QR code on a page.

use maud::{Markup, html};
use qrcode::{Color, QrCode};

/// Around the code, in modules: without it cameras find nothing.
const QUIET: usize = 4;

/// The QR code of a text as one path, in black on white whatever the contrast; nothing where the text is too long for one.
///
/// ```
/// let page = copihue_web::components::qr_code("otpauth://totp/Copihue:Ana?secret=GEZDGNBV", "Código QR").into_string();
/// assert!(page.contains("role=\"img\"") && page.contains("aria-label=\"Código QR\""));
/// ```
#[must_use]
pub fn qr_code(text: &str, label: &str) -> Markup {
    let Ok(code) = QrCode::new(text) else { return html! {} };
    let width = code.width();
    let mut path = String::new();
    for (at, color) in code.to_colors().into_iter().enumerate() {
        if color == Color::Dark {
            path.push_str(&format!("M{},{}h1v1h-1z", at % width + QUIET, at / width + QUIET));
        }
    }
    let side = width + 2 * QUIET;
    html! {
        svg width="240" height="240" viewBox=(format!("0 0 {side} {side}")) role="img" aria-label=(label) {
            rect width="100%" height="100%" fill="#fff" {}
            path d=(path) fill="#000" {}
        }
    }
}
