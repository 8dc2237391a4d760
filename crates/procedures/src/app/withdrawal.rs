//! The resolution of withdrawal (LBPA 31): the kernel's own, the same for every procedure.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::model::definition::{Definition, Document, Letter, Part, Sign};
use crate::model::machine::Owed;

/// Its id among the documents of a case.
pub(super) const ID: &str = "desistimiento";

pub(super) fn document() -> Document {
    Document {
        title: "Resolución que declara el desistimiento".into(),
        template: json!({
            "format": "copihue/document/1",
            "header": {"institution": "{institucion}", "reference": "Expediente {expediente}"},
            "title": "Resolución exenta",
            "subtitle": "Declara el desistimiento de la solicitud",
            "legal_parts": ["vistos", "considerandos", "decision", "recursos"],
            "blocks": [
                {"type": "paragraph", "look": "right", "text": "{lugar}"},
                {"type": "section", "part": "vistos", "heading": "Vistos", "items": ["{vistos}"]},
                {"type": "section", "part": "considerandos", "heading": "Considerando", "marker": "ordinal", "items": ["{hechos}", "{fundamentos}"]},
                {"type": "section", "part": "decision", "heading": "Resuelvo", "items": ["{decision}"]},
                {"type": "section", "part": "recursos", "heading": "Recursos", "items": [{"text": "{item}", "rows": "recursos"}]},
                {"type": "signature", "name": "{firmante}", "post": "{cargo}", "institution": "{institucion}"},
                {"type": "verify"}
            ]
        }),
        values: BTreeMap::new(),
        sign: Sign::Official,
        kind: 36,
        unique: None,
        resolution: Some(Letter {
            effect: Part::Rejects,
            norms: "''".into(),
            facts: "''".into(),
            grounds: "''".into(),
            decision: "''".into(),
        }),
        public: BTreeMap::new(),
    }
}

/// Its parts: what was asked, until when, and the official's own words.
pub(super) fn parts(d: &Definition, owed: &Owed, facts: &str) -> Map<String, Value> {
    let asked = format!(
        "Que se pidió completar la solicitud de «{}» hasta el {}: {} {}",
        d.title.es(),
        copihue_core::text::day_month_year(owed.request.due),
        owed.request.what,
        facts.trim(),
    );
    let parts = [
        ("vistos", format!("Lo dispuesto en los artículos 31 y 41 de la Ley N° 19.880 y en {}.", d.catalog.legal_basis.join(", "))),
        ("hechos", asked),
        ("fundamentos", "Que la persona fue advertida de que se le tendría por desistida si no respondía dentro de plazo (artículo 31 de la Ley N° 19.880), y no respondió.".to_owned()),
        ("decision", "Téngase por desistida a la persona de su solicitud. Puede presentarla de nuevo cuando quiera.".to_owned()),
    ];
    parts.into_iter().map(|(name, text)| (name.to_owned(), Value::from(text))).collect()
}
