//! Just enough HTML: tags with attributes, the text between them.

/// One tag, in the order of the page, and where it stands.
#[derive(Debug, Clone)]
pub(crate) struct Tag {
    /// Name in lower case, with `/` in front when it closes.
    pub(crate) name: String,
    pub(crate) attributes: Vec<(String, String)>,
    /// Byte after the tag.
    pub(crate) end: usize,
    /// Byte of `<`.
    pub(crate) start: usize,
}

impl Tag {
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }
}

/// All tags of a page.
pub(crate) fn tags(html: &str) -> Vec<Tag> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(open) = html[at..].find('<').map(|i| at + i) {
        let Some(end) = end_of_tag(html, open) else { break };
        found.push(tag(html, open, end));
        at = end;
    }
    found
}

/// The byte after the `>` that ends the tag at `open`, quotes respected.
fn end_of_tag(html: &str, open: usize) -> Option<usize> {
    let mut quote = None;
    for (i, b) in html.bytes().enumerate().skip(open) {
        match (quote, b) {
            (None, b'"' | b'\'') => quote = Some(b),
            (Some(q), b) if b == q => quote = None,
            (None, b'>') => return Some(i + 1),
            _ => {}
        }
    }
    None
}

fn tag(html: &str, start: usize, end: usize) -> Tag {
    let inside = html[start + 1..end - 1].trim_end_matches('/');
    let (name, mut rest) = inside.split_once(char::is_whitespace).unwrap_or((inside, ""));
    let mut attributes = Vec::new();
    loop {
        rest = rest.trim_start();
        if rest.is_empty() {
            break;
        }
        let stop = rest.find(|c: char| c == '=' || c.is_whitespace()).unwrap_or(rest.len());
        let key = rest[..stop].to_ascii_lowercase();
        rest = rest[stop..].trim_start();
        let Some(after) = rest.strip_prefix('=') else {
            attributes.push((key, String::new()));
            continue;
        };
        let after = after.trim_start();
        let (value, left) = match after.chars().next() {
            Some(q @ ('"' | '\'')) => after[1..].split_once(q).unwrap_or((&after[1..], "")),
            _ => after.split_at(after.find(char::is_whitespace).unwrap_or(after.len())),
        };
        attributes.push((key, unescape(value)));
        rest = left;
    }
    Tag { name: name.to_ascii_lowercase(), attributes, end, start }
}

/// The text up to the closing tag of the same name.
pub(crate) fn text_of(html: &str, tags: &[Tag], index: usize) -> String {
    let close = format!("/{}", tags[index].name);
    let end = tags[index..].iter().find(|t| t.name == close).map_or(html.len(), |t| t.start);
    visible(&html[tags[index].end..end])
}

/// (text, address) of every link.
pub(crate) fn links(html: &str) -> Vec<(String, String)> {
    let tags = tags(html);
    (0..tags.len())
        .filter(|i| tags[*i].name == "a")
        .filter_map(|i| Some((text_of(html, &tags, i), tags[i].get("href")?.to_owned())))
        .collect()
}

/// Text without tags, entities read, white space single.
pub(crate) fn visible(html: &str) -> String {
    let mut text = String::new();
    let mut at = 0;
    for tag in tags(html) {
        if tag.start >= at {
            text.push_str(&html[at..tag.start]);
            text.push(' ');
            at = tag.end;
        }
    }
    text.push_str(&html[at.min(html.len())..]);
    unescape(&text).split_whitespace().collect::<Vec<_>>().join(" ")
}

fn unescape(text: &str) -> String {
    [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&nbsp;", " "), ("&amp;", "&")]
        .iter()
        .fold(text.to_owned(), |text, (entity, plain)| text.replace(entity, plain))
}
