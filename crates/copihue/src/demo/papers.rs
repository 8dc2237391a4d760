//! Papers that wait for signatures at the sample municipality, so that the signing desk has something on it.

use copihue_core::{Acr, Actor, Error, Id, PersonRef, Result, Run, Subject};
use copihue_documents::{Engine, Meta, Template};
use copihue_signing::model::layout::StampPage;
use copihue_signing::model::paper::{DEFAULT_DAYS, NewTurn};
use copihue_signing::model::place::{Place, Spot};
use copihue_signing::{NewPaper, Register};
use serde_json::json;

use super::sample::{PUENTE_ALTO, STAFF, Staff};
use crate::platform::Platform;

/// A paper: its sender and signers by the units they work in, each signer with their order.
struct Sample {
    title: &'static str,
    text: &'static str,
    message: &'static str,
    sender: &'static str,
    signers: &'static [(&'static str, i64)],
    register: Register,
}

const SAMPLES: &[Sample] = &[
    Sample {
        title: "Oficio 214 a la Junta de Vecinos Villa Los Andes",
        text: "Junto con saludar, informo que la calle Los Álamos tendrá un nuevo paso de peatones frente a la escuela.",
        message: "Para despachar esta semana.",
        sender: "SECRETARIA",
        signers: &[("TRANSITO", 1)],
        register: Register::Yes,
    },
    Sample {
        title: "Decreto que cierra la calle Ñuble por la feria",
        text: "Ciérrese al tránsito la calle Ñuble, entre Balmaceda y Concha y Toro, el domingo de 8:00 a 15:00 horas.",
        message: "Primero firma Tránsito y después Secretaría.",
        sender: "DIDECO",
        signers: &[("TRANSITO", 1), ("SECRETARIA", 2)],
        register: Register::Yes,
    },
    Sample {
        title: "Convenio de señalización con el colegio San Agustín",
        text: "Las partes acuerdan mantener la señalización del sector escolar durante el año.",
        message: "",
        sender: "DOM",
        signers: &[("TRANSITO", 1), ("SECRETARIA", 1)],
        register: Register::No,
    },
    Sample {
        title: "Acta de la reunión de seguridad vial",
        text: "Se acordó instalar resaltos en el pasaje Los Copihues.",
        message: "Para su conformidad.",
        sender: "TRANSITO",
        signers: &[("SECRETARIA", 1), ("DOM", 2)],
        register: Register::No,
    },
];

/// Puts the papers on the desk, once.
///
/// # Errors
/// When something of it can't be written.
pub(crate) async fn papers(platform: &Platform) -> Result<()> {
    let engine = Engine::new();
    for sample in SAMPLES {
        let sender = actor(platform, staff(sample.sender)?).await?;
        let sent = platform.desk.sent(&sender).await?;
        if sent.iter().any(|(paper, _)| paper.title == sample.title) {
            continue;
        }
        let signers = sample.signers.iter().map(|signer| turn(platform, *signer)).collect::<Result<_>>()?;
        let paper = NewPaper {
            title: sample.title.to_owned(),
            file: format!("{}.pdf", sample.title),
            pdf: pdf(&engine, sample, platform)?,
            message: sample.message.to_owned(),
            signers,
            days: DEFAULT_DAYS,
            register: sample.register,
        };
        platform.desk.send(&sender, paper).await?;
    }
    Ok(())
}

fn staff(unit: &str) -> Result<&'static Staff> {
    let found = STAFF.iter().find(|s| s.institution == PUENTE_ALTO && s.unit == unit);
    found.ok_or_else(|| Error::internal("a sample official is missing"))
}

async fn actor(platform: &Platform, staff: &Staff) -> Result<Actor> {
    let run = Run::from_number(staff.run).ok_or_else(|| Error::internal("a sample RUN"))?;
    let person = platform.identity.person_by_run(run).await?;
    let person = person.ok_or_else(|| Error::internal("a sample person is missing"))?;
    let hat = platform.directory.hats(run).into_iter().find(|h| h.institution == PUENTE_ALTO);
    let name = format!("{} {}", staff.names, staff.surnames);
    Ok(Actor {
        subject: Subject::Person(PersonRef { id: person.id, run, name }),
        hat,
        acr: Acr::Substantial,
        trace: "demo".to_owned(),
    })
}

fn turn(platform: &Platform, (unit, level): (&str, i64)) -> Result<NewTurn> {
    let staff = staff(unit)?;
    let official: Id = super::install::official(&platform.directory, staff)?;
    let name = format!("{} {}", staff.names, staff.surnames);
    Ok(NewTurn { level, official, name, place: Place::Spot(StampPage::Last, Spot::BottomRight) })
}

fn pdf(engine: &Engine, sample: &Sample, platform: &Platform) -> Result<Vec<u8>> {
    let template: Template = serde_json::from_value(json!({
        "format": "copihue/document/1",
        "header": { "institution": "Municipalidad de Puente Alto" },
        "title": "{titulo}",
        "blocks": [{ "type": "paragraph", "text": "{texto}" }]
    }))?;
    let values = json!({ "titulo": sample.title, "texto": sample.text });
    let meta = Meta {
        title: sample.title.to_owned(),
        author: "Municipalidad de Puente Alto".to_owned(),
        lang: "es-CL".to_owned(),
        created: platform.clock.now(),
        document_id: copihue_core::json::sha256_hex(sample.title.as_bytes()),
        preview: false,
        code: None,
        verify_url: None,
    };
    let values = values.as_object().ok_or_else(|| Error::internal("sample values"))?;
    engine.render(&template, values, &meta).map_err(Error::internal)
}
