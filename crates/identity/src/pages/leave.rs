//! Log-out that an application asked for.

use axum::response::Response;
use copihue_web::components::{button, button_link};
use copihue_web::{Cx, Page, args, html};
use http::StatusCode;

use crate::app::BadLeaving;
use crate::model::client::Client;

/// Asks whether the person wants to: a stranger's page could have sent them.
pub(crate) fn confirm(cx: &Cx, client: Option<&Client>, carried: &[(&str, &str)], csrf: &str) -> Response {
    let body = html! {
        @match client {
            Some(client) => p { (cx.ta("identity-leave-app", &args! {"app" => client.name.as_str()})) },
            None => p { (cx.t("identity-leave-text")) },
        }
        form.form method="post" action="/oauth2/logout" {
            input type="hidden" name="confirmar" value=(csrf);
            @for (name, value) in carried { input type="hidden" name=(name) value=(value); }
            (button(cx.t("identity-leave-yes")))
            (button_link(cx.t("identity-leave-no"), "/").secondary())
        }
    };
    cx.page(Page::new("identity-leave-title").no_referrer().without_feedback(), body)
}

/// It is done, and there is nowhere to go.
pub(crate) fn done(cx: &Cx) -> Response {
    let body = html! {
        p { (cx.t("identity-logout-text")) }
        p { a href="/" { (cx.t("identity-home")) } }
    };
    cx.page(Page::new("identity-logout-title").without_feedback(), body)
}

/// The request can't be believed: never a redirect.
pub(crate) fn problem(cx: &Cx, bad: BadLeaving) -> Response {
    let technical = match bad {
        BadLeaving::Hint => "id_token_hint",
        BadLeaving::Address => "post_logout_redirect_uri",
    };
    let body = html! {
        p { (cx.t("identity-leave-problem")) }
        p.hint lang="en" { (technical) }
        p { a href="/" { (cx.t("identity-home")) } }
    };
    let page = Page::new("identity-problem-title").status(StatusCode::BAD_REQUEST);
    cx.page(page.no_referrer().without_feedback(), body)
}
