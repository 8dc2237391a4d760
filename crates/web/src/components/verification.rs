//! The code by which anybody can check a document.

use maud::{Markup, PreEscaped, html};

use super::copy_button;
use crate::locale::t;

/// Code, QR (an SVG made by the caller), address and hash of a document: printed at 20 mm or more.
#[must_use]
pub fn verification_block(
    code: &str,
    address: &str,
    sha256_hex: Option<&str>,
    qr_svg: Option<&str>,
) -> Markup {
    html! {
        div.verification {
            @if let Some(svg) = qr_svg { div.verification-qr aria-hidden="true" { (PreEscaped(svg)) } }
            dl {
                dt { (t("web-verification-code")) }
                dd { code.code { (code) } " " (copy_button(code)) }
                dt { (t("web-verification-where")) }
                dd { a href=(address) { (address) } }
                @if let Some(hash) = sha256_hex {
                    dt { (t("web-verification-hash")) }
                    dd { code.hash { (hash) } " " (copy_button(hash)) }
                }
            }
        }
    }
}
