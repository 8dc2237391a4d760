//! `--cases N`: fills the folder with sample case files, to see the program at scale.

use std::sync::Arc;

use copihue_casefiles::{
    AccessLevel, ActorKind, Casefiles, DocumentKind, NewEntry, OpenCase, Party, Responsible, Sensitivity,
};
use copihue_core::calendar::Zone;
use copihue_core::{BucketKey, Error, Id, PersonRef, Result, Run, Timestamp};
use copihue_db::blobs::{Blobs, Staged};
use tokio::task::JoinSet;

use super::sample::{BODIES, CITIZENS};
use crate::platform::Platform;

/// Cases opened at the same time: they share commits.
const TOGETHER: usize = 256;
/// Documents of the first case, which belongs to the first sample person; the others have one.
const MANY_DOCUMENTS: usize = 20;

/// Adds sample cases until there are `wanted`. Answers how many it added.
///
/// # Errors
/// When something can't be written.
pub(crate) async fn cases(platform: &Platform, wanted: u32) -> Result<u32> {
    let marker = platform.config.data.join("sample-cases");
    let made: u32 = std::fs::read_to_string(&marker).ok().and_then(|n| n.trim().parse().ok()).unwrap_or(0);
    if made >= wanted {
        return Ok(0);
    }
    let maker = Arc::new(Maker::new(platform).await?);
    let mut running = JoinSet::new();
    for number in made..wanted {
        if running.len() >= TOGETHER {
            running.join_next().await.transpose().map_err(Error::internal)?.transpose()?;
        }
        let maker = maker.clone();
        running.spawn(async move { maker.make(number).await });
    }
    while let Some(done) = running.join_next().await {
        done.map_err(Error::internal)??;
    }
    std::fs::write(&marker, wanted.to_string()).map_err(Error::unavailable)?;
    Ok(wanted - made)
}

struct Maker {
    db: copihue_db::Db,
    casefiles: Casefiles,
    owner: PersonRef,
    text: Staged,
    at: Timestamp,
    random: Arc<dyn copihue_core::Random>,
    buckets: BucketKey,
}

impl Maker {
    async fn new(platform: &Platform) -> Result<Self> {
        let run = Run::from_number(CITIZENS[0].run).ok_or_else(|| Error::internal("a sample RUN"))?;
        let known = platform
            .identity
            .person_by_run(run)
            .await?
            .ok_or_else(|| Error::internal("a sample person is missing"))?;
        let name = format!("{} {}", CITIZENS[0].names, CITIZENS[0].surnames);
        let blobs = Blobs::new(platform.db.clone(), platform.config.objects());
        Ok(Self {
            db: platform.db.clone(),
            casefiles: platform.casefiles.clone(),
            owner: PersonRef { id: known.id, run, name },
            text: blobs.stage("Documento de muestra.\n").await?,
            at: platform.clock.now(),
            random: platform.random.clone(),
            buckets: platform.buckets.clone(),
        })
    }

    async fn make(&self, number: u32) -> Result<()> {
        let person = self.person(number)?;
        let (open, documents) = (open(person, self.at), if number == 0 { MANY_DOCUMENTS } else { 1 });
        let (casefiles, text, at) = (self.casefiles.clone(), self.text.clone(), self.at);
        self.db
            .write(move |tx| {
                let case = casefiles.open(tx, &open)?;
                for n in 1..=documents {
                    let blob = text.put(tx)?;
                    let mut entry =
                        NewEntry::new(format!("Documento de muestra {n}"), DocumentKind::REQUEST, blob, at);
                    entry.media_type = "text/plain".to_owned();
                    casefiles.file(tx, &case, &entry)?;
                }
                Ok(())
            })
            .await
    }

    /// The first case is the sample person's; the others belong to people who never log in.
    fn person(&self, number: u32) -> Result<PersonRef> {
        if number == 0 {
            return Ok(self.owner.clone());
        }
        let run = Run::from_number(46_000_000 + number).ok_or_else(|| Error::internal("a sample RUN"))?;
        let id = Id::new(self.at, self.buckets.of_run(run), &*self.random);
        Ok(PersonRef { id, run, name: format!("Persona de Muestra {number}") })
    }
}

fn open(person: PersonRef, at: Timestamp) -> OpenCase {
    let body = &BODIES[0];
    OpenCase {
        institution: body.code.to_owned(),
        institution_name: body.name.to_owned(),
        institution_number: None,
        commune: body.commune.parse().ok(),
        zone: Zone::default(),
        procedure_code: "PA-MUN00001-00001".to_owned(),
        procedure_name: "Permiso de circulación".to_owned(),
        title: "Expediente de muestra".to_owned(),
        subject: "Muestra".to_owned(),
        parties: vec![Party { person, kind: ActorKind::Citizen }],
        responsible: Responsible {
            official: None,
            run: None,
            name: "Dirección de Tránsito y Transporte Público".to_owned(),
            post: "Unidad a cargo".to_owned(),
            unit: "TRANSITO".to_owned(),
        },
        roles: Vec::new(),
        level: AccessLevel::Public,
        sensitivity: Sensitivity::Ordinary,
        at,
    }
}
