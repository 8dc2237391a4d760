//! Exclusive canonical form, without comments (<http://www.w3.org/2001/10/xml-exc-c14n#>).

use std::collections::BTreeMap;

use roxmltree::{Attribute, Document, Node};

/// Deeper than any honest document, and shallow enough for the stack.
const MAX_DEPTH: usize = 256;

/// A document that nests too deep.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct TooDeep;

/// Prefix → name, as it stands in the output so far.
type Rendered<'a> = BTreeMap<&'a str, &'a str>;

/// The whole document: its root, and the instructions around it.
pub(super) fn document(document: &Document<'_>) -> Result<String, TooDeep> {
    let mut out = String::new();
    let root = document.root_element();
    for node in document.root().children() {
        if node == root {
            element(root, document, &Rendered::new(), &mut out, 0)?;
        } else if node.is_pi() {
            let after = node.range().start > root.range().start;
            out.push_str(if after { "\n" } else { "" });
            instruction(node, &mut out);
            out.push_str(if after { "" } else { "\n" });
        }
    }
    Ok(out)
}

/// An element and all that is in it.
pub(super) fn subtree(node: Node<'_, '_>, document: &Document<'_>) -> Result<String, TooDeep> {
    let mut out = String::new();
    element(node, document, &Rendered::new(), &mut out, 0)?;
    Ok(out)
}

fn element<'a>(
    node: Node<'a, '_>,
    document: &'a Document<'_>,
    rendered: &Rendered<'a>,
    out: &mut String,
    depth: usize,
) -> Result<(), TooDeep> {
    if depth > MAX_DEPTH {
        return Err(TooDeep);
    }
    let name = qualified_name(node, document);
    let mut attributes: Vec<(Attribute<'a, '_>, &'a str)> =
        node.attributes().map(|a| (a, &document.input_text()[a.range_qname()])).collect();
    attributes.sort_by_key(|(a, _)| (a.namespace().unwrap_or_default().to_owned(), a.name().to_owned()));
    let mut used: Vec<&'a str> = vec![prefix(name)];
    used.extend(attributes.iter().map(|(_, q)| prefix(q)).filter(|p| !p.is_empty() && *p != "xml"));
    used.sort_unstable();
    used.dedup();

    let mut known = rendered.clone();
    out.push('<');
    out.push_str(name);
    for prefix in used.into_iter().filter(|p| *p != "xml") {
        let uri = node.lookup_namespace_uri((!prefix.is_empty()).then_some(prefix)).unwrap_or_default();
        if known.get(prefix).copied().unwrap_or_default() != uri {
            known.insert(prefix, uri);
            let colon = if prefix.is_empty() { "" } else { ":" };
            out.push_str(&format!(" xmlns{colon}{prefix}=\""));
            escape_value(uri, out);
            out.push('"');
        }
    }
    for (attribute, qualified) in attributes {
        out.push_str(&format!(" {qualified}=\""));
        escape_value(attribute.value(), out);
        out.push('"');
    }
    out.push('>');
    for child in node.children() {
        if child.is_element() {
            element(child, document, &known, out, depth + 1)?;
        } else if child.is_text() {
            escape_text(child.text().unwrap_or_default(), out);
        } else if child.is_pi() {
            instruction(child, out);
        }
    }
    out.push_str(&format!("</{name}>"));
    Ok(())
}

/// The element's name as it is written, prefix included.
pub(super) fn qualified_name<'a>(node: Node<'_, '_>, document: &'a Document<'_>) -> &'a str {
    let rest = &document.input_text()[node.range()][1..];
    let end = rest.find(|c: char| c.is_ascii_whitespace() || c == '/' || c == '>').unwrap_or(rest.len());
    &rest[..end]
}

fn prefix(qualified: &str) -> &str {
    qualified.split_once(':').map_or("", |(prefix, _)| prefix)
}

fn instruction(node: Node<'_, '_>, out: &mut String) {
    let Some(pi) = node.pi() else { return };
    let value = pi.value.map(|v| format!(" {v}")).unwrap_or_default();
    out.push_str(&format!("<?{}{value}?>", pi.target));
}

fn escape_text(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\r' => out.push_str("&#xD;"),
            c => out.push(c),
        }
    }
}

fn escape_value(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '"' => out.push_str("&quot;"),
            '\t' => out.push_str("&#x9;"),
            '\n' => out.push_str("&#xA;"),
            '\r' => out.push_str("&#xD;"),
            c => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_used_is_declared_and_attributes_are_in_order() {
        let text = "<?a b?><r xmlns='u' xmlns:p='v' xmlns:q='w' z='1' p:b='2' a='\"&#10;'><!-- no -->\
                    <p:c/><d xmlns=''>x&lt;<![CDATA[y&]]></d></r>";
        let parsed = Document::parse(text).unwrap();
        assert_eq!(
            document(&parsed).unwrap(),
            "<?a b?>\n<r xmlns=\"u\" xmlns:p=\"v\" a=\"&quot;&#xA;\" z=\"1\" p:b=\"2\"><p:c></p:c>\
             <d xmlns=\"\">x&lt;y&amp;</d></r>"
        );
        let inner = parsed.root_element().first_element_child().unwrap();
        assert_eq!(subtree(inner, &parsed).unwrap(), "<p:c xmlns:p=\"v\"></p:c>");
    }
}
