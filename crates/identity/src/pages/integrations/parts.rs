//! What both sides see of an integration.

use copihue_core::Timestamp;
use copihue_web::components::{
    Tone, button, event, fact, inset, radios, summary_list, table, tag, textarea, timeline,
};
use copihue_web::{Cx, FormState, Markup, args, html};

use crate::app::{Dossier, StageClient};
use crate::model::checklist::{Check, Declared, Outcome};
use crate::model::client::ClientState;
use crate::model::clock::RunningTerm;
use crate::model::integration::{Addresses, Audience, Factor, Request, Stage};
use crate::model::phase::{Phase, Side, Step};
use crate::store::Done;

/// Where it stands, in a word.
pub(super) fn phase(cx: &Cx, phase: Phase) -> Markup {
    let tone = match phase {
        Phase::Active | Phase::Certified => Tone::Good,
        Phase::Requested | Phase::CertificationRequested | Phase::Approved => Tone::Info,
        Phase::RequestObserved | Phase::CertificationObserved => Tone::Warn,
        Phase::Rejected | Phase::Suspended | Phase::Revoked => Tone::Bad,
        Phase::Draft => Tone::Neutral,
    };
    tag(cx.t(&format!("identity-phase-{}", phase.code())), tone)
}

/// Until when the operator has to answer.
pub(super) fn due(cx: &Cx, clock: Option<&RunningTerm>) -> Markup {
    let Some(clock) = clock else { return html! { (cx.t("identity-integ-no-term")) } };
    let day = cx.date(clock.deadline.due);
    html! {
        @if clock.stopped.is_some() { (cx.t("identity-integ-stopped")) }
        @else if clock.is_overdue(cx.now()) {
            (tag(cx.t("identity-integ-overdue"), Tone::Bad)) " " (day)
        }
        @else { (cx.ta("identity-integ-until", &args! {"day" => day})) }
    }
}

/// What this side may do now; the reason goes to the other.
pub(super) fn steps(cx: &Cx, action: &str, dossier: &Dossier, side: Side, state: &FormState) -> Markup {
    let i = &dossier.integration;
    let all: Vec<Step> = i.phase.steps(side).collect();
    let asks = all.iter().any(|step| step.needs_reason() || *step == Step::AskCertification);
    let label = |step: Step| cx.t(&format!("identity-step-{}", step.code()));
    let fields = html! {
        input type="hidden" name="version" value=(i.version);
        @if let [only] = all.as_slice() { input type="hidden" name="paso" value=(only.code()); }
        @else {
            @let choice = radios("paso", cx.t("identity-integ-what"));
            (all.iter().fold(choice, |choice, step| choice.option(step.code(), label(*step))).state(state))
        }
        @if asks {
            @let hint = if all.contains(&Step::AskCertification) { "identity-integ-missing-hint" } else { reason_hint(&all) };
            (textarea("motivo", cx.t("identity-desk-reason")).hint(cx.t(hint)).max(1_000).state(state))
        }
        @match all.as_slice() {
            [Step::Withdraw] => (button(label(Step::Withdraw)).secondary()),
            [only] => (button(label(*only))),
            _ => (button(cx.t("identity-integ-go"))),
        }
    };
    html! { @if !all.is_empty() { h2 { (cx.t("identity-integ-now")) } (cx.form(action, fields)) } }
}

/// Whether a reason has to be given, or only for some of the steps.
fn reason_hint(all: &[Step]) -> &'static str {
    if all.iter().all(|step| step.needs_reason()) {
        return "identity-integ-reason-hint";
    }
    "identity-integ-reason-some"
}

/// The request, as it stands.
pub(super) fn request(cx: &Cx, r: &Request) -> Markup {
    let yes_no = |yes: bool| cx.t(if yes { "web-yes" } else { "web-no" });
    let data: Vec<&str> =
        r.data.iter().map(|datum| cx.t(&format!("identity-datum-{}", datum.code()))).collect();
    let mut facts = vec![
        fact(cx.t("identity-integ-name"), r.name.as_str()),
        fact(cx.t("identity-integ-description"), r.description.as_str()),
        fact(cx.t("identity-integ-audience"), cx.t(audience_key(r.audience))),
        fact(cx.t("identity-integ-site"), r.site.as_str()),
        fact(cx.t("identity-integ-profile"), cx.t(&format!("identity-profile-{}", r.profile.code()))),
        fact(cx.t("identity-integ-data"), data.join(", ")),
        fact(cx.t("identity-integ-basis"), r.basis.as_str()),
        fact(cx.t("identity-integ-factor"), yes_no(r.factor == Factor::Second)),
        fact(cx.t("identity-integ-acting"), yes_no(r.acting)),
        fact(cx.t("identity-integ-peak"), r.peak.to_string()),
        fact(
            cx.t("identity-integ-administrative"),
            format!("{}, {}", r.administrative.name, r.administrative.email),
        ),
        fact(cx.t("identity-integ-technical"), format!("{}, {}", r.technical.name, r.technical.email)),
        fact(cx.t("identity-integ-terms"), format!("{}, {}", r.terms, cx.date(r.accepted))),
    ];
    facts.extend(Stage::ALL.map(|stage| fact(cx.t(stage_key(stage)), addresses(cx, r.at(stage)))));
    summary_list(&facts)
}

pub(super) const fn audience_key(audience: Audience) -> &'static str {
    match audience {
        Audience::Public => "identity-integ-public",
        Audience::Internal => "identity-integ-internal",
    }
}

pub(super) const fn stage_key(stage: Stage) -> &'static str {
    match stage {
        Stage::Sandbox => "identity-stage-sandbox",
        Stage::Qa => "identity-stage-qa",
        Stage::Production => "identity-stage-production",
    }
}

pub(super) fn addresses(cx: &Cx, a: &Addresses) -> Markup {
    html! {
        code { (a.redirect) }
        @if let Some(logout) = &a.logout { br; (cx.t("identity-integ-logout")) ": " code { (logout) } }
    }
}

/// Its application at one stage, without what may be done with its secrets.
pub(super) fn client(cx: &Cx, own: &StageClient) -> Markup {
    let state = match own.client.state {
        ClientState::Approved => "identity-client-approved",
        ClientState::Active => "identity-client-active",
        ClientState::Suspended => "identity-client-suspended",
        ClientState::Revoked => "identity-client-revoked",
    };
    let secrets = own.secrets.iter().map(|secret| {
        let since = cx.datetime(secret.created);
        match secret.expires {
            None => cx.ta("identity-secret-since", &args! {"since" => since}),
            Some(until) => {
                cx.ta("identity-secret-until", &args! {"since" => since, "until" => cx.datetime(until)})
            }
        }
    });
    let secrets: Vec<String> = secrets.collect();
    let list = html! {
        @if secrets.is_empty() { (cx.t("identity-secret-none")) }
        @for text in &secrets { (text) br; }
    };
    html! {
        (summary_list(&[
            fact("client_id", html! { code { (own.client.id) } }),
            fact(cx.t("identity-integ-state"), cx.t(state)),
            fact(cx.t("identity-integ-secrets"), list),
        ]))
    }
}

/// What we look at ourselves.
pub(super) fn checks(cx: &Cx, dossier: &Dossier) -> Markup {
    let rows = dossier.checks().into_iter().map(|(check, outcome)| {
        vec![html! { (cx.t(&format!("identity-check-{}", check.code()))) }, outcome_of(cx, check, outcome)]
    });
    let list = table(cx.t("identity-integ-checks"))
        .column(cx.t("identity-integ-check"))
        .column(cx.t("identity-integ-outcome"))
        .rows(rows)
        .quiet_caption();
    html! { (list) }
}

fn outcome_of(cx: &Cx, check: Check, outcome: Outcome) -> Markup {
    match outcome {
        Outcome::Good => tag(cx.t("identity-outcome-good"), Tone::Good),
        Outcome::Missing => tag(cx.t("identity-outcome-missing"), Tone::Neutral),
        Outcome::Bad => html! {
            (tag(cx.t("identity-outcome-bad"), Tone::Bad))
            br; span.hint { (cx.t(&format!("identity-mend-{}", check.code()))) }
        },
    }
}

/// What the institution says of one requirement.
pub(super) fn declared(dossier: &Dossier, of: Declared) -> Option<(&str, &str, Timestamp)> {
    let found = dossier.declared.iter().find(|d| d.requirement == of.code());
    found.map(|d| (d.evidence.as_str(), d.doer.as_str(), d.at))
}

/// What was done, the latest first.
pub(super) fn history(cx: &Cx, all: &[Done]) -> Markup {
    let events: Vec<_> = all
        .iter()
        .map(|done| {
            let title = cx.t(&format!("identity-did-{}", done.act));
            let event = event(title, done.at).by(done.doer.as_str());
            if done.note.is_empty() { event } else { event.body(html! { p { (done.note) } }) }
        })
        .collect();
    html! { h2 { (cx.t("identity-integ-history")) } (timeline(&events)) }
}

/// Where it stands and until when, over everything else.
pub(super) fn standing(cx: &Cx, dossier: &Dossier) -> Markup {
    let i = &dossier.integration;
    let what = cx.t(&format!("identity-means-{}", i.phase.code()));
    inset(html! {
        p { (phase(cx, i.phase)) " " @if i.clock.is_some() { (due(cx, i.clock.as_ref())) } }
        p { (what) }
    })
}
