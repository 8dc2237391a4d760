//! `/gestion/cuentas`: an official who has a person and their card in front of them starts the person's account.

use axum::extract::State;
use axum::response::Response;
use copihue_core::{Error, Id, Run};
use copihue_web::components::{
    button, checkboxes, declaration, email_input, inset, radios, run_input, table, text_input, warning,
};
use copihue_web::{Cx, Failure, FormData, FormState, Markup, Page, html, see_other};
use http::{HeaderValue, StatusCode, header};

use super::desk::strong;
use crate::Identity;
use crate::app::{Seen, Started};
use crate::model::activation::{Activation, Former};
use crate::model::person::{Person, Proofing};

const HERE: &str = "/gestion/cuentas";

pub(crate) async fn page(State(identity): State<Identity>, cx: Cx) -> Result<Response, Failure> {
    strong(&cx)?;
    show(&identity, &cx, &FormState::new(), StatusCode::OK).await
}

async fn show(
    identity: &Identity,
    cx: &Cx,
    state: &FormState,
    status: StatusCode,
) -> Result<Response, Failure> {
    let waiting = identity.accounts_waiting().await?;
    let body = html! {
        @if !waiting.is_empty() {
            h2 { (cx.t("identity-officer-waiting")) }
            (list(cx, &waiting))
        }
        h2 { (cx.t("identity-officer-start")) }
        (cx.form(HERE, fields(cx, state)))
    };
    let page = Page::new("identity-officer-title")
        .lead(cx.t("identity-officer-lead"))
        .crumb(cx.t("identity-officer-crumb"), "/gestion")
        .form(state)
        .status(status);
    Ok(cx.page(page.without_feedback(), body))
}

fn fields(cx: &Cx, state: &FormState) -> Markup {
    html! {
        (run_input("run", cx.t("identity-login-run")).hint(cx.t("identity-login-run-hint")).autocomplete("off").state(state))
        (text_input("nombres", cx.t("identity-officer-names")).autocomplete("off").max(100).state(state))
        (text_input("apellidos", cx.t("identity-officer-surnames")).autocomplete("off").max(100).state(state))
        (text_input("serie", cx.t("identity-officer-series")).hint(cx.t("identity-officer-series-hint"))
            .autocomplete("off").narrow().max(20).state(state))
        (email_input("correo", cx.t("identity-officer-email")).hint(cx.t("identity-officer-email-hint")).autocomplete("off").state(state))
        (radios("nivel", cx.t("identity-officer-level"))
            .option("P1", cx.t("identity-officer-p1"))
            .option("P2", cx.t("identity-officer-p2"))
            .state(state))
        (checkboxes("perdidos", cx.t("identity-officer-lost-legend"))
            .option("si", cx.t("identity-officer-lost"))
            .state(state))
        (declaration("vista", cx.t("identity-officer-seen-legend"), cx.t("identity-officer-seen")).state(state))
        (button(cx.t("identity-officer-next")))
    }
}

fn list(cx: &Cx, waiting: &[(Person, Activation)]) -> Markup {
    let list = table(cx.t("identity-officer-waiting"))
        .column(cx.t("identity-officer-person"))
        .column(cx.t("identity-officer-by"))
        .column(cx.t("identity-history-when"))
        .column(cx.t("identity-officer-approve"))
        .rows(waiting.iter().map(|(person, started)| {
            vec![
                html! { (person.full_name()) br; span.hint { (person.run.to_string()) } },
                html! { (started.office) },
                html! { (cx.datetime(started.created)) },
                cx.form(
                    "/gestion/cuentas/aprobar",
                    html! {
                        input type="hidden" name="persona" value=(person.id.to_string());
                        (button(cx.t("identity-officer-approve")).secondary())
                    },
                ),
            ]
        }))
        .quiet_caption();
    html! { (list) }
}

/// `POST /gestion/cuentas`.
pub(crate) async fn start(
    State(identity): State<Identity>,
    cx: Cx,
    form: FormData,
) -> Result<Response, Failure> {
    strong(&cx)?;
    let seen = match read(&cx, &form) {
        Ok(seen) => seen,
        Err(state) => return show(&identity, &cx, &state, StatusCode::UNPROCESSABLE_ENTITY).await,
    };
    match identity.start_account(cx.require_actor()?, cx.person()?.id, seen).await? {
        Started::Code(code) => Ok(handed(&cx, &code)),
        Started::Waits => Ok(see_other(HERE)),
    }
}

fn read(cx: &Cx, form: &FormData) -> Result<Seen, FormState> {
    let text = |name: &str| form.value(name).unwrap_or_default().trim().to_owned();
    let words = |name: &str| text(name).split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let names = ["run", "nombres", "apellidos", "serie", "correo", "nivel"];
    let mut state = FormState::from_values(names.map(|name| (name, text(name))));
    let run = text("run").parse::<Run>();
    let (given, surnames, series, email) =
        (words("nombres"), words("apellidos"), text("serie"), text("correo"));
    let proofing = Proofing::parse(&text("nivel")).filter(|p| *p != Proofing::P0);
    let mut wrong = |bad: bool, name: &str, key: &str| {
        if bad {
            state = std::mem::take(&mut state).with_error(name, cx.t(key));
        }
    };
    wrong(run.is_err(), "run", "identity-login-run-error");
    wrong(given.is_empty(), "nombres", "identity-officer-names-error");
    wrong(surnames.is_empty(), "apellidos", "identity-officer-names-error");
    wrong(crate::model::activation::typed(&series).len() < 6, "serie", "identity-officer-series-error");
    wrong(!email.is_empty() && !email.contains('@'), "correo", "identity-officer-email-error");
    wrong(proofing.is_none(), "nivel", "identity-officer-level-error");
    wrong(form.value("vista").is_none(), "vista", "identity-officer-seen-error");
    let (Ok(run), Some(proofing), false) = (run, proofing, state.has_errors()) else { return Err(state) };
    let former = if form.value("perdidos").is_some() { Former::Lost } else { Former::Kept };
    let email = Some(email).filter(|e| !e.is_empty());
    Ok(Seen { run, names: given, surnames, email, series, proofing, former })
}

/// `POST /gestion/cuentas/aprobar`.
pub(crate) async fn approve(
    State(identity): State<Identity>,
    cx: Cx,
    form: FormData,
) -> Result<Response, Failure> {
    strong(&cx)?;
    let person: Id = form.value("persona").and_then(|id| id.parse().ok()).ok_or_else(Error::not_found)?;
    let code = identity.approve_account(cx.require_actor()?, cx.person()?.id, person).await?;
    Ok(handed(&cx, &code))
}

/// The code, shown once, to be printed or copied onto paper.
fn handed(cx: &Cx, code: &str) -> Response {
    let body = html! {
        (inset(html! { p { strong { code { (code) } } } }))
        (warning(cx.t("identity-officer-once")))
        p { (cx.t("identity-officer-how")) }
        p { a href=(HERE) { (cx.t("identity-officer-another")) } }
    };
    let page = Page::new("identity-officer-code").back(HERE).no_referrer().without_feedback();
    let mut response = cx.page(page, body);
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
