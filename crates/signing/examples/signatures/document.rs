//! The document that is signed: a permit of one page, PDF/A-2a and PDF/UA-1, from a template.

use copihue_core::Timestamp;
use copihue_documents::{Engine, Meta, Template};
use serde_json::json;

pub(crate) struct Permits {
    engine: Engine,
    template: Template,
}

impl Permits {
    pub(crate) fn new() -> Self {
        let template = json!({
            "format": "copihue/document/1",
            "header": {"institution": "{institucion}"},
            "title": "Permiso de circulación {anio}",
            "blocks": [
                {"type": "highlight", "items": [{"label": "Patente", "value": "{patente}"}]},
                {"type": "verify"}
            ]
        });
        Self { engine: Engine::new(), template: serde_json::from_value(template).unwrap() }
    }

    /// The permit of this number.
    pub(crate) fn render(&self, number: u32, at: Timestamp) -> Vec<u8> {
        let values = json!({
            "institucion": "Municipalidad de Ollagüe", "anio": 2026, "patente": format!("SK{number:04}"),
        });
        let meta = Meta {
            title: "Permiso de circulación 2026".into(),
            author: "Municipalidad de Ollagüe".into(),
            lang: "es-CL".into(),
            created: at,
            document_id: format!("01KWCX7JTTD3DY2NAGDJ{number:06}"),
            code: "RTZZ-AERD-F9JG-66PK".parse().ok(),
            verify_url: Some("https://ejemplo.cl/v/RTZZ-AERD-F9JG-66PK".into()),
        };
        self.engine.render(&self.template, values.as_object().unwrap(), &meta).unwrap()
    }
}
