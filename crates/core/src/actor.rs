//! Who acts. An [`Actor`] is made only by the edge, from a session or a token; every use case takes it first.

use crate::{Id, Run};

/// The level of assurance with which the actor logged in: what happened, never what was asked.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Acr {
    /// Password (`urn:copihue:loa:bajo`).
    Low,
    /// Password and a second factor (`urn:copihue:loa:sustancial`).
    Substantial,
    /// Phishing-resistant, identity proved in person (`urn:copihue:loa:alto`).
    High,
}

impl Acr {
    /// The published value.
    #[must_use]
    pub const fn urn(self) -> &'static str {
        match self {
            Self::Low => "urn:copihue:loa:bajo",
            Self::Substantial => "urn:copihue:loa:sustancial",
            Self::High => "urn:copihue:loa:alto",
        }
    }
}

/// A person who logged in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PersonRef {
    /// The person's id, with their bucket in it. Never printed in public.
    pub id: Id,
    /// Their RUN (redacted in `Debug`).
    pub run: Run,
    /// Given names and surnames, as the identity provider says them.
    pub name: String,
}

/// Acting for a public body, by a post in it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Hat {
    /// The institution's letter code, such as `PE-MUN-00345`.
    pub institution: String,
    /// The official's id in the directory.
    pub official: Id,
    /// The unit's code within the institution.
    pub unit: String,
    /// The post's name, as stamped on acts.
    pub post: String,
    /// Role codes held today.
    pub roles: Vec<String>,
}

/// What kind of caller it is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Subject {
    /// A human being.
    Person(PersonRef),
    /// A machine client, by its id.
    Client(String),
    /// The platform itself, by the name of the job.
    Job(&'static str),
}

/// Who acts, with what hat and at which level.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Actor {
    /// The caller.
    pub subject: Subject,
    /// The public body that a person acts for, when they do.
    pub hat: Option<Hat>,
    /// Level of the login.
    pub acr: Acr,
    /// Trace id of the request, for logs.
    pub trace: String,
}

impl Actor {
    /// The platform acting by itself.
    #[must_use]
    pub fn job(name: &'static str) -> Self {
        Self { subject: Subject::Job(name), hat: None, acr: Acr::High, trace: name.to_owned() }
    }

    /// The person, when it is one.
    #[must_use]
    pub fn person(&self) -> Option<&PersonRef> {
        match &self.subject {
            Subject::Person(person) => Some(person),
            Subject::Client(_) | Subject::Job(_) => None,
        }
    }

    /// Whether the hat carries the role.
    #[must_use]
    pub fn has_role(&self, role: &str) -> bool {
        self.hat.as_ref().is_some_and(|hat| hat.roles.iter().any(|r| r == role))
    }
}
