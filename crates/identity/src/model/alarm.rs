//! What is unusual enough to call somebody. Numbers are few and plain: each says what it was compared with.

use super::event::{EventKind, Outcome};
use super::tally::{Counted, STRANGER};

/// Hours that are looked at: this one, a whole day before it, and the last whole hour's own yesterday.
pub(crate) const HOURS: usize = 26;
/// So many times the usual is unusual.
const TIMES: u64 = 5;
/// Logins that an hour must have had yesterday before fewer of them mean something.
const BUSY: u64 = 100;

/// What may be unusual.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum AlarmKind {
    /// Logins that were refused: somebody tries passwords.
    Refused,
    /// Logins with RUNs that nobody has: somebody tries numbers.
    Strangers,
    /// Hardly anybody logs in, where many did yesterday.
    Silence,
    /// Refresh tokens that were used twice: they were copied.
    Reused,
    /// People who say that it was not them.
    Disputed,
    /// Accounts that officials began to open.
    Activations,
}

impl AlarmKind {
    pub(crate) const ALL: [Self; 6] =
        [Self::Refused, Self::Strangers, Self::Silence, Self::Reused, Self::Disputed, Self::Activations];

    /// The stored code.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Refused => "rechazos",
            Self::Strangers => "desconocidos",
            Self::Silence => "silencio",
            Self::Reused => "reutilizados",
            Self::Disputed => "no_fui_yo",
            Self::Activations => "activaciones",
        }
    }

    /// Fewer than these in an hour are never unusual; `None`: it is judged by what is missing.
    const fn least(self) -> Option<u64> {
        match self {
            Self::Refused | Self::Activations => Some(200),
            Self::Strangers => Some(100),
            Self::Reused => Some(10),
            Self::Disputed => Some(5),
            Self::Silence => None,
        }
    }

    fn counts(self, what: &Counted) -> bool {
        let refused =
            what.is(EventKind::Login, Outcome::Failed) || what.is(EventKind::Login, Outcome::Blocked);
        match self {
            Self::Refused => refused,
            Self::Strangers => refused && what.factors == STRANGER,
            Self::Silence => what.is(EventKind::Login, Outcome::Ok),
            Self::Reused => what.kind == EventKind::TokenReuse.code(),
            Self::Disputed => what.kind == EventKind::Disputed.code(),
            Self::Activations => what.is(EventKind::ActivationStarted, Outcome::Ok),
        }
    }

    /// How many there were in each hour, this one first.
    fn by_hour(self, now: i64, counts: &[(Counted, u64)]) -> [u64; HOURS] {
        let mut hours = [0; HOURS];
        for (what, n) in counts.iter().filter(|(what, _)| self.counts(what)) {
            let back = usize::try_from(now - what.hour).ok();
            if let Some(hour) = back.and_then(|back| hours.get_mut(back)) {
                *hour += n;
            }
        }
        hours
    }
}

/// Something unusual.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Unusual {
    pub(crate) kind: AlarmKind,
    /// The hour of which it is said.
    pub(crate) hour: i64,
    pub(crate) n: u64,
    /// With how many it was compared.
    pub(crate) usual: u64,
}

/// What is unusual in this hour, or was missing in the last whole one.
pub(crate) fn unusual(now: i64, counts: &[(Counted, u64)]) -> Vec<Unusual> {
    AlarmKind::ALL.into_iter().filter_map(|kind| judged(kind, now, &kind.by_hour(now, counts))).collect()
}

fn judged(kind: AlarmKind, now: i64, hours: &[u64; HOURS]) -> Option<Unusual> {
    let Some(least) = kind.least() else {
        let (last, usual) = (hours[1], hours[HOURS - 1]);
        let missing = usual >= BUSY && last * TIMES < usual;
        return missing.then_some(Unusual { kind, hour: now - 1, n: last, usual });
    };
    let usual = hours[1..HOURS - 1].iter().sum::<u64>() / (HOURS as u64 - 2);
    let many = hours[0] > least.max(usual * TIMES);
    many.then_some(Unusual { kind, hour: now, n: hours[0], usual })
}

#[cfg(test)]
mod tests {
    use copihue_core::Timestamp;

    use super::*;

    const NOW: i64 = 500_000;

    fn logins(back: i64, outcome: Outcome, factors: &str, n: u64) -> (Counted, u64) {
        let at = Timestamp::from_millis((NOW - back) * super::super::tally::HOUR_MS);
        (Counted::new(at, EventKind::Login, outcome, "app", factors), n)
    }

    #[test]
    fn h03_many_times_the_usual_is_unusual_and_a_busy_day_is_not() {
        let day = |n| (1..25).map(move |back| logins(back, Outcome::Failed, "", n));
        let with = |usual, n| {
            let counts: Vec<_> = day(usual).chain([logins(0, Outcome::Failed, "", n)]).collect();
            unusual(NOW, &counts)
        };
        assert_eq!(with(0, 200), []);
        assert_eq!(with(0, 201), [Unusual { kind: AlarmKind::Refused, hour: NOW, n: 201, usual: 0 }]);
        assert_eq!(with(1_000, 5_000), []);
        assert_eq!(with(1_000, 5_001).len(), 1);
        let strangers = [logins(0, Outcome::Failed, STRANGER, 101)];
        assert_eq!(unusual(NOW, &strangers)[0].kind, AlarmKind::Strangers);
    }

    #[test]
    fn silence_is_told_of_a_whole_hour_against_yesterdays() {
        let with = |now, last, yesterday| {
            let ok = |back, n| logins(back, Outcome::Ok, "clave", n);
            unusual(NOW, &[ok(0, now), ok(1, last), ok(25, yesterday)])
        };
        assert_eq!(
            with(0, 20, 101)[0],
            Unusual { kind: AlarmKind::Silence, hour: NOW - 1, n: 20, usual: 101 }
        );
        assert_eq!(with(0, 21, 101), []);
        assert_eq!(with(0, 0, 99), [], "nights are quiet");
    }
}
