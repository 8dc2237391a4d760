//! `/gestion/firma/peticiones/{id}`: one who asks to be made a holder, and the operator's answer.

use copihue_core::{Actor, Error, Id};
use copihue_web::components::{button, button_link, fact, summary_list, textarea};
use copihue_web::{Cx, FormData, FormState, Markup, Page, html, see_other};

use super::sheet::{Done, Sheet};
use super::{HOLDERS, PETITIONS, parts};
use crate::Registration;
use crate::model::petition::Petition;

/// A petition, for the operator; the only deed is to refuse it: it is granted by making the official a holder.
pub(super) struct PetitionSheet;

impl Sheet for PetitionSheet {
    type Thing = Petition;
    type Deed = ();

    async fn read(registration: &Registration, actor: &Actor, id: Id) -> Result<Petition, Error> {
        registration.petition(actor, id).await
    }

    fn draw(_: &Registration, cx: &Cx, one: &Petition, state: &FormState) -> (Page, Markup) {
        let mut facts = vec![fact(cx.t("signing-petition-asked"), cx.datetime(one.asked_at))];
        match &one.answer {
            None => facts.push(fact(cx.t("signing-cert-due"), parts::due(cx, Some(one.due)))),
            Some((at, answer)) => {
                let said = cx.t(&format!("signing-petition-{}", answer.code()));
                facts.push(fact(cx.t("signing-cert-state"), said));
                facts.push(fact(cx.t("signing-petition-answered"), cx.datetime(*at)));
                facts.extend(answer.reason().map(|reason| fact(cx.t("signing-cert-reason"), reason)));
            }
        }
        let body = html! {
            (summary_list(&facts))
            @if one.answer.is_none() { (answers(cx, one, state)) }
        };
        (Page::new(one.name.as_str()).caption(cx.t("signing-petition-caption")).back(HOLDERS), body)
    }

    async fn act(registration: &Registration, cx: &Cx, id: Id, (): (), form: &FormData) -> Done {
        let reason = form.value("motivo").unwrap_or_default();
        registration.refuse_petition(cx.require_actor()?, id, reason).await?;
        Ok(see_other(&format!("{HOLDERS}?hecho=si")))
    }
}

fn answers(cx: &Cx, one: &Petition, state: &FormState) -> Markup {
    let fields = html! {
        (textarea("motivo", cx.t("signing-decide-reason")).hint(cx.t("signing-petition-reason-hint")).max(500).state(state))
        (button(cx.t("signing-petition-refuse")).secondary())
    };
    html! {
        p { (cx.t("signing-petition-grant")) }
        (button_link(cx.t("signing-holders-new"), format!("{HOLDERS}/nuevo")))
        h2 { (cx.t("signing-petition-refuse-heading")) }
        (cx.form(&format!("{PETITIONS}/{}/rechazar", one.id), fields))
    }
}
