//! Parameters of a query or of a form body, as they came: a value is never truncated, and a name that came twice is noticed.

use percent_encoding::percent_decode_str;

/// Longest value of any parameter save `state` (§6).
pub const MAX_VALUE: usize = 8 * 1024;

/// One parameter.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Param {
    /// Its name, decoded.
    pub name: String,
    /// Its value as it came over the wire: what an echo gives back, byte for byte.
    pub raw: String,
    /// Its value, decoded.
    pub value: String,
}

/// All parameters of a request.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Params(Vec<Param>);

/// Why a parameter can't be used.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unusable {
    /// It came twice (RFC 6749 §3.1).
    Duplicate,
    /// It is longer than [`MAX_VALUE`], is not UTF-8 or holds a control character.
    Malformed,
}

fn decode(text: &str) -> Option<String> {
    let spaced = text.replace('+', " ");
    percent_decode_str(&spaced).decode_utf8().ok().map(std::borrow::Cow::into_owned)
}

impl Params {
    /// From the text after `?`, or a body in `application/x-www-form-urlencoded`. Never fails: what can't be decoded is
    /// kept and refused when it is asked for.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let pairs = text.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
            let (name, raw) = pair.split_once('=').unwrap_or((pair, ""));
            Param {
                name: decode(name).unwrap_or_default(),
                raw: raw.to_owned(),
                // A lone NUL stands for what is no text: no value may hold it.
                value: decode(raw).unwrap_or_else(|| "\0".to_owned()),
            }
        });
        Self(pairs.collect())
    }

    /// From names and values that are decoded already.
    #[must_use]
    pub fn of(pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        let param = |(name, value): (String, String)| Param { name, raw: encode(&value), value };
        Self(pairs.into_iter().map(param).collect())
    }

    /// The names, each as often as it came.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|p| p.name.as_str())
    }

    /// The one parameter of this name; an empty value counts as absent.
    ///
    /// # Errors
    /// When it came twice, is too long or holds what no text holds.
    pub fn one(&self, name: &str) -> Result<Option<&Param>, Unusable> {
        let mut found = self.0.iter().filter(|p| p.name == name);
        let first = found.next();
        if found.next().is_some() {
            return Err(Unusable::Duplicate);
        }
        match first {
            Some(p) if p.value.len() > MAX_VALUE || p.value.chars().any(char::is_control) => {
                Err(Unusable::Malformed)
            }
            Some(p) if p.value.is_empty() => Ok(None),
            found => Ok(found),
        }
    }

    /// The value of [`Params::one`].
    ///
    /// # Errors
    /// As there.
    pub fn text(&self, name: &str) -> Result<Option<&str>, Unusable> {
        Ok(self.one(name)?.map(|p| p.value.as_str()))
    }

    /// Whether a parameter of this name came at all.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|p| p.name == name)
    }

    /// The parameters as a query again, each as it came, without those of these names.
    #[must_use]
    pub fn query_without(&self, names: &[&str]) -> String {
        let kept = self.0.iter().filter(|p| !names.contains(&p.name.as_str()));
        let pairs: Vec<_> = kept.map(|p| format!("{}={}", encode(&p.name), url_safe(p))).collect();
        pairs.join("&")
    }
}

/// The value as it came if a URL may carry it so, else encoded anew.
#[must_use]
pub fn url_safe(param: &Param) -> std::borrow::Cow<'_, str> {
    let plain = param
        .raw
        .bytes()
        .all(|b| b.is_ascii_graphic() && !matches!(b, b'#' | b'&' | b'"' | b'<' | b'>' | b'`'));
    if plain { param.raw.as_str().into() } else { encode(&param.value).into() }
}

/// Percent-encoding of everything but unreserved characters.
#[must_use]
pub fn encode(text: &str) -> String {
    use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
    const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
    utf8_percent_encode(text, UNRESERVED).to_string()
}
