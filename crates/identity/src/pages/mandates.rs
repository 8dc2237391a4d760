//! `/mi/representaciones`: for whom the person may act, who may act for them, and how either begins and ends.

use axum::extract::State;
use axum::response::Response;
use copihue_core::calendar::Zone;
use copihue_core::{Error, Id, Kind};
use copihue_web::components::{
    Tone, button, button_link, checkboxes, date_input, declaration, inset, run_input, table, tag, warning,
};
use copihue_web::{Cx, Failure, Fields, FormData, FormState, Markup, Page, args, html, see_other};
use http::{HeaderMap, StatusCode};

use super::acting::about;
use crate::Identity;
use crate::api::browser;
use crate::app::{Given, Offer};
use crate::model::mandate::{Mandate, MandateState, Power};
use crate::model::person::Person;

const HERE: &str = "/mi/representaciones";

async fn whose(identity: &Identity, cx: &Cx) -> Result<Person, Error> {
    identity.person(cx.person()?.id).await?.ok_or_else(Error::not_found)
}

pub(crate) async fn page(State(identity): State<Identity>, cx: Cx) -> Result<Response, Failure> {
    let person = whose(&identity, &cx).await?;
    let held = identity.mandates_of(person.id).await?;
    let given = identity.mandates_given(&person).await?;
    let body = html! {
        h2 { (cx.t("identity-mandates-held")) }
        (list(&cx, "identity-mandates-held", held.iter().map(|m| held_row(&cx, m)).collect(), "identity-mandates-held-none"))
        h2 { (cx.t("identity-mandates-given")) }
        (list(&cx, "identity-mandates-given", given.iter().map(|g| given_row(&cx, g)).collect(), "identity-mandates-given-none"))
        (button_link(cx.t("identity-mandates-offer"), "/mi/representaciones/ofrecer").secondary())
    };
    let page = Page::new("identity-mandates-title")
        .lead(cx.t("identity-mandates-lead"))
        .crumb(cx.t("identity-history-crumb"), "/mi")
        .wide();
    Ok(cx.page(page, body))
}

fn list(cx: &Cx, caption: &'static str, rows: Vec<Vec<Markup>>, none: &'static str) -> Markup {
    let list = table(cx.t(caption))
        .column(cx.t("identity-mandates-who"))
        .column(cx.t("identity-mandates-what"))
        .column(cx.t("identity-mandates-state"))
        .column(cx.t("identity-mandates-act"))
        .rows(rows)
        .empty(cx.t(none))
        .quiet_caption();
    html! { (list) }
}

fn state(cx: &Cx, mandate: &Mandate) -> (MandateState, Markup) {
    let state = mandate.validity.at(cx.now());
    let (key, tone) = match state {
        MandateState::Offered => ("identity-mandate-offered", Tone::Warn),
        MandateState::InForce => ("identity-mandate-in-force", Tone::Good),
        MandateState::Suspended => ("identity-mandate-suspended", Tone::Warn),
        MandateState::Expired => ("identity-mandate-expired", Tone::Neutral),
        MandateState::Revoked => ("identity-mandate-revoked", Tone::Neutral),
        MandateState::Renounced => ("identity-mandate-renounced", Tone::Neutral),
    };
    (state, tag(cx.t(key), tone))
}

fn held_row(cx: &Cx, mandate: &Mandate) -> Vec<Markup> {
    let (state, shown) = state(cx, mandate);
    let holder = mandate.validity.holder;
    let acts = html! {
        @if state == MandateState::Offered {
            (act(cx, "aceptar", (holder, mandate.id), "identity-mandate-accept", &mandate.entity.name))
            (ending(cx, "renunciar", (holder, mandate.id), "identity-mandate-refuse", &mandate.entity.name))
        }
        @if state == MandateState::InForce {
            @if mandate.may_delegate {
                p { a href=(format!("{HERE}/ofrecer?por={}", mandate.id)) { (cx.t("identity-mandate-delegate")) } }
            }
            (ending(cx, "renunciar", (holder, mandate.id), "identity-mandate-renounce", &mandate.entity.name))
        }
    };
    vec![html! { (mandate.entity.name) }, html! { (about(cx, mandate)) }, shown, acts]
}

fn given_row(cx: &Cx, Given { mandate, holder }: &Given) -> Vec<Markup> {
    let (state, shown) = state(cx, mandate);
    let may_end = matches!(state, MandateState::Offered | MandateState::InForce);
    let place = (mandate.validity.holder, mandate.id);
    let acts = html! {
        @if may_end { (ending(cx, "revocar", place, "identity-mandate-revoke", holder)) }
    };
    let words = html! { (about(cx, mandate)) br; span.hint { (mandate.entity.name) } };
    vec![html! { (holder) }, words, shown, acts]
}

fn act(cx: &Cx, what: &str, place: (Id, Id), label: &'static str, of: &str) -> Markup {
    let label = cx.ta(label, &args! {"name" => of});
    cx.form(HERE, html! { (named(what, place)) (button(label).secondary()) })
}

/// What can't be undone is asked once more.
fn ending(cx: &Cx, what: &str, (holder, id): (Id, Id), label: &'static str, of: &str) -> Markup {
    html! {
        p { a href=(format!("{HERE}/terminar?acto={what}&titular={holder}&mandato={id}")) { (cx.ta(label, &args! {"name" => of})) } }
    }
}

/// `GET /mi/representaciones/terminar`: asks before a mandate is given back or taken away.
pub(crate) async fn end(State(identity): State<Identity>, cx: Cx) -> Result<Response, Failure> {
    let id = |name: &str| cx.query(name).and_then(|id| id.parse::<Id>().ok()).ok_or_else(Error::not_found);
    let (person, place) = (whose(&identity, &cx).await?, (id("titular")?, id("mandato")?));
    let what = cx.query("acto").unwrap_or_default();
    let (key, name, mandate) = match what.as_str() {
        "renunciar" => {
            let mandate = identity.mandates_of(person.id).await?.into_iter().find(|m| m.id == place.1);
            let mandate = mandate.ok_or_else(Error::not_found)?;
            let offered = mandate.validity.at(cx.now()) == MandateState::Offered;
            let key = if offered { "identity-mandate-refuse" } else { "identity-mandate-renounce" };
            (key, mandate.entity.name.clone(), mandate)
        }
        "revocar" => {
            let given = identity.mandates_given(&person).await?.into_iter().find(|g| g.mandate.id == place.1);
            let Given { mandate, holder } = given.ok_or_else(Error::not_found)?;
            ("identity-mandate-revoke", holder, mandate)
        }
        _ => return Err(Error::not_found().into()),
    };
    let body = html! {
        p { (about(&cx, &mandate)) }
        (warning(cx.t("identity-mandate-end-warning")))
        (cx.form(HERE, html! {
            (named(&what, place))
            (button(cx.ta(key, &args! {"name" => name.as_str()})).danger())
        }))
        p { a href=(HERE) { (cx.t("identity-mandate-end-no")) } }
    };
    let page = Page::new("identity-mandate-end-title")
        .caption(name)
        .crumb(cx.t("identity-history-crumb"), "/mi")
        .crumb(cx.t("identity-mandates-title"), HERE);
    Ok(cx.page(page, body))
}

/// The fields of what is done to a mandate.
fn named(what: &str, (holder, id): (Id, Id)) -> Markup {
    html! {
        input type="hidden" name="acto" value=(what);
        input type="hidden" name="titular" value=(holder.to_string());
        input type="hidden" name="mandato" value=(id.to_string());
    }
}

/// `POST /mi/representaciones`: takes, gives back or takes away.
pub(crate) async fn decide(
    State(identity): State<Identity>,
    cx: Cx,
    headers: HeaderMap,
    form: FormData,
) -> Result<Response, Failure> {
    let id = |name: &str| form.value(name).and_then(|id| id.parse::<Id>().ok()).ok_or_else(Error::not_found);
    let (person, mandate) = (whose(&identity, &cx).await?, id("mandato")?);
    let browser = browser(&identity, &cx, &headers);
    match form.value("acto") {
        Some("aceptar") => identity.accept_mandate(person.id, mandate, &browser).await?,
        Some("renunciar") => identity.renounce_mandate(person.id, mandate, &browser).await?,
        Some("revocar") => identity.revoke_mandate(&person, id("titular")?, mandate, &browser).await?,
        _ => return Err(Error::not_found().into()),
    }
    Ok(see_other(HERE))
}

/// `GET /mi/representaciones/ofrecer`.
pub(crate) async fn form(State(identity): State<Identity>, cx: Cx) -> Result<Response, Failure> {
    let by = cx.query("por").unwrap_or_default().to_owned();
    show(&identity, &cx, &FormState::new().set("por", by), StatusCode::OK).await
}

async fn show(
    identity: &Identity,
    cx: &Cx,
    state: &FormState,
    status: StatusCode,
) -> Result<Response, Failure> {
    let by = by_of(state);
    let person = whose(identity, cx).await?;
    let handed_on = match by {
        Some(id) => {
            identity.mandates_in_force(person.id).await?.into_iter().find(|m| m.id == id && m.may_delegate)
        }
        None => None,
    };
    if by.is_some() && handed_on.is_none() {
        return Err(Error::not_found().into());
    }
    let powers = handed_on.as_ref().map_or_else(|| Power::ALL.to_vec(), |m| m.powers.clone());
    let choices = powers.iter().fold(checkboxes("poderes", cx.t("identity-offer-powers")), |all, power| {
        all.option(power.code(), cx.t(super::acting::power_key(*power)))
    });
    let body = html! {
        @if let Some(mandate) = &handed_on { (inset(html! { p { (cx.ta("identity-offer-by", &args! {"name" => mandate.entity.name.as_str()})) } })) }
        (cx.form("/mi/representaciones/ofrecer", html! {
            @if let Some(id) = by { input type="hidden" name="por" value=(id.to_string()); }
            (run_input("run", cx.t("identity-offer-run")).hint(cx.t("identity-offer-run-hint")).state(state))
            (choices.state(state))
            (date_input("hasta", cx.t("identity-offer-until")).hint(cx.t("identity-offer-until-hint")).optional().state(state))
            (declaration("declaro", cx.t("identity-offer-sure"), cx.t("identity-offer-sure-yes")).state(state))
            (button(cx.t("identity-offer-button")))
        }))
    };
    let page = Page::new("identity-offer-title")
        .lead(cx.t("identity-offer-lead"))
        .crumb(cx.t("identity-history-crumb"), "/mi")
        .crumb(cx.t("identity-mandates-title"), HERE)
        .status(status)
        .form(state);
    Ok(cx.page(page, body))
}

fn by_of(state: &FormState) -> Option<Id> {
    state.value("por").parse().ok()
}

fn read(cx: &Cx, form: &FormData) -> Result<Offer, FormState> {
    let codes = Power::ALL.map(Power::code);
    let mut fields = Fields::new(form);
    let run = fields.run("run");
    let powers = fields.ask(cx.t("identity-offer-powers-ask")).choices("poderes", &codes, 1);
    let until = fields.optional("hasta", Fields::date);
    let today = Zone::Santiago.date(cx.now());
    if until.flatten().is_some_and(|day| day < today) {
        fields.error("hasta", cx.t("identity-offer-until-past"));
    }
    let sure = fields.declaration("declaro");
    let (holder, powers, until, ()) = fields.done((run, powers, until, sure))?;
    Ok(Offer {
        holder,
        powers: powers.iter().filter_map(|code| Power::parse(code)).collect(),
        until: until.map(|day| Zone::Santiago.end_of_day(day)),
        by: form.value("por").and_then(|by| by.parse().ok()),
    })
}

/// `POST /mi/representaciones/ofrecer`.
pub(crate) async fn offer(
    State(identity): State<Identity>,
    cx: Cx,
    headers: HeaderMap,
    form: FormData,
) -> Result<Response, Failure> {
    let offer = match read(&cx, &form) {
        Ok(offer) => offer,
        Err(state) => return show(&identity, &cx, &state, StatusCode::UNPROCESSABLE_ENTITY).await,
    };
    let person = whose(&identity, &cx).await?;
    let browser = browser(&identity, &cx, &headers);
    match identity.offer_mandate(&person, offer, &browser).await {
        Ok(_) => Ok(see_other(HERE)),
        Err(error) if matches!(error.kind(), Kind::Invalid | Kind::Conflict) => {
            let state = form.state().with_failure(&error);
            show(&identity, &cx, &state, StatusCode::UNPROCESSABLE_ENTITY).await
        }
        Err(error) => Err(error.into()),
    }
}
