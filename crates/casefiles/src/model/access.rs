//! Who may read what (§7): one pure function for view, list, download, search and export.

use copihue_core::{Error, Id, Kind};

use super::codes::AccessLevel;
use super::document::Privacy;

/// What the reader is to the case, found out by the caller at each request, never at login.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Reader {
    /// An interested party, by the person's id.
    Party(Id),
    /// Somebody with a power of a party that covers reading.
    Agent {
        /// Whom they act for.
        of: Id,
    },
    /// An official of the institution who is assigned to the procedure (EXP-29).
    Assigned {
        /// The official's id.
        official: Id,
        /// Why, when something unusual is opened.
        reason: Option<String>,
    },
    /// A superior or an auditor of the institution; an archivist once the case is closed.
    Overseer {
        /// The official's id.
        official: Id,
        /// Why they read: without it they don't.
        reason: Option<String>,
    },
    /// Another institution, through its node, with agreement, procedure and consent checked there.
    Node,
    /// Anybody else.
    Stranger,
}

/// Whether a document may be shown as it is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Condition {
    /// It may.
    #[default]
    Sound,
    /// A later act annulled it.
    Annulled,
    /// It is suspected of carrying malware.
    Quarantined,
}

/// What the decision needs to know of a document.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Facts<'a> {
    /// Whether it may be shown as it is.
    pub condition: Condition,
    /// Its level today: a restriction whose end has passed is `Public`.
    pub level: AccessLevel,
    /// What it says of persons.
    pub privacy: Privacy,
    /// The parties that it concerns.
    pub holders: &'a [Id],
    /// Persons and officials named in a grant.
    pub granted: &'a [Id],
}

/// The answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Access {
    /// Read it; the reading is written in a batch.
    Allow,
    /// Read it once the reading is written: no record, no bytes.
    AllowLogged,
    /// The row and its metadata, without the bytes.
    MetadataOnly,
    /// The row says that access is restricted: no title, no hash.
    Redacted,
    /// It isn't there: 404.
    Hidden,
}

/// The answer and the row of §7's table that gave it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Decision {
    /// 1–10; 0 for the last line.
    pub row: u8,
    /// The answer.
    pub access: Access,
}

impl Decision {
    /// Whether the bytes may be given.
    #[must_use]
    pub const fn allows(self) -> bool {
        matches!(self.access, Access::Allow | Access::AllowLogged)
    }

    /// The error for a reader who asked for the bytes.
    #[must_use]
    pub fn refusal(self) -> Error {
        match self.access {
            Access::Hidden => Error::not_found(),
            Access::Redacted => Error::new(
                Kind::Forbidden,
                "documento_de_otra_persona",
                "Este documento contiene datos de otra persona y no está disponible para usted.",
            ),
            _ => Error::forbidden("Este documento no está disponible para descarga."),
        }
    }
}

/// Whether the reader is one of the case at all: only these learn that it exists.
fn belongs(reader: &Reader) -> bool {
    !matches!(reader, Reader::Stranger)
}

/// Decides on one reader and one document: the first row that applies.
#[must_use]
pub fn decide(reader: &Reader, facts: &Facts<'_>) -> Decision {
    let answer = |row, access| Decision { row, access };
    if !belongs(reader) {
        // Public documents are delivered under Ley 20.285 after redaction, never read here directly.
        return answer(10, Access::Hidden);
    }
    if *reader == Reader::Node {
        return answer(
            9,
            if facts.privacy == Privacy::Sensitive { Access::AllowLogged } else { Access::Allow },
        );
    }
    if facts.condition != Condition::Sound {
        let opens = matches!(reader, Reader::Assigned { reason: Some(_), .. });
        return answer(1, if opens { Access::AllowLogged } else { Access::MetadataOnly });
    }
    if matches!(facts.level, AccessLevel::Secret | AccessLevel::Reserved) {
        let named = official(reader).is_some_and(|id| facts.granted.contains(&id));
        return answer(2, if named { Access::AllowLogged } else { Access::Redacted });
    }
    match reader {
        Reader::Party(person) | Reader::Agent { of: person } => party(*person, facts),
        Reader::Assigned { .. } => {
            answer(4, if facts.privacy == Privacy::Sensitive { Access::AllowLogged } else { Access::Allow })
        }
        Reader::Overseer { reason: Some(_), .. } => answer(8, Access::AllowLogged),
        Reader::Overseer { reason: None, .. } => answer(8, Access::MetadataOnly),
        Reader::Node | Reader::Stranger => answer(0, Access::Hidden),
    }
}

fn party(person: Id, facts: &Facts<'_>) -> Decision {
    let answer = |row, access| Decision { row, access };
    if facts.holders.contains(&person) {
        // A person's own reading is logged like any other; it need not come first.
        return answer(3, Access::Allow);
    }
    if facts.privacy != Privacy::Ordinary {
        return answer(5, Access::Redacted);
    }
    if facts.level == AccessLevel::Restricted {
        let named = facts.granted.contains(&person);
        return answer(6, if named { Access::Allow } else { Access::Redacted });
    }
    answer(7, Access::Allow)
}

fn official(reader: &Reader) -> Option<Id> {
    match reader {
        Reader::Assigned { official, .. } | Reader::Overseer { official, .. } => Some(*official),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: Id = Id::from_bytes([1; 16]);
    const B: Id = Id::from_bytes([2; 16]);
    const OFFICIAL: Id = Id::from_bytes([3; 16]);

    fn facts(level: AccessLevel, privacy: Privacy) -> Facts<'static> {
        Facts { condition: Condition::Sound, level, privacy, holders: &[A], granted: &[] }
    }
    fn assigned(reason: Option<&str>) -> Reader {
        Reader::Assigned { official: OFFICIAL, reason: reason.map(str::to_owned) }
    }
    fn overseer(reason: Option<&str>) -> Reader {
        Reader::Overseer { official: OFFICIAL, reason: reason.map(str::to_owned) }
    }

    #[test]
    fn exp_14_exp_16_exp_29_the_table_of_access() {
        use Access::{Allow, AllowLogged, Hidden, MetadataOnly, Redacted};
        use AccessLevel::{Public, Reserved, Restricted, Secret};
        use Privacy::{Ordinary, Personal, Sensitive};
        let annulled = Facts { condition: Condition::Annulled, ..facts(Public, Ordinary) };
        let granted_official = Facts { granted: &[OFFICIAL], ..facts(Secret, Ordinary) };
        let granted_party = Facts { granted: &[B], ..facts(Restricted, Ordinary) };
        let table = [
            (Reader::Party(A), annulled.clone(), 1, MetadataOnly),
            (assigned(None), annulled.clone(), 1, MetadataOnly),
            (assigned(Some("fiscalización")), annulled, 1, AllowLogged),
            (Reader::Party(A), facts(Secret, Ordinary), 2, Redacted),
            (assigned(None), facts(Reserved, Ordinary), 2, Redacted),
            (assigned(None), granted_official, 2, AllowLogged),
            (Reader::Party(A), facts(Public, Sensitive), 3, Allow),
            (Reader::Agent { of: A }, facts(Restricted, Personal), 3, Allow),
            (assigned(None), facts(Public, Ordinary), 4, Allow),
            (assigned(None), facts(Public, Sensitive), 4, AllowLogged),
            (Reader::Party(B), facts(Public, Sensitive), 5, Redacted),
            (Reader::Party(B), facts(Public, Personal), 5, Redacted),
            (Reader::Party(B), facts(Restricted, Ordinary), 6, Redacted),
            (Reader::Party(B), granted_party, 6, Allow),
            (Reader::Party(B), facts(Public, Ordinary), 7, Allow),
            (overseer(None), facts(Public, Ordinary), 8, MetadataOnly),
            (overseer(Some("sumario")), facts(Public, Sensitive), 8, AllowLogged),
            (Reader::Node, facts(Public, Ordinary), 9, Allow),
            (Reader::Stranger, facts(Public, Ordinary), 10, Hidden),
        ];
        for (reader, facts, row, access) in table {
            assert_eq!(decide(&reader, &facts), Decision { row, access }, "{reader:?} {facts:?}");
        }
    }
}
