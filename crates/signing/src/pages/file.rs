//! Checking a file: sent whole, or by its hash alone.

use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use copihue_core::Error;
use copihue_web::components::{details, fact, inset, success_banner, summary_list, warning};
use copihue_web::{Cx, Failure, Fields, FileKind, FormData, Markup, Page, html};
use serde_json::json;

use super::{Pages, code, home, unlisted};
use crate::app::Checked;
use crate::verify::{Outcome, Verdict, to_json};

pub(super) async fn check(State(pages): State<Pages>, cx: Cx, form: FormData) -> Result<Response, Failure> {
    let mut fields = Fields::new(&form);
    let file = fields.file("archivo", &[FileKind::Pdf]);
    let (file,) = match fields.done((file,)) {
        Ok(values) => values,
        Err(state) => return Ok(home::show(&cx, &state)),
    };
    let checked = pages.signing.check_file(file.bytes().await?.to_vec()).await?;
    if cx.wants_json() {
        let registered = checked.registered.as_ref().map(code::to_json);
        let body = json!({"informe": to_json(&checked.verdict, &pages.signing.trust()), "registro": registered, "mismo_archivo": checked.is_same_file()});
        return Ok(unlisted(Json(body).into_response()));
    }
    let caption = cx.t("signing-title");
    let page = Page::new(title(&checked.verdict)).caption(caption).crumb(caption, "/verificar");
    Ok(unlisted(cx.page(page, result(&cx, &checked))))
}

/// Only the hash came: what is registered under it. The file stayed with the person.
pub(super) async fn by_hash(
    State(pages): State<Pages>,
    cx: Cx,
    Path(text): Path<String>,
) -> Result<Response, Failure> {
    pages.misses.check(cx.peer(), cx.now())?;
    let mut sha256 = [0; 32];
    hex::decode_to_slice(text.to_ascii_lowercase(), &mut sha256).map_err(|_| Error::not_found())?;
    let Some(document) = pages.signing.document_of(sha256).await? else {
        return Err(Error::not_found().into());
    };
    Ok(unlisted(Json(code::to_json(&document)).into_response()))
}

fn title(verdict: &Verdict) -> &'static str {
    match verdict.outcome {
        Outcome::Genuine => "signing-result-genuine",
        Outcome::Altered => "signing-result-altered",
        Outcome::Partly => "signing-result-partly",
        Outcome::Incomplete => "signing-result-incomplete",
        Outcome::Dated => "signing-result-dated",
        Outcome::Unrecognised | Outcome::Undated | Outcome::Mismatched => "signing-result-unsure",
        Outcome::Unsigned => "signing-result-unsigned",
        Outcome::Unreadable => "signing-result-unreadable",
    }
}

fn result(cx: &Cx, checked: &Checked) -> Markup {
    let verdict = &checked.verdict;
    html! {
        @if verdict.is_genuine() {
            (success_banner(cx.t("signing-result-genuine"), verdict.sentence()))
        } @else {
            (warning(verdict.sentence()))
        }
        @for signature in &verdict.signatures {
            @for sentence in &signature.messages_es { p { (sentence) } }
        }
        h2 { (cx.t("signing-force-heading")) }
        (force(cx, checked))
        (details(cx.t("signing-detail-summary"), technical(cx, verdict)))
        p { a href="/verificar" { (cx.t("signing-another")) } }
    }
}

/// Whether it still counts: known only of what is registered here, byte for byte.
fn force(cx: &Cx, checked: &Checked) -> Markup {
    let Some(document) = &checked.registered else { return inset(cx.t("signing-force-unknown")) };
    let link =
        html! { p { a href={ "/verificar/" (document.issued.code) } { (cx.t("signing-force-link")) } } };
    if checked.is_same_file() {
        html! { (code::state_banner(cx, document)) (link) }
    } else {
        html! { (warning(cx.t("signing-force-other-file"))) (link) }
    }
}

fn technical(cx: &Cx, verdict: &Verdict) -> Markup {
    let mut list = vec![fact(cx.t("signing-fact-hash"), html! { code.hash { (verdict.document.sha256) } })];
    for signature in &verdict.signatures {
        let sub = signature.sub_indication.and_then(|s| serde_json::to_value(s).ok());
        let sub = sub.and_then(|s| s.as_str().map(str::to_owned));
        let algorithm = signature.algorithm.unwrap_or("—");
        let words = [Some(signature.format.clone()), Some(algorithm.to_owned()), sub];
        let text = words.into_iter().flatten().collect::<Vec<_>>().join(" · ");
        list.push(fact(signature.id.clone(), text));
        if let Some(signer) = &signature.signer {
            list.push(fact(cx.t("signing-fact-issuer"), signer.issuer.clone()));
            list.extend(signer.run_masked.clone().map(|run| fact(cx.t("signing-fact-run"), run)));
        }
    }
    summary_list(&list)
}
