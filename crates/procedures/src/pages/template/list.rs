//! Which documents there are, and the versions of one.

use axum::extract::{Path, State};
use axum::response::Response;
use copihue_web::components::{Tone, button, inset, tag};
use copihue_web::{Cx, Failure, FormData, Markup, Page, args, html, see_other};

use super::{HOME, grid, key_of, path_of};
use crate::app::Procedures;
use crate::model::template::{Key, State as Stands, Version};

pub(in crate::pages) async fn list(State(app): State<Procedures>, cx: Cx) -> Result<Response, Failure> {
    let listed = app.listed(cx.require_actor()?).await?;
    let rows = listed.iter().map(|document| {
        let in_force = match document.in_force {
            None => cx.t("procedures-template-original").to_owned(),
            Some(n) => cx.ta("procedures-template-version", &args! {"n" => n}),
        };
        vec![
            html!(a href=(path_of(&document.key)) { (document.title) }),
            html!((document.procedure)),
            html!((in_force)),
            document.open.map_or_else(|| html!("—"), |(state, _)| stands(&cx, state)),
        ]
    });
    let body = html! {
        (grid(&cx, "procedures-templates", &[
                "procedures-template-document",
                "procedures-template-procedure",
                "procedures-template-in-force",
                "procedures-template-open",
            ])
            .empty(cx.t("procedures-templates-none"))
            .rows(rows))
        p { a href="/gestion/lotes" { (cx.t("procedures-bulk-orders")) } }
    };
    let page = Page::new("procedures-templates")
        .lead(cx.t("procedures-templates-lead"))
        .crumb(cx.t("procedures-desk"), "/gestion")
        .wide();
    Ok(cx.page(page, body))
}

/// Where a version stands, in colour and in words.
pub(super) fn stands(cx: &Cx, state: Stands) -> Markup {
    let tone = match state {
        Stands::Draft => Tone::Info,
        Stands::Proposed => Tone::Warn,
        Stands::InForce => Tone::Good,
        Stands::Past => Tone::Neutral,
    };
    html!((tag(cx.t(&format!("procedures-template-state-{}", state.code())), tone)))
}

pub(in crate::pages) async fn show(
    State(app): State<Procedures>,
    cx: Cx,
    Path((procedure, document)): Path<(String, String)>,
) -> Result<Response, Failure> {
    let key = key_of(&app, &cx, &procedure, &document)?;
    let wording = app.wording(&key).await?;
    let versions = app.versions(&key).await?;
    let open = versions.iter().find(|v| matches!(v.state, Stands::Draft | Stands::Proposed));
    let body = html! {
        @match open {
            Some(version) => (inset(html! {
                p {
                    (cx.ta("procedures-template-open-now", &args! {"n" => version.number, "by" => version.saved_by.as_str()}))
                    " "
                    a href={(path_of(&key)) "/" (version.number)} { (cx.t("procedures-template-go-on")) }
                }
            })),
            None => (cx.form(&path_of(&key), html!((button(cx.t("procedures-template-begin")))))),
        }
        @if wording.bulk && wording.template.lists().is_empty() {
            p { a href={(path_of(&key)) "/emitir"} { (cx.t("procedures-bulk")) } }
        }
        h2 { (cx.t("procedures-template-history")) }
        (history(&cx, &key, &versions, open.is_none()))
    };
    let page =
        Page::new(wording.title).caption(wording.procedure).crumb(cx.t("procedures-templates"), HOME).wide();
    Ok(cx.page(page, body))
}

/// Every version, and the original below them.
fn history(cx: &Cx, key: &Key, versions: &[Version], free: bool) -> Markup {
    let in_force = versions.iter().any(|v| v.state == Stands::InForce);
    let again = |number: u32, label: &str| {
        let fields = html! {
            input type="hidden" name="desde" value=(number);
            (button(cx.t("procedures-template-from-this")).secondary().as_link())
            span class="hidden" { ": " (label) }
        };
        html!(@if free { (cx.form(&path_of(key), fields)) } @else { "—" })
    };
    let rows = versions.iter().map(|version| {
        let name = cx.ta("procedures-template-version", &args! {"n" => version.number});
        let decided = version.decision.as_ref().map_or_else(String::new, |d| d.by.clone());
        vec![
            html!(a href={(path_of(key)) "/" (version.number)} { (name) }),
            stands(cx, version.state),
            html!((version.saved_by) br; (cx.datetime(version.saved_at))),
            html!((if decided.is_empty() { "—" } else { decided.as_str() })),
            again(version.number, &name),
        ]
    });
    let original = cx.t("procedures-template-original");
    let last = vec![
        html!((original)),
        stands(cx, if in_force { Stands::Past } else { Stands::InForce }),
        html!("—"),
        html!("—"),
        again(0, original),
    ];
    html!(
        (grid(
            cx,
            "procedures-template-history",
            &[
                "procedures-template-version-column",
                "procedures-template-state",
                "procedures-template-saved",
                "procedures-template-decided",
                "procedures-template-again",
            ]
        )
        .rows(rows.chain([last])))
    )
}

pub(in crate::pages) async fn begin(
    State(app): State<Procedures>,
    cx: Cx,
    Path((procedure, document)): Path<(String, String)>,
    form: FormData,
) -> Result<Response, Failure> {
    let key = key_of(&app, &cx, &procedure, &document)?;
    let from = form.value("desde").and_then(|n| n.parse().ok());
    let number = app.begin(cx.require_actor()?, &key, from).await?;
    Ok(see_other(&format!("{}/{number}", path_of(&key))))
}
