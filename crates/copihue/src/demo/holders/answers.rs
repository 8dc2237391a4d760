//! What each holder tells of a vehicle, relative to the day on which it is asked.

use jiff::civil::{Date, date};
use serde_json::{Value, json};

use super::vehicle::{Story, Vehicle};

/// The vehicle register's own record.
pub(super) fn register(v: &Vehicle) -> Value {
    json!({
        "fuente": "Servicio de Registro Civil e Identificación (muestra)",
        "patente": v.plate, "marca": v.make, "modelo": v.model, "version": "estándar", "anio": v.year,
        "tipo": v.kind, "color": v.colour, "combustible": v.fuel,
        "motor": format!("M{:09}", v.number(1, 9)), "chasis": format!("9BS{:014}", v.number(2, 14)),
        "propietario": {"run": v.owner.compact(), "nombre": v.owner_name},
        "encargo_robo": v.story == Story::Stolen,
        "codigo_sii": v.sii_code(),
    })
}

/// The valuation of the year, when the list has it.
pub(super) fn valuation(code: &str, year: i64) -> Option<Value> {
    let pesos = super::vehicle::valuation(code, year)?;
    Some(json!({
        "fuente": "Lista de tasación de vehículos (muestra)",
        "codigo_sii": code, "anio": year, "tasacion": pesos,
    }))
}

/// Unpaid traffic fines.
pub(super) fn fines(v: &Vehicle, today: Date) -> Value {
    let year = i64::from(today.year());
    let list = if v.story == Story::UnpaidFines {
        json!([
            {"juzgado": "1.er Juzgado de Policía Local de Puente Alto", "causa": "4521-M", "monto": 52_300, "fecha": format!("{}-05-03", year - 1)},
            {"juzgado": "2.º Juzgado de Policía Local de La Florida", "causa": "1187-K", "monto": 34_870, "fecha": format!("{}-08-19", year - 1)},
        ])
    } else {
        json!([])
    };
    json!({"fuente": "Registro de multas de tránsito no pagadas (muestra)", "multas": list})
}

/// The permit of `year`.
pub(super) fn previous_permit(v: &Vehicle, year: i64) -> Value {
    json!({
        "fuente": "Registro de permisos de circulación (muestra)",
        "patente": v.plate, "anio": year, "municipalidad": "Municipalidad de Puente Alto", "codigo_municipalidad": "PE-MUN-00301",
        "folio": format!("{:08}", v.number(3, 8)), "pago": "total",
        "pagado_el": format!("{year}-03-{:02}", 1 + v.number(4, 4) % 28),
    })
}

/// The mandatory insurance.
pub(super) fn insurance(v: &Vehicle, today: Date) -> Value {
    let year = today.year();
    let from = date(year - i16::from(today < date(year, 4, 1)), 4, 1);
    let mut until = date(from.year() + 2, 3, 31);
    if v.story == Story::InsuranceTooShort {
        until = today.checked_add(jiff::Span::new().days(12)).unwrap_or(today);
    }
    json!({
        "fuente": "Seguros Araucaria S. A. (muestra)",
        "patente": v.plate, "compania": "Seguros Araucaria S. A.", "poliza": format!("SOAP-{:09}", v.number(6, 9)),
        "desde": from.to_string(), "hasta": until.to_string(),
    })
}

/// The technical inspection.
pub(super) fn inspection(v: &Vehicle, today: Date) -> Value {
    let months = if v.story == Story::InspectionExpired { -14 } else { -(1 + (v.number(7, 2) % 9) as i64) };
    let made = today.checked_add(jiff::Span::new().months(months)).unwrap_or(today);
    let until = made.checked_add(jiff::Span::new().months(12)).unwrap_or(today);
    json!({
        "fuente": "Plantas de revisión técnica (muestra)",
        "patente": v.plate, "planta": "Planta B-1305, Puente Alto", "fecha": made.to_string(), "resultado": "aprobada",
        "vence": until.to_string(),
    })
}
