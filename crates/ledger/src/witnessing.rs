//! Whom this deployment asks for cosignatures, and which of them a checkpoint needs before it leaves.

use copihue_core::{Error, Result};
use copihue_tlog::note::VerifierKey;
use copihue_tlog::policy::Policy;

/// A publication policy: the same text that verifiers read.
pub(crate) struct Witnessing {
    policy: Policy,
    /// What others read of the policy: without its `log` lines, in whose place ours stand, and without what is only for
    /// the operator.
    lines: String,
    /// Those who are asked.
    pub(crate) witnesses: Vec<Asked>,
}

/// A witness and where it is reached.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Asked {
    /// As the policy calls it.
    pub(crate) name: String,
    pub(crate) key: VerifierKey,
    /// Submission and monitoring prefix, without a final slash.
    pub(crate) url: String,
}

/// A line as everybody may read it: no comments, and no addresses but those that are reached from outside.
fn public_line(line: &str) -> Option<String> {
    let mut words: Vec<&str> = line.split('#').next()?.split_ascii_whitespace().collect();
    match *words.first()? {
        "log" => return None,
        "witness" if words.get(3).is_some_and(|url| !url.starts_with("https://")) => words.truncate(3),
        _ => {}
    }
    Some(format!("{}\n", words.join(" ")))
}

impl Witnessing {
    /// Reads a policy. Each witness needs an address.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let wrong = |problem: String| {
            Error::invalid("politica_de_testigos", format!("La política de testigos no sirve: {problem}."))
        };
        let policy = Policy::parse(text).map_err(|e| wrong(e.to_string()))?;
        let mut witnesses = Vec::new();
        for (name, key) in policy.witnesses() {
            let url = policy.url(key).filter(|url| url.starts_with("http://") || url.starts_with("https://"));
            let url = url.ok_or_else(|| {
                wrong(format!("al testigo «{name}» le falta su dirección (https://…) al final de la línea"))
            })?;
            witnesses.push(Asked { name: name.clone(), key: key.clone(), url: url.to_owned() });
        }
        let lines = text.lines().filter_map(public_line).collect();
        Ok(Self { policy, lines, witnesses })
    }

    /// Whether a checkpoint needs anybody's signature but ours before it leaves.
    pub(crate) fn has_quorum(&self) -> bool {
        self.policy.has_quorum()
    }

    /// Whether these witnesses, by their names, are enough.
    pub(crate) fn is_met_by<'a>(&self, names: impl Iterator<Item = &'a str>) -> bool {
        self.policy.is_met_by(&names.collect())
    }

    /// The policy with which anyone checks the proofs of these logs.
    pub(crate) fn public<'a>(&self, logs: impl Iterator<Item = &'a VerifierKey>) -> String {
        let logs: String = logs.map(|key| format!("log {key}\n")).collect();
        format!("{logs}{}", self.lines)
    }
}
