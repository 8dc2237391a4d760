//! One posted text against one schema: normalised, or what is wrong with it.

use copihue_core::{Clp, Run};
use serde_json::Value;

use super::fault::Fault;
use crate::model::definition::{Format, Schema, Shape};
use crate::model::text::{clean, yes_no};

/// The value of a posted text. `Ok(None)` when it is empty.
///
/// # Errors
/// What is wrong with it.
pub fn normalise(schema: &Schema, raw: &str) -> Result<Option<Value>, Fault> {
    let text = clean(raw);
    if text.is_empty() {
        return Ok(None);
    }
    let value = match &schema.shape {
        Shape::Boolean => match text.as_str() {
            "si" | "true" | "on" | "1" => Value::Bool(true),
            "no" | "false" | "0" => Value::Bool(false),
            _ => return Err(Fault::YesNo),
        },
        Shape::Integer { min, max, choices } => {
            let value = integer(&text, *min, *max)?;
            return if choices.is_empty() { Ok(Some(value)) } else { chosen(schema, &value) };
        }
        Shape::Text { choices, .. } if !choices.is_empty() => return chosen(schema, &Value::from(text)),
        Shape::Text { format, pattern, min, max, .. } => {
            let text = formatted(*format, &text)?;
            length(&text, *min, *max)?;
            matches(pattern.as_deref(), &text)?;
            Value::from(text)
        }
        Shape::Object { .. } | Shape::List { .. } | Shape::File => {
            return Err(Fault::NotTyped);
        }
    };
    Ok(Some(value))
}

fn chosen(schema: &Schema, value: &Value) -> Result<Option<Value>, Fault> {
    let found = schema.choices().iter().find(|c| c.value == *value);
    found.map(|c| Some(c.value.clone())).ok_or(Fault::NotInList)
}

fn integer(text: &str, min: Option<i64>, max: Option<i64>) -> Result<Value, Fault> {
    let digits = text.trim_start_matches('$').trim().replace('.', "");
    let n: i64 = digits.parse().map_err(|_| Fault::Integer)?;
    match (min, max) {
        (Some(min), _) if n < min => Err(Fault::Below(min)),
        (_, Some(max)) if n > max => Err(Fault::Above(max)),
        _ => Ok(Value::from(n)),
    }
}

fn length(text: &str, min: u64, max: u64) -> Result<(), Fault> {
    let now = text.chars().count() as u64;
    if now < min {
        return Err(Fault::Short(min));
    }
    if now > max {
        return Err(Fault::Long { max, now });
    }
    Ok(())
}

fn matches(pattern: Option<&str>, text: &str) -> Result<(), Fault> {
    let Some(pattern) = pattern else { return Ok(()) };
    let regex = regex::Regex::new(&format!("^(?:{pattern})$")).map_err(|_| Fault::Pattern)?;
    if regex.is_match(text) { Ok(()) } else { Err(Fault::Pattern) }
}

fn formatted(format: Option<Format>, text: &str) -> Result<String, Fault> {
    Ok(match format {
        None => text.to_owned(),
        Some(Format::Run) => text.parse::<Run>().map_err(Fault::Run)?.compact(),
        Some(Format::Email) => email(text)?,
        Some(Format::Date) => date(text)?,
        Some(Format::TelCl) => phone(text)?,
        Some(Format::Patente) => {
            text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect()
        }
        Some(Format::Decimal) => decimal(text)?,
        Some(Format::Comuna) => {
            let ok = text.len() == 5 && text.bytes().all(|b| b.is_ascii_digit());
            if ok { text.to_owned() } else { return Err(Fault::Commune) }
        }
        Some(Format::Institucion) => text.to_owned(),
        Some(Format::Uri) => {
            if text.starts_with("https://") {
                text.to_owned()
            } else {
                return Err(Fault::Uri);
            }
        }
    })
}

fn email(text: &str) -> Result<String, Fault> {
    let (name, domain) = text.rsplit_once('@').ok_or(Fault::Email)?;
    let domain_ok = domain.contains('.')
        && domain.split('.').all(|l| !l.is_empty() && l.chars().all(|c| c.is_alphanumeric() || c == '-'));
    let name_ok = !name.is_empty() && name.len() <= 64 && !name.contains(['@', ' ', ',', ';', '<', '>', '"']);
    if domain_ok && name_ok && text.len() <= 254 {
        Ok(format!("{name}@{}", domain.to_lowercase()))
    } else {
        Err(Fault::Email)
    }
}

/// `2026-03-31`, `31-03-2026`, `31/3/26`, `31.3.2026`.
fn date(text: &str) -> Result<String, Fault> {
    let wrong = |_| Fault::Date;
    if let Ok(date) = text.parse::<jiff::civil::Date>() {
        return Ok(date.to_string());
    }
    let parts: Vec<i16> = text
        .split(['-', '/', '.', ' '])
        .map(str::parse)
        .collect::<Result<_, _>>()
        .map_err(|_| Fault::Date)?;
    let [day, month, year] = parts.as_slice() else { return Err(Fault::Date) };
    let year = if *year < 100 { 2000 + year } else { *year };
    let (month, day) = (i8::try_from(*month).map_err(wrong)?, i8::try_from(*day).map_err(wrong)?);
    jiff::civil::Date::new(year, month, day).map(|d| d.to_string()).map_err(|_| Fault::Date)
}

fn phone(text: &str) -> Result<String, Fault> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let national = digits.strip_prefix("56").unwrap_or(&digits);
    if national.len() == 9 { Ok(format!("+56{national}")) } else { Err(Fault::Phone) }
}

fn decimal(text: &str) -> Result<String, Fault> {
    let plain = text.replace('.', "").replace(',', ".");
    let ok = plain.split('.').count() <= 2
        && plain.chars().all(|c| c.is_ascii_digit() || c == '.' || c == '-')
        && plain.parse::<f64>().is_ok();
    if ok { Ok(plain) } else { Err(Fault::Decimal) }
}

/// A value as a person reads it.
#[must_use]
pub fn pretty(schema: &Schema, value: &Value) -> String {
    if let Some(choice) = schema.choices().iter().find(|c| c.value == *value) {
        return choice.title.clone();
    }
    match (&schema.shape, value) {
        (_, Value::Null) => String::new(),
        (_, Value::Bool(b)) => yes_no(*b).to_owned(),
        (Shape::File, file) => file.get("name").and_then(Value::as_str).unwrap_or_default().to_owned(),
        (Shape::Text { format: Some(Format::Run), .. }, Value::String(s)) => {
            s.parse::<Run>().map_or_else(|_| s.clone(), |run| run.to_string())
        }
        (Shape::Text { format: Some(Format::Date), .. }, Value::String(s)) => {
            s.parse().map_or_else(|_| s.clone(), copihue_core::text::day_month_year)
        }
        (_, Value::String(s)) => s.clone(),
        (Shape::Integer { .. }, Value::Number(n)) => {
            n.as_i64().map_or_else(|| n.to_string(), |n| Clp(n).to_string().replacen('$', "", 1))
        }
        (_, other) => other.to_string(),
    }
}

impl Schema {
    /// The known part of a value that has this shape; what is not in the schema is left out.
    ///
    /// # Errors
    /// Where it departs from the schema.
    pub fn pick(&self, value: &Value) -> Result<Value, String> {
        if value.is_null() && self.nullable {
            return Ok(Value::Null);
        }
        match (&self.shape, value) {
            (Shape::Object { properties, required }, Value::Object(map)) => {
                let mut out = serde_json::Map::new();
                for (name, schema) in properties {
                    match map.get(name) {
                        Some(value) => {
                            let value = schema.pick(value).map_err(|e| format!("{name}: {e}"))?;
                            out.insert(name.clone(), value);
                        }
                        None if required.contains(name) => return Err(format!("{name} is missing")),
                        None => {}
                    }
                }
                Ok(Value::Object(out))
            }
            (Shape::List { items, min, max }, Value::Array(values)) => {
                let n = values.len() as u64;
                if n < *min || n > *max {
                    return Err(format!("{n} items"));
                }
                values.iter().map(|v| items.pick(v)).collect::<Result<_, _>>().map(Value::Array)
            }
            (Shape::Boolean, Value::Bool(_)) => Ok(value.clone()),
            (Shape::Integer { min, max, .. }, Value::Number(n)) => {
                let n = n.as_i64().ok_or("not an integer")?;
                let inside = min.is_none_or(|m| n >= m) && max.is_none_or(|m| n <= m);
                if inside { in_list(self, value) } else { Err(format!("{n} is out of range")) }
            }
            (Shape::Text { format, pattern, max, .. }, Value::String(s)) => {
                if s.chars().count() as u64 > *max || s.contains('\0') {
                    return Err("too long".to_owned());
                }
                if *format == Some(Format::Date) && s.parse::<jiff::civil::Date>().is_err() {
                    return Err("not a date".to_owned());
                }
                matches(pattern.as_deref(), s).map_err(|_| "another shape")?;
                in_list(self, value)
            }
            (Shape::File, Value::Object(_)) => Ok(value.clone()),
            _ => Err("another type".to_owned()),
        }
    }
}

fn in_list(schema: &Schema, value: &Value) -> Result<Value, String> {
    let choices = schema.choices();
    if choices.is_empty() || choices.iter().any(|c| c.value == *value) {
        Ok(value.clone())
    } else {
        Err("not in the list".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use copihue_core::RunError;
    use serde_json::json;

    fn schema(value: Value) -> Schema {
        value.try_into().unwrap()
    }

    #[test]
    fn texts_become_values_or_a_fault() {
        let run = schema(json!({"type":"string","format":"run"}));
        assert_eq!(normalise(&run, " 12.345.678-5 "), Ok(Some("12345678-5".into())));
        assert_eq!(normalise(&run, "12.345.678-4"), Err(Fault::Run(RunError::CheckDigit)));
        let date = schema(json!({"type":"string","format":"date"}));
        assert_eq!(normalise(&date, "31/3/26"), Ok(Some("2026-03-31".into())));
        assert!(normalise(&date, "31-02-2026").is_err());
        let plate =
            schema(json!({"type":"string","format":"patente","pattern":"[A-Z]{2}[0-9]{4}|[A-Z]{4}[0-9]{2}"}));
        assert_eq!(normalise(&plate, "bb·cd-12"), Ok(Some("BBCD12".into())));
        assert!(normalise(&plate, "B1").is_err());
        let mail = schema(json!({"type":"string","format":"email"}));
        assert_eq!(normalise(&mail, "Ana@Ejemplo.CL"), Ok(Some("Ana@ejemplo.cl".into())));
        assert!(normalise(&mail, "ana@@x.cl").is_err());
        let money = schema(json!({"type":"integer","minimum":0,"maximum":1000000}));
        assert_eq!(normalise(&money, "$ 45.230"), Ok(Some(45230.into())));
        assert!(normalise(&money, "-1").is_err());
        assert_eq!(normalise(&money, "  "), Ok(None));
    }
}
