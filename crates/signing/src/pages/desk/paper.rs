//! One paper: what it is, what is in it, who signs, and what the reader can do with it.

use axum::extract::{Path, State};
use axum::response::Response;
use copihue_core::Id;
use copihue_web::components::{
    Fact, button, button_link, fact, inset, success_banner, summary_list, table, textarea, warning,
};
use copihue_web::{Cx, Failure, Fields, FormData, FormState, Markup, Page, args, format, html, see_other};
use futures_util::future::BoxFuture;

use super::{HERE, id_of, paper_at, words};
use crate::app::{Desk, PaperView, Role};
use crate::model::paper::{PaperState, TurnState};

const MAX_REASON: usize = 500;

pub(super) async fn page(
    State(desk): State<Desk>,
    cx: Cx,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let view = desk.paper(cx.require_actor()?, id_of(&id)?).await?;
    Ok(show(&cx, &view))
}

fn show(cx: &Cx, view: &PaperView) -> Response {
    let paper = &view.paper;
    let body = html! {
        @if cx.query("recordado").is_some() { (success_banner(cx.t("signing-reminded"), html! {})) }
        @for sentence in words::findings(cx, &paper.findings) { (warning(sentence)) }
        (summary_list(&facts(cx, view)))
        p.actions {
            (button_link(cx.t("signing-open-file"), format!("{}/archivo", paper_at(paper.id))).secondary()) " "
            a href=(format!("{}/descargar", paper_at(paper.id))) { (cx.t("signing-download")) }
        }
        (signers(cx, view))
        (acts(cx, view))
    };
    let (crumb, back) = match view.role {
        Role::Sender => ("signing-nav-sent", "/gestion/firma/enviados"),
        Role::Signer(..) | Role::Past(_) => ("signing-desk-title", HERE),
    };
    let page = Page::new(paper.title.clone()).caption(cx.t("signing-paper-caption")).crumb(cx.t(crumb), back);
    cx.page(page, body)
}

fn facts<'a>(cx: &'a Cx, view: &'a PaperView) -> Vec<Fact<'a>> {
    let paper = &view.paper;
    let mut all = vec![
        fact(cx.t("signing-state"), words::paper_tag(cx, view.state)),
        fact(cx.t("signing-sent-by"), paper.sender_name.as_str()),
        fact(cx.t("signing-sent-at"), cx.datetime(paper.created_at)),
        fact(cx.t("signing-until"), cx.datetime(paper.expires_at)),
    ];
    if !paper.message.is_empty() {
        all.push(fact(cx.t("signing-message"), paper.message.as_str()));
    }
    let size = args! { "pages" => i64::from(paper.findings.pages), "size" => format::size(paper.current.1) };
    all.push(fact(cx.t("signing-file"), cx.ta("signing-file-size", &size)));
    if let Some(at) = view.opened {
        all.push(fact(cx.t("signing-opened-at"), cx.datetime(at)));
    }
    if let (PaperState::Complete, Some(code)) = (view.state, paper.code) {
        let link = html! { a href={ "/verificar/" (code) } { (code) } };
        all.push(fact(cx.t("signing-fact-code"), link));
    }
    all
}

fn signers(cx: &Cx, view: &PaperView) -> Markup {
    let rows = view.turns.iter().map(|turn| {
        vec![
            words::signer(cx, turn),
            html! { (turn.level) "º" },
            html! {
                (words::turn_tag(cx, turn.state))
                @if let Some(at) = turn.acted_at { br; span.hint { (cx.datetime(at)) } }
                @if let Some(reason) = &turn.reason { br; (cx.ta("signing-reason", &args! { "reason" => reason.as_str() })) }
            },
        ]
    });
    html! {
        h2 { (cx.t("signing-signers")) }
        (table(cx.t("signing-signers")).quiet_caption()
            .column(cx.t("signing-signer")).column(cx.t("signing-order")).column(cx.t("signing-state")).rows(rows))
    }
}

fn acts(cx: &Cx, view: &PaperView) -> Markup {
    let id = view.paper.id;
    let underway = view.state == PaperState::Underway;
    let refused_by_me = matches!(&view.role, Role::Past(turn) if turn.state == TurnState::Refused);
    html! {
        @if let (true, Role::Signer(_, stands_in_for)) = (underway, &view.role) {
            @if let Some(name) = stands_in_for {
                (inset(html! { p { (cx.ta("signing-waiting-for", &args! { "name" => name.as_str() })) } }))
            }
            h2 { (cx.t("signing-your-turn")) }
            (cx.form(&format!("{HERE}/lotes"), html! {
                input type="hidden" name="documento" value=(id);
                (button(cx.t("signing-sign-this")))
            }))
            p { a href=(format!("{}/rechazar", paper_at(id))) { (cx.t("signing-refuse-link")) } }
        }
        @if refused_by_me && view.state == PaperState::Refused {
            (post(cx, id, "deshacer-rechazo", "signing-take-back"))
        }
        @if view.is_sender { (senders_acts(cx, view, underway)) }
    }
}

fn senders_acts(cx: &Cx, view: &PaperView, underway: bool) -> Markup {
    let id = view.paper.id;
    let others = view.turns.iter().any(|t| t.state == TurnState::Open && t.official != view.paper.sender);
    html! {
        @if underway && others {
            h2 { (cx.t("signing-sender-heading")) }
            (post(cx, id, "recordar", "signing-remind"))
        }
        @if underway { (post(cx, id, "retirar", "signing-withdraw")) }
        @if matches!(view.state, PaperState::Withdrawn | PaperState::Expired) {
            (inset(html! { p { (cx.t("signing-send-again-hint")) } }))
            (post(cx, id, "reenviar", "signing-send-again"))
        }
    }
}

fn post(cx: &Cx, id: Id, act: &str, label: &str) -> Markup {
    cx.form(&format!("{}/{act}", paper_at(id)), html! { (button(cx.t(label)).secondary()) })
}

pub(super) async fn ask_refusal(
    State(desk): State<Desk>,
    cx: Cx,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let view = desk.paper(cx.require_actor()?, id_of(&id)?).await?;
    Ok(refusal(&cx, &view, &cx.form_state()))
}

fn refusal(cx: &Cx, view: &PaperView, state: &FormState) -> Response {
    let id = view.paper.id;
    let body = cx.form(
        &format!("{}/rechazar", paper_at(id)),
        html! {
            (textarea("motivo", cx.t("signing-refuse-reason")).hint(cx.t("signing-refuse-hint")).max(MAX_REASON).state(state))
            (button(cx.t("signing-refuse-button")).danger())
        },
    );
    let page =
        Page::new("signing-refuse-title").caption(view.paper.title.clone()).back(paper_at(id)).form(state);
    cx.page(page, body)
}

pub(super) async fn refuse(
    State(desk): State<Desk>,
    cx: Cx,
    Path(id): Path<String>,
    form: FormData,
) -> Result<Response, Failure> {
    let (actor, id) = (cx.require_actor()?, id_of(&id)?);
    let view = desk.paper(actor, id).await?;
    let mut fields = Fields::new(&form);
    let reason = fields.ask(cx.t("signing-refuse-ask")).text("motivo", 5..=MAX_REASON);
    let reason = match fields.done(reason) {
        Ok(reason) => reason,
        Err(state) => return Ok(refusal(&cx, &view, &state)),
    };
    desk.refuse(actor, id, &reason).await?;
    Ok(see_other(&format!("{HERE}?rechazado={id}")))
}

/// What a reader does to a paper as a whole, by one button.
#[derive(Clone, Copy)]
pub(super) enum Deed {
    /// Who refused may think again.
    TakeBack,
    /// Its sender wants no signature any more.
    Withdraw,
    /// Its sender begins again.
    SendAgain,
    /// Its sender writes to those who have not signed.
    Remind,
}

/// The handler of a deed: done, and the paper shown again.
pub(super) fn handler(
    deed: Deed,
) -> impl Fn(State<Desk>, Cx, Path<String>, FormData) -> BoxFuture<'static, Result<Response, Failure>>
+ Clone
+ Send
+ Sync
+ 'static {
    move |State(desk), cx, Path(id), _| Box::pin(async move { done(&desk, &cx, &id, deed).await })
}

async fn done(desk: &Desk, cx: &Cx, id: &str, deed: Deed) -> Result<Response, Failure> {
    let (actor, id) = (cx.require_actor()?, id_of(id)?);
    match deed {
        Deed::TakeBack => desk.take_back(actor, id).await?,
        Deed::Withdraw => desk.withdraw(actor, id).await?,
        Deed::SendAgain => desk.send_again(actor, id).await?,
        Deed::Remind => {
            desk.remind(actor, id).await?;
            return Ok(see_other(&format!("{}?recordado=si", paper_at(id))));
        }
    }
    Ok(see_other(&paper_at(id)))
}
