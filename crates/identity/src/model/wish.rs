//! The level that an application wishes for: `acr_values`, or `acr` in `claims` (OIDC Core §5.5.1.1).

use copihue_core::Acr;
use serde_json::Value;

use super::jose::json;

/// What level is wished for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Wish {
    /// The weakest that fulfils the wish.
    pub at_least: Option<Acr>,
    /// How much it matters.
    pub weight: Weight,
}

/// How much a wish matters.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Weight {
    /// Whatever happened is taken.
    #[default]
    Voluntary,
    /// Less is an error.
    Essential,
}

/// The level of a published name.
#[must_use]
pub fn level(urn: &str) -> Option<Acr> {
    [Acr::Low, Acr::Substantial, Acr::High].into_iter().find(|acr| acr.urn() == urn)
}

/// Reads both ways of wishing; `claims` wins. None: `claims` is no JSON object, or too deep. An unknown level that is essential
/// can't be reached: it stands above all.
#[must_use]
pub fn read(acr_values: Option<&str>, claims: Option<&str>) -> Option<Wish> {
    let plain = acr_values.and_then(|values| values.split(' ').filter_map(level).min());
    let voluntary = Wish { at_least: plain, weight: Weight::Voluntary };
    let Some(claims) = claims else { return Some(voluntary) };
    let claims = json(claims.as_bytes()).filter(Value::is_object)?;
    let acr = &claims["id_token"]["acr"];
    let named = acr["values"].as_array().into_iter().flatten().chain(acr.get("value"));
    let named: Vec<&str> = named.filter_map(Value::as_str).collect();
    if named.is_empty() {
        return Some(voluntary);
    }
    let at_least = named.iter().copied().filter_map(level).min();
    let weight = if acr["essential"] == true { Weight::Essential } else { Weight::Voluntary };
    Some(Wish { at_least, weight })
}

impl Wish {
    /// Whether this level will do.
    #[must_use]
    pub fn takes(&self, acr: Acr) -> bool {
        match (self.weight, self.at_least) {
            (Weight::Voluntary, _) => true,
            (Weight::Essential, at_least) => at_least.is_some_and(|wanted| acr >= wanted),
        }
    }

    /// Whether a session of this level answers it without asking the person for more.
    #[must_use]
    pub fn met_by(&self, acr: Acr) -> bool {
        self.at_least.is_none_or(|wanted| acr >= wanted) && self.takes(acr)
    }
}
