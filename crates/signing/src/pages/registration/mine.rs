//! `/gestion/firma/mi-certificado`: everything of a holder's in one place.

use axum::extract::State;
use axum::response::Response;
use copihue_web::components::{
    Tone, button, button_link, details, fact, inset, success_banner, summary_list, table, tag, warning,
};
use copihue_web::{Cx, Failure, FormData, Markup, Page, args, html, see_other};

use super::{MINE, parts};
use crate::Registration;
use crate::app::Mine;
use crate::model::cert_request::{CertRequest, RequestState};
use crate::model::holder::Holder;
use crate::model::petition::{Answer, Petition};
use crate::pages::nav::nav;

/// The tabs: name, and what is behind it.
const TABS: &[(&str, &[RequestState])] = &[
    ("disponibles", &[RequestState::InForce]),
    ("pendientes", &[RequestState::Draft, RequestState::Pending, RequestState::Approved]),
    ("revocados", &[RequestState::Revoked, RequestState::Expired]),
    ("cancelados", &[RequestState::Cancelled, RequestState::Rejected]),
];

pub(super) async fn page(State(registration): State<Registration>, cx: Cx) -> Result<Response, Failure> {
    let mine = registration.mine(cx.require_actor()?).await?;
    let body = html! {
        (nav(&cx))
        @match &mine.holder {
            None => (outside(&cx, mine.petition.as_ref())),
            Some(holder) => (held(&registration, &cx, &mine, holder)),
        }
    };
    let page = Page::new("signing-mine-title")
        .lead(cx.t("signing-mine-lead"))
        .crumb(cx.t("signing-crumb-desk"), "/gestion");
    Ok(cx.page(page, body))
}

/// Who is no holder yet asks to be made one, sees until when they are answered and, if they were refused, why.
fn outside(cx: &Cx, petition: Option<&Petition>) -> Markup {
    match petition.map(|petition| (petition, &petition.answer)) {
        None | Some((_, Some(_))) => html! {
            @if let Some((at, Answer::Refused(reason))) = petition.and_then(|p| p.answer.as_ref()) {
                h2 { (cx.t("signing-petition-refused")) }
                (summary_list(&[
                    fact(cx.t("signing-petition-answered"), cx.datetime(*at)),
                    fact(cx.t("signing-cert-reason"), reason.as_str()),
                ]))
            }
            (inset(html! { p { (cx.t("signing-mine-no-holder")) } p { (cx.t("signing-mine-no-holder-next")) } }))
            (cx.form(&format!("{MINE}/pedir"), html! { (button(cx.t("signing-petition-button"))) }))
        },
        Some((petition, None)) => html! {
            h2 { (cx.t("signing-petition-sent")) }
            p { (cx.t(&format!("signing-petition-waits-{}", petition.kind.code()))) }
            (summary_list(&[
                fact(cx.t("signing-petition-asked"), cx.datetime(petition.asked_at)),
                fact(cx.t("signing-cert-due"), parts::due(cx, Some(petition.due))),
            ]))
            (cx.form(&format!("{MINE}/retirar-peticion"), html! { (button(cx.t("signing-petition-withdraw")).secondary()) }))
        },
    }
}

/// `POST …/pedir`.
pub(super) async fn ask(
    State(registration): State<Registration>,
    cx: Cx,
    _form: FormData,
) -> Result<Response, Failure> {
    registration.ask_to_be_holder(cx.require_actor()?).await?;
    Ok(see_other(MINE))
}

/// `POST …/retirar-peticion`.
pub(super) async fn withdraw(
    State(registration): State<Registration>,
    cx: Cx,
    _form: FormData,
) -> Result<Response, Failure> {
    registration.withdraw_petition(cx.require_actor()?).await?;
    Ok(see_other(MINE))
}

fn held(registration: &Registration, cx: &Cx, mine: &Mine, holder: &Holder) -> Markup {
    html! {
        @match cx.query("hecho").as_deref() {
            Some("detenida") => (success_banner(cx.t("signing-stop-done"), html! { p { (cx.t("signing-stop-done-detail")) } })),
            Some("reanudada") => (success_banner(cx.t("signing-resume-done"), html! { p { (cx.t("signing-resume-done-detail")) } })),
            _ => {}
        }
        @if holder.blocked_at.is_some() { (warning(cx.t("signing-mine-blocked"))) }
        @if let Some(at) = holder.stopped_at {
            (warning(cx.ta("signing-mine-stopped", &args! {"since" => cx.datetime(at)})))
            (button_link(cx.t("signing-resume-button"), format!("{MINE}/reanudar")))
        }
        (certificates(cx, mine))
        @if holder.blocked_at.is_none() { (button_link(cx.t("signing-request-button"), format!("{MINE}/solicitar")).secondary()) }
        h2 { (cx.t("signing-mine-control")) }
        (control(cx, mine))
        @if holder.stopped_at.is_none() {
            h2 { (cx.t("signing-stop-heading")) }
            p { (cx.t("signing-stop-why")) }
            (button_link(cx.t("signing-stop-button"), format!("{MINE}/detener")).danger())
        }
        @if !mine.acts.is_empty() { (details(cx.t("signing-mine-history"), parts::acts(registration, cx, &mine.acts))) }
    }
}

fn certificates(cx: &Cx, mine: &Mine) -> Markup {
    let asked = cx.query("ver");
    let chosen = TABS.iter().find(|(name, _)| asked.as_deref() == Some(name)).unwrap_or(&TABS[0]);
    let of = |states: &[RequestState]| -> Vec<&CertRequest> {
        mine.requests.iter().filter(|r| states.contains(&r.state_at(cx.now()))).collect()
    };
    let rows = of(chosen.1).into_iter().map(|r| row(cx, r));
    html! {
        h2 { (cx.t("signing-mine-certificates")) }
        nav.filters aria-label=(cx.t("signing-mine-certificates")) {
            ul {
                @for (name, states) in TABS {
                    @let text = cx.ta(&format!("signing-tab-{name}"), &args! {"n" => of(states).len()});
                    li { a href=(format!("{MINE}?ver={name}")) aria-current=[(*name == chosen.0).then_some("page")] { (text) } }
                }
            }
        }
        (table(cx.t("signing-mine-certificates"))
            .column(cx.t("signing-cert-purpose"))
            .column(cx.t("signing-cert-state"))
            .column(cx.t("signing-cert-ends"))
            .rows(rows)
            .empty(cx.t(&format!("signing-tab-empty-{}", chosen.0)))
            .quiet_caption())
    }
}

fn row(cx: &Cx, r: &CertRequest) -> Vec<Markup> {
    vec![
        html! { a href=(format!("{MINE}/solicitudes/{}", r.id)) { (parts::purpose(r.purpose)) } },
        parts::state(cx, r),
        parts::ends(cx, r),
    ]
}

fn control(cx: &Cx, mine: &Mine) -> Markup {
    let confirmed = mine.second_factor.and_then(|f| f.confirmed_at);
    let factor = match confirmed {
        Some(_) => tag(cx.t("signing-factor-ready"), Tone::Good),
        None => tag(cx.t("signing-factor-missing"), Tone::Warn),
    };
    html! {
        (summary_list(&[fact(cx.t("signing-factor"), factor)]))
        ul {
            li { a href=(format!("{MINE}/codigo")) { (cx.t("signing-codes-link")) } }
            li { a href=(format!("{MINE}/aplicaciones")) { (cx.t("signing-permission-link")) } }
            li { a href=(format!("{MINE}/firmas")) { (cx.t("signing-log-link")) } }
        }
    }
}
