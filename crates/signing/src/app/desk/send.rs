//! A paper comes in: looked at before anybody is asked to sign it.

use std::sync::Arc;

use copihue_core::{Actor, Error, Id, Result, VerificationCode};
use copihue_db::blobs::Staged;
use copihue_db::{Conn, Tx};

use super::{Desk, Me};
use crate::app::setup::new_id;
use crate::model::paper::{DAY_MS, DAYS, Findings, NewTurn, Paper, PaperState, Turn, TurnState, first_turns};
use crate::store::{holder, paper as store};
use crate::verify::{Indication, verify_pdf};

/// Whether a paper gets a code by which anybody can check it, once it is complete.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Register {
    /// It is an internal paper.
    No,
    /// It is to be issued.
    Yes,
}

/// A paper to be signed.
#[derive(Clone, PartialEq, Debug)]
pub struct NewPaper {
    /// What it is.
    pub title: String,
    /// The file's name.
    pub file: String,
    /// The PDF.
    pub pdf: Vec<u8>,
    /// A word to the signers.
    pub message: String,
    /// Who signs, and in which order.
    pub signers: Vec<NewTurn>,
    /// How many days they have.
    pub days: i64,
    /// Whether it is to be issued.
    pub register: Register,
}

/// All that one transaction writes.
struct Arrival {
    paper: Paper,
    turns: Vec<Turn>,
    file: Staged,
}

impl Desk {
    /// Takes a paper in, and asks its first signers. A file that can't be signed is refused here, not when its turn has come.
    ///
    /// # Errors
    /// What is wrong with the file, the signers or the days.
    pub async fn send(&self, actor: &Actor, new: NewPaper) -> Result<Id> {
        let me = Me::of(actor)?;
        if !DAYS.contains(&new.days) {
            return Err(Error::invalid("plazo_para_firmar", "El plazo para firmar va de 1 a 90 días."));
        }
        let now = self.now();
        let turns = first_turns(new.signers, now)?;
        self.check_signers(&me, &turns).await?;
        let (pdf, findings) = self.look(new.pdf).await?;
        let file = self.0.blobs.stage(pdf).await?;
        let (id, random) = (new_id(&self.0.signing, &me.institution, now), self.0.signing.random());
        let paper = Paper {
            id,
            institution: me.institution.clone(),
            title: new.title,
            file: new.file,
            sender: me.official,
            sender_name: me.name.clone(),
            message: new.message,
            original: file.blob().sha256,
            current: (file.blob().sha256, file.blob().size),
            findings,
            state: PaperState::Underway,
            created_at: now,
            expires_at: now.plus_millis(new.days * DAY_MS),
            ended_at: None,
            code: (new.register == Register::Yes).then(|| VerificationCode::new(random)),
        };
        let (desk, work) = (self.clone(), Arc::new(Arrival { paper, turns, file }));
        self.db().write(move |tx| desk.arrive(tx, &work)).await?;
        Ok(id)
    }

    fn arrive(&self, tx: &mut Tx<'_>, arrival: &Arrival) -> Result<()> {
        let Arrival { paper, turns, file } = arrival;
        file.put(tx)?;
        store::add(tx, paper)?;
        for turn in turns {
            store::add_turn(tx, paper.id, &paper.institution, turn)?;
            // Who sent it to themself knows.
            if turn.state == TurnState::Open && turn.official != paper.sender {
                self.call(tx, paper, turn)?;
            }
        }
        self.end_later(tx, paper)
    }

    /// Only who signs for the same institution can be asked.
    async fn check_signers(&self, me: &Me, turns: &[Turn]) -> Result<()> {
        let (bucket, institution) = (self.bucket(&me.institution), me.institution.clone());
        let asked: Vec<Id> = turns.iter().map(|t| t.official).collect();
        let read = move |conn: &mut Conn<'_>| {
            let is_known = |one: &Id| Ok(holder::get(conn, bucket, &institution, *one)?.is_some());
            asked.iter().map(is_known).try_fold(true, |all, one: Result<bool>| Ok(all && one?))
        };
        if self.db().read(read).await? {
            return Ok(());
        }
        Err(Error::invalid("firmante_desconocido", "Elija personas que firmen por su institución."))
    }

    /// What the file holds, and whether it can be signed at all.
    pub(super) async fn look(&self, pdf: Vec<u8>) -> Result<(Vec<u8>, Findings)> {
        let (trust, now) = (self.0.signing.trust(), self.now());
        let look = move || {
            crate::pdf::check_signable(&pdf)?;
            let mut findings = crate::pdf::inspect(&pdf)?;
            if findings.signatures > 0 {
                let verdict = verify_pdf(&pdf, &trust, now);
                findings.broken = verdict.signatures.iter().any(|s| s.indication == Indication::TotalFailed);
            }
            Ok((pdf, findings))
        };
        self.0.signing.check_on_cpu(look).await
    }
}
