//! What an institution tells the operator of an application of its own (AUT-07).

use axum::extract::{Path, State};
use axum::response::Response;
use copihue_core::calendar::Zone;
use copihue_core::{Error, Kind};
use copihue_web::components::{
    button, date_input, details, inset, number_input, radios, text_input, textarea,
};
use copihue_web::{Cx, Failure, Fields, FormData, FormState, Markup, Page, args, html, see_other};
use http::StatusCode;

use super::{REVIEW, id_of, own_page};
use crate::Identity;
use crate::model::phase::Side;
use crate::model::report::{Peak, Report, ReportKind, Told};
use crate::pages::desk::strong;
use crate::store::Integration;

/// Logins in an hour beyond which nobody has to say a number.
const MOST_PEAK: i64 = 5_000_000;

pub(super) async fn page(
    State(identity): State<Identity>,
    cx: Cx,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let dossier = identity.integration(cx.require_actor()?, Side::Institution, id_of(&id)?).await?;
    Ok(shown(&cx, &dossier.integration, &cx.form_state(), StatusCode::OK))
}

fn shown(cx: &Cx, i: &Integration, state: &FormState, status: StatusCode) -> Response {
    let back = own_page(i.id);
    let kinds = ReportKind::ALL.iter().fold(radios("tipo", cx.t("identity-report-kind")), |all, kind| {
        all.option(kind.code(), cx.t(&format!("identity-report-{}", kind.code())))
    });
    let body = html! {
        (inset(html! { p { (cx.t("identity-report-csirt")) } }))
        (cx.form(&format!("{back}/aviso"), html! {
            (kinds.state(state))
            (textarea("relato", cx.t("identity-report-text")).hint(cx.t("identity-report-text-hint")).max(2_000).state(state))
            (date_input("desde", cx.t("identity-report-from")).optional().state(state))
            (date_input("hasta", cx.t("identity-report-to")).optional().state(state))
            (number_input("punta", cx.t("identity-integ-peak")).optional().narrow().state(state))
            (button(cx.t("identity-report-button")))
        }))
    };
    let page = Page::new("identity-report-title")
        .caption(i.request.name.as_str())
        .lead(cx.t("identity-report-lead"))
        .back(back)
        .status(status)
        .form(state);
    cx.page(page, body)
}

/// `POST …/aviso`.
pub(super) async fn tell(
    State(identity): State<Identity>,
    cx: Cx,
    Path(id): Path<String>,
    form: FormData,
) -> Result<Response, Failure> {
    let (id, actor) = (id_of(&id)?, cx.require_actor()?);
    let dossier = identity.integration(actor, Side::Institution, id).await?;
    match read(&cx, &form) {
        Ok(told) => {
            identity.report(actor, id, told).await?;
            Ok(see_other(&format!("{}?hecho=si", own_page(id))))
        }
        Err(state) => Ok(shown(&cx, &dossier.integration, &state, StatusCode::UNPROCESSABLE_ENTITY)),
    }
}

fn read(cx: &Cx, form: &FormData) -> Result<Told, FormState> {
    let mut f = Fields::new(form);
    let kind = f.choice("tipo", &ReportKind::ALL.map(ReportKind::code));
    let text = f.text("relato", 20..=2_000);
    let told = match kind.as_deref().and_then(ReportKind::parse) {
        None => None,
        Some(ReportKind::Suspicion) => text.map(Told::Suspicion),
        Some(ReportKind::Peak) => {
            let (from, to, per_hour) = (f.date("desde"), f.date("hasta"), f.integer("punta", 1..=MOST_PEAK));
            let today = Zone::Santiago.date(cx.now());
            if from.zip(to).is_some_and(|(from, to)| to < from || to < today) {
                f.error("hasta", cx.t("identity-report-order"));
            }
            let per_hour = per_hour.and_then(|n| u32::try_from(n).ok());
            let peak = from.zip(to).zip(per_hour).map(|((from, to), per_hour)| Peak { from, to, per_hour });
            peak.zip(text).map(|(peak, text)| Told::Peak(peak, text))
        }
    };
    f.done(told)
}

/// What the operator has not dealt with yet, over everything else on their desk.
pub(super) fn open(identity: &Identity, cx: &Cx, all: &[(Integration, Report)]) -> Markup {
    html! {
        @if !all.is_empty() { h2 { (cx.t("identity-report-open")) } }
        @for (i, report) in all { (one(identity, cx, i, report)) }
    }
}

fn one(identity: &Identity, cx: &Cx, i: &Integration, report: &Report) -> Markup {
    let title = cx.t(&format!("identity-report-{}", report.kind.code()));
    let who = args! {"who" => report.doer.as_str(), "at" => cx.datetime(report.at)};
    let name = format!("nota-{}", report.id);
    html! {
        (inset(html! {
            p { strong { (title) } ": " a href=(format!("{REVIEW}/{}", i.id)) { (i.request.name) } ", " (identity.body_name(&i.institution)) }
            @if let Some(peak) = report.peak {
                p { (cx.ta("identity-report-peak", &args! {
                    "from" => cx.date(peak.from), "to" => cx.date(peak.to), "n" => i64::from(peak.per_hour)
                })) }
            }
            p { (report.text) }
            p.hint { (cx.ta("identity-declared-by", &who)) }
            (details(cx.t("identity-report-close"), cx.form(&format!("{REVIEW}/{}/aviso", i.id), html! {
                input type="hidden" name="aviso" value=(report.id.to_string());
                (text_input(name, cx.t("identity-report-note")).hint(cx.t("identity-report-note-hint")).max(300))
                (button(cx.t("identity-report-close-button")).secondary())
            })))
        }))
    }
}

/// `POST /gestion/revision-integraciones/{id}/aviso`.
pub(super) async fn close(
    State(identity): State<Identity>,
    cx: Cx,
    Path(id): Path<String>,
    form: FormData,
) -> Result<Response, Failure> {
    strong(&cx)?;
    let report = form.value("aviso").ok_or_else(Error::not_found)?;
    let note = form.value(&format!("nota-{report}")).unwrap_or_default();
    match identity.close_report(cx.require_actor()?, id_of(&id)?, id_of(report)?, note).await {
        Ok(()) => Ok(see_other(REVIEW)),
        Err(error) if error.kind() == Kind::Invalid => Ok(see_other(&format!("{REVIEW}?corto=si"))),
        Err(error) => Err(error.into()),
    }
}
