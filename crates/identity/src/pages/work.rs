//! The proof of work of the login form: a script finds it while the person types, and who has none waits for some seconds.

use axum::response::Response;
use copihue_web::components::inset;
use copihue_web::{Cx, Markup, args, html};

use super::script;
use crate::app::patience_of;

const SCRIPT: &str = include_str!("work.js");
/// Where the script is.
const ADDRESS: &str = "/ingresar/trabajo.js";

/// `GET /ingresar/trabajo.js`.
pub(crate) async fn script() -> Response {
    script::answer(SCRIPT)
}

/// What a form carries for its work, and what is said about it.
pub(super) fn fields(cx: &Cx, challenge: &str) -> Markup {
    let seconds = args! {"n" => patience_of(challenge)};
    html! {
        input type="hidden" name="trabajo" value=(challenge);
        input type="hidden" name="solucion" value="" autocomplete="off";
        noscript { (inset(html! { p { (cx.ta("identity-work-wait", &seconds)) } })) }
        p.hint role="status" data-working=(cx.t("identity-work-working")) {}
        (script::tag(ADDRESS, SCRIPT))
    }
}
