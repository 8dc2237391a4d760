//! Where the stamp of a document goes: by a place that has a name, or by an exact box.

use axum::extract::{Path, State};
use axum::response::Response;
use copihue_core::Error;
use copihue_web::components::{button, checkboxes, details, number_input, radios, text_input};
use copihue_web::{Cx, Failure, FormData, FormState, Markup, Page, args, html, see_other};

use super::{batch_at, id_of};
use crate::app::{BatchView, Desk};
use crate::model::batch::BatchItem;
use crate::model::layout::StampPage;
use crate::model::place::{Place, Spot};

/// In words, for people.
pub(super) fn words(cx: &Cx, place: &Place) -> String {
    let page = match place.page() {
        None => return cx.t("signing-place-invisible").to_owned(),
        Some(StampPage::Last) => cx.t("signing-page-last").to_owned(),
        Some(StampPage::Number(n)) => cx.ta("signing-page-number", &args! { "n" => n as i64 }),
    };
    let spot = match place {
        Place::Spot(_, spot) => cx.t(label(*spot)),
        Place::Box(..) | Place::Invisible => cx.t("signing-place-box"),
    };
    cx.ta("signing-place-on", &args! { "spot" => spot, "page" => page })
}

const fn label(spot: Spot) -> &'static str {
    match spot {
        Spot::BottomRight => "signing-place-abajo-derecha",
        Spot::BottomCentre => "signing-place-abajo-centro",
        Spot::BottomLeft => "signing-place-abajo-izquierda",
        Spot::TopRight => "signing-place-arriba-derecha",
        Spot::TopCentre => "signing-place-arriba-centro",
        Spot::TopLeft => "signing-place-arriba-izquierda",
    }
}

pub(super) async fn page(
    State(desk): State<Desk>,
    cx: Cx,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let view = desk.batch(cx.require_actor()?, id_of(&id)?).await?;
    let n = cx.query("documento").and_then(|n| n.parse().ok()).unwrap_or(0);
    let item = item(&view, n)?;
    Ok(show(&cx, &view, item, &typed(&item.place)))
}

fn item(view: &BatchView, n: i64) -> Result<&BatchItem, Error> {
    view.items.iter().find(|i| i.n == n).ok_or_else(copihue_core::Error::not_found)
}

fn typed(place: &Place) -> FormState {
    let (page, number) = match place.page() {
        Some(StampPage::Number(n)) => ("numero", n.to_string()),
        Some(StampPage::Last) | None => ("ultima", String::new()),
    };
    let text = place.text();
    let after = text.split_once(':').map_or("invisible", |(_, after)| after);
    let (spot, exact) = if matches!(place, Place::Box(..)) { ("caja", after) } else { (after, "") };
    FormState::from_values([("lugar", spot), ("hoja", page), ("numero", number.as_str()), ("caja", exact)])
}

fn show(cx: &Cx, view: &BatchView, item: &BatchItem, state: &FormState) -> Response {
    let spots = Spot::ALL.iter().fold(radios("lugar", cx.t("signing-place-legend")), |all, spot| {
        all.option(spot.word(), cx.t(label(*spot)))
    });
    let exact = state.value("lugar") == "caja" || state.error("caja").is_some();
    let body = cx.form(
        &format!("{}/estampa", batch_at(view.batch.id)),
        html! {
            input type="hidden" name="documento" value=(item.n);
            (spots.option("invisible", cx.t("signing-place-invisible")).option("caja", cx.t("signing-place-exact")).state(state))
            (exact_box(cx, state, exact))
            (radios("hoja", cx.t("signing-page-legend")).option("ultima", cx.t("signing-page-last-option"))
                .option("numero", cx.t("signing-page-other")).inline().state(state))
            (number_input("numero", cx.t("signing-page-which")).state(state))
            @if view.items.len() > 1 {
                (checkboxes("todos", cx.t("signing-place-all-legend")).option("si", cx.t("signing-place-all")).state(state))
            }
            (button(cx.t("signing-place-save")))
        },
    );
    let page =
        Page::new("signing-place-title").caption(item.name.clone()).back(batch_at(view.batch.id)).form(state);
    cx.page(page, body)
}

fn exact_box(cx: &Cx, state: &FormState, open: bool) -> Markup {
    let field =
        html! { (text_input("caja", cx.t("signing-box-label")).hint(cx.t("signing-box-hint")).state(state)) };
    if open { field } else { details(cx.t("signing-box-summary"), field) }
}

pub(super) async fn post(
    State(desk): State<Desk>,
    cx: Cx,
    Path(id): Path<String>,
    form: FormData,
) -> Result<Response, Failure> {
    let (actor, id) = (cx.require_actor()?, id_of(&id)?);
    let view = desk.batch(actor, id).await?;
    let item = item(&view, form.value("documento").and_then(|n| n.parse().ok()).unwrap_or(-1))?;
    let place = match read(&cx, &form) {
        Ok(place) => place,
        Err(state) => return Ok(show(&cx, &view, item, &state)),
    };
    let all = form.has("todos");
    match desk.place(actor, id, (!all).then_some(item.n), place).await {
        Ok(()) => Ok(see_other(&batch_at(id))),
        Err(error) if error.code() == "pagina_inexistente" => {
            Ok(show(&cx, &view, item, &form.state().with_error("numero", error.detail())))
        }
        Err(error) => Err(error.into()),
    }
}

fn read(cx: &Cx, form: &FormData) -> Result<Place, FormState> {
    let wrong = |field: &str, key: &str| form.state().with_error(field, cx.t(key));
    let page = match form.value("hoja") {
        Some("numero") => form.value("numero").unwrap_or_default(),
        _ => "ultima",
    };
    if page != "ultima" && !page.parse::<u32>().is_ok_and(|n| n > 0) {
        return Err(wrong("numero", "signing-page-ask"));
    }
    match form.value("lugar") {
        None => Err(wrong("lugar", "signing-place-ask")),
        Some("invisible") => Ok(Place::Invisible),
        Some("caja") => {
            let text = form.value("caja").unwrap_or_default();
            Place::parse(&format!("{page}:{text}")).map_err(|_| wrong("caja", "signing-box-ask"))
        }
        Some(spot) => {
            Place::parse(&format!("{page}:{spot}")).map_err(|_| wrong("lugar", "signing-place-ask"))
        }
    }
}
