//! Checking a file: sent whole, or by its hash alone.

use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use copihue_core::Error;
use copihue_web::components::{Fact, details, fact, inset, success_banner, summary_list, warning};
use copihue_web::{Cx, Failure, Fields, FormData, FormState, Markup, Page, html};
use http::header;
use serde_json::json;

use super::{Pages, code, home, unlisted};
use crate::app::Checked;
use crate::verify::{Kind, Outcome, SignatureVerdict, Verdict, archived, kept_since, to_json};

pub(super) async fn check(State(pages): State<Pages>, cx: Cx, form: FormData) -> Result<Response, Failure> {
    let mut fields = Fields::new(&form);
    let file = fields.any_file("archivo");
    let content = fields.optional("contenido", |f, name| f.any_file(name));
    let (file, content) = match fields.done((file, content)) {
        Ok(values) => values,
        Err(state) => return Ok(home::show(&cx, &state)),
    };
    let checked = pages.signing.check_uploads(std::iter::once(file).chain(content)).await?;
    if cx.wants_json() {
        let registered = checked.registered.as_ref().map(code::to_json);
        let report = to_json(&checked.verdict, &pages.signing.trust());
        let body =
            json!({"informe": report, "registro": registered, "mismo_archivo": checked.is_same_file()});
        return Ok(unlisted(Json(body).into_response()));
    }
    if form.value("informe") == Some("pdf") {
        let report = pages.signing.report_pdf(&checked.verdict).await?;
        let headers = [
            (header::CONTENT_TYPE, "application/pdf"),
            (header::CONTENT_DISPOSITION, "attachment; filename=\"informe-de-validacion.pdf\""),
        ];
        return Ok(unlisted((headers, report).into_response()));
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
        @if verdict.outcome == Outcome::Incomplete {
            (home::pair_form(cx, &FormState::new()))
        }
        (sentences(cx, verdict))
        @if verdict.outcome != Outcome::Incomplete && verdict.outcome != Outcome::Unreadable {
            h2 { (cx.t("signing-force-heading")) }
            (force(cx, checked))
        }
        (details(cx.t("signing-detail-summary"), html! {
            (technical(cx, verdict))
            @if verdict.outcome != Outcome::Incomplete {
                p { (cx.t("signing-report-how")) }
                (home::report_form(cx))
            }
        }))
        p { a href="/verificar" { (cx.t("signing-another")) } }
    }
}

/// What each signature and each proof says, and the files of a container.
fn sentences(cx: &Cx, verdict: &Verdict) -> Markup {
    html! {
        @for signature in &verdict.signatures {
            @for sentence in &signature.messages_es { p { (sentence) } }
        }
        @for stamp in &verdict.document_timestamps { p { (archived(stamp)) } }
        @for record in &verdict.evidence { p { (kept_since(record)) } }
        @if !verdict.files.is_empty() {
            h2 { (cx.t("signing-files-heading")) }
            ul {
                @for file in &verdict.files {
                    li {
                        (file.name) ": "
                        @if file.is_signed { (cx.t("signing-file-signed")) } @else { strong { (cx.t("signing-file-unsigned")) } }
                    }
                }
            }
        }
        @if verdict.document.kind == Kind::Pdf && !verdict.signatures.is_empty() {
            p.hint { (cx.t("signing-readers-differ")) }
        }
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
        list.extend(facts(cx, signature));
    }
    list.extend(verdict.problem.clone().map(|problem| fact(cx.t("signing-fact-problem"), problem)));
    summary_list(&list)
}

/// One signature, for a technician.
fn facts<'a>(cx: &Cx, signature: &'a SignatureVerdict) -> Vec<Fact<'a>> {
    let name = |value: serde_json::Result<serde_json::Value>| value.ok()?.as_str().map(str::to_owned);
    let words = [
        Some(signature.format.clone()),
        Some(signature.level.to_owned()),
        signature.algorithm.map(str::to_owned),
        name(serde_json::to_value(signature.indication)),
        signature.sub_indication.and_then(|s| name(serde_json::to_value(s))),
    ];
    let text = words.into_iter().flatten().collect::<Vec<_>>().join(" · ");
    let mut list = vec![fact(signature.id.as_str(), text)];
    if let Some(signer) = &signature.signer {
        list.push(fact(cx.t("signing-fact-issuer"), signer.issuer.as_str()));
        list.extend(signer.run_masked.as_deref().map(|run| fact(cx.t("signing-fact-run"), run)));
        list.push(fact(cx.t("signing-fact-serial"), html! { code.hash { (signer.serial) } }));
    }
    list
}
