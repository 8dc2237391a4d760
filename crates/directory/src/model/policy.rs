//! Who may do what: one pure decision over a table whose rows services export. No row means no.

use std::collections::HashMap;

use copihue_core::{Acr, Actor, Id, Timestamp};

use super::role::Scope;

/// What somebody wants to do.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Action {
    /// See it, find it, count it, export it.
    Read,
    /// Make a new one.
    Create,
    /// Change it.
    Change,
    /// Take it: become the one in charge.
    Claim,
    /// Resolve it.
    Decide,
    /// Sign it.
    Sign,
    /// Give somebody else a right over it.
    Grant,
}

/// How delicate the thing is (casefiles L7).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub enum Sensitivity {
    /// Ordinary.
    #[default]
    Normal,
    /// Personal or sensitive data of third parties.
    Sensitive,
    /// Reserved by law: only by name.
    Reserved,
}

/// The thing, as far as the decision must know it.
#[derive(Clone, Copy, Debug)]
pub struct ResourceRef<'a> {
    kind: &'a str,
    institution: &'a str,
    unit: Option<&'a str>,
    owner: Option<Id>,
    sensitivity: Sensitivity,
    reason: Option<&'a str>,
}

impl<'a> ResourceRef<'a> {
    /// A thing of a kind (`case`, `designation`) that belongs to a body.
    #[must_use]
    pub const fn new(kind: &'a str, institution: &'a str) -> Self {
        Self { kind, institution, unit: None, owner: None, sensitivity: Sensitivity::Normal, reason: None }
    }

    /// The unit that has it.
    #[must_use]
    pub const fn unit(mut self, code: &'a str) -> Self {
        self.unit = Some(code);
        self
    }

    /// The person or official to whom it belongs.
    #[must_use]
    pub const fn owner(mut self, owner: Id) -> Self {
        self.owner = Some(owner);
        self
    }

    /// How delicate it is.
    #[must_use]
    pub const fn sensitivity(mut self, sensitivity: Sensitivity) -> Self {
        self.sensitivity = sensitivity;
        self
    }

    /// Why the actor wants it, in their own words.
    #[must_use]
    pub const fn reason(mut self, reason: &'a str) -> Self {
        self.reason = Some(reason);
        self
    }
}

/// Whether the actor must write down why.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NeedsReason {
    /// At least 20 characters.
    Yes,
    /// No.
    No,
}

/// One row of the table.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Rule {
    /// Stable name, written to the log with the decision.
    pub name: &'static str,
    /// Role code, or [`ANYONE`], [`PERSON`], [`OFFICIAL`].
    pub role: &'static str,
    /// Kind of thing.
    pub resource: &'static str,
    /// What it allows.
    pub action: Action,
    /// How far.
    pub scope: Scope,
    /// Up to which delicacy.
    pub up_to: Sensitivity,
    /// Level of login that it asks for.
    pub min_acr: Acr,
    /// Whether it asks for a reason.
    pub reason: NeedsReason,
}

impl Rule {
    /// A row for ordinary things, at any level of login, without a reason.
    #[must_use]
    pub const fn new(
        name: &'static str,
        role: &'static str,
        action: Action,
        resource: &'static str,
        scope: Scope,
    ) -> Self {
        let (up_to, min_acr, reason) = (Sensitivity::Normal, Acr::Low, NeedsReason::No);
        Self { name, role, resource, action, scope, up_to, min_acr, reason }
    }

    /// The same up to that delicacy.
    #[must_use]
    pub const fn up_to(mut self, sensitivity: Sensitivity) -> Self {
        self.up_to = sensitivity;
        self
    }

    /// The same from that level of login on.
    #[must_use]
    pub const fn at_level(mut self, acr: Acr) -> Self {
        self.min_acr = acr;
        self
    }

    /// The same with a written reason.
    #[must_use]
    pub const fn with_reason(mut self) -> Self {
        self.reason = NeedsReason::Yes;
        self
    }
}

/// Pseudo role: everybody, logged in or not.
pub const ANYONE: &str = "*";
/// Pseudo role: any person who logged in, without a hat.
pub const PERSON: &str = "persona";
/// Pseudo role: any official of the body.
pub const OFFICIAL: &str = "funcionario";

/// Why not.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Denied {
    /// It must look as if it did not exist (404).
    Hidden,
    /// The actor knows that it exists, but may not (403).
    Forbidden,
    /// A higher level of login is needed first.
    StepUp(Acr),
    /// A written reason is needed first.
    Reason,
}

/// The answer, with the name of the row that gave it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Decision {
    /// Yes.
    Allow {
        /// The row.
        rule: &'static str,
    },
    /// No.
    Deny {
        /// Why.
        why: Denied,
        /// The row that came nearest, or `sin_regla`.
        rule: &'static str,
    },
}

impl Decision {
    /// Whether it is a yes.
    #[must_use]
    pub const fn allowed(self) -> bool {
        matches!(self, Self::Allow { .. })
    }

    /// The platform's error for a no: 404 for what must stay hidden, 403 otherwise.
    ///
    /// # Errors
    /// Every no.
    pub fn ok(self) -> copihue_core::Result<()> {
        use copihue_core::{Error, Kind};
        let Self::Deny { why, rule } = self else { return Ok(()) };
        Err(match why {
            Denied::Hidden => Error::not_found(),
            Denied::Forbidden => Error::forbidden("No tiene permiso para hacer esto."),
            Denied::StepUp(_) => Error::new(
                Kind::Forbidden,
                "nivel_insuficiente",
                "Confirme su identidad con un segundo factor.",
            ),
            Denied::Reason => Error::invalid("motivo_faltante", "Escriba el motivo de la consulta.")
                .field("motivo", "Escriba al menos 20 caracteres."),
        }
        .context(rule))
    }
}

/// What the decision must know about bodies and units.
pub trait Tree {
    /// Whether `unit` is `above` or lies below it, within a body, on the day of `now`.
    fn unit_within(&self, institution: &str, unit: &str, above: &str) -> bool;
    /// Whether the body belongs to the family that `principal` heads.
    fn in_family(&self, institution: &str, principal: &str) -> bool;
}

/// The table, indexed by kind of thing.
#[derive(Debug, Default)]
pub struct Policy {
    rows: HashMap<&'static str, Vec<Rule>>,
}

impl Policy {
    /// From the rows of all services.
    #[must_use]
    pub fn new(rules: impl IntoIterator<Item = Rule>) -> Self {
        let mut rows: HashMap<_, Vec<Rule>> = HashMap::new();
        for rule in rules {
            rows.entry(rule.resource).or_default().push(rule);
        }
        Self { rows }
    }

    /// Every row, for the policy test and for auditors.
    pub fn rules(&self) -> impl Iterator<Item = &Rule> {
        self.rows.values().flatten()
    }

    /// The decision. `now` is here for rows bound to time; the hat's roles were already taken at `now`.
    #[must_use]
    pub fn decide(
        &self,
        tree: &dyn Tree,
        actor: &Actor,
        action: Action,
        thing: &ResourceRef<'_>,
        _now: Timestamp,
    ) -> Decision {
        let found = self.matching(tree, actor, action, thing);
        match found {
            Ok(rule) => Decision::Allow { rule },
            Err((Denied::Hidden, rule)) if action != Action::Read => {
                // Only one who may know that it exists learns that they may not touch it.
                let readable = self.matching(tree, actor, Action::Read, thing).is_ok();
                let why = if readable { Denied::Forbidden } else { Denied::Hidden };
                Decision::Deny { why, rule }
            }
            Err((why, rule)) => Decision::Deny { why, rule },
        }
    }

    fn matching(
        &self,
        tree: &dyn Tree,
        actor: &Actor,
        action: Action,
        thing: &ResourceRef<'_>,
    ) -> Result<&'static str, (Denied, &'static str)> {
        let mut nearest = (Denied::Hidden, "sin_regla");
        for rule in self.lookup(thing.kind, action) {
            if !holds(actor, rule.role)
                || !reaches(tree, actor, rule.scope, thing)
                || thing.sensitivity > rule.up_to
            {
                continue;
            }
            if actor.acr < rule.min_acr {
                nearest = (Denied::StepUp(rule.min_acr), rule.name);
            } else if rule.reason == NeedsReason::Yes && !reasoned(thing) {
                nearest = (Denied::Reason, rule.name);
            } else {
                return Ok(rule.name);
            }
        }
        Err(nearest)
    }

    fn lookup(&self, kind: &str, action: Action) -> impl Iterator<Item = &Rule> {
        self.rows.get(kind).into_iter().flatten().filter(move |rule| rule.action == action)
    }
}

fn reasoned(thing: &ResourceRef<'_>) -> bool {
    thing.reason.is_some_and(|reason| reason.trim().chars().count() >= 20)
}

fn holds(actor: &Actor, role: &str) -> bool {
    match role {
        ANYONE => true,
        PERSON => actor.person().is_some() && actor.hat.is_none(),
        OFFICIAL => actor.hat.is_some(),
        role => actor.has_role(role),
    }
}

fn reaches(tree: &dyn Tree, actor: &Actor, scope: Scope, thing: &ResourceRef<'_>) -> bool {
    if scope == Scope::Network {
        return true;
    }
    let Some(hat) = &actor.hat else {
        return scope == Scope::Own && thing.owner.is_some() && thing.owner == actor.person().map(|p| p.id);
    };
    if scope == Scope::Family {
        return tree.in_family(thing.institution, &hat.institution);
    }
    if thing.institution != hat.institution {
        return false;
    }
    match scope {
        Scope::Own => thing.owner == Some(hat.official),
        Scope::Unit => thing.unit.is_some_and(|unit| tree.unit_within(thing.institution, unit, &hat.unit)),
        _ => true,
    }
}

/// The directory's own rows (§5).
pub const RULES: &[Rule] = &[
    Rule::new("dir_publico", ANYONE, Action::Read, "institution", Scope::Network),
    Rule::new("dir_autoridades", ANYONE, Action::Read, "designation", Scope::Network),
    Rule::new("dir_crea_institucion", "superadmin", Action::Create, "institution", Scope::Network),
    Rule::new("dir_cambia_institucion", "superadmin", Action::Change, "institution", Scope::Network),
    Rule::new("dir_admin_institucion", "admin", Action::Change, "institution", Scope::Institution),
    Rule::new("dir_lee_funcionarios", "admin", Action::Read, "official", Scope::Institution),
    Rule::new("dir_lee_familia", "admin_principal", Action::Read, "official", Scope::Family),
    Rule::new("dir_crea_funcionario", "admin", Action::Create, "official", Scope::Institution),
    Rule::new("dir_crea_familia", "admin_principal", Action::Create, "official", Scope::Family),
    Rule::new("dir_cambia_funcionario", "admin", Action::Change, "official", Scope::Institution),
    Rule::new("dir_cambia_familia", "admin_principal", Action::Change, "official", Scope::Family),
    Rule::new("dir_lee_unidades", OFFICIAL, Action::Read, "unit", Scope::Institution),
    Rule::new("dir_crea_unidad", "admin", Action::Create, "unit", Scope::Institution),
    Rule::new("dir_cambia_unidad", "admin", Action::Change, "unit", Scope::Institution),
    Rule::new("dir_designa_jefatura", "jefe_superior", Action::Create, "designation", Scope::Institution),
    Rule::new("dir_termina_designacion", "jefe_superior", Action::Change, "designation", Scope::Institution),
    Rule::new("dir_lee_subrogancias", OFFICIAL, Action::Read, "substitution", Scope::Institution),
    Rule::new("dir_subroga_titular", OFFICIAL, Action::Create, "substitution", Scope::Own),
    Rule::new("dir_subroga_admin", "admin", Action::Create, "substitution", Scope::Institution),
    Rule::new("dir_termina_subrogancia", OFFICIAL, Action::Change, "substitution", Scope::Own),
    Rule::new("dir_termina_subrogancia_admin", "admin", Action::Change, "substitution", Scope::Institution),
    Rule::new("dir_auditoria", "auditor", Action::Read, "audit", Scope::Institution).with_reason(),
];
