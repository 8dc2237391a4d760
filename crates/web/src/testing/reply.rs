//! What the client got.

use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};

/// An answer, read whole.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
    /// The path (with query) that was asked last.
    pub path: String,
}

impl Reply {
    /// The body as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON; `null` when it is none.
    #[must_use]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// Whether the page holds this text, entities read.
    #[must_use]
    pub fn says(&self, text: &str) -> bool {
        unescape(&self.text()).contains(text)
    }

    /// A header as text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|v| v.to_str().ok())
    }

    /// Where it redirects to.
    #[must_use]
    pub fn location(&self) -> Option<&str> {
        self.header(header::LOCATION.as_str())
    }

    /// Passes on an answer of this status.
    ///
    /// # Panics
    /// With the page, when the status is another.
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{} answered:\n{}", self.path, self.text());
        self
    }

    /// The value of the first field with this name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<String> {
        let text = self.text();
        let tag = tags(&text, "input").find(|tag| attribute(tag, "name").as_deref() == Some(name))?;
        attribute(tag, "value")
    }

    /// The token against forgery on the page.
    #[must_use]
    pub fn csrf(&self) -> Option<String> {
        self.field("csrf")
    }

    /// The fields as a browser would send them, of the form that posts to `action`.
    #[must_use]
    pub fn form(&self, action: &str) -> Option<Vec<(String, String)>> {
        let text = self.text();
        let from = text.match_indices("<form").find(|(at, _)| {
            let tag = text[*at..].split('>').next().unwrap_or_default();
            attribute(tag, "action").as_deref() == Some(action)
        })?;
        let inner = text[from.0..].split("</form>").next()?;
        let inputs = tags(inner, "input").filter(|tag| {
            let kind = attribute(tag, "type").unwrap_or_default();
            let chosen = !matches!(kind.as_str(), "radio" | "checkbox") || tag.contains(" checked");
            chosen && kind != "file"
        });
        let mut fields: Vec<_> = inputs
            .filter_map(|t| Some((attribute(t, "name")?, attribute(t, "value").unwrap_or_default())))
            .collect();
        fields.extend(selected(inner));
        fields.extend(texts(inner));
        Some(fields)
    }
}

fn selected(html: &str) -> Vec<(String, String)> {
    let parts = html.split("<select").skip(1).filter_map(|part| part.split("</select>").next());
    parts
        .filter_map(|part| {
            let name = attribute(part.split('>').next()?, "name")?;
            let option = tags(part, "option").find(|tag| tag.contains(" selected"))?;
            Some((name, attribute(option, "value").unwrap_or_default()))
        })
        .collect()
}

fn texts(html: &str) -> Vec<(String, String)> {
    let parts = html.split("<textarea").skip(1).filter_map(|part| part.split("</textarea>").next());
    parts
        .filter_map(|part| {
            let (tag, text) = part.split_once('>')?;
            Some((attribute(tag, "name")?, unescape(text.strip_prefix('\n').unwrap_or(text))))
        })
        .collect()
}

fn tags<'a>(html: &'a str, name: &str) -> impl Iterator<Item = &'a str> {
    let open = format!("<{name} ");
    let starts: Vec<usize> = html.match_indices(&open).map(|(at, _)| at).collect();
    starts.into_iter().filter_map(|at| html[at..].split('>').next())
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    rest.split('"').next().map(unescape)
}

fn unescape(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}
