//! The ways through the pages on signing.

use copihue_web::{Cx, Markup, html};

/// Address and label of each part.
const PARTS: &[(&str, &str)] =
    &[("/gestion/firma", "signing-nav-waiting"), ("/gestion/firma/enviados", "signing-nav-sent")];

/// The parts of the pages on signing, the one that is shown marked.
pub(crate) fn nav(cx: &Cx) -> Markup {
    html! {
        nav.filters aria-label=(cx.t("signing-nav")) {
            ul {
                @for (href, label) in PARTS {
                    @let current = (cx.path() == *href).then_some("page");
                    li { a href=(href) aria-current=[current] { (cx.t(label)) } }
                }
            }
        }
    }
}
