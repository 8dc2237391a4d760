//! Applications that institutions register: `solicitada → prueba activa → producción activa → suspendida → revocada` (specs
//! signing §4).

use copihue_core::{Error, Id, Result, Timestamp};

codes! {
    /// Where an application stands.
    Phase {
        /// Waits for the administrator of the platform.
        Requested = "solicitada",
        /// Signs for test signers.
        Testing = "prueba_activa",
        /// Signs for the institution's holders.
        Production = "produccion_activa",
        /// For now it signs nothing.
        Suspended = "suspendida",
        /// It never signs again.
        Revoked = "revocada",
    }
}

codes! {
    /// What the administrator may do with it.
    PhaseStep {
        /// Let it sign for test signers.
        Admit = "admitir",
        /// Let it sign for the institution's holders.
        Promote = "pasar_a_produccion",
        /// Stop it for now.
        Suspend = "suspender",
        /// Let it go on where it was.
        Resume = "reanudar",
        /// Refuse it, or end it for good.
        Revoke = "revocar",
    }
}

codes! {
    /// Where a key counts.
    Environment {
        /// Only for test signers, without legal effect.
        Test = "prueba",
        /// For the institution's holders.
        Production = "produccion",
    }
}

impl PhaseStep {
    /// Whether the institution must read why.
    #[must_use]
    pub const fn needs_reason(self) -> bool {
        matches!(self, Self::Suspend | Self::Revoke)
    }
}

/// An application, as its institution registered it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Registered {
    /// Id, in the institution's bucket.
    pub id: Id,
    /// The institution's code.
    pub institution: String,
    /// What holders read when they are asked to let it sign.
    pub name: String,
    /// What it signs, and why.
    pub description: String,
    /// Who answers for it: a mail address.
    pub contact: String,
    /// Where it stands.
    pub phase: Phase,
    /// Where it goes on when it is no longer suspended.
    pub before: Option<Phase>,
    /// When it was asked for.
    pub asked_at: Timestamp,
    /// Until when the administrator has to answer what was asked last.
    pub due: Option<Timestamp>,
    /// When production was asked for.
    pub production_asked_at: Option<Timestamp>,
    /// Why it was suspended or revoked.
    pub reason: Option<String>,
}

impl Registered {
    /// The phase after a step; `None` where the step is not possible.
    #[must_use]
    pub fn after(&self, step: PhaseStep) -> Option<Phase> {
        Some(match (self.phase, step) {
            (Phase::Requested, PhaseStep::Admit) => Phase::Testing,
            (Phase::Testing, PhaseStep::Promote) if self.waits_for_production() => Phase::Production,
            (Phase::Testing | Phase::Production, PhaseStep::Suspend) => Phase::Suspended,
            (Phase::Suspended, PhaseStep::Resume) => self.before?,
            (phase, PhaseStep::Revoke) if phase != Phase::Revoked => Phase::Revoked,
            _ => return None,
        })
    }

    /// Takes a step of the administrator; what is left to answer after it, is until `due`.
    ///
    /// # Errors
    /// `paso_imposible`, `motivo_faltante`.
    pub fn take(&mut self, step: PhaseStep, reason: &str, due: Timestamp) -> Result<()> {
        let next = self.after(step).ok_or_else(|| {
            Error::conflict("paso_imposible", "La aplicación cambió de estado. Revísela otra vez.")
        })?;
        let reason = reason.trim();
        if step.needs_reason() && !(10..=500).contains(&reason.chars().count()) {
            let text = "Escriba el motivo, entre 10 y 500 letras: lo lee la institución.";
            return Err(Error::invalid("motivo_faltante", text).field("motivo", text));
        }
        self.before = (next == Phase::Suspended).then_some(self.phase);
        self.reason = step.needs_reason().then(|| reason.to_owned());
        self.phase = next;
        self.due = self.waits_for_production().then_some(due);
        Ok(())
    }

    /// Whether production was asked for, and nobody has answered.
    #[must_use]
    pub fn waits_for_production(&self) -> bool {
        self.phase == Phase::Testing && self.production_asked_at.is_some()
    }

    /// Whether the institution may ask for production.
    #[must_use]
    pub fn may_ask_production(&self) -> bool {
        self.phase == Phase::Testing && self.production_asked_at.is_none()
    }

    /// The environment whose key counts now.
    #[must_use]
    pub fn signs_in(&self, environment: Environment) -> bool {
        match environment {
            Environment::Test => matches!(self.phase, Phase::Testing | Phase::Production),
            Environment::Production => self.phase == Phase::Production,
        }
    }
}

#[cfg(test)]
mod tests {
    use copihue_core::{Bucket, SeededRandom};

    use super::*;

    fn registered() -> Registered {
        let at = Timestamp::from_millis(1);
        Registered {
            id: Id::new(at, Bucket::new(1), &SeededRandom::new(1)),
            institution: "PE-MUN-00345".into(),
            name: "Permisos".into(),
            description: "Firma permisos".into(),
            contact: "a@b.cl".into(),
            phase: Phase::Requested,
            before: None,
            asked_at: at,
            due: None,
            production_asked_at: None,
            reason: None,
        }
    }

    #[test]
    fn sig_07_an_application_reaches_production_only_by_way_of_its_tests() {
        let mut one = registered();
        assert_eq!(one.after(PhaseStep::Promote), None);
        let due = Timestamp::from_millis(2);
        one.take(PhaseStep::Admit, "", due).unwrap();
        assert!(one.signs_in(Environment::Test) && !one.signs_in(Environment::Production));
        assert_eq!(one.after(PhaseStep::Promote), None, "nobody asked for it");
        one.production_asked_at = Some(one.asked_at);
        one.take(PhaseStep::Promote, "", due).unwrap();
        assert!(one.signs_in(Environment::Test) && one.signs_in(Environment::Production));
        assert_eq!(one.take(PhaseStep::Suspend, "no", due).unwrap_err().code(), "motivo_faltante");
        one.take(PhaseStep::Suspend, "Firma lo que no debe.", due).unwrap();
        assert!(!one.signs_in(Environment::Test) && !one.signs_in(Environment::Production));
        one.take(PhaseStep::Resume, "", due).unwrap();
        assert_eq!((one.phase, one.reason.as_deref(), one.due), (Phase::Production, None, None));
        one.take(PhaseStep::Revoke, "La institución ya no la usa.", due).unwrap();
        assert!(PhaseStep::ALL.iter().all(|step| one.after(*step).is_none()));
    }

    #[test]
    fn sig_07_what_was_asked_before_a_suspension_has_to_be_answered_after_it() {
        let (mut one, due) = (registered(), Timestamp::from_millis(2));
        one.take(PhaseStep::Admit, "", due).unwrap();
        assert_eq!(one.due, None, "nothing is asked");
        (one.production_asked_at, one.due) = (Some(one.asked_at), Some(one.asked_at));
        one.take(PhaseStep::Suspend, "Firma lo que no debe.", due).unwrap();
        assert_eq!(one.due, None, "while it is suspended nobody answers");
        one.take(PhaseStep::Resume, "", due).unwrap();
        assert_eq!((one.due, one.after(PhaseStep::Promote)), (Some(due), Some(Phase::Production)));
    }
}
