//! Every act with legal effect goes into the transparency log, in the act's own transaction.

use copihue_core::{Error, Id, Result};
use copihue_db::Tx;
use copihue_ledger::{Family, Field, Ledger, Record};
use copihue_signing::Act as SigningAct;
use futures_util::future::BoxFuture;
use serde_json::Value;

/// The log, as each service asks for it.
#[derive(Clone)]
pub(crate) struct Evidence(pub(crate) Ledger);

impl Evidence {
    fn write(
        &self,
        tx: &mut Tx<'_>,
        family: Family,
        kind: &'static str,
        record_id: String,
        subject: Option<Id>,
        fields: Vec<Field>,
    ) -> Result<()> {
        self.0.append(tx, Record { family, kind, record_id, subject, fields })
    }

    /// Fields that are nobody's personal data, of an act that stands in the list of each person it concerns.
    fn concerning(
        &self,
        tx: &mut Tx<'_>,
        family: Family,
        (kind, record): (&'static str, &str),
        concerns: &[Id],
        fields: &[(&'static str, Value)],
    ) -> Result<()> {
        let fields = with_record(record, fields, Field::plain);
        let record_id = format!("{kind}/{record}");
        self.0.append_concerning(tx, Record { family, kind, record_id, subject: None, fields }, concerns)
    }

    fn plain(
        &self,
        tx: &mut Tx<'_>,
        family: Family,
        kind: &'static str,
        record: &str,
        subject: Option<Id>,
        fields: &[(&'static str, Value)],
    ) -> Result<()> {
        let all = match subject {
            Some(_) => with_record(record, fields, Field::personal),
            None => with_record(record, fields, Field::plain),
        };
        self.write(tx, family, kind, format!("{kind}/{record}"), subject, all)
    }
}

/// Every field that has a value, and what the act is about.
fn with_record(
    record: &str,
    fields: &[(&'static str, Value)],
    owned: fn(&'static str, Value) -> Field,
) -> Vec<Field> {
    let given = fields.iter().filter(|(name, value)| *name != "record" && !value.is_null());
    let mut all = vec![Field::plain("record", record)];
    all.extend(given.map(|(name, value)| owned(name, value.clone())));
    all
}

impl copihue_payments::Evidence for Evidence {
    fn append(&self, tx: &mut Tx<'_>, act: copihue_payments::Act<'_>) -> Result<()> {
        self.plain(tx, Family::Payment, act.kind, &act.record, act.subject, act.fields)
    }
}

impl copihue_notifications::Evidence for Evidence {
    fn append(&self, tx: &mut Tx<'_>, act: copihue_notifications::Act<'_>) -> Result<()> {
        self.plain(tx, Family::Notification, act.kind, &act.record, act.subject, act.fields)
    }
}

impl copihue_casefiles::Evidence for Evidence {
    fn append(&self, tx: &mut Tx<'_>, act: copihue_casefiles::Act<'_>) -> Result<()> {
        let family = if act.kind.starts_with("access.") { Family::Access } else { Family::Casefile };
        self.concerning(tx, family, (act.kind, &act.record), act.concerns, act.fields)
    }
}

impl copihue_casefiles::Receipts for Evidence {
    fn receipt<'a>(&'a self, ledger: &'a str, record: &'a str) -> BoxFuture<'a, Result<Option<String>>> {
        Box::pin(async move {
            let family = Family::named(ledger).ok_or_else(Error::not_found)?;
            self.0.receipt(family, record).await
        })
    }

    fn policy(&self) -> String {
        self.0.policy()
    }
}

impl copihue_directory::Journal for Evidence {
    fn changed(&self, tx: &mut Tx<'_>, change: &copihue_directory::Change<'_>) -> Result<()> {
        let mut fields = vec![
            Field::plain("record", change.record.as_str()),
            Field::plain("institution", change.institution),
            Field::plain("at", change.at.millis()),
        ];
        fields.extend(change.role.map(|role| Field::plain("role", role)));
        let id = format!("{}/{}/{}", change.kind, change.record, change.at.millis());
        self.write(tx, Family::Admin, change.kind, id, None, fields)
    }
}

impl copihue_signing::Evidence for Evidence {
    fn append(&self, tx: &mut Tx<'_>, act: &SigningAct<'_>) -> Result<()> {
        let (kind, record, fields) = match act {
            SigningAct::Signed { used, .. } => (
                "signature.made",
                used.id.to_string(),
                vec![
                    ("institution", Value::from(used.institution.as_str())),
                    ("serial", Value::from(used.serial.as_str())),
                    ("digest", Value::from(hex::encode(used.digest))),
                    ("at", Value::from(used.at.millis())),
                ],
            ),
            SigningAct::Registration { act, .. } => (
                "signature.registration",
                act.id.to_string(),
                vec![
                    ("institution", Value::from(act.institution.as_str())),
                    ("action", Value::from(act.kind.code())),
                    ("official", act.doer.map_or(Value::Null, |id| Value::from(id.to_string()))),
                    ("at", Value::from(act.at.millis())),
                ],
            ),
            SigningAct::Stamped(hour) => (
                "signature.stamps",
                hour.name(),
                vec![
                    ("serial", Value::from(hour.serial.as_str())),
                    ("given", Value::from(hour.given)),
                    ("chain", Value::from(hex::encode(hour.chain))),
                    ("at", Value::from(hour.last_at.millis())),
                ],
            ),
            SigningAct::Issued(issued) => (
                "signature.issued",
                issued.code.compact().to_owned(),
                vec![
                    ("institution", Value::from(issued.institution.as_str())),
                    ("sha256", Value::from(hex::encode(issued.sha256))),
                    ("at", Value::from(issued.issued_at.millis())),
                ],
            ),
            SigningAct::StateChanged { code, state, reason, at } => (
                "signature.state",
                format!("{}/{}", code.compact(), at.millis()),
                vec![
                    ("state", Value::from(state.code())),
                    ("reason", Value::from(*reason)),
                    ("at", Value::from(at.millis())),
                ],
            ),
            SigningAct::Revoked { institution, official, at } => (
                "signature.revoked",
                format!(
                    "{institution}/{}/{}",
                    official.map_or_else(String::new, |o| o.to_string()),
                    at.millis()
                ),
                vec![("institution", Value::from(*institution)), ("at", Value::from(at.millis()))],
            ),
        };
        let concerns = match act {
            SigningAct::Signed { concerns, .. } | SigningAct::Registration { concerns, .. } => *concerns,
            _ => None,
        };
        self.concerning(tx, Family::Signature, (kind, &record), concerns.as_slice(), &fields)
    }
}

impl copihue_identity::Evidence for Evidence {
    fn append(&self, tx: &mut Tx<'_>, record: Record) -> Result<()> {
        self.0.append(tx, record)
    }
}

impl copihue_procedures::Evidence for Evidence {
    fn append(&self, tx: &mut Tx<'_>, act: copihue_procedures::Act<'_>) -> Result<()> {
        // What was asked of other bodies stands with what they exchange.
        let family = if act.kind == "procedure.query" { Family::Interop } else { Family::Casefile };
        self.plain(tx, family, act.kind, &act.record, act.subject, act.fields)
    }
}
