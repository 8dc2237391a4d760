//! What a follower can find: a closed list, each with a text that says it plainly.

/// What is wrong with the log, or with our way to it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// The checkpoint has not the shape of one.
    Malformed,
    /// It is another log's.
    Origin,
    /// The log's signature is not there or does not hold.
    Signature,
    /// A witness's signature does not hold.
    Cosignature,
    /// Fewer witnesses than the policy asks for.
    Witnesses,
    /// It can't belong to the same log as what was seen before.
    Fork,
    /// The log shows less than it did before.
    Rollback,
    /// The log does not serve what it signed.
    Truncated,
    /// An entry is not the one that was signed.
    Entry,
    /// What is kept of our own is not what we left.
    State,
    /// The log can't be reached now: nothing is known.
    Unreachable,
}

impl Verdict {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::Origin => "origin_mismatch",
            Self::Signature => "signature_mismatch",
            Self::Cosignature => "cosignature_mismatch",
            Self::Witnesses => "too_few_witnesses",
            Self::Fork => "fork",
            Self::Rollback => "rollback",
            Self::Truncated => "truncated",
            Self::Entry => "entry_mismatch",
            Self::State => "state_damaged",
            Self::Unreachable => "unreachable",
        }
    }

    /// Whether the log itself is to blame, and not the way to it or our own disk.
    #[must_use]
    pub const fn accuses(self) -> bool {
        !matches!(self, Self::State | Self::Unreachable)
    }
}

/// A verdict with its reason, in plain Spanish.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{}: {text}", verdict.code())]
pub struct Trouble {
    /// What.
    pub verdict: Verdict,
    /// Why, and what it means.
    pub text: String,
    /// The signed checkpoint that shows it, when one does.
    pub evidence: Option<String>,
}

impl Trouble {
    pub(crate) fn new(verdict: Verdict, text: impl Into<String>) -> Self {
        Self { verdict, text: text.into(), evidence: None }
    }

    pub(crate) fn unreachable(what: impl std::fmt::Display) -> Self {
        Self::new(Verdict::Unreachable, format!("No se pudo leer la bitácora: {what}."))
    }

    pub(crate) fn state(what: impl std::fmt::Display) -> Self {
        Self::new(Verdict::State, format!("Lo guardado aquí no se puede usar: {what}."))
    }

    pub(crate) fn with(mut self, evidence: &str) -> Self {
        self.evidence = Some(evidence.to_owned());
        self
    }
}
