//! The person's cases: start, list, state, waiting, paying, done.

use axum::extract::{Path, State};
use axum::response::Response;
use copihue_core::Kind;
use copihue_web::components::{
    Tone, button, button_link, inset, radios, success_banner, table, tag, warning,
};
use copihue_web::{Cx, Failure, Fields, FormData, FormState, Markup, Page, args, html, see_other};

use super::{case_path, id_of, show as pieces};
use crate::app::{CaseLook, Offer, Procedures, Waiting};
use crate::model::machine::Payment;

pub(super) async fn before(
    State(app): State<Procedures>,
    cx: Cx,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let offer = app.offer(&id).ok_or_else(copihue_core::Error::not_found)?;
    Ok(start_page(&cx, &offer, &cx.form_state()))
}

fn start_page(cx: &Cx, offer: &Offer, state: &FormState) -> Response {
    let d = offer.definition();
    let choices = offer
        .institutions
        .iter()
        .fold(radios("institucion", cx.t("procedures-which-institution")), |r, (code, name)| {
            r.option(code.as_str(), name.as_str())
        });
    let fields = html! {
        @if let [(code, name)] = offer.institutions.as_slice() {
            input type="hidden" name="institucion" value=(code);
            p { (cx.ta("procedures-offered-by", &args! {"name" => name.clone()})) }
        } @else {
            (choices.state(state))
        }
        (button(cx.t("procedures-begin")))
    };
    let body = html! {
        p { (d.info.time.es()) }
        (inset(html!(p { (cx.t("procedures-draft-promise")) })))
        (cx.form(&format!("/tramites/{}/comenzar", d.id), fields))
    };
    let page = Page::new(d.title.es()).lead(d.summary.es()).back(format!("/tramites/{}", d.id)).form(state);
    cx.page(page, body)
}

pub(super) async fn start(
    State(app): State<Procedures>,
    cx: Cx,
    Path(id): Path<String>,
    form: FormData,
) -> Result<Response, Failure> {
    let offer = app.offer(&id).ok_or_else(copihue_core::Error::not_found)?;
    let codes: Vec<&str> = offer.institutions.iter().map(|(code, _)| code.as_str()).collect();
    let mut f = Fields::new(&form);
    let institution = f.choice("institucion", &codes);
    let (institution,) = match f.done((institution,)) {
        Ok(values) => values,
        Err(state) => return Ok(start_page(&cx, &offer, &state)),
    };
    let case = app.start(cx.require_actor()?, &id, &institution).await?;
    Ok(see_other(&case_path(case)))
}

pub(super) async fn list(State(app): State<Procedures>, cx: Cx) -> Result<Response, Failure> {
    let cases = app.mine(cx.require_actor()?).await?;
    let rows = cases.iter().map(|c| {
        let tone = if c.closed { Tone::Neutral } else { Tone::Info };
        vec![
            html!(a href=(case_path(c.id)) { (c.title) }),
            html!((c.institution_name)),
            html!((tag(&c.status, tone))),
            html!((c.iuie.clone().unwrap_or_else(|| cx.t("procedures-draft").to_owned()))),
            html!((cx.datetime(c.updated))),
        ]
    });
    let body = html! {
        @if cx.query("guardado").is_some() { (success_banner(cx.t("procedures-saved"), cx.t("procedures-saved-text"))) }
        (table(cx.t("procedures-mine"))
            .column(cx.t("procedures-procedure"))
            .column(cx.t("procedures-institution"))
            .column(cx.t("procedures-status"))
            .column(cx.t("procedures-number"))
            .column(cx.t("procedures-updated"))
            .quiet_caption()
            .empty(cx.t("procedures-none"))
            .rows(rows))
        p { (button_link(cx.t("procedures-find"), "/tramites")) }
    };
    Ok(cx.page(Page::new("procedures-mine"), body))
}

pub(super) async fn show(
    State(app): State<Procedures>,
    cx: Cx,
    Path(case): Path<String>,
) -> Result<Response, Failure> {
    let found = app.look(cx.require_actor()?, id_of(&case)?).await;
    let look = cx.hide("case", &case, found)?;
    if look.correction.is_none()
        && let Some(task) = &look.task
    {
        return Ok(see_other(&format!("{}/paso/{}/1", case_path(look.id), task.token)));
    }
    let acts = app.acts(cx.require_actor()?, look.id).await?;
    let mut page = Page::new(look.title.as_str())
        .caption(look.institution_name.as_str())
        .crumb(cx.t("procedures-mine"), "/mi/tramites");
    if look.waiting.as_ref().is_some_and(|w| !w.given_up) {
        page = page.refresh(5);
    }
    let done = look.closed && !look.state.issued.is_empty();
    let body = html! {
        @if let Some((owed, _)) = &look.correction {
            (warning(html!((crate::words::warning(owed.request.due)))))
            h2 { (cx.t("procedures-must-complete")) }
            p { (owed.request.what) }
            p { (button_link(cx.t("procedures-complete"), format!("{}/correccion", case_path(look.id)))) }
        } @else if let Some(waiting) = &look.waiting {
            (waits(&cx, &look, waiting))
        } @else if let Some((_, payment)) = &look.payment {
            (pays(&cx, &look, payment))
        } @else if done {
            p class="lead" { strong { (look.status) } }
            p { (cx.ta("procedures-done-text", &args! {"iuie" => look.iuie.clone().unwrap_or_default()})) }
        } @else {
            p class="lead" { strong { (look.status) } }
            @if let Some(iuie) = look.iuie.clone().filter(|_| !look.closed) {
                p { (cx.ta("procedures-filed-text", &args! {"iuie" => iuie})) }
            }
        }
        (pieces::issued(&cx, &look))
        @if let Some(iuie) = &look.iuie {
            (pieces::deadlines(&cx, &look.state.deadlines, "procedures-who-person"))
            p { a href={"/mi/expedientes/" (look.institution) ":" (iuie)} { (cx.ta("procedures-see-file", &args! {"iuie" => iuie.clone()})) } }
        }
        (pieces::acts(&cx, &acts))
    };
    Ok(cx.page(page, body))
}

/// Holders are awaited: says which, until when, and how to go on.
fn waits(cx: &Cx, look: &CaseLook, waiting: &Waiting) -> Markup {
    if waiting.given_up {
        return given_up(cx, look, waiting);
    }
    html! {
        p class="lead" { (cx.t("procedures-asking")) }
        @if !waiting.holders.is_empty() {
            (warning(html!((cx.t("procedures-holder-silent")))))
            ul { @for holder in &waiting.holders { li { (holder) } } }
            p { (cx.t("procedures-holder-retry")) }
            @if waiting.may_go_on {
                (cx.form(&format!("{}/seguir", case_path(look.id)), html! {
                    p { (cx.t("procedures-go-on-text")) }
                    (button(cx.t("procedures-go-on")).secondary())
                }))
            }
        }
        p { a href=(case_path(look.id)) { (cx.t("procedures-refresh")) } }
    }
}

/// A day of silence of somebody that the case can't do without.
fn given_up(cx: &Cx, look: &CaseLook, waiting: &Waiting) -> Markup {
    html! {
        (warning(html!((cx.t("procedures-given-up")))))
        ul { @for holder in &waiting.holders { li { (holder) } } }
        (cx.form(&format!("{}/seguir", case_path(look.id)), html! {
            p { (cx.t("procedures-given-up-text")) }
            (button(cx.t("procedures-ask-anew")))
        }))
    }
}

fn pays(cx: &Cx, look: &CaseLook, payment: &Payment) -> Markup {
    let text = match payment.status.as_str() {
        "failed" => "procedures-payment-failed",
        "refunded" => "procedures-payment-refunded",
        _ => "procedures-payment-pending",
    };
    html! {
        p class="lead" { (cx.t(text)) }
        p { (cx.ta("procedures-payment-amount", &args! {"amount" => copihue_core::Clp(payment.amount).to_string()})) }
        (cx.form(&format!("{}/pagar", case_path(look.id)), html!((button(cx.t("procedures-go-pay"))))))
    }
}

pub(super) async fn go_on(
    State(app): State<Procedures>,
    cx: Cx,
    Path(case): Path<String>,
    _form: FormData,
) -> Result<Response, Failure> {
    let id = id_of(&case)?;
    match cx.hide("case", &case, app.go_on_without(cx.require_actor()?, id).await) {
        // The holder answered meanwhile, or the button was pressed twice.
        Err(e) if e.kind() != Kind::Conflict && e.kind() != Kind::Stale => Err(e.into()),
        _ => Ok(see_other(&case_path(id))),
    }
}

pub(super) async fn pay(
    State(app): State<Procedures>,
    cx: Cx,
    Path(case): Path<String>,
    _form: FormData,
) -> Result<Response, Failure> {
    let id = id_of(&case)?;
    match cx.hide("case", &case, app.pay(cx.require_actor()?, id).await) {
        Ok(path) => Ok(see_other(&path)),
        Err(e) if e.code() == "tarea_ya_completada" => Ok(see_other(&case_path(id))),
        Err(e) => Err(e.into()),
    }
}
