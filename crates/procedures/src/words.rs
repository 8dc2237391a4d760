//! What the model says in types, in the words of the locale.

use copihue_core::FieldError;
use copihue_core::text::day_month_year;
use copihue_web::args;
use copihue_web::locale::{lookup, t, ta};
use jiff::civil::Date;
use serde::Serialize;

use crate::model::form::{Fault, FieldFault};
use crate::model::legal::{Appeal, LegalState, Office};

/// How to mend what was typed.
pub(crate) fn field(fault: FieldFault) -> FieldError {
    FieldError { pointer: fault.name, message: mend(fault.fault) }
}

fn mend(fault: Fault) -> String {
    let n = |key: &str, n: &dyn ToString| ta(key, &args! {"n" => n.to_string()});
    let key = match fault {
        Fault::Own(message) => return message,
        Fault::Run(error) => return error.to_string(),
        Fault::Below(min) => return n("procedures-fault-below", &min),
        Fault::Above(max) => return n("procedures-fault-above", &max),
        Fault::Short(min) => return n("procedures-fault-short", &min),
        Fault::TooMany(max) => return n("procedures-fault-too-many", &max),
        Fault::Long { max, now } => {
            let values = args! {"max" => max.to_string(), "now" => now.to_string()};
            return ta("procedures-fault-long", &values);
        }
        Fault::NoDate(label) => return ta("procedures-fault-no-date", &args! {"label" => label}),
        Fault::Empty(label) => return ta("procedures-fault-empty", &args! {"label" => label}),
        Fault::YesNo => "procedures-fault-yes-no",
        Fault::NotTyped => "procedures-fault-not-typed",
        Fault::NotInList => "procedures-fault-not-in-list",
        Fault::Integer => "procedures-fault-integer",
        Fault::Pattern => "procedures-fault-pattern",
        Fault::Email => "procedures-fault-email",
        Fault::Date => "procedures-fault-date",
        Fault::Phone => "procedures-fault-phone",
        Fault::Decimal => "procedures-fault-decimal",
        Fault::Commune => "procedures-fault-commune",
        Fault::Uri => "procedures-fault-uri",
        Fault::NotMarked => "procedures-fault-not-marked",
        Fault::NoFile => "procedures-fault-no-file",
        Fault::NotChosen => "procedures-fault-not-chosen",
    };
    t(key).to_owned()
}

/// A state before the law.
pub(crate) fn legal_state(state: LegalState) -> &'static str {
    t(&format!("procedures-legal-{}", name(state)))
}

/// The name of a unit variant, as definitions write it.
fn name(value: impl Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}

/// What a missing part of a resolution needs.
pub(crate) fn missing_part(part: &str) -> &'static str {
    t(&format!("procedures-resolution-{part}"))
}

/// The sentence of an appeal for the act itself.
pub(crate) fn appeal(appeal: &Appeal) -> String {
    let key = match appeal.before {
        Office::Same => "procedures-appeal-same",
        Office::Superior => "procedures-appeal-superior",
    };
    ta(key, &args! {"days" => appeal.days.to_string()})
}

/// The warning without which the request to complete an application is void (LBPA 31).
pub(crate) fn warning(due: Date) -> String {
    ta("procedures-correction-warning", &args! {"due" => day_month_year(due)})
}

/// A line of the history of a case, by its kind; the kind itself when it has no words.
pub(crate) fn history(kind: &str) -> String {
    let key = format!("procedures-history-{}", kind.replace('.', "-"));
    lookup(&key).map_or_else(|| kind.to_owned(), str::to_owned)
}

/// An event before the law, in the history.
pub(crate) fn act(event: &str) -> String {
    let key = format!("procedures-act-{event}");
    lookup(&key).map_or_else(|| event.replace('_', " "), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::legal::{Authority, Resolution, appeals, validate};

    #[test]
    fn pro_22_the_warning_says_what_the_law_demands() {
        let warning = warning(jiff::civil::date(2026, 12, 17));
        for said in ["cinco días hábiles", "desistido", "artículo 31", "17 de diciembre de 2026"] {
            assert!(warning.contains(said), "{warning}");
        }
    }

    #[test]
    fn pro_33_each_appeal_says_before_whom_and_until_when() {
        let said: Vec<String> = appeals(Authority::Other).iter().map(appeal).collect();
        assert!(
            said[0].starts_with("Recurso de reposición") && said[0].contains("5 días hábiles"),
            "{said:?}"
        );
        assert!(said[1].starts_with("Recurso jerárquico") && said[1].contains("superior"), "{said:?}");
    }

    #[test]
    fn pro_31_each_missing_part_says_what_to_write() {
        let nothing = Resolution {
            effect: crate::model::definition::Part::Rejects,
            norms: String::new(),
            facts: String::new(),
            grounds: String::new(),
            decision: String::new(),
            petitions: Vec::new(),
            appeals: Vec::new(),
            notice_medium: String::new(),
            place: String::new(),
            signer: String::new(),
        };
        let missing = validate(&nothing, &appeals(Authority::Mayor));
        assert_eq!(missing.len(), 9);
        for part in missing {
            assert!(lookup(&format!("procedures-resolution-{part}")).is_some(), "{part}");
        }
    }

    #[test]
    fn pro_20_every_state_has_its_words() {
        use LegalState as S;
        for state in [S::Borrador, S::EnSubsanacion, S::ImposibilidadSobreviniente, S::SilencioNegativo] {
            assert!(lookup(&format!("procedures-legal-{}", name(state))).is_some(), "{state:?}");
        }
    }
}
