//! The documents that are signed: permits of one page, PDF/A-2a and PDF/UA-1, from a template.

use copihue_core::{SystemRandom, Timestamp, VerificationCode};
use copihue_documents::{Engine, Meta, Template};
use serde_json::{Map, Value, json};

/// A permit with a table, facts and a signer, as a municipality issues it.
const FULL: &str = include_str!("../../../documents/tests/it/permit.json");

pub(crate) struct Permits {
    engine: Engine,
    template: Template,
    values: fn(u32) -> Value,
}

impl Permits {
    /// As little as a permit can say.
    pub(crate) fn small() -> Self {
        let template = json!({
            "format": "copihue/document/1",
            "header": {"institution": "{institucion}"},
            "title": "Permiso de circulación {anio}",
            "blocks": [
                {"type": "highlight", "items": [{"label": "Patente", "value": "{patente}"}]},
                {"type": "verify"}
            ]
        });
        Self { engine: Engine::new(), template: serde_json::from_value(template).unwrap(), values: small }
    }

    /// All that a permit says.
    pub(crate) fn full() -> Self {
        Self { engine: Engine::new(), template: serde_json::from_str(FULL).unwrap(), values: full }
    }

    /// The same, for people whose names have letters beyond those that every document carries.
    pub(crate) fn foreign() -> Self {
        Self { values: foreign, ..Self::full() }
    }

    /// The permit of this number.
    pub(crate) fn render(&self, number: u32, at: Timestamp) -> Vec<u8> {
        let Value::Object(values) = (self.values)(number) else { panic!("values are an object") };
        self.engine.render(&self.template, &values, &meta(number, at)).unwrap()
    }
}

fn meta(number: u32, at: Timestamp) -> Meta {
    let code = VerificationCode::new(&SystemRandom);
    Meta {
        title: "Permiso de circulación 2026".into(),
        author: "Municipalidad de Ollagüe".into(),
        lang: "es-CL".into(),
        created: at,
        document_id: format!("01KWCX7JTTD3DY2NAGDJ{number:06}"),
        code: Some(code),
        preview: false,
        verify_url: Some(format!("https://tramites.ejemplo.cl/v/{}", code.compact())),
    }
}

fn small(number: u32) -> Value {
    json!({"institucion": "Municipalidad de Ollagüe", "anio": 2026, "patente": format!("SK{number:04}")})
}

fn full(number: u32) -> Value {
    const NAMES: [&str; 4] = [
        "Ñandú Güemes Pérez",
        "Inés Toro",
        "María José de los Ángeles Catrileo Ñancupil",
        "Iván Rehbein Kühn",
    ];
    let fine = i64::from(number % 97) * 1_130;
    let mut values = json!({
        "institucion": "Municipalidad de Ollagüe", "unidad": "Dirección de Tránsito y Transporte Público",
        "folio": format!("PC-2026-{number:07}"), "anio": 2026, "patente": format!("SK{number:04}"), "vence": "2027-03-31",
        "titular": NAMES[number as usize % NAMES.len()], "run": "44444444-4",
        "vehiculo": {"tipo": "Automóvil", "marca": "Toyota", "modelo": "Yaris 1.5", "anio": 2021, "color": "Gris plata",
            "motor": format!("2NR{number:07}"), "chasis": format!("JTDBT923X8{number:07}")},
        "lineas": [
            {"concepto": "Impuesto anual sobre la tasación fiscal", "base": "Art. 12, D.L. 3.063", "monto": 98_340},
            {"concepto": "Multas de tránsito no pagadas", "base": "Art. 24, Ley 18.287", "monto": fine},
        ],
        "total": 98_340 + fine, "cuota": false,
        "soap": {"compania": "Seguros Ejemplo S.A.", "poliza": "900-1234567", "hasta": "2027-03-31"},
        "revision": {"planta": "PRT 1310-2", "hasta": "2027-05-02"},
        "firmante": {"nombre": "María José Iñíguez Muñoz", "cargo": "Directora de Tránsito y Transporte Público"},
        "fecha": "2026-12-07"
    });
    values["numero"] = number.into();
    values
}

fn foreign(number: u32) -> Value {
    let mut values: Map<String, Value> = serde_json::from_value(full(number)).unwrap();
    values.insert("titular".into(), "Zoë Škvorecký Ḻafkenche".into());
    values.into()
}
