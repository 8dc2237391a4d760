//! The person agrees to what an application learns; and the page that carries an answer by form.

use axum::response::Response;
use copihue_web::components::{button, fact, summary_list};
use copihue_web::{Cx, Page, args, html};

use crate::model::authorize::{Answer, AuthorizeRequest};
use crate::model::client::Client;
use crate::model::person::Person;

/// What a scope tells of the person, with the very data: nobody agrees to what they can't see.
pub(super) fn learns(person: &Person, request: &AuthorizeRequest) -> Vec<(&'static str, String)> {
    let has = |scope: &str| request.scope.contains(&scope);
    let mut all = Vec::new();
    if has("profile") || has("name") {
        all.push(("identity-consent-name", person.full_name()));
    }
    if has("run") {
        all.push(("identity-consent-run", person.run.to_string()));
    }
    if let Some(email) = person.email.clone().filter(|_| has("email")) {
        all.push(("identity-consent-email", email));
    }
    all
}

/// Asks.
pub(crate) fn page(
    cx: &Cx,
    client: &Client,
    request: &AuthorizeRequest,
    person: &Person,
    action: &str,
    csrf: &str,
) -> Response {
    let learns = learns(person, request);
    let facts: Vec<_> = learns.iter().map(|(key, value)| fact(cx.t(key), value.as_str())).collect();
    let about = args! {"app" => client.name.as_str(), "institution" => client.institution.as_str()};
    let body = html! {
        p { (cx.ta("identity-consent-lead", &about)) }
        @if facts.is_empty() { p { (cx.t("identity-consent-nothing")) } } @else { (summary_list(&facts)) }
        @if request.scope.contains(&"offline_access") { p { (cx.t("identity-consent-offline")) } }
        form.form method="post" action=(action) {
            input type="hidden" name="csrf" value=(csrf);
            (button(cx.t("identity-consent-yes")).sends("consentir", "si"))
            (button(cx.t("identity-consent-no")).sends("consentir", "no").secondary())
        }
        p.hint { (cx.t("identity-consent-later")) }
    };
    let page = Page::new("identity-consent-title").caption(client.name.as_str());
    cx.page(page.no_referrer().without_feedback(), body)
}

/// Carries an answer to the application by a form (OAuth 2.0 Form Post Response Mode): at once where scripts run, else with a button.
pub(crate) fn form_post(cx: &Cx, answer: &Answer) -> Response {
    let body = html! {
        p { (cx.t("identity-return-form-text")) }
        form.form method="post" action=(answer.target.redirect_uri.as_str()) data-send {
            @for (name, value) in answer.fields() { input type="hidden" name=(name) value=(value); }
            (button(cx.t("identity-return-form-button")))
        }
    };
    cx.page(Page::new("identity-return-form-title").no_referrer().without_feedback(), body)
}
