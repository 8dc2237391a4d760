//! `/verificar/{code}`: what is registered under a code, and whether it still counts.

use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use copihue_core::{Error, VerificationCode};
use copihue_web::components::{Fact, Tone, fact, inset, success_banner, summary_list, tag, warning};
use copihue_web::{Cx, Failure, FormState, Markup, Page, args, html};
use http::{StatusCode, header};
use serde_json::{Value, json};

use super::{Pages, found_at, home, unlisted};
use crate::model::document::{DocumentState, RegisteredDocument, Show};
use crate::signer::SignerName;

pub(super) async fn page(
    State(pages): State<Pages>,
    cx: Cx,
    Path(text): Path<String>,
) -> Result<Response, Failure> {
    answer(&pages, &cx, &text).await
}

/// `/v/…` and `/validador/…`: the short addresses of QR codes and of older systems.
pub(super) async fn redirect(Path(text): Path<String>) -> Response {
    match text.parse::<VerificationCode>() {
        Ok(code) => found_at(&format!("/verificar/{code}")),
        // Whatever it is, the one page of unknown codes answers it.
        Err(_) => found_at("/verificar/desconocido"),
    }
}

pub(super) async fn answer(pages: &Pages, cx: &Cx, text: &str) -> Result<Response, Failure> {
    pages.misses.check(cx.peer(), cx.now())?;
    // A malformed code takes the same way as an unknown one, so that both cost the same time.
    let parsed = text.parse::<VerificationCode>().ok();
    let asked = parsed.or_else(|| "0000000000000000".parse().ok()).ok_or_else(Error::not_found)?;
    let found = pages.signing.document(asked).await?.filter(|_| parsed.is_some());
    let Some(document) = found else {
        pages.misses.missed(cx.peer(), cx.now());
        return unknown(cx);
    };
    if cx.wants_json() {
        return Ok(unlisted(Json(to_json(&document)).into_response()));
    }
    let evidence = pages.signing.has_evidence(document.issued.sha256).await?;
    Ok(show(cx, &document, evidence))
}

/// `/verificar/{code}/registro-de-evidencia`: the document's evidence record (RFC 4998, DER).
pub(super) async fn evidence(
    State(pages): State<Pages>,
    cx: Cx,
    Path(text): Path<String>,
) -> Result<Response, Failure> {
    pages.misses.check(cx.peer(), cx.now())?;
    let code = text.parse::<VerificationCode>().map_err(|_| Error::not_found())?;
    let Some(document) = pages.signing.document(code).await? else {
        pages.misses.missed(cx.peer(), cx.now());
        return Err(Error::not_found().into());
    };
    let record = pages.signing.evidence_record(document.issued.sha256).await?.ok_or_else(Error::not_found)?;
    let file = format!("attachment; filename=\"documento-{code}.ers\"");
    let headers =
        [(header::CONTENT_TYPE, "application/octet-stream".to_owned()), (header::CONTENT_DISPOSITION, file)];
    Ok(unlisted((headers, record).into_response()))
}

fn unknown(cx: &Cx) -> Result<Response, Failure> {
    if cx.wants_json() {
        return Err(Error::new(
            copihue_core::Kind::NotFound,
            "codigo_desconocido",
            cx.t("signing-unknown-detail"),
        )
        .into());
    }
    let body = html! {
        p { (cx.t("signing-unknown-detail")) }
        (home::code_form(cx, ""))
        p { (cx.t("signing-unknown-next")) }
        (home::file_form(cx, &FormState::new(), None))
    };
    Ok(unlisted(cx.page(Page::new("signing-unknown-title").status(StatusCode::NOT_FOUND), body)))
}

/// The public record (specs casefiles §8).
pub(super) fn to_json(document: &RegisteredDocument) -> Value {
    let issued = &document.issued;
    let mut json = json!({
        "codigo": issued.code.to_string(),
        "estado": document.state.code(),
        "estado_desde": document.state_at,
        "oae": issued.institution,
        "institucion": issued.institution_name,
        "muestra": issued.show.code(),
        "fecha": issued.issued_at,
        "emitida": issued.issued_at,
        "sha256": hex::encode(issued.sha256),
    });
    if issued.show != Show::Hash {
        json["titulo"] = json!(issued.title);
        json["tipo"] = json!(issued.kind);
        json["firmantes"] = json!(issued.signers);
        json["expediente"] = json!(issued.case);
        json["motivo"] = json!(document.reason);
    }
    if let Some(code) = document.replaced_by {
        json["reemplazado_por"] = json!(code.to_string());
    }
    json
}

fn show(cx: &Cx, document: &RegisteredDocument, evidence: bool) -> Response {
    let hash = hex::encode(document.issued.sha256);
    let title = match document.issued.show {
        Show::Hash => cx.t("signing-hidden-title"),
        Show::Document | Show::Metadata => &document.issued.title,
    };
    let page = Page::new(title).caption(cx.t("signing-title")).crumb(cx.t("signing-title"), "/verificar");
    let body = html! {
        (compared(cx, &hash))
        (state_banner(cx, document))
        (facts(cx, document))
        (integrity(cx, document, evidence))
        h2 { (cx.t("signing-compare-heading")) }
        p { (cx.t("signing-compare-paper")) }
        (home::file_form(cx, &FormState::new(), Some(&hash)))
    };
    unlisted(cx.page(page, body))
}

/// The receipt of the document's issue in the transparency log, and where to check it without us.
fn integrity(cx: &Cx, document: &RegisteredDocument, evidence: bool) -> Markup {
    html! {
        h2 { (cx.t("signing-integrity")) }
        p { (cx.t("signing-integrity-why")) }
        ul {
            li { a href={ "/verificar/" (document.issued.code) "/comprobante" } { (cx.t("signing-integrity-download")) } }
            @if evidence {
                li { a href={ "/verificar/" (document.issued.code) "/registro-de-evidencia" } { (cx.t("signing-integrity-evidence")) } }
            }
            li { a href="/verificar/registro" { (cx.t("signing-integrity-check")) } }
        }
    }
}

/// What the browser found, when it came here with a file's hash.
fn compared(cx: &Cx, hash: &str) -> Markup {
    match cx.query("huella") {
        Some(given) if given.eq_ignore_ascii_case(hash) => {
            success_banner(cx.t("signing-same-title"), cx.t("signing-local-same"))
        }
        Some(_) => warning(cx.t("signing-local-other")),
        None => html! {},
    }
}

/// In force or not, in words.
pub(super) fn state_banner(cx: &Cx, document: &RegisteredDocument) -> Markup {
    let since = cx.datetime(document.state_at);
    match document.state {
        DocumentState::InForce => success_banner(cx.t("signing-in-force"), cx.t("signing-in-force-detail")),
        DocumentState::Replaced => html! {
            (warning(cx.ta("signing-replaced-detail", &args! {"since" => since})))
            @if let Some(code) = document.replaced_by {
                p { a href={ "/verificar/" (code) } { (cx.t("signing-replaced-link")) } }
            }
        },
        DocumentState::Void => html! {
            (warning(cx.ta("signing-void-detail", &args! {"since" => since})))
            (reason(cx, document))
        },
        DocumentState::Disposed => html! {
            (inset(cx.ta("signing-disposed-detail", &args! {"since" => since})))
            (reason(cx, document))
        },
    }
}

fn reason(cx: &Cx, document: &RegisteredDocument) -> Markup {
    let shown = document.reason.as_deref().filter(|_| document.issued.show != Show::Hash);
    html! { @if let Some(reason) = shown { p { (cx.ta("signing-reason", &args! {"reason" => reason})) } } }
}

fn state_tag(cx: &Cx, state: DocumentState) -> Markup {
    match state {
        DocumentState::InForce => tag(cx.t("signing-state-vigente"), Tone::Good),
        DocumentState::Replaced => tag(cx.t("signing-state-reemplazado"), Tone::Warn),
        DocumentState::Void => tag(cx.t("signing-state-sin_efecto"), Tone::Bad),
        DocumentState::Disposed => tag(cx.t("signing-state-eliminado"), Tone::Neutral),
    }
}

fn facts(cx: &Cx, document: &RegisteredDocument) -> Markup {
    let issued = &document.issued;
    let mut list: Vec<Fact<'_>> = vec![
        fact(cx.t("signing-fact-state"), state_tag(cx, document.state)),
        fact(cx.t("signing-fact-institution"), issued.institution_name.as_str()),
    ];
    if issued.show != Show::Hash {
        list.push(fact(cx.t("signing-fact-kind"), issued.kind.as_str()));
        list.push(fact(cx.t("signing-fact-signers"), signers(&issued.signers)));
        list.extend(issued.case.as_deref().map(|case| fact(cx.t("signing-fact-case"), case)));
    }
    list.push(fact(cx.t("signing-fact-issued"), cx.datetime(issued.issued_at)));
    list.push(fact(cx.t("signing-fact-code"), html! { code.code { (issued.code) } }));
    list.push(fact(cx.t("signing-fact-hash"), html! { code.hash { (hex::encode(issued.sha256)) } }));
    summary_list(&list)
}

pub(super) fn signers(signers: &[SignerName]) -> Markup {
    html! {
        @for signer in signers {
            p {
                (signer.name)
                @if let Some(post) = &signer.post { ", " (post) }
                @if signer.institution != signer.name { ", " (signer.institution) }
            }
        }
    }
}
