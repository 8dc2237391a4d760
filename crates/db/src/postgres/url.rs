//! `postgres://…?schema=x`: our own parameter, and the rest for the client.

use copihue_core::{Error, Result};
use postgres::Config;

/// Where to connect, and in which schema to work.
#[derive(Clone)]
pub(crate) struct Target {
    pub(super) config: Config,
    pub(super) schema: Option<String>,
}

impl Target {
    pub(crate) fn parse(url: &str) -> Result<Self> {
        let (base, query) = url.split_once('?').unwrap_or((url, ""));
        let (ours, rest): (Vec<&str>, Vec<&str>) =
            query.split('&').filter(|pair| !pair.is_empty()).partition(|pair| pair.starts_with("schema="));
        let schema = ours.first().map(|pair| pair["schema=".len()..].to_owned());
        if let Some(name) = &schema
            && (name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'))
        {
            return Err(Error::internal("the schema's name may hold letters, digits and _ only"));
        }
        let plain = if rest.is_empty() { base.to_owned() } else { format!("{base}?{}", rest.join("&")) };
        let mut config: Config =
            plain.parse().map_err(|e| Error::internal(format_args!("the database's address: {e}")))?;
        config.application_name(&match &schema {
            Some(schema) => format!("copihue {schema}"),
            None => "copihue".to_owned(),
        });
        Ok(Self { config, schema })
    }
}
