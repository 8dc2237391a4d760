//! `/gestion/firma/titulares/{official}`: one holder, and what the operator may do.

use copihue_core::{Actor, Error, Id};
use copihue_web::components::{
    Tone, button, button_link, fact, inset, select, success_banner, summary_list, table, tag,
};
use copihue_web::{Cx, FormData, FormState, Markup, Page, html, see_other};

use super::sheet::{Done, Sheet};
use super::{DESK, HOLDERS, holders, parts};
use crate::Registration;
use crate::app::Dossier;
use crate::model::cert_request::CertRequest;
use crate::model::motive::Motive;

/// The holder, for the operator.
pub(super) struct HolderSheet;

/// What the operator does to a holder from their page.
#[derive(Clone, Copy)]
pub(super) enum HolderDeed {
    /// Nothing is signed with their certificates.
    Block,
    /// They left the institution.
    Leave,
}

impl Sheet for HolderSheet {
    type Thing = Dossier;
    type Deed = HolderDeed;

    async fn read(registration: &Registration, actor: &Actor, id: Id) -> Result<Dossier, Error> {
        registration.dossier(actor, id).await
    }

    fn draw(registration: &Registration, cx: &Cx, d: &Dossier, state: &FormState) -> (Page, Markup) {
        let here = format!("{HOLDERS}/{}", d.holder.official);
        let body = html! {
            @if cx.query("hecho").is_some() { (success_banner(cx.t("signing-holders-done"), html! {})) }
            (summary(cx, d))
            (button_link(cx.t("signing-holder-change"), format!("{here}/cambiar")).secondary())
            (certificates(cx, d))
            h2 { (cx.t("signing-holder-acts")) }
            (acts(cx, &here, d))
            h2 { (cx.t("signing-leave-heading")) }
            p { (cx.t("signing-leave-why")) }
            (cx.form(&format!("{here}/cese"), html! {
                (motives(cx, Motive::ALL.iter().copied()).state(state))
                (parts::extra_field(cx, state))
                (button(cx.t("signing-leave-button")).danger())
            }))
            (parts::history(registration, cx, &d.acts))
        };
        (Page::new(d.holder.name.as_str()).caption(cx.t("signing-holder-caption")).back(HOLDERS), body)
    }

    async fn act(registration: &Registration, cx: &Cx, id: Id, deed: HolderDeed, form: &FormData) -> Done {
        let actor = cx.require_actor()?;
        match deed {
            HolderDeed::Block => registration.block_holder(actor, id).await?,
            HolderDeed::Leave => {
                let motive = read_motive(cx, form)?;
                registration.holder_leaves(actor, id, motive, parts::extra(cx, form)).await?;
            }
        }
        Ok(see_other(&format!("{HOLDERS}/{id}?hecho=si")))
    }
}

/// What opens a holder's signatures again, asked on a page of its own: whoever can do that can sign in the holder's stead next.
pub(super) struct OpeningSheet<const RESET: bool>;

/// Takes the second factor away.
pub(super) type ResetSheet = OpeningSheet<true>;
/// Lets a blocked holder go on.
pub(super) type UnblockSheet = OpeningSheet<false>;

impl<const RESET: bool> Sheet for OpeningSheet<RESET> {
    type Thing = Dossier;
    type Deed = ();

    async fn read(registration: &Registration, actor: &Actor, id: Id) -> Result<Dossier, Error> {
        registration.dossier(actor, id).await
    }

    fn draw(_: &Registration, cx: &Cx, d: &Dossier, state: &FormState) -> (Page, Markup) {
        let (path, what) = if RESET { ("reponer", "reset") } else { ("desbloquear", "unblock") };
        let here = format!("{HOLDERS}/{}", d.holder.official);
        let body = html! {
            p { (cx.t(&format!("signing-{what}-effect"))) }
            (inset(html! { p { (cx.t(&format!("signing-{what}-who"))) } }))
            (cx.form(&format!("{here}/{path}"), html! {
                (parts::extra_field(cx, state))
                @if RESET { (button(cx.t("signing-holder-reset")).danger()) }
                @else { (button(cx.t("signing-holder-unblock"))) }
            }))
        };
        let page = Page::new(format!("signing-{what}-title")).caption(d.holder.name.as_str()).back(here);
        (page.without_feedback(), body)
    }

    async fn act(registration: &Registration, cx: &Cx, id: Id, (): (), form: &FormData) -> Done {
        let (actor, extra) = (cx.require_actor()?, parts::extra(cx, form));
        if RESET {
            registration.reset_codes(actor, id, extra).await?;
        } else {
            registration.unblock_holder(actor, id, extra).await?;
        }
        Ok(see_other(&format!("{HOLDERS}/{id}?hecho=si")))
    }
}

fn certificates(cx: &Cx, d: &Dossier) -> Markup {
    html! {
        h2 { (cx.t("signing-mine-certificates")) }
        (table(cx.t("signing-mine-certificates"))
            .column(cx.t("signing-cert-purpose"))
            .column(cx.t("signing-cert-state"))
            .column(cx.t("signing-cert-ends"))
            .rows(d.requests.iter().map(|r| row(cx, r)))
            .empty(cx.t("signing-holder-no-requests"))
            .quiet_caption())
    }
}

fn summary(cx: &Cx, d: &Dossier) -> Markup {
    let factor = match d.second_factor.and_then(|f| f.confirmed_at) {
        Some(_) => tag(cx.t("signing-factor-ready"), Tone::Good),
        None => tag(cx.t("signing-factor-missing"), Tone::Neutral),
    };
    summary_list(&[
        fact(cx.t("signing-cert-state"), holders::standing(cx, &d.holder)),
        fact(cx.t("signing-holder-run"), d.holder.run.to_string()),
        fact(cx.t("signing-cert-post"), d.holder.post.as_str()),
        fact(cx.t("signing-holder-email"), d.holder.email.as_deref().unwrap_or_default()),
        fact(cx.t("signing-holder-kind"), cx.t(&format!("signing-holder-kind-{}", d.holder.kind.code()))),
        fact(
            cx.t("signing-holders-purposes"),
            cx.t(&format!("signing-purposes-{}", d.holder.purposes.code())),
        ),
        fact(cx.t("signing-holder-months"), parts::months(cx, d.holder.months)),
        fact(cx.t("signing-factor"), factor),
    ])
}

fn row(cx: &Cx, r: &CertRequest) -> Vec<Markup> {
    vec![
        html! { a href=(format!("{DESK}/{}", r.id)) { (parts::purpose(r.purpose)) } },
        parts::state(cx, r),
        parts::ends(cx, r),
    ]
}

fn acts(cx: &Cx, here: &str, d: &Dossier) -> Markup {
    let link = |path: &str, key: &str| button_link(cx.t(key), format!("{here}/{path}")).secondary();
    html! {
        p { (cx.t("signing-holder-acts-hint")) }
        div.actions {
            @if d.holder.blocked_at.is_some() { (link("desbloquear", "signing-holder-unblock")) }
            @else { (cx.form(&format!("{here}/bloquear"), html! { (button(cx.t("signing-holder-block")).secondary()) })) }
            @if d.second_factor.is_some() { (link("reponer", "signing-holder-reset")) }
        }
    }
}

/// The contract's motives to choose from.
pub(super) fn motives<'a>(
    cx: &Cx,
    offered: impl Iterator<Item = Motive>,
) -> copihue_web::components::Select<'a> {
    let all = select("motivo", cx.t("signing-revoke-motive")).option("", cx.t("signing-revoke-choose"));
    offered.fold(all, |all, motive| all.option(motive.code(), motive.text()))
}

/// The motive that was chosen, or what is said when none was.
pub(super) fn read_motive(cx: &Cx, form: &FormData) -> Result<Motive, FormState> {
    let chosen = form.value("motivo").and_then(Motive::from_code);
    chosen.ok_or_else(|| form.state().with_error("motivo", cx.t("signing-revoke-missing")))
}
