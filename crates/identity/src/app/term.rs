//! The terms of integrations that pass, and the letters that tell both contacts what happened.

use copihue_core::{Id, Result, Timestamp};
use copihue_db::Tx;
use copihue_db::jobs::{Job, NewJob, enqueue};
use serde::{Deserialize, Serialize};

use crate::Identity;
use crate::mailer::Letter;
use crate::model::clock::RunningTerm;
use crate::store::{self, Integration};

/// The job that looks whether a term has passed.
pub(super) const TERM_JOB: &str = "identity.term";
#[derive(Serialize, Deserialize)]
struct Waiting {
    integration: Id,
    /// A change that waits; None: the integration itself.
    change: Option<String>,
}

impl Identity {
    /// Looks again when the term passes.
    pub(super) fn watch_term(&self, tx: &mut Tx<'_>, i: &Integration) -> Result<()> {
        match i.clock.as_ref().and_then(RunningTerm::expires) {
            Some(at) => self.look_at_term(tx, i.id, None, at),
            None => Ok(()),
        }
    }

    pub(super) fn look_at_term(
        &self,
        tx: &mut Tx<'_>,
        integration: Id,
        change: Option<String>,
        run_at: Timestamp,
    ) -> Result<()> {
        let payload = serde_json::to_value(Waiting { integration, change })?;
        enqueue(tx, &NewJob { kind: TERM_JOB, key: None, payload, run_at })
    }

    /// A term has passed: it stands in the history that both sides read, and the institution is told. Once.
    pub(super) async fn term_passed(&self, job: &Job) -> Result<()> {
        let waiting: Waiting = job.parse()?;
        let identity = self.clone();
        let write = move |tx: &mut Tx<'_>| match &waiting.change {
            None => identity.own_term_passed(tx, waiting.integration),
            Some(kind) => identity.change_passed(tx, waiting.integration, kind),
        };
        self.0.db.write(write).await
    }

    fn own_term_passed(&self, tx: &mut Tx<'_>, id: Id) -> Result<()> {
        let Some(mut i) = store::integration(tx, id)? else { return Ok(()) };
        let passed = i.clock.as_mut().filter(|clock| !clock.told && clock.is_overdue(self.now()));
        let Some(clock) = passed else { return Ok(()) };
        clock.told = true;
        self.save(tx, &i)?;
        self.overdue(tx, &i, &i.request.name)
    }

    pub(super) fn overdue(&self, tx: &mut Tx<'_>, i: &Integration, what: &str) -> Result<()> {
        self.done(tx, i, "plazo_vencido", "sistema", what)?;
        self.write_to(tx, i, "plazo_vencido", "")
    }

    /// Writes to both contacts of the institution: what happened, and why.
    pub(super) fn write_to(&self, tx: &mut Tx<'_>, i: &Integration, act: &str, reason: &str) -> Result<()> {
        let (what, name) = (told(act), &i.request.name);
        let why = if reason.is_empty() { String::new() } else { format!("\n\nMotivo: {reason}") };
        let (pages, brand) = (&self.0.web.config().base_url, &self.0.config.brand);
        let text = format!(
            "{what}\n\nAplicación: {name}{why}\n\nVea el detalle en {pages}/gestion/integraciones\n\n{brand}"
        );
        let (one, other) = (&i.request.administrative.email, &i.request.technical.email);
        let both = std::iter::once(one).chain(Some(other).filter(|other| *other != one));
        for to in both {
            let subject = format!("Integración de «{name}»");
            self.0.mail.send(tx, &Letter { to: to.clone(), subject, text: text.clone() })?;
        }
        Ok(())
    }
}

/// What a letter says.
fn told(act: &str) -> &'static str {
    match act {
        "observar" => "Revisamos su solicitud y falta algo. El plazo se detiene hasta que responda.",
        "rechazar" => "Su solicitud fue rechazada.",
        "reconsiderar" => "Volvemos a revisar su solicitud, que había sido rechazada.",
        "aprobar" => "Su solicitud fue aprobada. Cuando sus pruebas estén listas, pida la certificación.",
        "certificar" => "Su aplicación quedó certificada. Abra la producción cuando esté lista.",
        "suspender" => "Su aplicación fue suspendida en producción: nadie puede ingresar con ella.",
        "reanudar" => "Su aplicación vuelve a funcionar en producción.",
        "revocar" => "Su aplicación fue revocada: nadie puede ingresar con ella, y no vuelve.",
        "cambio_aceptado" => "El cambio que pidió fue aceptado y ya rige.",
        "cambio_rechazado" => "El cambio que pidió fue rechazado.",
        "secreto_termina" => {
            "El secreto anterior de su aplicación deja de servir en siete días. Use el nuevo antes."
        }
        _ => "El plazo para responderle venció. Quedó registrado, y su solicitud pasó al primer lugar.",
    }
}
