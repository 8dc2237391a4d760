//! Canonical forms: the exclusive one that we write (<http://www.w3.org/2001/10/xml-exc-c14n#>), and the inclusive ones that
//! others do (<http://www.w3.org/TR/2001/REC-xml-c14n-20010315>, <http://www.w3.org/2006/12/xml-c14n11>).

use std::collections::BTreeMap;

use roxmltree::{Attribute, Document, Node};

/// Deeper than any honest document, and shallow enough for the stack.
const MAX_DEPTH: usize = 256;

/// A document that nests too deep.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct TooDeep;

/// Prefix → name, as it stands in the output so far.
type Rendered<'a> = BTreeMap<&'a str, &'a str>;

/// Which declarations of namespaces are written.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Method {
    /// Those that are used, and these prefixes besides (`#default`: the one without a prefix).
    Exclusive(Vec<String>),
    /// Each that counts where an element stands, with the `xml:` attributes from around it: 1.0 takes all of them, 1.1 those
    /// that still mean the same.
    Inclusive { inherits_all: bool },
}

/// A canonical form.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Form {
    method: Method,
    with_comments: bool,
}

impl Form {
    /// The form that everything of ours is written in.
    pub(crate) const EXCLUSIVE: Self = Self { method: Method::Exclusive(Vec::new()), with_comments: false };
    /// What counts where nothing is said (XML-DSig §4.4.3.2).
    pub(crate) const INCLUSIVE: Self =
        Self { method: Method::Inclusive { inherits_all: true }, with_comments: false };

    /// By its address; `None` when it is none that is known here.
    pub(crate) fn from_address(address: &str, prefixes: &str) -> Option<Self> {
        let (address, with_comments) = match address.strip_suffix("WithComments") {
            Some(rest) => (rest.trim_end_matches('#'), true),
            None => (address.trim_end_matches('#'), false),
        };
        let method = match address {
            "http://www.w3.org/2001/10/xml-exc-c14n" => {
                Method::Exclusive(prefixes.split_ascii_whitespace().map(str::to_owned).collect())
            }
            "http://www.w3.org/TR/2001/REC-xml-c14n-20010315" => Method::Inclusive { inherits_all: true },
            "http://www.w3.org/2006/12/xml-c14n11" => Method::Inclusive { inherits_all: false },
            _ => return None,
        };
        Some(Self { method, with_comments })
    }

    /// The same without comments: what is named within its own document comes without them (XML-DSig §4.4.3.3).
    pub(crate) fn without_comments(mut self) -> Self {
        self.with_comments = false;
        self
    }
}

/// A part of a document to be written, and which of its elements are left out.
pub(crate) struct Part<'a, 'd, 'i> {
    pub(crate) document: &'d Document<'i>,
    pub(crate) form: &'a Form,
    pub(crate) is_left_out: &'a dyn Fn(Node<'_, '_>) -> bool,
}

/// The whole document in the form of ours: its root, and the instructions around it.
pub(super) fn document(document: &Document<'_>) -> Result<String, TooDeep> {
    Part { document, form: &Form::EXCLUSIVE, is_left_out: &|_| false }.whole()
}

/// An element and all that is in it, in the form of ours.
pub(super) fn subtree(node: Node<'_, '_>, document: &Document<'_>) -> Result<String, TooDeep> {
    Part { document, form: &Form::EXCLUSIVE, is_left_out: &|_| false }.subtree(node)
}

impl<'d> Part<'_, 'd, '_> {
    /// The whole document: its root, and what stands around it.
    pub(crate) fn whole(&self) -> Result<String, TooDeep> {
        let mut out = String::new();
        let root = self.document.root_element();
        for node in self.document.root().children() {
            let is_shown = node.is_pi() || node.is_comment() && self.form.with_comments;
            if node == root {
                self.element(root, &Rendered::new(), &mut out, 0)?;
            } else if is_shown {
                let after = node.range().start > root.range().start;
                out.push_str(if after { "\n" } else { "" });
                aside(node, &mut out);
                out.push_str(if after { "" } else { "\n" });
            }
        }
        Ok(out)
    }

    /// An element and all that is in it.
    pub(crate) fn subtree(&self, node: Node<'d, '_>) -> Result<String, TooDeep> {
        let mut out = String::new();
        self.element(node, &Rendered::new(), &mut out, 0)?;
        Ok(out)
    }

    fn element(
        &self,
        node: Node<'d, '_>,
        rendered: &Rendered<'d>,
        out: &mut String,
        depth: usize,
    ) -> Result<(), TooDeep> {
        if (self.is_left_out)(node) {
            return Ok(());
        }
        if depth > MAX_DEPTH {
            return Err(TooDeep);
        }
        let name = qualified_name(node, self.document);
        let mut attributes = self.attributes(node);
        if depth == 0 {
            attributes.extend(self.inherited(node));
        }
        attributes.sort_by_key(|(a, _)| (a.namespace().unwrap_or_default(), a.name()));
        let mut known = rendered.clone();
        out.push('<');
        out.push_str(name);
        for prefix in self.declared(node, name, &attributes) {
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
                self.element(child, &known, out, depth + 1)?;
            } else if child.is_text() {
                escape_text(child.text().unwrap_or_default(), out);
            } else if child.is_pi() || child.is_comment() && self.form.with_comments {
                aside(child, out);
            }
        }
        out.push_str(&format!("</{name}>"));
        Ok(())
    }

    fn attributes(&self, node: Node<'d, '_>) -> Vec<(Attribute<'d, '_>, &'d str)> {
        node.attributes().map(|a| (a, &self.document.input_text()[a.range_qname()])).collect()
    }

    /// The prefixes whose declarations count here, sorted.
    fn declared(
        &self,
        node: Node<'d, '_>,
        name: &'d str,
        attributes: &[(Attribute<'d, '_>, &'d str)],
    ) -> Vec<&'d str> {
        let in_scope = || node.namespaces().map(|n| n.name().unwrap_or_default());
        let mut prefixes: Vec<&'d str> = match &self.form.method {
            Method::Inclusive { .. } => in_scope().collect(),
            Method::Exclusive(besides) => {
                let is_asked = |p: &&str| besides.iter().any(|b| b == p || b == "#default" && p.is_empty());
                let of_attributes = attributes.iter().map(|(_, q)| prefix(q)).filter(|p| !p.is_empty());
                std::iter::once(prefix(name))
                    .chain(of_attributes)
                    .chain(in_scope().filter(is_asked))
                    .collect()
            }
        };
        prefixes.retain(|p| *p != "xml");
        prefixes.sort_unstable();
        prefixes.dedup();
        prefixes
    }

    /// The `xml:` attributes that an element takes over from those around it, when it is written without them.
    fn inherited(&self, node: Node<'d, '_>) -> Vec<(Attribute<'d, '_>, &'d str)> {
        const XML: &str = "http://www.w3.org/XML/1998/namespace";
        let Method::Inclusive { inherits_all } = self.form.method else { return Vec::new() };
        let mut found: Vec<(Attribute<'d, '_>, &'d str)> = Vec::new();
        for above in node.ancestors().skip(1) {
            for (attribute, qualified) in self.attributes(above) {
                let is_taken = attribute.namespace() == Some(XML)
                    && (inherits_all || ["lang", "space"].contains(&attribute.name()))
                    && !node.has_attribute((XML, attribute.name()))
                    && !found.iter().any(|(a, _)| a.name() == attribute.name());
                if is_taken {
                    found.push((attribute, qualified));
                }
            }
        }
        found
    }
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

/// A comment or an instruction.
fn aside(node: Node<'_, '_>, out: &mut String) {
    let Some(pi) = node.pi() else {
        return out.push_str(&format!("<!--{}-->", node.text().unwrap_or_default()));
    };
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

    #[test]
    fn other_forms_take_over_what_counts_around_an_element() {
        let text =
            "<r xmlns='u' xmlns:p='v' xml:lang='es' xml:id='1'><!-- c --><p:c b='1'><d xmlns=''/></p:c></r>";
        let parsed = Document::parse(text).unwrap();
        let inner = parsed.root_element().first_element_child().unwrap();
        let form = |address: &str, prefixes| {
            let form = Form::from_address(address, prefixes).unwrap();
            Part { document: &parsed, form: &form, is_left_out: &|_| false }.subtree(inner).unwrap()
        };
        assert_eq!(
            form("http://www.w3.org/TR/2001/REC-xml-c14n-20010315", ""),
            "<p:c xmlns=\"u\" xmlns:p=\"v\" b=\"1\" xml:id=\"1\" xml:lang=\"es\"><d xmlns=\"\"></d></p:c>"
        );
        assert_eq!(
            form("http://www.w3.org/2006/12/xml-c14n11", ""),
            "<p:c xmlns=\"u\" xmlns:p=\"v\" b=\"1\" xml:lang=\"es\"><d xmlns=\"\"></d></p:c>"
        );
        assert_eq!(
            form("http://www.w3.org/2001/10/xml-exc-c14n#", "#default x"),
            "<p:c xmlns=\"u\" xmlns:p=\"v\" b=\"1\"><d xmlns=\"\"></d></p:c>"
        );
        let with = Form::from_address("http://www.w3.org/2001/10/xml-exc-c14n#WithComments", "").unwrap();
        let whole = Part { document: &parsed, form: &with, is_left_out: &|n| n == inner }.whole().unwrap();
        assert_eq!(whole, "<r xmlns=\"u\" xml:id=\"1\" xml:lang=\"es\"><!-- c --></r>");
        assert!(Form::from_address("http://www.w3.org/TR/1999/REC-xslt-19991116", "").is_none());
    }
}
