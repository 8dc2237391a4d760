//! A permit and a resolution, as a municipality would issue them.

use std::process::Command;
use std::sync::LazyLock;

use copihue_core::{Result, Timestamp};
use copihue_documents::{Engine, Meta, Template};
use serde_json::{Value, json};

pub(crate) static ENGINE: LazyLock<Engine> = LazyLock::new(Engine::new);

pub(crate) fn meta() -> Meta {
    Meta {
        title: "Permiso de circulación 2026".into(),
        author: "Ilustre Municipalidad de Puente Alto".into(),
        lang: "es-CL".into(),
        created: Timestamp::parse("2026-12-07T14:05:09Z").unwrap(),
        document_id: "01KWCX7JTTD3DY2NAGDJJ7M80H".into(),
        preview: false,
        code: Some("RTZZ-AERD-F9JG-66PK".parse().unwrap()),
        verify_url: Some("https://tramites.puentealto.example.cl/v/RTZZ-AERD-F9JG-66PK".into()),
    }
}

pub(crate) fn template(value: Value) -> Template {
    serde_json::from_value(value).unwrap()
}

/// A template with only these blocks.
pub(crate) fn with_blocks(blocks: Value) -> Template {
    template(json!({"format": "copihue/document/1", "header": {"institution": "Municipalidad"},
        "title": "Documento", "blocks": blocks}))
}

pub(crate) fn render(template: &Template, values: Value) -> Result<Vec<u8>> {
    ENGINE.render(template, values.as_object().unwrap(), &meta())
}

/// What `pdftotext -layout` reads, with runs of spaces folded.
pub(crate) fn text_of(pdf: &[u8]) -> String {
    let out = tool("pdftotext", &["-layout", "-enc", "UTF-8"], pdf, &["-"]);
    let words = |line: &str| line.split(' ').filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" ");
    out.split('\n').map(words).collect::<Vec<_>>().join("\n")
}

/// Runs a foreign tool over the bytes and answers what it prints; fails when the tool does.
pub(crate) fn tool(name: &str, before: &[&str], pdf: &[u8], after: &[&str]) -> String {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), pdf).unwrap();
    let out = Command::new(name).args(before).arg(file.path()).args(after).output().unwrap();
    assert!(out.status.success(), "{name}: {}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8_lossy(&out.stdout).into_owned()
}

pub(crate) fn permit() -> Template {
    serde_json::from_str(include_str!("permit.json")).unwrap()
}

pub(crate) fn resolution() -> Template {
    serde_json::from_str(include_str!("resolution.json")).unwrap()
}

pub(crate) fn permit_values() -> Value {
    json!({
        "institucion": "Ilustre Municipalidad de Puente Alto",
        "unidad": "Dirección de Tránsito y Transporte Público",
        "folio": "PC-2026-0000421",
        "anio": 2026,
        "patente": "SKKB-41",
        "vence": "2027-03-31",
        "titular": "Ñandú Güemes Pérez",
        "run": "44444444-4",
        "vehiculo": {"tipo": "Automóvil", "marca": "Toyota", "modelo": "Yaris 1.5", "anio": 2021, "color": "Gris plata",
            "motor": "2NR4501234", "chasis": "JTDBT923X81234567"},
        "lineas": [
            {"concepto": "Impuesto anual sobre la tasación fiscal ($7.420.000)", "base": "Art. 12, D.L. 3.063", "monto": 98340},
            {"concepto": "Multas de tránsito no pagadas", "base": "Art. 24, Ley 18.287", "monto": 45230},
        ],
        "total": 143_570,
        "cuota": false,
        "soap": {"compania": "Seguros Ejemplo S.A.", "poliza": "900-1234567", "hasta": "2027-03-31"},
        "revision": {"planta": "PRT 1310-2", "hasta": "2027-05-02"},
        "firmante": {"nombre": "María José Iñíguez Muñoz", "cargo": "Directora de Tránsito y Transporte Público"},
        "fecha": "2026-12-07"
    })
}

pub(crate) fn resolution_values() -> Value {
    json!({
        "institucion": "Ilustre Municipalidad de Ollagüe", "unidad": "Alcaldía", "numero": "1.204",
        "fecha": "2026-12-10", "comuna": "Ollagüe", "persona": "Ñandú Güemes Pérez", "run": "44444444-4",
        "hechos": ["El 7 de diciembre de 2026 se recibió la solicitud.", "La revisión técnica venció el 2 de mayo de 2026."],
        "peticiones": [{"peticion": "Otorgar el permiso", "respuesta": "se rechaza"}],
        "recurso": "reposición", "organo": "la misma autoridad que dicta este acto", "plazo": "2026-12-17",
        "firmante": {"nombre": "Humberto Flores", "cargo": "Alcalde"}
    })
}
