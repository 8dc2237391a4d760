//! What must be ready before the transaction: documents rendered and signed.

use std::sync::Arc;

use copihue_core::{Actor, Error, Result, VerificationCode};
use copihue_db::blobs::Staged;
use copihue_documents::Meta;
use copihue_signing::{SealOptions, SignedFile, SignerName};
use copihue_web::locale::t;
use serde_json::{Map, Value};

use super::Procedures;
use crate::model::definition::{Document, Sign};
use crate::model::legal::{self, Authority, Petition, Resolution};
use crate::model::machine::{Effect, Facts, Procedure};
use crate::model::template::Key;
use crate::store::case::CaseRow;
use crate::words;

/// Names that every template may use beside those of its definition.
pub(super) const GIVEN: [&str; 10] = [
    "vistos",
    "hechos",
    "fundamentos",
    "decision",
    "recursos",
    "firmante",
    "cargo",
    "lugar",
    "institucion",
    "expediente",
];

/// An effect, ready for the transaction.
pub(super) enum Ready {
    /// As the machine said it.
    Plain(Effect),
    /// A document with its bytes.
    Document(Box<ReadyDocument>),
}

/// A document, signed and staged.
pub(super) struct ReadyDocument {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) kind: i64,
    pub(super) code: VerificationCode,
    pub(super) staged: Staged,
    pub(super) signer: SignerName,
    pub(super) unique: Option<String>,
    pub(super) sign: Sign,
}

/// The official's hand: who signs, with which one-time code.
#[derive(Clone, Copy)]
pub(super) struct Hand<'a> {
    pub(super) actor: &'a Actor,
    pub(super) otp: &'a str,
}

impl Procedures {
    pub(super) async fn prepare(
        &self,
        (row, facts): (&CaseRow, &Facts),
        procedure: &Procedure,
        effects: Vec<Effect>,
        hand: Option<Hand<'_>>,
    ) -> Result<Vec<Ready>> {
        let mut ready = Vec::with_capacity(effects.len());
        for effect in effects {
            ready.push(match effect {
                Effect::Document { id, values, unique, resolution, .. } => {
                    let Some(document) = procedure.definition.documents.get(&id) else { continue };
                    if let Some(key) = &unique {
                        self.refuse_second(row, key).await?;
                    }
                    let values = self.fill_in(row, facts, document, values, resolution)?;
                    let made = self.make(facts, (&row.procedure, &id, document), &values, hand).await?;
                    Ready::Document(Box::new(ReadyDocument { unique, ..made }))
                }
                other => Ready::Plain(other),
            });
        }
        Ok(ready)
    }

    async fn refuse_second(&self, row: &CaseRow, key: &str) -> Result<()> {
        let (institution, key, id) = (row.institution.clone(), key.to_owned(), row.id);
        let taken =
            self.parts().db.read(move |c| crate::store::case::is_taken(c, &institution, &key, id)).await?;
        if taken { Err(duplicate()) } else { Ok(()) }
    }

    /// The values of the definition and those that the kernel gives; a resolution passes its validator here (PRO-31).
    pub(super) fn fill_in(
        &self,
        row: &CaseRow,
        facts: &Facts,
        document: &Document,
        mut values: Map<String, Value>,
        parts: Option<Map<String, Value>>,
    ) -> Result<Map<String, Value>> {
        let place = self.place_name(&row.institution);
        let given = [
            ("firmante", facts.actor.name.clone()),
            ("cargo", facts.actor.post.clone()),
            ("lugar", place.clone()),
            ("institucion", facts.institution_name.clone()),
            ("expediente", facts.number.clone().unwrap_or_default()),
        ];
        for (name, value) in given {
            values.entry(name).or_insert_with(|| Value::from(value));
        }
        let Some(parts) = parts else { return Ok(values) };
        let open = legal::appeals(self.authority(&row.institution));
        let part = |name: &str| parts.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let effect = document
            .resolution
            .as_ref()
            .map_or(crate::model::definition::Part::Rejects, |letter| letter.effect);
        let draft = Resolution {
            effect,
            norms: part("vistos"),
            facts: part("hechos"),
            grounds: part("fundamentos"),
            decision: part("decision"),
            petitions: vec![Petition { asked: document.title.es().to_owned(), answer: part("decision") }],
            appeals: open.clone(),
            notice_medium: t("procedures-notice-medium").to_owned(),
            place,
            signer: facts.actor.name.clone(),
        };
        let missing = legal::validate(&draft, &open);
        if !missing.is_empty() {
            let error = Error::invalid(
                "resolucion_incompleta",
                "La resolución no se puede firmar: le faltan partes que la ley exige.",
            );
            return Err(missing.into_iter().fold(error, |e, part| e.field(part, words::missing_part(part))));
        }
        values.extend(parts);
        values.insert("recursos".to_owned(), open.iter().map(|a| Value::from(words::appeal(a))).collect());
        Ok(values)
    }

    pub(super) async fn make(
        &self,
        facts: &Facts,
        (procedure, id, document): (&str, &str, &Document),
        values: &Map<String, Value>,
        hand: Option<Hand<'_>>,
    ) -> Result<ReadyDocument> {
        let code = VerificationCode::new(&*self.parts().random);
        let title = document.title.es().to_owned();
        let pdf = self.render(facts, (procedure, id, document), values, code).await?;
        let because = SealOptions::because(title.clone());
        let signed: SignedFile = match (document.sign, hand) {
            (Sign::Seal, _) => self.parts().signing.seal_pdf(&facts.institution, pdf, because).await?,
            (Sign::Official, Some(hand)) => {
                self.parts().signing.sign_pdf_as(hand.actor, hand.otp, pdf, because).await?
            }
            (Sign::Official, None) => {
                return Err(Error::forbidden("Este documento lo firma un funcionario."));
            }
        };
        Ok(ReadyDocument {
            id: id.to_owned(),
            title,
            kind: i64::from(document.kind),
            code,
            staged: self.parts().blobs.stage(signed.bytes).await?,
            signer: signed.signer,
            unique: None,
            sign: document.sign,
        })
    }

    async fn render(
        &self,
        facts: &Facts,
        (procedure, id, document): (&str, &str, &Document),
        values: &Map<String, Value>,
        code: VerificationCode,
    ) -> Result<Vec<u8>> {
        let key = Key {
            institution: facts.institution.clone(),
            procedure: procedure.to_owned(),
            document: id.to_owned(),
        };
        let template = self.template_for(key, document).await?;
        let meta = Meta {
            title: document.title.es().to_owned(),
            author: facts.institution_name.clone(),
            lang: "es-CL".to_owned(),
            created: facts.now,
            document_id: code.to_string(),
            preview: false,
            code: Some(code),
            verify_url: Some(format!("{}/v/{}", self.parts().base_url, code.compact())),
        };
        let (engine, values) = (Arc::clone(&self.parts().documents), values.clone());
        let made = tokio::task::spawn_blocking(move || engine.render(&template, &values, &meta));
        made.await.map_err(Error::internal)?
    }

    fn authority(&self, institution: &str) -> Authority {
        use copihue_directory::Authority as A;
        match self.parts().directory.institution(institution).map(|i| i.authority) {
            Some(A::Mayor) => Authority::Mayor,
            Some(A::Minister) => Authority::Minister,
            Some(A::President) => Authority::President,
            Some(A::HeadDecentralised) => Authority::HeadDecentralised,
            Some(A::Other) | None => Authority::Other,
        }
    }

    pub(super) fn place_name(&self, institution: &str) -> String {
        let commune = self.parts().directory.institution(institution).and_then(|i| i.commune);
        let found =
            commune.and_then(|code| copihue_core::territory::communes().iter().find(|c| c.code == code));
        found.map_or_else(|| "Santiago".to_owned(), |c| c.name.to_owned())
    }
}

pub(super) fn duplicate() -> Error {
    Error::conflict("permiso_duplicado", "Esto ya fue pagado y emitido: no es necesario pagarlo otra vez.")
}
