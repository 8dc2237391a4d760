//! `/verificar/registro`: checks a receipt in the reader's own browser, which asks nobody. The same as one file to keep.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use copihue_core::{Error, Kind, VerificationCode};
use copihue_ledger::Family;
use copihue_tlog::Reason;
use copihue_web::components::{details, inset, warning};
use copihue_web::maud::{DOCTYPE, PreEscaped};
use copihue_web::{Cx, Failure, Markup, Page, html, proof_file};
use http::{StatusCode, header};

use super::words::{self, FIELDS, KINDS};
use crate::Portal;

/// The checks, and the page around them.
const SCRIPT: &str =
    concat!(include_str!("../../assets/verify.js"), include_str!("../../assets/verify-page.js"));
const STYLE: &str = include_str!("../../assets/verify.css");

/// Every reason that a receipt is refused for.
const REASONS: [Reason; 8] = [
    Reason::Format,
    Reason::UnknownOrigin,
    Reason::LogSignature,
    Reason::TooFewWitnesses,
    Reason::WitnessSignature,
    Reason::Inclusion,
    Reason::Leaf,
    Reason::Field,
];

/// What the script says: its own name of a text, and the text's key.
const TEXTS: [(&str, &str); 14] = [
    ("bitacora", "portal-verify-log"),
    ("lugar", "portal-verify-place"),
    ("testigos", "portal-verify-witnesses"),
    ("sin-testigos", "portal-verify-no-witnesses"),
    ("visto", "portal-verify-seen"),
    ("hecho", "portal-verify-what"),
    ("registro", "portal-verify-where"),
    ("prueba", "portal-event-proves"),
    ("no-prueba", "portal-event-proves-not"),
    ("solo-operador", "portal-verify-only-keeper"),
    ("falta-archivo", "portal-verify-choose"),
    ("veredicto-valid", "portal-verify-valid"),
    ("veredicto-invalid", "portal-verify-invalid"),
    ("veredicto-unverifiable", "portal-verify-unverifiable"),
];

pub(super) async fn show(State(portal): State<Portal>, cx: Cx) -> Response {
    let body = html! {
        (checker(&cx, &portal.ledger.policy()))
        h2 { (cx.t("portal-verify-offline")) }
        p { (cx.t("portal-verify-offline-why")) }
        p { a href="/verificar/registro/sin-conexion.html" { (cx.t("portal-verify-offline-download")) } }
        h2 { (cx.t("portal-verify-case")) }
        p { (cx.t("portal-verify-case-how")) }
        pre { "copihue verify EXPEDIENTE.zip --policy politica.txt --trust autoridad.pem" }
        p { (cx.t("portal-verify-case-files")) }
        ul {
            li { a href="/ledger/policy" { "politica.txt" } ": " (cx.t("portal-verify-case-policy")) }
            li { a href="/pki/raiz.pem" { "autoridad.pem" } ": " (cx.t("portal-verify-case-authority")) }
        }
        script src="/verificar/registro/revisor.js" defer {}
    };
    let page = Page::new("portal-verify-title").lead(cx.t("portal-verify-lead"));
    cx.public_page(page.crumb(cx.t("portal-verify-crumb"), "/verificar"), body)
}

pub(super) async fn script() -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/javascript; charset=utf-8"),
        (header::CACHE_CONTROL, "public, max-age=3600"),
    ];
    (headers, SCRIPT).into_response()
}

/// The page as one file: from then on nothing of ours is needed.
pub(super) async fn offline(State(portal): State<Portal>, cx: Cx) -> Response {
    let page = html! {
        (DOCTYPE)
        html lang="es-CL" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (cx.t("portal-verify-title")) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                main {
                    h1 { (cx.t("portal-verify-title")) }
                    p { (cx.t("portal-verify-lead")) }
                    (checker(&cx, &portal.ledger.policy()))
                }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    };
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"revisar-comprobantes.html\""),
    ];
    (headers, page.into_string()).into_response()
}

fn checker(cx: &Cx, policy: &str) -> Markup {
    html! {
        div id="revisor" {
            noscript {
                (inset(html! {
                    p { (cx.t("portal-verify-noscript")) }
                    pre { "copihue verify COMPROBANTE.tlog-proof --policy politica.txt" }
                }))
            }
            div data-parte="incapaz" hidden {
                (warning(cx.t("portal-verify-unable")))
                pre { "copihue verify COMPROBANTE.tlog-proof --policy politica.txt" }
            }
            (form(cx, policy))
            div data-parte="resultado" role="status" {}
            (texts(cx))
        }
    }
}

fn form(cx: &Cx, policy: &str) -> Markup {
    html! {
        form.form data-parte="formulario" hidden {
            div.field {
                label.label for="revisor-archivos" { (cx.t("portal-verify-files")) }
                p.hint id="revisor-archivos-ayuda" { (cx.t("portal-verify-files-hint")) }
                input.file id="revisor-archivos" type="file" multiple data-parte="archivos"
                    aria-describedby="revisor-archivos-ayuda";
            }
            (details(cx.t("portal-verify-trust"), html! {
                p { (cx.t("portal-verify-trust-why")) }
                label.label for="revisor-politica" { (cx.t("portal-verify-policy")) }
                textarea.input.textarea id="revisor-politica" data-parte="politica" rows="8" spellcheck="false" { (policy) }
            }))
            button.button type="submit" { (cx.t("portal-verify-check")) }
        }
    }
}

/// Everything that the script may have to say, so that it needs no words of its own.
fn texts(cx: &Cx) -> Markup {
    html! {
        div hidden {
            @for (name, key) in TEXTS { p data-texto=(name) { (cx.t(key)) } }
            @for reason in REASONS {
                p data-texto={ "motivo-" (reason.code()) } { "Porque " (reason.explanation()) "." }
            }
            p data-texto="motivo-politica" { (cx.t("portal-verify-bad-policy")) }
            @for field in FIELDS { p data-texto={ "campo-" (field) } { (words::label(field)) } }
            @for kind in KINDS { p data-texto={ "hecho-" (kind) } { (words::of_kind(kind)) } }
        }
    }
}

/// A receipt that is later than this is late: nobody promises when it comes.
const LATE_S: i64 = 15;

/// `/verificar/{code}/comprobante`: the receipt of a document's issue, for whoever has its code. It names nobody. While no
/// checkpoint covers the issue, it says so and when to come back: the document is there, only its proof is not yet.
pub(super) async fn of_document(
    State(portal): State<Portal>,
    cx: Cx,
    Path(text): Path<String>,
) -> Result<Response, Failure> {
    let code: VerificationCode = text.parse().map_err(|_| Error::not_found())?;
    let record = format!("signature.issued/{}", code.compact());
    if let Some(proof) = portal.ledger.receipt(Family::Signature, &record).await? {
        return Ok(proof_file(&format!("documento-{code}"), proof));
    }
    let document = portal.signing.document(code).await?.ok_or_else(Error::not_found)?;
    let late = cx.now() > document.issued.issued_at.plus_seconds(LATE_S);
    let key = if late { "portal-public-late" } else { "portal-public-pending" };
    let retry = if late { "60" } else { "3" };
    if cx.wants_json() {
        let error = Error::new(Kind::Unavailable, "comprobante_en_publicacion", cx.t(key));
        return Ok(([(header::RETRY_AFTER, retry)], Failure::from(error)).into_response());
    }
    let page = Page::new("portal-public-pending-title").crumb(cx.t("portal-verify-crumb"), "/verificar");
    let page = if late { page } else { page.refresh(3) };
    let body = html! {
        (inset(cx.t(key)))
        p { a href={ "/verificar/" (code) } { (cx.t("portal-public-back")) } }
    };
    let answer = cx.page(page.status(StatusCode::ACCEPTED), body);
    Ok(([(header::RETRY_AFTER, retry)], answer).into_response())
}
