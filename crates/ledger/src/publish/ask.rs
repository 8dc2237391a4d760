//! One witness, asked for one cosignature. It may be down, slow or lying: then it does not count, and nobody waits for it.

use std::sync::PoisonError;
use std::time::Duration;

use copihue_core::Result;
use copihue_tlog::add_checkpoint::AddCheckpoint;
use copihue_tlog::merkle;
use copihue_tlog::note::{Note, signature_by};
use copihue_tlog::tile::{Tiles, decimal};

use crate::ledger::Ledger;
use crate::meters;
use crate::net::Limits;
use crate::record::Family;
use crate::store::{Signed, StoredTiles};
use crate::witnessing::Asked;

/// For all questions to one witness about one checkpoint.
const PATIENCE: Duration = Duration::from_secs(2);
/// A witness answers with a line or two.
const LIMITS: Limits = Limits { time: PATIENCE, bytes: 16 << 10 };
/// First with the size that we remember, then with the one that the witness says; more would be a witness that plays with us.
const QUESTIONS: usize = 3;

/// What a witness came to say.
enum Said {
    Signed(String),
    /// It knows this size.
    Size(u64),
    /// It claims to know more than we ever signed, or that we forked.
    Accuses,
    /// Nothing that helps; the code is for the metrics.
    Nothing(&'static str),
}

impl Ledger {
    /// Name of a witness, and its signature line when it signs.
    pub(super) async fn ask<'a>(
        &self,
        family: Family,
        witness: &'a Asked,
        signed: &Signed,
    ) -> (&'a str, Option<String>) {
        let said = tokio::time::timeout(PATIENCE, self.converse(family, witness, signed)).await;
        let (line, code) = match said {
            Ok(Ok(Said::Signed(line))) => (Some(line), "firmado"),
            Ok(Ok(Said::Accuses)) => {
                self.look_at_accusation(family, witness).await;
                (None, "acusa")
            }
            Ok(Ok(Said::Size(_))) => (None, "tamano"),
            Ok(Ok(Said::Nothing(code))) => (None, code),
            Ok(Err(error)) => {
                tracing::debug!(witness = witness.name, %error, "a witness did not answer");
                (None, "caido")
            }
            Err(_) => (None, "lento"),
        };
        meters::witness(&witness.name, code);
        (&witness.name, line)
    }

    async fn converse(&self, family: Family, witness: &Asked, signed: &Signed) -> Result<Said> {
        let mut old = self.believed(family, witness).min(signed.size);
        for _ in 0..QUESTIONS {
            match self.question(family, witness, signed, old).await? {
                Said::Size(size) if size > signed.size => return Ok(Said::Accuses),
                Said::Size(size) => old = size,
                said => {
                    if matches!(said, Said::Signed(_)) {
                        self.believe(family, witness, signed.size);
                    }
                    return Ok(said);
                }
            }
        }
        Ok(Said::Nothing("indeciso"))
    }

    async fn question(&self, family: Family, witness: &Asked, signed: &Signed, old: u64) -> Result<Said> {
        let new = signed.size;
        let proof = self.inner.db.read(move |conn| {
            merkle::consistency_proof(&mut Tiles::new(StoredTiles { conn, family }), old, new)
        });
        let proof = proof.await?;
        let own = self.inner.signer(family)?.verifier();
        let Ok(note) = Note::parse(&signed.note) else { return Ok(Said::Nothing("nota")) };
        let checkpoint = note.only(std::slice::from_ref(own));
        let body = AddCheckpoint { old, proof, checkpoint }.to_string();
        let reply = self.inner.net.post(&format!("{}/add-checkpoint", witness.url), body, LIMITS).await?;
        let text = reply.text().unwrap_or_default();
        Ok(match reply.status {
            200 => match signature_by(&witness.key, &note.text, text) {
                Some((line, Some(_))) => Said::Signed(line),
                _ => Said::Nothing("firma_falsa"),
            },
            409 => text.strip_suffix('\n').and_then(decimal).map_or(Said::Nothing("conflicto"), Said::Size),
            422 => Said::Accuses,
            404 => Said::Nothing("desconoce"),
            429 => Said::Nothing("frecuencia"),
            _ => Said::Nothing("rechazo"),
        })
    }

    /// The size that the witness cosigned last, as far as we know: a wrong belief costs one more question.
    fn believed(&self, family: Family, witness: &Asked) -> u64 {
        let sizes = self.inner.believed.lock().unwrap_or_else(PoisonError::into_inner);
        sizes.get(&(family, witness.name.clone())).copied().unwrap_or(0)
    }

    fn believe(&self, family: Family, witness: &Asked, size: u64) {
        let mut sizes = self.inner.believed.lock().unwrap_or_else(PoisonError::into_inner);
        sizes.insert((family, witness.name.clone()), size);
    }
}
