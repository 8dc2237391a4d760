//! Where the integration of an application stands, and what may happen to it there (§3.8; DS 9/2023 arts. 10 and 11).

/// How far it has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Phase {
    /// Written, not sent.
    Draft,
    /// Sent: the operator reviews it. Its test environments work already.
    Requested,
    /// The operator asked for something.
    RequestObserved,
    /// Refused.
    Rejected,
    /// Accepted: production exists, and is closed.
    Approved,
    /// The institution asks for production.
    CertificationRequested,
    /// The operator found something to mend.
    CertificationObserved,
    /// Found good: the institution may open production when it is ready.
    Certified,
    /// In production.
    Active,
    /// Production stopped for a while.
    Suspended,
    /// Ended for ever.
    Revoked,
}

/// Who does something.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Side {
    /// The body whose application it is.
    Institution,
    /// Who runs the login.
    Operator,
}

/// What may be done.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    /// Send the request.
    Send,
    /// Take back what was asked.
    Withdraw,
    /// Answer what was observed.
    Answer,
    /// Ask for production.
    AskCertification,
    /// Open production.
    Launch,
    /// Ask for something.
    Observe,
    /// Refuse.
    Reject,
    /// Take a refusal back.
    Reconsider,
    /// Accept the request.
    Approve,
    /// Find it good.
    Certify,
    /// Stop production for a while.
    Suspend,
    /// Let it go on.
    Resume,
    /// End it for ever (AUT-06).
    Revoke,
}

/// What a phase does to the term that runs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Term {
    /// The operator has so long, by the term of this code.
    Runs(&'static str),
    /// It waits for the institution.
    Stops,
    /// Nobody is waited for.
    None,
}

impl Phase {
    /// All of them, in their usual order.
    pub const ALL: [Self; 11] = [
        Self::Draft,
        Self::Requested,
        Self::RequestObserved,
        Self::Rejected,
        Self::Approved,
        Self::CertificationRequested,
        Self::CertificationObserved,
        Self::Certified,
        Self::Active,
        Self::Suspended,
        Self::Revoked,
    ];

    /// The stored code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Draft => "borrador",
            Self::Requested => "solicitada",
            Self::RequestObserved => "solicitud_observada",
            Self::Rejected => "rechazada",
            Self::Approved => "aprobada",
            Self::CertificationRequested => "certificacion_solicitada",
            Self::CertificationObserved => "certificacion_observada",
            Self::Certified => "certificada",
            Self::Active => "activa",
            Self::Suspended => "suspendida",
            Self::Revoked => "revocada",
        }
    }

    /// From the stored code.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|phase| phase.code() == code)
    }

    /// Where a step leads from here; None where it can't be done.
    #[must_use]
    pub const fn after(self, step: Step) -> Option<Self> {
        Some(match (self, step) {
            (Self::Draft, Step::Send)
            | (Self::RequestObserved, Step::Answer)
            | (Self::Rejected, Step::Reconsider) => Self::Requested,
            (Self::Requested | Self::RequestObserved, Step::Withdraw) => Self::Draft,
            (Self::Requested, Step::Observe) => Self::RequestObserved,
            (Self::Requested | Self::RequestObserved, Step::Reject) => Self::Rejected,
            (Self::Requested, Step::Approve) => Self::Approved,
            (Self::Approved, Step::AskCertification) | (Self::CertificationObserved, Step::Answer) => {
                Self::CertificationRequested
            }
            (Self::CertificationRequested | Self::CertificationObserved, Step::Withdraw) => Self::Approved,
            (Self::CertificationRequested, Step::Observe) => Self::CertificationObserved,
            (Self::CertificationRequested, Step::Certify) => Self::Certified,
            (Self::Certified, Step::Launch) | (Self::Suspended, Step::Resume) => Self::Active,
            (Self::Active, Step::Suspend) => Self::Suspended,
            (
                Self::Approved
                | Self::CertificationRequested
                | Self::CertificationObserved
                | Self::Certified
                | Self::Active
                | Self::Suspended,
                Step::Revoke,
            ) => Self::Revoked,
            _ => return None,
        })
    }

    /// What one side may do here.
    pub fn steps(self, side: Side) -> impl Iterator<Item = Step> {
        Step::ALL.into_iter().filter(move |step| step.side() == side && self.after(*step).is_some())
    }

    /// What happens to the term that runs.
    #[must_use]
    pub const fn term(self) -> Term {
        match self {
            Self::Requested => Term::Runs("idp_revision"),
            Self::CertificationRequested => Term::Runs("idp_certificacion"),
            Self::RequestObserved | Self::CertificationObserved => Term::Stops,
            _ => Term::None,
        }
    }

    /// Whether the request may be written anew.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Draft | Self::RequestObserved)
    }

    /// Whether the request was accepted and not ended.
    #[must_use]
    pub const fn is_accepted(self) -> bool {
        self.after(Step::Revoke).is_some()
    }
}

impl Step {
    /// All of them, in the order in which pages offer them.
    pub const ALL: [Self; 13] = [
        Self::Send,
        Self::Answer,
        Self::AskCertification,
        Self::Launch,
        Self::Approve,
        Self::Certify,
        Self::Observe,
        Self::Reject,
        Self::Reconsider,
        Self::Resume,
        Self::Suspend,
        Self::Revoke,
        Self::Withdraw,
    ];

    /// The stored code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Send => "enviar",
            Self::Withdraw => "retirar",
            Self::Answer => "responder",
            Self::AskCertification => "pedir_certificacion",
            Self::Launch => "abrir_produccion",
            Self::Observe => "observar",
            Self::Reject => "rechazar",
            Self::Reconsider => "reconsiderar",
            Self::Approve => "aprobar",
            Self::Certify => "certificar",
            Self::Suspend => "suspender",
            Self::Resume => "reanudar",
            Self::Revoke => "revocar",
        }
    }

    /// From the code that a form sends.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.code() == code)
    }

    /// Who may do it.
    #[must_use]
    pub const fn side(self) -> Side {
        match self {
            Self::Send | Self::Withdraw | Self::Answer | Self::AskCertification | Self::Launch => {
                Side::Institution
            }
            Self::Observe
            | Self::Reject
            | Self::Reconsider
            | Self::Approve
            | Self::Certify
            | Self::Suspend
            | Self::Resume
            | Self::Revoke => Side::Operator,
        }
    }

    /// Whether the other side must be told why.
    #[must_use]
    pub const fn needs_reason(self) -> bool {
        matches!(self, Self::Observe | Self::Reject | Self::Suspend | Self::Revoke | Self::Answer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aut_05_the_way_to_production_has_no_short_cut() {
        let way = [
            (Step::Send, Phase::Requested),
            (Step::Observe, Phase::RequestObserved),
            (Step::Answer, Phase::Requested),
            (Step::Approve, Phase::Approved),
            (Step::AskCertification, Phase::CertificationRequested),
            (Step::Observe, Phase::CertificationObserved),
            (Step::Answer, Phase::CertificationRequested),
            (Step::Certify, Phase::Certified),
            (Step::Launch, Phase::Active),
            (Step::Suspend, Phase::Suspended),
            (Step::Resume, Phase::Active),
            (Step::Revoke, Phase::Revoked),
        ];
        let mut phase = Phase::Draft;
        for (step, next) in way {
            phase = phase.after(step).unwrap();
            assert_eq!(phase, next);
        }
        let to_active: Vec<Phase> = Phase::ALL
            .into_iter()
            .filter(|p| Step::ALL.into_iter().any(|s| p.after(s) == Some(Phase::Active)))
            .collect();
        assert_eq!(to_active, [Phase::Certified, Phase::Suspended]);
        assert!(Step::ALL.into_iter().all(|step| Phase::Revoked.after(step).is_none()));
    }

    #[test]
    fn aut_06_an_accepted_integration_is_ended_in_one_step_and_every_code_reads_back() {
        for phase in Phase::ALL {
            assert_eq!(Phase::parse(phase.code()), Some(phase));
            let early = matches!(
                phase,
                Phase::Draft | Phase::Requested | Phase::RequestObserved | Phase::Rejected | Phase::Revoked
            );
            assert_eq!(phase.is_accepted(), !early, "{phase:?}");
            let both = phase.steps(Side::Institution).chain(phase.steps(Side::Operator)).count();
            assert_eq!(both, Step::ALL.into_iter().filter(|s| phase.after(*s).is_some()).count());
        }
        assert!(Step::ALL.into_iter().all(|step| Step::parse(step.code()) == Some(step)));
    }
}
