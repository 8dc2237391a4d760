//! The request to connect an application.

use axum::extract::{Path, State};
use axum::response::Response;
use copihue_web::components::{
    button, checkboxes, date_input, declaration, email_input, number_input, radios, text_input, textarea,
    yes_no,
};
use copihue_web::{Cx, Failure, Fields, FormData, FormState, Markup, Page, html, see_other};
use http::StatusCode;

use super::{HERE, id_of, own_page, parts};
use crate::Identity;
use crate::model::integration::{
    Addresses, Audience, BadAddress, BadMailbox, Contact, Datum, Factor, Request, Stage, check_address,
    check_mailbox,
};
use crate::model::phase::Side;
use crate::model::profile::Profile;
use crate::model::redirect::origin;

const PROFILES: [Profile; 2] = [Profile::Compat, Profile::Base];
const AUDIENCES: [(&str, Audience); 2] = [("publico", Audience::Public), ("interno", Audience::Internal)];
/// Logins in an hour beyond which nobody has to say a number.
const MOST_PEAK: i64 = 5_000_000;

pub(super) async fn new(cx: Cx) -> Result<Response, Failure> {
    let state = cx.form_state();
    Ok(shown(&cx, &format!("{HERE}/nueva"), HERE, None, &state, StatusCode::OK))
}

/// `POST /gestion/integraciones/nueva`: written down, not sent.
pub(super) async fn create(
    State(identity): State<Identity>,
    cx: Cx,
    form: FormData,
) -> Result<Response, Failure> {
    let actor = cx.require_actor()?;
    let domains = identity.domains(&cx.hat()?.institution);
    match read(&cx, &form, &domains) {
        Ok(request) => Ok(see_other(&own_page(identity.begin_integration(actor, request).await?))),
        Err(state) => {
            let here = format!("{HERE}/nueva");
            Ok(shown(&cx, &here, HERE, None, &state, StatusCode::UNPROCESSABLE_ENTITY))
        }
    }
}

pub(super) async fn edit(
    State(identity): State<Identity>,
    cx: Cx,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let id = id_of(&id)?;
    let i = identity.integration(cx.require_actor()?, Side::Institution, id).await?.integration;
    let back = own_page(id);
    Ok(shown(&cx, &format!("{back}/solicitud"), &back, Some(i.version), &filled(&i.request), StatusCode::OK))
}

/// `POST …/solicitud`.
pub(super) async fn rewrite(
    State(identity): State<Identity>,
    cx: Cx,
    Path(id): Path<String>,
    form: FormData,
) -> Result<Response, Failure> {
    let (id, actor) = (id_of(&id)?, cx.require_actor()?);
    let version = form.value("version").and_then(|v| v.parse().ok()).unwrap_or_default();
    let domains = identity.domains(&cx.hat()?.institution);
    match read(&cx, &form, &domains) {
        Ok(request) => {
            identity.rewrite_integration(actor, (id, version), request).await?;
            Ok(see_other(&format!("{}?hecho=si", own_page(id))))
        }
        Err(state) => {
            let back = own_page(id);
            let here = format!("{back}/solicitud");
            Ok(shown(&cx, &here, &back, Some(version), &state, StatusCode::UNPROCESSABLE_ENTITY))
        }
    }
}

impl Identity {
    /// The domains of a body, beside `.gob.cl`.
    pub(super) fn domains(&self, institution: &str) -> Vec<String> {
        self.0.bodies.body(institution).map(|body| body.domains).unwrap_or_default()
    }
}

fn shown(
    cx: &Cx,
    action: &str,
    back: &str,
    version: Option<i64>,
    state: &FormState,
    status: StatusCode,
) -> Response {
    let fields = html! {
        @if let Some(version) = version { input type="hidden" name="version" value=(version); }
        (about(cx, state))
        (asks(cx, state))
        (places(cx, state))
        (people(cx, state))
        (button(cx.t("identity-integ-save")))
    };
    let page = Page::new("identity-integ-form")
        .lead(cx.t("identity-integ-form-lead"))
        .back(back)
        .status(status)
        .form(state);
    cx.page(page, cx.form(action, fields))
}

fn about(cx: &Cx, state: &FormState) -> Markup {
    let audience = radios("publico", cx.t("identity-integ-audience"));
    let audience = AUDIENCES
        .iter()
        .fold(audience, |all, (code, audience)| all.option(*code, cx.t(parts::audience_key(*audience))));
    html! {
        h2 { (cx.t("identity-integ-about")) }
        (text_input("nombre", cx.t("identity-integ-name")).hint(cx.t("identity-integ-name-hint")).max(80).state(state))
        (textarea("descripcion", cx.t("identity-integ-description")).hint(cx.t("identity-integ-description-hint")).max(600).state(state))
        (audience.state(state))
        (text_input("sitio", cx.t("identity-integ-site")).hint(cx.t("identity-integ-site-hint")).max(2_048).state(state))
    }
}

fn asks(cx: &Cx, state: &FormState) -> Markup {
    let profile = PROFILES.iter().fold(radios("perfil", cx.t("identity-integ-profile")), |all, profile| {
        all.option(profile.code(), cx.t(&format!("identity-profile-{}", profile.code())))
    });
    let data = Datum::ALL.iter().fold(checkboxes("datos", cx.t("identity-integ-data")), |all, datum| {
        all.option(datum.code(), cx.t(&format!("identity-datum-{}", datum.code())))
    });
    html! {
        h2 { (cx.t("identity-integ-asks")) }
        (profile.state(state))
        (data.state(state))
        (textarea("norma", cx.t("identity-integ-basis")).hint(cx.t("identity-integ-basis-hint")).max(600).state(state))
        (yes_no("segundo", cx.t("identity-integ-factor")).hint(cx.t("identity-integ-factor-hint")).state(state))
        (yes_no("representa", cx.t("identity-integ-acting")).state(state))
        (number_input("punta", cx.t("identity-integ-peak")).hint(cx.t("identity-integ-peak-hint")).narrow().state(state))
    }
}

fn places(cx: &Cx, state: &FormState) -> Markup {
    html! {
        h2 { (cx.t("identity-integ-places")) }
        p { (cx.t("identity-integ-places-lead")) }
        @for stage in Stage::ALL {
            h3 { (cx.t(parts::stage_key(stage))) }
            @let hint = match stage {
                Stage::Sandbox => "identity-integ-hint-sandbox",
                Stage::Qa => "identity-integ-hint-qa",
                Stage::Production => "identity-integ-hint-production",
            };
            (text_input(format!("{}-volver", stage.code()), cx.t("identity-integ-redirect")).hint(cx.t(hint)).max(2_048).state(state))
            (text_input(format!("{}-salir", stage.code()), cx.t("identity-integ-logout")).max(2_048).optional().state(state))
        }
    }
}

fn people(cx: &Cx, state: &FormState) -> Markup {
    html! {
        h2 { (cx.t("identity-integ-people")) }
        (text_input("administrativo", cx.t("identity-integ-administrative-name")).max(120).state(state))
        (email_input("administrativo-correo", cx.t("identity-integ-administrative-mail"))
            .hint(cx.t("identity-integ-administrative-hint")).state(state))
        (text_input("tecnico", cx.t("identity-integ-technical-name")).max(120).state(state))
        (email_input("tecnico-correo", cx.t("identity-integ-technical-mail"))
            .hint(cx.t("identity-integ-technical-hint")).state(state))
        (text_input("terminos", cx.t("identity-integ-terms-version")).hint(cx.t("identity-integ-terms-hint")).narrow().max(40).state(state))
        (date_input("aceptados", cx.t("identity-integ-terms-day")).state(state))
        (declaration("jefatura", cx.t("identity-integ-terms"), cx.t("identity-integ-terms-said")).state(state))
    }
}

/// The form as a request fills it.
fn filled(r: &Request) -> FormState {
    let yes_no = |yes: bool| if yes { "si" } else { "no" }.to_owned();
    let audience = AUDIENCES.iter().find(|(_, a)| *a == r.audience).map_or("", |(code, _)| code);
    let mut all: Vec<(String, String)> = [
        ("nombre", r.name.clone()),
        ("descripcion", r.description.clone()),
        ("publico", audience.to_owned()),
        ("sitio", r.site.clone()),
        ("perfil", r.profile.code().to_owned()),
        ("norma", r.basis.clone()),
        ("segundo", yes_no(r.factor == Factor::Second)),
        ("representa", yes_no(r.acting)),
        ("punta", r.peak.to_string()),
        ("administrativo", r.administrative.name.clone()),
        ("administrativo-correo", r.administrative.email.clone()),
        ("tecnico", r.technical.name.clone()),
        ("tecnico-correo", r.technical.email.clone()),
        ("terminos", r.terms.clone()),
        ("aceptados-dia", r.accepted.day().to_string()),
        ("aceptados-mes", r.accepted.month().to_string()),
        ("aceptados-ano", r.accepted.year().to_string()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into();
    all.extend(r.data.iter().map(|datum| ("datos".to_owned(), datum.code().to_owned())));
    for stage in Stage::ALL {
        let place = r.at(stage);
        all.push((format!("{}-volver", stage.code()), place.redirect.clone()));
        all.push((format!("{}-salir", stage.code()), place.logout.clone().unwrap_or_default()));
    }
    FormState::from_values(all)
}

fn read(cx: &Cx, form: &FormData, domains: &[String]) -> Result<Request, FormState> {
    let mut f = Fields::new(form);
    let (name, description) = (f.text("nombre", 5..=80), f.text("descripcion", 20..=600));
    let audience = f.choice("publico", &AUDIENCES.map(|(code, _)| code));
    let audience = audience.and_then(|code| AUDIENCES.into_iter().find(|(c, _)| *c == code).map(|(_, a)| a));
    let site = f.text("sitio", 10..=2_048);
    if site.as_deref().is_some_and(|site| !site.starts_with("https://") || origin(site).is_none()) {
        f.error("sitio", cx.t("identity-address-form"));
    }
    let profile = f.choice("perfil", &PROFILES.map(Profile::code));
    let profile = profile.and_then(|code| PROFILES.into_iter().find(|p| p.code() == code));
    let data = f.choices("datos", &Datum::ALL.map(Datum::code), 1);
    let data = data.map(|codes| {
        Datum::ALL.into_iter().filter(|d| codes.iter().any(|code| code == d.code())).collect::<Vec<_>>()
    });
    let basis = f.text("norma", 10..=600);
    let factor = f.yes_no("segundo").map(|yes| if yes { Factor::Second } else { Factor::Password });
    let (acting, peak) = (f.yes_no("representa"), f.integer("punta", 1..=MOST_PEAK));
    let addresses = addresses(cx, &mut f, form, domains);
    let administrative = contact(&mut f, "administrativo");
    let bad = administrative.as_ref().map(|c| check_mailbox(&c.email, domains));
    if let Some(Err(bad)) = bad {
        let key = match bad {
            BadMailbox::Generic => "identity-mailbox-generic",
            BadMailbox::Foreign => "identity-mailbox-foreign",
        };
        f.error("administrativo-correo", cx.t(key));
    }
    let technical = contact(&mut f, "tecnico");
    let (terms, accepted) = (f.text("terminos", 1..=40), f.date("aceptados"));
    if accepted.is_some_and(|day| day > copihue_core::calendar::Zone::Santiago.date(cx.now())) {
        f.error("aceptados", cx.t("identity-integ-terms-future"));
    }
    let said = f.declaration("jefatura");
    let request = (|| {
        said?;
        Some(Request {
            name: name?,
            description: description?,
            audience: audience?,
            site: site?,
            profile: profile?,
            data: data?,
            basis: basis?,
            factor: factor?,
            acting: acting?,
            peak: u32::try_from(peak?).ok()?,
            administrative: administrative?,
            technical: technical?,
            addresses: addresses?,
            terms: terms?,
            accepted: accepted?,
        })
    })();
    f.done(request)
}

fn contact(f: &mut Fields<'_>, name: &str) -> Option<Contact> {
    let (who, email) = (f.text(name, 3..=120), f.email(&format!("{name}-correo")));
    Some(Contact { name: who?, email: email? })
}

fn addresses(cx: &Cx, f: &mut Fields<'_>, form: &FormData, domains: &[String]) -> Option<[Addresses; 3]> {
    let mut of = |stage: Stage| {
        let redirect = address(cx, f, form, (&format!("{}-volver", stage.code()), stage, domains));
        let logout = logout(cx, f, form, (&format!("{}-salir", stage.code()), stage));
        redirect.zip(logout).map(|(redirect, logout)| Addresses { redirect, logout })
    };
    let [sandbox, qa, production] = Stage::ALL.map(&mut of);
    Some([sandbox?, qa?, production?])
}

/// An address to which people come back.
pub(super) fn address(
    cx: &Cx,
    f: &mut Fields<'_>,
    form: &FormData,
    (name, stage, domains): (&str, Stage, &[String]),
) -> Option<String> {
    let typed = f.text(name, 10..=2_048)?;
    match check_address(stage, form.value(name).unwrap_or_default(), domains) {
        Ok(()) => Some(typed),
        Err(bad) => wrong(cx, f, name, bad),
    }
}

/// An address to which people may be sent after log-out, where there is one.
pub(super) fn logout(
    cx: &Cx,
    f: &mut Fields<'_>,
    form: &FormData,
    (name, stage): (&str, Stage),
) -> Option<Option<String>> {
    let Some(typed) = form.value(name).filter(|typed| !typed.is_empty()) else { return Some(None) };
    // Nobody is sent there with anything to steal: any site of the institution's or its supplier's will do.
    let lenient = if stage == Stage::Production { Stage::Qa } else { stage };
    match check_address(lenient, typed, &[]) {
        Ok(()) => Some(Some(typed.to_owned())),
        Err(bad) => wrong(cx, f, name, bad),
    }
}

fn wrong<T>(cx: &Cx, f: &mut Fields<'_>, name: &str, bad: BadAddress) -> Option<T> {
    f.error(name, cx.t(&format!("identity-address-{}", bad.code())));
    None
}
