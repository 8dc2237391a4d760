//! What several of these pages show.

use copihue_core::{Error, Kind, Timestamp};
use copihue_web::components::{
    Event, Tone, button, details, event, fact, otp_input, summary_list, tag, timeline,
};
use copihue_web::{Cx, FormData, FormState, Markup, Page, args, format, html};

use crate::Registration;
use crate::app::Extra;
use crate::model::act::RegistrationAct;
use crate::model::cert_request::{CertRequest, Certification, RequestState};
use crate::model::otp::is_fresh;
use crate::model::registered::{Phase, Registered};
use crate::model::token::Purpose;

/// The page of a list: its title, and a sentence under it.
pub(super) fn list_page(cx: &Cx, title: &str, lead: &str) -> Page {
    Page::new(title).lead(cx.t(lead)).crumb(cx.t("signing-crumb-desk"), "/gestion").wide()
}

/// The form again, where what was asked can't be done and people can mend it; any other failure ends the request.
///
/// # Errors
/// The failure, when it is none that people can mend.
pub(super) fn mendable(state: FormState, error: Error) -> Result<FormState, Error> {
    match error.kind() {
        Kind::Invalid | Kind::Conflict | Kind::RateLimited => Ok(state.with_failure(&error)),
        _ => Err(error),
    }
}

/// What the official shows beside their session (SIG-16).
pub(super) fn extra<'a>(cx: &Cx, form: &'a FormData) -> Extra<'a> {
    Extra { logged_in: logged_in(cx), code: form.value("otp").unwrap_or_default() }
}

/// When the password was given: a session may be newer, where the provider's own answered in the person's place.
pub(super) fn logged_in(cx: &Cx) -> Option<Timestamp> {
    cx.session().and_then(|session| session.authenticated)
}

/// The field of a code, where the login was too long ago to be enough for a sensitive act; and the way to another login.
pub(super) fn extra_field(cx: &Cx, state: &FormState) -> Markup {
    html! {
        @if !is_fresh(logged_in(cx), cx.now()) {
            (otp_input("otp", cx.t("signing-otp-label")).hint(cx.t("signing-extra-hint")).state(state))
            p { a href=(cx.log_in_again()) { (cx.t("signing-extra-login")) } }
        }
    }
}

/// When a certificate ends; before it is issued, how long it would last.
pub(super) fn ends(cx: &Cx, request: &CertRequest) -> Markup {
    html! { @match request.not_after {
        Some(at) => (format::short_date(copihue_core::calendar::Zone::Santiago.date(at))),
        None => (months(cx, request.months)),
    } }
}

/// Where a request stands, in a word.
pub(super) fn state(cx: &Cx, request: &CertRequest) -> Markup {
    let state = request.state_at(cx.now());
    let tone = match state {
        RequestState::InForce if request.ends_soon(cx.now()) => Tone::Warn,
        RequestState::InForce => Tone::Good,
        RequestState::Pending | RequestState::Approved => Tone::Info,
        RequestState::Revoked | RequestState::Rejected => Tone::Bad,
        RequestState::Draft | RequestState::Expired | RequestState::Cancelled => Tone::Neutral,
    };
    tag(cx.t(&format!("signing-cert-state-{}", state.code())), tone)
}

/// What a certificate signs, in the contract's words.
pub(super) fn purpose(purpose: Purpose) -> &'static str {
    purpose.claim()
}

/// How long a certificate lasts.
pub(super) fn months(cx: &Cx, months: u16) -> String {
    cx.ta("signing-cert-months", &args! {"n" => months})
}

/// Until when somebody has to answer.
pub(super) fn due(cx: &Cx, due: Option<Timestamp>) -> Markup {
    let Some(due) = due else { return html! {} };
    let day = copihue_core::calendar::Zone::Santiago.date(due.plus_seconds(-1));
    html! {
        @if due <= cx.now() { (tag(cx.t("signing-due-late"), Tone::Bad)) " " }
        (cx.date(day))
    }
}

/// A request, as both sides see it.
pub(super) fn request(registration: &Registration, cx: &Cx, r: &CertRequest) -> Markup {
    let mut facts = vec![
        fact(cx.t("signing-cert-state"), state(cx, r)),
        fact(cx.t("signing-cert-purpose"), purpose(r.purpose)),
        fact(cx.t("signing-cert-name"), r.name.as_str()),
        fact(cx.t("signing-cert-post"), r.post.as_str()),
        fact(cx.t("signing-cert-validity"), months(cx, r.months)),
    ];
    facts.extend(r.sent_at.map(|at| fact(cx.t("signing-cert-sent"), cx.datetime(at))));
    if r.state == RequestState::Pending {
        facts.push(fact(cx.t("signing-cert-due"), due(cx, r.due)));
    }
    let by = r.decided_by.and_then(|id| registration.name_of(id)).unwrap_or_default();
    facts.extend(r.decided_at.map(|at| fact(cx.t("signing-cert-decided"), cx.datetime(at)).note(by.clone())));
    if r.certification == Some(Certification::OfOneself) {
        facts.push(fact(cx.t("signing-cert-certified"), tag(cx.t("signing-cert-self"), Tone::Warn)));
    }
    facts.extend(r.reason.as_deref().map(|reason| fact(cx.t("signing-cert-reason"), reason)));
    facts.extend(r.not_after.map(|at| fact(cx.t("signing-cert-ends"), cx.datetime(at))));
    facts.extend(r.serial.as_deref().map(|s| fact(cx.t("signing-cert-serial"), html! { code.hash { (s) } })));
    summary_list(&facts)
}

/// The way to take a request back; where the key could not be made yet, that this is so.
pub(super) fn cancel(cx: &Cx, here: &str, r: &CertRequest) -> Markup {
    html! {
        @if r.state == RequestState::Approved { p { (cx.t("signing-request-issuing")) } }
        (cx.form(&format!("{here}/cancelar"), html! { (button(cx.t("signing-request-cancel")).secondary()) }))
    }
}

/// What was done about a holder.
pub(super) fn acts(registration: &Registration, cx: &Cx, all: &[RegistrationAct]) -> Markup {
    let events: Vec<Event<'_>> = all
        .iter()
        .map(|act| {
            let shown = event(cx.t(&format!("signing-act-{}", act.kind.code())), act.at);
            let by = act.doer.and_then(|id| registration.name_of(id));
            let shown = shown.by(by.unwrap_or_else(|| cx.t("signing-act-platform").to_owned()));
            match act.note.as_deref().filter(|_| act.kind.note_is_for_people()) {
                Some(note) => shown.body(html! { p { (note) } }),
                None => shown,
            }
        })
        .collect();
    timeline(&events)
}

/// Where an application stands, in a word.
pub(super) fn phase(cx: &Cx, phase: Phase) -> Markup {
    let tone = match phase {
        Phase::Requested | Phase::Testing => Tone::Info,
        Phase::Production => Tone::Good,
        Phase::Suspended => Tone::Warn,
        Phase::Revoked => Tone::Bad,
    };
    tag(cx.t(&format!("signing-phase-one-{}", phase.code())), tone)
}

/// An application, as both sides see it.
pub(super) fn application(cx: &Cx, one: &Registered) -> Markup {
    let mut facts = vec![
        fact(cx.t("signing-cert-state"), phase(cx, one.phase)),
        fact(cx.t("signing-apps-description"), one.description.as_str()),
        fact(cx.t("signing-apps-contact"), one.contact.as_str()),
        fact(cx.t("signing-cert-sent"), cx.datetime(one.asked_at)),
    ];
    if one.due.is_some() {
        facts.push(fact(cx.t("signing-cert-due"), due(cx, one.due)));
    }
    facts.extend(one.reason.as_deref().map(|reason| fact(cx.t("signing-cert-reason"), reason)));
    summary_list(&facts)
}

/// What was done about an application, to be opened.
pub(super) fn history(registration: &Registration, cx: &Cx, all: &[RegistrationAct]) -> Markup {
    html! { @if !all.is_empty() { (details(cx.t("signing-holder-history"), acts(registration, cx, all))) } }
}
