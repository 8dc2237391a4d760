//! Forms: their fields with what stands in them, filled in and sent.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::html::{Tag, tags, text_of};

const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.');
const BOUNDARY: &str = "----copihue-visitor-7MA4YWxk";

/// A form of a page.
#[derive(Debug, Clone)]
pub struct Form {
    /// Where it goes.
    pub action: String,
    /// `GET` or `POST`.
    pub method: String,
    multipart: bool,
    /// Names of all fields, also of those that would send nothing.
    names: Vec<String>,
    values: Vec<(String, String)>,
    files: Vec<(String, String, Vec<u8>)>,
    buttons: Vec<(String, String, String)>,
}

impl Form {
    /// Whether it has a field of this name.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.names.iter().any(|n| n == name)
    }

    /// Names of all fields.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// What stands in a field.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&str> {
        self.values.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// Writes into a field (or chooses an option).
    #[must_use]
    pub fn set(mut self, name: &str, value: &str) -> Self {
        self.values.retain(|(n, _)| n != name);
        self.values.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Ticks one more box of this name.
    #[must_use]
    pub fn tick(mut self, name: &str, value: &str) -> Self {
        self.values.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Chooses a file.
    #[must_use]
    pub fn file(mut self, name: &str, file_name: &str, bytes: &[u8]) -> Self {
        self.files.push((name.to_owned(), file_name.to_owned(), bytes.to_vec()));
        self
    }

    /// Presses the button whose text contains `text`: its name and value are sent too. Without this the first one
    /// is pressed, as the key Enter does.
    #[must_use]
    pub fn press(mut self, text: &str) -> Self {
        if let Some(at) = self.buttons.iter().position(|(shown, ..)| shown.contains(text)) {
            self.buttons.swap(0, at);
        }
        self
    }

    /// Names and values, the pressed button's among them.
    fn sent(&self) -> impl Iterator<Item = (&str, &str)> {
        let button = self.buttons.first().filter(|(_, name, _)| !name.is_empty());
        let values = self.values.iter().map(|(n, v)| (n.as_str(), v.as_str()));
        values.chain(button.map(|(_, n, v)| (n.as_str(), v.as_str())))
    }

    /// Content type and body.
    pub(crate) fn encode(&self) -> (String, Vec<u8>) {
        if self.multipart { self.encode_multipart() } else { self.encode_url() }
    }

    fn encode_url(&self) -> (String, Vec<u8>) {
        let pairs: Vec<String> = self
            .sent()
            .map(|(n, v)| format!("{}={}", utf8_percent_encode(n, ENCODED), utf8_percent_encode(v, ENCODED)))
            .collect();
        ("application/x-www-form-urlencoded".to_owned(), pairs.join("&").into_bytes())
    }

    fn encode_multipart(&self) -> (String, Vec<u8>) {
        let mut body = Vec::new();
        for (name, value) in self.sent() {
            let part =
                format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            body.extend_from_slice(part.as_bytes());
        }
        for (name, file_name, bytes) in &self.files {
            let head = format!(
                "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{file_name}\"\r\n\
                 Content-Type: application/octet-stream\r\n\r\n"
            );
            body.extend_from_slice(head.as_bytes());
            body.extend_from_slice(bytes);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
        (format!("multipart/form-data; boundary={BOUNDARY}"), body)
    }
}

/// All forms of a page that was shown at `path`.
pub(crate) fn all(html: &str, path: &str) -> Vec<Form> {
    let tags = tags(html);
    let mut forms = Vec::new();
    for (i, tag) in tags.iter().enumerate().filter(|(_, t)| t.name == "form") {
        let end = tags[i..].iter().position(|t| t.name == "/form").map_or(tags.len(), |n| i + n);
        forms.push(one(html, &tags, tag, i + 1..end, path));
    }
    forms
}

fn one(html: &str, tags: &[Tag], form: &Tag, inside: std::ops::Range<usize>, path: &str) -> Form {
    let mut read = Form {
        action: form.get("action").filter(|a| !a.is_empty()).unwrap_or(path).to_owned(),
        method: form.get("method").unwrap_or("get").to_ascii_uppercase(),
        multipart: form.get("enctype") == Some("multipart/form-data"),
        names: Vec::new(),
        values: Vec::new(),
        files: Vec::new(),
        buttons: Vec::new(),
    };
    let mut select = None;
    for i in inside {
        let tag = &tags[i];
        match tag.name.as_str() {
            "input" => input(&mut read, tag),
            "textarea" => value(&mut read, tag, text_of(html, tags, i)),
            "button" => {
                let of = |n: &str| tag.get(n).unwrap_or_default().to_owned();
                read.buttons.push((text_of(html, tags, i), of("name"), of("value")));
            }
            "select" => {
                select = tag.get("name").map(str::to_owned);
                read.names.extend(select.clone());
            }
            "/select" => select = None,
            "option" if tag.has("selected") => {
                let chosen = tag.get("value").map_or_else(|| text_of(html, tags, i), str::to_owned);
                read.values.extend(select.clone().map(|name| (name, chosen)));
            }
            _ => {}
        }
    }
    read
}

fn input(form: &mut Form, tag: &Tag) {
    let kind = tag.get("type").unwrap_or("text");
    let Some(name) = tag.get("name") else { return };
    match kind {
        "submit" => {}
        "radio" | "checkbox" if !tag.has("checked") => form.names.push(name.to_owned()),
        "file" => form.names.push(name.to_owned()),
        "radio" | "checkbox" => value(form, tag, tag.get("value").unwrap_or("on").to_owned()),
        _ => value(form, tag, tag.get("value").unwrap_or_default().to_owned()),
    }
}

fn value(form: &mut Form, tag: &Tag, value: String) {
    if let Some(name) = tag.get("name") {
        form.names.push(name.to_owned());
        form.values.push((name.to_owned(), value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = r#"<form method="post" action="/a"><input type="hidden" name="csrf" value="x&amp;y">
        <input name="run" value=""><input type="radio" name="pago" value="total" checked><input type="radio" name="pago" value="cuotas">
        <select name="comuna"><option value="1">Uno</option><option value="2" selected>Dos</option></select>
        <textarea name="texto">hola &lt;b&gt;</textarea><button name="accion" value="seguir">Continuar</button></form>"#;

    #[test]
    fn a_form_is_read_filled_in_and_encoded() {
        let form = all(PAGE, "/p").remove(0).set("run", "1-9").press("Continuar");
        assert_eq!((form.action.as_str(), form.method.as_str()), ("/a", "POST"));
        let (_, body) = form.encode();
        assert_eq!(
            String::from_utf8_lossy(&body),
            "csrf=x%26y&pago=total&comuna=2&texto=hola%20%3Cb%3E&run=1-9&accion=seguir"
        );
    }
}
