//! The answers that the protocol knows.

/// What a witness says to `add-checkpoint`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Answer {
    /// 404: this log is none of ours.
    UnknownLog,
    /// 403: no signature of a key that we trust for this log, or one that fails.
    Untrusted,
    /// 400: not written as the protocol says, or an old size beyond the new one.
    Malformed,
    /// 409: what we cosigned last has this size.
    OtherSize(u64),
    /// 422: it does not continue what we cosigned.
    Refused(Refusal),
    /// 429: the same checkpoint again and again.
    TooOften,
    /// 200: our signature lines; on disk already.
    Cosigned(String),
}

/// Why a checkpoint that its log did sign is not cosigned.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Refusal {
    /// The empty tree has one root only.
    EmptyRoot,
    /// There is nothing to prove from an empty tree.
    ProofFromNothing,
    /// The log signed two roots for one size: a fork, and the proof of it.
    Fork,
    /// The proof does not show that the tree we know begins this one.
    Inconsistent,
}

impl Refusal {
    /// As stored and logged.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::EmptyRoot => "raiz_vacia",
            Self::ProofFromNothing => "prueba_sobrante",
            Self::Fork => "bifurcacion",
            Self::Inconsistent => "inconsistente",
        }
    }

    /// What it means, in Spanish.
    #[must_use]
    pub const fn explanation(self) -> &'static str {
        match self {
            Self::EmptyRoot => "una bitácora sin entradas tiene siempre la misma raíz, y no es esta",
            Self::ProofFromNothing => "desde una bitácora sin entradas no hay nada que probar",
            Self::Fork => "la bitácora firmó dos raíces distintas para el mismo tamaño",
            Self::Inconsistent => "la prueba no muestra que la bitácora solo haya crecido",
        }
    }
}
