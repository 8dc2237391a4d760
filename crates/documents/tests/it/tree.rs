//! The structure tree and the parent tree say the same: what a reader finds from the tree, and what it finds from the page.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::sample::{permit, permit_values, render, resolution, resolution_values, tool, with_blocks};
use crate::verapdf::everything;

/// The objects of a file, as qpdf writes them.
struct Objects(Map<String, Value>);

/// A piece of marked content (its page and number), or an annotation by itself.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Place {
    Content(String, i64),
    Annotation(String),
}

type Owners = BTreeMap<Place, String>;

impl Objects {
    fn read(pdf: &[u8]) -> Self {
        let text = tool("qpdf", &["--json=2", "--json-key=qpdf"], pdf, &[]);
        let mut json: Value = serde_json::from_str(&text).unwrap();
        match json["qpdf"][1].take() {
            Value::Object(objects) => Self(objects),
            other => panic!("no objects: {other}"),
        }
    }

    /// A value, or the dictionary that a reference stands for.
    fn at<'a>(&'a self, value: &'a Value) -> &'a Value {
        value.as_str().and_then(|name| self.0.get(&format!("obj:{name}"))).map_or(value, |o| &o["value"])
    }

    fn root(&self) -> &Value {
        self.at(&self.at(&self.0["trailer"]["value"]["/Root"])["/StructTreeRoot"])
    }

    /// From the elements to the page.
    fn owners_by_tree(&self) -> Owners {
        let mut owners = Owners::new();
        let top = &self.root()["/K"];
        for child in top.as_array().unwrap() {
            self.element(child.as_str().unwrap(), &mut owners);
        }
        owners
    }

    fn element(&self, name: &str, owners: &mut Owners) {
        let element = self.at(&self.0[&format!("obj:{name}")]["value"]);
        let page = element["/Pg"].as_str().map(str::to_owned);
        for kid in element["/K"].as_array().unwrap() {
            let place = match kid {
                Value::Number(id) => Place::Content(page.clone().unwrap(), id.as_i64().unwrap()),
                Value::Object(_) if kid["/Type"] == "/MCR" => {
                    Place::Content(kid["/Pg"].as_str().unwrap().to_owned(), kid["/MCID"].as_i64().unwrap())
                }
                Value::Object(_) => Place::Annotation(kid["/Obj"].as_str().unwrap().to_owned()),
                _ => {
                    self.element(kid.as_str().unwrap(), owners);
                    continue;
                }
            };
            assert_eq!(owners.insert(place.clone(), name.to_owned()), None, "{place:?} twice");
        }
    }

    /// From the page to the elements.
    fn owners_by_page(&self) -> Owners {
        let numbers = self.at(&self.root()["/ParentTree"])["/Nums"].as_array().unwrap();
        let parents: BTreeMap<i64, &Value> =
            numbers.chunks(2).map(|pair| (pair[0].as_i64().unwrap(), self.at_array(&pair[1]))).collect();
        let mut owners = Owners::new();
        for (name, object) in &self.0 {
            let (name, value) = (name.trim_start_matches("obj:").to_owned(), &object["value"]);
            if let Some(key) = value["/StructParents"].as_i64() {
                for (id, element) in (0..).zip(parents[&key].as_array().unwrap()) {
                    owners.insert(Place::Content(name.clone(), id), element.as_str().unwrap().to_owned());
                }
            } else if let Some(key) = value["/StructParent"].as_i64() {
                owners.insert(Place::Annotation(name), parents[&key].as_str().unwrap().to_owned());
            }
        }
        owners
    }

    /// Only arrays are followed: of an element its name is wanted.
    fn at_array<'a>(&'a self, value: &'a Value) -> &'a Value {
        Some(self.at(value)).filter(|v| v.is_array()).unwrap_or(value)
    }
}

/// Rows whose cells wrap, each cell over another number of lines.
fn wrapping() -> Vec<u8> {
    let long = "La autoridad que suscribe, en uso de sus facultades, ".repeat(4);
    let cells = json!([{"label": "Uno", "value": "{v}"}, {"label": "Dos", "value": "{w}"}]);
    let template = with_blocks(json!([
        {"type": "facts", "items": cells}, {"type": "facts", "columns": 2, "items": cells},
        {"type": "highlight", "items": cells}, {"type": "table", "rows": "filas", "columns": cells, "total": ["a", "{w}"]}
    ]));
    render(&template, json!({"filas": [{}, {}], "v": long, "w": format!("{long}\n{long}")})).unwrap()
}

#[test]
fn sig_20_each_piece_of_a_page_belongs_to_the_same_element_owners_by_tree_and_from_the_page() {
    let (template, values) = everything();
    for (name, pdf) in [
        ("permit", render(&permit(), permit_values()).unwrap()),
        ("resolution", render(&resolution(), resolution_values()).unwrap()),
        ("everything", render(&template, values).unwrap()),
        ("wrapping", wrapping()),
    ] {
        let objects = Objects::read(&pdf);
        let tree = objects.owners_by_tree();
        assert!(tree.len() > 10, "{name}: {}", tree.len());
        assert_eq!(tree, objects.owners_by_page(), "{name}");
    }
}
