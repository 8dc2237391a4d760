//! What an event of the log says to the person it concerns, in plain words.

use copihue_core::{Clp, Id};
use copihue_directory::Directory;
use copihue_ledger::{Family, PersonEvent};
use copihue_web::{Cx, locale};
use serde_json::Value;

/// An event in words.
pub(super) struct Words {
    /// What happened.
    pub(super) title: &'static str,
    /// The body that did it, or the official, with their body.
    pub(super) who: Option<String>,
    /// The case it belongs to, as `institution:number`.
    pub(super) case: Option<(String, String)>,
    /// Facts, as (what, value).
    pub(super) facts: Vec<(String, String)>,
}

/// Fields that say nothing to a person, or that stand elsewhere on the page.
const QUIET: [&str; 13] = [
    "certificate_sha256",
    "record",
    "ts",
    "fecha",
    "institution",
    "institucion",
    "case",
    "official",
    "unit",
    "rule",
    "resultado",
    "action",
    "outcome",
];

/// The kinds that we have words for.
pub(super) const KINDS: [&str; 49] = [
    "ingreso",
    "reutilizacion",
    "salida",
    "dispositivo_nuevo",
    "dispositivo_autorizado",
    "datos_entregados",
    "token_reutilizado",
    "permiso_retirado",
    "segundo_factor",
    "factor_agregado",
    "factor_quitado",
    "contacto_pedido",
    "contacto_cambiado",
    "contacto_anulado",
    "sesion_cerrada",
    "no_fui_yo",
    "caso_en_revision",
    "caso_resuelto",
    "mandato_ofrecido",
    "mandato_vigente",
    "mandato_terminado",
    "cuenta_creada",
    "cuenta_suspendida",
    "cuenta_reactivada",
    "cuenta_cerrada",
    "cuenta_consultada",
    "casefile.opened",
    "casefile.entry",
    "casefile.filing",
    "casefile.state",
    "procedure.act",
    "procedure.claimed",
    "procedure.query",
    "access.identity",
    "access.read",
    "access.sensitive",
    "access.denied",
    "notice.sent",
    "notice.read",
    "domicile.set",
    "payment.started",
    "payment.succeeded",
    "payment.refund_submitted",
    "payment.refunded",
    "payment.refund_refused",
    "signature.issued",
    "signature.made",
    "signature.registration",
    "signature.state",
];

/// The fields that we have words for.
pub(super) const FIELDS: [&str; 41] = [
    "action",
    "amount",
    "aplicacion",
    "at",
    "buy_order",
    "case",
    "certificate_sha256",
    "content_sha256",
    "datos_entregados",
    "definition",
    "digest",
    "document",
    "event",
    "fecha",
    "head",
    "holder",
    "institucion",
    "institution",
    "kind",
    "made_on",
    "n",
    "nivel",
    "official",
    "outcome",
    "provider",
    "reason",
    "receipt",
    "received",
    "record",
    "representacion",
    "result",
    "resultado",
    "rule",
    "serial",
    "service",
    "sha256",
    "state",
    "status",
    "times",
    "ts",
    "unit",
];

/// The words of a kind, whatever its details.
pub(super) fn of_kind(kind: &str) -> &'static str {
    let key = format!("portal-kind-{}", kind.replace('.', "-"));
    locale::lookup(&key).unwrap_or_else(|| locale::t("portal-other-kind"))
}

/// The words of an event.
pub(super) fn of(cx: &Cx, directory: &Directory, event: &PersonEvent) -> Words {
    let case = case(event);
    let institution = text(event, "institution").or_else(|| text(event, "institucion"));
    let institution = institution.filter(|i| !i.is_empty()).or_else(|| case.as_ref().map(|c| c.0.as_str()));
    let body = institution.map(|code| name_of(directory, code));
    let who = match official(directory, event) {
        Some(official) => Some(body.map_or(official.clone(), |body| format!("{official}, {body}"))),
        None => body,
    };
    let facts = event.fields.iter().filter(|(name, _)| !QUIET.contains(&name.as_str()));
    let facts = facts.filter_map(|(name, value)| Some((label(name), readable(cx, name, value)?)));
    Words { title: title(event), who, case: case.clone(), facts: facts.collect() }
}

fn title(event: &PersonEvent) -> &'static str {
    let kind = event.kind.replace('.', "-");
    let detail = ["resultado", "event", "state", "action"].into_iter().find_map(|field| text(event, field));
    let with_detail = detail.and_then(|d| locale::lookup(&format!("portal-kind-{kind}-{d}")));
    with_detail.unwrap_or_else(|| of_kind(&event.kind))
}

fn text<'a>(event: &'a PersonEvent, field: &str) -> Option<&'a str> {
    event.fields.get(field).and_then(Value::as_str)
}

/// `institution/number/…` of a case's own records; two fields of the others.
fn case(event: &PersonEvent) -> Option<(String, String)> {
    if event.family == Family::Casefile && event.kind.starts_with("casefile.") {
        let mut parts = text(event, "record")?.split('/');
        return Some((parts.next()?.to_owned(), parts.next()?.to_owned()));
    }
    let case = text(event, "case")?;
    match case.split_once('/') {
        Some((institution, number)) => Some((institution.to_owned(), number.to_owned())),
        None => Some((text(event, "institution")?.to_owned(), case.to_owned())),
    }
}

fn name_of(directory: &Directory, code: &str) -> String {
    directory.institution(code).map_or_else(|| code.to_owned(), |body| body.name.clone())
}

/// The official's name as the directory knows it; only that it was one when it doesn't any more.
fn official(directory: &Directory, event: &PersonEvent) -> Option<String> {
    let id: Id = text(event, "official")?.parse().ok()?;
    let known = directory.official(id).map(|official| official.name.clone());
    Some(known.unwrap_or_else(|| locale::t("portal-activity-official").to_owned()))
}

/// What a field is called; a field that we have no words for keeps its own name.
pub(super) fn label(name: &str) -> String {
    locale::lookup(&format!("portal-field-{name}")).map_or_else(|| name.to_owned(), str::to_owned)
}

fn readable(cx: &Cx, name: &str, value: &Value) -> Option<String> {
    match value {
        Value::String(text) if text.is_empty() => None,
        Value::String(text) => {
            let at = copihue_core::Timestamp::parse(text);
            Some(at.map_or_else(|| text.clone(), |at| cx.datetime(at)))
        }
        Value::Number(n) if name == "amount" => Some(copihue_web::format::money(Clp(n.as_i64()?))),
        Value::Bool(yes) => Some(locale::t(if *yes { "portal-yes" } else { "portal-no" }).to_owned()),
        Value::Array(items) => {
            let all: Vec<&str> = items.iter().filter_map(Value::as_str).collect();
            (!all.is_empty()).then(|| all.join(", "))
        }
        other => Some(other.to_string()),
    }
}
