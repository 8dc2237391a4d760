//! The resolution of withdrawal (LBPA 31): the kernel's own, the same for every procedure.

use std::collections::BTreeMap;

use copihue_core::Result;
use copihue_core::text::day_month_year;
use copihue_web::args;
use copihue_web::locale::{t, ta};
use serde_json::{Map, Value};

use crate::model::definition::{Definition, Document, Letter, Part, Sign};
use crate::model::machine::Owed;

/// Its id among the documents of a case.
pub(super) const ID: &str = "desistimiento";

const TEMPLATE: &str = include_str!("../../templates/desistimiento.json");

pub(super) fn document() -> Result<Document> {
    Ok(Document {
        title: t("procedures-withdrawal-title").into(),
        template: serde_json::from_str(TEMPLATE)?,
        values: BTreeMap::new(),
        sign: Sign::Official,
        kind: 36,
        bulk: false,
        unique: None,
        resolution: Some(Letter {
            effect: Part::Rejects,
            norms: "''".into(),
            facts: "''".into(),
            grounds: "''".into(),
            decision: "''".into(),
        }),
        public: BTreeMap::new(),
    })
}

/// Its parts: what was asked, until when, and the official's own words.
pub(super) fn parts(d: &Definition, owed: &Owed, facts: &str) -> Map<String, Value> {
    let asked = args! {
        "procedure" => d.title.es(), "due" => day_month_year(owed.request.due), "what" => owed.request.what.as_str(),
        "facts" => facts.trim(),
    };
    let norms = args! {"basis" => d.catalog.legal_basis.join(", ")};
    let parts = [
        ("vistos", ta("procedures-withdrawal-norms", &norms)),
        ("hechos", ta("procedures-withdrawal-asked", &asked)),
        ("fundamentos", t("procedures-withdrawal-grounds").to_owned()),
        ("decision", t("procedures-withdrawal-decision").to_owned()),
    ];
    parts.into_iter().map(|(name, text)| (name.to_owned(), Value::from(text))).collect()
}
