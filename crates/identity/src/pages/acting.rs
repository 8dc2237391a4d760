//! «¿Actúa por usted o en nombre de otro?»: asked when an application wants to know, answered by the person alone (§3.7).

use axum::response::Response;
use copihue_web::components::{button, fact, radios, summary_list};
use copihue_web::{Cx, FormState, Page, args, html};

use super::consent::learns;
use crate::model::authorize::AuthorizeRequest;
use crate::model::client::Client;
use crate::model::mandate::{Asked, Capacity, Mandate, Power, last_day};
use crate::model::person::Person;

/// What is asked, of whom, by whom.
pub(crate) struct Question<'a> {
    pub(crate) client: &'a Client,
    pub(crate) request: &'a AuthorizeRequest,
    pub(crate) person: &'a Person,
    pub(crate) mandates: &'a [Mandate],
    pub(crate) action: &'a str,
    pub(crate) csrf: &'a str,
}

pub(crate) fn page(cx: &Cx, q: &Question<'_>, state: &FormState) -> Response {
    let may_be_oneself = q.request.acting != Asked::Required;
    let mut choices = radios("representar", cx.t("identity-acting-legend"));
    if may_be_oneself {
        choices =
            choices.option("yo", cx.ta("identity-acting-self", &args! {"name" => q.person.full_name()}));
    }
    for mandate in q.mandates {
        choices = choices.option_with_hint(
            mandate.id.to_string(),
            mandate.entity.name.as_str(),
            about(cx, mandate),
        );
    }
    let about = args! {"app" => q.client.name.as_str(), "institution" => q.client.institution.as_str()};
    let learns = learns(q.person, q.request);
    let facts: Vec<_> = learns.iter().map(|(key, value)| fact(cx.t(key), value.as_str())).collect();
    let nobody = q.mandates.is_empty();
    let body = html! {
        p { (cx.ta("identity-consent-lead", &about)) }
        @if !facts.is_empty() { (summary_list(&facts)) }
        p { (cx.t("identity-acting-told")) }
        @if nobody && !may_be_oneself { p { strong { (cx.t("identity-acting-nobody")) } } }
        form.form method="post" action=(q.action) novalidate {
            input type="hidden" name="csrf" value=(q.csrf);
            @if !nobody || may_be_oneself {
                (choices.state(state))
                (button(cx.t("identity-acting-yes")).sends("continuar", "si"))
            }
            (button(cx.t("identity-acting-no")).sends("continuar", "no").secondary())
        }
        p.hint { (cx.t("identity-acting-later")) }
    };
    let page = Page::new("identity-acting-title").caption(q.client.name.as_str()).form(state);
    cx.page(page.no_referrer().without_feedback(), body)
}

/// Capacity, powers and end: what the application is told of it.
pub(super) fn about(cx: &Cx, mandate: &Mandate) -> String {
    let powers: Vec<&str> = mandate.powers.iter().map(|power| cx.t(power_key(*power))).collect();
    let mut parts = vec![
        format!("RUT {}", mandate.entity.rut),
        cx.t(capacity_key(mandate.capacity)).to_owned(),
        powers.join(", "),
    ];
    if let Some(until) = mandate.validity.until {
        parts.push(cx.ta("identity-acting-until", &args! {"date" => cx.date(last_day(until))}));
    }
    parts.join(" · ")
}

const fn capacity_key(capacity: Capacity) -> &'static str {
    match capacity {
        Capacity::LegalRepresentative => "identity-capacity-legal",
        Capacity::Attorney => "identity-capacity-attorney",
        Capacity::Guardian => "identity-capacity-guardian",
        Capacity::Delegate => "identity-capacity-delegate",
    }
}

pub(super) const fn power_key(power: Power) -> &'static str {
    match power {
        Power::Apply => "identity-power-apply",
        Power::Sign => "identity-power-sign",
        Power::Pay => "identity-power-pay",
    }
}
