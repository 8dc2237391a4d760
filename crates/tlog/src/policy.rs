//! Trust policies: which logs and witnesses a verifier believes, and how many of them must agree.

use std::collections::{BTreeMap, BTreeSet};

use crate::note::{Algorithm, VerifierKey};
use crate::tile::decimal;

/// Whom a verifier trusts.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    pub(crate) logs: Vec<VerifierKey>,
    pub(crate) witnesses: Vec<(String, VerifierKey)>,
    groups: BTreeMap<String, (usize, Vec<String>)>,
    quorum: Option<String>,
    /// Verifier key → where its owner is reached.
    urls: BTreeMap<String, String>,
}

/// Why a policy can't be read: the line (from 1) and what is wrong with it.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("línea {line}: {problem}")]
pub struct PolicyError {
    /// From 1.
    pub line: usize,
    /// In Spanish.
    pub problem: &'static str,
}

impl Policy {
    /// A policy that trusts these logs and asks for no witness.
    #[must_use]
    pub fn of_logs(logs: Vec<VerifierKey>) -> Self {
        Self { logs, ..Self::default() }
    }

    /// Reads the line format: `log`, `witness`, `group`, `quorum`; `#` begins a comment.
    ///
    /// # Errors
    /// [`PolicyError`] with the line.
    pub fn parse(text: &str) -> Result<Self, PolicyError> {
        let mut reader = Reader::default();
        for (i, line) in text.split('\n').enumerate() {
            let words: Vec<&str> =
                line.split(['#']).next().unwrap_or_default().split_ascii_whitespace().collect();
            reader.line(&words).map_err(|problem| PolicyError { line: i + 1, problem })?;
        }
        let end = text.split('\n').count();
        let problem = |problem| PolicyError { line: end, problem };
        if !reader.has_quorum {
            return Err(problem("falta la línea «quorum»"));
        }
        Ok(reader.policy)
    }

    /// The keys of the logs.
    #[must_use]
    pub fn logs(&self) -> &[VerifierKey] {
        &self.logs
    }

    /// The witnesses: name and key.
    #[must_use]
    pub fn witnesses(&self) -> &[(String, VerifierKey)] {
        &self.witnesses
    }

    /// Where the owner of a key is reached, without a final slash.
    #[must_use]
    pub fn url(&self, key: &VerifierKey) -> Option<&str> {
        self.urls.get(&key.to_string()).map(String::as_str)
    }

    /// Whether any witness must sign at all.
    #[must_use]
    pub const fn has_quorum(&self) -> bool {
        self.quorum.is_some()
    }

    /// Whether the witnesses that signed (by their names) satisfy the quorum.
    #[must_use]
    pub fn is_met_by(&self, signed: &BTreeSet<&str>) -> bool {
        self.quorum.as_ref().is_none_or(|name| self.counts(name, signed))
    }

    /// A group's members are defined above it, so this ends.
    fn counts(&self, name: &str, signed: &BTreeSet<&str>) -> bool {
        match self.groups.get(name) {
            Some((k, members)) => members.iter().filter(|m| self.counts(m, signed)).count() >= *k,
            None => signed.contains(name),
        }
    }
}

#[derive(Default)]
struct Reader {
    policy: Policy,
    in_group: BTreeSet<String>,
    has_quorum: bool,
}

impl Reader {
    fn line(&mut self, words: &[&str]) -> Result<(), &'static str> {
        match words {
            [] => Ok(()),
            ["log", key, url @ ..] if url.len() < 2 => self.log(key, url.first()),
            ["witness", name, key, url @ ..] if url.len() < 2 => self.witness(name, key, url.first()),
            ["group", name, k, members @ ..] => self.group(name, k, members),
            ["quorum", name] => self.quorum(name),
            _ => Err("no se entiende"),
        }
    }

    fn log(&mut self, key: &str, url: Option<&&str>) -> Result<(), &'static str> {
        let key = VerifierKey::parse(key).filter(|k| k.algorithm() == Algorithm::Ed25519);
        let key = key.ok_or("no es la llave de una bitácora")?;
        self.unique(&key)?;
        self.reached_at(&key, url);
        self.policy.logs.push(key);
        Ok(())
    }

    fn witness(&mut self, name: &str, key: &str, url: Option<&&str>) -> Result<(), &'static str> {
        let key = VerifierKey::parse(key).filter(|k| k.algorithm() == Algorithm::Cosignature);
        let key = key.ok_or("no es la llave de un testigo")?;
        self.unique(&key)?;
        self.unnamed(name)?;
        self.reached_at(&key, url);
        self.policy.witnesses.push((name.to_owned(), key));
        Ok(())
    }

    fn reached_at(&mut self, key: &VerifierKey, url: Option<&&str>) {
        if let Some(url) = url {
            self.policy.urls.insert(key.to_string(), url.trim_end_matches('/').to_owned());
        }
    }

    fn group(&mut self, name: &str, k: &str, members: &[&str]) -> Result<(), &'static str> {
        self.unnamed(name)?;
        for member in members {
            if !self.is_named(member) {
                return Err("un miembro del grupo no está definido antes");
            }
            if !self.in_group.insert((*member).to_owned()) {
                return Err("un nombre está en dos grupos");
            }
        }
        let k = match k {
            "all" => members.len(),
            "any" => 1,
            k => decimal(k).and_then(|k| usize::try_from(k).ok()).ok_or("la cantidad no es un número")?,
        };
        if k == 0 || k > members.len() {
            return Err("el grupo pide más miembros de los que tiene");
        }
        let members = members.iter().map(|m| (*m).to_owned()).collect();
        self.policy.groups.insert(name.to_owned(), (k, members));
        Ok(())
    }

    fn quorum(&mut self, name: &str) -> Result<(), &'static str> {
        if self.has_quorum {
            return Err("hay más de una línea «quorum»");
        }
        if name != "none" && !self.is_named(name) {
            return Err("el quórum no está definido antes");
        }
        self.has_quorum = true;
        self.policy.quorum = (name != "none").then(|| name.to_owned());
        Ok(())
    }

    fn is_named(&self, name: &str) -> bool {
        self.policy.groups.contains_key(name) || self.policy.witnesses.iter().any(|(n, _)| n == name)
    }

    fn unnamed(&self, name: &str) -> Result<(), &'static str> {
        if name == "none" || self.is_named(name) { Err("el nombre ya existe") } else { Ok(()) }
    }

    fn unique(&self, key: &VerifierKey) -> Result<(), &'static str> {
        let known = self.policy.logs.iter().chain(self.policy.witnesses.iter().map(|(_, k)| k));
        if known.into_iter().any(|k| k == key) { Err("la llave está repetida") } else { Ok(()) }
    }
}
