//! A version made ready to run: its expressions compiled once.

use crate::model::definition::Definition;
use crate::model::expr::{Expressions, Roots, RuleError};
use serde_json::{Map, Value, json};

use super::state::{CaseState, Facts};

/// A version made ready to run.
#[derive(Debug)]
pub struct Procedure {
    /// The definition.
    pub definition: Definition,
    /// Its expressions.
    pub expressions: Expressions,
}

impl Procedure {
    /// Compiles every expression.
    ///
    /// # Errors
    /// The first one that does not parse; `check` lists all.
    pub fn new(definition: Definition) -> Result<Self, RuleError> {
        let mut expressions = Expressions::default();
        for place in crate::model::check::places(&definition) {
            expressions.add(&place.expr)?;
        }
        Ok(Self { definition, expressions })
    }

    /// Id and content hash of the version.
    #[must_use]
    pub fn hash(&self) -> &str {
        self.definition.hash.as_deref().unwrap_or_default()
    }

    /// What rules see.
    #[must_use]
    pub fn roots(&self, state: &CaseState, facts: &Facts) -> Roots {
        let mut roots = Roots::default();
        let mut data = state.data.clone();
        self.definition.data.fill(&mut data);
        roots.set("d", &Value::Object(data));
        roots.set("reg", &json(&state.reg));
        roots.set("pay", &json(&state.pay));
        roots.set("params", &Value::Object(state.params.clone()));
        roots.set("dec", &self.decisions(state));
        roots.set("case", &case(state, facts));
        roots.set("actor", &json!({"run": facts.actor.run, "name": facts.actor.name, "post": facts.actor.post, "kind": facts.actor_kind}));
        roots.set("applicant", &json!({"run": facts.applicant.run, "name": facts.applicant.name}));
        roots.set("now", &Value::from(facts.now.to_string()));
        roots.set("today", &Value::from(facts.today.to_string()));
        roots.set("outcome", &Value::from(""));
        roots
    }

    fn decisions(&self, state: &CaseState) -> Value {
        let of = |(id, fired): (&String, &crate::model::decision::Fired)| {
            let table = self.definition.decisions.get(id)?;
            Some((id.clone(), fired.root(table.hit)))
        };
        Value::Object(state.dec.iter().filter_map(of).collect::<Map<_, _>>())
    }
}

fn json<T: serde::Serialize>(value: &T) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}

fn case(state: &CaseState, facts: &Facts) -> Value {
    json!({
        "number": facts.number.clone().unwrap_or_default(),
        "opened": facts.opened.to_string(),
        "filed": facts.filed.map(|at| at.to_string()).unwrap_or_default(),
        "state": state.legal,
        "institution": facts.institution,
        "institution_name": facts.institution_name,
    })
}
