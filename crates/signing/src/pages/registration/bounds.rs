//! What an application may do, and from where: shown and asked for.

use axum::response::Response;
use copihue_web::components::{button, checkboxes, number_input, radios, textarea};
use copihue_web::{Cx, Fields, FormData, FormState, Markup, Page, args, format, html};
use http::StatusCode;

use super::parts;
use crate::model::bounds::{Bounds, Content, Network, OtpReuse};
use crate::model::holder::Purposes;
use crate::model::level::Level;
use crate::model::manner::{Checksum, Manner};
use crate::model::registered::Environment;
use crate::model::token::ExpirationZone;
use crate::pdf::SubFilter;
use crate::store::registered::Key;

/// Requests a minute at most.
const MOST_PER_MINUTE: i64 = 100_000;

/// In a few lines.
pub(super) fn summary(cx: &Cx, bounds: &Bounds) -> Markup {
    let contents: Vec<&str> =
        bounds.contents.iter().map(|c| cx.t(&format!("signing-content-{}", c.code()))).collect();
    let networks: Vec<String> = bounds.networks.iter().map(ToString::to_string).collect();
    html! {
        (cx.t(&format!("signing-purposes-{}", bounds.purposes.code()))) br;
        (contents.join(", ")) br;
        @if let Some(n) = bounds.per_minute { (cx.ta("signing-bounds-rate", &args! {"n" => format::number(n.into())})) br; }
        @if networks.is_empty() { (cx.t("signing-bounds-anywhere")) } @else { (networks.join(", ")) }
    }
}

/// How it signs, in a few lines.
pub(super) fn manner(cx: &Cx, manner: &Manner) -> Markup {
    html! {
        (cx.t(&format!("signing-level-{}", manner.level.name()))) br;
        (cx.t(&format!("signing-subfilter-{}", manner.sub_filter.code()))) br;
        (cx.t(&format!("signing-zone-{}", manner.zone.code()))) br;
        (cx.t(&format!("signing-checksum-{}", manner.checksum.code())))
    }
}

/// The questions about how it signs.
fn manner_fields(cx: &Cx, state: &FormState) -> Markup {
    let level = Level::ALL.iter().fold(radios("nivel", cx.t("signing-manner-level")), |all, level| {
        all.option(level.name(), cx.t(&format!("signing-level-{}", level.name())))
    });
    let kind =
        SubFilter::ALL.iter().fold(radios("formato", cx.t("signing-manner-subfilter")), |all, kind| {
            all.option(kind.code(), cx.t(&format!("signing-subfilter-{}", kind.code())))
        });
    let zone = ExpirationZone::ALL.iter().fold(radios("hora", cx.t("signing-manner-zone")), |all, zone| {
        all.option(zone.code(), cx.t(&format!("signing-zone-{}", zone.code())))
    });
    let sum = Checksum::ALL.iter().fold(radios("suma", cx.t("signing-manner-checksum")), |all, sum| {
        all.option(sum.code(), cx.t(&format!("signing-checksum-{}", sum.code())))
    });
    html! {
        h2 { (cx.t("signing-manner")) }
        (level.state(state))
        (kind.hint(cx.t("signing-manner-subfilter-hint")).state(state))
        (zone.hint(cx.t("signing-manner-zone-hint")).state(state))
        (sum.state(state))
    }
}

pub(super) fn page(
    cx: &Cx,
    (back, environment): (&str, Environment),
    state: &FormState,
    status: StatusCode,
) -> Response {
    let purposes =
        Purposes::ALL.iter().fold(radios("propositos", cx.t("signing-bounds-purposes")), |all, p| {
            all.option(p.code(), cx.t(&format!("signing-purposes-{}", p.code())))
        });
    let contents =
        Content::ALL.iter().fold(checkboxes("contenidos", cx.t("signing-bounds-contents")), |all, c| {
            all.option(c.code(), cx.t(&format!("signing-content-{}", c.code())))
        });
    let reuse = OtpReuse::ALL.iter().fold(radios("codigo", cx.t("signing-bounds-otp")), |all, o| {
        all.option(o.code(), cx.t(&format!("signing-bounds-otp-{}", o.code())))
    });
    let body = cx.form(
        &format!("{back}/{}/limites", environment.code()),
        html! {
            h2 { (cx.t("signing-bounds")) }
            (purposes.state(state))
            (contents.state(state))
            (reuse.state(state))
            (number_input("por_minuto", cx.t("signing-bounds-per-minute")).state(state))
            (textarea("redes", cx.t("signing-bounds-networks")).hint(cx.t("signing-bounds-networks-hint")).optional().state(state))
            (manner_fields(cx, state))
            @if environment == Environment::Production { (parts::extra_field(cx, state)) }
            (button(cx.t("signing-settings-save")))
        },
    );
    let page = Page::new("signing-bounds-title")
        .caption(cx.t(&format!("signing-environment-{}", environment.code())));
    cx.page(page.back(back).status(status).form(state), body)
}

/// The form as a key's settings fill it.
pub(super) fn filled(key: &Key) -> FormState {
    let (bounds, manner) = (&key.bounds, &key.manner);
    let networks: Vec<String> = bounds.networks.iter().map(ToString::to_string).collect();
    let mut all = vec![
        ("propositos", bounds.purposes.code().to_owned()),
        ("codigo", bounds.otp_reuse.code().to_owned()),
        ("por_minuto", bounds.per_minute.map(|n| n.to_string()).unwrap_or_default()),
        ("redes", networks.join("\n")),
        ("nivel", manner.level.name().to_owned()),
        ("formato", manner.sub_filter.code().to_owned()),
        ("hora", manner.zone.code().to_owned()),
        ("suma", manner.checksum.code().to_owned()),
    ];
    all.extend(bounds.contents.iter().map(|c| ("contenidos", c.code().to_owned())));
    FormState::from_values(all)
}

pub(super) fn read(cx: &Cx, form: &FormData) -> Result<(Bounds, Manner), FormState> {
    let mut fields = Fields::new(form);
    let bounds = read_bounds(cx, form, &mut fields);
    let manner = read_manner(&mut fields);
    fields.done(bounds.zip(manner))
}

fn read_manner(fields: &mut Fields<'_>) -> Option<Manner> {
    let level = fields.choice("nivel", &Level::ALL.map(Level::name));
    let kind = fields.choice("formato", &SubFilter::ALL.map(SubFilter::code));
    let zone = fields.choice("hora", &ExpirationZone::ALL.map(ExpirationZone::code));
    let sum = fields.choice("suma", &[Checksum::Echoed.code(), Checksum::Strict.code()]);
    Some(Manner {
        level: Level::from_name(&level?)?,
        sub_filter: SubFilter::from_code(&kind?)?,
        zone: ExpirationZone::from_code(&zone?)?,
        checksum: Checksum::from_code(&sum?)?,
    })
}

fn read_bounds(cx: &Cx, form: &FormData, fields: &mut Fields<'_>) -> Option<Bounds> {
    let purposes = fields.choice("propositos", &Purposes::ALL.map(Purposes::code));
    let codes: Vec<&str> = Content::ALL.iter().map(|c| c.code()).collect();
    let contents = fields.choices("contenidos", &codes, 1);
    let reuse = fields.choice("codigo", &["ventana", "una_vez"]);
    let per_minute = fields.integer("por_minuto", 1..=MOST_PER_MINUTE);
    let networks = match Network::parse_list(form.value("redes").unwrap_or_default()) {
        Ok(networks) => Some(networks),
        Err(wrong) => {
            fields.error("redes", cx.ta("signing-bounds-network-wrong", &args! {"text" => wrong}));
            None
        }
    };
    Some(Bounds {
        home: None,
        purposes: Purposes::from_code(&purposes?)?,
        contents: contents?.iter().filter_map(|c| Content::from_code(c)).collect(),
        otp_reuse: OtpReuse::from_code(&reuse?)?,
        per_minute: Some(u32::try_from(per_minute?).ok()?),
        networks: networks?,
    })
}
