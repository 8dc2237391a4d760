//! The life of a deadline.

use copihue_core::{Error, Result};

/// Declares an enum that is stored as its Spanish word.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub enum $name { $($(#[$variant_doc])* $variant),+ }

        impl $name {
            /// The stored word.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// From the stored word.
            ///
            /// # Errors
            /// Internal for any other word.
            pub fn parse(word: &str) -> Result<Self> {
                match word {
                    $($word => Ok(Self::$variant),)+
                    other => Err(Error::internal(format_args!("{}: {other}", stringify!($name)))),
                }
            }
        }
    };
}

words! {
    /// Where a deadline stands.
    State {
        /// It runs.
        Open = "vigente",
        /// It doesn't run until it is resumed.
        Suspended = "suspendido",
        /// What it was for was done.
        Met = "cumplido",
        /// It ended without that.
        Lapsed = "vencido",
    }
}

words! {
    /// What happens to a deadline.
    EventType {
        /// It was opened.
        Created = "creado",
        /// It was suspended.
        Suspended = "suspendido",
        /// It runs again.
        Resumed = "reanudado",
        /// It was extended.
        Extended = "prorrogado",
        /// Urgency halved it.
        Urgent = "urgencia",
        /// It was computed again on a new calendar, or a human kept it as it was.
        Recomputed = "recalculado",
        /// What it was for was done.
        Met = "cumplido",
        /// It ended.
        Lapsed = "vencido",
    }
}

impl State {
    /// The state after `event`.
    ///
    /// # Errors
    /// Conflict when the event can't happen in this state.
    pub fn after(self, event: EventType) -> Result<Self> {
        use EventType as E;
        match (self, event) {
            (Self::Open, E::Extended | E::Urgent) => Ok(Self::Open),
            (Self::Open | Self::Suspended, E::Recomputed) => Ok(self),
            (Self::Open, E::Suspended) => Ok(Self::Suspended),
            (Self::Suspended, E::Resumed) => Ok(Self::Open),
            // Doing it late is still doing it: the history shows both.
            (Self::Open | Self::Suspended | Self::Lapsed, E::Met) => Ok(Self::Met),
            (Self::Open, E::Lapsed) => Ok(Self::Lapsed),
            _ => Err(Error::conflict("plazo_en_otro_estado", "El estado del plazo no permite esta acción.")
                .context(format_args!("{} of a deadline that is {}", event.as_str(), self.as_str()))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plz_01_only_these_steps_are_possible() {
        let (open, suspended, met, lapsed) = (State::Open, State::Suspended, State::Met, State::Lapsed);
        assert_eq!(open.after(EventType::Suspended).unwrap(), suspended);
        assert_eq!(suspended.after(EventType::Resumed).unwrap(), open);
        assert_eq!(lapsed.after(EventType::Met).unwrap(), met);
        for refused in [
            open.after(EventType::Resumed),
            suspended.after(EventType::Suspended),
            suspended.after(EventType::Lapsed),
            met.after(EventType::Met),
            met.after(EventType::Recomputed),
            lapsed.after(EventType::Extended),
            open.after(EventType::Created),
        ] {
            assert_eq!(refused.unwrap_err().code(), "plazo_en_otro_estado");
        }
    }
}
