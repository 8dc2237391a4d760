//! The certificate of sending (NOT-06, §3.6): what was sent, to whom, when, with what hash.

use copihue_core::{PersonRef, Timestamp};
use serde_json::{Value, json};

use super::domicile::{Domicile, LegalResult};
use super::notice::{Made, Notice, NoticeRef};

/// What a certificate needs beside the notice.
pub(crate) struct Context<'a> {
    pub(crate) sender: &'a str,
    pub(crate) content_sha256: &'a [u8; 32],
    pub(crate) domicile: (Domicile, i64),
    pub(crate) made: &'a Made,
    pub(crate) issued_at: Timestamp,
    pub(crate) sent_local: String,
}

/// The certificate's JSON. The recipient's RUN is whole here: the certificate is for the parties; public pages mask it.
pub(crate) fn certificate(notice: &Notice, sent: &NoticeRef, cx: &Context<'_>) -> Value {
    let mut c = json!({
        "tipo": "certificado_de_envio",
        "codigo": sent.code.to_string(),
        "oae": { "codigo": notice.institution, "nombre": cx.sender },
        "destinatario": recipient(&notice.recipient),
        "cpat": notice.procedure_code,
        "tipo_notificacion": notice.kind.as_str(),
        "asunto": notice.subject.trim(),
        "contenido_sha256": hex::encode(cx.content_sha256),
        "adjuntos": notice.attachments.iter().map(|a| json!({ "nombre": a.title, "sha256": a.sha256 }))
            .collect::<Vec<_>>(),
        "ddu": { "tipo": cx.domicile.0.as_str(), "version": cx.domicile.1 },
        "enviado": sent.sent_at,
        "enviado_local": cx.sent_local,
        "depositado": sent.sent_at,
        "resultado": sent.result.as_str(),
        "calendario": cx.made.calendar_version,
        "emitido": cx.issued_at,
        "version": 1,
    });
    if let Some(case) = &notice.case {
        c["iuie"] = json!(case);
    }
    if sent.result == LegalResult::Sent {
        c["practicada"] = json!(cx.made.made_on.to_string());
        c["regla"] = json!(cx.made.rule);
    }
    if let Some(duty) = sent.result.duty() {
        c["obligacion_pendiente"] = json!(duty);
    }
    c
}

fn recipient(person: &PersonRef) -> Value {
    json!({ "nombre": person.name, "run": person.run.compact(), "calidad": "interesado" })
}
